"""Which papers, issuers and units a user works with."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from liengia.papers.capabilities import DRAFT, ISSUE, WORDING
from liengia.papers.models import Issuer, Paper
from liengia.units import scope
from liengia.units.models import Unit


def papers_of(user: Any) -> QuerySet[Paper]:
    """Return the papers of the issuers of a user's units."""
    return Paper.objects.filter(issuer__in=issuers_of(user, DRAFT)).select_related("issuer__unit", "issuer__organisation", "issuer__committee")


def issuers_of(user: Any, capability: str = DRAFT) -> QuerySet[Issuer]:
    """Return the issuers of the units in which a user holds a capability."""
    return Issuer.objects.filter(unit__in=scope.units_for(user, capability)).select_related("unit")


def may_issue(user: Any, paper: Paper) -> bool:
    """Tell whether a user may issue or revoke a paper."""
    return scope.covers(user, ISSUE, paper.issuer.unit)


def wording_units(user: Any) -> QuerySet[Unit]:
    """Return the units whose wordings a user may change: communes and above, that stand today."""
    return scope.units_for(user, WORDING).current().filter(level__in=("province", "district", "commune")).order_by("level", "code")
