"""Decisions, certificates, the honour register, layouts of paper, runs of the printer, and imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from liengia.commendations.models.rounds import (
    AWARD_WORDS,
    LONGEST_MERIT,
    Award,
    Nomination,
    RecipientKind,
    RollConsent,
    Round,
    name_key,
)
from liengia.core import clock, codes
from liengia.core.fields import EncryptedBytesField, NameField, TextField, public_id
from liengia.core.text import fold
from liengia.papers.models import Issuer, Paper
from liengia.people.models import User
from liengia.units.models import Unit

if TYPE_CHECKING:
    from django.db.models.manager import Manager

# 11 symbols of 22 (49 bits) and a check symbol: too many to try, short enough to type from a paper.
CODE_LENGTH = 12
# A name with its form of address.
LONGEST_PRINTED = 190


def new_code() -> str:
    """Return a fresh code of a certificate, as it is printed."""
    return codes.new_code(length=CODE_LENGTH)


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Reads of decisions."""

    def in_force(self) -> DecisionQuerySet:
        """Those that were not revoked."""
        return self.filter(revoked_on=None)

    def public(self) -> DecisionQuerySet:
        """Those that the public roll may show; of the pursuit only what somebody opened by name."""
        return self.in_force().filter(is_public=True)

    def of_season(self, subject: str) -> DecisionQuerySet:
        """Those of the season that belongs to a thing of another room, as "festival:2023"."""
        return self.filter(round__season__subject=subject)


class Decision(models.Model):
    """A decision of commendation: the official paper, and what the money was reckoned from."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="decision")
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="commendation")
    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    decided_on = models.DateField(_("decided on"), db_index=True)
    signer_office = NameField(_("office of who signs"), max_length=120)
    signer_name = NameField(_("who signs"), max_length=120)
    base_salary_vnd = models.PositiveIntegerField(_("base salary"))
    is_public = models.BooleanField(_("on the public roll"), default=False)
    opened_reason = TextField(_("why it was opened to the public"), blank=True)
    revoked_on = models.DateField(null=True, blank=True)
    revoked_reason = TextField(blank=True)

    objects: ClassVar[Manager[Decision] | DecisionQuerySet] = DecisionQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"public_id", "signer_office", "opened_reason", "revoked_reason"}

    class Meta:
        verbose_name = _("decision of commendation")
        verbose_name_plural = _("decisions of commendation")
        ordering: ClassVar = ["-decided_on", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return number and day."""
        return f"{self.paper.sign}, {self.decided_on:%d/%m/%Y}"


class HonourBook(models.Model):
    """The honour register (sổ vàng) of one authority and year; the row is locked while numbers are taken."""

    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="honour_books")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("honour register")
        verbose_name_plural = _("honour registers")
        ordering: ClassVar = ["-year"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["issuer", "year"], name="one_honour_register_a_year")]

    def __str__(self) -> str:
        """Return authority and year."""
        return f"{self.issuer} {self.year}"


class CertificateState(models.TextChoices):
    """States of a certificate."""

    VALID = "valid", _("valid")
    REPLACED = "replaced", _("replaced")
    REVOKED = "revoked", _("revoked")


class HandOver(models.TextChoices):
    """Whether it was handed out."""

    WAITING = "waiting", _("not handed out yet")
    HANDED = "handed", _("handed out")
    ABSENT = "absent", _("was absent, is kept")


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Reads of certificates; other rooms read through these."""

    def valid(self) -> CertificateQuerySet:
        """Those that hold."""
        return self.filter(state=CertificateState.VALID)

    def in_calling_order(self) -> CertificateQuerySet:
        """As they are called at the hand-out."""
        return self.order_by("decision__decided_on", "decision", "call_order", "pk")

    def of_season(self, subject: str) -> CertificateQuerySet:
        """Those of the season that belongs to a thing of another room, as "festival:2023"."""
        return self.filter(decision__round__season__subject=subject)

    def waiting(self) -> CertificateQuerySet:
        """Valid ones that nobody has received yet, the absent ones' too."""
        return self.valid().exclude(hand_over=HandOver.HANDED)

    def on_roll(self) -> CertificateQuerySet:
        """What the public may read a name of: an open decision, no deed of the pursuit, and of anybody but a collective a consent that stands."""
        agreed = RollConsent.objects.filter(nomination=OuterRef("nomination"), withdrawn_on=None)
        public = Q(decision__is_public=True, decision__revoked_on=None, is_name_hidden=False, nomination__is_pursuit_deed=False)
        return self.valid().filter(public).filter(Q(kind=RecipientKind.COLLECTIVE) | Exists(agreed))


