"""What other rooms count of this one: days held, people who came, each once, certificates given, pledges. The public door for others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.core.counts import Count, register
from liengia.festivals import times
from liengia.festivals.board import total_of
from liengia.festivals.models import (
    DayState,
    FestivalDay,
    Outcome,
    Pledge,
    PledgeParty,
    PledgeProgress,
    PledgePromise,
    ReportedAt,
)
from liengia.opinions.models import ForumQuestion
from liengia.units.models import Unit

YEAR: Final = timedelta(days=365)


def register_own() -> None:
    """Let practices and others count pledges and days; called from `AppConfig.ready`."""
    pages = (lambda: reverse("festivals:pledges"), lambda: reverse("festivals:index"))
    register(Count("festivals.pledges", "festivals", _("pledges in force"), pledges_on, _("Pledges that were signed and whose term holds that day."), pages[0]))
    register(
        Count("festivals.signatories", "festivals", _("institutions and committees that signed a pledge in force"), signatories_on,
              _("Who signed a pledge whose term holds that day; each counts once, however many it signed."), pages[0])
    )  # fmt: skip
    register(Count("festivals.days", "festivals", _("festivals in the last 12 months"), days_on, _("Festival days that were held to their end."), pages[1]))


def _in_force(unit_ids: Collection[int], day: date) -> QuerySet[Pledge]:
    return Pledge.objects.filter(unit__in=unit_ids, signed_on__lte=day, valid_from__lte=day, valid_to__gte=day)


def pledges_on(unit_ids: Collection[int], day: date) -> int:
    """Count the pledges in force on a day."""
    return _in_force(unit_ids, day).count()


def signatories_on(unit_ids: Collection[int], day: date) -> int:
    """Count the institutions and committees that signed one in force, each once."""
    parties = PledgeParty.objects.filter(pledge__in=_in_force(unit_ids, day)).order_by()
    return parties.values("organisation", "committee").distinct().count()


def days_on(unit_ids: Collection[int], day: date) -> int:
    """Count the days that were held in the 12 months before a day's end."""
    _begins, ends = times.bounds(day)
    return FestivalDay.objects.filter(unit__in=unit_ids, state=DayState.ENDED, starts_at__gte=ends - YEAR, starts_at__lt=ends).count()


@dataclass(frozen=True, slots=True)
class Held:
    """Festivals of a unit and all below it in a period; `days` are those whose records the figures come from, `shares` what each adds to the people.

    Of `uncounted` days nobody knows how many came: not they themselves, and no held day in which they are counted.
    """

    days: tuple[FestivalDay, ...]
    cancelled: tuple[FestivalDay, ...]
    shares: dict[int, int]
    units: int
    people: int
    uncounted: tuple[FestivalDay, ...]
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
    found = FestivalDay.objects.filter(unit__in=unit.ground(), starts_at__gte=begins, starts_at__lt=ends).select_related("unit__parent", "organisation", "season")
    ended = [day for day in found if day.state == DayState.ENDED]
    shares = shares_of({day.pk: (day.counted_in_id, day.attendance) for day in ended})
    cancelled = tuple(day for day in found if day.state == DayState.CANCELLED and day.is_shown)
    return Held(
        days=tuple(ended),
        cancelled=cancelled,
        shares=shares,
        units=len({day.unit_id for day in ended}),
        people=sum(shares.values()),
        uncounted=tuple(day for day in ended if day.attendance is None and day.pk in shares),
        opinions=ForumQuestion.objects.filter(forum__festival_item__day__in=ended).shown().count(),
        called_off=len(cancelled),
    )


def shares_of(days: dict[int, tuple[int | None, int | None]]) -> dict[int, int]:
    """Return how many people each day adds, so that each person counts once; days by key, as (the day they are counted in, their own count)."""
    parts: dict[int, list[int]] = defaultdict(list)
    tops: list[int] = []
    for key, (whole, own) in days.items():
        if whole in days and whole is not None:
            parts[whole].append(own or 0)
        else:
            tops.append(key)
    return {key: total_of(days[key][1], parts.get(key, ())) for key in tops}


def attendance(days: dict[int, tuple[int | None, int | None]]) -> int:
    """Return how many people came, each once."""
    return sum(shares_of(days).values())


def pledges_of(unit: Unit, since: date, until: date) -> QuerySet[Pledge]:
    """Return the pledges of a unit and all below it that were signed by a period's end and ran in it."""
    return Pledge.objects.all().shown().filter(unit__in=unit.ground(), signed_on__lte=until, valid_from__lt=until + timedelta(days=1), valid_to__gte=since)


def last_words(promises: QuerySet[PledgePromise], until: date) -> dict[int, str]:
    """Return the latest word up to a day on each promise of which somebody said what became of it: that of the year's end before that of the half-year."""
    last: dict[int, tuple[bool, str]] = {}
    for one in PledgeProgress.objects.filter(promise__in=promises, reported_on__lte=until):
        word = (one.at == ReportedAt.YEAR_END, str(one.outcome))
        last[one.promise_id] = max(last.get(one.promise_id, (False, "")), word)
    return {key: outcome for key, (_is_last, outcome) in last.items()}


def pledged(unit: Unit, since: date, until: date) -> Pledged:
    """Return the signed pledges of a unit and all below it that ran in a period, with the latest word on each promise."""
    rows = pledges_of(unit, since, until)
    promises = PledgePromise.objects.filter(pledge__in=rows)
    outcomes = Counter(last_words(promises, until).values())
    return Pledged(
        pledges=rows.count(), parties=sum(row.parties.count() for row in rows.prefetch_related("parties")), promises=promises.count(),
        outcomes={name: outcomes[name] for name in Outcome.values},
    )  # fmt: skip
