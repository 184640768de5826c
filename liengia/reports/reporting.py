"""What this room itself says in a report: the safety register of the year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.core import rooms
from liengia.core.reporting import (
    Figure,
    Part,
    Period,
    Provider,
    Record,
    Records,
    register,
    register_published,
)
from liengia.reports import safety
from liengia.reports.models import Report, SafetyRegistration, SafetyState, UnitSize
from liengia.units.models import Unit


def register_own() -> None:
    """Register the section; called from `AppConfig.ready`."""
    register_published(published)
    register(Provider("reports", "safety", _("The standard “Safe in security and order”"), standard, trace, order=90))


def published(unit: Unit) -> Iterable[Period]:
    """Name the periods of which a unit's reports are published."""
    return [one.period for one in Report.objects.all().of(unit).published()]


def standard(unit: Unit, period: Period) -> Part | None:
    """Count the places of the year in which the period ends."""
    year = period.last.year
    counted = safety.counts(unit, year)
    if not counted["registered"]:
        return None
    how = _("Places of the unit and below it, of the year in which the period ends.")
    return Part(
        (
            Figure("safety.registered", _("places that registered"), counted["registered"], how, more_is_better=True),
            Figure("safety.recognised", _("places recognised"), counted["recognised"], how, more_is_better=True),
            Figure("safety.not_recognised", _("places not recognised"), counted["not_recognised"], how, more_is_better=False),
        )
    )


def households(unit: Unit, on: date) -> int | None:
    """Return how many households the office entered for a unit itself: the last count of a year that has begun; that of a predecessor was of another area."""
    return UnitSize.objects.filter(unit=unit, year__lte=on.year).order_by("-year").values_list("households", flat=True).first()


def trace(unit: Unit, period: Period, code: str, user: Any) -> Records | None:
    """Bring the registrations behind a figure; each stands in the public register of its year."""
    year, what = period.last.year, code.removeprefix("safety.")
    if what not in ("registered", SafetyState.RECOGNISED, SafetyState.NOT_RECOGNISED):
        return None
    found = safety.of(unit, year).select_related("unit__parent__parent", "organisation").order_by("unit__code", "kind", "pk")
    rows = [one for one in found if what == "registered" or one.state == what]
    shown = tuple(_record(one, year) for one in rows if rooms.is_on("reports", one.unit))
    hidden = len(rows) - len(shown)
    return Records(len(rows), shown, hidden, _("Their communes keep these pages closed.") if hidden else "")


def _record(one: SafetyRegistration, year: int) -> Record:
    name = one.organisation.name if one.organisation is not None else one.unit.place_name
    return Record(name, one.registered_on, one.get_state_display(), url=f"{reverse('reports:safety')}?nam={year}")
