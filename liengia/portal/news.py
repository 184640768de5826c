"""Reads of news: what stands in a list, by topic, place and month, and what is related to an article.

Lists cost a fixed number of queries, however many articles there are. A place that has another name today is shown
with both: "Mỹ Lệ, trước là Long Sơn".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from liengia.core import clock
from liengia.core.text import sort_key
from liengia.portal import shelf
from liengia.portal.models import ArticlePage, ArticleQuerySet, CommunePortalPage, PortalImage, Topic
from liengia.portal.models.base import SitePage
from liengia.units.models import Succession, Unit

RELATED: Final = 4


@dataclass(frozen=True, slots=True)
class Line:
    """An article as a list shows it."""

    title: str
    address: str
    place: str
    place_now: str
    lead: str
    published_at: datetime | None
    cover: PortalImage | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month with how many articles it has."""

    year: int
    month: int
    count: int


def published() -> ArticleQuerySet:
    """Return what everybody may read; lists of it are read from the shelf."""
    return ArticlePage.objects.all().published()


def present_names(units: Iterable[Unit | None]) -> dict[int, str]:
    """Return, for each of these units that has ended, how it is called today with its old name: one query, none where all stand."""
    today = clock.today()
    ended = {unit.pk: unit.name for unit in units if unit is not None and unit.valid_to is not None and unit.valid_to <= today}
    if not ended:
        return {}
    steps = Succession.objects.filter(is_principal=True, on__lte=today).order_by().values_list("old_id", "new_id", "new__name")
    after = {old_id: (new_id, name) for old_id, new_id, name in steps}
    found = {}
    for pk, old_name in ended.items():
        new_id, name = after.get(pk, (None, old_name))
        while new_id in after:
            new_id, name = after[new_id]
        if name != old_name:
            found[pk] = _("%(name)s, formerly %(names)s") % {"name": name, "names": old_name}
    return found


def present_name(unit: Unit | None, names: dict[int, str]) -> str:
    """Return a unit's place for readers of today, with the names of those that have ended (`present_names`)."""
    if unit is None:
        return ""
    if unit.level == "hamlet":
        return unit.place_name
    return names.get(unit.pk) or unit.full_name


def lines(articles: Iterable[ArticlePage], names: dict[int, str] | None = None) -> list[Line]:
    """Return articles as lists show them."""
    found = list(articles)
    names = present_names(one.unit for one in found) if names is None else names
    return [
        Line(
            one.title,
            one.address,
            one.place or (one.unit.name if one.unit is not None else ""),
            names.get(one.unit_id or 0, ""),
            one.lead,
            one.published_at,
            one.cover if one.cover is not None and one.cover.is_publishable else None,
            one.minutes,
        )
        for one in found
    ]


def related(page: ArticlePage, topics: Iterable[Topic]) -> list[ArticlePage]:
    """Return what the editor chose, then the newest that share one of its topics or the place; a list of each is short."""
    chosen = [one.chosen_id for one in page.chosen_articles.all()]
    most = RELATED + 1 + len(chosen)
    near = [row for topic in topics for row in shelf.Shelf(topic_key=topic.pk).rows()[:most]]
    dated = {row.article_id: row.published_at for row in near}
    if page.unit_id:
        dated |= dict(ArticlePage.objects.all().published().filter(unit=page.unit_id).values_list("pk", "published_at")[:most])
    newest = sorted(dated.keys() - {page.pk, *chosen}, key=lambda pk: (dated[pk], pk), reverse=True)
    # A chosen one may be taken down, so that as many more are read as could be lacking.
    found = shelf.articles([*chosen, *newest[:RELATED]])
    return found[: max(RELATED, sum(one.pk in chosen for one in found))]


def index_address(portal: CommunePortalPage | None) -> str:
    """Return where all news of a commune, or of the area, stand."""
    return f"{portal.address}tin-tuc/" if portal is not None else "/tin-tuc/"


def topics(units: tuple[int, ...] | None) -> list[tuple[Topic, int]]:
    """Return the topics that have articles with how many, in the editor's order, then as a Vietnamese dictionary has them."""
    counts = shelf.topics(units)
    found = Topic.objects.filter(pk__in=counts)
    return [(topic, counts[topic.pk]) for topic in sorted(found, key=lambda topic: (topic.order, sort_key(topic.name)))]


def months(units: tuple[int, ...] | None) -> list[Month]:
    """Return the months that have articles, the newest first."""
    return [Month(day.year, day.month, count) for day, count in shelf.months(units).items()]


def crumbs(page: SitePage) -> list[tuple[str, str]]:
    """Return the pages above below the front page, from the top: address and title."""
    return page.above
