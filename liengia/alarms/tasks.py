"""What the worker repeats for this room."""

from __future__ import annotations

from datetime import timedelta

from liengia.alarms import bulk, retention, supervision
from liengia.alarms.models import IncidentEvent
from liengia.alarms.services import clock_steps, devices, drills, escalation, moves, soundings, step_batch
from liengia.alarms.services.timeline import EVENTS, LIVE, STEPS
from liengia.core import live
from liengia.core.bus import get_bus
from liengia.core.worker import chore


@chore("alarms.sequence", every=timedelta(seconds=1), wakes_on=(EVENTS,))
def give_positions() -> int:
    """Number the committed lines of timelines, and poke the live pages."""
    if not live.has_unnumbered(IncidentEvent):
        return 0
    given = live.sequence(IncidentEvent)
    if given:
        get_bus().poke_now(LIVE)
    return given


_clock = clock_steps.SetBack()


@chore("alarms.steps", every=timedelta(milliseconds=250), wakes_on=(STEPS,), next_due=escalation.next_due_at)
def run_steps() -> int:
    """Run the escalation steps that are due, by a clock that may have been set back."""
    _clock.follow()
    return step_batch.run_due_steps()


@chore("alarms.audit_steps", every=timedelta(seconds=10))
def audit_steps() -> int:
    """Count the steps that should have run and did not, and the calls that nobody took on, for `/metrics`."""
    supervision.count_waiting_calls()
    supervision.steps_overdue.set(len(escalation.overdue_steps()))
    return 0


@chore("alarms.sirens", every=timedelta(seconds=1), wakes_on=(STEPS,))
def look_after_sirens() -> int:
    """Write down unconfirmed sirens, and stop those that have rung for their time."""
    return soundings.note_unconfirmed() + soundings.stop_rung_out()


@chore("alarms.devices", every=timedelta(seconds=5))
def look_after_devices() -> int:
    """Return devices that were apart, retire old credentials, end forgotten drills, note overdue tests and moves that came to nothing."""
    done = devices.return_due_devices() + moves.retire_credentials() + drills.end_forgotten_drills()
    return done + supervision.note_overdue_tests() + moves.note_unfinished_moves()


@chore("alarms.bulk", every=timedelta(seconds=2), wakes_on=(bulk.POKE,))
def do_bulk_work() -> int:
    """Do the imports and papers that were asked for."""
    return bulk.run_due()


@chore("alarms.retention", every=timedelta(minutes=10))
def keep_periods() -> int:
    """Erase names and places whose period is over."""
    return retention.erase_due() + bulk.forget_old()
