"""The portal room's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The commune's public front."""

    name = "liengia.portal"
    label = "portal"

    def ready(self) -> None:
        """Add the portal's words to the menus."""
        from liengia.portal import menus

        menus.register_own()
