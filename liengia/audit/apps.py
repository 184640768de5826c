"""Start of the room."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Registers the room's own kinds, its chores and its health check."""

    name = "liengia.audit"
    label = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        """Fill the registries of lower rooms."""
        for part in ("audit_kinds", "health", "tasks"):
            import_module(f"{self.name}.{part}")
