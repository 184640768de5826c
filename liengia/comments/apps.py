"""The comments room's configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommentsConfig(AppConfig):
    """Readers' comments, moderated in the open."""

    name = "liengia.comments"
    label = "comments"
    verbose_name = _("Readers' comments")

    def ready(self) -> None:
        """Register kinds, capabilities, menus and chores."""
        from liengia.comments import audit_kinds, capabilities, menus, reporting
        from liengia.comments import tasks as _tasks  # noqa: F401  (registers its chores)
        from liengia.units import succession

        audit_kinds.register_all()
        capabilities.register_all()
        menus.register_all()
        reporting.register_own()
        from liengia.comments import reform

        succession.register(reform.move_threads)
