"""What this room says in the report to the people: festivals that were held, who came, and what became of pledges."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.reporting import Figure, Part, Period, Provider, Table, register, register_days
from liengia.festivals import counts
from liengia.festivals.models import DayState, FestivalDay
from liengia.units.models import Unit

LISTED = 50


def register_own() -> None:
    """Register the sections and the days of reporting; called from `AppConfig.ready`."""
    register(Provider("festivals", "festivals", _("The Festival"), held, order=50))
    register(Provider("festivals", "pledges", _("Emulation pledges"), pledged, order=55))
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
    url = reverse("festivals:index")
    figures = (
        Figure("festivals.held", _("festival days held"), len(found.days), _("Days that were closed as held, of the unit and all below it."), url=url, fair=True, more_is_better=True),
        Figure("festivals.people", _("people who came to them"), found.people, _("As counted on the day; whoever is counted in a joint day is counted once."), url=url, fair=True, more_is_better=True, is_main=True),
        Figure("festivals.uncounted", _("days without a count"), found.uncounted, _("Held, but nobody counted who came: they add nothing to the sum."), url=url, more_is_better=False),
        Figure("festivals.called_off", _("days called off"), found.called_off, _("Announced and called off, with the reason on their page."), url=url, more_is_better=False),
    )  # fmt: skip
    rows = tuple((day.host_name, f"{clock.local(day.starts_at):%d/%m/%Y}", str(day.attendance) if day.attendance is not None else "–") for day in found.days[:LISTED])
    return Part(figures, tables=(Table(_("Festival days"), (_("Day of"), _("Date"), _("People who came")), rows),) if rows else ())


def pledged(unit: Unit, period: Period) -> Part | None:
    """Count the pledges that ran in the period and what is said of their promises."""
    found = counts.pledged(unit, period.first, period.last)
    if not found.pledges:
        return None
    how = _("Signed pledges that ran in the period, with the latest word on each promise.")
    url = reverse("festivals:pledges")
    figures = (
        Figure("pledges.signed", _("pledges"), found.pledges, how, url=url, fair=True, more_is_better=True),
        Figure("pledges.parties", _("parties that signed"), found.parties, how, url=url, more_is_better=True),
        Figure("pledges.kept", _("promises of pledges kept"), found.outcomes.get("kept", 0), how, url=url, more_is_better=True),
        Figure("pledges.unanswered", _("promises of which nobody said what became of them"), found.unanswered, how, url=url, more_is_better=False),
    )  # fmt: skip
    return Part(figures)
