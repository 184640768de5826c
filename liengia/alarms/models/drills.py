"""Drills, bell tests and the proof that a household can hear."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from liengia.alarms.models.devices import Device
from liengia.alarms.models.groups import NeighbourGroup
from liengia.alarms.models.incidents import Incident, Kind
from liengia.core.fields import NameField
from liengia.people.models import Household


class Drill(models.Model):
    """A drill of one group: planned, held as an incident of mode `drill`, scored, compared with the last."""

    group = models.ForeignKey(NeighbourGroup, models.CASCADE, related_name="drills")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FIRE)
    household = models.ForeignKey(
        Household, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("supposed at")
    )
    scenario = NameField(_("scenario"), max_length=300, blank=True)
    planned_at = models.DateTimeField(_("planned for"))
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    incident = models.OneToOneField(Incident, models.SET_NULL, null=True, blank=True, related_name="drill")
    score = models.JSONField(default=dict, blank=True)
    note = NameField(_("what was learnt"), max_length=1000, blank=True)

    IMPERSONAL: ClassVar[set[str]] = {"note", "scenario", "score"}

    class Meta:
        """Newest first."""

        verbose_name = _("drill")
        verbose_name_plural = _("drills")
        ordering = ["-planned_at"]
        indexes = [
            models.Index(
                fields=["planned_at"],
                condition=models.Q(started_at=None, cancelled_at=None),
                name="drills_to_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.group} · {self.planned_at:%d/%m/%Y %H:%M}"


class DrillInvitation(models.Model):
    """Somebody from outside the group who is invited to a drill, and may see it."""

    drill = models.ForeignKey(Drill, models.CASCADE, related_name="invitations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        """Once."""

        verbose_name = _("invitation to a drill")
        verbose_name_plural = _("invitations to drills")
        constraints = [models.UniqueConstraint(fields=["drill", "user"], name="one_is_invited_once")]

    def __str__(self) -> str:
        return f"{self.drill} · {self.user}"


class BellTest(models.Model):
    """A test of one device's bell, or of the whole group's: asked when, which sirens said that they sounded."""

    group = models.ForeignKey(NeighbourGroup, models.CASCADE, related_name="bell_tests")
    device = models.ForeignKey(Device, models.CASCADE, null=True, blank=True, related_name="bell_tests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    sounded_at = models.DateTimeField(null=True, blank=True)
    incident = models.OneToOneField(Incident, models.SET_NULL, null=True, blank=True, related_name="bell_test")

    class Meta:
        """Newest first."""

        verbose_name = _("bell test")
        verbose_name_plural = _("bell tests")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.group} · {self.asked_at:%d/%m/%Y %H:%M}"


class HearingProof(models.Model):
    """Somebody's answer to "có nghe không?": whether this phone was heard."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="hearing_proofs")
    household = models.ForeignKey(Household, models.CASCADE, related_name="hearing_proofs")
    at = models.DateTimeField()
    heard = models.BooleanField()
    browser = models.CharField(max_length=40, blank=True)

    IMPERSONAL: ClassVar[set[str]] = {"browser"}

    class Meta:
        """Newest first."""

        verbose_name = _("proof of hearing")
        verbose_name_plural = _("proofs of hearing")
        ordering = ["-at"]
        indexes = [models.Index(fields=["household", "-at"], name="proofs_of_a_household")]

    def __str__(self) -> str:
        return f"{self.household_id} {self.at:%d/%m/%Y}"
