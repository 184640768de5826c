"""The opinion itself, its redacted public copy, and its history.

Nothing here tells the order in which anonymous opinions came: keys are random, days are days, and due times are rounded.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import EncryptedTextField, NameField, TextField, public_id, random_key
from liengia.core.text import fold
from liengia.opinions.models.states import (
    ANSWERED,
    ENDED,
    UNANSWERED,
    Kind,
    OfficialsTo,
    Source,
    State,
    ToldHow,
)
from liengia.opinions.models.topics import RefusalReason, Topic
from liengia.people.models import User
from liengia.units.models import Unit

if TYPE_CHECKING:
    from liengia.opinions.models.records import Answer


class OpinionQuerySet(models.QuerySet["Opinion"]):
    """Reads of opinions."""

    def shown(self) -> OpinionQuerySet:
        """Opinions with a public text, of communes that keep the room on; never one about an officer unseen by others."""
        return self.filter(is_public=True, erased_at=None).exclude(state__in=(State.MERGED, State.MOVED_OUT))

    def in_unit(self, unit: Unit) -> OpinionQuerySet:
        """Opinions of a unit of any time and of everything below it."""
        below = Unit.objects.below_any(unit.lineage_ids()).values("pk")
        return self.filter(Q(commune__in=below) | Q(hamlet__in=below))

    def unanswered(self) -> OpinionQuerySet:
        """Opinions that wait for an answer."""
        return self.filter(state__in=UNANSWERED)

    def answered(self) -> OpinionQuerySet:
        """Opinions that count as answered: a helper's only when the writer has been told."""
        return self.filter(state__in=ANSWERED).filter(Q(entered_by=None) | Q(told_on__isnull=False))

    def overdue(self, at: datetime | None = None) -> OpinionQuerySet:
        """Opinions that nobody took in, or nobody answered, in time."""
        moment = at or clock.now()
        late_intake = Q(state=State.RECEIVED, intake_due_at__lt=moment)
        return self.filter(late_intake | Q(state__in=UNANSWERED, due_at__lt=moment))

    def with_words(self) -> OpinionQuerySet:
        """Fetch what a list shows, at once."""
        return self.select_related("topic", "commune", "hamlet__parent").prefetch_related("public_texts")


class PublicManager(models.Manager["Opinion"]):
    """What everybody may see: opinions with a public text. Their own words are not to be shown even so."""

    def get_queryset(self) -> OpinionQuerySet:
        """Return only what is public."""
        return OpinionQuerySet(self.model, using=self._db).shown()


class Opinion(models.Model):
    """One opinion. Its words, place and contact are encrypted; what is shown is its public text.

    There is no `objects`: a query says what it exposes, by `public_` or `all_` (in the office `policies.visible_to`). Of an anonymous
    one the filing day is kept and no instant, and due times are rounded to half-days (a constraint holds it).
    """

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    commune = models.ForeignKey(Unit, models.PROTECT, related_name="opinions", verbose_name=_("commune"))
    hamlet = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="hamlet_opinions", verbose_name=_("hamlet")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="opinions", verbose_name=_("topic")
    )
    source = models.CharField(_("how it came"), max_length=10, choices=Source.choices, default=Source.WEB)
    text = EncryptedTextField(_("words"))
    place_words = EncryptedTextField(_("place"), blank=True)
    point = EncryptedTextField(_("point"), blank=True, help_text=_("Latitude and longitude, only when the writer gave them."))
    is_anonymous = models.BooleanField(_("anonymous"), default=True)
    contact_name = EncryptedTextField(_("name"), blank=True)
    contact_phone = EncryptedTextField(_("phone"), blank=True)
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    slip_number = NameField(_("number of the paper slip"), max_length=40, blank=True)
    entered_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("entered by")
    )
    told_how = models.CharField(_("told how"), max_length=10, choices=ToldHow.choices, blank=True)
    told_on = models.DateField(_("told on"), null=True, blank=True)

    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.RECEIVED)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    filed_on = models.DateField(_("filed on"))
    filed_at = models.DateTimeField(_("filed at"), null=True, blank=True)
    intake_due_at = models.DateTimeField(_("to be taken in by"))
    due_at = models.DateTimeField(_("to be answered by"))
    sorted_at = models.DateTimeField(_("taken in at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    was_late = models.BooleanField(_("was late"), default=False)
    escalated_at = models.DateTimeField(_("put before the chairman at"), null=True, blank=True)
    reopened_on = models.DateField(_("opened again on"), null=True, blank=True)

    is_public = models.BooleanField(_("public"), default=False)
    is_private_person = models.BooleanField(_("about an identifiable private person"), default=False)
    about_officials = models.BooleanField(_("concerns an officer"), default=False)
    officials_to = models.CharField(
        _("who handles what concerns an officer"), max_length=10, choices=OfficialsTo.choices, blank=True, default="",
        help_text=_("Empty: either of the two."),
    )  # fmt: skip
    about = models.CharField(max_length=80, blank=True, default="", db_index=True, editable=False)
    reason = models.ForeignKey(
        RefusalReason, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reason")
    )
    reason_words = EncryptedTextField(_("words of the refusal"), blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("joined with")
    )
    support_count = models.PositiveIntegerField(_("so do I"), default=0)
    contact_erased_on = models.DateField(null=True, blank=True, editable=False)
    words_erased_on = models.DateField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    public_ = PublicManager()
    all_ = OpinionQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"kind", "source", "state", "slip_number", "was_late", "officials_to", "about"}

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        default_manager_name = "public_"
        base_manager_name = "all_"
        default_permissions = ("view", "change")
        indexes: ClassVar = [
            models.Index(fields=["commune", "state", "due_at"], name="opinions_commune_state"),
            models.Index(fields=["is_public", "filed_on"], name="opinions_public_filed"),
            models.Index(fields=["state", "due_at"], name="opinions_due"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_anonymous=False) | Q(filed_at__isnull=True),
                name="opinion_without_a_name_has_a_day_and_no_instant",
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(is_private_person=False),
                name="opinion_about_a_private_person_is_never_public",
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(about_officials=False),
                name="opinion_about_an_officer_is_not_public",
            ),
            models.CheckConstraint(
                condition=(Q(state=State.MERGED) & Q(merged_into__isnull=False))
                | (~Q(state=State.MERGED) & Q(merged_into__isnull=True)),
                name="opinion_that_is_joined_names_the_other",
            ),
        ]

    def __str__(self) -> str:
        """Return the public number; the words are not to be shown by accident."""
        return self.public_id

    @property
    def is_overdue(self) -> bool:
        """Tell whether nobody answered, or nobody took it in, in time."""
        now = clock.now()
        late_intake = self.state == State.RECEIVED and self.intake_due_at < now
        return late_intake or (self.state in UNANSWERED and self.due_at < now)

    @property
    def has_ended(self) -> bool:
        """Tell whether nothing more happens unless it is opened again."""
        return self.state in ENDED

    @property
    def current_text(self) -> PublicText | None:
        """The newest version of the public text (prefetched where a list is shown)."""
        return max(self.public_texts.all(), key=lambda text: text.version, default=None)

    @property
    def public_answer(self) -> Answer | None:
        """The newest answer that was published; one given since is read by the writer alone until it is published too."""
        out = [one for one in self.answers.all() if one.public_text] if self.state in (State.PUBLISHED, State.FOLLOWING_UP, State.CLOSED) else []
        return max(out, key=lambda one: one.version, default=None)


