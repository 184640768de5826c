"""A unit's voice over a period, for reports, practices and the page that everybody reads: things and goings-out, never persons.

1. A unit means all that was ever its own and all below it: what an older commune said is still counted after a merger.
2. A bulletin counts once, in the period in which it first went out; only those for the public page, so that the list of them
   (`/thong-bao/?xa=…&tu=…&den=…`) has as many as the number says.
3. Loudspeakers count what they really played of bulletins; an alarm's words are in no figure of this room.
4. Zalo groups and their members are what keepers told: there is no list of members.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.urls import reverse

from liengia.broadcast import published
from liengia.broadcast.models import (
    Bulletin,
    BulletinState,
    Dispatch,
    DispatchState,
    MobileRound,
    MsgType,
    PlayOutcome,
    PlayReport,
    SpeakerCluster,
    ZaloGroup,
    ZaloPost,
)
from liengia.core import clock
from liengia.core.reporting import FEWEST_PEOPLE, Period
from liengia.units.models import Unit

# Orders to play go after so long (`recordings.ORDERS_KEPT`): of what was before nothing can be counted.
PLAYS_KEPT: Final = timedelta(days=400)
MENDED: Final = Q(msg_type__in=(MsgType.CORRECTION, MsgType.CANCEL)) | Q(state=BulletinState.WITHDRAWN)


def own(unit: Unit | None) -> QuerySet[Unit]:
    """Return the units of any time that are a unit's own ground; all of them for the whole area."""
    return Unit.objects.all() if unit is None else unit.ground()


def told(unit: Unit | None, period: Period) -> QuerySet[Bulletin]:
    """Return the bulletins for everybody that first went out in a period."""
    begins, ends = period.bounds
    return published.shown().filter(unit__in=own(unit), went_at__gte=begins, went_at__lt=ends)


def goings_out(unit: Unit | None, period: Period) -> QuerySet[Dispatch]:
    """Return how often bulletins went out in a period, each time of a repeated one by itself; training is none."""
    begins, ends = period.bounds
    rows = Dispatch.objects.filter(bulletin__unit__in=own(unit), bulletin__is_training=False, planned_at__gte=begins, planned_at__lt=ends)
    return rows.exclude(state=DispatchState.SKIPPED)


def by_channel(rows: QuerySet[Bulletin]) -> Counter[str]:
    """Count bulletins by the channels that they name."""
    return Counter(name for names in rows.values_list("channels", flat=True) for name in names)


@dataclass(frozen=True, slots=True)
class _AtPlace:
    unit: Unit

    @property
    def place(self) -> str:
        """The unit's name as a line of a table has room for it: a hamlet's with what tells it apart, a commune's own."""
        return self.unit.listed_name


@dataclass(frozen=True, slots=True)
class Played(_AtPlace):
    """What the loudspeakers of one unit played of bulletins: how many clusters, how often, for how long."""

    clusters: int
    plays: int
    seconds: float

    @property
    def minutes(self) -> float:
        """Minutes with one decimal."""
        return round(self.seconds / 60, 1)


def played(unit: Unit | None, period: Period) -> list[Played] | None:
    """Return what loudspeakers played, by the unit in which they hang; None for a time of which no orders are kept any more."""
    begins, ends = period.bounds
    if begins < clock.now() - PLAYS_KEPT:
        return None
    rows = PlayReport.objects.filter(
        cluster__unit__in=own(unit), began_at__gte=begins, began_at__lt=ends, outcome__in=(PlayOutcome.PLAYED, PlayOutcome.STOPPED),
        order__subject__startswith="bulletin:",
    )  # fmt: skip
    told = ExpressionWrapper(F("ended_at") - F("began_at"), DurationField())
    # A cluster of another make, or one played by hand, tells no end: the sound's own length counts.
    untold = Sum(F("times") * F("order__audio__seconds"), filter=Q(ended_at=F("began_at")), default=0.0)
    sums = rows.order_by().values("cluster__unit").annotate(clusters=Count("cluster", distinct=True), plays=Count("pk"), told=Sum(told), untold=untold)
    facts = list(sums.values_list("cluster__unit", "clusters", "plays", "told", "untold"))
    places = {one.pk: one for one in Unit.objects.filter(pk__in=[place for place, *_sums in facts]).with_ancestors()}
    found = [Played(places[place], clusters, plays, span.total_seconds() + length) for place, clusters, plays, span, length in facts]
    return sorted(found, key=lambda one: one.unit.code)


