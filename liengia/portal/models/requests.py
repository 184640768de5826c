"""What somebody who is shown or named in an article asks for: a picture or a name taken down, a mistake put right.

Nobody says who they are unless they want to: the day is kept and no instant, and a private code shows what became of
it. Words, name and contact stand encrypted and go 90 days after the end.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liengia.core import clock
from liengia.core.fields import EncryptedTextField, random_key
from liengia.portal.models.media import PortalDocument, PortalImage
from liengia.portal.models.news import ArticlePage
from liengia.units.models import Unit


class RequestKind(models.TextChoices):
    """What is asked for."""

    PICTURE = "picture", _("Take down a picture or video with me in it")
    CHILD = "child", _("Take down a picture or video with my child, or a child in my care, in it")
    NAME = "name", _("Take out my name, or what is told of me")
    MISTAKE = "mistake", _("Correct what is wrong")
    OTHER = "other", _("Something else about this article")


class RequestState(models.TextChoices):
    """How far a request has come."""

    RECEIVED = "received", pgettext_lazy("request", "received")
    LOOKING = "looking", _("being looked at")
    REMOVED = "removed", _("taken down")
    CORRECTED = "corrected", _("corrected")
    REFUSED = "refused", pgettext_lazy("request", "refused")


class RequestRefusal(models.TextChoices):
    """Why a request is refused; words to the one who asked come with it."""

    PUBLIC_EVENT = "public_event", _("It shows a public event, and harms nobody's honour (Civil Code 2015, article 32)")
    OFFICE = "office", _("It tells of what an office holder did in office")
    ACCURATE = "accurate", _("It was compared with the sources, and it is right")
    NOT_FOUND = "not_found", _("The article does not show or name whoever asked")
    ELSEWHERE = "elsewhere", _("Somebody else has to decide this; the words say who")
    OTHER = "other", _("Another reason, told in words")


OPEN = (RequestState.RECEIVED, RequestState.LOOKING)


class RequestQuerySet(models.QuerySet["ArticleRequest"]):
    """Reads of requests."""

    def waiting(self) -> RequestQuerySet:
        """Return what is not decided yet, a child's first, then what is due first."""
        return self.filter(state__in=OPEN).order_by("-is_urgent", "due_at", "pk")

    def overdue(self, at: datetime | None = None) -> RequestQuerySet:
        """Return what should have been decided by now."""
        return self.filter(state__in=OPEN, due_at__lt=at or clock.now())

    def decided(self) -> RequestQuerySet:
        """Return what is decided, the newest first."""
        return self.exclude(state__in=OPEN).order_by("-decided_at", "pk")


class ArticleRequest(models.Model):
    """A request of somebody shown or named in an article (gỡ ảnh, đính chính); seen only by the commune's editors.

    Its keys are random, so that their order says nothing. `unit` is the commune in whose portal the article stands;
    without one it is the area's.
    """

    id = models.BigIntegerField(primary_key=True, default=random_key, editable=False)
    code_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001  (what is erased has none)
    article = models.ForeignKey(ArticlePage, models.SET_NULL, null=True, related_name="requests", verbose_name=_("article"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("commune"))
    kind = models.CharField(_("what is asked for"), max_length=10, choices=RequestKind)
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.RECEIVED)
    is_urgent = models.BooleanField(_("about a child"), default=False)
    pictures = models.ManyToManyField(PortalImage, related_name="requests", verbose_name=_("pictures"))
    videos = models.ManyToManyField(PortalDocument, related_name="requests", verbose_name=_("videos"))
    about_comments = models.BooleanField(_("readers' comments name them too"), default=False)
    passage = EncryptedTextField(_("the sentence"), blank=True)
    words = EncryptedTextField(_("why"), blank=True)
    name = EncryptedTextField(_("name"), blank=True)
    contact = EncryptedTextField(_("how to be answered"), blank=True)
    filed_on = models.DateField(_("filed on"), default=clock.today)
    due_at = models.DateTimeField(_("due"))
    proposed_words = EncryptedTextField(_("proposed correction"), blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    refusal = models.CharField(_("reason"), max_length=14, choices=RequestRefusal, blank=True)
    answer = EncryptedTextField(_("words to the one who asked"), blank=True)
    erased_on = models.DateField(null=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about an article")
        verbose_name_plural = _("requests about articles")
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(state__in=["received", "looking"]), name="portal_request_open_due"),
            models.Index(fields=["filed_on"], name="portal_request_filed_on"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["received", "looking"], decided_at=None) | Q(decided_at__isnull=False, state__in=["removed", "corrected", "refused"]),
                name="portal_request_is_decided_or_open",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(refusal=""), name="portal_request_refused_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.filed_on:%d/%m/%Y}"

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for a decision."""
        return self.state in OPEN

    @property
    def is_overdue(self) -> bool:
        """Tell whether it should have been decided by now."""
        return self.is_open and self.due_at < clock.now()
