"""Who sees and does what with groups and incidents; absent and forbidden look the same."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from liengia.alarms import own_house
from liengia.alarms.capabilities import CONSOLE, MANAGE_GROUPS, SEE
from liengia.alarms.models import (
    DrillInvitation,
    GroupHousehold,
    GroupRing,
    Incident,
    IncidentStep,
    Mode,
    NeighbourGroup,
    Target,
)
from liengia.alarms.models.incidents import OPEN_STATES
from liengia.core import rooms
from liengia.core.errors import NotFound
from liengia.people import policies as people
from liengia.people import queries
from liengia.people.models import Household, Membership, User
from liengia.units import switches
from liengia.units.models import Unit

AnyUser = User | AnonymousUser
# What each verb asks: of the post, of the group's leaders, or of any member of the group.
_MEMBER_VERBS = frozenset({"see", "answer", "call", "ask_to_end"})
_LEADER_VERBS = frozenset({"quiet", "note", "answer_for_others", "set_apart", "end_drill"})


def places_of(user: AnyUser) -> QuerySet[GroupHousehold]:
    """Return the places in groups that a user's confirmed households hold."""
    if not isinstance(user, User):
        return GroupHousehold.objects.none()
    mine = Membership.objects.active().filter(user=user).values("household")
    return (
        GroupHousehold.objects.filter(in_rooms_on("group__unit"), left_on=None, household__in=mine, group__merged_into=None)
        .select_related("group__unit__parent__parent__parent", "group__leader", "group__deputy", "household")
        .order_by("group_id", "seat")
    )


def in_rooms_on(path: str = "unit") -> Q:
    """Return the condition that a thing's unit lies in a commune that keeps this room on."""
    return ~Q(**{f"{path}__in": switches.units_without("alarms").values("pk")})


def homes_of(users: Collection[int]) -> list[tuple[int, int]]:
    """Return pairs of a user and a group that one of their confirmed households is in, for many users at once."""
    members: dict[int, list[int]] = {}
    for user, household in Membership.objects.active().filter(user__in=users).values_list("user_id", "household_id"):
        members.setdefault(household, []).append(user)
    places = GroupHousehold.objects.filter(in_rooms_on("group__unit"), left_on=None, household__in=members, group__merged_into=None)
    return [(user, group) for house, group in places.values_list("household_id", "group_id") for user in members[house]]


def led_groups(user: AnyUser) -> QuerySet[NeighbourGroup]:
    """Return the groups that a user leads or is deputy of."""
    if not isinstance(user, User) or not user.is_active:
        return NeighbourGroup.objects.none()
    active = NeighbourGroup.objects.filter(merged_into=None, dissolved_on=None, duty_post=None)
    return active.filter(Q(leader=user) | Q(deputy=user), in_rooms_on()).select_related("unit__parent__parent__parent")


def groups_of(user: AnyUser) -> QuerySet[NeighbourGroup]:
    """Return the groups that a user lives in or leads."""
    ids = set(places_of(user).values_list("group_id", flat=True)) | set(led_groups(user).values_list("pk", flat=True))
    return NeighbourGroup.objects.filter(pk__in=ids).select_related("unit__parent__parent__parent")


def managed_groups(user: AnyUser, capability: str = MANAGE_GROUPS) -> QuerySet[NeighbourGroup]:
    """Return the groups that a user leads, and those of units where the capability holds."""
    roots = [unit.pk for unit in people.units_where(user, capability)]
    led = led_groups(user).values_list("pk", flat=True)
    condition = Q(pk__in=list(led))
    if roots:
        condition |= Q(unit__in=Unit.objects.below_any(roots))
    active = NeighbourGroup.objects.filter(merged_into=None, dissolved_on=None, duty_post=None)
    return active.filter(condition, in_rooms_on()).select_related("unit__parent__parent__parent", "leader", "deputy")


def get_group(user: AnyUser, public_id: str, capability: str = MANAGE_GROUPS) -> NeighbourGroup:
    """Return a group that a user leads or manages.

    Raises:
        NotFound: absent, or not for this user.
    """
    group = managed_groups(user, capability).filter(public_id=public_id).first()
    if group is None:
        raise NotFound("")
    return group


def duty_units(user: AnyUser) -> list[Unit]:
    """Return the units whose duty console a user works at."""
    return [unit for unit in people.units_where(user, CONSOLE) if rooms.is_on("alarms", unit)]


def visible_incidents(user: AnyUser) -> QuerySet[Incident]:
    """Return the incidents that a user may see.

    The duty post sees all of its units, also ended and silent ones. Hamlet heads and security teams see open loud
    ones of theirs; a group sees its own, those that ring it, and drills to which one is invited, while open. A leader
    or deputy sees an open silent call of the group once a step has told them.
    A silent call for help is hidden from everybody of the household that made it, whatever else they may see.
    """
    base = Incident.objects.select_related(
        "group__unit__parent__parent__parent", "group__leader", "group__deputy", "household", "acknowledged_by", "ended_by"
    )
    if not isinstance(user, User) or not user.is_active:
        return base.none()
    desk = [unit.pk for unit in duty_units(user)]
    seeing = [unit.pk for unit in people.units_where(user, SEE)]
    groups = set(groups_of(user).values_list("pk", flat=True))
    rung = GroupRing.objects.filter(group__in=groups, ended_at=None).values("incident")
    invited = DrillInvitation.objects.filter(user=user).values("drill__incident")
    condition = Q(is_silent=False, state__in=OPEN_STATES) & (
        Q(group__in=groups) | Q(pk__in=rung, mode=Mode.REAL) | Q(pk__in=invited)
    )
    if seeing:
        condition |= Q(is_silent=False, state__in=OPEN_STATES, group__unit__in=Unit.objects.below_any(seeing))
    condition |= Q(pk__in=_told_silently(user).values("pk"), state__in=OPEN_STATES)
    if desk:
        condition |= Q(group__unit__in=Unit.objects.below_any(desk))
    return base.filter(condition, in_rooms_on("group__unit")).exclude(pk__in=own_house.calls_of(user))


