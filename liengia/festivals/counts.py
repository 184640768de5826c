"""What reports count of this room: days held, people who came, each once, and pledges kept. The public door for upper rooms."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from liengia.festivals import times
from liengia.festivals.board import total_of
from liengia.festivals.models import (
    DayState,
    FestivalDay,
    Outcome,
    Pledge,
    PledgeProgress,
    PledgePromise,
    ReportedAt,
)
from liengia.opinions.models import ForumQuestion
from liengia.units.models import Unit


@dataclass(frozen=True, slots=True)
class Held:
    """Festivals of a unit and all below it in a period; `days` are those whose records the figures come from."""

    days: tuple[FestivalDay, ...]
    units: int
    people: int
    uncounted: int
    opinions: int
    called_off: int


@dataclass(frozen=True, slots=True)
class Pledged:
    """Pledges of a unit and all below it that ran in a period, and what is said of their promises."""

    pledges: int
    parties: int
    promises: int
    outcomes: dict[str, int]

    @property
    def unanswered(self) -> int:
        """Promises of which nobody said what became of them."""
        return self.promises - sum(self.outcomes.values())


def held(unit: Unit, since: date, until: date) -> Held:
    """Return the festivals that a unit and all below it held from a day to a day, both included.

    People who are counted in another day are counted there, unless that day was not held or lies outside: then here.
    """
    begins, _end = times.bounds(since)
    _begin, ends = times.bounds(until)
    found = FestivalDay.objects.all().in_unit(unit).filter(starts_at__gte=begins, starts_at__lt=ends).select_related("unit__parent", "organisation", "season")
    ended = [day for day in found if day.state == DayState.ENDED]
    people = attendance({day.pk: (day.counted_in_id, day.attendance) for day in ended})
    return Held(
        days=tuple(ended),
        units=len({day.unit_id for day in ended}),
        people=people,
        uncounted=sum(day.attendance is None and day.counted_in_id is None for day in ended),
        opinions=ForumQuestion.objects.filter(forum__festival_item__day__in=ended).shown().count(),
        called_off=sum(day.state == DayState.CANCELLED for day in found),
    )


def attendance(days: dict[int, tuple[int | None, int | None]]) -> int:
    """Return how many people came, each once; days by key, as (the day they are counted in, their own count)."""
    parts: dict[int, list[int]] = defaultdict(list)
    tops: list[int] = []
    for key, (whole, own) in days.items():
        if whole in days and whole is not None:
            parts[whole].append(own or 0)
        else:
            tops.append(key)
    return sum(total_of(days[key][1], parts.get(key, ())) for key in tops)


def pledged(unit: Unit, since: date, until: date) -> Pledged:
    """Return the signed pledges of a unit and all below it that ran in a period, with the latest word on each promise."""
    rows = Pledge.objects.all().shown().in_unit(unit).filter(valid_from__lt=until + timedelta(days=1), valid_to__gte=since)
    promises = PledgePromise.objects.filter(pledge__in=rows)
    last: dict[int, tuple[bool, str]] = {}
    for one in PledgeProgress.objects.filter(promise__in=promises):
        word = (one.at == ReportedAt.YEAR_END, str(one.outcome))
        last[one.promise_id] = max(last.get(one.promise_id, (False, "")), word)
    outcomes = Counter(outcome for _is_last, outcome in last.values())
    return Pledged(
        pledges=rows.count(), parties=sum(row.parties.count() for row in rows.prefetch_related("parties")), promises=promises.count(),
        outcomes={name: outcomes[name] for name in Outcome.values},
    )  # fmt: skip
