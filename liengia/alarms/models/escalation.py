"""Escalation plans, and their steps frozen into an incident."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.alarms.models.groups import NeighbourGroup
from liengia.alarms.models.incidents import Incident, Kind
from liengia.core.fields import NameField


class Target(models.TextChoices):
    """Whom a step tells; resolved to people at the second it runs."""

    LEADER = "leader", _("group leader")
    DEPUTY = "deputy", _("deputy leader")
    SECURITY_TEAM = "security_team", _("hamlet security team")
    DUTY_POST = "duty_post", _("duty post")
    COMMANDER = "commander", _("commander on duty")
    NEIGHBOUR_GROUPS = "neighbour_groups", _("neighbouring groups")
    REMIND_114 = "remind_114", _("reminder to call 114")
    NEXT_ON_DUTY = "next_on_duty", _("next in the rota")
    GROUP = "group", _("everybody of the group")
    UNANSWERED = "unanswered", _("houses that have not answered")
    HAMLET = "hamlet", _("the whole hamlet")


class EscalationPlan(models.Model):
    """Who is told after how many seconds while nobody acknowledges; of a commune, or the default one."""

    unit = models.ForeignKey("units.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = NameField(max_length=120)
    is_active = models.BooleanField(default=True)

    IMPERSONAL: ClassVar[set[str]] = {"name"}

    class Meta:
        """One active plan of a unit and kind."""

        verbose_name = _("escalation plan")
        verbose_name_plural = _("escalation plans")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind"], condition=Q(is_active=True), name="one_active_plan_of_a_unit_and_kind"
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(is_active=True, unit=None), name="one_active_default_plan_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanStep(models.Model):
    """A step of a plan: after how many seconds (5 or more; 0 is at once), whom, through which channels."""

    plan = models.ForeignKey(EscalationPlan, models.CASCADE, related_name="steps")
    order = models.PositiveIntegerField()
    after_s = models.PositiveIntegerField(_("after seconds"))
    target = models.CharField(max_length=20, choices=Target)
    channels = models.JSONField(default=list, blank=True)
    radius_m = models.PositiveIntegerField(_("radius in metres"), default=0)

    IMPERSONAL: ClassVar[set[str]] = {"channels"}

    class Meta:
        """In order; not between 1 and 4 seconds."""

        verbose_name = _("step of a plan")
        verbose_name_plural = _("steps of plans")
        ordering = ["plan_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "order"], name="a_place_in_a_plan_is_taken_once"),
            models.CheckConstraint(
                condition=Q(after_s=0) | Q(after_s__gte=5), name="a_step_is_at_once_or_after_5_seconds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.after_s} s → {self.get_target_display()}"


class IncidentStep(models.Model):
    """A step as frozen when the incident opened: when it was due, when it ran, whom it reached, or why it did not.

    The deadline is this row: a restart loses nothing, and the auditor reads that each ran.
    """

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="steps")
    generation = models.PositiveIntegerField()
    order = models.PositiveIntegerField()
    target = models.CharField(max_length=20, choices=Target)
    channels = models.JSONField(default=list, blank=True)
    radius_m = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    ran_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=20, blank=True)
    reached = models.JSONField(default=list, blank=True)

    PERSONAL: ClassVar[dict[str, str]] = {"reached": "whom the step told; names leave it after 30 days"}
    IMPERSONAL: ClassVar[set[str]] = {"channels", "cancel_reason"}

    class Meta:
        """A step of a generation stands once."""

        verbose_name = _("step of an incident")
        verbose_name_plural = _("steps of incidents")
        ordering = ["incident_id", "generation", "order"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "generation", "order"], name="a_step_is_frozen_once")
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(ran_at=None, cancelled_at=None), name="steps_still_due"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} · {self.order} · {self.target}"


class GroupRing(models.Model):
    """Another group (neighbours within a radius, or a duty post's own sirens) that rings for an incident."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="rings")
    group = models.ForeignKey(NeighbourGroup, models.CASCADE, related_name="rings")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A group rings once for an incident at a time."""

        verbose_name = _("ring of another group")
        verbose_name_plural = _("rings of other groups")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "group"], condition=Q(ended_at=None), name="a_group_rings_once_for_an_incident"
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} → {self.group}"
