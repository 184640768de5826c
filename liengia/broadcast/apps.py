"""The broadcast room's configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class BroadcastConfig(AppConfig):
    """Bulletins by every channel."""

    name = "liengia.broadcast"
    label = "broadcast"
    verbose_name = _("Bulletins")

    def ready(self) -> None:
        """Register what lower rooms ask for: audit kinds, capabilities, periods, counts, the report, health, chores."""
        from liengia.broadcast import (
            audit_kinds,
            brief,
            capabilities,
            counts,
            menus,
            menus_zalo,
            outside_ways,
            reporting,
            supervision,
            tasks,
        )
        from liengia.broadcast.services import players, retention, speakers, zalo
        from liengia.core import health
        from liengia.papers import brief as month
        from liengia.people.services.retention import register_period
        from liengia.units import succession

        for period in retention.PERIODS:
            register_period(*period)
        audit_kinds.register_all()
        capabilities.register_all()
        menus.register_all()
        menus_zalo.register_all()
        succession.register(zalo.move_groups)
        outside_ways.register_all()
        counts.register_all()
        reporting.register_own()
        month.register("broadcast", brief.lines)
        tasks.register_channels()
        health.register("broadcast.outbox", supervision.outbox)
        health.register("broadcast.loudspeakers", supervision.loudspeakers)
        players.register()
        succession.register(speakers.move_clusters)
        post_migrate.connect(_ensure_defaults, sender=self)


def _ensure_defaults(**kwargs: object) -> None:
    from liengia.broadcast.services.texts import ensure_shipped

    ensure_shipped()
