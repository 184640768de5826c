"""The writing of one batch of presses: what `record_presses` does from its second step on.

What a batch reads it reads once, and every list is written once, in as many statements for a hundred presses as for two.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from liengia.alarms.messages import PressMessage
from liengia.alarms.models import (
    Device,
    DeviceApart,
    DeviceKind,
    EventKind,
    GroupHousehold,
    Incident,
    IncidentEvent,
    IncidentState,
    IncidentStep,
    Mode,
    NeighbourGroup,
    Press,
)
from liengia.alarms.models.devices import SOUNDING_KINDS
from liengia.alarms.services import outward
from liengia.alarms.services.escalation import Freezer
from liengia.alarms.services.scores import close_drill_of
from liengia.alarms.services.states import change_states
from liengia.alarms.services.timeline import STATES, STEPS, build_event, number_lines
from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from liengia.core.db import bulk
from liengia.core.geo import Point
from liengia.core.metrics import Counter
from liengia.people.models import User

SOUNDS_FOR: Final = {
    Mode.REAL: timedelta(seconds=600),
    Mode.DRILL: timedelta(seconds=180),
    Mode.TEST: timedelta(seconds=10),
}
# A button that repeats writes one line of the timeline in this time, with a count.
SAME_DEVICE_AGAIN: Final = timedelta(seconds=60)

_LINES_OF_PRESSES: Final = (EventKind.OPENED, EventKind.PRESSED, EventKind.RANG_AGAIN)
# What a press that joins an incident changes, and what it changes besides when the sirens ring again or a drill ends.
_JOINED: Final = ("press_count", "last_press_at", "household_id")
_CHANGED: Final = ("is_sounding", "state", "generation", "rang_again_at", "sounds_until", "ended_at", "end_reason")
_READ_OF_AN_INCIDENT: Final = (
    "public_id", "group", "kind", "mode", "is_silent", "opened_at", "quieted_at", "household",
    "press_count", "last_press_at", *_CHANGED,
)  # fmt: skip

presses_recorded = Counter("liengia_presses_total", "Presses recorded.", ["kind", "mode", "outcome"])


@dataclass(slots=True)
class Outcome:
    """What a batch came to: recorded presses, known ones, and refusals by place in the batch."""

    recorded: list[Press] = field(default_factory=list)
    known: int = 0
    refused: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who presses, by keys: a device, its house, the group that rings for it; and the user of a phone."""

    device: int
    public_id: str
    kind: str
    household: int | None
    group: int
    user: User | None = None
    point: Point | None = None
    needs_publishing: bool = False

    @property
    def actor(self) -> Actor:
        """Who stands in the timeline."""
        if self.user is not None:
            return Actor.of(self.user)
        return Actor.device(self.public_id, f"{DeviceKind(self.kind).label} {self.public_id}")


