"""Warnings in the Common Alerting Protocol: those that went out, and outside feeds that are taken in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from liengia.broadcast.models.bulletins import Bulletin
from liengia.core import clock
from liengia.core.fields import NameField, TextField
from liengia.units.models import Unit

if TYPE_CHECKING:
    from django.db.models.manager import Manager


class CapAlertQuerySet(models.QuerySet["CapAlert"]):
    """Reads of warnings that went out."""

    def in_force(self, at: datetime) -> CapAlertQuerySet:
        """Return what the feed shows: actual ones that have not expired, updates and cancellations among them."""
        return self.shown().filter(is_actual=True, expires_at__gt=at)

    def shown(self) -> CapAlertQuerySet:
        """Leave out what was withdrawn from the public, since it named somebody or should not be repeated."""
        return self.exclude(bulletin__withdrawn_at__isnull=False, bulletin__is_public=False)


class CapAlert(models.Model):
    """One warning as it stands in the feed, frozen: the very bytes that receivers get, and what later ones refer to."""

    identifier = models.CharField(max_length=160, unique=True)
    bulletin = models.OneToOneField(Bulletin, models.PROTECT, related_name="cap_alert")
    chain = models.CharField(max_length=10, db_index=True)
    sender = models.CharField(max_length=160)
    sent = models.CharField(max_length=32)
    is_actual = models.BooleanField(default=True)
    document = TextField()
    sent_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    IMPERSONAL: ClassVar = {"identifier", "chain", "sender", "sent", "document"}

    objects: ClassVar[Manager[CapAlert] | CapAlertQuerySet] = CapAlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning in the feed")
        verbose_name_plural = _("warnings in the feed")
        ordering: ClassVar = ["-sent_at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return the identifier."""
        return self.identifier

    @property
    def reference(self) -> str:
        """How later warnings name it (CAP 1.2, `references`)."""
        return f"{self.sender},{self.identifier},{self.sent}"


class CapFeed(models.Model):
    """A feed of another body (weather service, province) that is looked at; off until somebody switches it on."""

    class Result(models.TextChoices):
        """What the last look came to."""

        NEVER = "never", _("not looked at yet")
        READ = "read", _("read")
        UNANSWERED = "unanswered", _("does not answer")
        REFUSED = "refused", _("address is not allowed")
        UNREADABLE = "unreadable", _("answers what is no feed of warnings")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cap_feeds", verbose_name=_("unit"))
    name = NameField(_("whose"), max_length=120)
    url = models.CharField(_("web address"), max_length=500)
    is_on = models.BooleanField(_("switched on"), default=False)
    result = models.CharField(max_length=12, choices=Result, default=Result.NEVER, editable=False)
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)
    read_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_at = models.DateTimeField(default=clock.now, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)

    IMPERSONAL: ClassVar = {"name", "url"}

    class Meta:
        verbose_name = _("feed of outside warnings")
        verbose_name_plural = _("feeds of outside warnings")
        ordering: ClassVar = ["name", "pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "url"], name="a_unit_looks_at_a_feed_once")]

    def __str__(self) -> str:
        """Return whose it is."""
        return self.name


class CapItem(models.Model):
    """One warning of an outside feed: known by sender, identifier and time, and what became of it here."""

    class State(models.TextChoices):
        """What became of it."""

        DRAFTED = "drafted", _("taken in as a draft")
        LEFT = "left", _("left out")
        UPDATED = "updated", _("changed by its sender since")
        CANCELLED = "cancelled", _("taken back by its sender")

    feed = models.ForeignKey(CapFeed, models.CASCADE, related_name="items")
    sender = models.CharField(max_length=160)
    identifier = models.CharField(max_length=160)
    sent = models.CharField(max_length=40)
    msg_type = models.CharField(max_length=10)
    link = models.CharField(max_length=500, blank=True)
    # As its feed said when it was read: whoever says another time at the same link has something new there.
    updated = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State)
    why = models.CharField(max_length=20, blank=True)
    bulletin = models.ForeignKey(Bulletin, models.SET_NULL, null=True, blank=True, related_name="cap_items")
    taken_at = models.DateTimeField(default=clock.now)
    flagged_at = models.DateTimeField(null=True, blank=True)

    IMPERSONAL: ClassVar = {"sender", "identifier", "sent", "msg_type", "link", "updated", "why"}

    class Meta:
        verbose_name = _("warning of an outside feed")
        verbose_name_plural = _("warnings of outside feeds")
        ordering: ClassVar = ["-taken_at", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["feed", "sender", "identifier", "sent"], name="an_outside_warning_is_taken_once"),
        ]

    def __str__(self) -> str:
        """Return the identifier."""
        return self.identifier
