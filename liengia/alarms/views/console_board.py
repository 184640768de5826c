"""What the duty console shows: open incidents as cards, the chosen one whole, devices to look at, gaps in the rota."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from liengia.alarms import policies, queries
from liengia.alarms.leader_words import small
from liengia.alarms.models import (
    Answer,
    Device,
    DeviceApart,
    DeviceFault,
    EventKind,
    FaultKind,
    Incident,
    IncidentEvent,
    IncidentState,
    IncidentStep,
    Kind,
    Mode,
    Sounding,
    Target,
)
from liengia.alarms.queries import House, Summary
from liengia.alarms.services.escalation import resolve
from liengia.alarms.views.console_words import (
    KIND_ICONS,
    MODE_ICONS,
    MODE_TONES,
    Line,
    Teller,
    kit_words,
    target_words,
)
from liengia.alarms.views.resident_words import headline, houses_words
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import NotFound
from liengia.people import policies as people
from liengia.people.models import EmergencyNumber, User
from liengia.people.queries import Gap, coming_gaps, emergency_numbers, evacuation_needs, on_duty
from liengia.units.models import Unit

FAULTS_SHOWN: Final = 12
LINES_SHOWN: Final = 120
# A fire engine needs a way of 3.5 m. Source: QCVN 06:2022/BXD, 6.2.
TRUCK_WIDTH_M: Final = 3.5
REMIND_114_AFTER: Final = timedelta(seconds=60)
# Which number is called first for what; labels and further numbers are data.
FIRST_NUMBER: Final = {Kind.FIRE: "114", Kind.INTRUDER: "113", Kind.MEDICAL: "115", Kind.HELP: "113"}
SOUNDS: Final = {Mode.REAL: "console", Mode.DRILL: "drill", Mode.TEST: "test"}
FAULT_ICONS: Final = {
    FaultKind.NO_BEAT: "wifi-off",
    FaultKind.LOW_BATTERY: "battery-1",
    FaultKind.MAINS_LOST: "plug-off",
    FaultKind.TEST_OVERDUE: "clock-hour-4",
    FaultKind.DID_NOT_SOUND: "bell-off",
    FaultKind.CREDENTIAL_COPIED: "copy",
    FaultKind.NOT_MOVED: "transfer",
}
_URGENCY: Final = {Mode.REAL: 0, Mode.DRILL: 1, Mode.TEST: 2}
_KINDS: Final = {Kind.FIRE: 0, Kind.INTRUDER: 1, Kind.MEDICAL: 2, Kind.HELP: 3}


def desk_incidents(user: User) -> QuerySet[Incident]:
    """Return the incidents of the units whose desk this user works at; not those of the own house and group alone."""
    roots = [unit.pk for unit in policies.duty_units(user)]
    return policies.visible_incidents(user).filter(group__unit__in=Unit.objects.below_any(roots)).distinct()


def desk_incident(user: User, public_id: str) -> Incident:
    """Return one of them.

    Raises:
        NotFound: absent, or of another post.
    """
    incident = desk_incidents(user).filter(public_id=public_id).first()
    if incident is None:
        raise NotFound("")
    return incident


def place_words(incident: Incident) -> str:
    """Return the hamlet, told apart from others of the same name."""
    return incident.group.unit.display_name


def house_words(incident: Incident) -> str:
    """Return the house as it is called; the group where the device hangs in no house."""
    return incident.household.house_label if incident.household else incident.group.name


class HasIncident(Protocol):
    """Whatever shows an incident."""

    @property
    def incident(self) -> Incident:
        """The incident that it shows."""
        ...


class OfIncident:
    """The words and shapes that whatever shows an incident shares."""

    __slots__ = ()

    @property
    def tone(self: HasIncident) -> str:
        """Red, amber, or none for a test."""
        return MODE_TONES[Mode(self.incident.mode)]

    @property
    def icon(self: HasIncident) -> str:
        """The shape of the mode."""
        return MODE_ICONS[Mode(self.incident.mode)]

    @property
    def what(self: HasIncident) -> str:
        """The mode and the kind; a bell test is of no kind, so that nobody reads "fire" beside it."""
        mode = self.incident.get_mode_display()
        return mode if self.incident.mode == Mode.TEST else f"{mode} · {self.incident.get_kind_display()}"

    @property
    def headline(self: HasIncident) -> str:
        """What happened and where: "Tập: cháy ở nhà số 9"."""
        return headline(self.incident)

    @property
    def house(self: HasIncident) -> str:
        """Where."""
        return house_words(self.incident)

    @property
    def place(self: HasIncident) -> str:
        """In which hamlet."""
        return place_words(self.incident)


@dataclass(frozen=True, slots=True)
class Card(OfIncident):
    """An open incident in the list."""

    incident: Incident
    houses_sounded: int
    houses_with_siren: int
    answered: int
    is_chosen: bool

    @property
    def needs_somebody(self) -> bool:
        """Whether nobody has taken it on: it rings at the console."""
        return self.incident.state == IncidentState.RINGING

    @property
    def sound(self) -> str:
        """What the console plays for it, or nothing."""
        return SOUNDS[Mode(self.incident.mode)] if self.needs_somebody else ""

    @property
    def sound_id(self) -> str:
        """Changes when it rings anew, so that what was silenced on this machine sounds again."""
        return f"{self.incident.public_id}-{self.incident.generation}"

    @property
    def sound_since(self) -> datetime:
        """From when the 20 s without acknowledgement count."""
        return rang_at(self.incident)

    @property
    def says(self) -> str:
        """The sentence that is read out once."""
        return _("%(what)s. %(house)s, %(group)s, %(place)s.") % {
            "what": self.what.replace(" · ", ", "),
            "house": self.house,
            "group": self.incident.group.name,
            "place": self.place,
        }


def rang_at(incident: Incident) -> datetime:
    """Return since when it rings: its opening, or the press after it was quieted."""
    return (incident.quieted_at or incident.opened_at) if incident.generation > 1 else incident.opened_at


def cards(user: User, chosen: str) -> list[Card]:
    """Return all open incidents of the desk, those that nobody has taken on first; in a fixed number of queries."""
    incidents = list(desk_incidents(user).open())  # type: ignore[attr-defined]
    incidents.sort(key=_order)
    if not any(one.public_id == chosen for one in incidents) and incidents and not chosen:
        chosen = incidents[0].public_id
    expected = {pk for one in incidents for pk in one.expected_sirens}
    house_of = dict(Device.objects.filter(pk__in=expected).values_list("pk", "household_id"))
    sounded: dict[int, set[int]] = defaultdict(set)
    for incident, device in Sounding.objects.filter(incident__in=incidents).values_list(
        "incident_id", "device_id"
    ):
        sounded[incident].add(device)
    answers = Answer.objects.filter(incident__in=incidents).values_list("incident_id")
    answered = dict(answers.annotate(houses=Count("household", distinct=True)))
    return [
        Card(
            incident,
            len({house_of.get(pk) for pk in sounded[incident.pk] if house_of.get(pk)}),
            len({house_of.get(pk) for pk in incident.expected_sirens if house_of.get(pk)}),
            answered.get(incident.pk, 0),
            incident.public_id == chosen,
        )
        for incident in incidents
    ]


def _order(incident: Incident) -> tuple[int, int, int, float]:
    return (
        int(incident.state != IncidentState.RINGING and incident.mode != Mode.REAL),
        _URGENCY[Mode(incident.mode)],
        int(incident.state != IncidentState.RINGING),
        _KINDS[Kind(incident.kind)] * 1e12 - incident.opened_at.timestamp(),
    )


@dataclass(frozen=True, slots=True)
class Next:
    """The escalation step that runs next: when, whom it would tell now."""

    due_at: datetime
    target: str
    names: str
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Need:
    """Somebody who needs help to get out, in the family's words."""

    house: str
    text: str
    is_source: bool