class Batch:
    """The writing of one batch; every list is written once at the end."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.open: dict[tuple[int, str, str, bool], Incident] = {}
        self.fresh: list[tuple[Incident, Sender]] = []
        self.joined: dict[int, Incident] = {}
        self.changed: dict[int, Incident] = {}
        self.rung_again: list[Incident] = []
        self.ended: list[tuple[Incident, Incident]] = []
        self.lines: list[IncidentEvent] = []
        self.told: dict[tuple[int, int], datetime] = {}
        self.groups: dict[int, NeighbourGroup] = {}
        self.states: set[int] = set()
        self.pressed_at: dict[int, datetime] = {}
        self.tally: Tally[tuple[str, str, str]] = Tally()

    def run(self, pairs: list[tuple[PressMessage, Sender]]) -> None:
        """Record the presses that are not known yet."""
        fresh, of_a_minute = self._unknown(pairs)
        if not fresh and not of_a_minute:
            return
        pairs = [*fresh, *of_a_minute]
        self._lock({sender.group for _message, sender in pairs})
        apart = self._apart({sender.device for _message, sender in pairs})
        pairs = [*fresh, *self._pushed_again(of_a_minute, apart)]
        if not pairs:
            return
        self._read_lines(pairs)
        for message, sender in pairs:
            self._take(message, sender, is_apart=_is_apart(apart, sender.device, message.received_at))
        self._write()

    def _unknown(self, pairs: list[tuple[PressMessage, Sender]]) -> tuple[list[tuple[PressMessage, Sender]], list[tuple[PressMessage, Sender]]]:
        """Return the presses that nobody has recorded, and those without an id whose minute has one already."""
        keys = [(sender.device, message.press_id) for message, sender in pairs]
        recorded = bulk.present(Press, ("device_id", "press_id"), keys)
        known = set(recorded)
        fresh, of_a_minute = [], []
        for key, pair in zip(keys, pairs, strict=True):
            if key not in known:
                known.add(key)
                fresh.append(pair)
            elif pair[0].is_bare and key in recorded:
                of_a_minute.append(pair)
            else:
                self.outcome.known += 1
        return fresh, of_a_minute

    def _pushed_again(
        self, pairs: list[tuple[PressMessage, Sender]], apart: dict[int, list[DeviceApart]]
    ) -> list[tuple[PressMessage, Sender]]:
        """Return, of presses without an id, the further pushes of the finger; the groups are locked, so no end is overlooked."""
        if not pairs:
            return []
        devices, ids = {sender.device for _message, sender in pairs}, {message.press_id for message, _sender in pairs}
        earlier = Press.objects.filter(device__in=devices, press_id__in=ids).select_related("incident")
        by_key = {(press.device_id, press.press_id): press for press in earlier}
        found = []
        for message, sender in pairs:
            rings = not message.is_stale and not _is_apart(apart, sender.device, message.received_at)
            if _is_another_push(message, by_key[sender.device, message.press_id], rings=rings):
                found.append((message.of_its_own(), sender))
            else:
                self.outcome.known += 1
        return self._unknown(found)[0]

    def _lock(self, keys: set[int]) -> None:
        """Lock the groups, then their open incidents: an officer's act at this instant is seen, or waits."""
        locked = NeighbourGroup.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys).order_by("pk")
        self.groups = {group.pk: group for group in locked.select_related("unit").only("public_id", "name", "unit")}
        incidents = Incident.objects.open().filter(group__in=keys).order_by("pk").only(*_READ_OF_AN_INCIDENT)
        for incident in incidents.select_for_update(no_key=True, of=("self",)):
            incident.group = self.groups[incident.group_id]
            self.open[incident.group_id, incident.kind, incident.mode, incident.is_silent] = incident

    def _read_lines(self, pairs: list[tuple[PressMessage, Sender]]) -> None:
        """Find which device has its line in an open incident's timeline since a moment ago."""
        if not self.open:
            return
        by_key = {incident.pk: incident for incident in self.open.values()}
        since = min(message.received_at for message, _sender in pairs) - SAME_DEVICE_AGAIN
        lines = IncidentEvent.objects.filter(incident__in=by_key, kind__in=_LINES_OF_PRESSES, at__gt=since)
        rows = lines.values_list("incident_id", "device_id", "at")
        self.told = {(id(by_key[key]), device): at for key, device, at in rows.order_by("id")}

    def _apart(self, keys: set[int]) -> dict[int, list[DeviceApart]]:
        found: dict[int, list[DeviceApart]] = defaultdict(list)
        for one in DeviceApart.objects.filter(device__in=keys, returned_at=None):
            found[one.device_id].append(one)
        return found

    def _take(self, message: PressMessage, sender: Sender, *, is_apart: bool) -> None:
        at = message.received_at
        press = Press(
            press_id=message.press_id,
            device_id=sender.device,
            group=self.groups[sender.group],
            user=sender.user,
            kind=message.kind,
            mode=message.mode,
            is_silent=message.is_silent,
            is_stale=message.is_stale,
            is_apart=is_apart,
            needs_publishing=sender.needs_publishing and not is_apart and not message.is_stale,
            age_s=message.age_s,
            waited_s=message.waited_s,
            claimed_at=message.claimed_at,
            pressed_at=at - timedelta(seconds=min(message.age_s + message.waited_s, 10**8)),
            received_at=at,
            lat=None if sender.point is None else f"{sender.point.lat:.6f}",
            lon=None if sender.point is None else f"{sender.point.lon:.6f}",
        )
        self.outcome.recorded.append(press)
        self.pressed_at[sender.device] = at
        incident = self.open.get((sender.group, message.kind, message.mode, message.is_silent))
        # A silent call rings nothing anyway: however late it comes, and from whichever device, somebody must learn of it.
        is_call = message.is_silent and message.mode == Mode.REAL
        if (message.is_stale or is_apart) and not is_call:
            press.incident = incident
            kind = EventKind.STALE_PRESS if message.is_stale else EventKind.APART_PRESS
            self._line(kind, press, sender, incident)
            self._count(press, kind.value)
            return
        if incident is None:
            incident = self._open_incident(press, sender)
        else:
            self._join(press, sender, incident)
        press.incident = incident

    def _open_incident(self, press: Press, sender: Sender) -> Incident:
        at, group = press.received_at, press.group
        incident = Incident(
            group=group,
            household_id=sender.household,
            kind=press.kind,
            mode=press.mode,
            is_silent=press.is_silent,
            opened_at=at,
            last_press_at=at,
            sounds_until=at + SOUNDS_FOR[Mode(press.mode)],
        )
        self.open[group.pk, press.kind, press.mode, press.is_silent] = incident
        self.fresh.append((incident, sender))
        if not press.is_silent:
            self.states.add(group.pk)
        if press.mode == Mode.REAL and not press.is_silent:
            # A silent call ends nothing: a drill that stops would tell the whole group of it.
            self._end_exercises(incident, at=at)
        self._line(EventKind.OPENED, press, sender, incident)
        self._count(press, "opened")
        return incident

    def _join(self, press: Press, sender: Sender, incident: Incident) -> None:
        at = press.received_at
        incident.press_count += 1
        incident.last_press_at = at
        if incident.household_id is None and sender.household is not None:
            incident.household_id = sender.household
        if incident.pk is not None:
            self.joined[incident.pk] = incident
        has_rung_out = incident.sounds_until is not None and incident.sounds_until <= at
        if (not incident.is_sounding or has_rung_out) and not _was_made_before_the_quiet(press, incident):
            incident.is_sounding = True
            incident.state = IncidentState.RINGING
            incident.generation += 1
            incident.rang_again_at = at
            incident.sounds_until = at + SOUNDS_FOR[Mode(press.mode)]
            self.rung_again.append(incident)
            if incident.pk is not None:
                self.changed[incident.pk] = incident
            if not press.is_silent:
                self.states.add(press.group_id)
            self._line(EventKind.RANG_AGAIN, press, sender, incident, data={"generation": incident.generation})
            self._count(press, "rang_again")
            return
        last = self.told.get((id(incident), sender.device))
        if last is None or at - last >= SAME_DEVICE_AGAIN:
            self._line(EventKind.PRESSED, press, sender, incident, data={"count": incident.press_count})
        self._count(press, "joined")

    def _count(self, press: Press, outcome: str) -> None:
        self.tally[press.kind, press.mode, outcome] += 1

    def _end_exercises(self, real: Incident, *, at: datetime) -> None:
        """End open drills and tests of the group: this one is real."""
        for key, exercise in list(self.open.items()):
            if key[0] != real.group.pk or exercise.mode == Mode.REAL or not exercise.is_open:
                continue
            exercise.state, exercise.ended_at = IncidentState.RESOLVED, at
            exercise.is_sounding, exercise.end_reason = False, "real_alarm"
            del self.open[key]
            self.ended.append((exercise, real))
            if exercise.pk is not None:
                self.changed[exercise.pk] = exercise

    def _line(
        self,
        kind: EventKind,
        press: Press,
        sender: Sender,
        incident: Incident | None,
        *,
        data: dict[str, object] | None = None,
    ) -> None:
        late = {"age_s": round(press.age_s + press.waited_s)} if press.is_stale else {}
        said = {"press": press.press_id, **late, **({"is_apart": True} if press.is_apart else {}), **(data or {})}
        line = build_event(
            kind, group=press.group, at=press.received_at, actor=sender.actor, incident=incident, data=said
        )
        line.household_id, line.device_id = sender.household, sender.device
        line.is_for_duty_only = press.is_silent
        self.lines.append(line)
        if incident is not None and kind in _LINES_OF_PRESSES:
            self.told[id(incident), sender.device] = press.received_at

    def _write(self) -> None:
        transaction.on_commit(self._publish_tally, robust=True)
        self._describe_fresh()
        Incident.objects.bulk_create([incident for incident, _sender in self.fresh])
        self._write_changes()
        for press in self.outcome.recorded:
            press.incident = press.incident  # its key is known now
        bulk.insert(self.outcome.recorded)
        self._write_endings()
        for line in self.lines:
            line.incident = line.incident
        bulk.insert(self.lines)
        self._write_steps()
        if self.states:
            change_states(self.states, at_once=False)
        if any(press.needs_publishing for press in self.outcome.recorded):
            get_bus().poke(STATES)  # a phone's press: no siren has heard of it yet
        bulk.update(Device, ["last_pressed_at"], list(self.pressed_at.items()))
        if self.lines:
            number_lines()

    def _write_changes(self) -> None:
        """Write the incidents that were open before; most of them have only been joined."""
        for keys, names in (
            (self.joined.keys() - self.changed.keys(), _JOINED),
            (self.changed.keys(), (*_JOINED, *_CHANGED)),
        ):
            known = {**self.joined, **self.changed}
            bulk.update(Incident, names, [(key, *(getattr(known[key], name) for name in names)) for key in sorted(keys)])

    def _publish_tally(self) -> None:
        for labels, count in self.tally.items():
            presses_recorded.labels(*labels).inc(count)

    def _describe_fresh(self) -> None:
        """Write down which sirens should sound, and how many households should answer."""
        if not self.fresh:
            return
        keys = {incident.group_id for incident, _sender in self.fresh}
        sirens: dict[int, list[int]] = defaultdict(list)
        rows = Device.objects.active().filter(group__in=keys, kind__in=SOUNDING_KINDS)
        for group, device in rows.values_list("group_id", "pk"):
            sirens[group].append(device)
        households: dict[int, int] = defaultdict(int)
        for group in GroupHousehold.objects.active().filter(group__in=keys).values_list("group_id", flat=True):
            households[group] += 1
        for incident, _sender in self.fresh:
            incident.household_count = households[incident.group_id]
            incident.expected_sirens = [] if incident.is_silent else sirens[incident.group_id]

    def _write_endings(self) -> None:
        for exercise, real in self.ended:
            if exercise.pk is None:
                continue
            self.lines.append(
                build_event(
                    EventKind.DRILL_ENDED,
                    group=exercise.group,
                    at=real.opened_at,
                    actor=Actor.system("bridge"),
                    incident=exercise,
                    data={"real": real.public_id, "mode": exercise.mode},
                )
            )
            audit.record(
                "alarms.drill_ended",
                actor=Actor.system("bridge"),
                about=exercise,
                unit=exercise.group.unit,
                facts={"because": "real_alarm", "real": real.public_id},
            )
            close_drill_of(exercise, at=real.opened_at)
            outward.tell_end(exercise, at=real.opened_at)

    def _write_steps(self) -> None:
        freezer, fresh = Freezer(), [incident for incident, _sender in self.fresh]
        steps: list[IncidentStep] = []
        for incident in self.rung_again:
            if incident not in fresh:
                IncidentStep.objects.filter(incident=incident, ran_at=None, cancelled_at=None).update(
                    cancelled_at=incident.last_press_at, cancel_reason="rang_again"
                )
        for incident in {id(one): one for one in (*fresh, *self.rung_again)}.values():
            if incident.is_open:
                steps += freezer.steps(incident, at=incident.last_press_at)
        bulk.insert(steps)
        if steps:
            get_bus().poke(STEPS)
        audit.record_all(
            audit.Act(
                kind="alarms.incident_raised",
                actor=Actor.device(sender.public_id),
                about=incident,
                at=incident.opened_at,
                unit=incident.group.unit_id,
                facts={"kind": incident.kind, "mode": incident.mode, "group": incident.group.public_id},
            )
            for incident, sender in self.fresh
        )


def _is_apart(apart: dict[int, list[DeviceApart]], device: int, at: datetime) -> bool:
    return any(one.is_in_force(at) for one in apart.get(device, ()))


def _is_another_push(message: PressMessage, earlier: Press, *, rings: bool) -> bool:
    """Tell whether a press of the same minute is no repetition: what the earlier one rang for is over, or it rang nobody."""
    at, incident = message.stored_at, earlier.incident
    if at <= earlier.received_at:
        return False  # the earlier one itself, delivered again
    if earlier.is_stale or earlier.is_apart or incident is None:
        return rings
    if incident.ended_at is not None:
        return incident.ended_at < at
    if not incident.is_sounding:
        return incident.quieted_at is None or incident.quieted_at < at
    return incident.sounds_until is not None and incident.sounds_until <= at


def _was_made_before_the_quiet(press: Press, incident: Incident) -> bool:
    """Tell whether a press that came late (a gateway was cut off) is older than the quieting: it rings nobody again."""
    came_late = press.age_s + press.waited_s > 2
    return came_late and incident.quieted_at is not None and press.pressed_at <= incident.quieted_at
