"""What an alarm is called on a resident's screen: headlines, steps, and the words to read to 114."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liengia.alarms.leader_words import small
from liengia.alarms.models import DeviceApart, Incident, Kind, Mode, NeighbourGroup, Press
from liengia.alarms.models.incidents import EMERGENCY_NUMBER
from liengia.core import clock
from liengia.core.templatetags.look import spaced_phone
from liengia.core.text import list_words
from liengia.people.models import Household, User
from liengia.people.services.households import lane_words

# Whom a kind of alarm is told to; `help` goes to the police when somebody is threatened.
# Kinds for which nobody may forget the call.
MUST_CALL: Final = frozenset({Kind.FIRE, Kind.INTRUDER, Kind.MEDICAL})
_NUMBERED: Final = re.compile(r"Nhà số (\S+)")


@dataclass(frozen=True, slots=True)
class Step:
    """One of the four steps: what, how, and whether it is done."""

    title: str
    text: str
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to say on the telephone."""

    label: str
    text: str


def in_sentence(label: str) -> str:
    """Return a house's short name inside a sentence: "Nhà số 9" gives "nhà số 9"."""
    return label[:1].lower() + label[1:] if label.startswith(("Nhà ", "House ")) else label


def houses_words(labels: Iterable[str]) -> str:
    """Return several houses in words: "nhà số 7, 11 và 14"."""
    found = list(labels)
    numbers = [match.group(1) for label in found if (match := _NUMBERED.fullmatch(label))]
    if len(numbers) == len(found) > 1:
        return _("house no. %(numbers)s") % {"numbers": list_words(numbers, _("and"))}
    return list_words([in_sentence(label) for label in found], _("and"))


def apart_words(apart: DeviceApart) -> str:
    """Return which device was set apart, until when, and what still rings; the whole group is told."""
    device = apart.device
    where = in_sentence(device.household.house_label) if device.household else device.place
    what = f"{device.get_kind_display()} {where}".strip()
    until = f"{clock.local(apart.until):%H:%M}"
    return _("Set apart until %(time)s: %(what)s. Its press rings nothing; all others do.") % {"time": until, "what": small(what)}


def headline(incident: Incident) -> str:
    """Return what happens and where: "Cháy ở nhà số 9", "Tập: cháy ở nhà số 9", "Thử chuông"."""
    if incident.mode == Mode.TEST:
        return _("Bell test of the group")
    where = in_sentence(incident.household.house_label) if incident.household else _("the group")
    words = str(_HEADLINES[Kind(incident.kind)]) % {"house": where.replace(" ", "\u00a0")}
    return _("Drill: %(what)s") % {"what": words[:1].lower() + words[1:]} if incident.mode == Mode.DRILL else words


_HEADLINES: Final = {
    Kind.FIRE: pgettext_lazy("what happens at a house", "Fire at %(house)s"),
    Kind.INTRUDER: pgettext_lazy("what happens at a house", "Intruder at %(house)s"),
    Kind.MEDICAL: pgettext_lazy("what happens at a house", "Medical emergency at %(house)s"),
    Kind.HELP: pgettext_lazy("what happens at a house", "Help needed at %(house)s"),
}

