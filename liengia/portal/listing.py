"""The news index: by topic, place and month, page by page; every choice is an address and works without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse

from liengia.core.text import sort_key
from liengia.portal import contexts, news
from liengia.portal.models import ArticleQuerySet, NewsIndexPage, Topic
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

    def among(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """Return the articles that were asked for."""
        if self.topic is not None:
            articles = articles.filter(topics=self.topic)
        if self.place is not None:
            articles = articles.of_commune(self.place)
        if self.year:
            articles = articles.filter(published_at__year=self.year)
        if self.month:
            articles = articles.filter(published_at__month=self.month)
        return articles


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
    choice = Choice.of(request, topic, place.communes)
    everything = news.published(place.commune)
    chosen = choice.among(everything)
    paginator = Paginator(chosen.for_list(), PER_PAGE)
    shown = paginator.get_page(request.GET.get("trang"))
    context: dict[str, Any] = {
        "choice": choice,
        "shown": shown,
        "lines": news.lines(shown.object_list),
        "topics": news.topics(everything),
        "places": [] if place.commune else sorted(place.communes, key=lambda unit: sort_key(unit.name)),
        "months": news.months(everything),
        "feed_base": f"{page.address}chu-de/{choice.topic.slug}/" if choice.topic else page.address,
    }
    response: HttpResponse = page.render(request, context_overrides=context)
    return response
