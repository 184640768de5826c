"""What the resident's pages show: what rings here, the quiet page, the group's page. Everything here only reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from liengia.alarms import policies, queries
from liengia.alarms.leader_words import small
from liengia.alarms.models import (
    Answer,
    FaultKind,
    GroupHousehold,
    HearingProof,
    Incident,
    IncidentEvent,
    Kind,
    Mode,
    NeighbourGroup,
)
from liengia.alarms.queries import Readiness
from liengia.alarms.resident_words import (
    Step,
    apart_words,
    headline,
    houses_words,
    steps,
)
from liengia.alarms.views.resident_tree import Contact, phone_tree
from liengia.people import queries as people
from liengia.people.models import EmergencyNumber, KitItem, User

# Faults with which a siren still rings.
NOT_SILENT: Final = frozenset({FaultKind.LOW_BATTERY, FaultKind.TEST_OVERDUE})
_MODE_RANK: Final = {Mode.REAL: 0, Mode.DRILL: 1, Mode.TEST: 2}
_KIND_RANK: Final = {Kind.FIRE: 0, Kind.INTRUDER: 1, Kind.MEDICAL: 2, Kind.HELP: 3}


# What rings


def here(user: User) -> Q:
    """Return the condition on incidents that ring on this user's pages: own group, a group that rings it, an invitation."""
    groups = list(policies.groups_of(user).values_list("pk", flat=True))
    rung = Q(rings__group__in=groups, mode=Mode.REAL)
    return Q(group__in=groups) | rung | Q(drill__invitations__user=user)


def open_here(user: User) -> list[Incident]:
    """Return the open incidents of a user's neighbourhood: real before drill before test, fire first."""
    found = policies.visible_incidents(user).open().filter(here(user), is_silent=False).distinct()  # type: ignore[attr-defined]
    return sorted(found, key=lambda i: (_MODE_RANK[Mode(i.mode)], _KIND_RANK[Kind(i.kind)], i.opened_at))


def ringing_here(user: User) -> Incident | None:
    """Return the incident that takes this user's pages over: it sounds, and they have not answered since it does."""
    said = Answer.objects.filter(user=user, incident__state__in=("ringing", "acknowledged")).order_by("at")
    answered = dict(said.values_list("incident", "at"))
    return next((one for one in open_here(user) if one.is_sounding and not (one.pk in answered and answered[one.pk] >= one.rang_at)), None)


def live_position() -> int:
    """Return the place in the live order that a page is drawn at."""
    last = IncidentEvent.objects.exclude(position=None).order_by("-position").values_list("position", flat=True).first()
    return last or 0


# The quiet page


def _few(numbers: list[EmergencyNumber]) -> list[EmergencyNumber]:
    """Return the three emergency numbers that come first, and the commune's own; the group's page has all."""
    short = [one for one in numbers if len(one.number) <= 3]
    return [*short[:3], *(one for one in numbers if len(one.number) > 3)]


@dataclass(frozen=True, slots=True)
class HomeScreen:
    """The quiet page."""

    place: GroupHousehold
    places: list[GroupHousehold]
    members: list[GroupHousehold]
    readiness: Readiness
    tree: list[Contact]
    numbers: list[EmergencyNumber]
    kit: list[KitItem]
    open_incidents: list[Incident]
    last_heard: HearingProof | None
    groups: str
    position: int

    @property
    def is_ready(self) -> bool:
        """Whether nothing of the group's sirens is wrong."""
        return self.readiness.is_ready and not self.readiness.apart

    @property
    def silent_houses(self) -> str:
        """Houses of which a device is silent, in words, by seat."""
        faulty = {one.device.household_id for one in self.readiness.faults if one.kind not in NOT_SILENT}
        return houses_words(one.household.house_label for one in self.members if one.household_id in faulty)

    @property
    def apart_lines(self) -> list[str]:
        """Devices that were set apart, in words."""
        return [apart_words(one) for one in self.readiness.apart]

    @property
    def open_ids(self) -> str:
        """What is open already when the page is drawn, for the script."""
        return " ".join(one.public_id for one in self.open_incidents)

    @property
    def open_lines(self) -> list[tuple[str, str, str]]:
        """What is open now: headline, mode and address of the page."""
        return [(headline(one), one.mode, one.public_id) for one in self.open_incidents]


def members(group: NeighbourGroup) -> list[GroupHousehold]:
    """Return the places of a group with their phones and kit, by seat."""
    found = GroupHousehold.objects.active().filter(group=group).select_related("household")
    return list(found.prefetch_related("household__phones", "household__kit").order_by("seat"))


def home_screen(user: User, place: GroupHousehold, places: list[GroupHousehold]) -> HomeScreen:
    """Read the quiet page."""
    group = place.group
    all_places = members(group)
    own = next((one.household for one in all_places if one.household_id == place.household_id), place.household)
    return HomeScreen(
        place=place,
        places=places,
        members=all_places,
        readiness=queries.readiness(group),
        tree=phone_tree(group, all_places, own=place.household),
        numbers=_few(people.emergency_numbers(group.unit)),
        kit=list(own.kit.all()),
        open_incidents=open_here(user),
        last_heard=HearingProof.objects.filter(user=user).first(),
        groups=" ".join({one.group.public_id for one in places}),
        position=live_position(),
    )


@dataclass(frozen=True, slots=True)
class GroupScreen:
    """The group's page: who is in it, what it has, what still rings."""

    place: GroupHousehold
    members: list[GroupHousehold]
    readiness: Readiness
    tree: list[Contact]
    kit: str
    steps: list[Step]
    numbers: list[EmergencyNumber]
    position: int
    groups: str
    open_ids: str


def group_screen(user: User, place: GroupHousehold, places: list[GroupHousehold]) -> GroupScreen:
    """Read the group's page."""
    found = members(place.group)
    totals = queries.kit_of([one.household_id for one in found])
    return GroupScreen(
        place=place,
        members=found,
        readiness=queries.readiness(place.group),
        tree=phone_tree(place.group, found, own=place.household),
        kit=", ".join(f"{count} {small(KitItem.Kind(kind).label)}" for kind, count in totals.items()),
        steps=steps(Kind.FIRE),
        numbers=people.emergency_numbers(place.group.unit),
        position=live_position(),
        groups=" ".join({one.group.public_id for one in places}),
        open_ids=" ".join(one.public_id for one in open_here(user)),
    )
