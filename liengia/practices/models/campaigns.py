"""A year's campaign ("Dân vận khéo"): what registers, practices and exemplars, and what is recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField, TextField, public_id
from liengia.organisations.models import Organisation
from liengia.practices.models.practices import Practice
from liengia.units.models import Unit

if TYPE_CHECKING:
    from django.db.models.manager import Manager


class CampaignState(models.TextChoices):
    """States of a campaign."""

    OPEN = "open", _("open for registration and review")
    CLOSED = "closed", _("reviewed")


class Campaign(models.Model):
    """One year's campaign of a unit: registration until a day, then review and praise."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="campaigns", verbose_name=_("unit"))
    year = models.PositiveSmallIntegerField(_("year"))
    name = NameField(_("name"), max_length=160)
    words = TextField(_("what it asks for"), blank=True)
    led_by = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who leads"))
    registers_until = models.DateField(_("registration until"))
    state = models.CharField(_("state"), max_length=8, choices=CampaignState, default=CampaignState.OPEN, editable=False)

    IMPERSONAL: ClassVar = {"public_id", "name", "words", "state"}

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering: ClassVar = ["-year", "name", "pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "year", "name"], name="campaign_is_held_once_a_year")]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class ExemplarQuerySet(models.QuerySet["Exemplar"]):
    """Reads of exemplars."""

    def public(self) -> ExemplarQuerySet:
        """Exemplars that were recognised and agreed to be named, and did not take it back."""
        return self.filter(consented_on__isnull=False, withdrawn_on=None, erased=False, registrations__is_recognised=True).distinct()


class Exemplar(models.Model):
    """A person or collective whose example is told (gương): the deed, and their agreement to be named. Never a score.

    A person who takes the agreement back is erased at once; that there was one stays.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="exemplars", verbose_name=_("unit"))
    is_collective = models.BooleanField(_("a collective"), default=False)
    name = NameField(_("name"), max_length=160, blank=True)
    deed = TextField(_("what they did"), blank=True)
    consented_on = models.DateField(_("agreed to be named on"), null=True, blank=True)
    consent_how = NameField(_("how they agreed"), max_length=160, blank=True)
    withdrawn_on = models.DateField(_("took it back on"), null=True, blank=True)
    entered_on = models.DateField(default=clock.today, editable=False)
    erased = models.BooleanField(default=False, editable=False)

    objects: ClassVar[Manager[Exemplar] | ExemplarQuerySet] = ExemplarQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"public_id"}

    class Meta:
        verbose_name = _("exemplar")
        verbose_name_plural = _("exemplars")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(consented_on__isnull=True) | Q(erased=True) | ~Q(consent_how=""), name="consent_says_how_it_was_given"),
            models.CheckConstraint(condition=Q(erased=True, name="", deed="", consent_how="") | Q(erased=False) & ~Q(name=""), name="exemplar_is_named_or_erased"),
        ]

    def __str__(self) -> str:
        """Return the name, or that it is erased."""
        return self.name or str(_("(erased)"))


class Registration(models.Model):
    """A practice or an exemplar in a campaign, and what the review found; null while it is not reviewed."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="registrations")
    practice = models.ForeignKey(Practice, models.CASCADE, null=True, blank=True, related_name="registrations", verbose_name=_("practice"))
    exemplar = models.ForeignKey(Exemplar, models.CASCADE, null=True, blank=True, related_name="registrations", verbose_name=_("exemplar"))
    registered_on = models.DateField(_("registered on"))
    is_recognised = models.BooleanField(_("recognised"), null=True, blank=True)
    finding = TextField(_("what the review found"), blank=True)

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(practice__isnull=True) ^ Q(exemplar__isnull=True), name="registration_is_of_one_thing"),
            models.UniqueConstraint(fields=["campaign", "practice"], name="practice_registers_once"),
            models.UniqueConstraint(fields=["campaign", "exemplar"], name="exemplar_registers_once"),
        ]

    def __str__(self) -> str:
        """Return what registered."""
        return str(self.practice or self.exemplar)