@dataclass(frozen=True, slots=True)
class Detail(OfIncident):
    """The chosen incident, whole."""

    summary: Summary
    lines: list[Line]
    following: Next | None
    needs: list[Need]
    numbers: list[EmergencyNumber]
    aparts: list[DeviceApart]
    devices: list[Device]
    team: list[User]
    says_aloud: list[str]

    @property
    def incident(self) -> Incident:
        """The incident itself."""
        return self.summary.incident

    @property
    def kind_icon(self) -> str:
        """The picture of the kind."""
        return KIND_ICONS[Kind(self.incident.kind)]

    @property
    def is_real(self) -> bool:
        """Whether it is a real alarm."""
        return self.incident.mode == Mode.REAL

    @property
    def unanswered_count(self) -> int:
        """How many houses have not been heard from."""
        return int(str(self.summary.counts["households"])) - int(str(self.summary.counts["answered"]))

    @property
    def kit(self) -> str:
        """What stands ready in the group: "17 powder extinguisher, 6 crowbar"."""
        return ", ".join(
            f"{count} {kit_words([kind])}" for kind, count in self.summary.kit.items() if kit_words([kind])
        )

    @property
    def first_number(self) -> str:
        """The number that somebody must call for this kind."""
        return FIRST_NUMBER[Kind(self.incident.kind)]

    @property
    def is_call_overdue(self) -> bool:
        """Whether nobody has ticked the call a minute after a real alarm."""
        waited = clock.now() - self.incident.opened_at
        return self.summary.needs_114 and self.is_dialled and waited > REMIND_114_AFTER

    @property
    def is_dialled(self) -> bool:
        """Whether an emergency call is expected at all: a real fire or medical emergency."""
        return self.is_real and self.incident.kind in (Kind.FIRE, Kind.MEDICAL)

    @property
    def unconfirmed_words(self) -> str:
        """The houses whose siren was not confirmed: "nhà số 9 và 25"."""
        return houses_words(house.household.house_label for house in self.summary.unconfirmed)

    @property
    def is_lane_too_narrow(self) -> bool:
        """Whether a fire engine cannot come to the house."""
        house = self.incident.household
        return (
            house is not None and house.lane_width_m is not None and float(house.lane_width_m) < TRUCK_WIDTH_M
        )

    @property
    def to_call(self) -> list[House]:
        """Houses to telephone: sirens not confirmed, or no answer; never the house of a silent call for help."""
        return (
            [] if self.incident.is_silent else [house for house in self.summary.houses if needs_call(house)]
        )


