"""Threads, comments, readers' flags, and each commune's rule."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import NameField, TextField, public_id
from liengia.units.models import Unit

LONGEST = 500
LONGEST_NAME = 40


class Who(models.TextChoices):
    """Who may write."""

    OFF = "off", _("Nobody: comments are off")
    NAMED = "named", _("Those who are signed in, under their name")
    GUESTS = "guests", _("Everybody, guests too")


class Rule(models.Model):
    """How a commune (or, without a unit, the area) takes comments; without a row the one above holds."""

    unit = models.OneToOneField(
        Unit, models.CASCADE, null=True, blank=True, related_name="comment_rule", verbose_name=_("commune")
    )
    who = models.CharField(_("who may write"), max_length=8, choices=Who, default=Who.GUESTS)
    is_moderated_first = models.BooleanField(
        _("read before they are shown"), default=True, help_text=_("Otherwise comments are shown at once and read after.")
    )

    class Meta:
        verbose_name = _("rule for comments")
        verbose_name_plural = _("rules for comments")
        ordering: ClassVar = ["unit__code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["who"], condition=Q(unit=None), name="the_area_has_one_rule_for_comments")
        ]

    def __str__(self) -> str:
        return str(self.unit or _("The area as a whole"))


class ThreadQuerySet(models.QuerySet["Thread"]):
    """Reads of threads."""

    def in_units(self, roots: list[int]) -> ThreadQuerySet:
        """Threads of units and of all below them."""
        return self.filter(unit__in=Unit.objects.below_any(roots))


class Thread(models.Model):
    """The comments under one thing that an upper room publishes (`kind` and `key` are that room's)."""

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="comment_threads")
    title = NameField(max_length=300)
    url = models.CharField(max_length=500)
    is_open = models.BooleanField(_("takes new comments"), default=True)
    is_public = models.BooleanField(default=True)

    objects: ClassVar[models.Manager[Thread] | ThreadQuerySet] = ThreadQuerySet.as_manager()
    IMPERSONAL: ClassVar[set[str]] = {"kind", "key", "title", "url"}

    class Meta:
        verbose_name = _("thread of comments")
        verbose_name_plural = _("threads of comments")
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "key"], name="a_thing_has_one_thread")]

    def __str__(self) -> str:
        return self.title


class CommentState(models.TextChoices):
    """States of a comment; the table of changes is in `workflow.py`."""

    WAITING = "waiting", _("Waiting to be read")
    SHOWN = "shown", _("Shown")
    REFUSED = "refused", _("Not published")
    REMOVED = "removed", _("Taken away")


class Reason(models.TextChoices):
    """Why a comment is not published or is taken away; what readers may report it for."""

    PERSON = "person", _("Names a private person, or tells where they live")
    ABUSE = "abuse", _("Insults or threatens")
    ADVERTISING = "advertising", _("Advertises or repeats itself")
    ELSEWHERE = "elsewhere", _("Belongs elsewhere: a crime report, a complaint or a denunciation")
    OFF_TOPIC = "off_topic", _("Is not about this page")
    UNLAWFUL = "unlawful", _("Is against the law")
    OTHER = "other", _("Another reason")


class SecondLook(models.TextChoices):
    """Whether the writer asked another moderator, once."""

    NONE = "none", _("Not asked for")
    ASKED = "asked", _("Asked for")
    UPHELD = "upheld", _("The decision stands")
    GRANTED = "granted", _("Published after a second look")


class CommentQuerySet(models.QuerySet["Comment"]):
    """Reads of comments."""

    def shown(self) -> CommentQuerySet:
        """Comments that everybody reads."""
        return self.filter(state=CommentState.SHOWN)

    def waiting(self) -> CommentQuerySet:
        """Comments that nobody has read yet."""
        return self.filter(state=CommentState.WAITING)


class Comment(models.Model):
    """One comment, reply or official answer.

    A guest's comment knows the day on which it was written and nothing else of its writer; `shown_at` is the
    moderator's moment. `writer_hash` is the keyed hash of the private link; `form_id` makes a form that is sent
    twice one comment. Text and name of what was refused or taken away are erased after their period; the row stays
    as a counted stub.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    text = TextField()
    name = NameField(max_length=120, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    is_official = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=CommentState, default=CommentState.WAITING)
    written_on = models.DateField(default=clock.today)
    shown_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    reason_words = NameField(max_length=300, blank=True)
    second_look = models.CharField(max_length=8, choices=SecondLook, default=SecondLook.NONE)
    second_look_at = models.DateTimeField(null=True, blank=True)
    writer_hash = models.CharField(max_length=64, blank=True, db_index=True)
    form_id = models.CharField(max_length=32, unique=True, null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Comment] | CommentQuerySet] = CommentQuerySet.as_manager()
    PERSONAL: ClassVar[dict[str, str]] = {
        "text": "what somebody wrote, public once it is shown",
        "name": "the name that the writer chose, or their own when signed in; shown with the comment",
        "reason_words": "the moderator's words to the writer",
    }
    IMPERSONAL: ClassVar[set[str]] = {"writer_hash", "form_id"}

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["thread", "state"], name="comments_of_a_thread"),
            models.Index(fields=["state", "id"], name="comments_by_state"),
            models.Index(fields=["second_look"], condition=Q(second_look="asked"), name="comments_asked_again"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "removed"]) | ~Q(reason=""), name="a_refused_comment_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name or _('Guest')}, {self.written_on:%d/%m/%Y}"


class Flag(models.Model):
    """A reader's report of a comment: why, and on which day; nothing of who reported."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="flags")
    reason = models.CharField(max_length=12, choices=Reason)
    on = models.DateField(default=clock.today)
    is_settled = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("report of a comment")
        verbose_name_plural = _("reports of comments")
        indexes: ClassVar = [
            models.Index(fields=["comment"], condition=Q(is_settled=False), name="flags_not_settled"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}, {self.on:%d/%m/%Y}"
