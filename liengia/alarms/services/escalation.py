"""Escalation: steps frozen into the incident, run when due, and audited afterwards (docs/algorithms/escalation.md).

1. When an incident opens (or rings again after it was quieted) the plan of its commune and kind, or the default
   one, is copied into `IncidentStep` rows with their instants. Later changes of the plan touch nothing.
2. The worker resolves each due row's target to whoever is on duty at that second; then it takes the row under a lock,
   hands a notice to each channel of the step, and writes when it ran and whom it named (`step_batch`).
3. Acknowledging cancels the steps that wait for somebody to act; the reminder of 114 stays until a call is ticked.
4. The auditor counts steps that are overdue, and steps that ran late; `/health` is red while one is overdue.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from liengia.alarms import channels, own_house
from liengia.alarms.models import (
    DrillInvitation,
    EmergencyCall,
    EscalationPlan,
    GroupRing,
    Incident,
    IncidentStep,
    Kind,
    Mode,
    NeighbourGroup,
    PlanStep,
    Target,
)
from liengia.alarms.models.incidents import EMERGENCY_NUMBER
from liengia.alarms.policies import desk_is_empty
from liengia.alarms.services import outward
from liengia.alarms.services.states import change_states
from liengia.core import clock
from liengia.core.geo import Point, bounding_box, distance_m
from liengia.people import policies, queries
from liengia.people.models import User
from liengia.units.models import Unit

OVERDUE_AFTER: Final = timedelta(seconds=10)
# Steps that go on although somebody has acknowledged.
_UNMOVED: Final = (Target.REMIND_114,)
_LEADERS: Final = (Target.LEADER, Target.DEPUTY)
_PLACES: Final = (Target.NEIGHBOUR_GROUPS, Target.HAMLET)

# The shipped default: seconds, target, channels, radius in metres.
DEFAULT_PLANS: Final[dict[Kind, tuple[tuple[int, Target, tuple[str, ...], int], ...]]] = {
    Kind.FIRE: (
        (0, Target.DUTY_POST, ("page", "siren", "webpush"), 0),
        (0, Target.GROUP, ("webpush",), 0),
        (0, Target.LEADER, ("page", "webpush"), 0),
        (15, Target.DEPUTY, ("page", "webpush"), 0),
        (30, Target.SECURITY_TEAM, ("page", "webpush"), 0),
        (30, Target.UNANSWERED, ("sms",), 0),
        (45, Target.NEXT_ON_DUTY, ("page", "webpush", "voice"), 0),
        (60, Target.HAMLET, ("loudspeaker",), 0),
        (60, Target.REMIND_114, ("page",), 0),
        (60, Target.NEIGHBOUR_GROUPS, ("page", "siren"), 150),
        (90, Target.COMMANDER, ("page", "webpush"), 0),
        (120, Target.UNANSWERED, ("phone_tree",), 0),
    ),
    Kind.INTRUDER: (
        (0, Target.DUTY_POST, ("page", "siren", "webpush"), 0),
        (0, Target.GROUP, ("webpush",), 0),
        (0, Target.LEADER, ("page", "webpush"), 0),
        (20, Target.SECURITY_TEAM, ("page", "webpush"), 0),
        (30, Target.DEPUTY, ("page", "webpush"), 0),
        (30, Target.UNANSWERED, ("sms",), 0),
        (45, Target.NEXT_ON_DUTY, ("page", "webpush", "voice"), 0),
        (60, Target.COMMANDER, ("page", "webpush"), 0),
        (120, Target.UNANSWERED, ("phone_tree",), 0),
    ),
    Kind.MEDICAL: (
        (0, Target.LEADER, ("page", "webpush"), 0),
        (0, Target.DUTY_POST, ("page", "siren", "webpush"), 0),
        (0, Target.GROUP, ("webpush",), 0),
        (30, Target.DEPUTY, ("page", "webpush"), 0),
        (45, Target.UNANSWERED, ("sms",), 0),
        (60, Target.NEXT_ON_DUTY, ("page", "webpush", "voice"), 0),
        (90, Target.COMMANDER, ("page", "webpush"), 0),
        (150, Target.UNANSWERED, ("phone_tree",), 0),
    ),
    Kind.HELP: (
        (0, Target.DUTY_POST, ("page", "siren", "webpush"), 0),
        (0, Target.GROUP, ("webpush",), 0),
        (30, Target.SECURITY_TEAM, ("page", "webpush"), 0),
        (30, Target.UNANSWERED, ("sms",), 0),
        (45, Target.NEXT_ON_DUTY, ("page", "webpush", "voice"), 0),
        (60, Target.COMMANDER, ("page", "webpush"), 0),
    ),
}
# A drill tells its group and those invited, once; nobody is called and no loudspeaker speaks.
DRILL_STEPS: Final[tuple[tuple[int, Target, tuple[str, ...]], ...]] = ((0, Target.GROUP, ("webpush",)),)

# What follows the plan's own steps when a call for help is silent: seconds and whom, with somebody at a desk and without.
# The leaders are told late where a desk is staffed, since every further person is one more who may betray it.
SILENT_STEPS: Final[dict[bool, tuple[tuple[int, Target], ...]]] = {
    True: ((90, Target.NEXT_ON_DUTY), (120, Target.LEADER), (120, Target.DEPUTY)),
    False: ((10, Target.NEXT_ON_DUTY), (15, Target.LEADER), (15, Target.DEPUTY)),
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
        """Return the unsaved steps of the incident's present generation: of a real alarm its plan, of a drill the one that tells its people."""
        if incident.mode == Mode.DRILL:
            return [
                IncidentStep(
                    incident=incident, generation=incident.generation, order=order, target=target, channels=list(through), due_at=at + timedelta(seconds=after_s)
                )
                for order, (after_s, target, through) in enumerate(DRILL_STEPS, start=1)
            ]
        if incident.mode != Mode.REAL:
            return []
        key = (incident.group.unit_id, incident.kind)
        if key not in self._plans:
            self._plans[key] = plan_for(incident.group, incident.kind)
        # A silent call for help is the duty post's first: nothing of it may ring in the group or its hamlet.
        told = {Target.DUTY_POST, Target.COMMANDER} if incident.is_silent else set(Target)
        calls = EmergencyCall.objects.filter(incident=incident).values_list("number", flat=True) if incident.generation > 1 else ()
        if any(is_first_call(number, incident.kind) for number in calls):
            told -= {Target.REMIND_114}  # somebody has called for this incident already
        planned = [step for step in self._plans[key] if step.target in told]
        if incident.is_silent:
            planned += _silent_steps(incident, after=planned, at=at)
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
            for step in planned
        ]


