"""Groups: founded, changed, joined, left, merged; nothing is ever re-flashed for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from liengia.alarms.models import Device, EscalationPlan, EventKind, GroupHousehold, Incident, NeighbourGroup
from liengia.alarms.services.mergers import bring_incidents
from liengia.alarms.services.moves import move_device
from liengia.alarms.services.states import change_states
from liengia.alarms.services.timeline import add_event
from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.people.models import DutyPost, Household, User
from liengia.units import switches
from liengia.units.models import Unit

SIZE_USUAL: Final = range(5, 16)
CHANGEABLE: Final = frozenset(
    {
        "name", "leader", "deputy", "decision_number", "decision_on", "decision_file", "assembly_point", "rules",
        "lane_note", "water_note", "power_note", "drill_every_days", "lat", "lon", "founded_on",
    }
)  # fmt: skip


@transaction.atomic
def create_group(
    unit: Unit,
    *,
    name: str = "",
    number: int | None = None,
    leader: User | None = None,
    deputy: User | None = None,
    actor: Actor,
    **facts: Any,
) -> NeighbourGroup:
    """Found a group in a hamlet; without a number it takes the next free one there.

    Raises:
        Invalid: the number is taken, or a fact is unknown.
    """
    unknown = set(facts) - CHANGEABLE
    if unknown:
        raise Invalid(_("These facts of a group are not known: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    standing = NeighbourGroup.objects.active().of_households().filter(unit=unit)
    if number is None:
        number = (standing.aggregate(most=models.Max("number"))["most"] or 0) + 1
    elif standing.filter(number=number).exists():
        raise Invalid(
            _("Group number %(number)s exists in this hamlet already. Take another number.") % {"number": number},
            code="number_taken",
        )
    group = NeighbourGroup.objects.create(
        unit=unit, number=number, name=name or f"Tổ liên gia số {number}", leader=leader, deputy=deputy, **facts
    )
    change_states([group])
    audit.record(
        "alarms.group_created", actor=actor, about=group, unit=unit, facts={"number": number, "group": group.public_id}
    )
    return group


@transaction.atomic
def ensure_post_group(post: DutyPost, *, actor: Actor) -> NeighbourGroup:
    """Return the group under whose topics the duty post's own sirens listen, made when there is none."""
    group = NeighbourGroup.objects.filter(duty_post=post).first()
    if group is None:
        group = NeighbourGroup.objects.create(unit=post.unit, number=0, name=post.name, duty_post=post)
        change_states([group])
        audit.record("alarms.group_created", actor=actor, about=group, unit=post.unit, facts={"post": post.public_id})
    return group


