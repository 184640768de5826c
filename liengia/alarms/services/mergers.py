"""Two groups become one while it rings: their open incidents go over, and two of one kind and mode become one.

1. An incident whose like is not open in the other group goes over as it is, with its timeline.
2. Of two of one kind, mode and loudness the one that opened first goes on. The other's presses, timeline, answers,
   sirens' words, calls to emergency numbers and steps go with it; it ends as resolved, reason "joined", and names
   the one that it was joined to, so that its address leads there.
3. The one that goes on sounds while either did, and is acknowledged only if both were. A step of the other that is
   still due ends where the first has taken the same step or is about to; all others stay due at their instant.
4. Both are told by a line; where a real alarm is open afterwards, open drills and tests end, as at a press.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max

from liengia.alarms.models import (
    Answer,
    Device,
    EmergencyCall,
    EventKind,
    GroupHousehold,
    GroupRing,
    Incident,
    IncidentEvent,
    IncidentState,
    IncidentStep,
    Mode,
    NeighbourGroup,
    Press,
    Sounding,
)
from liengia.alarms.models.devices import SOUNDING_KINDS
from liengia.alarms.queries import answer_counts
from liengia.alarms.services import outward
from liengia.alarms.services.scores import close_drill_of
from liengia.alarms.services.timeline import STEPS, add_event
from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.bus import get_bus

JOINED = "joined"
# Steps of the joined one stand after all of the other's own, reminders (900 and up) included.
_STEPS_FROM = 2_000


def bring_incidents(group: NeighbourGroup, *, into: NeighbourGroup, at: datetime, actor: Actor) -> int:
    """Bring a group's open incidents to another one; call under the locks of both groups, after the households.

    Returns how many were joined with another.
    """
    found = Incident.objects.open().filter(group__in=(group, into)).order_by("pk")
    locked = list(found.select_for_update(no_key=True, of=("self",)).select_related("group__unit", "household"))
    there = {_like(one): one for one in locked if one.group_id == into.pk}
    joined = 0
    for incident in (one for one in locked if one.group_id == group.pk):
        other = there.get(_like(incident))
        stays, goes = incident, other
        if other is not None:
            stays, goes = sorted((incident, other), key=lambda one: (one.opened_at, one.pk))
            _join(goes, to=stays, into=into, at=at, actor=actor)
            joined += 1
        _bring(stays, group=group, into=into)
        there[_like(stays)] = stays
        if goes is None:
            add_event(stays, EventKind.MOVED, at=at, actor=actor, data={"from_group": group.name})
        else:
            facts = {"incident": goes.public_id, "group": goes.group.name, "presses": goes.press_count}
            add_event(stays, EventKind.JOINED, at=at, actor=actor, household=goes.household, data=facts)
            goes.group = into
            add_event(goes, EventKind.JOINED, at=at, actor=actor, data={"into": stays.public_id})
    _end_exercises(there.values(), at=at, actor=actor)
    return joined


def _like(incident: Incident) -> tuple[str, str, bool]:
    return incident.kind, incident.mode, incident.is_silent


def _bring(incident: Incident, *, group: NeighbourGroup, into: NeighbourGroup) -> None:
    """Let an incident be the new group's: its timeline is read there, its sirens and houses are those of both."""
    incident.group = into
    incident.household_count = GroupHousehold.objects.active().filter(group=into).count()
    if not incident.is_silent:
        sirens = Device.objects.active().filter(group__in=(group, into), kind__in=SOUNDING_KINDS)
        own = set(incident.expected_sirens)
        incident.expected_sirens = sorted(own | set(sirens.values_list("pk", flat=True)))
    incident.save(update_fields=["group", "household_count", "expected_sirens"])
    IncidentEvent.objects.filter(incident=incident).update(group=into)
    # Whoever rang for it as a neighbour is its own group now.
    GroupRing.objects.filter(incident=incident, group__in=(group, into), ended_at=None).delete()


