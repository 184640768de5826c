"""Seasons, rounds, nominations, their evidence, and the council that votes on them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from liengia.commendations import naming
from liengia.commendations.placing import printed_place
from liengia.core import clock
from liengia.core.fields import EncryptedBytesField, NameField, TextField, public_id
from liengia.core.text import fold, nfc
from liengia.organisations.models import Committee, CommitteeMember
from liengia.papers.models import Issuer, Paper
from liengia.people.models import User
from liengia.units.models import Unit

if TYPE_CHECKING:
    from django.db.models.manager import Manager

LONGEST_NAME = 160
LONGEST_MERIT = 400
# How the key begins under which a round's papers are kept.
SUBJECT = "commendations:"
# Forms of address before a name, as they are written. Without marks only those are taken that begin no family name:
# "Hồ" and "Chu" are two, "hộ" and "chú" are written with their marks.
_FORMS = (
    "ông/bà|ông bà|ông|bà|anh|chị|em|cháu|cô|chú|bác|cậu|dì|cụ|đồng chí|đ/c|hộ gia đình|hộ|gia đình|tập thể|"
    "đại tá|thượng tá|trung tá|thiếu tá|đại úy|đại uý|thượng úy|thượng uý|trung úy|trung uý|thiếu úy|thiếu uý|thượng sĩ|thượng sỹ|trung sĩ|trung sỹ|hạ sĩ|hạ sỹ|"
    "hòa thượng|hoà thượng|thượng tọa|thượng toạ|đại đức|ni sư|sư cô|linh mục"
)
_ADDRESSED = re.compile(rf"^(?:{_FORMS})[. ]+")
_ADDRESSED_PLAIN = re.compile(r"^(?:ong/ba|ong ba|ong|ba|anh|em|dong chi|d/c|ho gia dinh|ho (?=(?:ong|ba) )|tap the|dai ta|thuong ta|trung ta|thieu ta|dai uy|thuong uy|trung uy|thieu uy)[. ]+")
# What papers say where nobody said how somebody is addressed.
BOTH = "Ông/bà"
# Letters that look like Đ on other keyboards, and signs that are not seen.
_LIKE = str.maketrans({"\u00d0": "Đ", "\u00f0": "đ", "\u0189": "Đ", "\u0256": "đ", "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": "", "\u00ad": "", "\u00a0": " "})


def _spoken(name: str) -> str:
    return " ".join(nfc(name.translate(_LIKE)).casefold().split())


def _unaddressed(words: str) -> str:
    return (_ADDRESSED_PLAIN if words.isascii() else _ADDRESSED).sub("", words)


def name_key(name: str) -> str:
    """Return what two spellings of one name share: Hòa and Hoà, Lý and Lí, with a form of address or without."""
    words = _spoken(name)
    while (shorter := _unaddressed(words)) != words and shorter:
        words = shorter
    return re.sub(r"[^a-z0-9]+", " ", fold(words).replace("y", "i")).strip()[:LONGEST_NAME]


class Season(models.Model):
    """Rounds that belong together, as all that was commended at the festivals of one year; `subject` is another room's thing."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="commendation_seasons", verbose_name=_("unit"))
    name = NameField(_("name"), max_length=160, help_text=_("For example: Mùa Ngày hội 2023."))
    year = models.PositiveSmallIntegerField(_("year"))
    subject = models.CharField(max_length=60, blank=True, editable=False, db_index=True)

    IMPERSONAL: ClassVar = {"public_id", "name", "subject"}

    class Meta:
        verbose_name = _("season of commendations")
        verbose_name_plural = _("seasons of commendations")
        ordering: ClassVar = ["-year", "name"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "name"], name="season_is_named_once")]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class MovementList(models.TextChoices):
    """The three lists of the movement's year; those of the pursuit are not public."""

    PURSUIT_EXCELLENT = "pursuit_excellent", _("pursuit of suspects, excellent")
    PURSUIT_EXTRAORDINARY = "pursuit_extraordinary", _("pursuit of suspects, extraordinary")
    MOVEMENT = "movement", _("movement")


PURSUIT = (MovementList.PURSUIT_EXCELLENT, MovementList.PURSUIT_EXTRAORDINARY)


# How a title reads for the public that names somebody; Vietnamese as all titles are.
TITLES = {
    MovementList.PURSUIT_EXCELLENT: "có thành tích xuất sắc trong phòng, chống tội phạm",
    MovementList.PURSUIT_EXTRAORDINARY: "có thành tích đột xuất trong phòng, chống tội phạm",
    MovementList.MOVEMENT: "có thành tích trong phong trào Toàn dân bảo vệ an ninh Tổ quốc",
}


