"""What this room says in the report to the people: practices that ran, were begun, replicated, upgraded, ended, praised."""

from __future__ import annotations

from dataclasses import astuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.core.reporting import Figure, Part, Period, Provider, register
from liengia.practices import queries
from liengia.units.models import Unit


def register_own() -> None:
    """Register the section; called from `AppConfig.ready`."""
    register(Provider("practices", "practices", _("Practices"), told, order=45))


def told(unit: Unit, period: Period) -> Part | None:
    """Count the practices of a period; nothing at all where there are none."""
    found = queries.totals(unit, period.first, period.last)
    if not any(astuple(found)):
        return None
    url = reverse("practices:index")
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
            Figure(f"practices.{code}", label, value, how, url=url, fair=code == "running", more_is_better=better, is_main=code == "running")
            for code, label, value, how, better in lines
        )
    )
