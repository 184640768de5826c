"""Rows of this room, by subject."""

from liengia.practices.models.campaigns import Campaign, CampaignState, Exemplar, Registration
from liengia.practices.models.practices import (
    NO_FIGURES,
    Basis,
    Material,
    Need,
    Practice,
    PracticeKind,
    PracticeQuerySet,
    PracticeState,
    Revision,
)
from liengia.practices.models.records import (
    Act,
    ActKind,
    Claim,
    ImportFile,
    Question,
    Review,
    ReviewDecision,
    Tie,
)

__all__ = [
    "NO_FIGURES",
    "Act",
    "ActKind",
    "Basis",
    "Campaign",
    "CampaignState",
    "Claim",
    "Exemplar",
    "ImportFile",
    "Material",
    "Need",
    "Practice",
    "PracticeKind",
    "PracticeQuerySet",
    "PracticeState",
    "Question",
    "Registration",
    "Review",
    "ReviewDecision",
    "Revision",
    "Tie",
]
