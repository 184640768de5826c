"""Bulletins, where they are for, ready texts, and the rules of a commune's voice."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField, TextField, public_id
from liengia.people.models import User
from liengia.units.models import Unit

if TYPE_CHECKING:
    from django.db.models.manager import Manager

LONGEST_TEXT = 5_000
LONGEST_HEADLINE = 160
LONGEST_SHORT = 500
LONGEST_SPOKEN = 2_000


class Priority(models.TextChoices):
    """How a bulletin stands among others. Source: Circular 39/2020/TT-BTTTT, article 3."""

    NORMAL = "normal", _("ordinary")
    PRIORITY = "priority", _("with priority")
    URGENT = "urgent", _("emergency")


class Kind(models.TextChoices):
    """What a bulletin is."""

    LAW = "law", _("law and prevention")
    NOTICE = "notice", _("notice")
    REMINDER = "reminder", _("reminder")
    ALERT = "alert", _("alert")
    ALL_CLEAR = "all_clear", _("all-clear")


class MsgType(models.TextChoices):
    """How it stands to the one before it; the first three are CAP 1.2's msgType."""

    ALERT = "alert", _("first message")
    UPDATE = "update", _("update")
    CORRECTION = "correction", _("correction")
    CANCEL = "cancel", _("withdrawal")
    ALL_CLEAR = "all_clear", _("all-clear")


class Event(models.TextChoices):
    """What an alert is about; the channel `cap` says it in CAP's categories."""

    NONE = "", _("no event")
    FIRE = "fire", _("fire")
    STORM = "storm", _("storm, whirlwind")
    FLOOD = "flood", _("flood, high tide")
    DROUGHT = "drought", _("drought, salt water")
    EPIDEMIC = "epidemic", _("epidemic")
    SCAM = "scam", _("fraud")
    SECURITY = "security", _("security and order")
    TRAFFIC = "traffic", _("traffic, road closed")
    OTHER = "other", _("other")


# Warnings of natural disasters and epidemics are issued by bodies that the law names; a commune passes them on.
# Source: Law 33/2013/QH13, article 24 (disaster news); Law 03/2007/QH12, article 41 (epidemics).
ISSUED_BY_A_BODY: frozenset[str] = frozenset({Event.STORM, Event.FLOOD, Event.DROUGHT, Event.EPIDEMIC})


class BulletinState(models.TextChoices):
    """Where a bulletin stands."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("waits for approval")
    APPROVED = "approved", _("in force")
    FINISHED = "finished", _("has gone out")
    WITHDRAWN = "withdrawn", _("withdrawn")
    DISCARDED = "discarded", _("thrown away")


class Repeats(models.TextChoices):
    """When a bulletin goes out."""

    ONCE = "once", _("once")
    WEEKLY = "weekly", _("each week")
    LUNAR = "lunar", _("on days of the lunar month")


class ReadyText(models.Model):
    """A prepared text: of the installation (no unit) or of a unit, for it and all below it.

    One that `may_be_sent_alone` is a template for emergencies, which a duty officer sends alone; it is set so by an approver.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="ready_texts", verbose_name=_("unit"))
    code = models.SlugField(_("code"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.LAW)
    event = models.CharField(_("event"), max_length=10, choices=Event, blank=True, default=Event.NONE)
    headline = NameField(_("headline"), max_length=LONGEST_HEADLINE)
    text = TextField(_("text"), max_length=LONGEST_TEXT)
    short_text = TextField(_("short text"), max_length=LONGEST_SHORT, blank=True)
    spoken_text = TextField(_("spoken text"), max_length=LONGEST_SPOKEN, blank=True)
    source = NameField(_("source"), max_length=250, blank=True)
    as_of = models.DateField(_("right as of"), null=True, blank=True)
    needs_check = models.BooleanField(
        _("the law it cites has still to be checked by an office"), default=False, help_text=_("Untick it when somebody has compared number, article and date with the text in force.")
    )
    season = NameField(_("season"), max_length=80, blank=True)
    may_be_sent_alone = models.BooleanField(_("a duty officer may send it alone in an emergency"), default=False)
    is_shown = models.BooleanField(_("offered"), default=True)
    changed_at = models.DateTimeField(_("changed at"), default=clock.now)

    IMPERSONAL: ClassVar = {"public_id", "code", "kind", "event", "headline", "text", "short_text", "spoken_text", "source", "season"}

    class Meta:
        verbose_name = _("ready text")
        verbose_name_plural = _("ready texts")
        ordering: ClassVar = ["kind", "headline", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], condition=Q(unit=None) & ~Q(code=""), name="a_shipped_text_stands_once"),
        ]

    def __str__(self) -> str:
        """Return the headline."""
        return self.headline


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    """Reads of bulletins."""

    def live(self) -> BulletinQuerySet:
        """Those that really went or go out: no training, no draft."""
        return self.filter(is_training=False, state__in=(BulletinState.APPROVED, BulletinState.FINISHED, BulletinState.WITHDRAWN))

    def public(self) -> BulletinQuerySet:
        """Those that anybody may read: live ones for whole units that go to the public page."""
        return self.live().filter(is_public=True)


