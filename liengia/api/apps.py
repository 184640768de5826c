"""The api room's configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """The doors for other programs."""

    name = "liengia.api"
    label = "api"
    verbose_name = _("Doors for programs")

    def ready(self) -> None:
        """Register kinds of audit entries, capabilities and chores."""
        from liengia.api import audit_kinds, capabilities
        from liengia.api import tasks as _tasks  # noqa: F401  (registers its chore)

        audit_kinds.register_all()
        capabilities.register_all()