class Certificate(models.Model):
    """One certificate as it is printed, frozen when it is decided: its words, its code, its line in the honour register."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="certificates")
    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="certificates")
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="certificates")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=12, choices=RecipientKind)
    award = models.CharField(max_length=12, choices=Award)
    name = NameField(_("name"), max_length=LONGEST_PRINTED)
    # Its own, for a paper given instead of another may have the name put right.
    folded_name = models.CharField(max_length=LONGEST_PRINTED, editable=False)
    name_key = models.CharField(max_length=LONGEST_PRINTED, editable=False, db_index=True)
    words = NameField(_("office or address on the paper"), max_length=200, blank=True)
    merit = NameField(_("merit"), max_length=LONGEST_MERIT)
    code = models.CharField(max_length=14, unique=True, editable=False)
    year = models.PositiveSmallIntegerField()
    register_number = models.PositiveIntegerField(_("number in the honour register"))
    edition = models.PositiveSmallIntegerField(default=1)
    call_order = models.PositiveIntegerField(_("place in the order of calling"))
    coefficient = models.DecimalField(max_digits=6, decimal_places=3)
    amount_vnd = models.PositiveIntegerField(_("reward money"))
    state = models.CharField(_("state"), max_length=10, choices=CertificateState, default=CertificateState.VALID)
    ended_on = models.DateField(null=True, blank=True)
    ended_reason = TextField(_("why it was replaced or revoked"), blank=True)
    ended_by = NameField(_("decision by which it was revoked"), max_length=120, blank=True)
    replaced_by = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaces")
    hand_over = models.CharField(_("handed out"), max_length=10, choices=HandOver, default=HandOver.WAITING)
    handed_on = models.DateField(null=True, blank=True)
    # When it was last marked: what a phone sends later, but said earlier, does not take that back.
    marked_at = models.DateTimeField(null=True, editable=False)
    taken_by = NameField(_("who took it, when somebody else did"), max_length=160, blank=True)
    is_name_hidden = models.BooleanField(_("name hidden at its holder's wish"), default=False)
    times_printed = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[Manager[Certificate] | CertificateQuerySet] = CertificateQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"public_id", "code", "ended_by"}

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering: ClassVar = ["-year", "-register_number", "-edition"]
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["decision", "call_order"], name="certificates_in_order")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "year", "register_number", "edition"], name="honour_register_has_a_line_once"),
            models.UniqueConstraint(fields=["nomination"], condition=Q(state="valid"), name="nomination_has_one_valid_certificate"),
            models.CheckConstraint(
                condition=Q(state="valid", ended_on__isnull=True) | ~Q(state="valid") & Q(ended_on__isnull=False), name="certificate_ends_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    def fold(self) -> Certificate:
        """Renew what the honour register is searched by, and by what the same person is found under two spellings; return it."""
        self.folded_name, self.name_key = fold(self.name)[:LONGEST_PRINTED], name_key(self.name)
        return self

    @property
    def serial(self) -> str:
        """Year and number in the honour register, as "2023-0217"; a second paper of the same line ends in "/2"."""
        return f"{self.year}-{self.register_number:04d}" + (f"/{self.edition}" if self.edition > 1 else "")

    @property
    def award_words(self) -> str:
        """What it is called on the paper."""
        return AWARD_WORDS[Award(self.award)]


class PrintLayout(models.Model):
    """Where each line stands on a paper of a size, in millimetres; on pre-printed stock only the text is printed.

    `shift_x_mm` and `shift_y_mm` are what this office's printer is off by, read from the calibration sheet.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="print_layouts", verbose_name=_("unit"))
    name = NameField(_("name"), max_length=120)
    size = models.CharField(_("size of the paper"), max_length=20)
    width_mm = models.DecimalField(max_digits=5, decimal_places=1)
    height_mm = models.DecimalField(max_digits=5, decimal_places=1)
    is_overlay = models.BooleanField(_("text only, on pre-printed stock"), default=False)
    fields = models.JSONField(default=dict)
    shift_x_mm = models.DecimalField(_("printer is off to the right by (mm)"), max_digits=4, decimal_places=1, default=0)
    shift_y_mm = models.DecimalField(_("printer is off downwards by (mm)"), max_digits=4, decimal_places=1, default=0)
    revision = models.PositiveIntegerField(default=1)

    IMPERSONAL: ClassVar = {"public_id", "name", "size", "fields"}

    class Meta:
        verbose_name = _("layout of a certificate")
        verbose_name_plural = _("layouts of certificates")
        ordering: ClassVar = ["name", "pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "name"], name="layout_is_named_once")]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class PrintRun(models.Model):
    """A run of the printer: which certificates, on which layout; printing one again needs a reason."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="print_runs")
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    layout = NameField(max_length=120)
    count = models.PositiveIntegerField()
    again = models.PositiveIntegerField(_("of them printed before"), default=0)
    reason = TextField(_("why they were printed again"), blank=True)
    serials = models.JSONField(default=list)

    IMPERSONAL: ClassVar = {"layout", "reason", "serials"}

    class Meta:
        verbose_name = _("print run")
        verbose_name_plural = _("print runs")
        ordering: ClassVar = ["-made_at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return how many and when."""
        return f"{self.count}, {self.made_at:%d/%m/%Y}"


class ImportState(models.TextChoices):
    """States of an import."""

    PREVIEW = "preview", _("looked at")
    WAITING = "waiting", _("waits")
    RUNNING = "running", _("runs")
    DONE = "done", _("finished")
    REFUSED = "refused", _("refused")
    FAILED = "failed", _("failed")


class ImportJob(models.Model):
    """A spreadsheet of nominations: looked at first, then written by the worker while its page shows how far it is."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="imports")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    language = models.CharField(max_length=8, default="vi")
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.PREVIEW)
    file = EncryptedBytesField(null=True)
    errors = models.JSONField(default=list)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(default=clock.now)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    IMPERSONAL: ClassVar = {"language"}

    class Meta:
        verbose_name = _("import of nominations")
        verbose_name_plural = _("imports of nominations")
        ordering: ClassVar = ["asked_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return where it stands."""
        return f"{self.get_state_display()}: {self.done}/{self.total}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be watched."""
        return self.state in (ImportState.WAITING, ImportState.RUNNING)

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return round(100 * self.done / self.total) if self.total else 0
