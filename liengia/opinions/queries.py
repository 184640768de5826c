"""What pages read from several tables: the public list, likely duplicates, the scoreboard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Q, prefetch_related_objects

from liengia.core import clock, rooms
from liengia.opinions import policies, similar
from liengia.opinions.models import (
    ANSWERED,
    UNANSWERED,
    Opinion,
    OpinionEvent,
    OpinionQuerySet,
    PublicText,
    State,
)
from liengia.people.models import DutyPost, User
from liengia.units.models import Level, RoomSwitch, Unit

# How many newest public texts a new opinion is compared with.
_COMPARED = 400
MONTHS = 6
# In these states the answer is public, once it was published.
PUBLISHED = (State.PUBLISHED, State.FOLLOWING_UP, State.CLOSED)


def communes() -> list[Unit]:
    """Return the communes that stand today and keep the room on."""
    found = Unit.objects.current().communes().with_ancestors().order_by("name")
    return [unit for unit in found if rooms.is_on("opinions", unit)]


def hamlets(commune: Unit) -> object:
    """Return the hamlets of a commune, for a choice."""
    return Unit.objects.current().filter(parent=commune, level=Level.HAMLET).order_by("code")


def duty_phone(commune: Unit | None) -> str:
    """Return the phone of the commune's duty desk; empty where none is known."""
    post = DutyPost.objects.filter(unit=commune, is_active=True).exclude(phone="").first() if commune else None
    return post.phone if post else ""