def needs_call(house: House) -> bool:
    """Tell whether a house should be telephoned."""
    return house.sounded is False or (not house.answers and not house.is_pressing)


def detail(user: User, incident: Incident) -> Detail:
    """Read an incident as the desk sees it; who needs help to get out is recorded as read."""
    summary = queries.incident_summary(incident)
    names = {house.household.pk: house.household.house_label for house in summary.houses}
    if incident.household is not None:
        names.setdefault(incident.household.pk, incident.household.house_label)
    events = queries.timeline(incident, newest_first=True)[:LINES_SHOWN]
    now = clock.now()
    aparts = DeviceApart.objects.filter(
        device__group=incident.group, returned_at=None, until__gt=now, since__lte=now
    )
    return Detail(
        summary=summary,
        lines=Teller(names, incident.mode).lines(events),
        following=_following(summary),
        needs=_needs(user, summary),
        numbers=emergency_numbers(incident.group.unit),
        aparts=list(aparts.select_related("device__household")),
        devices=list(Device.objects.active().filter(group=incident.group).select_related("household")),
        team=list(people.holders("alarms.security_team", incident.group.unit)),
        says_aloud=words_to_read(incident, user),
    )


def _following(summary: Summary) -> Next | None:
    incident = summary.incident
    steps = [
        s for s in summary.steps if s.generation == incident.generation and s.target != Target.REMIND_114
    ]
    pending = [step for step in steps if step.ran_at is None and step.cancelled_at is None]
    if not pending or not incident.is_open:
        return None
    step = pending[0]
    found, groups = resolve(step, at=clock.now())
    names = ", ".join(str(one) for one in (*found, *groups))
    return Next(step.due_at, target_words(step.target), names, steps.index(step) + 1, len(steps))


def _needs(user: User, summary: Summary) -> list[Need]:
    incident = summary.incident
    if not incident.is_open or incident.mode == Mode.TEST:
        return []
    if not people.can(user, "people.evacuation", incident.group.unit):
        return []
    houses = {house.household.pk: house for house in summary.houses}
    found = evacuation_needs([h.household for h in summary.houses], actor=Actor.of(user), incident=incident)
    needs = [
        Need(houses[key].household.house_label, text, houses[key].is_pressing) for key, text in found.items()
    ]
    return sorted(needs, key=lambda need: not need.is_source)


def words_to_read(incident: Incident, user: User) -> list[str]:
    """Return what to say to the emergency service, one sentence a line: what, where, the way in, water, who calls."""
    house, group = incident.household, incident.group
    said = {
        Kind.FIRE: _("I report a fire."),
        Kind.INTRUDER: _("I report an intruder."),
        Kind.MEDICAL: _("I report a medical emergency."),
        Kind.HELP: _("I report somebody who needs help."),
    }
    lines = [said[Kind(incident.kind)]]
    where = [group.unit.place_name] if house is None else [house.address_label, group.unit.place_name]
    lines.append(_("Address: %(where)s.") % {"where": ", ".join(part for part in where if part)})
    if house is not None and house.landmark:
        lines.append(_("Landmark: %(what)s.") % {"what": house.landmark})
    if house is not None and house.lane_width_m is not None:
        lines.append(
            _("The lane is %(width)s m wide.") % {"width": f"{house.lane_width_m:n}".replace(".", ",")}
        )
    meets = (house.truck_meets_at if house else "") or group.lane_note
    if meets:
        lines.append(_("Somebody meets you at: %(where)s.") % {"where": meets})
    water = (house.water_source if house else "") or group.water_note
    if water and incident.kind == Kind.FIRE:
        lines.append(_("Water: %(where)s.") % {"where": water})
    lines.append(_("I am %(who)s, on duty for the commune.") % {"who": user})
    return lines


