"""What commendations are made of; each part stands in its own module."""

from __future__ import annotations

from liengia.commendations.models.decisions import (
    CODE_LENGTH,
    LONGEST_PRINTED,
    Certificate,
    CertificateQuerySet,
    CertificateState,
    Decision,
    DecisionQuerySet,
    HandOver,
    HonourBook,
    ImportJob,
    ImportState,
    PrintLayout,
    PrintRun,
    new_code,
)
from liengia.commendations.models.money import BaseSalary, DecisionRight, RewardRate
from liengia.commendations.models.rounds import (
    AWARD_WORDS,
    LONGEST_MERIT,
    LONGEST_NAME,
    PURSUIT,
    SUBJECT,
    UNDECIDED,
    Award,
    CouncilSeat,
    CouncilSession,
    DeedEvidence,
    MovementList,
    Nomination,
    NominationState,
    Procedure,
    RecipientKind,
    RollConsent,
    Round,
    RoundState,
    Season,
    SessionState,
    VoteCount,
    name_key,
)

__all__ = [
    "AWARD_WORDS", "CODE_LENGTH", "LONGEST_MERIT", "LONGEST_NAME", "LONGEST_PRINTED", "PURSUIT", "SUBJECT", "UNDECIDED", "Award", "BaseSalary", "Certificate", "CertificateQuerySet",
    "CertificateState", "CouncilSeat", "CouncilSession", "Decision", "DecisionQuerySet", "DecisionRight", "DeedEvidence", "HandOver",
    "HonourBook", "ImportJob", "ImportState", "MovementList", "Nomination", "NominationState", "PrintLayout", "PrintRun", "Procedure",
    "RecipientKind", "RewardRate", "RollConsent", "Round", "RoundState", "Season", "SessionState", "VoteCount", "name_key", "new_code",
]  # fmt: skip
