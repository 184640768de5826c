"""All tables of the room, by subject."""

from __future__ import annotations

from liengia.people.models.accounts import BoundPhone, User
from liengia.people.models.duty import DutyPost, DutyShift, EmergencyNumber, Handover
from liengia.people.models.households import (
    Consent,
    EvacuationNeed,
    Household,
    HouseholdPhone,
    HouseholdRoom,
    KitItem,
)
from liengia.people.models.joining import Invitation, Membership
from liengia.people.models.roles import RetentionPeriod, Role, RoleAssignment

__all__ = [
    "BoundPhone",
    "Consent",
    "DutyPost",
    "DutyShift",
    "EmergencyNumber",
    "EvacuationNeed",
    "Handover",
    "Household",
    "HouseholdPhone",
    "HouseholdRoom",
    "Invitation",
    "KitItem",
    "Membership",
    "RetentionPeriod",
    "Role",
    "RoleAssignment",
    "User",
]
