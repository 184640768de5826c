"""The states of a season, a day and a pledge, as in docs/areas/festivals.md."""

from __future__ import annotations

from liengia.core.workflow import Workflow

SEASON = Workflow(
    "festivals.season",
    {
        "planned": {"change": "planned", "announce": "announced"},
        "announced": {"change": "announced", "close": "closed"},
        "closed": {},
    },
)
# Items are written down until the day begins; what is said from phones comes late at times, so an ended day still takes it.
DAY = Workflow(
    "festivals.day",
    {
        "planned": {"change": "planned", "announce": "announced", "cancel": "cancelled"},
        "announced": {"change": "announced", "postpone": "announced", "begin": "live", "cancel": "cancelled"},
        "live": {"change": "live", "end": "ended"},
        "ended": {"reopen": "live"},
        "cancelled": {},
    },
)
PLEDGE = Workflow(
    "festivals.pledge",
    {
        "draft": {"change": "draft", "sign": "signed"},
        "signed": {"report": "signed", "close": "closed"},
        "closed": {},
    },
)
