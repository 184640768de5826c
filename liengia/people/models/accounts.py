"""Accounts, and the phones that leaders sign in with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField, PhoneField


class UserManager(BaseUserManager["User"]):
    """Makes users; a missing password is an unusable one."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Make a user of any kind."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Make the operator of the installation."""
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """One who can sign in. `username` is what is typed: a phone in E.164, an e-mail address or a chosen word."""

    username = models.CharField(_("Sign-in name"), max_length=150, unique=True)
    full_name = NameField(_("Full name"), max_length=120, blank=True)
    phone = PhoneField(_("Phone"), null=True, blank=True)  # type: ignore[misc]  # the field knows no null
    email = models.EmailField(_("E-mail"), null=True, blank=True)  # noqa: DJ001  (unique where given)
    is_active = models.BooleanField(_("May sign in"), default=True)
    is_staff = models.BooleanField(_("Works for the commune or the installation"), default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    locked_until = models.DateTimeField(_("Locked until"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    # True on a request's user whose session gave no second factor: roles that ask for one sleep in it.
    lacks_second_factor = False

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """Names, and the index that sign-in by phone uses."""

        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        indexes = [models.Index(fields=["phone"], name="people_user_phone")]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        """Return the name as Wagtail shows it."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the given name: Vietnamese names end with it."""
        return str(self).rsplit(" ", 2)[-1]

    @property
    def is_operator(self) -> bool:
        """Whether this is the installation's operator, and has shown it where a request asks."""
        return self.is_active and self.is_superuser and not self.lacks_second_factor

    @property
    def is_locked(self) -> bool:
        """Whether too many wrong attempts keep this account shut for a while."""
        return self.locked_until is not None and self.locked_until > clock.now()


class BoundPhoneQuerySet(models.QuerySet["BoundPhone"]):
    """Reads of bound phones."""

    def active(self) -> BoundPhoneQuerySet:
        """Return those that were not revoked."""
        return self.filter(revoked_at=None)


class BoundPhone(models.Model):
    """A phone that signs its owner in with a 6-digit PIN; revocable by the commune, never a second factor."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bound_phones")
    token_hash = models.CharField(max_length=64, unique=True)
    pin_hash = models.CharField(max_length=200)
    label = NameField(_("Phone's name"), max_length=80, blank=True)
    bound_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    IMPERSONAL = {"token_hash", "pin_hash"}
    objects = BoundPhoneQuerySet.as_manager()

    class Meta:
        """Names."""

        verbose_name = _("bound phone")
        verbose_name_plural = _("bound phones")
        constraints = [
            models.CheckConstraint(
                condition=Q(failures__lte=100), name="people_bound_phone_failures_are_bounded"
            )
        ]

    def __str__(self) -> str:
        return self.label or str(self.user)
