"""The portal's words in the site's menus."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.core.menus import Item, register


def register_own() -> None:
    """Add them; called from `AppConfig.ready`."""
    register(Item("main", "portal", _("Front page"), "portal:home", "home", 1))
    register(Item("main", "portal", _("News"), "portal:news", "news", 10))
    register(Item("search", "portal", _("Search news, opinions and places"), "portal:search", "search"))
    register(Item("main", "portal", _("About this site"), "portal:about", "info-circle", 900))
    register(Item("foot", "portal", _("The communes"), "portal:communes", "building-community", 5))
    register(Item("foot", "portal", _("Privacy"), "portal:privacy", "lock", 10))
    register(Item("foot", "portal", _("Accessibility"), "portal:accessibility", "wheelchair", 20))
