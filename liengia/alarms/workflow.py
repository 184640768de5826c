"""The states of an incident."""

from __future__ import annotations

from liengia.alarms.models.incidents import IncidentState as State
from liengia.core.workflow import Workflow

INCIDENT = Workflow(
    "alarms.incident",
    {
        State.RINGING: {
            "acknowledge": State.ACKNOWLEDGED,
            "resolve": State.RESOLVED,
            "dismiss": State.DISMISSED,
            "ring_again": State.RINGING,
            "quiet": State.RINGING,
        },
        State.ACKNOWLEDGED: {
            "resolve": State.RESOLVED,
            "dismiss": State.DISMISSED,
            "ring_again": State.RINGING,
            "quiet": State.ACKNOWLEDGED,
        },
        State.RESOLVED: {},
        State.DISMISSED: {},
    },
)
