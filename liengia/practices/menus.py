"""The words of this room in the menus."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.core.menus import Item, register


def register_all() -> None:
    """Register the items; called from `AppConfig.ready`."""
    register(Item("main", "practices", _("Practices"), "practices:index", "", 40))
    register(Item("foot", "practices", _("“Skilful Mass Mobilisation”"), "practices:campaigns", "", 50))
