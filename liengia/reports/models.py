"""Reports, the editor's words, targets, errata, sizes of units; the safety register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liengia.core import clock
from liengia.core.fields import NameField, TextField, public_id
from liengia.core.reporting import Period
from liengia.people.models import User
from liengia.units.models import Unit

if TYPE_CHECKING:
    from django.db.models.manager import Manager


class ReportState(models.TextChoices):
    """Where a report stands."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", pgettext_lazy("report", "published")


class ReportQuerySet(models.QuerySet["Report"]):
    """Reads of reports."""

    def published(self) -> ReportQuerySet:
        """Reports that everybody reads, the latest period first."""
        return self.filter(state=ReportState.PUBLISHED).order_by("-last_on", "-pk")

    def of(self, unit: Unit) -> ReportQuerySet:
        """Reports of a unit, under any name that it had."""
        return self.filter(unit__in=unit.lineage_ids())

    def like(self, unit: Unit, period: Period) -> list[Report]:
        """Reports of a unit, drafts too, that tell of at least half of the same days."""
        found = self.of(unit).filter(first_on__lte=period.last, last_on__gte=period.first).order_by("-last_on", "-pk")
        return [one for one in found if 2 * Period(max(one.first_on, period.first), min(one.last_on, period.last)).days >= max(period.days, one.period.days)]


class Report(models.Model):
    """What a unit says of a period before its people.

    `drawn` is what the rooms said when it was counted last (see `drawing.as_data`); `said` is all of it with the editor's
    words, frozen at publication, and `said_sha256` its fingerprint. `revision` counts the changes of words alone: who counts
    anew is in no writer's way.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="reports", verbose_name=_("unit"))
    title = NameField(_("title"), max_length=160)
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("to"))
    intro = TextField(_("words at the beginning"), blank=True)
    outlook = TextField(_("what comes next"), blank=True)
    read_at = NameField(_("read before the people at"), max_length=200, blank=True, help_text=_("For example: the festival of 06/8/2023, at the hamlet's house."))
    state = models.CharField(_("state"), max_length=10, choices=ReportState, default=ReportState.DRAFT, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    drawn = models.JSONField(default=list, editable=False)
    drawn_at = models.DateTimeField(null=True, editable=False)
    said = models.JSONField(default=dict, editable=False)
    said_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    published_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    published_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[Manager[Report] | ReportQuerySet] = ReportQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"public_id", "title", "intro", "outlook", "read_at", "state", "drawn", "said", "said_sha256"}

    class Meta:
        verbose_name = _("report to the people")
        verbose_name_plural = _("reports to the people")
        ordering: ClassVar = ["-last_on", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(first_on__lte=F("last_on")), name="report_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True) | Q(state="published", published_at__isnull=False) & ~Q(said_sha256=""),
                name="report_is_frozen_when_it_is_published",
            ),
        ]

    def __str__(self) -> str:
        """Return title and unit."""
        return f"{self.title} ({self.unit})"

    @property
    def period(self) -> Period:
        """Its period."""
        return Period(self.first_on, self.last_on)


class SectionWords(models.Model):
    """The editor's words in front of a section of a report, or that it is left out."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="words")
    section = models.CharField(max_length=40)
    text = TextField(_("words"), blank=True)
    is_left_out = models.BooleanField(_("left out of the report"), default=False)

    IMPERSONAL: ClassVar = {"section", "text"}

    class Meta:
        verbose_name = _("words of a section")
        verbose_name_plural = _("words of sections")
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "section"], name="section_has_its_words_once")]

    def __str__(self) -> str:
        """Return report and section."""
        return f"{self.report_id}: {self.section}"


class Erratum(models.Model):
    """A visible correction of a published report; never changed."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="errata")
    section = models.CharField(max_length=40, blank=True)
    words = TextField(_("what is corrected"))
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    IMPERSONAL: ClassVar = {"section", "words"}

    class Meta:
        verbose_name = _("erratum of a report")
        verbose_name_plural = _("errata of reports")
        ordering: ClassVar = ["at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return report and day."""
        return f"{self.report_id}: {self.at:%d/%m/%Y}"