def _join(goes: Incident, *, to: Incident, into: NeighbourGroup, at: datetime, actor: Actor) -> None:
    """Give everything of one incident to another, and end it."""
    close_drill_of(goes, at=at)
    counts = answer_counts(goes)
    was_ringing = IncidentState.RINGING in (goes.state, to.state)
    for rows in (Press, IncidentEvent, EmergencyCall):
        rows._default_manager.filter(incident=goes).update(incident=to)
    _join_soundings(goes, to)
    _join_answers(goes, to)
    _join_steps(goes, to, is_at_home=to.group_id == into.pk, at=at)
    for ring in GroupRing.objects.filter(incident=goes):
        if ring.ended_at is None and GroupRing.objects.filter(incident=to, group=ring.group, ended_at=None).exists():
            ring.ended_at = at
        ring.incident = to
        ring.save(update_fields=["incident", "ended_at"])
    to.press_count += goes.press_count
    to.last_press_at = max(to.last_press_at, goes.last_press_at)
    to.household = to.household or goes.household
    to.sounds_until = _later(to.sounds_until if to.is_sounding else None, goes.sounds_until if goes.is_sounding else None)
    to.is_sounding = to.is_sounding or goes.is_sounding
    to.quieted_at = _later(to.quieted_at, goes.quieted_at)
    to.rang_again_at = _later(to.rang_again_at, goes.rang_again_at)
    to.state = IncidentState.RINGING if was_ringing else IncidentState.ACKNOWLEDGED
    to.expected_sirens = sorted({*to.expected_sirens, *goes.expected_sirens})
    if goes.sirens_checked_at is None:
        to.sirens_checked_at = None
    to.save(
        update_fields=[
            "press_count", "last_press_at", "household", "sounds_until", "is_sounding", "quieted_at", "rang_again_at", "state",
            "expected_sirens", "sirens_checked_at",
        ]
    )  # fmt: skip
    goes.state, goes.ended_at, goes.end_reason, goes.joined_into = IncidentState.RESOLVED, at, JOINED, to
    goes.is_sounding, goes.counts = False, counts
    goes.save(update_fields=["state", "ended_at", "end_reason", "joined_into", "is_sounding", "counts"])
    audit.record(
        "alarms.incident_joined",
        actor=actor,
        about=goes,
        at=at,
        unit=to.group.unit,
        facts={"into": to.public_id, "kind": goes.kind, "mode": goes.mode},
    )


def _join_soundings(goes: Incident, to: Incident) -> None:
    known = {sounding.device_id: sounding for sounding in Sounding.objects.filter(incident=to)}
    for sounding in Sounding.objects.filter(incident=goes):
        own = known.get(sounding.device_id)
        if own is None:
            sounding.incident = to
            sounding.save(update_fields=["incident"])
            continue
        own.first_at, own.last_at = min(own.first_at, sounding.first_at), max(own.last_at, sounding.last_at)
        own.save(update_fields=["first_at", "last_at"])
        sounding.delete()


def _join_answers(goes: Incident, to: Incident) -> None:
    """Keep the newest answer of each person; the timeline keeps all."""
    known = {(answer.household_id, answer.user_id): answer for answer in Answer.objects.filter(incident=to)}
    for answer in Answer.objects.filter(incident=goes):
        own = known.get((answer.household_id, answer.user_id))
        if own is not None and own.at >= answer.at:
            answer.delete()
            continue
        if own is not None:
            own.delete()
        answer.incident = to
        answer.save(update_fields=["incident"])


def _join_steps(goes: Incident, to: Incident, *, is_at_home: bool, at: datetime) -> None:
    """Move the steps; one that is still due ends where its like is due, or has told this group's people (`is_at_home`)."""
    taken = IncidentStep.objects.filter(incident=to, generation=to.generation)
    most = taken.aggregate(most=Max("order"))["most"] or 0
    alike = taken.filter(cancelled_at=None) if is_at_home else taken.filter(cancelled_at=None, ran_at=None)
    done = set(alike.values_list("target", flat=True))
    order = max(_STEPS_FROM, most + 1)
    for step in IncidentStep.objects.filter(incident=goes).order_by("generation", "order"):
        if step.ran_at is None and step.cancelled_at is None and step.target in done:
            step.cancelled_at, step.cancel_reason = at, JOINED
        step.incident, step.generation, step.order = to, to.generation, order
        step.save(update_fields=["incident", "generation", "order", "cancelled_at", "cancel_reason"])
        order += 1
    get_bus().poke(STEPS)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)


def _end_exercises(incidents: Iterable[Incident], *, at: datetime, actor: Actor) -> None:
    """End drills and tests of a group in which a real alarm is open; a silent one ends nothing, as at a press."""
    found = list(incidents)
    real = next((one for one in found if one.mode == Mode.REAL and not one.is_silent), None)
    for exercise in found:
        if real is None or exercise.mode == Mode.REAL:
            continue
        exercise.state, exercise.ended_at = IncidentState.RESOLVED, at
        exercise.is_sounding, exercise.end_reason = False, "real_alarm"
        exercise.save(update_fields=["state", "ended_at", "is_sounding", "end_reason"])
        facts: dict[str, object] = {"real": real.public_id, "mode": exercise.mode}
        add_event(exercise, EventKind.DRILL_ENDED, at=at, actor=actor, data=facts)
        close_drill_of(exercise, at=at)
        outward.tell_end(exercise, at=at)
        audit.record(
            "alarms.drill_ended",
            actor=actor,
            about=exercise,
            at=at,
            unit=exercise.group.unit,
            facts={"because": "real_alarm", "real": real.public_id},
        )
