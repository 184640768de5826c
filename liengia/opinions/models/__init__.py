"""Models of the room, by subject: states, topics, opinions, and what gathers around one."""

from __future__ import annotations

from liengia.opinions.models.opinions import (
    AppendOnly,
    Opinion,
    OpinionEvent,
    OpinionQuerySet,
    PublicText,
    RefersToOfficer,
    next_number,
)
from liengia.opinions.models.records import (
    Answer,
    Assignment,
    Evidence,
    HeldPhoto,
    Photo,
    Rating,
    Reopening,
    WriterQuestion,
)
from liengia.opinions.models.states import (
    ANSWERED,
    ENDED,
    UNANSWERED,
    AnswerKind,
    EvidenceKind,
    Kind,
    Satisfaction,
    Source,
    State,
    ToldHow,
)
from liengia.opinions.models.topics import OpinionRules, RefusalReason, Topic

__all__ = [
    "ANSWERED",
    "ENDED",
    "UNANSWERED",
    "Answer",
    "AnswerKind",
    "AppendOnly",
    "Assignment",
    "Evidence",
    "EvidenceKind",
    "HeldPhoto",
    "Kind",
    "Opinion",
    "OpinionEvent",
    "OpinionQuerySet",
    "OpinionRules",
    "Photo",
    "PublicText",
    "Rating",
    "RefersToOfficer",
    "RefusalReason",
    "Reopening",
    "Satisfaction",
    "Source",
    "State",
    "ToldHow",
    "Topic",
    "WriterQuestion",
    "next_number",
]
