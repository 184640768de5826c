"""Start of the room."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UnitsConfig(AppConfig):
    """Registers the kinds, the chores, and what tells whether a commune keeps a room on."""

    name = "liengia.units"
    label = "units"
    verbose_name = _("Administrative units")

    def ready(self) -> None:
        """Fill the registries of lower rooms."""
        from liengia.audit import scope as audit_scope
        from liengia.core import rooms
        from liengia.units import scope, succession, switches

        for part in ("audit_kinds", "tasks"):
            import_module(f"{self.name}.{part}")
        rooms.answer_by(switches.keeps_on)
        succession.register(switches.move_switches)
        audit_scope.answer_by(lambda user: [u.pk for u in scope.units_for(user, "audit.read").only("pk")])
