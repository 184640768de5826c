"""Escalation: steps frozen into the incident, run when due, and audited afterwards (docs/algorithms/escalation.md).

1. When an incident opens (or rings again after it was quieted) the plan of its commune and kind, or the default
   one, is copied into `IncidentStep` rows with their instants. Later changes of the plan touch nothing.
2. The worker resolves each due row's target to whoever is on duty at that second; then it takes the row under a lock,
   hands a notice to each channel of the step, and writes when it ran and whom it named, all in one transaction. What is
   only read is read before it, since on SQLite a press waits as long as the transaction lasts.
3. Acknowledging cancels the steps that wait for somebody to act; the reminder of 114 stays until a call is ticked.
4. The auditor counts steps that are overdue, and steps that ran late; `/health` is red while one is overdue.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from liengia.alarms import channels
from liengia.alarms.models import (
    EmergencyCall,
    EscalationPlan,
    EventKind,
    GroupRing,
    Incident,
    IncidentStep,
    Kind,
    Mode,
    NeighbourGroup,
    PlanStep,
    Target,
)
from liengia.alarms.services.states import change_states, lock_incident
from liengia.alarms.services.timeline import STEPS, add_event
from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from liengia.core.geo import Point, bounding_box, distance_m
from liengia.core.metrics import Counter, Histogram
from liengia.people import policies, queries
from liengia.people.models import User

logger = logging.getLogger(__name__)
LATE_AFTER: Final = timedelta(seconds=2)
OVERDUE_AFTER: Final = timedelta(seconds=10)
NAG_AGAIN: Final = timedelta(seconds=60)
NAG_MOST: Final = 5
_WORKER: Final = Actor.system("worker")
# Steps that go on although somebody has acknowledged.
_UNMOVED: Final = (Target.REMIND_114,)

steps_late = Counter("liengia_steps_late_total", "Escalation steps that ran more than 2 s after they were due.")
steps_failed = Counter("liengia_steps_failed_total", "Runs of an escalation step that failed; it stays due.")
steps_lag = Histogram(
    "liengia_step_lag_seconds", "Seconds between a step's deadline and its run.", buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 60)
)

# The shipped default: seconds, target, channels, radius in metres.
DEFAULT_PLANS: Final[dict[Kind, tuple[tuple[int, Target, tuple[str, ...], int], ...]]] = {
    Kind.FIRE: (
        (0, Target.DUTY_POST, ("page", "siren"), 0),
        (0, Target.LEADER, ("page",), 0),
        (15, Target.DEPUTY, ("page",), 0),
        (30, Target.SECURITY_TEAM, ("page",), 0),
        (60, Target.REMIND_114, ("page",), 0),
        (60, Target.NEIGHBOUR_GROUPS, ("page", "siren"), 150),
        (90, Target.COMMANDER, ("page",), 0),
    ),
    Kind.INTRUDER: (
        (0, Target.DUTY_POST, ("page", "siren"), 0),
        (0, Target.LEADER, ("page",), 0),
        (20, Target.SECURITY_TEAM, ("page",), 0),
        (30, Target.DEPUTY, ("page",), 0),
        (60, Target.COMMANDER, ("page",), 0),
    ),
    Kind.MEDICAL: (
        (0, Target.LEADER, ("page",), 0),
        (0, Target.DUTY_POST, ("page", "siren"), 0),
        (30, Target.DEPUTY, ("page",), 0),
        (90, Target.COMMANDER, ("page",), 0),
    ),
    Kind.HELP: (
        (0, Target.DUTY_POST, ("page", "siren"), 0),
        (30, Target.SECURITY_TEAM, ("page",), 0),
        (60, Target.COMMANDER, ("page",), 0),
    ),
}


@transaction.atomic
def ensure_default_plans() -> None:
    """Write the shipped plan of each kind where there is no default one; what a commune changed stays."""
    for kind, steps in DEFAULT_PLANS.items():
        if EscalationPlan.objects.filter(unit=None, kind=kind).exists():
            continue
        with translation.override(settings.LANGUAGE_CODE):
            plan = EscalationPlan.objects.create(kind=kind, name=str(kind.label))
        PlanStep.objects.bulk_create(
            PlanStep(plan=plan, order=order, after_s=after, target=target, channels=list(through), radius_m=radius)
            for order, (after, target, through, radius) in enumerate(steps, start=1)
        )


def plan_for(group: NeighbourGroup, kind: str) -> list[PlanStep]:
    """Return the steps of the nearest active plan: of a unit above the group, else the default."""
    above = [group.unit, *reversed(group.unit.ancestors())]
    plans = {
        plan.unit_id: plan
        for plan in EscalationPlan.objects.filter(is_active=True, kind=kind).prefetch_related("steps")
        if plan.unit_id is None or plan.unit_id in {unit.pk for unit in above}
    }
    for unit in above:
        if unit.pk in plans:
            return list(plans[unit.pk].steps.all())
    return list(plans[None].steps.all()) if None in plans else []


class Freezer:
    """Copies plans into incidents; reads each plan once for a batch."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._plans: dict[tuple[int, str], list[PlanStep]] = {}

    def steps(self, incident: Incident, *, at: datetime) -> list[IncidentStep]:
        """Return the unsaved steps of the incident's present generation; only real alarms have any."""
        if incident.mode != Mode.REAL:
            return []
        key = (incident.group.unit_id, incident.kind)
        if key not in self._plans:
            self._plans[key] = plan_for(incident.group, incident.kind)
        # A silent call for help is the duty post's alone: nothing of it may reach the group or its hamlet.
        told = {Target.DUTY_POST, Target.COMMANDER} if incident.is_silent else set(Target)
        if incident.generation > 1 and EmergencyCall.objects.filter(incident=incident).exists():
            told -= {Target.REMIND_114}  # somebody has called for this incident already
        return [
            IncidentStep(
                incident=incident,
                generation=incident.generation,
                order=step.order,
                target=step.target,
                channels=step.channels,
                radius_m=step.radius_m,
                due_at=at + timedelta(seconds=step.after_s),
            )
            for step in self._plans[key]
            if step.target in told
        ]


