"""Reads that several pages and papers share: an incident as a screen shows it, a group's readiness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, Sum, When

from liengia.alarms import policies
from liengia.alarms.models import (
    Answer,
    AnswerKind,
    Device,
    DeviceApart,
    DeviceFault,
    Drill,
    EmergencyCall,
    EventKind,
    GroupHousehold,
    HearingProof,
    Incident,
    IncidentEvent,
    IncidentStep,
    Kind,
    Mode,
    NeighbourGroup,
    Press,
)
from liengia.alarms.models.devices import SOUNDING_KINDS
from liengia.alarms.models.incidents import EMERGENCY_NUMBER, OPEN_STATES
from liengia.core import clock
from liengia.people.models import Household, HouseholdPhone, KitItem, Membership, User

PROOF_LASTS: Final = timedelta(days=90)
# How long a press that rang nothing stands on the pages of those who must ask the house.
IN_VAIN_FOR: Final = timedelta(hours=24)
IN_VAIN_MOST: Final = 500


def house_number(label: str, seat: int, *, most: int = 6) -> str:
    """Return a house's label without the word for a house, else its seat where more letters are left than a tile holds."""
    short = label.removeprefix("Nhà số ").removeprefix("Nhà ").strip()
    return short if short and len(short) <= most else str(seat)


