"""What is not decided yet goes over to a unit's successor; what was decided stays with who decided it, and is read there by lineage."""

from __future__ import annotations

from datetime import date
from typing import Final

from liengia.audit import services as audit
from liengia.commendations.models import UNDECIDED, PrintLayout, Round, RoundState, SessionState
from liengia.commendations.services.rounds import take_submission_back
from liengia.commendations.workflow import SESSION
from liengia.core.actor import Actor
from liengia.organisations.models import Organisation, OrganisationKind
from liengia.papers import services as papers
from liengia.units.models import Unit, valid_on

CHUNK: Final = 20
# It stands in the register of papers, which is Vietnamese whatever the reader's language.
_REASON: Final = "%(old)s nay là %(new)s: danh sách được lập và xét lại."


def move_rounds(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Give undecided rounds to the following People's Committee, back at their list: its council and its head were others.

    A session that the old council holds is broken off, and the submission to the old head is taken back.
    """
    rows = list(Round.objects.filter(unit=old, state__in=UNDECIDED).select_related("authority", "submission").order_by("pk")[:CHUNK])
    body = Organisation.objects.filter(valid_on(on), kind=OrganisationKind.PEOPLES_COMMITTEE, unit=new).first()
    for row in rows:
        row.unit = new
        row.authority = papers.issuer_of(body, actor=actor) if body is not None else row.authority
        row.state = RoundState.OPEN
        row.sessions.filter(state=SessionState.HELD).update(state=SESSION.after(SessionState.HELD, "break_off"))
        take_submission_back(row, reason=_REASON % {"old": old.full_name, "new": new.full_name}, actor=actor)
        row.save(update_fields=["unit", "authority", "state", "submission"])
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
