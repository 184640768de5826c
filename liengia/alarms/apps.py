"""The alarms room's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class AlarmsConfig(AppConfig):
    """Neighbours who hear each other's alarm."""

    name = "liengia.alarms"
    label = "alarms"
