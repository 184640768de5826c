"""What this room says in the report to the people: festivals that were held, who came, and what became of pledges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.reporting import (
    Figure,
    Part,
    Period,
    Provider,
    Record,
    Records,
    Table,
    register,
    register_days,
)
from liengia.festivals import counts, policies
from liengia.festivals.models import DayState, FestivalDay, Outcome, PledgePromise
from liengia.units.models import Unit

LISTED = 50
_NOT_SHOWN = _("Days and pledges that have no public page.")


def register_own() -> None:
    """Register the sections and the days of reporting; called from `AppConfig.ready`."""
    register(Provider("festivals", "festivals", _("The Festival"), held, trace_held, order=50))
    register(Provider("festivals", "pledges", _("Pledges"), pledged, trace_pledged, order=55))
    register_days("festivals", days)


def days(unit: Unit) -> Iterable[date]:
    """Name the unit's own festival days that were held: reports are read there."""
    ended = FestivalDay.objects.filter(unit__in=unit.lineage_ids(), state=DayState.ENDED)
    return [clock.local(at).date() for at in ended.values_list("starts_at", flat=True)]


def held(unit: Unit, period: Period) -> Part | None:
    """Count the festivals of the period."""
    found = counts.held(unit, period.first, period.last)
    if not found.days and not found.called_off:
        return None
    figures = (
        Figure("festivals.held", _("festival days held"), len(found.days), _("Days that were closed as held, of the unit and all below it."), fair=True, more_is_better=True),
        Figure("festivals.people", _("people who came to them"), found.people, _("As counted on the day; whoever is counted in a joint day is counted once."), fair=True, more_is_better=True, is_main=True),
        Figure("festivals.uncounted", _("days without a count"), len(found.uncounted), _("Held, but nobody counted who came: they add nothing to the sum."), more_is_better=False),
        Figure("festivals.called_off", _("days called off"), found.called_off, _("Announced and called off, with the reason on their page."), more_is_better=False),
    )  # fmt: skip
    rows = tuple((day.host_name, f"{clock.local(day.starts_at):%d/%m/%Y}", day.attendance) for day in found.days[:LISTED])
    return Part(figures, tables=(Table(_("Festival days"), (_("Day of"), _("Date"), _("People who came")), rows, figures=("festivals.held", "festivals.people")),) if rows else ())


def pledged(unit: Unit, period: Period) -> Part | None:
    """Count the pledges that ran in the period and what is said of their promises."""
    found = counts.pledged(unit, period.first, period.last)
    if not found.pledges:
        return None
    how = _("Signed pledges that ran in the period, with the latest word on each promise.")
    figures = (
        Figure("pledges.signed", _("pledges"), found.pledges, how, fair=True, more_is_better=True),
        Figure("pledges.parties", _("parties that signed"), found.parties, how, more_is_better=True),
        Figure("pledges.kept", _("promises of pledges kept"), found.outcomes.get("kept", 0), how, more_is_better=True),
        Figure("pledges.unanswered", _("promises of which nobody said what became of them"), found.unanswered, how, more_is_better=False),
    )  # fmt: skip
    return Part(figures)


def trace_held(unit: Unit, period: Period, code: str, user: Any) -> Records | None:
    """Bring the days behind a figure, each with what it adds; one that is counted in another day adds nothing of its own."""
    found = counts.held(unit, period.first, period.last)
    adds: Mapping[int, float] | None = {
        "festivals.held": {day.pk: 1 for day in found.days}, "festivals.people": {day.pk: found.shares.get(day.pk, 0) for day in found.days},
        "festivals.uncounted": {day.pk: 1 for day in found.uncounted},
        "festivals.called_off": {day.pk: 1 for day in found.cancelled},
    }.get(code)  # fmt: skip
    if adds is None:
        return None
    seen = set(policies.shown_days().filter(pk__in=adds).values_list("pk", flat=True))
    rows = tuple(_day(one, adds[one.pk], is_part=one.pk not in found.shares) for one in (*found.days, *found.cancelled) if one.pk in adds and one.pk in seen)
    hidden = sum(number for key, number in adds.items() if key not in seen)
    return Records(sum(adds.values()), rows, hidden, _NOT_SHOWN if hidden else "")


def _day(one: FestivalDay, adds: float, *, is_part: bool) -> Record:
    note = _("counted in another day of that date") if not adds and is_part else ""
    return Record(f"{one.title}: {one.host_name}", clock.local(one.starts_at).date(), note, adds, reverse("festivals:day", args=[one.public_id]))


def trace_pledged(unit: Unit, period: Period, code: str, user: Any) -> Records | None:
    """Bring the pledges behind a figure, each with what it adds."""
    rows = list(counts.pledges_of(unit, period.first, period.last).select_related("unit__parent").prefetch_related("parties").order_by("signed_on", "pk"))
    promises = PledgePromise.objects.filter(pledge__in=rows)
    of, words = dict(promises.values_list("pk", "pledge_id")), counts.last_words(promises, period.last)
    adds: Counter[int] | None = {
        "pledges.signed": Counter(one.pk for one in rows), "pledges.parties": Counter({one.pk: len(one.parties.all()) for one in rows}),
        "pledges.kept": Counter(of[key] for key, word in words.items() if word == Outcome.KEPT),
        "pledges.unanswered": Counter(pledge for key, pledge in of.items() if key not in words),
    }.get(code)  # fmt: skip
    if adds is None:
        return None
    seen = set(policies.shown_pledges().filter(pk__in=adds).values_list("pk", flat=True))
    listed = tuple(
        Record(f"{one.title}: {one.unit.place_name}", one.signed_on, amount=adds[one.pk], url=reverse("festivals:pledge", args=[one.public_id]))
        for one in rows if one.pk in seen and adds[one.pk]
    )  # fmt: skip
    hidden = sum(number for key, number in adds.items() if key not in seen)
    return Records(adds.total(), listed, hidden, _NOT_SHOWN if hidden else "")