@dataclass(frozen=True, slots=True)
class Fault:
    """A device to look at."""

    fault: DeviceFault
    icon: str

    @property
    def words(self) -> str:
        """Which device: "Chuông nhà số 4, tổ liên gia số 22"."""
        device = self.fault.device
        where = device.household.house_label if device.household else device.place
        what = f"{device.get_kind_display()} {small(where)}".strip()
        return f"{what[:1].upper()}{what[1:]}, {small(device.group.name)}"


@dataclass(frozen=True, slots=True)
class Board:
    """All that the console shows."""

    at: datetime
    position: int
    cards: list[Card]
    chosen: str
    detail: Detail | None
    ended: Incident | None
    faults: list[Fault]
    fault_count: int
    gaps: list[Gap]
    on_duty: list[User]

    @property
    def waiting(self) -> int:
        """How many incidents stand open: the number in the title."""
        return len(self.cards)


def board(user: User, chosen: str) -> Board:
    """Read the console; the position first, so that nothing falls between it and the rest."""
    position = IncidentEvent.objects.aggregate(end=Max("position"))["end"] or 0
    listed = cards(user, chosen)
    card = next((one for one in listed if one.is_chosen), None)
    ended = None
    if card is None and chosen:
        ended = desk_incidents(user).filter(public_id=chosen).first()
    units = policies.duty_units(user)
    faults, count = open_faults(units)
    return Board(
        at=clock.now(),
        position=position,
        cards=listed,
        chosen=card.incident.public_id if card else (ended.public_id if ended else ""),
        detail=detail(user, card.incident) if card else None,
        ended=ended,
        faults=faults,
        fault_count=count,
        gaps=coming_gaps(units),
        on_duty=[person for unit in units[:1] for person in on_duty(unit)],
    )


def open_faults(units: list[Unit], *, most: int = FAULTS_SHOWN) -> tuple[list[Fault], int]:
    """Return devices that need a look (overdue tests last), and how many there are in all."""
    below = Unit.objects.below_any([unit.pk for unit in units])
    rows = DeviceFault.objects.open().filter(device__group__unit__in=below, device__revoked_at=None)
    late = rows.filter(kind=FaultKind.TEST_OVERDUE)
    pressing = rows.exclude(kind=FaultKind.TEST_OVERDUE).select_related("device__group", "device__household")
    found = list(pressing.order_by("-since")[:most])
    if len(found) < most:
        found += late.select_related("device__group", "device__household").order_by("since")[
            : most - len(found)
        ]
    return [Fault(fault, FAULT_ICONS[FaultKind(fault.kind)]) for fault in found], rows.count()


@dataclass(frozen=True, slots=True)
class Proof:
    """A step of the plan, as it was due and as it ran."""

    step: IncidentStep
    target: str
    names: str
    late_s: float | None

    @property
    def is_late(self) -> bool:
        """Whether it ran more than 2 s after its deadline, or never."""
        if self.step.cancelled_at is not None:
            return False
        return self.late_s is None or self.late_s > 2


def proofs(summary: Summary) -> list[Proof]:
    """Return every step of the plan with when it was due and when it ran."""
    return [
        Proof(
            step,
            target_words(step.target),
            ", ".join(str(one.get("name", "")) for one in step.reached),
            (step.ran_at - step.due_at).total_seconds() if step.ran_at else None,
        )
        for step in summary.steps
    ]


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the replay: seconds since the opening."""

    after_s: float
    line: Line
    households: list[int]
    answer: str


def replay(incident: Incident, summary: Summary) -> list[Moment]:
    """Return the timeline in its order, each with its second, for playing it again."""
    names = {house.household.pk: house.household.house_label for house in summary.houses}
    teller = Teller(names, incident.mode)
    moments = []
    for event in queries.timeline(incident):
        sounded = event.data.get("households", []) if event.kind == EventKind.SOUNDED else []
        answered = [event.household_id] if event.kind == EventKind.ANSWERED and event.household_id else []
        after = max(0.0, (event.at - incident.opened_at).total_seconds())
        moments.append(
            Moment(after, teller.line(event), [*sounded, *answered], str(event.data.get("answer", "")))
        )
    return moments