def _silent_steps(incident: Incident, *, after: list[PlanStep], at: datetime) -> list[PlanStep]:
    """Return the unsaved steps that every silent call has beyond its plan, so that somebody learns of it."""
    is_staffed = not desk_is_empty(incident.group.unit, at)
    first = max((step.order for step in after), default=0) + 1
    return [
        PlanStep(order=order, after_s=after_s, target=target, channels=["page", "webpush"])
        for order, (after_s, target) in enumerate(SILENT_STEPS[is_staffed], start=first)
    ]


def cancel_steps(incident: Incident, *, at: datetime, reason: str, all_of_them: bool = False) -> int:
    """Cancel what is still due; without `all_of_them` the reminder to call 114 goes on."""
    due = IncidentStep.objects.filter(incident=incident, ran_at=None, cancelled_at=None)
    if not all_of_them:
        due = due.exclude(target__in=_UNMOVED)
    return due.update(cancelled_at=at, cancel_reason=reason)


def is_first_call(number: str, kind: str) -> bool:
    """Tell whether a number is the one that must be called for this kind: 114 for a fire."""
    return number.replace(" ", "") == EMERGENCY_NUMBER[Kind(kind)]


def cancel_reminders(incident: Incident, *, at: datetime) -> None:
    """Somebody called: the reminder of 114 is no longer due."""
    IncidentStep.objects.filter(incident=incident, target=Target.REMIND_114, ran_at=None, cancelled_at=None).update(
        cancelled_at=at, cancel_reason="called"
    )