class Procedure(models.TextChoices):
    """How a round is held, by law: only an extraordinary one needs no council (Law 06/2022/QH15, article 83)."""

    REGULAR = "regular", _("regular")
    THEMATIC = "thematic", _("thematic")
    EXTRAORDINARY = "extraordinary", _("extraordinary (simple procedure)")


class Award(models.TextChoices):
    """What is given."""

    CERTIFICATE = "certificate", _("certificate of commendation")
    MERIT = "merit", _("certificate of merit")


# What stands on the paper itself, which is Vietnamese whatever the reader's language.
AWARD_WORDS = {Award.CERTIFICATE: "Giấy khen", Award.MERIT: "Bằng khen"}


class RoundState(models.TextChoices):
    """States of a round."""

    OPEN = "open", _("gathering nominations")
    REVIEWED = "reviewed", _("reviewed by the council")
    SUBMITTED = "submitted", _("submitted")
    DECIDED = "decided", _("decided")
    REVOKED = "revoked", _("revoked")
    CANCELLED = "cancelled", _("cancelled")


UNDECIDED = (RoundState.OPEN, RoundState.REVIEWED, RoundState.SUBMITTED)


class RoundQuerySet(models.QuerySet["Round"]):
    """Reads of rounds."""

    def titled_by_nominee(self) -> RoundQuerySet:
        """Those whose title for the public holds the name of a person or household of their own list."""
        of_its_own = Nomination.objects.filter(round=OuterRef("pk"), name__contains=" ").exclude(kind=RecipientKind.COLLECTIVE)
        in_title = Q(round__told_as="", round__title__icontains=F("name")) | Q(round__told_as__icontains=F("name"))
        return self.filter(Exists(of_its_own.filter(in_title)))


