"""Lists of articles that cost the same however many there are: read from `ShelfRow` in order, counted from `ShelfCount`.

`keep` puts an article where it belongs, in the transaction of whoever saves it. `mend` is the worker's: it puts right
what was written past `keep`, such as rows that were loaded by a script.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import sleep
from typing import Final

from django.core.paginator import Paginator
from django.db import connection, transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from liengia.core import clock, pagecache
from liengia.core.worker import GIVE_WAY_S
from liengia.portal.models import ArticlePage
from liengia.portal.models.shelf import ALL, ShelfCount, ShelfRow
from liengia.units.models import Unit

Key = tuple[int, int, date]
CHUNK: Final = 100
_Topics: Final = ArticlePage.topics.through
_COUNTS: Final = ShelfCount._meta.db_table
_ADD: Final = (
    f"INSERT INTO {_COUNTS} (topic_key, unit_key, month, count) VALUES (%s, %s, %s, %s)"  # noqa: S608  (the table's own name)
    f" ON CONFLICT (unit_key, topic_key, month) DO UPDATE SET count = {_COUNTS}.count + excluded.count"
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A list of what everybody may read, the newest first: of a commune or the area, of a topic or all, of a time or ever."""

    # The keys of the units (`units_of`); None is the whole area, and what belongs to no unit.
    units: tuple[int, ...] | None = None
    topic_key: int = ALL
    # The first day, and the first day after; local time.
    since: date | None = None
    before: date | None = None

    def rows(self) -> QuerySet[ShelfRow]:
        """Return where its articles stand, in order."""
        found = ShelfRow.objects.filter(topic_key=self.topic_key, published_at__lte=clock.now())
        if self.units is not None:
            found = found.filter(unit_key__in=self.units)
        if self.since is not None:
            found = found.filter(published_at__gte=_midnight(self.since))
        if self.before is not None:
            found = found.filter(published_at__lt=_midnight(self.before))
        return found.order_by("-published_at", "-article")

    def __getitem__(self, part: slice) -> list[ArticlePage]:
        """Return a part of the list, as lines show it."""
        return articles(self.rows().values_list("article_id", flat=True)[part])

    def count(self) -> int:
        """Return how many there are: whole months from the counts, without those that are dated ahead."""
        found = _counts(self.units).filter(topic_key=self.topic_key)
        if self.since is not None:
            found = found.filter(month__gte=self.since)
        if self.before is not None:
            found = found.filter(month__lt=self.before)
        stands = found.aggregate(sum=Sum("count"))["sum"] or 0
        return max(0, stands - sum(1 for row in _ahead(self.units, self.topic_key) if self._holds(row.published_at)))

    def _holds(self, at: datetime) -> bool:
        day = clock.local(at).date()
        return (self.since is None or day >= self.since) and (self.before is None or day < self.before)

    def pages(self, size: int) -> Paginator[ArticlePage]:
        """Return the list in pages."""
        return Paginator(self, size)  # type: ignore[arg-type]  # Django's own asks for `count` and slices alone


def articles(keys: Iterable[int]) -> list[ArticlePage]:
    """Return articles in the order of their keys, as lists show them."""
    ordered = list(keys)
    found = ArticlePage.objects.all().published().for_list().in_bulk(ordered)
    return [found[pk] for pk in ordered if pk in found]


def units_of(commune: Unit | None) -> tuple[int, ...] | None:
    """Return the keys of a commune, of the units that it followed, and of what hangs under them; None for the whole area."""
    if commune is None:
        return None
    return tuple(Unit.objects.below_any(commune.lineage_ids()).order_by("pk").values_list("pk", flat=True))


def months(units: tuple[int, ...] | None) -> dict[date, int]:
    """Return how many articles each month has, the newest first."""
    found = _counts(units).filter(topic_key=ALL)
    counts = Counter(dict(found.values_list("month").annotate(sum=Sum("count")).order_by()))
    counts.subtract(_month(row.published_at) for row in _ahead(units, ALL))
    return {month: counts[month] for month in sorted(counts, reverse=True) if counts[month] > 0}


def topics(units: tuple[int, ...] | None) -> dict[int, int]:
    """Return how many articles each topic has, by its key; those without any are absent."""
    found = _counts(units).exclude(topic_key=ALL)
    counts = Counter(dict(found.values_list("topic_key").annotate(sum=Sum("count")).order_by()))
    counts.subtract(row.topic_key for row in _ahead(units, None))
    return {key: count for key, count in counts.items() if count > 0}


def _counts(units: tuple[int, ...] | None) -> QuerySet[ShelfCount]:
    return ShelfCount.objects.filter(unit_key=ALL) if units is None else ShelfCount.objects.filter(unit_key__in=units)


def _ahead(units: tuple[int, ...] | None, topic_key: int | None) -> list[ShelfRow]:
    """Return the rows that are dated ahead, which are few: of one topic, or of each."""
    ahead = ShelfRow.objects.filter(topic_key=topic_key or ALL, published_at__gt=clock.now())
    ahead = ahead if units is None else ahead.filter(unit_key__in=units)
    if topic_key is None:
        ahead = ShelfRow.objects.filter(article__in=list(ahead.values_list("article", flat=True))).exclude(topic_key=ALL)
    return list(ahead)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()), clock.local(clock.now()).tzinfo)


def _month(at: datetime) -> date:
    return clock.local(at).date().replace(day=1)


# Writes