_STEPS: Final = {
    Kind.FIRE: (
        (gettext_lazy("Raise the alarm."), gettext_lazy("Press the button or shout, so that the whole group hears.")),
        (gettext_lazy("Cut the power."), gettext_lazy("The main switch of the house that burns.")),
        (
            gettext_lazy("Fight it with extinguishers."),
            gettext_lazy("Wind at your back, aim at the foot of the flames. Thick smoke: get out."),
        ),
        (gettext_lazy("Call 114."), gettext_lazy("One person calls, one waits for the fire engine.")),
    ),
    Kind.INTRUDER: (
        (gettext_lazy("Keep your distance."), gettext_lazy("Do not chase, do not strike anyone.")),
        (gettext_lazy("Light up and call out."), gettext_lazy("Go in pairs or more; stay where others see you.")),
        (gettext_lazy("Keep children and old people inside."), gettext_lazy("Lock the doors.")),
        (gettext_lazy("Call 113."), gettext_lazy("Say where, and what you saw.")),
    ),
    Kind.MEDICAL: (
        (gettext_lazy("Call 115."), gettext_lazy("Stay on the line and do what they say.")),
        (gettext_lazy("Do not give food or drink."), gettext_lazy("Do not move somebody who fell, unless it burns.")),
        (
            gettext_lazy("Not breathing: press the chest."),
            gettext_lazy("Middle of the chest, hard and fast, until help comes."),
        ),
        (gettext_lazy("One waits at the mouth of the lane."), gettext_lazy("The ambulance needs to be shown the way.")),
    ),
    Kind.HELP: (
        (gettext_lazy("Call that house."), gettext_lazy("Ask what is needed.")),
        (gettext_lazy("Come in pairs or more."), gettext_lazy("Tell somebody that you are going.")),
        (gettext_lazy("Somebody is threatened: keep your distance."), gettext_lazy("Do not strike anyone.")),
        (gettext_lazy("Call 113 or 115."), gettext_lazy("Whichever is needed.")),
    ),
}


def steps(kind: str, *, mode: str = Mode.REAL, is_open: bool = False, called: str = "") -> list[Step]:
    """Return the four steps of a kind; `called` says who ticked the call and when."""
    found = [Step(str(title), str(text)) for title, text in _STEPS[Kind(kind)]]
    if kind == Kind.FIRE and is_open:
        found[0] = Step(found[0].title, _("The bells were rung."), is_done=True)
    place = {Kind.FIRE: 3, Kind.INTRUDER: 3, Kind.MEDICAL: 0}.get(Kind(kind))
    if place is not None and mode == Mode.DRILL:
        number = EMERGENCY_NUMBER[Kind(kind)]
        found[place] = Step(_("Say “I call %(number)s, as a drill”.") % {"number": number}, _("Do not dial."))
    elif place is not None and called:
        found[place] = Step(found[place].title, called, is_done=True)
    return found


def call_words(incident: Incident, *, group: NeighbourGroup, caller: User) -> list[Said]:
    """Return what to read aloud to the emergency centre: what, where, how to get in, water, who calls."""
    house = incident.household or Household(address_label="", hamlet=group.unit)
    unit = group.unit
    where = [house.address_label, unit.spoken_name, *(f"{one.kind.lower()} {one.name}" for one in reversed(unit.ancestors()))]
    what = {
        Kind.FIRE: _("I report a fire."),
        Kind.INTRUDER: _("I report an intruder."),
        Kind.MEDICAL: _("I need an ambulance."),
        Kind.HELP: _("Somebody needs help."),
    }[Kind(incident.kind)]
    pairs = [
        (_("What"), what),
        (_("Address"), ", ".join(part for part in where if part)),
        (_("Near"), house.landmark),
        (_("Lane"), _("%(width)s wide") % {"width": lane_words(house.lane_width_m)} if house.lane_width_m else group.lane_note),
        (_("Somebody waits at"), house.truck_meets_at),
        (_("My number"), spaced_phone(caller.phone) if caller.phone else ""),
    ]
    if incident.kind == Kind.FIRE:
        pairs.insert(5, (_("Water"), house.water_source or group.water_note))
    return [Said(label, text) for label, text in pairs if text]


def joined_words(incident: Incident, press: Press) -> str:
    """Say to who pressed that no new alarm came of it; empty when this press opened the alarm."""
    if not incident.is_open:
        return _("This press was counted already, and its alarm is over. If something is happening now, raise a new alarm.")
    if press.received_at <= incident.opened_at:
        return ""
    words = _("This alarm is open since %(time)s. Your press was added to it.") % {"time": f"{clock.local(incident.opened_at):%H:%M}"}
    return f"{words} {_('The bells ring again.')}" if press.received_at == incident.rang_again_at else words
