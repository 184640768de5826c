"""The news index: by topic, place and month, page by page; every choice is an address and works without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from liengia.core.text import sort_key
from liengia.portal import contexts, news
from liengia.portal.models import NewsIndexPage, Topic
from liengia.portal.models.shelf import ALL
from liengia.portal.shelf import Shelf, units_of
from liengia.units.models import Unit

PER_PAGE = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader asked for; nothing asked is everything."""

    topic: Topic | None
    place: Unit | None
    year: int | None
    month: int | None

    @classmethod
    def of(cls, request: HttpRequest, topic: str, communes: list[Unit]) -> Choice:
        """Read the address; a topic, place or month that cannot be is 404."""
        code = request.GET.get("noi", "")
        place = next((unit for unit in communes if unit.code == code), None)
        slug = topic or request.GET.get("chu-de", "")
        found = Topic.objects.filter(slug=slug).first() if slug else None
        if (code and place is None) or (slug and found is None):
            raise Http404
        year, month = _number(request, "nam", 1900, 2200), _number(request, "thang", 1, 12)
        return cls(found, place, year, month if year else None)

    def shelf(self, units: tuple[int, ...] | None) -> Shelf:
        """Return the list that was asked for, within some units or the area."""
        since = before = None
        if self.year:
            since = date(self.year, self.month or 1, 1)
            before = date(self.year + 1, 1, 1) if not self.month or self.month == 12 else date(self.year, self.month + 1, 1)
        return Shelf(units_of(self.place) if self.place else units, self.topic.pk if self.topic else ALL, since, before)


def _number(request: HttpRequest, name: str, least: int, most: int) -> int | None:
    raw = request.GET.get(name, "")
    if not raw:
        return None
    if not raw.isascii() or not raw.isdigit() or not least <= int(raw[:9]) <= most:
        raise Http404
    return int(raw)


def index(request: HttpRequest, page: NewsIndexPage, topic: str = "") -> HttpResponse:
    """Show a page of the index."""
    place = contexts.place_of(page)
    choice = Choice.of(request, topic, [place.commune] if place.commune else list(place.communes))
    units = units_of(place.commune)
    shown = choice.shelf(units).pages(PER_PAGE).get_page(request.GET.get("trang"))
    context: dict[str, Any] = {
        "choice": choice,
        "shown": shown,
        "lines": news.lines(shown.object_list),
        "topics": news.topics(units),
        "places": [] if place.commune else sorted(place.communes, key=lambda unit: sort_key(unit.name)),
        "months": news.months(units),
        "feed_base": f"{page.address}chu-de/{choice.topic.slug}/" if choice.topic else page.address,
    }
    response: HttpResponse = page.render(request, context_overrides=context)
    return response
