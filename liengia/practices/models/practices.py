"""A practice in one place, its revisions with what it needs, and the files to copy."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField, PhoneField, TextField, public_id
from liengia.core.text import fold
from liengia.organisations.models import Agreement, Organisation
from liengia.papers.models import Paper
from liengia.units.models import Level, Unit

if TYPE_CHECKING:
    from django.db.models.manager import Manager

LONGEST_NAME: Final = 160


class PracticeKind(models.TextChoices):
    """What a practice is about; wide enough for a ninth one."""

    FIRE = "fire", _("fire prevention and rescue")
    WORD = "word", _("information and persuasion")
    CAMERA = "camera", _("cameras and technique")
    LIGHT = "light", _("lighting of roads and lanes")
    WATCH = "watch", _("self-management, patrols")
    HELPING = "helping", _("help for people who erred")
    INSTITUTIONS = "institutions", _("taking part as institutions")
    OTHER = "other", _("another field")


# What helps single people has no figures at all, of nobody: not counted, not claimed (design: reintegration never feeds one).
NO_FIGURES: Final = frozenset({PracticeKind.HELPING})


class PracticeState(models.TextChoices):
    """States of a practice."""

    PLANNED = "planned", _("planned")
    RUNNING = "running", _("running")
    ENDED = "ended", _("ended")


class PracticeQuerySet(models.QuerySet["Practice"]):
    """Reads of practices."""

    def public(self) -> PracticeQuerySet:
        """Practices that everybody may read; ended ones stay."""
        return self.filter(is_public=True)

    def here(self) -> PracticeQuerySet:
        """Practices that run, or ran, in a unit of this installation."""
        return self.filter(unit__isnull=False)

    def in_units(self, unit_ids: list[int] | tuple[int, ...]) -> PracticeQuerySet:
        """Practices of some units."""
        return self.filter(unit__in=unit_ids)

    def running_on(self, day: date) -> PracticeQuerySet:
        """Practices that ran on a day."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), started_on__lte=day)

    def of_family(self, family: uuid.UUID) -> PracticeQuerySet:
        """All practices of one lineage."""
        return self.filter(family=family)

    def quiet_since(self, day: date) -> PracticeQuerySet:
        """Running ones with no sign of life since a day, about which no question is open."""
        asked = self.model.questions.rel.related_model.objects.filter(practice=models.OuterRef("pk"), answered_on=None)  # type: ignore[attr-defined]
        return self.here().filter(~models.Exists(asked), state=PracticeState.RUNNING, last_sign_on__lt=day)

    def search(self, text: str) -> PracticeQuerySet:
        """Practices whose name holds all words; diacritics do not matter."""
        found = self.all()
        for word in fold(text).split():
            found = found.filter(folded_name__contains=word)
        return found

    def with_office_news(self) -> PracticeQuerySet:
        """Add `is_asked`: whether a question waits for its answer."""
        asked = self.model.questions.rel.related_model.objects.filter(practice=models.OuterRef("pk"), answered_on=None)  # type: ignore[attr-defined]
        return self.annotate(is_asked=models.Exists(asked))

    def with_places(self) -> PracticeQuerySet:
        """Fetch where each runs, with the line of parents."""
        return self.select_related("unit__parent__parent__parent", "founded_in__parent", "institution")


