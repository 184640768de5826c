"""What this room itself says in a report: the safety register of the year."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.core.reporting import Figure, Part, Period, Provider, register
from liengia.reports import safety
from liengia.units.models import Unit


def register_own() -> None:
    """Register the section; called from `AppConfig.ready`."""
    register(Provider("reports", "safety", _("The standard “Safe in security and order”"), standard, order=90))


def standard(unit: Unit, period: Period) -> Part | None:
    """Count the places of the year in which the period ends."""
    year = period.last.year
    counted = safety.counts(unit, year)
    if not counted["registered"]:
        return None
    url = f"{reverse('reports:safety')}?nam={year}"
    how = _("Places of the unit and below it, of the year in which the period ends.")
    return Part(
        (
            Figure("safety.registered", _("places that registered"), counted["registered"], how, url=url, more_is_better=True),
            Figure("safety.recognised", _("places recognised"), counted["recognised"], how, url=url, more_is_better=True),
            Figure("safety.not_recognised", _("places not recognised"), counted["not_recognised"], how, url=url, more_is_better=False),
        )
    )
