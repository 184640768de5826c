"""Issuers with their symbols, an office's own wordings, number books, papers and their files."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField, TextField, public_id
from liengia.organisations.models import Committee, Organisation
from liengia.people.models import User
from liengia.units.models import Unit, valid_on

if TYPE_CHECKING:
    from django.db.models.manager import Manager

LONGEST_NAME = 250


class Issuer(models.Model):
    """An institution or committee that issues papers: its symbol and the words of its head, by Decree 30/2020.

    It may issue as long as the institution stands on the paper's day. `superior` stands above it ("ỦY BAN NHÂN DÂN
    XÃ CẦN ĐƯỚC" above the commune's police), `signs_as` above the signer's office ("TM. ỦY BAN NHÂN DÂN").
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="issuers", verbose_name=_("unit"))
    organisation = models.OneToOneField(
        Organisation, models.PROTECT, null=True, blank=True, related_name="issuer", verbose_name=_("institution")
    )
    committee = models.OneToOneField(
        Committee, models.PROTECT, null=True, blank=True, related_name="issuer", verbose_name=_("committee")
    )
    name = NameField(_("name in the head"), max_length=LONGEST_NAME, help_text=_("For example: Ủy ban nhân dân xã Cần Đước."))
    superior = NameField(_("body above it in the head"), max_length=LONGEST_NAME, blank=True)
    symbol = NameField(_("symbol"), max_length=20, help_text=_("What stands after the kind in a number: for a People's Committee UBND."))
    place = NameField(_("place in the head"), max_length=120, help_text=_("For example: Cần Đước."))
    signs_as = NameField(_("words above the office of who signs"), max_length=120, blank=True, help_text=_("For example: TM. ỦY BAN NHÂN DÂN."))

    IMPERSONAL: ClassVar = {"public_id", "name", "superior", "symbol", "place", "signs_as"}

    class Meta:
        verbose_name = _("issuer of papers")
        verbose_name_plural = _("issuers of papers")
        ordering: ClassVar = ["name", "pk"]
        default_permissions = ("view", "add", "change")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) ^ Q(committee__isnull=True), name="issuer_is_one_institution_or_committee"
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def body(self) -> Organisation | Committee:
        """The institution or committee."""
        found = self.organisation or self.committee
        assert found is not None
        return found

    def may_issue_on(self, day: date) -> bool:
        """Tell whether it stands on a day."""
        body = self.body
        return (body.valid_from is None or body.valid_from <= day) and (body.valid_to is None or body.valid_to > day)


class SignatoryQuerySet(models.QuerySet["Signatory"]):
    """Reads of signatories."""

    def at(self, day: date) -> SignatoryQuerySet:
        """Those who may sign on a day."""
        return self.filter(valid_on(day))


class Signatory(models.Model):
    """Who signs for an issuer: name and office, by which right, from a day to a day.

    A deputy signs in the head's place ("KT."), others by order ("TL.") or by authority ("TUQ."); `head_office` is whose right
    that is. Source: Decree 30/2020/NĐ-CP, article 13 and appendix I, part II, 7.
    """

    class Right(models.TextChoices):
        """By which right somebody signs."""

        HEAD = "head", _("as the head")
        DEPUTY = "deputy", _("in the head's place (KT.)")
        ORDER = "order", _("by the head's order (TL.)")
        AUTHORITY = "authority", _("by the head's authority (TUQ.)")

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="signatories", verbose_name=_("issuer"))
    name = NameField(_("name"), max_length=120)
    office = NameField(_("office"), max_length=100, help_text=_("As it stands above the name. For example: Phó Chủ tịch."))
    right = models.CharField(_("by which right"), max_length=10, choices=Right, default=Right.HEAD)
    head_office = NameField(_("office of the head"), max_length=60, blank=True, help_text=_("Only when somebody signs in the head's place. For example: Chủ tịch."))
    valid_from = models.DateField(_("may sign from"))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The first day on which they sign no more."))
    basis = NameField(_("by which decision"), max_length=160, blank=True, help_text=_("Number and day of the appointment, or of the paper that gives the authority."))

    objects: ClassVar[Manager[Signatory] | SignatoryQuerySet] = SignatoryQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"public_id", "office", "head_office", "basis"}

    class Meta:
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")
        ordering: ClassVar = ["issuer", "-valid_from", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")), name="signatory_ends_after_they_begin"),
            models.CheckConstraint(condition=Q(right="head") | ~Q(head_office=""), name="signatory_says_in_whose_place"),
        ]

    def __str__(self) -> str:
        """Return name and office."""
        return f"{self.name}, {self.office}"

    @property
    def block(self) -> str:
        """The office as a paper's signer has it: "Chủ tịch", or "KT. Chủ tịch / Phó Chủ tịch", one line for each part."""
        before = {self.Right.DEPUTY: "KT.", self.Right.ORDER: "TL.", self.Right.AUTHORITY: "TUQ."}.get(self.Right(self.right))
        return f"{before} {self.head_office} / {self.office}" if before else self.office


