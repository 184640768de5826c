"""Which papers, issuers and units a user works with."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from liengia.organisations.models import Committee, Organisation, OrganisationKind
from liengia.papers import readers
from liengia.papers.capabilities import DRAFT, ISSUE, WORDING
from liengia.papers.models import Issuer, Paper, PaperState, Signatory
from liengia.units import scope
from liengia.units.models import Unit


def papers_of(user: Any) -> QuerySet[Paper]:
    """Return the papers of the issuers of a user's units, without those that another room keeps from them."""
    return _of_issuers(user).exclude(readers.closed_to(user))


def register_of(user: Any) -> QuerySet[Paper]:
    """Return the register of a user's issuers: of a paper that they do not read (`is_closed`) only that its number is taken, for there is no gap."""
    closed = Case(When(readers.closed_to(user), then=Value(True)), default=Value(False), output_field=BooleanField())
    return _of_issuers(user).annotate(is_closed=closed).filter(Q(is_closed=False) | Q(number__isnull=False))


def _of_issuers(user: Any) -> QuerySet[Paper]:
    return Paper.objects.filter(issuer__in=issuers_of(user, DRAFT)).select_related("issuer__unit", "issuer__organisation", "issuer__committee")


def to_be_issued(user: Any) -> QuerySet[Paper]:
    """Return the drafts that a user may issue."""
    return Paper.objects.filter(state=PaperState.DRAFT, issuer__in=issuers_of(user, ISSUE)).exclude(readers.closed_to(user))


def issuers_of(user: Any, capability: str = DRAFT) -> QuerySet[Issuer]:
    """Return the issuers of the units in which a user holds a capability."""
    return Issuer.objects.filter(unit__in=scope.units_for(user, capability)).select_related("unit")


def may_issue(user: Any, paper: Paper) -> bool:
    """Tell whether a user may issue or revoke a paper."""
    return scope.covers(user, ISSUE, paper.issuer.unit)


def wording_units(user: Any) -> QuerySet[Unit]:
    """Return the units whose wordings a user may change: communes and above, that stand today."""
    return scope.units_for(user, WORDING).current().filter(level__in=("province", "district", "commune")).order_by("level", "code")


# Bodies of a commune that write papers to others; schools, firms and donors come in once they are issuers.
_WRITERS: Final = (OrganisationKind.PEOPLES_COMMITTEE, OrganisationKind.POLICE, OrganisationKind.MILITARY_COMMAND, OrganisationKind.FATHERLAND_FRONT, OrganisationKind.MASS_ORGANISATION)


def signatories_of(user: Any) -> QuerySet[Signatory]:
    """Return who signs for the issuers of a user's units."""
    return Signatory.objects.filter(issuer__in=issuers_of(user, DRAFT)).select_related("issuer")


def writing_bodies(units: QuerySet[Unit]) -> dict[str, Organisation | Committee]:
    """Return the bodies of some units that issue papers, or would, by a key; those that stand today and all that are issuers."""
    found: dict[str, Organisation | Committee] = {}
    bodies = Organisation.objects.filter(unit__in=units)
    for body in (bodies.current().filter(kind__in=_WRITERS) | bodies.exclude(issuer=None)).order_by("kind", "folded_name"):
        found[f"o{body.pk}"] = body
    committees = Committee.objects.filter(unit__in=units)
    for committee in (committees.current() | committees.exclude(issuer=None)).order_by("kind", "name"):
        found[f"c{committee.pk}"] = committee
    return found


def key_of(body: Organisation | Committee) -> str:
    """Return the key of a body among `writing_bodies`."""
    return f"{'o' if isinstance(body, Organisation) else 'c'}{body.pk}"


def bodies_of(user: Any) -> dict[str, Organisation | Committee]:
    """Return the bodies for which a user may enter who signs."""
    return writing_bodies(scope.units_for(user, DRAFT))
