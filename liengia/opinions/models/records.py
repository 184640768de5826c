"""What gathers around an opinion: photos, work given out, answers, evidence, questions, rating, opening again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import EncryptedBytesField, EncryptedTextField, NameField, random_key
from liengia.opinions.models.opinions import Opinion
from liengia.opinions.models.states import AnswerKind, EvidenceKind, Satisfaction
from liengia.organisations.models import Organisation
from liengia.people.models import User
from liengia.units.models import Unit


class Photo(models.Model):
    """A picture of the writer's, made anew from its points, encrypted in the database.

    In no file: the file system would keep the instant at which it was written. Public only when a moderator says so.
    """

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="photos")
    order = models.PositiveSmallIntegerField(default=0)
    data = EncryptedBytesField()
    content_type = models.CharField(max_length=20, default="image/webp")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = NameField(_("what it shows"), max_length=200, blank=True)
    is_public = models.BooleanField(_("public"), default=False)

    IMPERSONAL: ClassVar = {"content_type", "alt"}

    class Meta:
        verbose_name = _("photo of an opinion")
        verbose_name_plural = _("photos of opinions")
        ordering: ClassVar = ["order", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return its place."""
        return f"{self.opinion_id}: {self.order}"


class HeldPhoto(models.Model):
    """A picture that waits in a form which had an error, for a day; found again by the hash of the form's code."""

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    form_hash = models.CharField(max_length=64, db_index=True)
    order = models.PositiveSmallIntegerField(default=0)
    data = EncryptedBytesField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    held_on = models.DateField()

    class Meta:
        verbose_name = _("photo held for a form")
        verbose_name_plural = _("photos held for forms")
        ordering: ClassVar = ["order", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Say nothing of the form."""
        return f"held photo {self.order}"


class Assignment(models.Model):
    """Who is to answer: a unit's office, an organisation or a person, from an instant until it ends."""

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    is_forwarded = models.BooleanField(_("beyond the commune's authority"), default=False)
    note = EncryptedTextField(_("note to them"), blank=True)
    document_number = NameField(_("number of the letter"), max_length=60, blank=True)
    from_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    IMPERSONAL: ClassVar = {"document_number"}

    class Meta:
        verbose_name = _("assignment of an opinion")
        verbose_name_plural = _("assignments of opinions")
        ordering: ClassVar = ["-from_at", "-pk"]
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["person", "ended_at"], name="opinions_assignment_person")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(unit__isnull=False)
                | models.Q(organisation__isnull=False)
                | models.Q(person__isnull=False)
                | models.Q(ended_at__isnull=False),
                name="assignment_names_who_is_to_answer",
            ),
        ]

    def __str__(self) -> str:
        """Return the office or the person."""
        return self.office

    @property
    def office(self) -> str:
        """The office, in words for everybody; a person is shown as the office of the commune."""
        return str(self.organisation or self.unit or "")


class Answer(models.Model):
    """A version of the answer, signed with a name and an office; encrypted, since not every answer is public.

    The writer reads `text` at the code; everybody reads `public_text`, on whose marked places a moderator has decided;
    whose opinions were joined with it `joined_text`, or else the public copy.
    """

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="answers")
    version = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(_("how"), max_length=12, choices=AnswerKind.choices)
    text = EncryptedTextField(_("answer"))
    public_text = EncryptedTextField(_("public copy of the answer"), blank=True, default="", help_text=_("Empty until it is published."))
    joined_text = EncryptedTextField(_("words to those whose opinions were joined"), blank=True, default="")
    signer_name = NameField(_("signed by"), max_length=120)
    signer_office = NameField(_("office"), max_length=160)
    document_number = NameField(_("number of the letter"), max_length=60, blank=True)
    promised_on = models.DateField(_("to be done by"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), default=clock.now)

    IMPERSONAL: ClassVar = {"kind", "signer_name", "signer_office", "document_number"}

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering: ClassVar = ["-version"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["opinion", "version"], name="answer_has_its_version_once"),
        ]

    def __str__(self) -> str:
        """Return who signed."""
        return f"{self.signer_name}, {self.signer_office}"


class Evidence(models.Model):
    """A photo or a document that shows what was done."""

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="evidence")
    kind = models.CharField(_("kind"), max_length=10, choices=EvidenceKind.choices)
    title = NameField(_("what it shows"), max_length=160)
    data = EncryptedBytesField()
    content_type = models.CharField(max_length=40)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    is_public = models.BooleanField(_("public"), default=True)
    added_at = models.DateTimeField(default=clock.now)

    IMPERSONAL: ClassVar = {"kind", "title", "content_type"}

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering: ClassVar = ["added_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return the title."""
        return self.title


class WriterQuestion(models.Model):
    """A question back to the writer, and the reply given by the code; of the reply the day is kept."""

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="questions")
    text = EncryptedTextField(_("question"))
    asked_at = models.DateTimeField(default=clock.now)
    by_office = NameField(max_length=160, blank=True)
    reply = EncryptedTextField(_("reply"), blank=True)
    replied_on = models.DateField(null=True, blank=True)

    IMPERSONAL: ClassVar = {"by_office"}

    class Meta:
        verbose_name = _("question to the writer")
        verbose_name_plural = _("questions to writers")
        ordering: ClassVar = ["asked_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Say whether it was replied to."""
        return f"{self.asked_at:%d/%m/%Y}"


class Rating(models.Model):
    """What the writer thinks of the answer: once for each time that it was answered."""

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="ratings")
    satisfaction = models.CharField(_("satisfied"), max_length=14, choices=Satisfaction.choices)
    words = EncryptedTextField(_("words"), blank=True)
    on = models.DateField()
    is_after_reopening = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("rating of an answer")
        verbose_name_plural = _("ratings of answers")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["opinion", "is_after_reopening"], name="answer_is_rated_once"),
        ]

    def __str__(self) -> str:
        """Return the choice."""
        return self.get_satisfaction_display()


class Reopening(models.Model):
    """The writer asked for the opinion to be opened again: once, within the commune's period."""

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    opinion = models.OneToOneField(Opinion, models.CASCADE, related_name="reopening")
    words = EncryptedTextField(_("why"))
    on = models.DateField()

    class Meta:
        verbose_name = _("opening again")
        verbose_name_plural = _("openings again")
        default_permissions = ()

    def __str__(self) -> str:
        """Return the day."""
        return f"{self.on:%d/%m/%Y}"
