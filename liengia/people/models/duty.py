"""Duty: posts, who is on when, what is handed over; and the numbers to call."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField, TextField, public_id
from liengia.people.models.accounts import User


class DutyPost(models.Model):
    """A place that answers: the police's duty desk, or only a phone number and a siren."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="duty_posts")
    name = NameField(_("Name"), max_length=120)
    phone = models.CharField(_("Phone"), max_length=20, blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="duty_posts",
    )
    is_active = models.BooleanField(_("Open"), default=True)

    IMPERSONAL = {"public_id", "name", "phone"}

    class Meta:
        """Names."""

        verbose_name = _("duty post")
        verbose_name_plural = _("duty posts")
        ordering = ["unit", "name"]

    def __str__(self) -> str:
        return self.name


class DutyShiftQuerySet(models.QuerySet["DutyShift"]):
    """Reads of shifts; `[starts_at, ends_at)`."""

    def at(self, moment: datetime) -> DutyShiftQuerySet:
        """Return the shifts that run at this very second."""
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)

    def overlapping(self, start: datetime, end: datetime) -> DutyShiftQuerySet:
        """Return the shifts that touch a span."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class DutyShift(models.Model):
    """One person on duty at a post for a while."""

    class Role(models.TextChoices):
        """What the person does on this shift."""

        OFFICER = "officer", _("Duty officer")
        COMMANDER = "commander", _("Duty commander")

    post = models.ForeignKey(DutyPost, on_delete=models.CASCADE, related_name="shifts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shifts")
    role = models.CharField(_("Duty"), max_length=10, choices=Role.choices, default=Role.OFFICER)
    starts_at = models.DateTimeField(_("Begins"))
    ends_at = models.DateTimeField(_("Ends"))

    IMPERSONAL = {"role"}
    objects = DutyShiftQuerySet.as_manager()

    class Meta:
        """Names and rules."""

        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["starts_at", "role"]
        indexes = [models.Index(fields=["post", "ends_at", "starts_at"], name="people_shift_span")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="people_shift_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["post", "user", "role", "starts_at"], name="people_shift_stands_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {clock.local(self.starts_at):%d/%m %H:%M}"


class Handover(models.Model):
    """A shift passed on: what was open, signed by both. Waits for the second signature until `accepted_at`."""

    post = models.ForeignKey(DutyPost, on_delete=models.PROTECT, related_name="handovers")
    from_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    note = TextField(_("Note"), blank=True)
    open_items = models.JSONField(default=list)

    class Meta:
        """One open handover a post."""

        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=Q(accepted_at=None), name="people_post_has_one_open_handover"
            )
        ]

    def __str__(self) -> str:
        return f"{self.post}, {clock.local(self.at):%d/%m %H:%M}"


class EmergencyNumberQuerySet(models.QuerySet["EmergencyNumber"]):
    """Reads of the numbers."""

    def on(self, day: date) -> EmergencyNumberQuerySet:
        """Return those in force on a day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


class EmergencyNumber(models.Model):
    """A number to call, national (no unit) or a commune's own, with the days on which it holds."""

    unit = models.ForeignKey(
        "units.Unit", on_delete=models.CASCADE, null=True, blank=True, related_name="emergency_numbers"
    )
    label = NameField(_("Whom it reaches"), max_length=80)
    number = models.CharField(_("Number"), max_length=20)
    order = models.PositiveSmallIntegerField(_("Order"), default=100)
    valid_from = models.DateField(_("Begins"))
    valid_to = models.DateField(_("Ends"), null=True, blank=True)
    source = NameField(_("Source"), max_length=160, blank=True)

    IMPERSONAL = {"label", "number", "source"}
    objects = EmergencyNumberQuerySet.as_manager()

    class Meta:
        """Names."""

        verbose_name = _("emergency number")
        verbose_name_plural = _("emergency numbers")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"