def _told_silently(user: User) -> QuerySet[Incident]:
    ran = IncidentStep.objects.exclude(ran_at=None)
    told = Q(pk__in=ran.filter(target=Target.LEADER).values("incident"), group__leader=user)
    told |= Q(pk__in=ran.filter(target=Target.DEPUTY).values("incident"), group__deputy=user)
    return Incident.objects.filter(told, is_silent=True)


def ended_silent_call(user: User, public_id: str) -> Incident | None:
    """Return a silent call that has ended and of which a step had told this leader or deputy; none of their own house."""
    ended = _told_silently(user).filter(in_rooms_on("group__unit"), public_id=public_id).exclude(state__in=OPEN_STATES)
    return ended.exclude(pk__in=own_house.calls_of(user)).select_related("group", "joined_into").first()


def hidden_entries(user: AnyUser) -> Q | None:
    """Return the entries of the audit log about silent calls of the user's own house; `audit.scope` asks, of superusers too."""
    if not isinstance(user, User):
        return None
    keys = list(own_house.calls_of(user).values_list("pk", "public_id"))
    if not keys:
        return None
    about = Q(about_type=Incident._meta.label, about_id__in=[public for _key, public in keys])
    return about | Q(kind="people.needs_read", facts__incident__in=[f"{Incident._meta.label}:{key}" for key, _public in keys])


def silent_calls(user: AnyUser) -> QuerySet[Incident]:
    """Return the open silent calls of which a leader or deputy was told, the newest first; none of their own house."""
    if not isinstance(user, User):
        return Incident.objects.none()
    return visible_incidents(user).filter(pk__in=_told_silently(user).values("pk")).order_by("-opened_at")


def get_incident(user: AnyUser, public_id: str) -> Incident:
    """Return an incident that a user may see.

    Raises:
        NotFound: absent, or not for this user.
    """
    incident = visible_incidents(user).filter(public_id=public_id).first()
    if incident is None:
        raise NotFound("")
    return incident


def desk_is_empty(unit: Unit, at: datetime | None = None) -> bool:
    """Tell whether nobody is on duty at a post that answers for a unit: no post, no rota, or nobody with the desk's right.

    Source: design, "Everything works with no police account at all: the post is then a phone number and a siren".
    """
    return not any(people.can(one, CONSOLE, unit) for one in queries.on_duty(unit, at))


def may(user: AnyUser, verb: str, incident: Incident) -> bool:
    """Tell whether a user who sees the incident may do this with it.

    The duty post may do everything; leaders quiet, note, tick for others and end drills; members answer, call
    and ask. Where nobody is at a duty post, who keeps the group ends a real alarm too, and takes a silent call on. Whether the state allows it
    is the workflow's to say; that nobody of a pressing household ends `help` or `intruder`, the services'.
    """
    if not isinstance(user, User) or not user.is_active:
        return False
    if people.can(user, CONSOLE, incident.group.unit):
        return True
    is_leader = user.pk in (incident.group.leader_id, incident.group.deputy_id)
    if verb in _LEADER_VERBS:
        return is_leader
    if verb == "acknowledge":
        return is_leader and incident.is_silent and desk_is_empty(incident.group.unit)
    if verb in ("resolve", "dismiss"):
        if incident.mode != Mode.REAL:
            return is_leader
        keeps = is_leader or people.can(user, MANAGE_GROUPS, incident.group.unit)
        return keeps and desk_is_empty(incident.group.unit)
    return verb in _MEMBER_VERBS


def household_in(user: AnyUser, incident: Incident) -> Household | None:
    """Return the household for which a user answers in an incident."""
    place = places_of(user).filter(group=incident.group).first() or places_of(user).first()
    return place.household if place else None


def audience_of(user: AnyUser) -> frozenset[str]:
    """Return the keys of the live order that a user hears."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    keys = {f"user:{user.pk}"}
    if not people.sleeps(user):
        keys.add(f"duty:{user.pk}")
    keys |= {f"group:{key}" for key in groups_of(user).values_list("pk", flat=True)}
    keys |= {f"desk:{unit.pk}" for unit in duty_units(user)}
    keys |= {f"unit:{unit.pk}" for unit in people.units_where(user, SEE)}
    return frozenset(keys)


def households_led_by(users: Collection[int]) -> list[tuple[int, int]]:
    """Return pairs of a user and a household whose group they lead; `people.stewards` asks, for many users at once."""
    active = NeighbourGroup.objects.filter(merged_into=None, dissolved_on=None, duty_post=None)
    leading = active.filter(Q(leader__in=users) | Q(deputy__in=users)).values_list("pk", "leader_id", "deputy_id")
    leaders = {group: {leader, deputy} & set(users) for group, leader, deputy in leading}
    places = GroupHousehold.objects.active().filter(group__in=leaders).values_list("group_id", "household_id")
    return [(user, household) for group, household in places for user in leaders[group]]


def leaders_of(household: Household) -> list[User]:
    """Return the leader and the deputy of a household's group; `people.stewards` asks."""
    place = (
        GroupHousehold.objects.active()
        .filter(household=household)
        .select_related("group__leader", "group__deputy")
        .first()
    )
    return [u for u in (place.group.leader, place.group.deputy) if u is not None] if place else []