def to_tell(user: User) -> OpinionQuerySet:
    """Return the opinions that a helper entered and whose writers wait to be told the answer."""
    found = Opinion.all_.filter(policies.visible(user), entered_by=user, told_on=None)
    # Of one that was joined, the answer is the other's.
    found = found.filter(Q(answered_at__isnull=False) | Q(merged_into__answered_at__isnull=False))
    return found.select_related("hamlet__parent").order_by("filed_on", "pk")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader of the public list asked for; what is no choice is left out."""

    commune: Unit | None = None
    hamlet: str = ""
    topic: str = ""
    state: str = ""
    month: str = ""

    def apply(self, found: OpinionQuerySet) -> OpinionQuerySet:
        """Return the opinions that are meant, the newest first."""
        if self.commune is not None:
            found = found.in_unit(self.commune)
        if self.hamlet:
            found = found.filter(hamlet__code=self.hamlet)
        if self.topic:
            found = found.filter(topic__code=self.topic)
        if self.state == "overdue":
            found = found.overdue()
        elif self.state in State.values:
            found = found.filter(state=self.state)
        if self.month:
            first = date.fromisoformat(f"{self.month}-01")
            found = found.filter(filed_on__gte=first, filed_on__lt=_next_month(first))
        return found.order_by("-filed_on", "public_id")


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def months_back(count: int = MONTHS) -> list[date]:
    """Return the first days of the last months, the oldest first."""
    found = [clock.today().replace(day=1)]
    while len(found) < count:
        found.insert(0, (found[0] - timedelta(days=1)).replace(day=1))
    return found


def public_list(filters: Filters) -> OpinionQuerySet:
    """Return the public opinions of a filter with what a list shows."""
    return filters.apply(where_on(Opinion.public_.get_queryset())).with_words()


def where_on(found: OpinionQuerySet) -> OpinionQuerySet:
    """Return the opinions of communes that keep the room on; usually all do, and nothing more is read."""
    without = communes_without()
    return found.exclude(commune__in=without) if without else found


def communes_without() -> list[int]:
    """Return the keys of communes that have switched the room off, with those that they followed."""
    off = Unit.objects.filter(pk__in=RoomSwitch.objects.filter(room="opinions", is_on=False).values("unit"))
    return sorted({key for one in off for key in one.lineage_ids()})


def for_front(unit: Unit | None, *, most: int = 3) -> tuple[list[Opinion], list[tuple[Opinion, datetime]]]:
    """Return the overdue public opinions, the longest overdue first, and the latest published answers with their instant."""
    shown = Opinion.public_.get_queryset().select_related("commune", "hamlet")  # its lines name no topic
    if unit is not None:
        shown = shown.filter(commune__in=unit.lineage_ids())
    else:
        shown = where_on(shown)
    late = list(shown.overdue().order_by("due_at", "public_id")[:most])
    published = OpinionEvent.objects.filter(verb="published").values("opinion")
    answered = list(shown.filter(state__in=PUBLISHED, pk__in=published, answered_at__isnull=False).order_by("-answered_at", "public_id")[:most])
    prefetch_related_objects([*late, *answered], "public_texts")
    return late, [(one, clock.local(one.answered_at)) for one in answered if one.answered_at is not None]


def likely_duplicates(commune: Unit, text: str, place: str) -> list[Opinion]:
    """Return up to three public opinions of a commune that are most like a text, by words and place."""
    texts = PublicText.objects.filter(opinion__commune=commune, opinion__is_public=True).select_related("opinion")
    candidates = [
        similar.Candidate(one.opinion.public_id, f"{one.title} {one.text}", one.place_words)
        for one in texts.order_by("-made_at")[:_COMPARED]
    ]
    found = similar.likely(text, place, candidates)
    rows = {row.public_id: row for row in Opinion.public_.filter(public_id__in=found).prefetch_related("public_texts")}
    return [rows[key] for key in found if key in rows]


@dataclass(slots=True)
class Score:
    """Counts of one commune or one month; `days` are working-through times of those answered, in calendar days."""

    label: str
    filed: int = 0
    answered: int = 0
    in_time: int = 0
    late: int = 0
    open_: int = 0
    overdue: int = 0
    refused: int = 0
    days: list[int] = field(default_factory=list)

    @property
    def median_days(self) -> int | None:
        """Half were answered within so many days."""
        return round(median(self.days)) if self.days else None

    def take(self, row: Row) -> None:
        """Count one opinion."""
        self.filed += 1
        if row.state in ANSWERED and row.is_told:
            self.answered += 1
            self.in_time += not row.was_late
            self.late += row.was_late
            if row.answered_on:
                self.days.append(max(0, (row.answered_on - row.filed_on).days))
        elif row.state in (*UNANSWERED, *ANSWERED):  # answered, and the writer without a phone does not know: still owed
            self.open_ += 1
            self.overdue += row.is_overdue
        else:
            self.refused += 1


@dataclass(frozen=True, slots=True)
class Row:
    """What the scoreboard needs of one opinion."""

    commune_id: int
    filed_on: date
    state: str
    was_late: bool
    is_overdue: bool
    answered_on: date | None
    is_told: bool


def scoreboard(commune: Unit | None = None) -> tuple[list[Score], list[Score]]:
    """Return the scores by commune and by month of the last six months.

    What concerns an officer is in no figure until the officer could see it, which is never; what belongs elsewhere by
    law, or was joined with another, is not counted either.
    """
    among = [commune] if commune is not None else communes()
    months = months_back()
    by_unit = {unit.pk: Score(unit.display_name) for unit in among}
    by_month = {first: Score(f"{first:%m/%Y}") for first in months}
    lineage = {key: unit.pk for unit in among for key in unit.lineage_ids()}
    for row in _rows(lineage, months[0]):
        by_unit[lineage[row.commune_id]].take(row)
        by_month[row.filed_on.replace(day=1)].take(row)
    return list(by_unit.values()), list(by_month.values())


def _rows(lineage: dict[int, int], since: date) -> Iterable[Row]:
    now = clock.now()
    found = Opinion.all_.filter(commune__in=list(lineage), filed_on__gte=since, about_officials=False)
    found = found.exclude(state__in=(State.MERGED, State.MOVED_OUT))
    columns = ("commune_id", "filed_on", "state", "was_late", "due_at", "intake_due_at", "answered_at", "entered_by_id", "told_on")
    for unit, filed, state, was_late, due, intake, answered, helper, told in found.values_list(*columns).iterator():
        overdue = due < now or (state == State.RECEIVED and intake < now)
        day = clock.local(answered).date() if answered else None
        yield Row(unit, filed, state, was_late, overdue, day, helper is None or told is not None)