@transaction.atomic
def keep(*article_ids: int) -> int:
    """Put articles where they belong by what is stored of them; return how many stood elsewhere. What is not live stands nowhere."""
    wanted = _wanted(article_ids)
    stand = {(row.article_id, row.topic_key): row for row in ShelfRow.objects.select_for_update().filter(article__in=article_ids).order_by("pk")}
    gone = [row for key, row in stand.items() if wanted.get(key) != (row.unit_key, row.published_at)]
    fresh = [
        ShelfRow(article_id=article_id, topic_key=topic_key, unit_key=unit_key, published_at=at)
        for (article_id, topic_key), (unit_key, at) in wanted.items()
        if (article_id, topic_key) not in stand or stand[article_id, topic_key] in gone
    ]
    _move(gone, fresh)
    return len({row.article_id for row in (*gone, *fresh)})


def _wanted(article_ids: Sequence[int]) -> dict[tuple[int, int], tuple[int, datetime]]:
    """Return each place (article, topic) where live articles belong, with unit and date."""
    live = ArticlePage.objects.filter(pk__in=article_ids, live=True, published_at__isnull=False)
    facts = {pk: (unit_id or ALL, at) for pk, unit_id, at in live.values_list("pk", "unit_id", "published_at")}
    found = {(pk, ALL): fact for pk, fact in facts.items()}
    for pk, topic_id in _Topics.objects.filter(articlepage__in=facts).values_list("articlepage_id", "topic_id"):
        found[pk, topic_id] = facts[pk]
    return found


def _move(gone: Sequence[ShelfRow], fresh: Sequence[ShelfRow]) -> None:
    """Take rows away and add others, with their counts."""
    if gone:
        ShelfRow.objects.filter(pk__in=[row.pk for row in gone]).delete()
    ShelfRow.objects.bulk_create(fresh)
    changes = Counter(key for row in fresh for key in _keys(row))
    changes.subtract(key for row in gone for key in _keys(row))
    rows = [(*key, changes[key]) for key in sorted(changes) if changes[key]]  # one order for all, so that no two wait for one another
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_ADD, rows)


def _keys(row: ShelfRow) -> set[Key]:
    """Return under what a row counts: its unit, and all units."""
    month = _month(row.published_at)
    return {(row.topic_key, row.unit_key, month), (row.topic_key, ALL, month)}


def _count(key: Key) -> ShelfCount:
    topic_key, unit_key, month = key
    return ShelfCount.objects.get_or_create(topic_key=topic_key, unit_key=unit_key, month=month)[0]


def mend() -> int:
    """Put right every article that stands elsewhere than where it belongs, and every wrong count; return how many there were."""
    astray = sorted(_astray())
    mended = 0
    for start in range(0, len(astray), CHUNK):
        mended += keep(*astray[start : start + CHUNK])
        sleep(GIVE_WAY_S)
    mended += sum(_recount(key) for key in _miscounted())
    if mended:
        pagecache.bump()
    return mended


def _astray() -> set[int]:
    """Return the articles that stand where they do not belong, or not where they do."""
    live = ArticlePage.objects.filter(live=True, published_at__isnull=False).annotate(unit_key=Coalesce(F("unit_id"), Value(ALL))).order_by()
    whole = ShelfRow.objects.filter(topic_key=ALL, article=OuterRef("pk"), published_at=OuterRef("published_at"), unit_key=OuterRef("unit_key"))
    row = ShelfRow.objects.filter(article=OuterRef("articlepage"), topic_key=OuterRef("topic"))
    topic = _Topics.objects.filter(articlepage=OuterRef("article"), topic=OuterRef("topic_key"))
    page = live.filter(pk=OuterRef("article"), published_at=OuterRef("published_at"), unit_key=OuterRef("unit_key"))
    return {
        *live.exclude(Exists(whole)).values_list("pk", flat=True),
        *_Topics.objects.filter(articlepage__in=live.values("pk")).exclude(Exists(row)).values_list("articlepage_id", flat=True),
        *ShelfRow.objects.exclude(Exists(page)).values_list("article_id", flat=True),
        *ShelfRow.objects.exclude(topic_key=ALL).exclude(Exists(topic)).values_list("article_id", flat=True),
    }


def _miscounted() -> list[Key]:
    """Return the months of each list whose counts do not make up its length."""
    stand = Counter[tuple[int, int]]()
    for topic_key, unit_key, count in ShelfRow.objects.order_by().values_list("topic_key", "unit_key").annotate(count=Count("pk")):
        for key in {(topic_key, unit_key), (topic_key, ALL)}:
            stand[key] += count
    sums = ShelfCount.objects.order_by().values_list("topic_key", "unit_key").annotate(sum=Sum("count"))
    counted = Counter({(topic_key, unit_key): count for topic_key, unit_key, count in sums})
    wrong = [key for key in stand.keys() | counted.keys() if stand[key] != counted[key]]
    return sorted({key for topic_key, unit_key in wrong for key in _months_of(topic_key, unit_key)})


def _months_of(topic_key: int, unit_key: int) -> set[Key]:
    rows = ShelfRow.objects.filter(topic_key=topic_key, **({} if unit_key == ALL else {"unit_key": unit_key}))
    known = ShelfCount.objects.filter(topic_key=topic_key, unit_key=unit_key).values_list("month", flat=True)
    dates = rows.values_list("published_at", flat=True).iterator(chunk_size=2000)
    return {(topic_key, unit_key, month) for month in {*known, *map(_month, dates)}}


@transaction.atomic
def _recount(key: Key) -> bool:
    """Count anew what one number says, while nobody else writes it."""
    topic_key, unit_key, month = key
    kept = ShelfCount.objects.select_for_update().get(pk=_count(key).pk)
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    rows = ShelfRow.objects.filter(topic_key=topic_key, published_at__gte=_midnight(month), published_at__lt=_midnight(after))
    count = (rows if unit_key == ALL else rows.filter(unit_key=unit_key)).count()
    ShelfCount.objects.filter(pk=kept.pk).update(count=count)
    return count != kept.count
