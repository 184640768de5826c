"""The states of an opinion, a listening forum and its questions; docs/areas/opinions.md holds the same tables for people."""

from __future__ import annotations

from liengia.core.workflow import Workflow
from liengia.opinions.models.forums import ForumState, QuestionState
from liengia.opinions.models.states import State

_OUT = {"refuse": State.REFUSED, "merge": State.MERGED, "move_out": State.MOVED_OUT}

OPINION = Workflow(
    "opinions.opinion",
    {
        State.RECEIVED: {"sort": State.SORTED, **_OUT},
        State.SORTED: {
            "sort": State.SORTED,
            "answer_on_spot": State.ANSWERED_ON_SPOT,
            "forward": State.FORWARDED,
            "verify": State.VERIFYING,
            "answer_in_writing": State.ANSWERED_IN_WRITING,
            **_OUT,
        },
        State.FORWARDED: {
            "forward": State.FORWARDED,
            "verify": State.VERIFYING,
            "answer_in_writing": State.ANSWERED_IN_WRITING,
            **_OUT,
        },
        State.VERIFYING: {
            "forward": State.FORWARDED,
            "answer_in_writing": State.ANSWERED_IN_WRITING,
            **_OUT,
        },
        State.ANSWERED_ON_SPOT: {
            "answer_in_writing": State.ANSWERED_IN_WRITING,
            "publish": State.PUBLISHED,
            "follow_up": State.FOLLOWING_UP,
            "close": State.CLOSED,
            "move_out": State.MOVED_OUT,
        },
        State.ANSWERED_IN_WRITING: {
            "answer_in_writing": State.ANSWERED_IN_WRITING,
            "publish": State.PUBLISHED,
            "follow_up": State.FOLLOWING_UP,
            "close": State.CLOSED,
            "move_out": State.MOVED_OUT,
        },
        State.PUBLISHED: {"publish": State.PUBLISHED, "follow_up": State.FOLLOWING_UP, "close": State.CLOSED, "move_out": State.MOVED_OUT},
        State.FOLLOWING_UP: {"publish": State.FOLLOWING_UP, "close": State.CLOSED, "move_out": State.MOVED_OUT},
        State.CLOSED: {"publish": State.CLOSED, "reopen": State.SORTED},
        State.REFUSED: {"reopen": State.SORTED},
        State.MERGED: {"reopen": State.SORTED},
        State.MOVED_OUT: {},
    },
)

FORUM = Workflow(
    "opinions.forum",
    {
        ForumState.PLANNED: {"open": ForumState.ASKING},
        ForumState.ASKING: {"begin": ForumState.LIVE},
        ForumState.LIVE: {"close": ForumState.CLOSED},
        ForumState.CLOSED: {"sign": ForumState.SIGNED},
        ForumState.SIGNED: {"amend": ForumState.SIGNED},
    },
)
_TO_ALL = {"let_in": QuestionState.QUEUED, "show": QuestionState.IN_WRITING}
_ASIDE = {"promise": QuestionState.IN_WRITING, "set_aside": QuestionState.ASIDE}
QUESTION = Workflow(
    "opinions.question",
    {
        QuestionState.WAITING: {**_TO_ALL, **_ASIDE},
        QuestionState.ASIDE: {**_TO_ALL, "promise": QuestionState.IN_WRITING},
        QuestionState.QUEUED: {"give_floor": QuestionState.FLOOR, "answer": QuestionState.ANSWERED, **_ASIDE},
        QuestionState.FLOOR: {"give_back": QuestionState.QUEUED, "answer": QuestionState.ANSWERED, **_ASIDE},
        QuestionState.IN_WRITING: {**_TO_ALL, "give_floor": QuestionState.FLOOR},
        QuestionState.ANSWERED: {},
    },
)