@dataclass(frozen=True, slots=True)
class House:
    """A house of the group in an incident: its seat, phones, standing answers, and whether its siren was confirmed.

    `sounded` is None when the house has no siren; a house has sounded when any of its sirens has.
    """

    seat: int
    household: Household
    phones: list[HouseholdPhone]
    answers: list[Answer]
    sounded: bool | None
    silent_devices: list[Device]
    is_pressing: bool

    @property
    def number(self) -> str:
        """The house in as few letters as a tile holds: "27" of "Nhà số 27", else its seat."""
        return house_number(self.household.house_label, self.seat)

    @property
    def needs_help(self) -> bool:
        """Whether it asked for help."""
        return any(one.kind == AnswerKind.NEED_HELP for one in self.answers)

    @property
    def answer(self) -> Answer | None:
        """The answer that counts: help before coming before safe."""
        rank = {AnswerKind.NEED_HELP: 0, AnswerKind.COMING: 1, AnswerKind.SAFE: 2}
        return min(self.answers, key=lambda a: rank[AnswerKind(a.kind)], default=None)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A house of another group that answered: whoever comes with an extinguisher may live across the lane."""

    household: Household
    group: str
    answers: list[Answer]

    @property
    def needs_help(self) -> bool:
        """Whether it asked for help."""
        return any(one.kind == AnswerKind.NEED_HELP for one in self.answers)

    @property
    def label(self) -> str:
        """The house with its group: "Nhà số 4, Tổ 5"."""
        return ", ".join(part for part in (self.household.house_label, self.group) if part)


@dataclass(frozen=True, slots=True)
class Summary:
    """An incident as every screen shows it; names only for those who may see the incident."""

    incident: Incident
    houses: list[House]
    counts: dict[str, object]
    kit: dict[str, int]
    calls: list[EmergencyCall]
    presses: list[Press]
    next_step: IncidentStep | None
    steps: list[IncidentStep]
    end_asks: list[IncidentEvent]
    sirens_expected: int
    sirens_sounded: int
    extra_silent: list[Device] = field(default_factory=list)
    neighbours: list[Neighbour] = field(default_factory=list)

    @property
    def needing(self) -> list[House | Neighbour]:
        """Houses that asked for help: they stand before everything else until the incident ends."""
        return [*(one for one in self.houses if one.needs_help), *(one for one in self.neighbours if one.needs_help)]

    @property
    def unanswered(self) -> list[House]:
        """Houses that have not answered, also the one that pressed: "chưa xác nhận", never "safe"."""
        return [house for house in self.houses if not house.answers]

    @property
    def unconfirmed(self) -> list[House]:
        """Houses that have sirens, none of which was confirmed."""
        return [house for house in self.houses if house.sounded is False]

    @property
    def houses_with_siren(self) -> list[House]:
        """Houses that have at least one siren."""
        return [house for house in self.houses if house.sounded is not None]

    @property
    def houses_sounded(self) -> int:
        """How many of them have sounded."""
        return sum(house.sounded is True for house in self.houses)

    @property
    def pressing(self) -> House | None:
        """The house that pressed, if it is in the group."""
        key = self.incident.household_id
        return next((house for house in self.houses if house.household.pk == key), None)

    @property
    def late_press(self) -> Press | None:
        """The press that came so late that the house has long waited; a silent call alone opens by such a one."""
        return next((press for press in self.presses if press.is_stale), None) if self.incident.is_silent else None

    @property
    def is_uncalled(self) -> bool:
        """Whether it is real and open, and nobody has ticked the number of its kind (114 at a fire)."""
        number = EMERGENCY_NUMBER[Kind(self.incident.kind)]
        return self.incident.mode == Mode.REAL and self.incident.is_open and all(call.number != number for call in self.calls)


def answer_counts(incident: Incident) -> dict[str, object]:
    """Return how many households answered what; one that needs help counts as that, whatever else it said.

    `answered` are houses of the group, as `households` are; `neighbours` are those of other groups that rang for it.
    What they said (coming, safe, in need of help) counts all.
    """
    rank = {AnswerKind.NEED_HELP: 0, AnswerKind.COMING: 1, AnswerKind.SAFE: 2}
    best: dict[int, str] = {}
    for household, kind in incident.answers.values_list("household_id", "kind"):
        if household not in best or rank[AnswerKind(kind)] < rank[AnswerKind(best[household])]:
            best[household] = kind
    own = set(GroupHousehold.objects.active().filter(group=incident.group_id, household__in=best).values_list("household_id", flat=True))
    return {
        "households": incident.household_count,
        "answered": len(own),
        "neighbours": len(best.keys() - own),
        **{kind.value: sum(one == kind for one in best.values()) for kind in AnswerKind},
    }


def households_pressing(incident: Incident) -> set[int]:
    """Return the keys of the households that pressed: they can ask for the end of `help` and `intruder`, not make it."""
    presses: Iterable[int | None] = Press.objects.filter(incident=incident).values_list("device__household", flat=True)
    # The first house stands in the incident too: a phone's row follows its user to another house.
    return {key for key in (*presses, incident.household_id) if key is not None}


def incident_summary(incident: Incident) -> Summary:
    """Read an incident whole, in a fixed number of queries."""
    places = list(
        GroupHousehold.objects.active()
        .filter(group=incident.group_id)
        .select_related("household")
        .prefetch_related("household__phones")
        .order_by("seat")
    )
    households = [place.household_id for place in places]
    answers: dict[int, list[Answer]] = defaultdict(list)
    for answer in Answer.objects.filter(incident=incident).select_related("user", "household").order_by("at"):
        answers[answer.household_id].append(answer)
    sounded = set(incident.soundings.values_list("device_id", flat=True))
    sirens: dict[int | None, list[Device]] = defaultdict(list)
    for device in Device.objects.filter(pk__in=incident.expected_sirens).select_related("household"):
        sirens[device.household_id].append(device)
    pressing = households_pressing(incident)
    houses = [
        House(
            seat=place.seat,
            household=place.household,
            phones=list(place.household.phones.all()),
            answers=answers.get(place.household_id, []),
            sounded=any(d.pk in sounded for d in sirens[place.household_id]) if sirens.get(place.household_id) else None,
            silent_devices=[d for d in sirens.get(place.household_id, ()) if d.pk not in sounded],
            is_pressing=place.household_id in pressing,
        )
        for place in places
    ]
    steps = list(incident.steps.order_by("due_at", "order"))
    pending = [s for s in steps if s.ran_at is None and s.cancelled_at is None]
    return Summary(
        incident=incident,
        houses=houses,
        counts=answer_counts(incident) if incident.is_open or not incident.counts else incident.counts,
        kit=kit_of(households),
        calls=list(incident.emergency_calls.select_related("called_by", "household")),
        presses=list(incident.presses.select_related("device", "user").order_by("received_at")[:50]),
        next_step=pending[0] if pending else None,
        steps=steps,
        end_asks=list(incident.events.filter(kind=EventKind.END_ASKED).select_related("household")),
        sirens_expected=len(incident.expected_sirens),
        sirens_sounded=len(sounded),
        extra_silent=[d for d in sirens.get(None, ()) if d.pk not in sounded],
        neighbours=_neighbours({key: said for key, said in answers.items() if key not in set(households)}),
    )


def _neighbours(answers: dict[int, list[Answer]]) -> list[Neighbour]:
    if not answers:
        return []
    places = GroupHousehold.objects.active().filter(household__in=answers).values_list("household_id", "group__name")
    groups = dict(places.order_by("-pk"))
    return [Neighbour(said[0].household, groups.get(key, ""), said) for key, said in answers.items()]


def kit_of(households: list[int]) -> dict[str, int]:
    """Return how many pieces of each kind stand in these households; expired extinguishers do not count."""
    rows = KitItem.objects.filter(household__in=households).exclude(expires_on__lt=clock.today())
    return dict(rows.values_list("kind").annotate(total=Sum("count")).order_by("kind"))


def timeline(incident: Incident, *, newest_first: bool = False) -> QuerySet[IncidentEvent]:
    """Return the lines of an incident's timeline."""
    return incident.events.select_related("household", "device").order_by("-id" if newest_first else "id")


