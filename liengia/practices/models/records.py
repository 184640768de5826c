"""What is recorded of a practice: acts of bodies, figures, questions, reviews; and files on their way in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField, TextField, public_id
from liengia.organisations.models import Organisation
from liengia.papers.models import Paper
from liengia.people.models import User
from liengia.practices.models.campaigns import Exemplar
from liengia.practices.models.practices import Material, Practice
from liengia.units.models import Unit


class ActKind(models.TextChoices):
    """What a body does about a practice: two acts, each with its own paper."""

    PRAISE = "praise", _("public praise")
    REPLICATE = "replicate", _("order to replicate")


class Act(models.Model):
    """An act of a named body about a practice, or praise of an exemplar; with its paper, issued here or elsewhere.

    `body_words` names the body of an act that came as a file from another installation, where `body` is none of ours.
    """

    practice = models.ForeignKey(Practice, models.CASCADE, null=True, blank=True, related_name="acts")
    exemplar = models.ForeignKey(Exemplar, models.CASCADE, null=True, blank=True, related_name="acts")
    kind = models.CharField(_("what is done"), max_length=10, choices=ActKind)
    body = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("body that acts"))
    body_words = NameField(max_length=200, blank=True, editable=False)
    on = models.DateField(_("date of the paper"))
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paper issued here"))
    number = NameField(_("number of a paper issued elsewhere"), max_length=60, blank=True)
    words = TextField(_("what it says, in short"), blank=True)
    addressed = models.ManyToManyField(Unit, blank=True, related_name="+", verbose_name=_("units that are to replicate it"))

    IMPERSONAL: ClassVar = {"body_words", "number", "words"}

    class Meta:
        verbose_name = _("act about a practice")
        verbose_name_plural = _("acts about practices")
        ordering: ClassVar = ["-on", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(practice__isnull=True) ^ Q(exemplar__isnull=True), name="act_is_about_one_thing"),
            models.CheckConstraint(condition=Q(paper__isnull=False) | ~Q(number=""), name="act_has_its_paper"),
            models.CheckConstraint(condition=Q(body__isnull=False) | ~Q(body_words=""), name="act_is_a_named_bodys"),
            models.CheckConstraint(condition=Q(exemplar__isnull=True) | Q(kind="praise"), name="exemplar_is_praised_only"),
            models.UniqueConstraint(
                fields=["practice", "kind", "body", "number", "on"], condition=Q(body__isnull=False, paper__isnull=True), name="act_is_told_once"
            ),
        ]

    def __str__(self) -> str:
        """Return kind and body."""
        return f"{self.get_kind_display()}: {self.body_name}"

    @property
    def body_name(self) -> str:
        """Who acts."""
        return self.body.name if self.body is not None else self.body_words

    @property
    def sign(self) -> str:
        """The number of its paper."""
        return self.paper.sign if self.paper is not None else self.number


class Tie(models.Model):
    """A figure that is counted: the code of what the platform counts, in the practice's own place."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="ties")
    code = models.CharField(_("what is counted"), max_length=60)

    IMPERSONAL: ClassVar = {"code"}

    class Meta:
        verbose_name = _("counted figure of a practice")
        verbose_name_plural = _("counted figures of practices")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["practice", "code"], name="figure_is_counted_once")]

    def __str__(self) -> str:
        """Return the code."""
        return self.code


class Claim(models.Model):
    """A figure that somebody reports: never without the file that shows it. Older values stay, by their day."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="claims")
    label = NameField(_("what it counts"), max_length=120)
    value = models.PositiveIntegerField(_("figure"))
    on = models.DateField(_("as of"))
    evidence = models.ForeignKey(Material, models.PROTECT, related_name="claims", verbose_name=_("evidence"))

    IMPERSONAL: ClassVar = {"label"}

    class Meta:
        verbose_name = _("reported figure of a practice")
        verbose_name_plural = _("reported figures of practices")
        ordering: ClassVar = ["label", "-on", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["practice", "label", "on"], name="figure_is_reported_once_a_day")]

    def __str__(self) -> str:
        """Return the words."""
        return self.label


class Question(models.Model):
    """"Does it still run?": asked of a practice that showed no sign of life, answered in words by who leads it."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="questions")
    asked_on = models.DateField(_("asked on"))
    quiet_since = models.DateField(_("no sign since"))
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answer = TextField(_("answer"), blank=True)

    IMPERSONAL: ClassVar = {"answer"}

    class Meta:
        verbose_name = _("question about a practice")
        verbose_name_plural = _("questions about practices")
        ordering: ClassVar = ["-asked_on", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice"], condition=Q(answered_on__isnull=True), name="practice_is_asked_once_at_a_time"),
            models.CheckConstraint(condition=Q(answered_on__isnull=True) | ~Q(answer=""), name="answer_has_words"),
        ]

    def __str__(self) -> str:
        """Return the practice."""
        return str(self.practice)


class ReviewDecision(models.TextChoices):
    """What a year's review decides."""

    KEEP = "keep", _("keep as it is")
    CHANGE = "change", _("change")
    END = "end", _("end")


class Review(models.Model):
    """A year's review of a practice, with its reasons."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="reviews")
    year = models.PositiveSmallIntegerField(_("year"))
    on = models.DateField(_("reviewed on"))
    decision = models.CharField(_("decision"), max_length=6, choices=ReviewDecision)
    reasons = TextField(_("reasons"))

    IMPERSONAL: ClassVar = {"reasons"}

    class Meta:
        verbose_name = _("yearly review of a practice")
        verbose_name_plural = _("yearly reviews of practices")
        ordering: ClassVar = ["-year"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "year"], name="practice_is_reviewed_once_a_year"),
            models.CheckConstraint(condition=~Q(reasons=""), name="review_has_reasons"),
        ]

    def __str__(self) -> str:
        """Return practice and year."""
        return f"{self.practice}, {self.year}"


class ImportFile(models.Model):
    """A file of practices between its preview and the word to take it; thrown away after a day."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    data = models.BinaryField()
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("file of practices to be taken")
        verbose_name_plural = _("files of practices to be taken")
        default_permissions = ()

    def __str__(self) -> str:
        """Return its public id."""
        return self.public_id
