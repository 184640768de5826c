"""How people come to a household: a single-use invitation, then a leader's word."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.people.models.accounts import User
from liengia.people.models.households import Household, HouseholdRoom


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads of memberships."""

    def active(self) -> MembershipQuerySet:
        """Return those that a leader confirmed and nobody ended."""
        return self.filter(confirmed_at__isnull=False, ended_at=None)

    def waiting(self) -> MembershipQuerySet:
        """Return those that wait for a leader's word."""
        return self.filter(confirmed_at=None, ended_at=None)


class Membership(models.Model):
    """A user who lives or works in a household; sees nothing of it until a leader has confirmed."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="memberships")
    room = models.ForeignKey(
        HouseholdRoom, on_delete=models.SET_NULL, null=True, blank=True, related_name="memberships"
    )
    is_head = models.BooleanField(_("Speaks for the household"), default=False)
    invited_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        """One standing membership a user and household."""

        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "household"], condition=Q(ended_at=None), name="people_membership_stands_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.household.house_label}"

    @property
    def is_waiting(self) -> bool:
        """Whether the leader has not answered yet."""
        return self.confirmed_at is None and self.ended_at is None


class Invitation(models.Model):
    """A printed code or link that works once; only its hash is kept, so a copy of the database opens nothing."""

    class Purpose(models.TextChoices):
        """What the code does."""

        JOIN = "join", _("Join a household")
        BIND = "bind", _("Bind a leader's phone")
        OFFICE = "office", _("First sign-in of somebody who works for the commune")

    code_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.JOIN)
    household = models.ForeignKey(
        Household, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    room = models.ForeignKey(HouseholdRoom, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    IMPERSONAL = {"code_hash", "purpose"}

    class Meta:
        """Rules."""

        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="join", household__isnull=False)
                | (~Q(purpose="join") & Q(user__isnull=False)),
                name="people_invitation_is_for_a_household_or_a_user",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} #{self.pk}"

    @property
    def is_usable(self) -> bool:
        """Whether the code still opens."""
        return self.used_at is None and self.revoked_at is None and self.expires_at > clock.now()
