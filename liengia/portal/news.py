"""Reads of news: what stands in a list, by topic, place and month, and what is related to an article.

Lists cost a fixed number of queries, however many articles there are. A place that has another name today is shown
with both: "Mỹ Lệ, trước là Long Sơn".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils.translation import gettext as _

from liengia.core import clock
from liengia.core.text import sort_key
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


def published(commune: Unit | None = None) -> ArticleQuerySet:
    """Return what everybody may read, of one commune or of the whole area."""
    found = ArticlePage.objects.all().published()
    return found if commune is None else found.of_commune(commune)


def present_names() -> dict[int, str]:
    """Return, for each unit that has ended, how it is called today with its old name; one query."""
    steps = Succession.objects.filter(is_principal=True).select_related("new", "old")
    after = {step.old_id: step for step in steps}
    found = {}
    today = clock.today()
    for old_id, step in after.items():
        new = step.new
        while new.pk in after and after[new.pk].on <= today:
            new = after[new.pk].new
        if step.on <= today and new.name != step.old.name:
            found[old_id] = _("%(name)s, formerly %(names)s") % {"name": new.name, "names": step.old.name}
    return found


def present_name(unit: Unit | None) -> str:
    """Return a unit's place for readers of today."""
    if unit is None:
        return ""
    if unit.level == "hamlet":
        return unit.place_name
    return present_names().get(unit.pk) or unit.full_name


def lines(articles: Iterable[ArticlePage]) -> list[Line]:
    """Return articles as lists show them."""
    found = list(articles)
    names = present_names() if any(one.unit_id for one in found) else {}
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


def related(page: ArticlePage) -> list[ArticlePage]:
    """Return what the editor chose, then the newest that share a topic, then the newest of the same place."""
    chosen = [one.chosen_id for one in page.chosen_articles.all()]
    by_id = ArticlePage.objects.all().published().for_list().in_bulk(chosen)
    found = [by_id[pk] for pk in chosen if pk in by_id]
    if len(found) < RELATED:
        others = ArticlePage.objects.all().published().for_list().exclude(pk__in=[page.pk, *chosen])
        topics = [topic.pk for topic in page.topics.all()]
        same = others.filter(Q(topics__in=topics) | Q(unit=page.unit_id)) if page.unit_id else others.filter(topics__in=topics)
        found += list(same.distinct()[: RELATED - len(found)])
    return found


def index_address(portal: CommunePortalPage | None) -> str:
    """Return where all news of a commune, or of the area, stand."""
    return f"{portal.address}tin-tuc/" if portal is not None else "/tin-tuc/"


def topics(articles: ArticleQuerySet) -> list[Topic]:
    """Return the topics that have articles, in the editor's order, then as a Vietnamese dictionary has them."""
    ids = articles.order_by().values("pk")
    found = Topic.objects.annotate(count=Count("articles", filter=Q(articles__in=ids))).filter(count__gt=0)
    return sorted(found, key=lambda topic: (topic.order, sort_key(topic.name)))


def months(articles: ArticleQuerySet) -> list[Month]:
    """Return the months that have articles, the newest first."""
    zone = clock.local(clock.now()).tzinfo
    rows = articles.order_by().annotate(
        year=ExtractYear("published_at", tzinfo=zone), month=ExtractMonth("published_at", tzinfo=zone)
    )
    counted = rows.values("year", "month").annotate(count=Count("pk")).order_by("-year", "-month")
    return [Month(row["year"], row["month"], row["count"]) for row in counted]


def crumbs(page: SitePage) -> list[tuple[str, str]]:
    """Return the pages above below the front page, from the top: address and title."""
    above = page.get_ancestors().filter(depth__gt=2).values_list("url_path", "title")
    return [("/" + url_path.split("/", 2)[2], title) for url_path, title in above]
