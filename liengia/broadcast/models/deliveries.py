"""Dispatches, the outbox, what came back, and the sums that stay."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liengia.broadcast.models.bulletins import Bulletin
from liengia.core import clock
from liengia.core.fields import NameField, random_key
from liengia.people.models import Household, User
from liengia.units.models import Unit

if TYPE_CHECKING:
    from django.db.models.manager import Manager


def fresh_key() -> str:
    """Return a random idempotency key."""
    return uuid.uuid4().hex


class DispatchState(models.TextChoices):
    """Where one going-out stands."""

    DUE = "due", pgettext_lazy("dispatch", "due")
    PLANNED = "planned", _("on its way")
    SETTLED = "settled", _("gone out")
    SKIPPED = "skipped", _("left out")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Said(models.Model):
    """What was sent, word for word, frozen: many deliveries share one row. `content` is `channels.base.Message` as JSON."""

    subject = models.CharField(max_length=40, db_index=True)
    content = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    said_at = models.DateTimeField(default=clock.now)

    PERSONAL: ClassVar = {"content": "of an alarm: the place of the house that presses, as its neighbours hear it; goes with its deliveries"}
    IMPERSONAL: ClassVar = {"subject", "fingerprint"}

    class Meta:
        verbose_name = _("words as sent")
        verbose_name_plural = _("words as sent")
        default_permissions = ()

    def __str__(self) -> str:
        """Return the subject."""
        return self.subject


class Dispatch(models.Model):
    """One time that a bulletin goes out. `salt` makes the keys of its deliveries and goes when they are all written."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="dispatches")
    number = models.PositiveIntegerField(default=1)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DispatchState, default=DispatchState.DUE)
    said = models.ForeignKey(Said, models.PROTECT, null=True, blank=True, related_name="+")
    salt = models.CharField(max_length=32, blank=True, default=fresh_key)
    planned_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    skipped_why = models.CharField(max_length=20, blank=True)
    meant = models.JSONField(default=dict, blank=True)
    # Groups that an account told, or may have: what follows goes there, wherever they belong by then.
    told_groups = models.ManyToManyField("broadcast.ZaloGroup", related_name="+", blank=True)

    IMPERSONAL: ClassVar = {"state", "salt", "skipped_why", "meant"}

    class Meta:
        verbose_name = _("dispatch of a bulletin")
        verbose_name_plural = _("dispatches of bulletins")
        ordering: ClassVar = ["due_at", "pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["bulletin", "number"], name="a_dispatch_of_a_bulletin_stands_once")]
        indexes: ClassVar = [models.Index(fields=["due_at"], condition=Q(state="due"), name="dispatches_still_due")]

    def __str__(self) -> str:
        """Return bulletin and number."""
        return f"{self.bulletin_id}/{self.number}"


class DeliveryState(models.TextChoices):
    """Where a delivery stands. What came back afterwards are instants of their own."""

    WAITING = "waiting", _("waits")
    ACCEPTED = "accepted", _("accepted by the provider")
    FAILED = "failed", _("given up")
    EXPIRED = "expired", _("too late")
    WITHDRAWN = "withdrawn", _("withdrawn before it went")
    REHEARSED = "rehearsed", _("training: not sent")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Reads of deliveries."""

    def waiting(self) -> DeliveryQuerySet:
        """Those still to be sent."""
        return self.filter(state=DeliveryState.WAITING)

    def of(self, subject: str) -> DeliveryQuerySet:
        """Those of a bulletin or an incident."""
        return self.filter(subject=subject)


class Delivery(models.Model):
    """One message to one address by one channel: written with the decision, claimed by the worker, settled after sending.

    Of an ordinary bulletin it forgets person and address as soon as it is settled (design: counts only); of an alarm
    or a drill they stay for the incident's record. Its key is random, so that rows do not tell the order of people.
    """

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    key = models.CharField(max_length=64, unique=True, default=fresh_key)
    dispatch = models.ForeignKey(Dispatch, models.CASCADE, null=True, blank=True, related_name="deliveries")
    subject = models.CharField(max_length=40)
    said = models.ForeignKey(Said, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=20)
    provider = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=255, blank=True)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    household = models.ForeignKey(Household, models.SET_NULL, null=True, blank=True, related_name="+")
    keeps_person = models.BooleanField(default=False)
    is_live = models.BooleanField(default=True)
    urgency = models.PositiveSmallIntegerField(default=2)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    created_at = models.DateTimeField(default=clock.now)
    next_attempt_at = models.DateTimeField(default=clock.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    is_perhaps_double = models.BooleanField(default=False)
    failure = models.CharField(max_length=10, blank=True)
    failure_words = NameField(max_length=200, blank=True)
    receipt_key = models.CharField(max_length=120, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    shown_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar = {"address": "where it goes; of a bulletin it leaves the row once settled, of an alarm after its period"}
    IMPERSONAL: ClassVar = {"key", "subject", "channel", "provider", "state", "failure", "failure_words", "receipt_key", "claimed_by"}

    objects: ClassVar[Manager[Delivery] | DeliveryQuerySet] = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        default_permissions = ()
        constraints: ClassVar = [
            # Whatever is decided elsewhere: a training delivery can never be claimed.
            models.CheckConstraint(condition=Q(is_live=True) | Q(state="rehearsed"), name="training_never_goes_out"),
            # Receipts of a person are kept for alarms and drills only: of a bulletin, whatever has an end has no person.
            models.CheckConstraint(
                condition=Q(dispatch=None) | Q(state="waiting", keeps_person=False) | Q(keeps_person=False, user=None, household=None, address=""),
                name="a_bulletin_keeps_counts_only",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["channel", "urgency", "next_attempt_at"], condition=Q(state="waiting"), name="deliveries_that_wait"),
            models.Index(fields=["subject", "channel"], name="deliveries_by_subject"),
            models.Index(fields=["channel", "receipt_key"], condition=~Q(receipt_key=""), name="deliveries_by_receipt"),
        ]

    def __str__(self) -> str:
        """Return channel and subject."""
        return f"{self.channel} {self.subject}"


class Tally(models.Model):
    """How many deliveries of a bulletin came to what by a channel in one minute: what stays when the rows go."""

    dispatch = models.ForeignKey(Dispatch, models.CASCADE, related_name="tallies")
    channel = models.CharField(max_length=20)
    what = models.CharField(max_length=12)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    IMPERSONAL: ClassVar = {"channel", "what"}

    class Meta:
        verbose_name = _("tally of deliveries")
        verbose_name_plural = _("tallies of deliveries")
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["dispatch", "channel", "what", "minute"], name="a_tally_stands_once_a_minute")]

    def __str__(self) -> str:
        """Return channel, what and count."""
        return f"{self.channel} {self.what} {self.count}"


class ChannelConsent(models.Model):
    """That a person wants messages of some kinds by a channel that needs no device of its own (SMS, call, e-mail).

    Nothing is on by default; withdrawn at once. For web push the subscription itself is the consent.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="channel_consents")
    channel = models.CharField(max_length=20)
    kinds = models.JSONField(default=list)
    given_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    IMPERSONAL: ClassVar = {"channel", "kinds"}

    class Meta:
        verbose_name = _("consent to a channel")
        verbose_name_plural = _("consents to channels")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "channel"], condition=Q(withdrawn_at=None), name="a_consent_to_a_channel_stands_once"),
        ]

    def __str__(self) -> str:
        """Return channel and account."""
        return f"{self.channel} {self.user_id}"


class UnitCost(models.Model):
    """What one piece of a channel costs a unit, in đồng, from a day on; as the provider's contract says."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="channel_costs")
    channel = models.CharField(max_length=20)
    amount_vnd = models.PositiveIntegerField(_("dong a piece"))
    valid_from = models.DateField(_("from"), default=clock.today)
    source = NameField(_("contract or source"), max_length=200)

    IMPERSONAL: ClassVar = {"channel", "source"}

    class Meta:
        verbose_name = _("cost of a channel")
        verbose_name_plural = _("costs of channels")
        default_permissions = ()
        ordering: ClassVar = ["channel", "-valid_from"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "channel", "valid_from"], name="a_cost_of_a_channel_begins_once_a_day")]

    def __str__(self) -> str:
        """Return channel and amount."""
        return f"{self.channel} {self.amount_vnd}"