class Practice(models.Model):
    """A practice as it runs in one place: a unit, or an institution there.

    `uuid` is the same in every installation; `family` is that of the first of its line. One without a `unit` runs
    elsewhere: it came as a file, `place_words` say where it runs, and only another file changes it. `founded_in` is
    the unit of its beginning and stays when a reform gives the practice to that unit's successor.
    The contact is that of an office, never of a person.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    family = models.UUIDField(db_index=True, editable=False)
    replicated_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replications", verbose_name=_("replicated from")
    )
    based_on = models.ForeignKey("practices.Revision", models.SET_NULL, null=True, blank=True, related_name="+", editable=False)
    kind = models.CharField(_("area of work"), max_length=14, choices=PracticeKind)
    name = NameField(_("name"), max_length=LONGEST_NAME)
    summary = NameField(_("in one sentence"), max_length=300)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="practices", verbose_name=_("unit"))
    founded_in = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    institution = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="practices", verbose_name=_("institution where it runs")
    )
    place_words = NameField(_("where it runs"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=PracticeState, default=PracticeState.PLANNED, editable=False)
    started_on = models.DateField(_("runs since"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = TextField(_("why it ended"), blank=True)
    leading = models.ManyToManyField(Organisation, blank=True, related_name="led_practices", verbose_name=_("who leads"))
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, blank=True, related_name="practices", verbose_name=_("coordination agreement")
    )
    leading_words = NameField(max_length=300, blank=True, editable=False)
    agreement_words = NameField(
        _("coordination, in words"), max_length=300, blank=True, help_text=_("For example: between the commune's police and its youth union.")
    )
    decision_paper = models.ForeignKey(
        Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("founding decision issued here")
    )
    decision_number = NameField(_("founding decision, number"), max_length=60, blank=True)
    decision_on = models.DateField(_("founding decision, date"), null=True, blank=True)
    office = NameField(_("office that answers questions"), max_length=200, blank=True)
    office_phone = PhoneField(_("phone of the office"), blank=True, help_text=_("The fixed line of an office, not of a person."))
    is_public = models.BooleanField(_("everybody may read it"), default=False, editable=False)
    publication_asked_on = models.DateField(_("asked to be published on"), null=True, blank=True, editable=False)
    last_sign_on = models.DateField(_("last sign of life"), default=clock.today, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    folded_name = models.CharField(max_length=260, editable=False)

    objects: ClassVar[Manager[Practice] | PracticeQuerySet] = PracticeQuerySet.as_manager()

    IMPERSONAL: ClassVar = {
        "public_id", "kind", "name", "summary", "place_words", "state", "end_reason", "decision_number", "office", "office_phone", "folded_name",
        "leading_words", "agreement_words",
    }  # fmt: skip

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")
        ordering: ClassVar = ["folded_name", "pk"]
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["unit", "state"], name="practices_by_unit_and_state")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(unit__isnull=False) | ~Q(place_words=""), name="practice_runs_somewhere"),
            models.CheckConstraint(condition=~Q(state="running") | Q(started_on__isnull=False), name="practice_that_runs_has_begun"),
            models.CheckConstraint(
                condition=Q(state="ended", ended_on__isnull=False) & ~Q(end_reason="") | ~Q(state="ended") & Q(ended_on__isnull=True),
                name="practice_ends_on_a_day_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(started_on__isnull=True) | Q(ended_on__isnull=True) | Q(started_on__lte=F("ended_on")),
                name="practice_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(replicated_from=F("id")), name="practice_is_not_its_own_origin"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the folded name equal to the name."""
        self.folded_name = fold(self.name)[:260]
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def is_here(self) -> bool:
        """Tell whether it runs in a unit of this installation."""
        return self.unit_id is not None

    @property
    def place(self) -> str:
        """Where it runs, in words; of a unit that has ended, by the name it had."""
        if self.unit is None:
            return self.place_words
        where = _told_apart(self.unit, self.unit.place_name)
        if self.began_elsewhere:
            where = gettext("%(place)s, on the ground of the former %(old)s") % {"place": where, "old": f"{self._founding.kind.lower()} {self._founding.name}"}
        return f"{self.institution.name}, {where}" if self.institution is not None else where

    @property
    def began_elsewhere(self) -> bool:
        """Tell whether a merger gave it to a larger commune: its own ground is then only a part of that."""
        founded = self.founded_in
        return founded is not None and founded.pk != self.unit_id and founded.level in (Level.COMMUNE, Level.DISTRICT)

    @property
    def _founding(self) -> Unit:
        found = self.founded_in or self.unit
        assert found is not None
        return found

    @property
    def short_place(self) -> str:
        """Where it runs, in few words, for a drawing."""
        if self.institution is not None:
            return self.institution.name
        if self.unit is None:
            return self.place_words
        unit = self._founding if self.began_elsewhere else self.unit
        return _told_apart(unit, unit.full_name if unit.level in (Level.COMMUNE, Level.DISTRICT, Level.PROVINCE) else unit.display_name)

    @property
    def who_leads(self) -> str:
        """The institutions that lead it, in words."""
        return self.leading_words or "; ".join(one.name for one in self.leading.all())

    @property
    def coordination(self) -> str:
        """The agreement, or what is said of one, in words."""
        return self.agreement.name if self.agreement is not None else self.agreement_words

    @property
    def current_revision(self) -> Revision | None:
        """The newest revision."""
        return max(self.revisions.all(), key=lambda one: one.number, default=None)

    @property
    def decision_words(self) -> str:
        """Number of the founding decision, whether it was issued here or elsewhere."""
        return self.decision_paper.sign if self.decision_paper is not None else self.decision_number


