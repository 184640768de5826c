"""The portal room's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The commune's public front."""

    name = "liengia.portal"
    label = "portal"