def cancel_steps(incident: Incident, *, at: datetime, reason: str, all_of_them: bool = False) -> int:
    """Cancel what is still due; without `all_of_them` the reminder to call 114 goes on."""
    due = IncidentStep.objects.filter(incident=incident, ran_at=None, cancelled_at=None)
    if not all_of_them:
        due = due.exclude(target__in=_UNMOVED)
    return due.update(cancelled_at=at, cancel_reason=reason)


def cancel_reminders(incident: Incident, *, at: datetime) -> None:
    """Somebody called: the reminder of 114 is no longer due."""
    IncidentStep.objects.filter(incident=incident, target=Target.REMIND_114, ran_at=None, cancelled_at=None).update(
        cancelled_at=at, cancel_reason="called"
    )


def run_due_steps(*, at: datetime | None = None, most: int = 8) -> int:
    """Run the steps that are due, each in a transaction of its own; return how many ran."""
    moment = at or clock.now()
    due = IncidentStep.objects.filter(ran_at=None, cancelled_at=None, due_at__lte=moment)
    due = due.order_by("due_at", "generation", "order")
    done = 0
    for key in list(due.values_list("pk", flat=True)[:most]):
        try:
            done += _run_step(key, at=at)
        except Exception:  # one broken channel may not keep the others' steps waiting; the auditor shows it
            steps_failed.inc()
            logger.exception("step %s failed; it stays due", key)
    return done


def next_due_at(after: datetime) -> datetime | None:
    """Return when the first step after an instant is due, so that the worker wakes then."""
    waiting = IncidentStep.objects.filter(ran_at=None, cancelled_at=None, due_at__gt=after)
    return waiting.order_by("due_at").values_list("due_at", flat=True).first()


def _run_step(key: int, *, at: datetime | None) -> int:
    waiting = IncidentStep.objects.filter(pk=key, ran_at=None, cancelled_at=None)
    step = waiting.select_related("incident__group__unit", "incident__household").first()
    if step is None:
        return 0
    people, groups = resolve(step, at=at or clock.now()) if step.incident.is_open else ([], [])
    with transaction.atomic():
        return _write_step(waiting, step.incident_id, people, groups, at=at)


def _write_step(
    waiting: models.QuerySet[IncidentStep],
    key: int,
    people: list[User],
    groups: list[NeighbourGroup],
    *,
    at: datetime | None,
) -> int:
    incident = lock_incident(key)
    moment = at or clock.now()
    step = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if step is None:
        return 0
    step.incident = incident
    if not incident.is_open:
        step.cancelled_at, step.cancel_reason = moment, "ended"
        step.save(update_fields=["cancelled_at", "cancel_reason"])
        return 1
    notice = channels.Notice(incident, step, people, groups, moment)
    through: list[str] = []
    missing: list[str] = []
    for name in step.channels:
        channel = channels.get(name)
        if channel is None:
            missing.append(name)
            continue
        channel.enqueue(notice)
        through.append(name)
    step.ran_at = moment
    step.reached = [{"user": user.pk, "name": str(user)} for user in people] + [
        {"group": group.pk, "name": group.name} for group in groups
    ]
    step.save(update_fields=["ran_at", "reached"])
    lag = max(0.0, (moment - step.due_at).total_seconds())
    steps_lag.observe(lag)
    if lag > LATE_AFTER.total_seconds():
        steps_late.inc()
    is_reminder = step.target == Target.REMIND_114
    add_event(
        incident,
        EventKind.REMINDED if is_reminder else EventKind.STEP_RAN,
        at=moment,
        actor=_WORKER,
        data={
            "order": step.order,
            "target": step.target,
            "due_at": step.due_at.isoformat(),
            "late_s": round(lag, 2),
            "users": [user.pk for user in people],
            "groups": [group.pk for group in groups],
            "names": [str(one) for one in (*people, *groups)],
            "channels": through,
            "missing_channels": missing,
        },
    )
    if is_reminder:
        _remind_again(step, at=moment)
    audit.record(
        "alarms.step_ran",
        actor=_WORKER,
        about=incident,
        at=moment,
        unit=incident.group.unit,
        facts={"order": step.order, "target": step.target, "late_s": round(lag, 2), "reached": len(step.reached)},
    )
    return 1


