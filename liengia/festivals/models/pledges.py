"""Pledges (giao ước thi đua): who signed what, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liengia.core.fields import NameField, TextField, public_id
from liengia.festivals.models.days import FestivalDay, Season
from liengia.festivals.models.states import Outcome, PledgeState, ReportedAt
from liengia.organisations.models import Committee, Organisation
from liengia.units.models import Unit


class PledgeQuerySet(models.QuerySet["Pledge"]):
    """Reads of pledges."""

    def shown(self) -> PledgeQuerySet:
        """Pledges that everybody reads: those that are signed."""
        return self.exclude(state=PledgeState.DRAFT)


class Pledge(models.Model):
    """A pledge of a unit's season: institutions and committees promise, with a measure and a date, and answer for it."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    season = models.ForeignKey(Season, models.PROTECT, related_name="pledges", verbose_name=_("season"))
    day = models.ForeignKey(FestivalDay, models.PROTECT, null=True, blank=True, related_name="pledges", verbose_name=_("signed at"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="pledges", verbose_name=_("unit"))
    title = NameField(_("what it is about"), max_length=200)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"))
    state = models.CharField(_("state"), max_length=8, choices=PledgeState, default=PledgeState.DRAFT, editable=False)
    signed_on = models.DateField(_("signed on"), null=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = PledgeQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"public_id", "title", "state"}

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        ordering: ClassVar = ["-valid_from", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(valid_from__lt=F("valid_to")), name="pledge_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(state="draft") | Q(signed_on__isnull=False), name="signed_pledge_has_its_day"),
        ]

    def __str__(self) -> str:
        """Return what it is about."""
        return self.title

    @property
    def subject(self) -> str:
        """The key by which papers name it."""
        return f"pledge:{self.public_id}"


class PledgeParty(models.Model):
    """An institution or committee that signs a pledge, by the office that signs for it."""

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("institution"))
    committee = models.ForeignKey(Committee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("committee"))

    class Meta:
        verbose_name = _("party of a pledge")
        verbose_name_plural = _("parties of a pledge")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) ^ Q(committee__isnull=True), name="pledge_party_is_one_institution_or_committee"
            ),
            models.UniqueConstraint(fields=["pledge", "organisation"], name="institution_signs_a_pledge_once"),
            models.UniqueConstraint(fields=["pledge", "committee"], name="committee_signs_a_pledge_once"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return str(self.organisation or self.committee)


class PledgePromise(models.Model):
    """One promise of a pledge: what, how it is measured, by when."""

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="promises")
    order = models.PositiveSmallIntegerField(default=0)
    what = NameField(_("what is promised"), max_length=300)
    measure = NameField(_("how it is measured"), max_length=200, blank=True)
    due_on = models.DateField(_("by"))

    IMPERSONAL: ClassVar = {"what", "measure"}

    class Meta:
        verbose_name = _("promise of a pledge")
        verbose_name_plural = _("promises of a pledge")
        ordering: ClassVar = ["order", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return what is promised."""
        return self.what


class PledgeProgress(models.Model):
    """What became of a promise at half-year or at year's end; what is not kept says why."""

    promise = models.ForeignKey(PledgePromise, models.CASCADE, related_name="progress")
    at = models.CharField(_("when"), max_length=9, choices=ReportedAt)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome)
    words = TextField(_("what was reached, or why not"), blank=True)
    reported_on = models.DateField(_("said on"))

    IMPERSONAL: ClassVar = {"words"}

    class Meta:
        verbose_name = _("progress of a promise")
        verbose_name_plural = _("progress of promises")
        ordering: ClassVar = ["at", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["promise", "at"], name="promise_is_answered_for_once_each_time"),
            models.CheckConstraint(condition=~Q(outcome="not_kept") | ~Q(words=""), name="broken_promise_says_why"),
        ]

    def __str__(self) -> str:
        """Return when and outcome."""
        return f"{self.at}: {self.outcome}"
