"""Keys of programs, and the tokens under which what they filed is found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField, public_id, random_key
from liengia.opinions.models import Opinion
from liengia.people.models import User
from liengia.units.models import Unit


class ApiKey(models.Model):
    """A key with which one program may file opinions in one commune; only its hash is kept.

    Of its use the last day and a count are kept, and no line of what it filed: an anonymous opinion has no device.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="api_keys", verbose_name=_("commune"))
    name = NameField(_("program"), max_length=80)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"), default=clock.now)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("given by"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    used_on = models.DateField(_("last used on"), null=True, blank=True)
    filed_count = models.PositiveIntegerField(_("opinions filed"), default=0)

    IMPERSONAL: ClassVar = {"name"}

    class Meta:
        verbose_name = _("key of a program")
        verbose_name_plural = _("keys of programs")
        ordering: ClassVar = ["-made_at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return the program's name."""
        return self.name


class RepeatSalt(models.Model):
    """The salt of ten minutes, under which a report that comes again is recognised; deleted once they are over (`repeats`)."""

    window = models.BigIntegerField(primary_key=True)
    salt = models.CharField(max_length=64, editable=False)

    IMPERSONAL: ClassVar = {"salt"}

    class Meta:
        verbose_name = _("salt of ten minutes")
        verbose_name_plural = _("salts of ten minutes")
        default_permissions = ()

    def __str__(self) -> str:
        """Say nothing of the salt."""
        return "salt of ten minutes"


class ReportToken(models.Model):
    """A token that a program was given for what it filed; it names no key, and has no instant."""

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    opinion = models.OneToOneField(Opinion, models.CASCADE, related_name="report_token")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("token of a report")
        verbose_name_plural = _("tokens of reports")
        default_permissions = ()

    def __str__(self) -> str:
        """Say nothing of the opinion."""
        return "token of a report"
