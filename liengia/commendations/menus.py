"""The words of this room in the menus."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.core.menus import Item, register


def register_all() -> None:
    """Register the items; called from `AppConfig.ready`."""
    register(Item("main", "commendations", _("Commendations"), "commendations:roll", "award", 60))
    register(Item("foot", "commendations", _("Verify a certificate"), "commendations:verify", "", 45))
