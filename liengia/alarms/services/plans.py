"""Escalation plans: written as data by those who may; an incident keeps the plan that stood when it opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.alarms import channels
from liengia.alarms.models import EscalationPlan, PlanStep, Target
from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.errors import Invalid


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step as given."""

    after_s: int
    target: str
    channels: tuple[str, ...] = ()
    radius_m: int = 0


@transaction.atomic
def write_plan(plan: EscalationPlan, *, steps: Sequence[StepLine], actor: Actor) -> EscalationPlan:
    """Save a plan with its steps in order of their seconds; open incidents go on by the plan they were opened with.

    Raises:
        Invalid: no step, a step between 1 and 4 seconds, an unknown target or channel, or a second active plan.
    """
    if not steps:
        raise Invalid(_("A plan needs at least one step. Nothing was saved."), code="no_step")
    for step in steps:
        if 0 < step.after_s < 5:
            raise Invalid(_("A step runs at once (0) or after 5 seconds or more. Nothing was saved."), code="after_s")
        if step.target not in Target.values or set(step.channels) - set(channels.names()):
            raise Invalid(_("A step names somebody or a channel that is not known. Nothing was saved."), code="target")
    others = EscalationPlan.objects.filter(unit=plan.unit, kind=plan.kind, is_active=True).exclude(pk=plan.pk)
    if plan.is_active and others.exists():
        raise Invalid(_("This unit has an active plan of this kind already. Nothing was saved."), code="second_plan")
    plan.save()
    plan.steps.all().delete()
    ordered = sorted(steps, key=lambda step: step.after_s)
    PlanStep.objects.bulk_create(
        PlanStep(
            plan=plan, order=order, after_s=s.after_s, target=s.target, channels=list(s.channels), radius_m=s.radius_m
        )
        for order, s in enumerate(ordered, start=1)
    )
    audit.record(
        "alarms.plan_changed",
        actor=actor,
        about=plan,
        unit=plan.unit,
        facts={"kind": plan.kind, "steps": [[s.after_s, s.target] for s in ordered], "active": plan.is_active},
    )
    return plan


