"""The portal room's configuration."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The commune's public front."""

    name = "liengia.portal"
    label = "portal"

    def ready(self) -> None:
        """Add the portal's words to the menus, its texts to the search, and follow what happens to its pages."""
        from liengia.core import search
        from liengia.portal import audit_kinds, contexts, feeds, front_acts, listing, menus, services, signals
        from liengia.portal.models.base import SHOWN_BY

        SHOWN_BY.update(context=contexts.of, listing=listing.index, feed=feeds.respond)
        menus.register_own()
        audit_kinds.register_own()
        front_acts.register_own()
        search.register_source(services.ARTICLE, services.entries_of_articles)
        search.register_source(services.PLAIN, services.entries_of_pages)
        signals.connect()
