"""The core room's configuration."""

from __future__ import annotations

from django.apps import AppConfig, apps


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
        _spare_the_reference_index()


def _spare_the_reference_index() -> None:
    """Keep Wagtail from indexing the references of our rows at each save: only the portal's pages need it."""
    for model in apps.get_models():
        if model.__module__.startswith("liengia.") and not model.__module__.startswith("liengia.portal"):
            model.wagtail_reference_index_ignore = True  # type: ignore[attr-defined]
