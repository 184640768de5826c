"""States of reports and of registrations, and what changes them."""

from __future__ import annotations

from liengia.core.workflow import Workflow

REPORT = Workflow(
    "reports.report",
    {
        "draft": {"change": "draft", "publish": "published"},
        "published": {"correct": "published"},
    },
)
SAFETY = Workflow(
    "reports.safety",
    {
        "registered": {"assess": "assessed"},
        "assessed": {"assess": "assessed", "recognise": "recognised", "refuse": "not_recognised"},
        "recognised": {},
        "not_recognised": {},
    },
)