class Round(models.Model):
    """One list of one authority, which ends in one decision."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    season = models.ForeignKey(Season, models.PROTECT, null=True, blank=True, related_name="rounds", verbose_name=_("season"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="commendation_rounds", verbose_name=_("unit"))
    authority = models.ForeignKey(Issuer, models.PROTECT, related_name="commendation_rounds", verbose_name=_("who decides"))
    title = NameField(_("what it is for"), max_length=250, help_text=_("As it stands in the decision, after “on commending”."))
    # Where it is not the title: an older title may name somebody, and papers that are issued keep it.
    told_as = NameField(_("title on public pages"), max_length=250, blank=True)
    movement_list = models.CharField(_("list"), max_length=25, choices=MovementList)
    procedure = models.CharField(_("procedure"), max_length=15, choices=Procedure)
    award = models.CharField(_("award"), max_length=12, choices=Award, default=Award.CERTIFICATE)
    period_from = models.DateField(_("merits from"))
    period_to = models.DateField(_("until"))
    state = models.CharField(_("state"), max_length=10, choices=RoundState, default=RoundState.OPEN, editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    submission = models.ForeignKey(Paper, models.SET_NULL, null=True, related_name="+", editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[Manager[Round] | RoundQuerySet] = RoundQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"public_id", "title", "told_as"}

    class Meta:
        verbose_name = _("round of commendations")
        verbose_name_plural = _("rounds of commendations")
        ordering: ClassVar = ["-made_at", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(period_from__lte=F("period_to")), name="round_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(movement_list="pursuit_extraordinary") | Q(procedure="extraordinary"),
                name="extraordinary_pursuit_has_its_procedure",
            ),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.title

    @property
    def is_pursuit(self) -> bool:
        """Tell whether it is of the pursuit of suspects, and so not public."""
        return self.movement_list in PURSUIT

    @property
    def needs_council(self) -> bool:
        """Tell whether a council must have voted before it is submitted."""
        return self.procedure != Procedure.EXTRAORDINARY

    @property
    def subject(self) -> str:
        """The key under which its papers are kept."""
        return f"{SUBJECT}{self.public_id}"

    @cached_property
    def is_titled_by_nominee(self) -> bool:
        """Whether its title for the public holds the name of somebody of its list; whoever reads many rounds sets it beforehand."""
        return Round.objects.filter(pk=self.pk).titled_by_nominee().exists()

    @property
    def public_title(self) -> str:
        """What it is for, as everybody reads it: by its list alone where the title names a person, whose consent can be taken back."""
        told = self.told_as or self.title
        return TITLES[MovementList(self.movement_list)] if naming.in_title(told) or self.is_titled_by_nominee else told

    @property
    def is_undecided(self) -> bool:
        """Tell whether nothing is decided yet."""
        return self.state in UNDECIDED


class RecipientKind(models.TextChoices):
    """Who is commended."""

    COLLECTIVE = "collective", _("collective")
    INDIVIDUAL = "individual", _("individual")
    HOUSEHOLD = "household", _("household")


class NominationState(models.TextChoices):
    """States of a nomination."""

    PROPOSED = "proposed", _("proposed")
    LISTED = "listed", _("on the list")
    LEFT_OUT = "left_out", _("left out")
    WITHDRAWN = "withdrawn", _("withdrawn")
    COMMENDED = "commended", _("commended")


class NominationQuerySet(models.QuerySet["Nomination"]):
    """Reads of nominations."""

    def standing(self) -> NominationQuerySet:
        """Those that may still be, or are, commended."""
        return self.filter(state__in=(NominationState.PROPOSED, NominationState.LISTED, NominationState.COMMENDED))

    def listed(self) -> NominationQuerySet:
        """Those that the decision will name."""
        return self.filter(state=NominationState.LISTED)

    def in_calling_order(self) -> NominationQuerySet:
        """Collectives first, then households, then individuals; within them as the list has them."""
        rank = models.Case(
            models.When(kind=RecipientKind.COLLECTIVE, then=0), models.When(kind=RecipientKind.HOUSEHOLD, then=1), default=2, output_field=models.IntegerField()
        )
        return self.order_by(rank, "place", "pk")


class Nomination(models.Model):
    """Somebody proposed for a commendation. There is no field for anybody whom the deed concerned, on purpose.

    `words` is what is printed under the name; `merit` what the certificate says; `report` the account of it for the council.
    `doubts_answer` is why a nomination that looked doubtful is right, and `doubts_answered` which doubts it answers.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="nominations", verbose_name=_("round"))
    kind = models.CharField(_("who"), max_length=12, choices=RecipientKind)
    honorific = NameField(_("form of address"), max_length=20, blank=True, help_text=_("For example: Ông, Bà, Em. Empty for a collective."))
    name = NameField(_("name"), max_length=LONGEST_NAME)
    folded_name = models.CharField(max_length=LONGEST_NAME, editable=False)
    name_key = models.CharField(max_length=LONGEST_NAME, editable=False, db_index=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    is_police = models.BooleanField(_("of the police, not a member of the public"), default=False)
    words = NameField(_("office or address on the paper"), max_length=200, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="nominations", verbose_name=_("hamlet or commune"))
    merit = NameField(_("merit, as the paper says it"), max_length=LONGEST_MERIT)
    report = TextField(_("account of the merit"), blank=True)
    deed_on = models.DateField(_("day of the deed"), null=True, blank=True)
    is_pursuit_deed = models.BooleanField(_("of the pursuit, not public"), default=False, editable=False)
    nominated_by = NameField(_("who nominated"), max_length=LONGEST_NAME)
    nominator_kind = models.CharField(_("nominated by"), max_length=12, choices=RecipientKind, default=RecipientKind.COLLECTIVE)
    state = models.CharField(_("state"), max_length=10, choices=NominationState, default=NominationState.LISTED, editable=False)
    reason = TextField(_("why it was left out"), blank=True)
    doubts_answer = TextField(_("why it is right all the same"), blank=True)
    doubts_answered = models.JSONField(default=list, editable=False)
    place = models.PositiveIntegerField(_("place in the list"), default=0)
    batch = models.ForeignKey("ImportJob", models.SET_NULL, null=True, related_name="nominations", editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[Manager[Nomination] | NominationQuerySet] = NominationQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"public_id", "doubts_answered"}

    class Meta:
        verbose_name = _("nomination")
        verbose_name_plural = _("nominations")
        ordering: ClassVar = ["place", "pk"]
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["round", "state"], name="nominations_of_a_round")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="individual") | Q(birth_year__isnull=True, is_police=False), name="only_a_person_has_a_year_of_birth"
            ),
        ]

    def __str__(self) -> str:
        """Return the name as it is called."""
        return self.called

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep what is searched and compared equal to the name."""
        self.fold()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def fold(self) -> None:
        """Renew the name that is searched, and the one by which the same person is found under two spellings."""
        self.folded_name = fold(self.name)[:LONGEST_NAME]
        self.name_key = name_key(self.name)

    @property
    def called(self) -> str:
        """The name as it is called and printed: with its form of address; a household by who heads it, "Hộ ông Lê Văn Tám"."""
        address = BOTH if self.is_unaddressed else self.honorific
        if _spoken(self.name).startswith(f"{address.casefold()} "):  # typed twice: "Bà" and "Bà Trần Thị Chín"
            address = ""
        if self.kind != RecipientKind.HOUSEHOLD or self.is_named_as_household:
            return f"{address} {self.name}".strip()
        return " ".join(part for part in ("Hộ", address.lower(), self.name) if part)

    @property
    def is_unaddressed(self) -> bool:
        """Tell whether nobody said how this person, or who heads the household, is addressed: papers then say "Ông/bà", and nothing is guessed."""
        if self.kind == RecipientKind.COLLECTIVE or self.honorific or self.is_named_as_household:
            return False
        words = _spoken(self.name)
        return _unaddressed(words) == words

    @property
    def is_named_as_household(self) -> bool:
        """Tell whether the name itself, or its form of address, says that a household is meant: "Hộ ông …", "Gia đình bà …"."""
        return f"{self.honorific} {self.name}".strip().casefold().startswith(("hộ ", "gia đình "))

    @property
    def is_pursuit(self) -> bool:
        """Tell whether it is of the pursuit of suspects, by its list or by what somebody confirmed of its deed."""
        return self.is_pursuit_deed or self.round.is_pursuit

    @property
    def on_paper(self) -> str:
        """Office or address as papers print it on a line of its own: what was typed, and the place it is tied to, once."""
        found = printed_place(self.words, self.unit, self.name)
        return f"{found[:1].upper()}{found[1:]}"


class RollConsent(models.Model):
    """One's word that one's name may stand on the public roll: how and when it was given, and when it was taken back."""

    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="consents")
    how = NameField(_("how it was given"), max_length=160, help_text=_("For example: signed slip, in the file of the round."))
    given_on = models.DateField(_("given on"))
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    withdrawn_on = models.DateField(_("taken back on"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent to the public roll")
        verbose_name_plural = _("consents to the public roll")
        ordering: ClassVar = ["-given_on", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["nomination"], condition=Q(withdrawn_on__isnull=True), name="consent_stands_once"),
        ]

    def __str__(self) -> str:
        """Return how it was given."""
        return self.how


class DeedEvidence(models.Model):
    """A file that shows the merit: a picture or a PDF, encrypted, for those who keep the round."""

    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="evidence")
    title = NameField(_("what it shows"), max_length=160)
    content_type = models.CharField(max_length=40)
    data = EncryptedBytesField()
    size = models.PositiveIntegerField()
    added_at = models.DateTimeField(default=clock.now)

    IMPERSONAL: ClassVar = {"content_type"}

    class Meta:
        verbose_name = _("evidence of a merit")
        verbose_name_plural = _("evidence of merits")
        ordering: ClassVar = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return the title."""
        return self.title


