"""What is not decided yet goes over to a unit's successor; what was decided stays with who decided it, and is read there by lineage."""

from __future__ import annotations

from datetime import date
from typing import Final

from liengia.audit import services as audit
from liengia.commendations.models import UNDECIDED, PrintLayout, Round, RoundState
from liengia.core.actor import Actor
from liengia.organisations.models import Organisation, OrganisationKind
from liengia.papers import services as papers
from liengia.units.models import Unit, valid_on

CHUNK: Final = 20


def move_rounds(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Give undecided rounds to the following People's Committee, back at their list: its council and its head were others."""
    rows = list(Round.objects.filter(unit=old, state__in=UNDECIDED).select_related("authority").order_by("pk")[:CHUNK])
    body = Organisation.objects.filter(valid_on(on), kind=OrganisationKind.PEOPLES_COMMITTEE, unit=new).first()
    for row in rows:
        row.unit = new
        row.authority = papers.issuer_of(body, actor=actor) if body is not None else row.authority
        row.state = RoundState.OPEN
        row.save(update_fields=["unit", "authority", "state"])
        audit.record("commendations.round_moved", actor=actor, about=row, unit=new, facts={"old": old.code, "new": new.code})
    return len(rows) + _move_layouts(old, new)


def _move_layouts(old: Unit, new: Unit) -> int:
    """Move layouts whose name is free there: two communes that merge may both have one of the same name."""
    taken = set(PrintLayout.objects.filter(unit=new).values_list("name", flat=True))
    moved = 0
    for layout in PrintLayout.objects.filter(unit=old).exclude(name__in=taken).order_by("pk")[:CHUNK]:
        PrintLayout.objects.filter(pk=layout.pk).update(unit=new)
        moved += 1
    return moved
