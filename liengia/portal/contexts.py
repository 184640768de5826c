"""What each kind of page shows beside its own fields. Nothing here depends on who reads: the pages are cached."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from liengia.comments.models import Thread
from liengia.core import front, rooms
from liengia.portal import machine, news, queries, shelf
from liengia.portal.models import (
    AreaHomePage,
    ArticlePage,
    CommuneListPage,
    CommunePortalPage,
    NewsIndexPage,
    PlainPage,
)
from liengia.portal.models.base import SitePage
from liengia.portal.services import ARTICLE
from liengia.units.models import Unit

LATEST = 5


@dataclass(frozen=True, slots=True)
class Place:
    """What every page knows: the communes, the one that the page belongs to, and that commune's portal."""

    # Under a commune's portal they are read only by what shows them.
    communes: list[Unit] | QuerySet[Unit]
    commune: Unit | None
    portal: CommunePortalPage | None

    def context(self) -> dict[str, Any]:
        """Return it as templates take it."""
        return {
            "communes": self.communes,
            "commune": self.commune,
            "portal": self.portal,
            "site_place": queries.place_words(self.commune, self.communes),
            "site_owner": self.portal.imprint if self.portal is not None else "",
            "alarms_on": rooms.is_on("alarms", self.commune),
        }


def place_of(page: SitePage, code: str = "") -> Place:
    """Return the place of a page: the commune whose portal it stands under, else the one that the address asks for; read once a page."""
    known: dict[str, Place] = page.__dict__.setdefault("_places", {})
    if code not in known:
        known[code] = _place_of(page, code)
    return known[code]


def _place_of(page: SitePage, code: str) -> Place:
    portal = page if isinstance(page, CommunePortalPage) else _portal_above(page)
    if portal is not None:
        return Place(queries.communes(), portal.unit.current(), portal)
    communes = list(queries.communes())
    return Place(communes, queries.chosen_commune(code, communes), None)


def _portal_above(page: SitePage) -> CommunePortalPage | None:
    if page.depth < 4:
        return None
    return CommunePortalPage.objects.ancestor_of(page).select_related("unit__parent").first()


@singledispatch
def of(page: SitePage, request: HttpRequest) -> dict[str, Any]:
    """Return what a page shows; by its kind."""
    return place_of(page).context()


@of.register
def _(page: AreaHomePage, request: HttpRequest) -> dict[str, Any]:
    return _home(place_of(page, request.GET.get("xa", "")), page)


@of.register
def _(page: CommunePortalPage, request: HttpRequest) -> dict[str, Any]:
    return _home(place_of(page), page)


def _home(place: Place, page: AreaHomePage | CommunePortalPage) -> dict[str, Any]:
    commune = place.commune
    shown = shelf.Shelf(shelf.units_of(commune))[:LATEST]
    numbers, other_numbers = queries.numbers(commune)
    return place.context() | {
        "alerts": front.alerts.of(commune),
        "acts": sorted(front.acts.of(commune), key=lambda act: act.order),
        "events": sorted(front.events.of(commune), key=lambda event: event.starts_at)[:3],
        "answers": front.answers.of(commune)[:3],
        "latest": news.lines(shown),
        "news_url": news.index_address(place.portal),
        "numbers": numbers,
        "other_numbers": other_numbers,
        "desks": queries.duty_desks() if commune is None else [],
        "figures": queries.figures(commune),
        "site_owner": page.imprint,
    }


@of.register
def _(page: CommuneListPage, request: HttpRequest) -> dict[str, Any]:
    return place_of(page).context() | {"portals": queries.portals()}


@of.register
def _(page: PlainPage, request: HttpRequest) -> dict[str, Any]:
    return place_of(page).context() | {"crumbs": news.crumbs(page)}


@of.register
def _(page: NewsIndexPage, request: HttpRequest) -> dict[str, Any]:
    return place_of(page).context()


@of.register
def _(page: ArticlePage, request: HttpRequest) -> dict[str, Any]:
    place = place_of(page)
    bylines = [one.author.name for one in page.bylines.select_related("author")]
    topics, errata = list(page.topics.all()), list(page.errata.all())
    related = news.related(page, topics)
    names = news.present_names([page.unit, *(one.unit for one in related)])
    return place.context() | {
        "crumbs": news.crumbs(page),
        "cover_caption": page.cover_caption or (page.cover.caption if page.cover is not None else ""),
        "authors": " - ".join(bylines),
        "topics": topics,
        "place_now": news.present_name(page.unit, names),
        "errata": errata,
        "related": news.lines(related, names),
        "news_url": news.index_address(place.portal),
        "thread": Thread.objects.filter(kind=ARTICLE, key=str(page.pk)).select_related("unit__parent").first(),
        "share_url": machine.absolute(page.address),
        "structured": machine.structured(page, bylines, errata),
        "social": machine.social(page),
    }
