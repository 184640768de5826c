"""States of a comment; docs/areas/comments.md has the same table for people."""

from __future__ import annotations

from liengia.comments.models import CommentState as S
from liengia.core.workflow import Workflow

COMMENT = Workflow(
    "comments.comment",
    {
        S.WAITING: {"publish": S.SHOWN, "refuse": S.REFUSED},
        S.SHOWN: {"remove": S.REMOVED},
        S.REFUSED: {"publish": S.SHOWN},
        S.REMOVED: {"publish": S.SHOWN},
    },
)