class Bulletin(models.Model):
    """One message of a unit, in all its forms; frozen once it is approved (`sealed` is the fingerprint of what was)."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="bulletins", verbose_name=_("who speaks"))
    state = models.CharField(_("state"), max_length=10, choices=BulletinState, default=BulletinState.DRAFT, editable=False)
    is_training = models.BooleanField(_("training"), default=False)
    priority = models.CharField(_("priority"), max_length=10, choices=Priority, default=Priority.NORMAL)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.NOTICE)
    msg_type = models.CharField(max_length=10, choices=MsgType, default=MsgType.ALERT, editable=False)
    follows = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followed_by", editable=False)
    event = models.CharField(_("event"), max_length=10, choices=Event, blank=True, default=Event.NONE)
    headline = NameField(_("headline"), max_length=LONGEST_HEADLINE)
    text = TextField(_("text"), max_length=LONGEST_TEXT)
    short_text = TextField(_("short text"), max_length=LONGEST_SHORT, blank=True)
    spoken_text = TextField(_("spoken text"), max_length=LONGEST_SPOKEN, blank=True)
    recording = models.CharField(max_length=80, blank=True, editable=False)
    picture = models.CharField(max_length=80, blank=True, editable=False)
    issuing_body = NameField(_("issued by"), max_length=200, blank=True)
    issuing_number = NameField(_("number of the warning"), max_length=80, blank=True)
    names_a_person = models.BooleanField(_("names a private person"), default=False)
    legal_basis = NameField(_("legal basis for naming them"), max_length=250, blank=True)
    naming_approved = models.BooleanField(default=False, editable=False)
    channels = models.JSONField(_("channels"), default=list, blank=True)
    groups = models.JSONField(_("neighbour groups"), default=list, blank=True)
    roles = models.JSONField(_("roles"), default=list, blank=True)
    is_public = models.BooleanField(_("on the public page"), default=True)
    repeats = models.CharField(_("goes out"), max_length=10, choices=Repeats, default=Repeats.ONCE)
    weekdays = models.JSONField(_("weekdays"), default=list, blank=True)
    lunar_days = models.JSONField(_("days of the lunar month"), default=list, blank=True)
    at_time = models.TimeField(_("at"), null=True, blank=True)
    first_on = models.DateField(_("on, or from"), null=True, blank=True)
    expires_at = models.DateTimeField(_("holds until"), null=True, blank=True)
    ready_text = models.ForeignKey(ReadyText, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)
    source = NameField(max_length=250, blank=True, editable=False)
    written_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    written_at = models.DateTimeField(default=clock.now, editable=False)
    # Whoever else put words into the draft: none of them approves it either.
    changed_by = models.ManyToManyField(User, related_name="+", editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    was_sent_alone = models.BooleanField(default=False, editable=False)
    reviewed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)
    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    review_words = TextField(blank=True, max_length=500, editable=False)
    sent_back_words = TextField(blank=True, max_length=500, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_why = NameField(max_length=250, blank=True, editable=False)
    sealed = models.CharField(max_length=64, blank=True, editable=False)
    units = models.ManyToManyField(Unit, through="BulletinUnit", related_name="+")

    PERSONAL: ClassVar = {
        "headline": "only where it names a private person, with its legal basis", "text": "as the headline",
        "short_text": "as the headline", "spoken_text": "as the headline",
    }  # fmt: skip
    IMPERSONAL: ClassVar = {
        "public_id", "state", "priority", "kind", "msg_type", "event", "recording", "picture", "issuing_body", "issuing_number", "legal_basis",
        "channels", "groups", "roles", "repeats", "weekdays", "lunar_days", "source", "review_words", "sent_back_words", "withdrawn_why", "sealed",
    }  # fmt: skip

    objects: ClassVar[Manager[Bulletin] | BulletinQuerySet] = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulletin")
        verbose_name_plural = _("bulletins")
        ordering: ClassVar = ["-pk"]
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["unit", "state"], name="broadcast_bulletin_unit")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(written_by__isnull=True) | ~Q(approved_by=F("written_by")) | Q(was_sent_alone=True),
                name="who_wrote_a_bulletin_does_not_approve_it",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "finished", "withdrawn")) | ~Q(sealed=""), name="an_approved_bulletin_is_sealed"
            ),
            models.CheckConstraint(condition=Q(was_sent_alone=False) | Q(priority="urgent"), name="only_emergencies_are_sent_by_one_alone"),
        ]

    def __str__(self) -> str:
        """Return the headline."""
        return self.headline

    @property
    def is_live(self) -> bool:
        """Whether it really went or goes out."""
        return not self.is_training and self.state in (BulletinState.APPROVED, BulletinState.FINISHED)

    @property
    def needs_review(self) -> bool:
        """Whether it was sent by one alone and nobody has looked at it since."""
        return self.was_sent_alone and self.reviewed_at is None

    def is_by(self, user_id: int | None) -> bool:
        """Whether any of its words are somebody's: who wrote it, or changed the draft."""
        return user_id is not None and (self.written_by_id == user_id or self.changed_by.filter(pk=user_id).exists())


