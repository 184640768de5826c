"""States and other short lists of this room."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """Where an opinion stands (domain: tiếp nhận → phân loại → … → đóng)."""

    RECEIVED = "received", _("received")
    SORTED = "sorted", _("sorted")
    ANSWERED_ON_SPOT = "answered_on_spot", _("answered on the spot")
    FORWARDED = "forwarded", _("forwarded to the body that decides")
    VERIFYING = "verifying", _("being verified")
    ANSWERED_IN_WRITING = "answered_in_writing", _("answered in writing")
    PUBLISHED = "published", _("answered in public")
    FOLLOWING_UP = "following_up", _("being carried out")
    CLOSED = "closed", _("closed")
    REFUSED = "refused", _("not taken up, with the reason")
    MERGED = "merged", _("joined with another")
    MOVED_OUT = "moved_out", _("belongs elsewhere")


# Nobody has answered yet: these are late when their due time has passed.
UNANSWERED: Final = (State.RECEIVED, State.SORTED, State.FORWARDED, State.VERIFYING)
ANSWERED: Final = (State.ANSWERED_ON_SPOT, State.ANSWERED_IN_WRITING, State.PUBLISHED, State.FOLLOWING_UP, State.CLOSED)
ENDED: Final = (State.CLOSED, State.REFUSED, State.MERGED, State.MOVED_OUT)


class OfficialsTo(models.TextChoices):
    """Who handles what concerns an officer."""

    CHAIRMAN = "chairman", _("the chairman of the commune")
    FRONT = "front", _("the Fatherland Front")


class Kind(models.TextChoices):
    """What the writer wants."""

    REPORT = "report", pgettext_lazy("kind of opinion", "Report")
    RECOMMENDATION = "recommendation", _("Recommendation")
    SUGGESTION = "suggestion", _("Suggestion")


class Source(models.TextChoices):
    """How it came."""

    WEB = "web", _("web")
    PAPER = "paper", _("paper slip")
    FORUM = "forum", _("listening forum")
    PHONE = "phone", _("phone")
    API = "api", _("another program")


class AnswerKind(models.TextChoices):
    """How it was answered."""

    ON_SPOT = "on_spot", _("on the spot")
    IN_WRITING = "in_writing", _("in writing")


class EvidenceKind(models.TextChoices):
    """What shows that it was done."""

    PHOTO = "photo", _("photo")
    DOCUMENT = "document", _("document")


class Satisfaction(models.TextChoices):
    """What the writer thinks of the answer."""

    SATISFIED = "satisfied", _("Satisfied")
    PARTLY = "partly", _("Partly satisfied")
    NOT = "not_satisfied", _("Not satisfied")


class ToldHow(models.TextChoices):
    """How somebody without a phone was told the answer."""

    VISIT = "visit", _("at home, by word of mouth")
    CALL = "call", _("by phone")
    LETTER = "letter", _("by a printed answer")
    MEETING = "meeting", _("at a meeting of the hamlet")