class Target(models.Model):
    """What a unit means to reach by a day: a figure of its reports, at least or at most so much."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="targets", verbose_name=_("unit"))
    figure = models.CharField(_("figure"), max_length=60)
    label = NameField(_("what is counted"), max_length=160)
    aim = models.FloatField(_("aim"))
    is_at_least = models.BooleanField(_("at least"), default=True)
    due_on = models.DateField(_("to be reached by"))
    source = NameField(_("set in"), max_length=200, blank=True)
    set_at = models.DateTimeField(default=clock.now, editable=False)

    IMPERSONAL: ClassVar = {"figure", "label", "source"}

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering: ClassVar = ["due_on", "pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "figure", "due_on"], name="target_is_set_once_a_day")]

    def __str__(self) -> str:
        """Return what is counted and the day."""
        return f"{self.label} ({self.due_on:%d/%m/%Y})"

    def is_met_by(self, value: float | None) -> bool:
        """Tell whether a value reaches it; what could not be counted does not."""
        return value is not None and (value >= self.aim if self.is_at_least else value <= self.aim)


class UnitSize(models.Model):
    """How many households a unit has, from a year on, and where that was counted."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="sizes", verbose_name=_("unit"))
    year = models.PositiveSmallIntegerField(_("year"))
    households = models.PositiveIntegerField(_("households"))
    source = NameField(_("source"), max_length=200)

    IMPERSONAL: ClassVar = {"source"}

    class Meta:
        verbose_name = _("size of a unit")
        verbose_name_plural = _("sizes of units")
        ordering: ClassVar = ["-year", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "year"], name="size_of_a_unit_stands_once_a_year"),
            models.CheckConstraint(condition=Q(households__gt=0), name="a_unit_has_households"),
        ]

    def __str__(self) -> str:
        """Return unit and number."""
        return f"{self.unit}: {self.households} ({self.year})"


class PlaceKind(models.TextChoices):
    """What registers for the standard (Circular 124/2021/TT-BCA, article 3)."""

    RESIDENTIAL = "residential", _("residential area")
    COMMUNE = "commune", _("commune")
    INSTITUTION = "institution", _("office, firm, school")


class SafetyCriterion(models.Model):
    """One criterion of the standard "safe in security and order", in force from a year to a year; data, with its source."""

    kind = models.CharField(_("for"), max_length=12, choices=PlaceKind)
    number = models.PositiveSmallIntegerField(_("number"))
    text = TextField(_("criterion"))
    first_year = models.PositiveSmallIntegerField(_("from the year"))
    last_year = models.PositiveSmallIntegerField(_("to the year"), null=True, blank=True)
    source = NameField(_("source"), max_length=250)

    IMPERSONAL: ClassVar = {"kind", "text", "source"}

    class Meta:
        verbose_name = _("criterion of safety")
        verbose_name_plural = _("criteria of safety")
        ordering: ClassVar = ["kind", "number"]
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "number", "first_year"], name="criterion_begins_once_a_year")]

    def __str__(self) -> str:
        """Return number and text."""
        return f"{self.number}. {self.text[:80]}"


class SafetyState(models.TextChoices):
    """Where a registration stands."""

    REGISTERED = "registered", _("registered")
    ASSESSED = "assessed", _("assessed by themselves")
    RECOGNISED = "recognised", _("recognised")
    NOT_RECOGNISED = "not_recognised", _("not recognised")


class SafetyRegistration(models.Model):
    """A place's registration for a year: when, how many of its households signed, its own assessment, the result.

    `assessment` is a row a criterion: its key, whether it is met, and words. Nothing of a household is kept, only counts.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="safety", verbose_name=_("unit"))
    organisation = models.ForeignKey("organisations.Organisation", models.PROTECT, null=True, blank=True, related_name="safety", verbose_name=_("institution"))
    kind = models.CharField(_("kind"), max_length=12, choices=PlaceKind)
    year = models.PositiveSmallIntegerField(_("year"))
    registered_on = models.DateField(_("registered on"))
    households = models.PositiveIntegerField(_("households"), null=True, blank=True)
    households_signed = models.PositiveIntegerField(_("households that signed"), null=True, blank=True)
    assessment: Any = models.JSONField(default=list, editable=False)
    assessed_on = models.DateField(_("assessed on"), null=True, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decision_number = NameField(_("number of the decision"), max_length=60, blank=True)
    reason = TextField(_("why not"), blank=True)
    state = models.CharField(_("state"), max_length=15, choices=SafetyState, default=SafetyState.REGISTERED, editable=False)

    IMPERSONAL: ClassVar = {"public_id", "kind", "assessment", "decision_number", "reason", "state"}

    class Meta:
        verbose_name = _("registration for the safety standard")
        verbose_name_plural = _("registrations for the safety standard")
        ordering: ClassVar = ["-year", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "year"], condition=Q(organisation__isnull=True), name="a_place_registers_once_a_year"),
            models.UniqueConstraint(fields=["organisation", "year"], condition=Q(organisation__isnull=False), name="an_institution_registers_once_a_year"),
            models.CheckConstraint(
                condition=Q(households__isnull=True) | Q(households_signed__isnull=True) | Q(households_signed__lte=F("households")),
                name="no_more_households_sign_than_there_are",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["registered", "assessed"], decided_on__isnull=True) | Q(state__in=["recognised", "not_recognised"], decided_on__isnull=False),
                name="a_result_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        """Return place and year."""
        return f"{self.organisation or self.unit} ({self.year})"

    @property
    def met(self) -> int:
        """How many criteria are met."""
        return sum(bool(one["is_met"]) for one in self.assessment)

    @property
    def unmet(self) -> list[int]:
        """The numbers of the criteria that are not met."""
        return [one["number"] for one in self.assessment if not one["is_met"]]
