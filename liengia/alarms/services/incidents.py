"""What people do with an open incident: acknowledge, quiet, answer, call, end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from liengia.alarms.models import (
    Answer,
    AnswerKind,
    Device,
    EmergencyCall,
    EventKind,
    GroupRing,
    Incident,
    IncidentState,
    Kind,
    Mode,
    Press,
)
from liengia.alarms.policies import desk_is_empty
from liengia.alarms.queries import answer_counts, households_pressing
from liengia.alarms.services import outward
from liengia.alarms.services.escalation import cancel_reminders, cancel_steps, is_first_call
from liengia.alarms.services.scores import close_drill_of
from liengia.alarms.services.states import change_state_of, change_states, lock_incident
from liengia.alarms.services.timeline import add_event
from liengia.alarms.workflow import INCIDENT
from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.people.models import Household, Membership, User

# Reasons for a mistaken alarm; a deliberate false report is an offence in law and never a button here.
DISMISS_REASONS: Final = {
    "pressed_by_mistake": _("pressed by mistake"),
    "smoke_without_fire": _("smoke or smell, but no fire"),
    "device_fault": _("the device acted by itself"),
    "already_over": _("it was over before help came"),
    "other": _("another reason"),
}
OVER: Final = "over"
KIT: Final = ("powder_extinguisher", "co2_extinguisher", "crowbar", "bolt_cutter", "hammer", "axe", "ladder", "hose")
NOTE_MOST: Final = 500


def locked(incident: Incident) -> Incident:
    """Return the incident read anew under its lock; call inside a transaction."""
    return lock_incident(incident.pk)


@transaction.atomic
def acknowledge_incident(incident: Incident, *, actor: Actor) -> Incident:
    """Take the incident on: the steps that wait for somebody end, the duty post's own siren stops.

    Raises:
        Refused: somebody else was first (the words name who), or it has ended.
    """
    now, incident = clock.now(), locked(incident)
    if incident.state == IncidentState.ACKNOWLEDGED:
        raise Refused(
            _("%(name)s was first, at %(time)s. The incident is in good hands.")
            % {"name": incident.acknowledged_by, "time": f"{clock.local(incident.acknowledged_at or now):%H:%M:%S}"},
            code="already_acknowledged",
        )
    incident.state = INCIDENT.after(incident.state, "acknowledge")
    incident.acknowledged_at, incident.acknowledged_by_id = now, actor.user_id
    incident.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
    cancelled = cancel_steps(incident, at=now, reason="acknowledged")
    _end_rings(incident, at=now, posts_only=True)
    add_event(incident, EventKind.ACKNOWLEDGED, at=now, actor=actor, data={"steps_cancelled": cancelled})
    audit.record("alarms.incident_acknowledged", actor=actor, about=incident, at=now, unit=incident.group.unit)
    return incident


@transaction.atomic
def quiet_incident(incident: Incident, *, actor: Actor) -> Incident:
    """Stop the sirens and leave the incident open; a new press on it rings again.

    Raises:
        Refused: the sirens are quiet already, it has ended, or the pressing household wants to quiet `help` or
            `intruder` (it can only ask).
    """
    now, incident = clock.now(), locked(incident)
    INCIDENT.after(incident.state, "quiet")
    _refuse_own_household(incident, actor)
    if not incident.is_sounding:
        raise Refused(_("The sirens are quiet already; the incident stays open."), code="already_quiet")
    incident.is_sounding, incident.quieted_at = False, now
    incident.save(update_fields=["is_sounding", "quieted_at"])
    _end_rings(incident, at=now)
    change_state_of(incident)
    add_event(incident, EventKind.QUIETED, at=now, actor=actor)
    audit.record("alarms.incident_quieted", actor=actor, about=incident, at=now, unit=incident.group.unit)
    return incident


@transaction.atomic
def dismiss_incident(incident: Incident, *, reason: str, note: str = "", actor: Actor) -> Incident:
    """End it as a mistaken alarm ("báo nhầm"); counted per device, never per household, and never for a phone, which is a person.

    Raises:
        Invalid: the reason is not in the list.
        Refused: it has ended, or the pressing household wants to dismiss `help` or `intruder`.
    """
    if reason not in DISMISS_REASONS:
        raise Invalid(_("Choose a reason from the list. Nothing was changed."), code="reason")
    incident = _end(incident, verb="dismiss", reason=reason, note=note, actor=actor, event=EventKind.DISMISSED)
    if incident.mode == Mode.REAL:
        pressed = Press.objects.filter(incident=incident, is_stale=False, is_apart=False).values("device")
        Device.objects.on_the_bus().filter(pk__in=pressed).update(mistaken_count=F("mistaken_count") + 1)
    return incident


@transaction.atomic
def resolve_incident(incident: Incident, *, note: str = "", actor: Actor) -> Incident:
    """End it: what was to be done is done.

    Raises:
        Refused: it has ended, or the pressing household wants to end `help` or `intruder`.
    """
    return _end(incident, verb="resolve", reason="", note=note, actor=actor, event=EventKind.RESOLVED)


def _end(incident: Incident, *, verb: str, reason: str, note: str, actor: Actor, event: EventKind) -> Incident:
    now, incident = clock.now(), locked(incident)
    state = INCIDENT.after(incident.state, verb)
    _refuse_own_household(incident, actor)
    if verb == "resolve" and incident.mode == Mode.REAL and incident.state == IncidentState.RINGING:
        # Whoever resolves a real alarm at once has taken it on: the record goes by way of "acknowledged".
        incident.acknowledged_at, incident.acknowledged_by_id = now, actor.user_id
        add_event(incident, EventKind.ACKNOWLEDGED, at=now, actor=actor, data={"steps_cancelled": 0})
    incident.state, incident.ended_at, incident.ended_by_id = IncidentState(state), now, actor.user_id
    incident.end_reason, incident.end_note, incident.is_sounding = reason, note[:NOTE_MOST], False
    incident.counts = answer_counts(incident)
    incident.save(
        update_fields=[
            "state", "acknowledged_at", "acknowledged_by", "ended_at", "ended_by", "end_reason", "end_note",
            "is_sounding", "counts",
        ]
    )
    cancel_steps(incident, at=now, reason="ended", all_of_them=True)
    _end_rings(incident, at=now)
    change_state_of(incident)
    close_drill_of(incident, at=now)
    outward.tell_end(incident, at=now)
    add_event(incident, event, at=now, actor=actor, data={"reason": reason, "note": note[:NOTE_MOST]})
    audit.record(
        f"alarms.incident_{state}",
        actor=actor,
        about=incident,
        at=now,
        unit=incident.group.unit,
        facts={"reason": reason, "kind": incident.kind, "mode": incident.mode},
        personal={"note": note[:NOTE_MOST]} if note else {},
    )
    return incident


@transaction.atomic
def end_without_desk(incident: Incident, *, outcome: str, note: str = "", actor: Actor) -> Incident:
    """End a real alarm where nobody is at a duty post, by who keeps the group; `outcome` is "over" or a reason of a mistake.

    Nobody would end it otherwise: sirens stop by themselves, but an incident that stays open swallows the next press.

    Raises:
        Invalid: the outcome is not in the list.
        Refused: somebody has come on duty meanwhile, it has ended, or the pressing household wants to end `help` or
            `intruder`.
    """
    incident = locked(incident)
    if not desk_is_empty(incident.group.unit):
        raise Refused(_("Somebody is on duty at the commune's post now and has it in hand. Nothing was changed."), code="desk_staffed")
    audit.record("alarms.ended_without_desk", actor=actor, about=incident, unit=incident.group.unit, facts={"outcome": outcome})
    if outcome == OVER:
        return resolve_incident(incident, note=note, actor=actor)
    return dismiss_incident(incident, reason=outcome, note=note, actor=actor)


@transaction.atomic
def ask_to_end(incident: Incident, *, household: Household, note: str = "", actor: Actor) -> None:
    """Ask for the end, by somebody of a pressing household; the duty officer sees who asked and decides."""
    now, incident = clock.now(), locked(incident)
    INCIDENT.after(incident.state, "resolve")
    add_event(
        incident, EventKind.END_ASKED, at=now, actor=actor, household=household, data={"note": note[:NOTE_MOST]}
    )
    audit.record(
        "alarms.incident_end_asked",
        actor=actor,
        about=incident,
        at=now,
        unit=incident.group.unit,
        personal={"note": note[:NOTE_MOST]} if note else {},
    )


@transaction.atomic
def note_incident(incident: Incident, *, text: str, actor: Actor) -> None:
    """Write a note into the timeline.

    Raises:
        Invalid: the note is empty.
    """
    words = text.strip()[:NOTE_MOST]
    if not words:
        raise Invalid(_("The note is empty. Write what happened, then save."), code="empty")
    now, incident = clock.now(), locked(incident)
    add_event(incident, EventKind.NOTED, at=now, actor=actor, data={"note": words})
    audit.record(
        "alarms.incident_noted", actor=actor, about=incident, at=now, unit=incident.group.unit, personal={"note": words}
    )


@transaction.atomic
def answer_incident(
    incident: Incident,
    *,
    household: Household,
    kind: str,
    minutes: int | None = None,
    kit: Iterable[str] = (),
    note: str = "",
    user: User | None = None,
    actor: Actor,
) -> Answer:
    """Answer for a household: coming (with what, in how many minutes), safe, or in need of help.

    `user` is who answers on their own phone; None when somebody called the house and ticks what they were told.

    Raises:
        Invalid: an unknown answer, piece of kit, or more than 600 minutes.
        Refused: the incident has ended, or it is a bell test, to which nobody answers.
    """
    if kind not in AnswerKind.values:
        raise Invalid(_("Choose one of the three answers."), code="kind")
    carried = [piece for piece in kit if piece in KIT]
    if minutes is not None and not 0 <= minutes <= 600:
        raise Invalid(_("Minutes are a number from 0 to 600. Your answer was not changed."), code="minutes")
    now, incident = clock.now(), locked(incident)
    if not incident.is_open:
        raise Refused(_("This incident has ended; no answer is needed any more. Thank you."), code="ended")
    if incident.mode == Mode.TEST:
        raise Refused(_("This is a bell test. Nobody needs to answer."), code="test")
    answer, _made = Answer.objects.update_or_create(
        incident=incident,
        household=household,
        user=user,
        defaults={
            "kind": kind,
            "minutes": minutes,
            "kit": carried,
            "note": note[:200],
            "at": now,
            "entered_by_id": actor.user_id,
        },
    )
    add_event(
        incident,
        EventKind.ANSWERED,
        at=now,
        actor=actor,
        household=household,
        data={
            "answer": kind, "minutes": minutes, "kit": carried, "note": note[:200], "by_telephone": user is None,
        },
    )  # fmt: skip
    audit.record(
        "alarms.incident_answered",
        actor=actor,
        about=incident,
        at=now,
        unit=incident.group.unit,
        facts={"answer": kind, "by_telephone": user is None},
    )
    return answer


@transaction.atomic
def tick_emergency_call(
    incident: Incident, *, number: str, household: Household | None = None, actor: Actor
) -> EmergencyCall:
    """Tick that a person called an emergency number; it is the report's first line, and that of the kind ends the reminder.

    A tick of another number (113 at a fire) leaves the reminder: nobody has called the fire service yet.

    Raises:
        Refused: the incident is a drill or a test: nobody calls for those.
    """
    now, incident = clock.now(), locked(incident)
    if incident.mode != Mode.REAL:
        raise Refused(_("This is not a real alarm. Nobody calls an emergency number for it."), code="not_real")
    call = EmergencyCall.objects.create(
        incident=incident, number=number[:16], called_by_id=actor.user_id, household=household, called_at=now
    )
    if is_first_call(call.number, incident.kind):
        cancel_reminders(incident, at=now)
    add_event(incident, EventKind.CALLED, at=now, actor=actor, household=household, data={"number": call.number})
    audit.record(
        "alarms.emergency_called",
        actor=actor,
        about=incident,
        at=now,
        unit=incident.group.unit,
        facts={"number": call.number},
    )
    return call


def _refuse_own_household(incident: Incident, actor: Actor) -> None:
    """Nobody of a pressing household can quiet, dismiss or resolve `help` or `intruder`: they may be under force."""
    if incident.kind not in (Kind.HELP, Kind.INTRUDER) or incident.mode != Mode.REAL or actor.user_id is None:
        return
    own = Membership.objects.active().filter(user=actor.user_id).values_list("household_id", flat=True)
    if households_pressing(incident) & set(own):
        raise Refused(
            _("Whoever pressed for help cannot end it themselves. Ask, and the duty officer will see that you asked."),
            code="own_household",
        )


def _end_rings(incident: Incident, *, at: datetime, posts_only: bool = False) -> None:
    """Stop other groups' sirens that ring for this incident."""
    rings = GroupRing.objects.filter(incident=incident, ended_at=None)
    if posts_only:
        rings = rings.exclude(group__duty_post=None)
    groups = list(rings.values_list("group_id", flat=True))
    rings.update(ended_at=at)
    change_states(groups)
