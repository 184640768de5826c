"""What this room says in the report to the people: practices that ran, were begun, replicated, upgraded, ended, praised."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.core.reporting import Figure, Listed, Part, Period, Provider, Record, Records, register
from liengia.practices import queries
from liengia.practices.models import Act, Practice, Revision
from liengia.units.models import Unit


def register_own() -> None:
    """Register the section; called from `AppConfig.ready`."""
    register(Provider("practices", "practices", _("Practices"), told, trace, order=45))


def told(unit: Unit, period: Period) -> Part | None:
    """Count the practices of a period; nothing at all where there are none."""
    found = queries.totals(unit, period.first, period.last)
    if not any(astuple(found)):
        return None
    lines = (
        ("running", _("practices that ran at the end"), found.running, _("Public practices founded in the unit and all below it that ran on the last day of the period."), True),
        ("begun", _("practices begun"), found.begun, _("Those whose first day lies in the period."), True),
        ("replicated", _("of these replicated from another place"), found.replicated, _("Those begun in the period that were taken over from another place."), True),
        ("revised", _("practices upgraded"), found.revised, _("New revisions in the period of practices that ran already."), None),
        ("ended", _("practices ended"), found.ended, _("Those that ended in the period, with the reason on their page."), None),
        ("praised", _("acts of praise"), found.praised, _("Papers of named bodies that praise a practice, dated in the period and not revoked."), True),
        ("ordered", _("orders to replicate"), found.ordered, _("Papers of named bodies that order a practice to be replicated, dated in the period and not revoked."), None),
    )  # fmt: skip
    return Part(
        tuple(
            Figure(f"practices.{code}", label, value, how, fair=code == "running", more_is_better=better, is_main=code == "running")
            for code, label, value, how, better in lines
        )
    )


def trace(unit: Unit, period: Period, code: str, user: Any) -> Records | None:
    """Bring the practices, revisions or papers behind a figure, each with the page of its practice."""
    found = queries.counted(unit, period.first, period.last).get(code.removeprefix("practices."))
    if found is None:
        return None
    shown = queries.on_pages(found)
    return Records(found.count(), Listed(shown, _record), found.count() - shown.count(), _("Their communes keep these pages closed."))


def _record(one: Practice | Revision | Act) -> Record:
    if isinstance(one, Practice):
        return Record(one.name, one.started_on, one.place, url=reverse("practices:detail", args=[one.public_id]))
    name, url = (one.practice.name, reverse("practices:detail", args=[one.practice.public_id])) if one.practice is not None else ("–", "")
    note = one.changed if isinstance(one, Revision) else f"{one.get_kind_display()}: {one.body}"
    return Record(name, one.on, note, url=url)
