"""The running of due steps: some in one transaction, since each transaction costs a synced write and the write lock.

What is only read (whom a step names) is read before the transaction: on SQLite a press waits as long as that lasts. A
step that fails takes its batch back with it; then each is run alone, so that it keeps no other waiting.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import models, transaction

from liengia.alarms import channels
from liengia.alarms.models import (
    EmergencyCall,
    EventKind,
    Incident,
    IncidentEvent,
    IncidentStep,
    NeighbourGroup,
    Target,
)
from liengia.alarms.services.escalation import Resolver, is_first_call
from liengia.alarms.services.states import lock_incidents
from liengia.alarms.services.timeline import STEPS, build_event, number_lines
from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from liengia.core.db import bulk
from liengia.core.metrics import Counter, Histogram
from liengia.core.worker import Apart
from liengia.people.models import User

logger = logging.getLogger(__name__)
AT_ONCE: Final = 20
# A batch takes no further step after so much work: what is left is the next one's.
WORK_S: Final = 0.025
LATE_AFTER: Final = timedelta(seconds=2)
NAG_AGAIN: Final = timedelta(seconds=60)
NAG_MOST: Final = 5
_WORKER: Final = Actor.system("worker")
_Whom = tuple[list[User], list[NeighbourGroup]]

steps_late = Counter("liengia_steps_late_total", "Escalation steps that ran more than 2 s after they were due.")
steps_without_anybody = Counter("liengia_steps_reached_nobody_total", "Escalation steps that found nobody to tell.")
steps_failed = Counter("liengia_steps_failed_total", "Runs of an escalation step that failed; it stays due.")
steps_lag = Histogram(
    "liengia_step_lag_seconds", "Seconds between a step's deadline and its run.", buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 60)
)
_apart = Apart()


def run_due_steps(*, at: datetime | None = None, most: int = AT_ONCE) -> int:
    """Run the steps that are due, first come first served; return how many ran."""
    due = _waiting().filter(due_at__lte=at or clock.now()).order_by("due_at", "generation", "order")
    keys = _apart.choose(due.values_list("pk", flat=True), most)
    if not keys:
        return 0
    try:
        return _run(keys, at=at)
    except Exception:
        logger.warning("%s steps failed together; they are run one by one", len(keys), exc_info=True)
    done = 0
    for key in keys:
        try:
            done += _run([key], at=at)
        except Exception:  # one broken channel may not keep the others' steps waiting; the auditor shows it
            steps_failed.inc()
            _apart.put(key)
            logger.exception("step %s failed; it stays due", key)
    return done


def _waiting() -> models.QuerySet[IncidentStep]:
    return IncidentStep.objects.filter(ran_at=None, cancelled_at=None)


def _run(keys: Collection[int], *, at: datetime | None) -> int:
    waiting = _waiting().filter(pk__in=keys)
    resolver = Resolver(at or clock.now())
    found = waiting.select_related(
        "incident__group__unit", "incident__group__leader", "incident__group__deputy", "incident__household"
    )
    whom: dict[int, _Whom] = {
        step.pk: resolver.whom(step) if step.incident.is_open else ([], []) for step in found
    }
    told = {group.pk for _people, groups in whom.values() for group in groups}
    batch = _Batch(at)
    with transaction.atomic():
        incidents = lock_incidents(waiting.values_list("incident", flat=True), and_groups=told)
        held = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "generation", "order")
        began = time.thread_time()
        for step in held:
            if step.pk in whom and step.incident_id in incidents:
                batch.take(step, incidents[step.incident_id], *whom[step.pk])
            if time.thread_time() - began > WORK_S:
                break
        batch.write()
    for lag in batch.lags:
        steps_lag.observe(lag)
        if lag > LATE_AFTER.total_seconds():
            steps_late.inc()
    for step in batch.ran:
        if not step.reached:
            steps_without_anybody.inc()
    return len(batch.ran) + len(batch.cancelled)


class _Batch:
    """Steps that run in one transaction; every list is written once at the end."""

    def __init__(self, at: datetime | None) -> None:
        self.at = at
        self.ran: list[IncidentStep] = []
        self.cancelled: list[tuple[int, datetime, str]] = []
        self.lines: list[IncidentEvent] = []
        self.acts: list[audit.Act] = []
        self.lags: list[float] = []

    def take(self, step: IncidentStep, incident: Incident, people: list[User], groups: list[NeighbourGroup]) -> None:
        """Hand a notice to each channel of a step; cancel it when its incident has ended meanwhile."""
        moment = self.at or clock.now()
        step.incident = incident
        if not incident.is_open:
            self.cancelled.append((step.pk, moment, "ended"))
            return
        notice = channels.Notice(incident, step, people, groups, moment)
        known = {name: channels.get(name) for name in step.channels}
        for channel in known.values():
            if channel is not None:
                channel.enqueue(notice)
        step.ran_at = moment
        step.reached = [{"user": user.pk, "name": str(user)} for user in people] + [
            {"group": group.pk, "name": group.name} for group in groups
        ]
        lag = max(0.0, (moment - step.due_at).total_seconds())
        self.lags.append(lag)
        self.ran.append(step)
        is_reminder = step.target == Target.REMIND_114
        data: dict[str, object] = {
            "order": step.order,
            "target": step.target,
            "due_at": step.due_at.isoformat(),
            "late_s": round(lag, 2),
            "users": [user.pk for user in people],
            "groups": [group.pk for group in groups],
            "names": [str(one) for one in (*people, *groups)],
            "channels": [name for name, channel in known.items() if channel is not None],
            "missing_channels": [name for name, channel in known.items() if channel is None],
        }
        kind = EventKind.REMINDED if is_reminder else EventKind.STEP_RAN
        self.lines.append(
            build_event(kind, group=incident.group, at=moment, actor=_WORKER, incident=incident, data=data)
        )
        if is_reminder:
            _remind_again(step, at=moment)
        self.acts.append(
            audit.Act(
                kind="alarms.step_ran",
                actor=_WORKER,
                about=incident,
                at=moment,
                unit=incident.group.unit_id,
                facts={
                    "order": step.order, "target": step.target, "late_s": round(lag, 2), "reached": len(step.reached),
                },
            )
        )  # fmt: skip

    def write(self) -> None:
        """Write what the steps came to."""
        bulk.update(IncidentStep, ["ran_at", "reached"], [(step.pk, step.ran_at, step.reached) for step in self.ran])
        bulk.update(IncidentStep, ["cancelled_at", "cancel_reason"], self.cancelled)
        bulk.insert(self.lines)
        audit.record_all(self.acts)
        if self.lines:
            number_lines()


def _remind_again(step: IncidentStep, *, at: datetime) -> None:
    """Set the next reminder, until somebody ticks the call of this kind (114 at a fire); at most five."""
    incident = step.incident
    calls = EmergencyCall.objects.filter(incident=incident).values_list("number", flat=True)
    sent = IncidentStep.objects.filter(incident=incident, target=Target.REMIND_114).count()
    if sent < NAG_MOST and not any(is_first_call(number, incident.kind) for number in calls):
        IncidentStep.objects.create(
            incident=incident,
            generation=step.generation,
            order=900 + sent,
            target=Target.REMIND_114,
            channels=step.channels,
            due_at=at + NAG_AGAIN,
        )
        get_bus().poke(STEPS)
