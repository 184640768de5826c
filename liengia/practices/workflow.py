"""The states of a practice and of a campaign, as in docs/areas/practices.md. One that is quiet is asked about: no state."""

from __future__ import annotations

from liengia.core.workflow import Workflow

PRACTICE = Workflow(
    "practices.practice",
    {
        "planned": {"change": "planned", "start": "running", "end": "ended"},
        "running": {"change": "running", "end": "ended"},
        "ended": {},
    },
)
CAMPAIGN = Workflow(
    "practices.campaign",
    {
        "open": {"register": "open", "review": "open", "close": "closed"},
        "closed": {"praise": "closed"},
    },
)
