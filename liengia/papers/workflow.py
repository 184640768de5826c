"""The states of a paper, as in docs/areas/papers.md. A draft that is thrown away leaves its audit entry only."""

from __future__ import annotations

from liengia.core.workflow import Workflow

PAPER = Workflow(
    "papers.paper",
    {
        "draft": {"change": "draft", "issue": "issued"},
        "issued": {"revoke": "revoked"},
        "revoked": {},
    },
)