def open_incidents_for(user: User) -> QuerySet[Incident]:
    """Return the open incidents that a user may see: real before drill before test, then the newest."""
    gravity = Case(When(mode=Mode.REAL, then=0), When(mode=Mode.DRILL, then=1), default=2)
    found = policies.visible_incidents(user).filter(state__in=OPEN_STATES)
    return found.alias(gravity=gravity).order_by("gravity", "-opened_at", "-pk").distinct()


def is_called_for(household: Household) -> bool:
    """Tell whether a real alarm of a household is open: help needs to know where it is."""
    return Incident.objects.open().real().filter(household=household).exists()


@dataclass(frozen=True, slots=True)
class InVain:
    """Presses of one device that rang nothing and stand in no incident: the last, and how many there were."""

    press: Press
    times: int


def presses_in_vain(groups: Iterable[NeighbourGroup]) -> list[InVain]:
    """Return the real presses of the last day that were stale or of a device set apart, the newest first; no silent ones.

    None of a house that calls silently, or did within that day: whoever reads such a press telephones the house.
    """
    since = clock.now() - IN_VAIN_FOR
    rows = Press.objects.filter(incident=None, group__in=groups, mode=Mode.REAL, is_silent=False, received_at__gt=since)
    calls = Incident.objects.filter(Q(state__in=OPEN_STATES) | Q(ended_at__gt=since), is_silent=True)
    rows = rows.exclude(device__household__in=calls.exclude(household=None).values("household"))
    rows = rows.exclude(device__household__in=Press.objects.filter(incident__in=calls, device__household__isnull=False).values("device__household"))
    found: dict[tuple[int, str], list[Press]] = defaultdict(list)
    rows = rows.select_related("device__household", "group").prefetch_related("device__household__phones")
    for press in rows.order_by("-received_at", "-pk")[:IN_VAIN_MOST]:
        found[press.device_id, press.kind].append(press)
    return [InVain(presses[0], len(presses)) for presses in found.values()]


