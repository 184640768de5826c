"""Roles in a unit for a time, and how long each kind of personal data is kept: both are data."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField
from liengia.people.models.accounts import User


class RoleQuerySet(models.QuerySet["Role"]):
    """Reads of roles."""

    def with_capability(self, capability: str) -> list[Role]:
        """Return the roles that hold a capability (few rows; SQLite cannot look into JSON lists)."""
        return [role for role in self if capability in role.capabilities]


class Role(models.Model):
    """A named set of capabilities. Code asks for capabilities; which role holds them differs by commune."""

    code = models.SlugField(_("Code"), max_length=40, unique=True)
    label = NameField(_("Name"), max_length=80)
    capabilities = models.JSONField(_("Capabilities"), default=list, blank=True)
    offered = models.JSONField(default=list, editable=False)
    needs_second_factor = models.BooleanField(_("Signs in with a second factor"), default=False)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="role", editable=False)

    IMPERSONAL = {"code", "label", "capabilities", "offered"}
    objects = RoleQuerySet.as_manager()

    class Meta:
        """Names."""

        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.label


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Reads of assignments."""

    def at(self, moment: datetime) -> RoleAssignmentQuerySet:
        """Return those in force at a moment."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=moment), valid_from__lte=moment)

    def current(self) -> RoleAssignmentQuerySet:
        """Return those in force now."""
        return self.at(clock.now())


class RoleAssignment(models.Model):
    """A user holds a role in a unit, and everything below it, for a time `[valid_from, valid_to)`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="role_assignments")
    valid_from = models.DateTimeField(_("Begins"), default=clock.now)
    valid_to = models.DateTimeField(_("Ends"), null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        """Names and rules."""

        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        ordering = ["-valid_from"]
        indexes = [models.Index(fields=["user", "valid_to"], name="people_assignment_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="people_assignment_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}, {self.unit}"


class RetentionPeriod(models.Model):
    """How many days a kind of personal data is kept after it has ended; the worker keeps it."""

    code = models.SlugField(_("Code"), max_length=40, unique=True)
    label = NameField(_("What"), max_length=160)
    days = models.PositiveIntegerField(_("Days"))
    source = NameField(_("Why so long"), max_length=200, blank=True)

    IMPERSONAL = {"code", "label", "source"}

    class Meta:
        """Names."""

        verbose_name = _("retention period")
        verbose_name_plural = _("retention periods")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label
