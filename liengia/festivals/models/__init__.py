"""The room's models."""

from __future__ import annotations

from liengia.festivals.models.days import DayParty, DayQuerySet, FestivalDay, ProgrammeItem, Season
from liengia.festivals.models.live import BoardEdition, ContestResult, DayEvent, DayPicture
from liengia.festivals.models.plans import (
    BudgetLine,
    Equipment,
    GuestInvitation,
    Parade,
    ParadeGroup,
    RoutePoint,
)
from liengia.festivals.models.pledges import (
    Pledge,
    PledgeParty,
    PledgeProgress,
    PledgePromise,
    PledgeQuerySet,
)
from liengia.festivals.models.states import (
    CEREMONY_KINDS,
    CONTESTED,
    SHOWN,
    Answer,
    Course,
    DayState,
    Direction,
    EventKind,
    ItemKind,
    Outcome,
    Part,
    Phase,
    PledgeState,
    ReportedAt,
    SeasonState,
    phase_of,
)

__all__ = [
    "CEREMONY_KINDS",
    "CONTESTED",
    "SHOWN",
    "Answer",
    "BoardEdition",
    "BudgetLine",
    "ContestResult",
    "Course",
    "DayEvent",
    "DayParty",
    "DayPicture",
    "DayQuerySet",
    "DayState",
    "Direction",
    "Equipment",
    "EventKind",
    "FestivalDay",
    "GuestInvitation",
    "ItemKind",
    "Outcome",
    "Parade",
    "ParadeGroup",
    "Part",
    "Phase",
    "Pledge",
    "PledgeParty",
    "PledgeProgress",
    "PledgePromise",
    "PledgeQuerySet",
    "PledgeState",
    "ProgrammeItem",
    "ReportedAt",
    "RoutePoint",
    "Season",
    "SeasonState",
    "phase_of",
]
