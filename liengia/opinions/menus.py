"""The words of this room in the menus."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.core.menus import Item, register


def register_all() -> None:
    """Register the items; called from `AppConfig.ready`."""
    register(Item("main", "opinions", _("Opinions"), "opinions:index", "message", 30))
    register(Item("foot", "opinions", _("Follow by the private code"), "opinions:follow", "", 40))
    register(Item("foot", "opinions", _("Answer times"), "opinions:board", "", 41))
