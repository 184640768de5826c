"""Which practices and campaigns a user works with."""

from __future__ import annotations

from typing import Any

from liengia.practices.capabilities import CAMPAIGN, EDIT
from liengia.practices.models import Campaign, Exemplar, Practice, PracticeQuerySet
from liengia.practices.shipped import described, uuid_of
from liengia.units import scope
from liengia.units.models import UnitQuerySet


def practices_of(user: Any) -> PracticeQuerySet:
    """Return the practices of a user's units."""
    return Practice.objects.filter(unit__in=scope.units_for(user, EDIT)).with_places()


def imported() -> PracticeQuerySet:
    """Return the practices that came as files: they belong to no unit, and whoever takes files in shows or hides them."""
    shipped = [uuid_of(one["code"]) for one in described()]
    return Practice.objects.filter(unit=None).exclude(uuid__in=shipped).order_by("folded_name", "pk")


def units_of(user: Any, capability: str = EDIT) -> UnitQuerySet:
    """Return the units in which a user may begin a practice: those that stand today, without residents' groups."""
    levels = ("province", "district", "commune", "hamlet")
    return scope.units_for(user, capability).current().filter(level__in=levels).with_ancestors().order_by("code")


def may(user: Any, capability: str, practice: Practice) -> bool:
    """Tell whether a user holds a capability where a practice runs."""
    return practice.unit is not None and scope.covers(user, capability, practice.unit)


def campaigns_of(user: Any) -> Any:
    """Return the campaigns of a user's units."""
    return Campaign.objects.filter(unit__in=scope.units_for(user, CAMPAIGN)).select_related("unit", "led_by")


def exemplars_of(user: Any) -> Any:
    """Return the exemplars of a user's units that are not erased."""
    return Exemplar.objects.filter(unit__in=scope.units_for(user, CAMPAIGN), erased=False)
