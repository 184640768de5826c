"""Subscriptions to web push: a browser on one device that its owner asked to be told on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import EncryptedTextField, NameField, public_id
from liengia.people.models import User

if TYPE_CHECKING:
    from django.db.models.manager import Manager


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    """Reads of subscriptions."""

    def of(self, user: User) -> PushSubscriptionQuerySet:
        """Return those of one person."""
        return self.filter(user=user)

    def usable(self) -> PushSubscriptionQuerySet:
        """Return those of people who may sign in."""
        return self.filter(user__is_active=True, user__closed_at=None, user__erased_at=None)


class PushSubscription(models.Model):
    """One browser that its owner asked to be told on, and of what: the row is the consent, and goes when it is withdrawn.

    `secret` is JSON of what the browser gave (endpoint, p256dh, auth): who has it can send to the phone. `session_hash`
    tells which session made it, so that signing out ends it; the session itself cannot be read from it.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="push_subscriptions")
    endpoint_hash = models.CharField(max_length=64, unique=True)
    session_hash = models.CharField(max_length=64, blank=True, db_index=True)
    service = models.CharField(max_length=120)
    secret = EncryptedTextField()
    device = NameField(max_length=80, blank=True)
    wants_alarms = models.BooleanField(default=False)
    wants_warnings = models.BooleanField(default=False)
    wants_news = models.BooleanField(default=False)
    given_at = models.DateTimeField(default=clock.now)

    PERSONAL: ClassVar = {
        "secret": "address of a browser at its push service, with its keys",
        "device": "browser and system of a device, in plain words",
    }
    IMPERSONAL: ClassVar = {"public_id", "service"}

    objects: ClassVar[Manager[PushSubscription] | PushSubscriptionQuerySet] = PushSubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription to push messages")
        verbose_name_plural = _("subscriptions to push messages")
        ordering: ClassVar = ["-given_at", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(wants_alarms=True) | Q(wants_warnings=True) | Q(wants_news=True), name="a_push_subscription_is_for_something"
            ),
        ]

    def __str__(self) -> str:
        """Return the device's name."""
        return self.device or self.public_id

    @property
    def keys(self) -> tuple[str, str, str]:
        """Endpoint, public key and secret of the browser; empty when the installation's key is gone."""
        kept = json.loads(self.secret) if self.secret else {}
        return kept.get("endpoint", ""), kept.get("p256dh", ""), kept.get("auth", "")