@transaction.atomic
def change_group(group: NeighbourGroup, *, changes: Mapping[str, Any], actor: Actor) -> NeighbourGroup:
    """Change what is written of a group.

    Raises:
        Invalid: a field that cannot be changed so.
    """
    unknown = set(changes) - CHANGEABLE
    if unknown:
        raise Invalid(_("These facts of a group are not known: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    changed = [field for field, value in changes.items() if getattr(group, field) != value]
    for field in changed:
        setattr(group, field, changes[field])
    if changed:
        group.save(update_fields=changed)
        audit.record(
            "alarms.group_changed", actor=actor, about=group, unit=group.unit, facts={"fields": sorted(changed)}
        )
    return group


@transaction.atomic
def add_household(
    group: NeighbourGroup, *, household: Household, seat: int | None = None, on: date | None = None, actor: Actor
) -> GroupHousehold:
    """Give a household a place in a group; without a seat it takes the next free one.

    Raises:
        Refused: the household is in a group already.
        Invalid: the seat is held.
    """
    NeighbourGroup.objects.select_for_update().get(pk=group.pk)
    if GroupHousehold.objects.active().filter(household=household).exists():
        raise Refused(_("This household is in a group already. Take it out there first."), code="in_a_group")
    held = GroupHousehold.objects.active().filter(group=group)
    if seat is None:
        seat = (held.aggregate(most=models.Max("seat"))["most"] or 0) + 1
    elif held.filter(seat=seat).exists():
        raise Invalid(
            _("House number %(seat)s of this group is taken. Take another number.") % {"seat": seat}, code="seat_taken"
        )
    place = GroupHousehold.objects.create(
        group=group, household=household, seat=seat, joined_on=on or clock.today()
    )
    audit.record(
        "alarms.household_joined_group",
        actor=actor,
        about=group,
        unit=group.unit,
        facts={"household": household.public_id, "seat": seat},
    )
    return place


@transaction.atomic
def remove_household(group: NeighbourGroup, *, household: Household, actor: Actor) -> None:
    """Take a household out of a group; its devices stay with the group until they are moved or revoked.

    Raises:
        Refused: it is not in the group.
    """
    gone = GroupHousehold.objects.active().filter(group=group, household=household).update(left_on=clock.today())
    if not gone:
        raise Refused(_("This household is not in the group."), code="not_in_group")
    audit.record(
        "alarms.household_left_group",
        actor=actor,
        about=group,
        unit=group.unit,
        facts={"household": household.public_id},
    )


def leave_groups(household: Household, actor: Actor) -> None:
    """Take a household that leaves, or is deleted, out of its group; `people.services.households` asks."""
    for place in GroupHousehold.objects.active().filter(household=household).select_related("group__unit"):
        remove_household(place.group, household=household, actor=actor)


@transaction.atomic
def merge_groups(group: NeighbourGroup, *, into: NeighbourGroup, actor: Actor) -> int:
    """Merge a group into another one: households, open incidents and devices go over; returns how many devices.

    Where the same alarm is open in both, the older one goes on with all of both (`mergers.py`).

    Devices are told to move and ring with the new group at once, since the old group's topics show its state.

    Raises:
        Refused: the same group, or one that was merged already.
    """
    first, second = sorted((group.pk, into.pk))
    locked = {g.pk: g for g in NeighbourGroup.objects.select_for_update(of=("self",)).filter(pk__in=(first, second))}
    if group.pk == into.pk or locked[group.pk].merged_into_id or locked[into.pk].merged_into_id:
        raise Refused(_("These two groups cannot be merged."), code="not_mergeable")
    seat = GroupHousehold.objects.active().filter(group=into).aggregate(most=models.Max("seat"))["most"] or 0
    for offset, place in enumerate(GroupHousehold.objects.active().filter(group=group).order_by("seat"), start=1):
        place.group, place.seat = into, seat + offset
        place.save(update_fields=["group", "seat"])
    joined = bring_incidents(group, into=into, at=clock.now(), actor=actor)
    devices = list(Device.objects.active().on_the_bus().filter(group=group).select_related("group__unit", "household"))
    for device in devices:
        move_device(device, group=into, household=device.household, actor=actor)
    group.merged_into = into
    group.save(update_fields=["merged_into"])
    NeighbourGroup.objects.filter(merged_into=group).update(merged_into=into)
    change_states([group, into])
    audit.record(
        "alarms.group_merged",
        actor=actor,
        about=group,
        unit=into.unit,
        facts={"into": into.public_id, "devices": len(devices), "incidents_joined": joined},
    )
    return len(devices)


def move_groups(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move a chunk of groups to the unit that succeeds theirs; ids, devices and open incidents stay as they are.

    A commune that had switched alarms off before groups with devices come to it has them on again: they ring there.
    Registered with `units.succession`: called again until it returns 0.
    """
    keys = list(NeighbourGroup.objects.filter(unit=old).order_by("pk").values_list("pk", flat=True)[:50])
    taken = set(
        NeighbourGroup.objects.active().of_households().filter(unit=new).values_list("number", flat=True)
    )
    for group in NeighbourGroup.objects.filter(pk__in=keys).order_by("number"):
        number = group.number
        if group.duty_post_id is None and number in taken:
            number = max(taken) + 1
        taken.add(number)
        group.unit, group.number = new, number
        group.save(update_fields=["unit", "number"])
        for incident in Incident.objects.open().filter(group=group):
            add_event(
                incident, EventKind.MOVED, at=clock.now(), actor=actor, data={"from": old.pk, "to": new.pk}
            )
        audit.record(
            "alarms.group_moved", actor=actor, about=group, unit=new, facts={"from": old.pk, "to": new.pk}
        )
    if Device.objects.active().on_the_bus().filter(group__in=keys).exists():
        switches.turn_on(new, "alarms", actor=actor)
    return len(keys)


def move_plans(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move escalation plans to the succeeding unit, where it has none of the kind; others end."""
    moved = 0
    for plan in EscalationPlan.objects.filter(unit=old, is_active=True)[:50]:
        if EscalationPlan.objects.filter(unit=new, kind=plan.kind, is_active=True).exists():
            plan.is_active = False
        plan.unit = new
        plan.save(update_fields=["unit", "is_active"])
        moved += 1
    return moved


def households_of(keys: Sequence[str]) -> models.QuerySet[Any, Any]:
    """Return the households of groups by their public ids, for bulletins that are for some groups."""
    return GroupHousehold.objects.active().filter(group__public_id__in=keys, group__dissolved_on=None).values("household")


def households_in(keys: Sequence[str], first: datetime, last: datetime) -> models.QuerySet[Any, Any]:
    """Return the households that were in groups at some time between two instants, for what follows a bulletin; the groups may be gone since."""
    since, until = clock.local(first).date(), clock.local(last).date()
    held = GroupHousehold.objects.filter(models.Q(left_on=None) | models.Q(left_on__gte=since), group__public_id__in=keys, joined_on__lte=until)
    return held.values("household")


def choices_in(unit: Unit) -> list[tuple[str, str]]:
    """Return the standing groups of neighbours in a unit, for a bulletin's audience."""
    found = NeighbourGroup.objects.active().of_households().filter(unit__in=Unit.objects.below(unit)).select_related("unit").order_by("unit__code", "number")
    return [(group.public_id, f"{group.name}, {group.unit}") for group in found]
