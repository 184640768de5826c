"""The chosen incident, whole: what happened, who is told next, who needs help, what to say to 114."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from liengia.alarms import queries, reach
from liengia.alarms.console_words import (
    KIND_ICONS,
    Line,
    Teller,
    kit_words,
    target_words,
)
from liengia.alarms.models import (
    Device,
    DeviceApart,
    Incident,
    Kind,
    Mode,
    Target,
)
from liengia.alarms.models.incidents import EMERGENCY_NUMBER
from liengia.alarms.queries import House, Summary
from liengia.alarms.reach import Way
from liengia.alarms.resident_words import houses_words
from liengia.alarms.services.escalation import resolve
from liengia.alarms.views.console_cards import OfIncident
from liengia.broadcast import posting
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people import policies as people
from liengia.people.models import EmergencyNumber, User
from liengia.people.queries import emergency_numbers, evacuation_needs

LINES_SHOWN: Final = 120
# A fire engine needs a way of 3.5 m. Source: QCVN 06:2022/BXD, 6.2.
TRUCK_WIDTH_M: Final = 3.5
REMIND_114_AFTER: Final = timedelta(seconds=60)


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
    ways: list[Way]
    call_url: str

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
        """How many houses of the group have not been heard from."""
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
        return EMERGENCY_NUMBER[Kind(self.incident.kind)]

    @property
    def is_call_overdue(self) -> bool:
        """Whether nobody has ticked the call a minute after a real alarm."""
        waited = clock.now() - self.incident.opened_at
        return self.summary.is_uncalled and self.is_dialled and waited > REMIND_114_AFTER

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
        ways=reach.ways(incident),
        call_url=posting.call_url(user, f"incident:{incident.public_id}"),
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
    # The house that called is read though it left the group meanwhile (`people.services.erasure`).
    houses = {one.pk: one for one in (incident.household, *(house.household for house in summary.houses)) if one is not None}
    found = evacuation_needs(houses.values(), actor=Actor.of(user), incident=incident)
    pressing = {incident.household_id, *(house.household.pk for house in summary.houses if house.is_pressing)}
    needs = [Need(houses[key].house_label, text, key in pressing) for key, text in found.items()]
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
