"""The operate room's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class OperateConfig(AppConfig):
    """What touches all rooms."""

    name = "liengia.operate"
    label = "operate"

    def ready(self) -> None:
        """Register the broker's chore and what `/health` asks of it."""
        from liengia.alarms import broker_users, supervision
        from liengia.core import health

        health.register("presses are kept", broker_users.retention)
        health.register("broker users", broker_users.users_applied)
        health.register("devices are seen", supervision.devices_seen)
