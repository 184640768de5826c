"""Start of the room."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Registers capabilities, audit kinds, chores, what succession moves, and what /health asks."""

    name = "liengia.people"
    label = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Fill the registries of lower rooms."""
        from liengia.people import audit_kinds, capabilities  # noqa: F401

        capabilities.register_own()
