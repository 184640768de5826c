"""The operate room's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class OperateConfig(AppConfig):
    """What touches all rooms."""

    name = "liengia.operate"
    label = "operate"