def minutes_of(rows: Collection[Played]) -> int:
    """Return the whole minutes of all together."""
    return round(sum(one.seconds for one in rows) / 60)


@dataclass(frozen=True, slots=True)
class Grouped(_AtPlace):
    """The Zalo groups of one unit: how many, their members as told, and in how many of them something was posted in the period."""

    groups: int
    members: int
    posts: int

    @property
    def is_few(self) -> bool:
        """Tell whether its members are too few to be counted in public."""
        return 0 < self.members < FEWEST_PEOPLE


def _standing(rows: QuerySet[ZaloGroup], end: datetime) -> QuerySet[ZaloGroup]:
    return rows.filter(Q(kept_since=None) | Q(kept_since__lt=end), Q(ended_at=None) | Q(ended_at__gte=end))


def grouped(unit: Unit | None, period: Period) -> list[Grouped]:
    """Return the Zalo groups that stood in the register when a period ended, and what was posted by hand in it, by unit."""
    begins, ends = period.bounds
    groups: Counter[int] = Counter()
    members: Counter[int] = Counter()
    for place, count in _standing(ZaloGroup.objects.filter(unit__in=own(unit)), ends).values_list("unit_id", "members"):
        groups[place] += 1
        members[place] += count or 0
    rows = ZaloPost.objects.filter(group__unit__in=own(unit), is_posted=True, at__gte=begins, at__lt=ends, dispatch__bulletin__is_training=False)
    posts = Counter(rows.values_list("group__unit_id", flat=True))
    places = {one.pk: one for one in Unit.objects.filter(pk__in={*groups, *posts}).with_ancestors()}
    found = [Grouped(one, groups[pk], members[pk], posts[pk]) for pk, one in places.items()]
    return sorted(found, key=lambda one: one.unit.code)


def members_of(rows: Collection[Grouped]) -> int:
    """Sum the members of the places whose number is shown: beside the others, a sum of all would tell the one that is left out."""
    return sum(one.members for one in rows if not one.is_few)


def query(unit: Unit | None, period: Period, **more: str) -> str:
    """Return the part of an address that says of which unit and period."""
    return urlencode({**({"xa": unit.code} if unit is not None else {}), "tu": f"{period.first:%Y-%m-%d}", "den": f"{period.last:%Y-%m-%d}", **more})


def list_url(unit: Unit | None, period: Period, **more: str) -> str:
    """Return where the bulletins of a period stand for everybody."""
    return f"{reverse('broadcast:bulletins')}?{query(unit, period, **more)}"


def page_url(unit: Unit | None, period: Period) -> str:
    """Return where loudspeakers and Zalo groups of a period stand for everybody, as counts by place."""
    return f"{reverse('broadcast:voice')}?{query(unit, period)}"


# Counts of a day, for practices


def end_of(day: date) -> datetime:
    """Return the instant at which a day is over."""
    return Period(day, day).bounds[1]


def groups_on(unit_ids: Collection[int], day: date) -> int:
    """Count the Zalo groups that stood in the register on a day."""
    return _standing(ZaloGroup.objects.filter(unit__in=unit_ids), end_of(day)).count()


def members_on(unit_ids: Collection[int], day: date) -> int:
    """Sum the members of those groups, as their keepers last told; places with fewer than five are left out, as in `members_of`."""
    rows = _standing(ZaloGroup.objects.filter(unit__in=unit_ids), end_of(day)).order_by().values("unit")
    return sum(rows.annotate(sum=Sum("members")).filter(sum__gte=FEWEST_PEOPLE).values_list("sum", flat=True))


def clusters_on(unit_ids: Collection[int], day: date) -> int:
    """Count the loudspeaker clusters that hung on a day."""
    end = end_of(day)
    return SpeakerCluster.objects.filter(Q(removed_at=None) | Q(removed_at__gte=end), unit__in=unit_ids, added_at__lt=end).count()


def rounds_on(unit_ids: Collection[int], day: date) -> int:
    """Count the rounds by motorbike that were done in the 12 months before a day's end."""
    return MobileRound.objects.filter(programme__unit__in=unit_ids, is_done=True, on__gt=day - timedelta(days=365), on__lte=day).count()