def _remind_again(step: IncidentStep, *, at: datetime) -> None:
    """Set the next reminder, until somebody ticks a call; at most five."""
    incident = step.incident
    sent = IncidentStep.objects.filter(incident=incident, target=Target.REMIND_114).count()
    if sent < NAG_MOST and not EmergencyCall.objects.filter(incident=incident).exists():
        IncidentStep.objects.create(
            incident=incident,
            generation=step.generation,
            order=900 + sent,
            target=Target.REMIND_114,
            channels=step.channels,
            due_at=at + NAG_AGAIN,
        )
        get_bus().poke(STEPS)


def resolve(step: IncidentStep, *, at: datetime) -> tuple[list[User], list[NeighbourGroup]]:
    """Return whom a step names at this second: people, and groups (neighbours, or the post's sirens)."""
    incident = step.incident
    group, unit = incident.group, incident.group.unit
    match step.target:
        case Target.LEADER:
            return _present([group.leader]), []
        case Target.DEPUTY:
            return _present([group.deputy]), []
        case Target.SECURITY_TEAM:
            return list(policies.holders("alarms.security_team", unit, at)), []
        case Target.DUTY_POST:
            posts = NeighbourGroup.objects.active().filter(duty_post__in=queries.posts_of(unit))
            return queries.on_duty(unit, at, role="officer"), list(posts)
        case Target.COMMANDER:
            return queries.on_duty(unit, at, role="commander"), []
        case Target.NEIGHBOUR_GROUPS:
            return [], near_groups(incident, radius_m=step.radius_m) if incident.kind == Kind.FIRE else []
        case Target.REMIND_114:
            return [*_present([group.leader, group.deputy]), *queries.on_duty(unit, at)], []
        case unknown:
            raise AssertionError(f"a target without people: {unknown}")


def near_groups(incident: Incident, *, radius_m: int) -> list[NeighbourGroup]:
    """Return the groups within a radius of the incident, nearest first; none when its place is not known."""
    centre = _place(incident)
    if centre is None or radius_m <= 0:
        return []
    low, high = bounding_box(centre, radius_m)
    found = NeighbourGroup.objects.active().of_households().exclude(pk=incident.group_id)
    found = found.filter(lat__range=(low.lat, high.lat), lon__range=(low.lon, high.lon))
    by_distance = [(distance_m(centre, Point(float(g.lat or 0), float(g.lon or 0))), g) for g in found]
    return [group for metres, group in sorted(by_distance, key=lambda pair: pair[0]) if metres <= radius_m]


def _place(incident: Incident) -> Point | None:
    if incident.household is not None and incident.household.point is not None:
        return incident.household.point
    group = incident.group
    return Point(float(group.lat), float(group.lon)) if group.lat is not None and group.lon is not None else None


def _present(people: Iterable[User | None]) -> list[User]:
    return [user for user in people if user is not None and user.is_active]


class SirenChannel:
    """Sirens of another group (neighbours within the radius, the duty post): they ring with the incident."""

    name = "siren"
    label = _("sirens")

    def enqueue(self, notice: channels.Notice) -> int:
        """Let the notice's groups ring; their retained state is published by the bridge.

        None rings for an incident that was quieted meanwhile: a new press on it begins the plan anew.
        """
        if not notice.incident.is_sounding:
            return 0
        for group in notice.groups:
            if not notice.incident.is_silent or group.duty_post_id is not None:
                GroupRing.objects.get_or_create(
                    incident=notice.incident, group=group, ended_at=None, defaults={"since": notice.at}
                )
        change_states(notice.groups)
        return len(notice.groups)


def overdue_steps(*, at: datetime | None = None) -> Sequence[IncidentStep]:
    """Return the steps of open incidents that should have run more than 10 s ago and did not: none, in health."""
    limit = (at or clock.now()) - OVERDUE_AFTER
    return list(
        IncidentStep.objects.filter(ran_at=None, cancelled_at=None, due_at__lt=limit).select_related("incident")[:100]
    )
