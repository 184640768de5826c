"""The portal room's configuration."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PortalConfig(AppConfig):
    """The commune's public front."""

    name = "liengia.portal"
    label = "portal"

    def ready(self) -> None:
        """Add the portal's words to the menus, its texts to the search, and follow what happens to its pages."""
        from liengia.core import health, search
        from liengia.people import menu
        from liengia.people.services import accounts
        from liengia.portal import (
            approvals,
            audit_kinds,
            capabilities,
            contexts,
            feeds,
            front_acts,
            listing,
            menus,
            permissions,
            requests,
            services,
            shelf,
            signals,
            workflow,
        )
        from liengia.portal import tasks as _tasks  # noqa: F401  (registers its chores)
        from liengia.portal.models import DECIDED_BY
        from liengia.portal.models.base import SHOWN_BY
        from liengia.units import succession

        SHOWN_BY.update(context=contexts.of, listing=listing.index, feed=feeds.respond, shelf=shelf.keep)
        DECIDED_BY.update(decides=workflow.may_decide, waiting=workflow.waiting_for)
        capabilities.register_own()
        menu.register_today(approvals.today)
        menu.register_today(requests.today)
        succession.register(requests.move_requests)
        accounts.follow_roles(permissions.sync_groups)
        post_migrate.connect(_ensure_workflow, sender=self, dispatch_uid="portal.ensure_workflow")
        menus.register_own()
        audit_kinds.register_own()
        front_acts.register_own()
        search.register_source(services.ARTICLE, services.entries_of_articles, name=_("News"))
        search.register_source(services.PLAIN, services.entries_of_pages, name=pgettext_lazy("search", "Pages"))
        signals.connect()
        health.register("portal.requests", requests.well)


def _ensure_workflow(**kwargs: Any) -> None:
    from liengia.portal.workflow import ensure_workflow

    ensure_workflow()
