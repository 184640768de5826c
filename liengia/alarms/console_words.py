"""The timeline in words: what happened, by whom, with what delay; the same for the console and for the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import dateparse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.alarms.leader_words import small
from liengia.alarms.models import (
    AnswerKind,
    DeviceKind,
    EventKind,
    FaultKind,
    IncidentEvent,
    Kind,
    Mode,
    Target,
)
from liengia.alarms.services.incidents import DISMISS_REASONS
from liengia.core import clock
from liengia.core.templatetags.look import duration_words
from liengia.people.models import KitItem

KIND_ICONS: Final = {
    Kind.FIRE: "flame",
    Kind.INTRUDER: "spy",
    Kind.MEDICAL: "heartbeat",
    Kind.HELP: "lifebuoy",
}
MODE_ICONS: Final = {Mode.REAL: "urgent", Mode.DRILL: "flag-2", Mode.TEST: "bell"}
MODE_TONES: Final = {Mode.REAL: "danger", Mode.DRILL: "drill", Mode.TEST: "test"}
ANSWER_ICONS: Final = {
    AnswerKind.COMING: "run",
    AnswerKind.SAFE: "shield-check",
    AnswerKind.NEED_HELP: "lifebuoy",
}
ANSWER_TONES: Final = {AnswerKind.COMING: "info", AnswerKind.SAFE: "safe", AnswerKind.NEED_HELP: "danger"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is shown: an icon, a tone, what happened, and what belongs to it."""

    at: datetime
    kind: str
    icon: str
    tone: str
    text: str
    detail: str = ""


def seconds_words(seconds: float) -> str:
    """Return "0,009 s" or "12 s": exact where it is short."""
    digits = 3 if seconds < 1 else 1 if seconds < 10 else 0
    return _("%(n)s s") % {"n": number_format(round(seconds, digits), digits, use_l10n=True)}


def heard_words(seconds: float) -> str:
    """Return "after 0,009 s"; a siren that was heard before the press was even written down rang with the press."""
    return _("after %(time)s") % {"time": seconds_words(seconds)} if seconds >= 0.001 else _("with the press")


def target_words(target: str) -> str:
    """Return whom a step tells."""
    return str(Target(target).label) if target in Target.values else target


def kit_words(kinds: Iterable[str]) -> str:
    """Return pieces of kit in words."""
    known = [small(KitItem.Kind(kind).label) for kind in kinds if kind in KitItem.Kind.values]
    return ", ".join(known)


class Teller:
    """Puts events into words; `houses` names households by key, so that no line needs a query."""

    def __init__(self, houses: Mapping[int, str], mode: str) -> None:
        """Keep the names of the group's houses and the incident's mode."""
        self.houses, self.mode = houses, mode

    def lines(self, events: Iterable[IncidentEvent]) -> list[Line]:
        """Return all lines in the order given."""
        return [self.line(event) for event in events]

    def line(self, event: IncidentEvent) -> Line:
        """Return one line; a kind without words of its own shows its label."""
        icon, tone = _MARKS.get(event.kind, ("clock", "info"))
        if event.kind == EventKind.ANSWERED:
            answer = event.data.get("answer", "")
            icon, tone = ANSWER_ICONS.get(answer, icon), ANSWER_TONES.get(answer, tone)
        elif tone == "mode":
            tone = MODE_TONES.get(Mode(self.mode), "info")
        tell = _WORDS.get(event.kind)
        text, detail = tell(self, event, event.data) if tell else (EventKind(event.kind).label, "")
        return Line(event.at, event.kind, icon, tone, str(text), str(detail))

    # Who and where

    def house(self, event: IncidentEvent) -> str:
        """Return the house of an event."""
        if event.household_id is None:
            return (
                str(event.device.place) if event.device and event.device.place else _("A device of the group")
            )
        return self.houses.get(event.household_id) or _("A house")

    def names(self, keys: Iterable[int]) -> str:
        """Return the names of several houses."""
        return ", ".join(self.houses.get(key, "?") for key in keys)

    def who(self, event: IncidentEvent) -> str:
        """Return who did it; a name that was erased after its period says so."""
        return event.actor_label or _("somebody (name erased)")


