"""Models of the alarms room, split by subject."""

from __future__ import annotations

from liengia.alarms.models.bulk import BulkJob, BulkKind, BulkStage, BulkState
from liengia.alarms.models.devices import (
    BrokerUsers,
    Device,
    DeviceApart,
    DeviceCredential,
    DeviceFault,
    DeviceKind,
    FaultKind,
    RejectedMessage,
)
from liengia.alarms.models.drills import BellTest, Drill, DrillInvitation, HearingProof
from liengia.alarms.models.escalation import EscalationPlan, GroupRing, IncidentStep, PlanStep, Target
from liengia.alarms.models.gateways import Gateway
from liengia.alarms.models.groups import GroupHousehold, NeighbourGroup
from liengia.alarms.models.incidents import (
    Answer,
    AnswerKind,
    EmergencyCall,
    EventKind,
    Incident,
    IncidentEvent,
    IncidentState,
    Kind,
    Mode,
    Press,
    Sounding,
)

__all__ = [
    "Answer",
    "AnswerKind",
    "BellTest",
    "BrokerUsers",
    "BulkJob",
    "BulkKind",
    "BulkStage",
    "BulkState",
    "Device",
    "DeviceApart",
    "DeviceCredential",
    "DeviceFault",
    "DeviceKind",
    "Drill",
    "DrillInvitation",
    "EmergencyCall",
    "EscalationPlan",
    "EventKind",
    "FaultKind",
    "Gateway",
    "GroupHousehold",
    "GroupRing",
    "HearingProof",
    "Incident",
    "IncidentEvent",
    "IncidentState",
    "IncidentStep",
    "Kind",
    "Mode",
    "NeighbourGroup",
    "PlanStep",
    "Press",
    "RejectedMessage",
    "Sounding",
    "Target",
]
