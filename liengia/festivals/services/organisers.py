"""Who organises a day: its committee and tasks, kept where all committees are (`organisations`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.core.text import fold
from liengia.festivals.models import DayState, FestivalDay
from liengia.festivals.services.base import take_day, tell
from liengia.festivals.workflow import DAY
from liengia.organisations import committee_services
from liengia.organisations.models import Committee, MemberPost, Organisation, Task
from liengia.units.models import Unit


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat as it is written down: post, office, institution, what it is in charge of."""

    post: str
    office: str
    organisation: str
    duty: str = ""


@transaction.atomic
def form_committee(day: FestivalDay, seats: Sequence[Seat], *, actor: Actor) -> Committee:
    """Form the organising committee of a day, with its seats by office.

    Raises:
        Invalid: no seat, no chair or two, a post or an institution that is not known. Refused: it has a committee of its
            own already, or the day is over.
    """
    row = take_day(day)
    DAY.after(row.state, "change")
    if row.committee is not None and row.committee.kind == Committee.Kind.ORGANISING:
        raise Refused(_("This day has its organising committee; its seats are changed under Committees."), code="has_committee")
    if sum(seat.post == MemberPost.CHAIR for seat in seats) != 1:
        raise Invalid(_("A committee has one chair."), code="no_chair", field="seats")
    known = bodies_of(row.unit)
    name = f"Ban Tổ chức {row.title}, {row.host_name}"[:250]
    made = committee_services.form_committee(kind=Committee.Kind.ORGANISING, name=name, unit=row.unit, actor=actor)
    for number, seat in enumerate(seats, start=1):
        body = known.get(fold(seat.organisation))
        if body is None:
            raise Invalid(_("Line %(n)s: no institution of the commune is called “%(name)s”.") % {"n": number, "name": seat.organisation[:80]}, code="no_body", field="seats")
        committee_services.seat_member(committee=made, organisation=body, office_title=seat.office, post=seat.post, duty=seat.duty, actor=actor)
    row.committee = made
    row.revision += 1
    row.save(update_fields=["committee", "revision"])
    audit.record("festivals.day_changed", actor=actor, about=row, unit=row.unit, facts={"committee": made.public_id})
    tell(row)
    return made


def bodies_of(unit: Unit) -> dict[str, Organisation]:
    """Return the institutions of a unit's commune that stand today, by their folded names."""
    commune = unit.commune() or unit
    return {one.folded_name: one for one in Organisation.objects.current().filter(unit__in=Unit.objects.below_any(commune.lineage_ids()))}


@transaction.atomic
def assign(day: FestivalDay, tasks: Sequence[tuple[str, str, date]], *, actor: Actor) -> list[Task]:
    """Give seats of the day's committee something to do, as (what, office, until when).

    Raises:
        Invalid: an office that has no seat, or a date after the day. Refused: the day has no committee, or is over.
    """
    row = take_day(day)
    if row.state in (DayState.CANCELLED, DayState.ENDED):
        DAY.after(row.state, "change")
    if row.committee is None:
        raise Refused(_("Form or choose the organising committee first: its seats answer for the work."), code="no_committee")
    seats = {fold(one.office_title): one for one in row.committee.members.filter(valid_to=None)}
    made = []
    for number, (what, office, due_on) in enumerate(tasks, start=1):
        seat = seats.get(fold(office))
        if seat is None:
            raise Invalid(_("Line %(n)s: no seat of the committee is “%(office)s”.") % {"n": number, "office": office[:80]}, code="no_seat", field="tasks")
        if due_on > row.season.ends_on:
            raise Invalid(_("Line %(n)s: this date is after the season.") % {"n": number}, code="too_late", field="tasks")
        made.append(committee_services.assign_task(committee=row.committee, what=what, owner=seat, due_on=due_on, actor=actor))
    return made