def _opened(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    phone = event.device is not None and event.device.kind == DeviceKind.PHONE
    said = _("%(house)s raised the alarm by phone") if phone else _("%(house)s pressed the button")
    place = (
        event.device.place if event.device is not None and event.household_id and event.device.place else ""
    )
    detail = _("silently: nothing rings") if event.is_for_duty_only else place
    return said % {"house": teller.house(event)}, _and_late(detail, data)


def _and_late(detail: str, data: dict[str, Any]) -> str:
    """Add how late a silent call came, and that its device was set apart."""
    late = _("made %(age)s before") % {"age": duration_words(float(data["age_s"]))} if "age_s" in data else ""
    apart = _("the device was set apart") if data.get("is_apart") else ""
    return " · ".join(part for part in (detail, late, apart) if part)


def _pressed(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    count = int(data.get("count", 0))
    times = ngettext("%(n)s press in all", "%(n)s presses in all", count) % {"n": count} if count else ""
    return _("%(house)s pressed as well") % {"house": teller.house(event)}, _and_late(times, data)


def _rang_again(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    if event.is_for_duty_only:
        return _("%(house)s pressed again: it is told anew") % {"house": teller.house(event)}, _and_late(_("silently: nothing rings"), data)
    return _("%(house)s pressed again: the sirens ring anew") % {"house": teller.house(event)}, ""


def _stale(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    age = duration_words(float(data.get("age_s", 0)))
    return (
        _("An old press of %(house)s arrived late") % {"house": teller.house(event)},
        _("made %(age)s before; nothing rang") % {"age": age},
    )


def _apart_press(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    return _("%(house)s: the device set apart was pressed") % {"house": teller.house(event)}, _(
        "nothing rang"
    )


def _sounded(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    fresh = len(data.get("devices", []))
    said = ngettext("%(n)s siren sounds", "%(n)s sirens sound", fresh) % {"n": fresh}
    detail = _("%(sounded)s of %(expected)s, %(after)s") % {
        "sounded": data.get("sounded", fresh),
        "expected": data.get("expected", "?"),
        "after": heard_words(float(data.get("after_s", 0))),
    }
    return said, detail


def _unconfirmed(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    houses = data.get("households", [])
    if not data.get("expected"):
        return _("This group has no siren"), _("its phones and phone tree carry the alarm")
    count = len(data.get("devices", []))
    said = ngettext("%(n)s siren is not confirmed", "%(n)s sirens are not confirmed", count) % {"n": count}
    return said, teller.names(houses)


def _acknowledged(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    return _("%(who)s has taken it on") % {"who": teller.who(event)}, ""


def _quieted(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    return _("%(who)s quieted the sirens") % {"who": teller.who(event)}, _("the incident stays open")


def _stopped(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    ended = _("the test has ended") if data.get("ended") else _("the incident stays open")
    return _("The sirens stopped by themselves, after their time"), ended


def _answered(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    answer = data.get("answer", "")
    words = str(AnswerKind(answer).label) if answer in AnswerKind.values else answer
    parts = []
    if data.get("minutes") is not None:
        minutes = int(data["minutes"])
        parts.append(ngettext("in %(n)s minute", "in %(n)s minutes", minutes) % {"n": minutes})
    if data.get("kit"):
        parts.append(_("brings %(kit)s") % {"kit": kit_words(data["kit"])})
    if data.get("note"):
        parts.append(f"“{data['note']}”")
    if data.get("by_telephone"):
        parts.append(_("told %(who)s by telephone") % {"who": teller.who(event)})
    return f"{teller.house(event)}: {words}", ", ".join(parts)


def _called(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    house = teller.house(event) if event.household_id else ""
    said = _("%(who)s has called %(number)s") % {"who": teller.who(event), "number": data.get("number", "")}
    return said, house


def _step(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    said = _("Step %(order)s: %(target)s") % {
        "order": data.get("order", "?"),
        "target": target_words(data.get("target", "")),
    }
    names = ", ".join(data.get("names", [])) or _("nobody was found for this step")
    return said, f"{names} · {_times(event, data)}"


def _times(event: IncidentEvent, data: dict[str, Any]) -> str:
    due = dateparse.parse_datetime(str(data.get("due_at", "")))
    if due is None:
        return ""
    late = float(data.get("late_s", 0))
    return _("due %(due)s, ran %(late)s later") % {
        "due": f"{clock.local(due):%H:%M:%S}",
        "late": seconds_words(late),
    }


def _reminded(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    return _("Nobody has ticked the call to 114 yet: reminded"), ", ".join(data.get("names", []))


def _end_asked(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    return (
        _("%(house)s asks to end it") % {"house": teller.house(event)},
        " · ".join(part for part in (event.actor_label, data.get("note", "")) if part),
    )


def _apart(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    minutes = int(data.get("minutes", 0) or 0)
    detail = ngettext("for %(n)s minute, then it returns", "for %(n)s minutes, then it returns", minutes)
    return _("%(house)s: a device was set apart") % {"house": teller.house(event)}, (
        detail % {"n": minutes} if minutes else ""
    )


def _noted(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    return data.get("note", "") or _("a note (erased)"), teller.who(event)


def _resolved(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    return _("%(who)s ended the incident") % {"who": teller.who(event)}, data.get("note", "")


def _dismissed(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    reason = str(DISMISS_REASONS.get(data.get("reason", ""), ""))
    detail = ": ".join(part for part in (reason, data.get("note", "")) if part)
    return _("Mistaken alarm, says %(who)s") % {"who": teller.who(event)}, detail


def _drill_ended(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    return _("A real alarm was raised: this exercise ended at once"), ""


def _joined(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    if "into" in data:
        return _("Two groups became one: this alarm goes on as one with the other group's"), ""
    said = _("Two groups became one: the same alarm of %(group)s goes on here")
    detail = ngettext("%(n)s press of it stands here", "%(n)s presses of it stand here", int(data.get("presses", 1)))
    return said % {"group": data.get("group", "")}, detail % {"n": data.get("presses", 1)}


def _moved(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    if "from_group" in data:
        return _("%(group)s became part of this group: the alarm goes on here") % {"group": data["from_group"]}, ""
    return str(EventKind.MOVED.label).capitalize(), ""


def _handed_over(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    return _("%(who)s took over the shift and signed for this alarm") % {"who": teller.who(event)}, ""


def _fault(teller: Teller, event: IncidentEvent, data: dict[str, Any]) -> tuple[str, str]:
    kind = str(data.get("fault", ""))
    label = str(FaultKind(kind).label) if kind in FaultKind.values else ""
    over = event.kind == EventKind.FAULT_CLEARED
    said = _("%(house)s: a device is well again") if over else _("%(house)s: a device needs a look")
    return said % {"house": teller.house(event)}, label


_WORDS: Final[dict[str, Callable[[Teller, IncidentEvent, dict[str, Any]], tuple[str, str]]]] = {
    EventKind.OPENED: _opened,
    EventKind.PRESSED: _pressed,
    EventKind.RANG_AGAIN: _rang_again,
    EventKind.STALE_PRESS: _stale,
    EventKind.APART_PRESS: _apart_press,
    EventKind.SOUNDED: _sounded,
    EventKind.UNCONFIRMED: _unconfirmed,
    EventKind.ACKNOWLEDGED: _acknowledged,
    EventKind.QUIETED: _quieted,
    EventKind.STOPPED: _stopped,
    EventKind.ANSWERED: _answered,
    EventKind.CALLED: _called,
    EventKind.STEP_RAN: _step,
    EventKind.REMINDED: _reminded,
    EventKind.END_ASKED: _end_asked,
    EventKind.APART: _apart,
    EventKind.NOTED: _noted,
    EventKind.RESOLVED: _resolved,
    EventKind.DISMISSED: _dismissed,
    EventKind.DRILL_ENDED: _drill_ended,
    EventKind.JOINED: _joined,
    EventKind.MOVED: _moved,
    EventKind.HANDED_OVER: _handed_over,
    EventKind.FAULT: _fault,
    EventKind.FAULT_CLEARED: _fault,
}

# Icon and tone of each kind; "mode" is the tone of the incident's mode.
_MARKS: Final[dict[str, tuple[str, str]]] = {
    EventKind.OPENED: ("hand-finger", "mode"),
    EventKind.PRESSED: ("hand-finger", "mode"),
    EventKind.RANG_AGAIN: ("bell-ringing", "mode"),
    EventKind.STALE_PRESS: ("history", "attn"),
    EventKind.APART_PRESS: ("circle-minus", "attn"),
    EventKind.SOUNDED: ("bell-ringing", "mode"),
    EventKind.UNCONFIRMED: ("bell-off", "attn"),
    EventKind.ACKNOWLEDGED: ("check", "info"),
    EventKind.QUIETED: ("volume-off", "info"),
    EventKind.STOPPED: ("volume-off", "info"),
    EventKind.CALLED: ("phone-call", "info"),
    EventKind.STEP_RAN: ("send", "info"),
    EventKind.STEPS_ENDED: ("send", "info"),
    EventKind.REMINDED: ("phone", "attn"),
    EventKind.END_ASKED: ("hand-stop", "attn"),
    EventKind.APART: ("circle-minus", "attn"),
    EventKind.RETURNED: ("circle-plus", "info"),
    EventKind.NOTED: ("note", "info"),
    EventKind.RESOLVED: ("circle-check", "info"),
    EventKind.DISMISSED: ("circle-x", "info"),
    EventKind.DRILL_ENDED: ("urgent", "danger"),
    EventKind.HANDED_OVER: ("transfer", "info"),
    EventKind.MOVED: ("transfer", "info"),
    EventKind.JOINED: ("transfer", "attn"),
    EventKind.FAULT: ("plug-off", "attn"),
    EventKind.FAULT_CLEARED: ("plug", "info"),
}