class PublicText(models.Model):
    """A version of the redacted copy: what everybody reads. `marks` are places and kinds with a decision, no words."""

    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="public_texts")
    version = models.PositiveSmallIntegerField(default=1)
    title = NameField(_("title"), max_length=120)
    text = TextField(_("text"))
    place_words = NameField(_("place"), max_length=160, blank=True)
    marks = models.JSONField(default=list)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    folded = models.TextField(editable=False, default="")

    IMPERSONAL: ClassVar = {"title", "text", "place_words", "marks", "folded"}

    class Meta:
        verbose_name = _("public text of an opinion")
        verbose_name_plural = _("public texts of opinions")
        ordering: ClassVar = ["-version"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["opinion", "version"], name="public_text_has_its_version_once"),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the folded words equal to the words."""
        self.folded = fold(f"{self.title} {self.place_words} {self.text}")
        super().save(*args, **kwargs)


class AppendOnly(TypeError):
    """A line of a history was to be changed."""


class OpinionEvent(models.Model):
    """One line of an opinion's history, never changed. Of what an anonymous writer does, the day and no instant.

    `data` holds no words of people. `is_audited` is empty while a line of an anonymous writer waits for the day's
    audit, which is written the day after and in no order.
    """

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="events")
    number = models.PositiveSmallIntegerField()
    verb = models.CharField(max_length=30)
    state = models.CharField(max_length=20, choices=State.choices)
    on = models.DateField()
    at = models.DateTimeField(null=True, blank=True)
    by_office = NameField(max_length=160, blank=True)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    data = models.JSONField(default=dict)
    is_audited = models.BooleanField(default=True)

    IMPERSONAL: ClassVar = {"verb", "state", "by_office", "data"}

    class Meta:
        verbose_name = _("event of an opinion")
        verbose_name_plural = _("events of opinions")
        ordering: ClassVar = ["number"]
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["on"], condition=Q(is_audited=False), name="opinions_event_to_audit")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["opinion", "number"], name="event_has_its_number_once"),
        ]

    def __str__(self) -> str:
        """Return number and verb."""
        return f"{self.number}. {self.verb}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new line; an old one stays as it is.

        Raises:
            AppendOnly: the line has been written before.
        """
        if not self._state.adding:
            raise AppendOnly("a line of the history is never changed")
        super().save(*args, **kwargs)


class RefersToOfficer(models.Model):
    """An opinion concerns an officer: by account where there is one, else by the writer's words (encrypted).

    Whoever is named here, and everybody below the chairman, finds nothing: no page, no count, no notice.
    """

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    opinion = models.ForeignKey(Opinion, models.CASCADE, related_name="officers")
    officer = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    words = EncryptedTextField(_("who, in the writer's words"), blank=True)

    class Meta:
        verbose_name = _("officer concerned")
        verbose_name_plural = _("officers concerned")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["opinion", "officer"], condition=Q(officer__isnull=False), name="officer_is_named_once"
            ),
        ]

    def __str__(self) -> str:
        """Say nothing."""
        return f"officer concerned by {self.opinion_id}"


def next_number(opinion: Opinion) -> int:
    """Return the number of the next line of an opinion's history; its row is locked by the caller."""
    last = OpinionEvent.objects.filter(opinion=opinion).aggregate(last=models.Max(F("number")))["last"]
    return int(last or 0) + 1
