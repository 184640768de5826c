"""How bulletins and their dispatches pass from state to state."""

from __future__ import annotations

from typing import Final

from liengia.core.workflow import Workflow

# `approved` is in force: its dispatches go out when they are due. A bulletin that was withdrawn stays readable, with the reason.
BULLETIN: Final = Workflow(
    "bulletin",
    {
        "draft": {"submit": "submitted", "send_alone": "approved", "discard": "discarded"},
        "submitted": {"approve": "approved", "send_back": "draft", "take_back": "draft"},
        "approved": {"withdraw": "withdrawn", "finish": "finished"},
        "finished": {"withdraw": "withdrawn"},
        "withdrawn": {},
        "discarded": {},
    },
)

DISPATCH: Final = Workflow(
    "dispatch",
    {
        "due": {"plan": "planned", "skip": "skipped", "withdraw": "withdrawn"},
        "planned": {"settle": "settled", "withdraw": "withdrawn"},
        "settled": {},
        "skipped": {},
        "withdrawn": {},
    },
)
