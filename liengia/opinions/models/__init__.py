"""Models of the room, by subject: states, topics, opinions, and what gathers around one."""

from __future__ import annotations

from liengia.opinions.models.forum_records import ReportFile, SignedPaper, WallEdition
from liengia.opinions.models.forums import (
    CameBy,
    ForumQuestion,
    ForumState,
    ListeningForum,
    QuestionState,
    SurveyCount,
    SurveyLevel,
    SurveyPhase,
)
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
    "CameBy",
    "Evidence",
    "EvidenceKind",
    "ForumQuestion",
    "ForumState",
    "HeldPhoto",
    "Kind",
    "ListeningForum",
    "Opinion",
    "OpinionEvent",
    "OpinionQuerySet",
    "OpinionRules",
    "Photo",
    "PublicText",
    "QuestionState",
    "Rating",
    "RefersToOfficer",
    "RefusalReason",
    "Reopening",
    "ReportFile",
    "Satisfaction",
    "SignedPaper",
    "Source",
    "State",
    "SurveyCount",
    "SurveyLevel",
    "SurveyPhase",
    "ToldHow",
    "Topic",
    "WallEdition",
    "WriterQuestion",
    "next_number",
]