class Wording(models.Model):
    """An office's own wording of one kind of paper; it holds in its unit and in everything below that has none of its own."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="wordings", verbose_name=_("unit"))
    kind = models.CharField(_("kind of paper"), max_length=40)
    text = TextField(_("wording"))
    revision = models.PositiveIntegerField(_("time it was changed"), default=1)
    changed_at = models.DateTimeField(_("changed at"), default=clock.now)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("changed by"))

    IMPERSONAL: ClassVar = {"kind", "text"}

    class Meta:
        verbose_name = _("wording of a paper")
        verbose_name_plural = _("wordings of papers")
        ordering: ClassVar = ["kind", "pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "kind"], name="one_wording_a_unit_and_kind")]

    def __str__(self) -> str:
        """Return kind and unit."""
        return f"{self.kind} ({self.unit})"


class NumberBook(models.Model):
    """The numbers of one issuer, abbreviation and year; the row is locked while one is taken, so there is no gap or double.

    With `is_kept_elsewhere` another register counts: each number is written in by hand, and only doubles are refused.
    """

    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="books", verbose_name=_("issuer"))
    abbreviation = NameField(_("abbreviation"), max_length=10)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)
    last_on = models.DateField(_("of"), null=True, blank=True)
    is_kept_elsewhere = models.BooleanField(_("counted in another register"), default=False)

    IMPERSONAL: ClassVar = {"abbreviation"}

    class Meta:
        verbose_name = _("number book")
        verbose_name_plural = _("number books")
        ordering: ClassVar = ["-year", "abbreviation"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "abbreviation", "year"], name="one_number_book_a_year"),
        ]

    def __str__(self) -> str:
        """Return abbreviation, symbol and year."""
        return f"{self.abbreviation}-{self.issuer.symbol} {self.year}"


class PaperState(models.TextChoices):
    """States of a paper."""

    DRAFT = "draft", _("draft")
    ISSUED = "issued", _("issued")
    REVOKED = "revoked", _("revoked")


class PaperQuerySet(models.QuerySet["Paper"]):
    """Reads of papers."""

    def about_subject(self, subject: str) -> PaperQuerySet:
        """Papers of one thing of another room, as "festival:abc"."""
        return self.filter(subject=subject)

    def without_files(self) -> PaperQuerySet:
        """Numbered papers whose files are not made yet: the process was killed in between."""
        return self.exclude(state=PaperState.DRAFT).filter(file__isnull=True)


class Paper(models.Model):
    """One paper: what fills its wording while it is a draft, and what it says, frozen, once it is issued.

    `subject` names the thing of another room that it belongs to. `said` is the description that both files are made of.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    kind = models.CharField(_("kind of paper"), max_length=40)
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="papers", verbose_name=_("issuer"))
    about = NameField(_("what it is about"), max_length=300)
    subject = models.CharField(max_length=60, blank=True, editable=False, db_index=True)
    values = models.JSONField(default=dict, editable=False)
    blocks = models.JSONField(default=dict, editable=False)
    signers = models.JSONField(default=list, editable=False)
    recipients = TextField(_("addressees"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PaperState, default=PaperState.DRAFT, editable=False)
    made_at = models.DateTimeField(_("begun at"), default=clock.now, editable=False)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("begun by"), editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    # Counts the changes of a draft: who changes or issues it says which one was read.
    revision = models.PositiveIntegerField(_("time it was changed"), default=1, editable=False)
    abbreviation = models.CharField(max_length=10, blank=True, editable=False)
    # The issuer's, as it was when the paper was issued.
    symbol = models.CharField(max_length=20, blank=True, editable=False)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, editable=False)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    issued_at = models.DateTimeField(null=True, editable=False)
    said = models.JSONField(default=dict, editable=False)
    revoked_on = models.DateField(_("revoked on"), null=True, blank=True)
    revoked_reason = TextField(_("why it was revoked"), blank=True)

    objects: ClassVar[Manager[Paper] | PaperQuerySet] = PaperQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"public_id", "kind", "about", "subject", "recipients", "state", "abbreviation", "symbol", "revoked_reason"}

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering: ClassVar = ["-made_at", "-pk"]
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["issuer", "year", "kind"], name="papers_by_issuer_and_year")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer", "abbreviation", "year", "number"],
                condition=Q(number__isnull=False),
                name="paper_number_is_given_once",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", number__isnull=True, issued_on__isnull=True)
                | ~Q(state="draft") & Q(issued_on__isnull=False, year__isnull=False),
                name="paper_is_numbered_when_issued",
            ),
        ]

    def __str__(self) -> str:
        """Return the number, or the subject of a draft."""
        return self.sign or self.about

    @property
    def sign(self) -> str:
        """Number and symbol, as "05/QĐ-UBND"; empty for a draft or a kind without numbers."""
        return f"{self.number:02d}/{self.abbreviation}-{self.symbol}" if self.number is not None else ""


class PaperFile(models.Model):
    """The files of an issued paper, byte for byte, with their fingerprints."""

    paper = models.OneToOneField(Paper, models.CASCADE, related_name="file")
    pdf = models.BinaryField()
    docx = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    docx_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now)

    IMPERSONAL: ClassVar = {"pdf_sha256", "docx_sha256"}

    class Meta:
        verbose_name = _("file of a paper")
        verbose_name_plural = _("files of papers")
        default_permissions = ()

    def __str__(self) -> str:
        """Return the paper."""
        return str(self.paper)
