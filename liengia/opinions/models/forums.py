"""Listening forums: the session, its questions, and its satisfaction slips as counts.

A question is an opinion; what stands here is only its place in the session. A slip is nowhere: its answers are added
to counts and forgotten.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liengia.core import clock
from liengia.core.fields import NameField, TextField, five_digits, public_id, random_key
from liengia.opinions.models.opinions import Opinion
from liengia.opinions.models.states import AnswerKind, State
from liengia.opinions.models.topics import Topic
from liengia.organisations.models import Committee, Meeting, Organisation, Task
from liengia.units.models import Unit


class ForumState(models.TextChoices):
    """Where a session stands."""

    PLANNED = "planned", pgettext_lazy("forum", "planned")
    ASKING = "asking", _("open for questions")
    LIVE = "live", _("going on")
    CLOSED = "closed", pgettext_lazy("forum", "over")
    SIGNED = "signed", _("minutes signed")


# Questions are taken while it is open for them and while it goes on.
TAKES_QUESTIONS = (ForumState.ASKING, ForumState.LIVE)


class ForumQuerySet(models.QuerySet["ListeningForum"]):
    """Reads of sessions."""

    def in_unit(self, unit: Unit) -> ForumQuerySet:
        """Sessions of a unit of any time and of everything below it."""
        return self.filter(unit__in=Unit.objects.below_any(unit.lineage_ids()).values("pk"))

    def shown(self) -> ForumQuerySet:
        """Sessions that everybody sees: all but those still being planned."""
        return self.exclude(state=ForumState.PLANNED)

    def past(self) -> ForumQuerySet:
        """Sessions that are over, the newest first."""
        return self.filter(state__in=(ForumState.CLOSED, ForumState.SIGNED)).order_by("-starts_at", "-pk")

    def coming(self) -> ForumQuerySet:
        """Sessions open for questions or going on, the next first."""
        return self.filter(state__in=TAKES_QUESTIONS).order_by("starts_at", "pk")


class ListeningForum(models.Model):
    """One session "Công an xã lắng nghe ý kiến của Nhân dân": of a commune or a hamlet, on its own or at a festival.

    `item_of` names what it is an item of ("festival:<id>"): upper rooms fill it in, nothing here follows it.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    short_code = models.CharField(
        max_length=5, unique=True, default=five_digits, editable=False, validators=[RegexValidator(r"^[1-9]\d{4}$")]
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="forums", verbose_name=_("commune or hamlet"))
    title = NameField(_("what it is about"), max_length=160)
    place = NameField(_("place"), max_length=160)
    starts_at = models.DateTimeField(_("begins at"))
    hosts = models.ManyToManyField(Organisation, related_name="forums", verbose_name=_("hosts"))
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("usual topic of its questions")
    )
    committee = models.ForeignKey(
        Committee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("committee that keeps its tasks")
    )
    meeting = models.OneToOneField(Meeting, models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    report = TextField(_("report of the police before the people"), blank=True)
    item_of = models.CharField(_("item of"), max_length=80, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=ForumState, default=ForumState.PLANNED)
    began_at = models.DateTimeField(_("began at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    attendance = models.PositiveIntegerField(_("people who came"), null=True, blank=True)
    chair_name = NameField(_("led by"), max_length=120, blank=True)
    chair_office = NameField(_("office of who led"), max_length=160, blank=True)
    clerk_name = NameField(_("minutes taken by"), max_length=120, blank=True)
    minutes_number = models.PositiveIntegerField(_("number of the minutes"), null=True, blank=True)
    signed_on = models.DateField(_("minutes signed on"), null=True, blank=True)

    objects = ForumQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"public_id", "short_code", "title", "place", "item_of", "state", "chair_office"}

    class Meta:
        verbose_name = _("listening forum")
        verbose_name_plural = _("listening forums")
        ordering: ClassVar = ["-starts_at", "-pk"]
        default_permissions = ("view", "add", "change")
        indexes: ClassVar = [models.Index(fields=["state", "starts_at"], name="opinions_forum_state")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(signed_on__isnull=False), name="signed_minutes_have_their_day"
            ),
        ]

    def __str__(self) -> str:
        """Return title and day."""
        return f"{self.title} ({clock.local(self.starts_at):%d/%m/%Y})"

    @property
    def takes_questions(self) -> bool:
        """Tell whether questions are taken now."""
        return self.state in TAKES_QUESTIONS

    @property
    def day(self) -> date:
        """The local day of the session."""
        return clock.local(self.starts_at).date()


class CameBy(models.TextChoices):
    """How a question reached the session."""

    WEB = "web", _("web, beforehand")
    PAPER = "paper", _("paper slip")
    PHONE = "live", _("phone, in the hall")
    SPOKEN = "spoken", _("spoken")


class QuestionState(models.TextChoices):
    """Where a question stands in the session; the opinion has its own states."""

    WAITING = "waiting", _("not looked at yet")
    QUEUED = "queued", _("in the queue")
    FLOOR = "floor", _("on the floor")
    ANSWERED = "answered", pgettext_lazy("question", "answered on the spot")
    IN_WRITING = "in_writing", _("to be answered in writing")
    ASIDE = "aside", _("not shown in the hall")


class QuestionQuerySet(models.QuerySet["ForumQuestion"]):
    """Reads of questions; the opinion's own rules come first."""

    def standing(self) -> QuestionQuerySet:
        """Questions that are still of the session: not joined, not moved out, not about an officer, not erased."""
        gone = (State.MERGED, State.MOVED_OUT)
        return self.filter(opinion__about_officials=False, opinion__erased_at=None).exclude(opinion__state__in=gone)

    def shown(self) -> QuestionQuerySet:
        """Questions that everybody may read: with a public text, and let into the hall."""
        hidden = (QuestionState.WAITING, QuestionState.ASIDE)
        return self.standing().filter(opinion__is_public=True).exclude(state__in=hidden)

    def with_words(self) -> QuestionQuerySet:
        """Fetch what a list shows, at once."""
        return self.select_related("opinion").prefetch_related("opinion__public_texts", "opinion__answers")


class ForumQuestion(models.Model):
    """The place of an opinion in a session. It has no instant, and its order is given when a moderator lets it in.

    `task` is what it became in a conclusion, done when the opinion closes.
    """

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    forum = models.ForeignKey(ListeningForum, models.PROTECT, related_name="questions", verbose_name=_("forum"))
    opinion = models.OneToOneField(Opinion, models.CASCADE, related_name="question", verbose_name=_("opinion"))
    came_by = models.CharField(_("how it came"), max_length=10, choices=CameBy)
    state = models.CharField(_("state"), max_length=12, choices=QuestionState, default=QuestionState.WAITING)
    order = models.PositiveIntegerField(_("order"), default=0)
    task = models.ForeignKey(
        Task, models.SET_NULL, null=True, blank=True, editable=False, related_name="questions", verbose_name=_("task that it became")
    )

    objects = QuestionQuerySet.as_manager()

    IMPERSONAL: ClassVar = {"came_by", "state"}

    class Meta:
        verbose_name = _("question at a forum")
        verbose_name_plural = _("questions at forums")
        ordering: ClassVar = ["order", "pk"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forum"], condition=Q(state="floor"), name="one_question_has_the_floor"),
        ]

    def __str__(self) -> str:
        """Return its place."""
        return f"{self.forum_id}: {self.order}"

    @property
    def answer_text(self) -> str:
        """The answer on the spot or in writing, when it may be read by all; the newest."""
        answer = self.opinion.public_answer
        return answer.public_text if answer else ""

    @property
    def is_answered_on_spot(self) -> bool:
        """Tell whether it was answered in the hall."""
        return any(one.kind == AnswerKind.ON_SPOT for one in self.opinion.answers.all())


class SurveyPhase(models.TextChoices):
    """When a satisfaction slip is filled in."""

    BEFORE = "before", _("before")
    AFTER = "after", _("after")


class SurveyLevel(models.TextChoices):
    """The three answers of a slip."""

    SATISFIED = "satisfied", _("Satisfied")
    SO_SO = "so_so", _("So-so")
    NOT = "not_satisfied", _("Not satisfied")


# The five questions of a slip, by their numbers; a session is compared with those before it, so they stay.
SURVEY_QUESTIONS = {
    1: _("The police of the commune are easy to reach when they are needed."),
    2: _("The police treat people politely and fairly."),
    3: _("Security in the hamlet is good, by day and by night."),
    4: _("What people reported is dealt with, and they are told."),
    5: _("Papers at the police office are done on time."),
}


class SurveyCount(models.Model):
    """How many slips gave one answer to one question; slips themselves are kept nowhere."""

    forum = models.ForeignKey(ListeningForum, models.CASCADE, related_name="survey")
    phase = models.CharField(_("when"), max_length=8, choices=SurveyPhase)
    question = models.PositiveSmallIntegerField(_("question"))
    level = models.CharField(_("answer"), max_length=14, choices=SurveyLevel)
    count = models.PositiveIntegerField(_("slips"), default=0)

    IMPERSONAL: ClassVar = {"phase", "level"}

    class Meta:
        verbose_name = _("count of satisfaction slips")
        verbose_name_plural = _("counts of satisfaction slips")
        ordering: ClassVar = ["phase", "question", "level"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forum", "phase", "question", "level"], name="survey_answer_is_counted_once"),
            models.CheckConstraint(condition=Q(question__gte=1, question__lte=5), name="survey_has_five_questions"),
        ]

    def __str__(self) -> str:
        """Return phase, question and count."""
        return f"{self.phase} {self.question} {self.level}: {self.count}"
