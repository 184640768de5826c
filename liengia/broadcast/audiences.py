"""Who an audience is: residents of units in time, neighbour groups, holders of roles.

Neighbour groups belong to the room `alarms`, above this one: it registers how a group's key becomes households.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from liengia.broadcast.channels.base import Audience
from liengia.broadcast.models import Bulletin
from liengia.core import clock
from liengia.people.models import Household, Membership, RoleAssignment, User
from liengia.units.models import Succession, Unit


@dataclass(frozen=True, slots=True)
class Groups:
    """How another room's groups are found: the households of some keys, and what an editor may choose in a unit."""

    households: Callable[[Sequence[str]], QuerySet[Any, Any]]
    choices: Callable[[Unit], list[tuple[str, str]]]


_groups: list[Groups] = []


def register(groups: Groups) -> None:
    """Say how neighbour groups are found; called from `AppConfig.ready`."""
    _groups[:] = [groups]


def group_choices(unit: Unit) -> list[tuple[str, str]]:
    """Return the neighbour groups of a unit that may be addressed; none without the room."""
    return _groups[0].choices(unit) if _groups else []


def audience_of(bulletin: Bulletin) -> Audience:
    """Return whom a bulletin is for."""
    return Audience(tuple(bulletin.areas.values_list("unit_id", flat=True)), tuple(bulletin.groups), tuple(bulletin.roles))


def households(audience: Audience) -> QuerySet[Household]:
    """Return the standing households of an audience; a unit of the past stands for those that followed it."""
    condition = Q(pk__in=[])
    if audience.unit_ids:
        condition |= Q(hamlet__in=Unit.objects.below_any(followed(audience.unit_ids)))
    if audience.group_keys and _groups:
        condition |= Q(pk__in=_groups[0].households(audience.group_keys))
    return Household.objects.active().filter(condition)


def followed(unit_ids: Sequence[int]) -> list[int]:
    """Return units and those that took over from them, so that an audience outlives a reform."""
    found, edge = set(unit_ids), set(unit_ids)
    while edge:
        edge = set(Succession.objects.filter(old__in=edge).values_list("new_id", flat=True)) - found
        found |= edge
    return sorted(found)


def users(audience: Audience) -> QuerySet[User]:
    """Return the accounts of an audience: confirmed members of its households, and holders of its roles there."""
    condition = Q(pk__in=Membership.objects.active().filter(household__in=households(audience)).values("user"))
    if audience.role_codes:
        # Offices are those of the places named, of the hamlets of the groups named; never of everywhere.
        places = followed(audience.unit_ids)
        if audience.group_keys:
            places += households(Audience(group_keys=audience.group_keys)).values_list("hamlet", flat=True).distinct()
        held = RoleAssignment.objects.at(clock.now()).filter(role__code__in=audience.role_codes, unit__in=Unit.objects.below_any(places))
        condition |= Q(pk__in=held.values("user"))
    return User.objects.filter(condition, is_active=True, closed_at=None, erased_at=None)
