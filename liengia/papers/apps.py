"""The papers room's configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PapersConfig(AppConfig):
    """Official papers for all rooms."""

    name = "liengia.papers"
    label = "papers"
    verbose_name = _("Official papers")

    def ready(self) -> None:
        """Register kinds of papers and of audit entries, capabilities, chores, and what this room knows for the brief."""
        from liengia.papers import audit_kinds, brief, capabilities, chores, services, shipped
        from liengia.papers import tasks as _tasks  # noqa: F401  (registers its chores)
        from liengia.people import menu
        from liengia.people.services.retention import register_period

        for one in services.PERIODS:
            register_period(*one)
        audit_kinds.register_all()
        capabilities.register_all()
        shipped.register_all()
        brief.register_own()
        menu.register_today(chores.today)
