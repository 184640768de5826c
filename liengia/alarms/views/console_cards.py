"""The open incidents of a desk as cards, and the words and shapes that whatever shows an incident shares."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from liengia.alarms import policies
from liengia.alarms.console_words import (
    MODE_ICONS,
    MODE_TONES,
)
from liengia.alarms.models import (
    Answer,
    Device,
    Incident,
    IncidentState,
    Kind,
    Mode,
    Sounding,
)
from liengia.alarms.resident_words import headline
from liengia.core.errors import NotFound
from liengia.people.models import User
from liengia.units.models import Unit

SOUNDS: Final = {Mode.REAL: "console", Mode.DRILL: "drill", Mode.TEST: "test"}
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
        return self.incident.rang_at

    @property
    def says(self) -> str:
        """The sentence that is read out once."""
        return _("%(what)s. %(house)s, %(group)s, %(place)s.") % {
            "what": self.what.replace(" · ", ", "),
            "house": self.house,
            "group": self.incident.group.name,
            "place": self.place,
        }


def cards(user: User, chosen: str) -> list[Card]:
    """Return all open incidents of the desk, those that nobody has taken on first; in a fixed number of queries."""
    incidents = list(desk_incidents(user).open())  # type: ignore[attr-defined]
    incidents.sort(key=_order)
    if not any(one.public_id == chosen for one in incidents):
        # What has ended gives way to what nobody has taken on: who looks at the one must not miss the other.
        waiting = [one for one in incidents if one.state == IncidentState.RINGING]
        chosen = next((one.public_id for one in (waiting if chosen else incidents)), chosen)
    expected = {pk for one in incidents for pk in one.expected_sirens}
    house_of = dict(Device.objects.filter(pk__in=expected).values_list("pk", "household_id"))
    sounded: dict[int, set[int]] = defaultdict(set)
    for incident, device in Sounding.objects.filter(incident__in=incidents).values_list(
        "incident_id", "device_id"
    ):
        sounded[incident].add(device)
    own = Q(household__group_places__group=F("incident__group"), household__group_places__left_on=None)
    answers = Answer.objects.filter(own, incident__in=incidents).values_list("incident_id")
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


def _order(incident: Incident) -> tuple[int, int, int, int, float]:
    return (
        # A silent call that nobody has taken on makes no noise of its own: it stays on top.
        int(not (incident.is_silent and incident.acknowledged_at is None)),
        int(incident.state != IncidentState.RINGING and incident.mode != Mode.REAL),
        _URGENCY[Mode(incident.mode)],
        int(incident.state != IncidentState.RINGING),
        _KINDS[Kind(incident.kind)] * 1e12 - incident.opened_at.timestamp(),
    )
