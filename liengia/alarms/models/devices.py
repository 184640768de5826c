"""Devices on the bus, their credentials, faults, and what they sent that could not be used."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from liengia.alarms.models.groups import NeighbourGroup
from liengia.core.fields import EncryptedTextField, NameField, public_id
from liengia.people.models import Household


class DeviceKind(models.TextChoices):
    """What a device does. A phone has no credential: the server publishes for it."""

    BUTTON = "button", _("button")
    SIREN = "siren", _("siren")
    BOTH = "both", _("button with siren")
    PHONE = "phone", _("phone")


SOUNDING_KINDS = (DeviceKind.SIREN, DeviceKind.BOTH)
PRESSING_KINDS = (DeviceKind.BUTTON, DeviceKind.BOTH, DeviceKind.PHONE)


class DeviceQuerySet(models.QuerySet["Device"]):
    """Reads of devices."""

    def active(self) -> DeviceQuerySet:
        """Devices that were not revoked."""
        return self.filter(revoked_at=None)

    def sirens(self) -> DeviceQuerySet:
        """Devices that sound with their group."""
        return self.filter(kind__in=SOUNDING_KINDS)

    def on_the_bus(self) -> DeviceQuerySet:
        """Devices with a credential (all but phones)."""
        return self.exclude(kind=DeviceKind.PHONE)


class Device(models.Model):
    """A button, a siren, or a resident's phone as a sender of presses.

    What it last reported stands here; beats are not rows (changes at once, the rest once a minute).
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    group = models.ForeignKey(NeighbourGroup, models.PROTECT, related_name="devices")
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="devices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=DeviceKind)
    place = NameField(_("where it hangs"), max_length=120, blank=True)
    provisioned_at = models.DateTimeField()
    first_seen_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    last_sounded_at = models.DateTimeField(null=True, blank=True)
    last_pressed_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    battery_mv = models.PositiveIntegerField(null=True, blank=True)
    mains = models.BooleanField(null=True, blank=True)
    rssi_dbm = models.IntegerField(null=True, blank=True)
    firmware = models.CharField(max_length=40, blank=True)
    mistaken_count = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager[Device]] = DeviceQuerySet.as_manager()

    IMPERSONAL: ClassVar[set[str]] = {"place", "firmware"}

    class Meta:
        """Found by group; a user has one phone in a group."""

        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["group_id", "household_id", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "user"], condition=models.Q(kind="phone"), name="a_user_is_one_phone_in_a_group"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.public_id}"


class DeviceCredential(models.Model):
    """A name and password at the broker; kept as a bcrypt hash, so that the users file can be made anew.

    A device should use the one that is not superseded. While it has not yet beaten in the group it was moved to,
    the superseded ones live on; `retires_at` is set when the device is first heard under one of them. A device has
    at most one live credential in a group, so that a beat's group tells which one it uses. `sealed` holds the
    password until the device was heard with it, since the order to move is said until then (ADR 0008).
    """

    device = models.ForeignKey(Device, models.CASCADE, related_name="credentials")
    group = models.ForeignKey(NeighbourGroup, models.PROTECT, related_name="+")
    username = models.CharField(max_length=16, unique=True)
    password_hash = models.CharField(max_length=72)
    made_at = models.DateTimeField()
    sealed = EncryptedTextField(blank=True, editable=False)
    told_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    retires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, db_index=True)

    IMPERSONAL: ClassVar[set[str]] = {"username", "sealed"}

    class Meta:
        """One that stays, and at most one in a group, among those that live."""

        verbose_name = _("device credential")
        verbose_name_plural = _("device credentials")
        constraints = [
            models.UniqueConstraint(
                fields=["device", "group"], condition=models.Q(revoked_at=None), name="one_live_credential_in_a_group"
            ),
            models.UniqueConstraint(
                fields=["device"],
                condition=models.Q(revoked_at=None, superseded_at=None),
                name="one_credential_of_a_device_stays",
            ),
        ]

    def __str__(self) -> str:
        return self.username


class BrokerUsers(models.Model):
    """The one row that says whether the broker's users file is as the database wants it."""

    wanted_rev = models.BigIntegerField(default=1)
    applied_rev = models.BigIntegerField(default=0)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One row, with id 1."""

        verbose_name = _("broker's users")
        verbose_name_plural = _("broker's users")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_row_of_broker_users")]

    def __str__(self) -> str:
        return f"{self.applied_rev}/{self.wanted_rev}"


class FaultKind(models.TextChoices):
    """What can be wrong with a device."""

    NO_BEAT = "no_beat", _("no sign of life")
    LOW_BATTERY = "low_battery", _("low battery")
    MAINS_LOST = "mains_lost", _("mains lost")
    TEST_OVERDUE = "test_overdue", _("bell test overdue")
    DID_NOT_SOUND = "did_not_sound", _("did not sound")
    CREDENTIAL_COPIED = "credential_copied", _("credential copied")
    NOT_MOVED = "not_moved", _("has not come to its new group")


class DeviceFaultQuerySet(models.QuerySet["DeviceFault"]):
    """Reads of faults."""

    def open(self) -> DeviceFaultQuerySet:
        """Faults that have not ended."""
        return self.filter(cleared_at=None)


class DeviceFault(models.Model):
    """Something wrong with a device, from when to when; it clears by itself when it ends."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="faults")
    kind = models.CharField(max_length=20, choices=FaultKind)
    since = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    IMPERSONAL: ClassVar[set[str]] = {"detail"}
    objects: ClassVar[models.Manager[DeviceFault]] = DeviceFaultQuerySet.as_manager()

    class Meta:
        """One open fault of a kind for a device."""

        verbose_name = _("device fault")
        verbose_name_plural = _("device faults")
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["device", "kind"], condition=models.Q(cleared_at=None), name="a_fault_is_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.device} · {self.get_kind_display()}"


class DeviceApart(models.Model):
    """A device set apart for some minutes: its presses are recorded and ring nothing; it returns by itself."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="aparts")
    since = models.DateTimeField()
    until = models.DateTimeField(db_index=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = NameField(max_length=200, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)

    PERSONAL: ClassVar[dict[str, str]] = {"reason": "why a device was set apart, in the officer's words"}

    class Meta:
        """Set apart devices."""

        verbose_name = _("device set apart")
        verbose_name_plural = _("devices set apart")

    def __str__(self) -> str:
        return f"{self.device} → {self.until:%H:%M}"

    def is_in_force(self, at: datetime) -> bool:
        """Tell whether the device is apart at an instant."""
        return self.returned_at is None and self.since <= at < self.until


class RejectedMessage(models.Model):
    """A message that could not be used, kept for the operator up to a bound (the oldest go first)."""

    at = models.DateTimeField()
    subject = models.CharField(max_length=200)
    reason = models.CharField(max_length=40, db_index=True)
    payload = models.BinaryField(max_length=4096)
    size = models.PositiveIntegerField()

    IMPERSONAL: ClassVar[set[str]] = {"payload", "subject", "reason"}

    class Meta:
        """Newest first."""

        verbose_name = _("message refused")
        verbose_name_plural = _("messages refused")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason}"
