"""The core room's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Registers what `/health` asks of the machinery itself."""

    name = "liengia.core"
    label = "core"

    def ready(self) -> None:
        """Register health checks and the refusal of unsafe settings."""
        from liengia.core import checks, health

        health.register("database", health.database)
        health.register("bridge", health.heartbeat_of("bridge"))
        health.register("worker", health.heartbeat_of("worker"))
        checks.register()