@dataclass(frozen=True, slots=True)
class Readiness:
    """What of a group would sound and answer now."""

    group: NeighbourGroup
    households: int
    houses_with_siren: int
    sirens: int
    sirens_ready: int
    buttons: int
    never_seen: int
    faults: list[DeviceFault]
    apart: list[DeviceApart]
    last_test_at: datetime | None
    last_drill: Drill | None
    next_drill: Drill | None
    drill_due_on: date | None
    on_battery: int

    @property
    def is_ready(self) -> bool:
        """Whether every siren is ready (a group without any works by phones)."""
        return self.sirens_ready == self.sirens


def readiness(group: NeighbourGroup) -> Readiness:
    """Read a group's readiness, in a fixed number of queries."""
    devices = list(Device.objects.active().on_the_bus().filter(group=group).select_related("household"))
    faults = list(
        DeviceFault.objects.open().filter(device__in=devices).select_related("device__household").order_by("since")
    )
    faulty = {fault.device_id for fault in faults if fault.kind not in ("test_overdue", "low_battery")}
    now = clock.now()
    apart = [
        one
        for one in DeviceApart.objects.filter(device__in=devices, returned_at=None).select_related("device__household")
        if one.is_in_force(now)
    ]
    sirens = [device for device in devices if device.kind in SOUNDING_KINDS]
    last_drill = Drill.objects.filter(group=group).exclude(ended_at=None).order_by("-ended_at").first()
    next_drill = (
        Drill.objects.filter(group=group, started_at=None, cancelled_at=None, planned_at__gte=now - timedelta(hours=1))
        .order_by("planned_at")
        .first()
    )
    begun = last_drill.ended_at.date() if last_drill and last_drill.ended_at else group.founded_on
    return Readiness(
        group=group,
        households=GroupHousehold.objects.active().filter(group=group).count(),
        houses_with_siren=len({d.household_id for d in sirens if d.household_id}),
        sirens=len(sirens),
        sirens_ready=sum(d.first_seen_at is not None and d.pk not in faulty for d in sirens),
        buttons=sum(d.kind in ("button", "both") for d in devices),
        never_seen=sum(d.first_seen_at is None for d in devices),
        faults=faults,
        apart=apart,
        last_test_at=max((d.last_sounded_at for d in sirens if d.last_sounded_at), default=None),
        last_drill=last_drill,
        next_drill=next_drill,
        drill_due_on=begun + timedelta(days=group.drill_every_days) if begun else None,
        on_battery=sum(d.battery_mv is not None for d in sirens),
    )


def households_without_proof(group: NeighbourGroup) -> list[GroupHousehold]:
    """Return the places of households with no proven way to hear: no siren that sounded, no phone heard, in 90 days."""
    return list(unproven_places([group.pk]))


def unproven_places(groups: Iterable[int]) -> QuerySet[GroupHousehold]:
    """Return the places of several groups' households with no proven way to hear, by group and seat."""
    since = clock.now() - PROOF_LASTS
    places = GroupHousehold.objects.active().filter(group__in=groups).select_related("household").order_by("group", "seat")
    # What a phone said last holds, as long as its owner lives there.
    later = HearingProof.objects.filter(household=OuterRef("household"), user=OuterRef("user"), at__gt=OuterRef("at"))
    lives_there = Membership.objects.active().filter(user=OuterRef("user"), household=OuterRef("household"))
    heard = HearingProof.objects.filter(~Exists(later), Exists(lives_there), heard=True, at__gte=since).values("household")
    rang = Device.objects.active().sirens().filter(last_sounded_at__gte=since, household__isnull=False).values("household")
    return places.exclude(household__in=heard).exclude(household__in=rang)


def last_hearing(households: list[int]) -> dict[int, datetime]:
    """Return when a phone of each household was last heard."""
    rows = HearingProof.objects.filter(household__in=households, heard=True).values_list("household")
    return dict(rows.annotate(latest=Max("at")))
