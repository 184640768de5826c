"""Transition tables; docs/areas/organisations.md holds the same for people."""

from __future__ import annotations

from liengia.core.workflow import Workflow
from liengia.organisations.models import PlanState, TaskState

TASK = Workflow(
    "organisations.task",
    {
        TaskState.OPEN: {"finish": TaskState.DONE, "withdraw": TaskState.WITHDRAWN, "postpone": TaskState.OPEN},
        TaskState.DONE: {"reopen": TaskState.OPEN},
        TaskState.WITHDRAWN: {"reopen": TaskState.OPEN},
    },
)
PLAN = Workflow(
    "organisations.year_plan",
    {
        PlanState.DRAFT: {"adopt": PlanState.ADOPTED},
        PlanState.ADOPTED: {},
    },
)