def next_due_at(after: datetime) -> datetime | None:
    """Return when the first step after an instant is due, so that the worker wakes then."""
    waiting = IncidentStep.objects.filter(ran_at=None, cancelled_at=None, due_at__gt=after)
    return waiting.order_by("due_at").values_list("due_at", flat=True).first()


def resolve(step: IncidentStep, *, at: datetime) -> tuple[list[User], list[NeighbourGroup]]:
    """Return whom a step names at this second: people, and groups (neighbours, or the post's sirens)."""
    return Resolver(at).whom(step)


class Resolver:
    """Finds whom steps name at one second; what answers for a unit is read once for all of them."""

    def __init__(self, at: datetime) -> None:
        """Resolve for an instant."""
        self.at = at
        self._on_duty: dict[tuple[int, str | None], list[User]] = {}
        self._teams: dict[int, list[User]] = {}
        self._posts: dict[int, list[NeighbourGroup]] = {}

    def whom(self, step: IncidentStep) -> tuple[list[User], list[NeighbourGroup]]:
        """Return whom a step names: people, and groups (neighbours, or the post's sirens).

        Nobody of the house that calls silently is named, whatever post they hold.
        """
        people, groups = self._named(step)
        if step.incident.is_silent and people:
            at_home = own_house.people_of([step.incident_id]).get(step.incident_id, set())
            people = [user for user in people if user.pk not in at_home]
        return people, groups

    def _named(self, step: IncidentStep) -> tuple[list[User], list[NeighbourGroup]]:
        group, unit = step.incident.group, step.incident.group.unit
        if step.target in _LEADERS:
            return _present([group.leader if step.target == Target.LEADER else group.deputy]), []
        if step.target in _PLACES:
            return [], self._places(step)
        return self._people(step), self._sirens_of_posts(unit) if step.target == Target.DUTY_POST else []

    def _people(self, step: IncidentStep) -> list[User]:
        group, unit = step.incident.group, step.incident.group.unit
        match step.target:
            case Target.SECURITY_TEAM:
                return self._team(unit)
            case Target.DUTY_POST | Target.COMMANDER:
                return self._duty(unit, "officer" if step.target == Target.DUTY_POST else "commander")
            case Target.NEXT_ON_DUTY:
                return queries.next_on_duty(unit, self.at)
            case Target.GROUP:
                return [*outward.of_group(group), *_invited(step.incident)]
            case Target.UNANSWERED:
                return outward.unanswered(step.incident)
            case Target.REMIND_114:
                return [*_present([group.leader, group.deputy]), *self._duty(unit, None)]
            case unknown:
                raise AssertionError(f"a target without people: {unknown}")

    @staticmethod
    def _places(step: IncidentStep) -> list[NeighbourGroup]:
        """Return the groups of a fire's surroundings; nothing but a fire leaves its group."""
        incident = step.incident
        if incident.kind != Kind.FIRE:
            return []
        return [incident.group] if step.target == Target.HAMLET else near_groups(incident, radius_m=step.radius_m)

    def _duty(self, unit: Unit, role: str | None) -> list[User]:
        if (unit.pk, role) not in self._on_duty:
            self._on_duty[unit.pk, role] = queries.on_duty(unit, self.at, role=role)
        return self._on_duty[unit.pk, role]

    def _team(self, unit: Unit) -> list[User]:
        if unit.pk not in self._teams:
            self._teams[unit.pk] = list(policies.holders("alarms.security_team", unit, self.at))
        return self._teams[unit.pk]

    def _sirens_of_posts(self, unit: Unit) -> list[NeighbourGroup]:
        if unit.pk not in self._posts:
            posts = NeighbourGroup.objects.active().filter(duty_post__in=queries.posts_of(unit))
            self._posts[unit.pk] = list(posts)
        return self._posts[unit.pk]


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


def _invited(incident: Incident) -> list[User]:
    """Return who is invited to a drill from outside of the group."""
    if incident.mode != Mode.DRILL:
        return []
    return list(User.objects.filter(pk__in=DrillInvitation.objects.filter(drill__incident=incident).values("user"), is_active=True))


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