class SessionState(models.TextChoices):
    """States of a council's session."""

    HELD = "held", _("held")
    CONCLUDED = "concluded", _("concluded")
    BROKEN_OFF = "broken_off", _("broken off")


class CouncilSession(models.Model):
    """A session of the council on one round. How a seat voted is kept nowhere: only that it did, and the counts."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="sessions")
    committee = models.ForeignKey(Committee, models.PROTECT, related_name="+", verbose_name=_("council"))
    held_on = models.DateField(_("held on"))
    place = NameField(_("place"), max_length=160)
    chair = models.ForeignKey(CommitteeMember, models.PROTECT, related_name="+", verbose_name=_("chair"))
    clerk = models.ForeignKey(CommitteeMember, models.PROTECT, related_name="+", verbose_name=_("takes the minutes"))
    discussion = TextField(_("what was said"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=SessionState, default=SessionState.HELD, editable=False)
    is_by_hand = models.BooleanField(_("raised hands, counted together"), default=True)
    minutes = models.ForeignKey(Paper, models.SET_NULL, null=True, related_name="+", editable=False)

    IMPERSONAL: ClassVar = {"public_id", "place", "discussion"}

    class Meta:
        verbose_name = _("session of a council")
        verbose_name_plural = _("sessions of councils")
        ordering: ClassVar = ["-held_on", "-pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round"], condition=Q(state="held"), name="round_has_one_session_at_a_time"),
        ]

    def __str__(self) -> str:
        """Return council and day."""
        return f"{self.committee}, {self.held_on:%d/%m/%Y}"


class CouncilSeat(models.Model):
    """A seat of the council that was present at a session, and whether it has voted."""

    session = models.ForeignKey(CouncilSession, models.CASCADE, related_name="seats")
    member = models.ForeignKey(CommitteeMember, models.PROTECT, related_name="+")
    has_voted = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("seat that was present")
        verbose_name_plural = _("seats that were present")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "member"], name="seat_is_present_once")]

    def __str__(self) -> str:
        """Return the seat."""
        return str(self.member)


class VoteCount(models.Model):
    """The votes on one nomination, as counts."""

    session = models.ForeignKey(CouncilSession, models.CASCADE, related_name="votes")
    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="votes")
    in_favour = models.PositiveSmallIntegerField(_("in favour"), default=0)
    against = models.PositiveSmallIntegerField(_("against"), default=0)
    other = models.PositiveSmallIntegerField(_("no opinion"), default=0)

    class Meta:
        verbose_name = _("votes on a nomination")
        verbose_name_plural = _("votes on nominations")
        ordering: ClassVar = ["nomination__place", "nomination"]
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "nomination"], name="nomination_is_counted_once")]

    def __str__(self) -> str:
        """Return the three counts."""
        return f"{self.in_favour}/{self.against}/{self.other}"
