"""Which reports and registrations a user works with."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from liengia.reports.capabilities import PUBLISH, SAFETY, WRITE
from liengia.reports.models import Report, SafetyRegistration, Target
from liengia.units import scope, switches
from liengia.units.models import Unit, UnitQuerySet


def reports_of(user: Any) -> QuerySet[Report]:
    """Return the reports of a user's units."""
    return Report.objects.filter(unit__in=_on(scope.units_for(user, WRITE))).select_related("unit__parent")


def may_publish(user: Any, report: Report) -> bool:
    """Tell whether a user may publish and correct a report."""
    return scope.covers(user, PUBLISH, report.unit)


def units_of(user: Any) -> UnitQuerySet:
    """Return the units that a user may write reports of: hamlets and above, also those that have ended (districts until 2025)."""
    return _on(scope.units_for(user, WRITE)).filter(level__in=("province", "district", "commune", "hamlet")).with_ancestors().order_by("level", "code", "valid_from")


def targets_of(user: Any) -> QuerySet[Target]:
    """Return the targets of a user's units."""
    return Target.objects.filter(unit__in=_on(scope.units_for(user, WRITE))).select_related("unit")


def safety_of(user: Any) -> QuerySet[SafetyRegistration]:
    """Return the registrations of a user's units."""
    return SafetyRegistration.objects.filter(unit__in=_on(scope.units_for(user, SAFETY))).select_related("unit__parent", "organisation")


def safety_units(user: Any) -> QuerySet[Unit]:
    """Return the units that stand and may register: communes, hamlets, self-managed groups."""
    return _on(scope.units_for(user, SAFETY)).current().filter(level__in=("commune", "hamlet", "self_managed_group")).with_ancestors().order_by("level", "code")


def _on(units: UnitQuerySet) -> UnitQuerySet:
    """Leave out the communes that keep the room off, with all that hangs under them."""
    return units.exclude(pk__in=switches.units_without("reports").values("pk"))
