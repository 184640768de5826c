"""Which rounds, decisions and certificates a user works with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from liengia.commendations.capabilities import DECIDE, HAND_OUT, KEEP
from liengia.commendations.models import (
    Certificate,
    CertificateQuerySet,
    Decision,
    MovementList,
    PrintLayout,
    Round,
    RoundState,
)
from liengia.core import clock, rooms
from liengia.organisations.models import Committee, Organisation
from liengia.papers import policies as papers
from liengia.papers import signing
from liengia.papers.models import Issuer
from liengia.papers.signing import Candidate
from liengia.people import policies as people
from liengia.people.models import Household
from liengia.units import scope
from liengia.units.models import Unit, UnitQuerySet

# A certificate that nobody came for within this time is the office's to give.
HANDED_WITHIN: Final = timedelta(days=120)


def units_of(user: Any, capability: str = KEEP) -> UnitQuerySet:
    """Return the units, of any time, in which a user holds a capability and the room is on."""
    found = scope.units_for(user, capability)
    off = [unit.pk for unit in Unit.objects.current().communes().filter(room_switches__room="commendations", room_switches__is_on=False) if not rooms.is_on("commendations", unit)]
    if not off:
        return found
    lineage = {key for unit in Unit.objects.filter(pk__in=off) for key in unit.lineage_ids()}
    return found.exclude(pk__in=Unit.objects.all().below_any(sorted(lineage)).values("pk"))


def rounds_of(user: Any, capability: str = KEEP) -> QuerySet[Round]:
    """Return the rounds of a user's units."""
    return Round.objects.filter(unit__in=units_of(user, capability)).select_related("unit", "authority", "season")


def decisions_of(user: Any, capability: str = KEEP) -> QuerySet[Decision]:
    """Return the decisions on the rounds of a user's units."""
    return Decision.objects.filter(round__unit__in=units_of(user, capability)).select_related("round__unit", "round__season", "paper__issuer")


def certificates_of(user: Any, capability: str = KEEP) -> QuerySet[Certificate]:
    """Return the certificates of those decisions."""
    found = Certificate.objects.filter(decision__round__unit__in=units_of(user, capability))
    return found.select_related("decision__round", "decision__paper__issuer", "nomination", "unit", "issuer")


def authorities_of(user: Any) -> QuerySet[Issuer]:
    """Return the issuers of a user's units that are a People's Committee: only its head commends."""
    return Issuer.objects.filter(unit__in=units_of(user), organisation__kind="peoples_committee").select_related("unit", "organisation")


def proposers_of(row: Round) -> dict[str, Organisation | Committee]:
    """Return the bodies of a round's unit that may propose to who decides, by their keys: all that write papers, but who decides."""
    found = papers.writing_bodies(Unit.objects.all().below_any([row.unit_id]).filter(level=row.unit.level))
    today = clock.today()
    return {key: body for key, body in found.items() if body != row.authority.organisation and (body.valid_to is None or body.valid_to > today)}


def signers_for(row: Round) -> list[Candidate]:
    """Return who may sign a round's submission: those of the bodies that may propose it."""
    bodies = proposers_of(row).values()
    organisations = [body.pk for body in bodies if isinstance(body, Organisation)]
    committees = [body.pk for body in bodies if isinstance(body, Committee)]
    issuers = Issuer.objects.filter(Q(organisation__in=organisations) | Q(committee__in=committees)).select_related("committee", "organisation")
    return signing.candidates(issuers)


def layouts_of(user: Any) -> QuerySet[PrintLayout]:
    """Return the layouts of a user's units."""
    return PrintLayout.objects.filter(unit__in=units_of(user)).select_related("unit")


def may_decide(user: Any, row: Round) -> bool:
    """Tell whether a user may sign or revoke for a round."""
    return scope.covers(user, DECIDE, row.unit)


def rounds_to_propose_for(user: Any) -> QuerySet[Round]:
    """Return the open rounds of the movement in the communes where a user lives or leads: there anybody may propose somebody."""
    hamlets = Unit.objects.filter(pk__in=Household.objects.filter(people.households_of(user)).values("hamlet")).select_related("parent")
    communes = {unit.commune() or unit for unit in hamlets}
    kept = [unit.pk for unit in communes if rooms.is_on("commendations", unit)]
    return Round.objects.filter(unit__in=kept, state=RoundState.OPEN, movement_list=MovementList.MOVEMENT).select_related("unit")


def once_handed_by(user: Any) -> CertificateQuerySet:
    """Return what a phone of the user may have kept: of their units' decisions, and what goes to their units; never the pursuit's."""
    units = units_of(user, HAND_OUT).values("pk")
    found = Certificate.objects.filter(Q(decision__round__unit__in=units) | Q(unit__in=units))
    return found.filter(decision__round__movement_list=MovementList.MOVEMENT, nomination__is_pursuit_deed=False)


def to_hand_out(user: Any) -> CertificateQuerySet:
    """Return what a user hands out from a phone, in the order of calling: of their units' decisions, and what goes to their units.

    Those of the last months only, and never the pursuit's: no phone holds a list of who helped to pursue. An office marks these.
    """
    since = clock.today() - HANDED_WITHIN
    found = once_handed_by(user).valid().filter(decision__revoked_on=None, decision__decided_on__gt=since)
    return found.select_related("decision__round__unit", "decision__paper__issuer").in_calling_order()


def may_mark(user: Any, certificate: Certificate) -> bool:
    """Tell whether a user hands a certificate out."""
    return people.can(user, HAND_OUT) and to_hand_out(user).filter(pk=certificate.pk).exists()
