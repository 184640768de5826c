"""Who an audience is: residents of units in time, neighbour groups, holders of roles.

Neighbour groups belong to the room `alarms`, above this one: it registers how a group's key becomes households.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from liengia.broadcast.channels.base import Audience
from liengia.broadcast.models import Bulletin, Dispatch, MsgType
from liengia.core import clock
from liengia.people.models import Household, Membership, Role, RoleAssignment, User
from liengia.units.models import Succession, Unit

# Whoever heads a hamlet is asked about what its people were told, in whichever house they live.
HEAD: Final = "hamlet_head"


@dataclass(frozen=True, slots=True)
class Groups:
    """How another room's groups are found: the households of some keys, now and in a time, and what an editor may choose in a unit."""

    households: Callable[[Sequence[str]], QuerySet[Any, Any]]
    households_in: Callable[[Sequence[str], datetime, datetime], QuerySet[Any, Any]]
    choices: Callable[[Unit], list[tuple[str, str]]]


_groups: list[Groups] = []


def register(groups: Groups) -> None:
    """Say how neighbour groups are found; called from `AppConfig.ready`."""
    _groups[:] = [groups]


def group_choices(unit: Unit) -> list[tuple[str, str]]:
    """Return the neighbour groups of a unit that may be addressed; none without the room."""
    return _groups[0].choices(unit) if _groups else []


def audience_of(bulletin: Bulletin) -> Audience:
    """Return whom a bulletin is for; of what follows another, with whom that may have reached."""
    chain = _before(bulletin)
    went = Dispatch.objects.filter(bulletin__in=chain, planned_at__isnull=False).order_by("planned_at").values_list("planned_at", flat=True)
    times = [at for at in went if at is not None]
    return Audience(
        tuple(bulletin.areas.values_list("unit_id", flat=True)), tuple(bulletin.groups), tuple(bulletin.roles), tuple(chain),
        (times[0], times[-1]) if times else None, only_told=bulletin.msg_type == MsgType.CANCEL and bool(times),
    )  # fmt: skip


def _before(bulletin: Bulletin) -> list[int]:
    """Return the bulletins that one follows, the nearest first."""
    found: list[int] = []
    nearest = bulletin.follows_id
    while nearest is not None and nearest not in found:
        found.append(nearest)
        nearest = Bulletin.objects.filter(pk=nearest).values_list("follows", flat=True).first()
    return found


def words_of(bulletin: Bulletin) -> list[str]:
    """Return whom a bulletin is for as people say it: units, neighbour groups, offices."""
    units = [area.unit.listed_name for area in bulletin.areas.select_related("unit__parent")]
    names = dict(group_choices(bulletin.unit)) if bulletin.groups else {}
    offices = Role.objects.filter(code__in=bulletin.roles) if bulletin.roles else ()
    return units + [str(names.get(key, key)) for key in bulletin.groups] + [str(one) for one in offices]


def households(audience: Audience) -> QuerySet[Household]:
    """Return the standing households of an audience; a unit of the past stands for those that followed it."""
    return Household.objects.active().filter(_at_home(audience))


def told_households(audience: Audience) -> QuerySet[Household]:
    """Return the standing households that are told where nobody's account is asked: of what follows another also those that were of its audience then, of a withdrawal those alone."""
    if audience.told is None:
        return households(audience)
    then = Q(_at_home_in(audience, *audience.told), created_at__lte=audience.told[1])
    return Household.objects.active().filter(then if audience.only_told else then | _at_home(audience))


def _at_home(audience: Audience) -> Q:
    condition = _in_units(audience)
    if audience.group_keys and _groups:
        condition |= Q(pk__in=_groups[0].households(audience.group_keys))
    return condition


def _at_home_in(audience: Audience, first: datetime, last: datetime) -> Q:
    condition = _in_units(audience)
    if audience.group_keys and _groups:
        condition |= Q(pk__in=_groups[0].households_in(audience.group_keys, first, last))
    return condition


def _in_units(audience: Audience) -> Q:
    return Q(hamlet__in=Unit.objects.below_any(followed(audience.unit_ids))) if audience.unit_ids else Q(pk__in=[])


def followed(unit_ids: Sequence[int]) -> list[int]:
    """Return units and those that took over from them, so that an audience outlives a reform."""
    found, edge = set(unit_ids), set(unit_ids)
    while edge:
        edge = set(Succession.objects.filter(old__in=edge).values_list("new_id", flat=True)) - found
        found |= edge
    return sorted(found)


def users(audience: Audience) -> QuerySet[User]:
    """Return the accounts of an audience: confirmed members of its households, whoever heads a hamlet of its units, and holders of its roles there.

    Whom an ordinary bulletin reached stands nowhere (counts only): what follows it goes to who belonged there when it went out.
    """
    offices = Q(role__code=HEAD, unit__in=Unit.objects.below_any(units)) if (units := followed(audience.unit_ids)) else Q(pk__in=[])
    if audience.role_codes:
        # Offices are those of the places named, of the hamlets of the groups named; never of everywhere.
        places = list(units)
        if audience.group_keys:
            places += households(Audience(group_keys=audience.group_keys)).values_list("hamlet", flat=True).distinct()
        offices |= Q(role__code__in=audience.role_codes, unit__in=Unit.objects.below_any(places))
    condition = Q(pk__in=[])
    if not audience.only_told:
        condition |= Q(pk__in=Membership.objects.active().filter(household__in=households(audience)).values("user"))
        condition |= Q(pk__in=RoleAssignment.objects.at(clock.now()).filter(offices).values("user"))
    if audience.told is not None:
        first, last = audience.told
        lived = Membership.objects.filter(Q(ended_at=None) | Q(ended_at__gt=first), confirmed_at__lte=last, household__in=Household.objects.filter(_at_home_in(audience, first, last)))
        held = RoleAssignment.objects.filter(offices, Q(valid_to=None) | Q(valid_to__gt=first), valid_from__lte=last)
        condition |= Q(pk__in=lived.values("user")) | Q(pk__in=held.values("user"))
    return User.objects.filter(condition, is_active=True, closed_at=None, erased_at=None)