def _told_apart(unit: Unit, words: str) -> str:
    """Mark a commune that has ended: a merged one often bears the name of one of those before, and stands beside it."""
    return gettext("%(unit)s (old)") % {"unit": words} if unit.level == Level.COMMUNE and not unit.is_current else words


class Basis(models.TextChoices):
    """What a cost, or a need, is counted by."""

    ONCE = "once", _("once")
    HOUSEHOLD = "household", _("for each household")
    GROUP = "group", _("for each group")
    POINT = "point", _("for each point or place")
    MONTH = "month", _("for each month")


class Revision(models.Model):
    """One form of a practice: the first, or an upgrade of the same one. Costs are whole đồng."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("time it was revised"))
    on = models.DateField(_("holds since"))
    changed = TextField(_("what changed, and why"), blank=True)
    problem = TextField(_("the problem it answers"))
    how = TextField(_("how it works"))
    cost = models.PositiveBigIntegerField(_("cost (dong)"), null=True, blank=True)
    cost_basis = models.CharField(_("counted"), max_length=10, choices=Basis, default=Basis.ONCE)
    cost_words = NameField(_("who pays, and for what"), max_length=300, blank=True)

    IMPERSONAL: ClassVar = {"changed", "problem", "how", "cost_words"}

    class Meta:
        verbose_name = _("revision of a practice")
        verbose_name_plural = _("revisions of practices")
        ordering: ClassVar = ["-number"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "number"], name="revision_is_numbered_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_is_numbered_from_one"),
        ]

    def __str__(self) -> str:
        """Return practice and number."""
        return f"{self.practice} ({self.number})"


class Need(models.Model):
    """One thing that the practice needs where it is to run; `count` is the code of what the platform counts of it."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="needs")
    order = models.PositiveSmallIntegerField(default=0)
    what = NameField(_("what is needed"), max_length=200)
    quantity = models.PositiveIntegerField(_("number of them"), default=1)
    basis = models.CharField(_("counted"), max_length=10, choices=Basis, default=Basis.ONCE)
    count = models.CharField(_("counted on the platform as"), max_length=60, blank=True)

    IMPERSONAL: ClassVar = {"what", "count"}

    class Meta:
        verbose_name = _("need of a practice")
        verbose_name_plural = _("needs of a practice")
        ordering: ClassVar = ["order", "pk"]
        default_permissions = ()
        constraints: ClassVar = [models.CheckConstraint(condition=Q(quantity__gte=1), name="need_is_of_something")]

    def __str__(self) -> str:
        """Return what it is."""
        return self.what


class Material(models.Model):
    """A file to copy, or evidence for a figure. `source_sha256` is that of the file as it came, so that it comes once."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="materials")
    title = NameField(_("title"), max_length=160)
    data = models.BinaryField()
    content_type = models.CharField(max_length=90)
    ending = models.CharField(max_length=5)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    source_sha256 = models.CharField(max_length=64)
    is_evidence = models.BooleanField(_("evidence of a figure"), default=False)
    added_on = models.DateField(default=clock.today)

    IMPERSONAL: ClassVar = {"title", "content_type", "ending", "sha256", "source_sha256"}

    class Meta:
        verbose_name = _("file of a practice")
        verbose_name_plural = _("files of practices")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "source_sha256"], name="file_stands_once_at_a_practice"),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.title
