"""The broadcast room's configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BroadcastConfig(AppConfig):
    """Bulletins by every channel."""

    name = "liengia.broadcast"
    label = "broadcast"
    verbose_name = _("Bulletins")

    def ready(self) -> None:
        """Register what lower rooms ask for: audit kinds, capabilities, periods, health, chores."""
        from liengia.broadcast import audit_kinds, capabilities, supervision, tasks
        from liengia.broadcast.services import retention
        from liengia.core import health
        from liengia.people.services.retention import register_period

        for period in retention.PERIODS:
            register_period(*period)
        audit_kinds.register_all()
        capabilities.register_all()
        tasks.register_channels()
        health.register("broadcast.outbox", supervision.outbox)