class BulletinUnit(models.Model):
    """A unit that a bulletin is for, with everything below it; a reform leaves it as it was."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="areas")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("area of a bulletin")
        verbose_name_plural = _("areas of bulletins")
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["bulletin", "unit"], name="a_bulletin_is_for_a_unit_once")]

    def __str__(self) -> str:
        """Return the unit."""
        return str(self.unit)


class VoiceRules(models.Model):
    """What a commune's voice keeps to: quiet hours, how much a day, and whether it is in training.

    The defaults come from what people complain about (domain notes in docs/areas/broadcast.md); only emergencies pass quiet hours.
    """

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="voice_rules", verbose_name=_("unit"))
    quiet_from = models.TimeField(_("quiet from"), default=time(21))
    quiet_to = models.TimeField(_("quiet until"), default=time(6))
    most_a_day = models.PositiveSmallIntegerField(_("plays a day on the loudspeakers, at most"), default=6)
    is_training = models.BooleanField(_("everything new is training and goes nowhere"), default=False)

    class Meta:
        verbose_name = _("rules of a commune's voice")
        verbose_name_plural = _("rules of communes' voices")
        default_permissions = ()

    def __str__(self) -> str:
        """Return the unit."""
        return str(self.unit)

    def is_quiet_at(self, moment: time) -> bool:
        """Tell whether a time of day lies in the quiet hours; they may pass midnight. Equal ends mean none."""
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= moment < self.quiet_to
        return moment >= self.quiet_from or moment < self.quiet_to
