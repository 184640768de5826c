"""What is prepared for a day: the parade, things to bring, the budget. Each is written down whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.core.geo import Point
from liengia.festivals.models import (
    BudgetLine,
    DayState,
    Equipment,
    FestivalDay,
    Parade,
    ParadeGroup,
    RoutePoint,
)
from liengia.festivals.services.base import take_day, tell
from liengia.festivals.workflow import DAY
from liengia.organisations.services import validate

MOST_LINES: Final = 300
MOST_DONG: Final = 10**13


@dataclass(frozen=True, slots=True)
class March:
    """A parade as it is written down: groups as (name, people, vehicles), points as (name, place on the ground)."""

    gathers_at: time | None = None
    starts_at: time | None = None
    starts_from: str = ""
    signal: str = ""
    route: str = ""
    roads_closed: str = ""
    notes: str = ""
    groups: Sequence[tuple[str, int | None, str]] = field(default_factory=tuple)
    points: Sequence[tuple[str, Point | None]] = field(default_factory=tuple)


@transaction.atomic
def set_parade(day: FestivalDay, march: March, *, revision: int | None = None, actor: Actor) -> Parade:
    """Write down the parade.

    Raises:
        Invalid: it starts before it gathers, a point that is nowhere, a field that is refused. Refused: the day is over,
            or another changed it (code "changed").
    """
    row = _open(day, revision)
    if march.gathers_at and march.starts_at and march.starts_at < march.gathers_at:
        raise Invalid(_("A parade gathers before it starts."), code="starts_before", field="starts_at")
    parade, _made = Parade.objects.get_or_create(day=row)
    for name in ("gathers_at", "starts_at", "starts_from", "signal", "route", "roads_closed", "notes"):
        setattr(parade, name, getattr(march, name))
    validate(parade, exclude=["day"])
    parade.save()
    groups = [ParadeGroup(parade=parade, order=n, name=name, people=people, vehicles=cars) for n, (name, people, cars) in enumerate(march.groups, start=1)]
    points = [
        RoutePoint(parade=parade, order=n, name=name, latitude=at.lat if at else None, longitude=at.lon if at else None)
        for n, (name, at) in enumerate(march.points, start=1)
    ]
    parade.groups.all().delete()
    parade.points.all().delete()
    ParadeGroup.objects.bulk_create(_each(groups, "groups", "parade"))
    RoutePoint.objects.bulk_create(_each(points, "points", "parade"))
    _done(row, {"parade": len(groups)}, actor)
    return parade


@transaction.atomic
def set_equipment(day: FestivalDay, rows: Sequence[tuple[str, int, str, bool]], *, revision: int | None = None, actor: Actor) -> None:
    """Write down what is needed: what, how many, who brings it, whether it is there.

    Raises:
        Invalid: a field is refused, or too many lines. Refused: the day is over, or another changed it (code "changed").
    """
    row = _open(day, revision)
    made = [Equipment(day=row, order=n, what=what, quantity=count, brought_by=whose, is_ready=there) for n, (what, count, whose, there) in enumerate(rows, start=1)]
    row.equipment.all().delete()
    Equipment.objects.bulk_create(_each(made, "equipment", "day"))
    _done(row, {"things": len(made)}, actor)


@transaction.atomic
def set_budget(day: FestivalDay, lines: Sequence[BudgetLine], *, revision: int | None = None, actor: Actor) -> None:
    """Write down the budget; `lines` are unsaved. It is still filled in when the day is over, since bills come late.

    Raises:
        Invalid: an amount beyond reason, or a field is refused. Refused: called off, or another changed it (code "changed").
    """
    row = take_day(day, revision)
    if row.state == DayState.CANCELLED:
        DAY.after(row.state, "change")
    for number, line in enumerate(lines, start=1):
        line.day, line.order = row, number
        if max(line.planned, line.actual or 0) > MOST_DONG:
            raise Invalid(_("“%(what)s”: this amount is beyond reason.") % {"what": line.what}, code="too_much", field="budget")
    row.budget.all().delete()
    BudgetLine.objects.bulk_create(_each(list(lines), "budget", "day", "donor"))
    _done(row, {"lines": len(lines)}, actor)


@transaction.atomic
def set_lists(
    day: FestivalDay, things: Sequence[tuple[str, int, str, bool]], lines: Sequence[BudgetLine], *, revision: int | None = None, actor: Actor
) -> None:
    """Write down things and budget together; when the day is over, only the budget still changes.

    Raises:
        Invalid, Refused: as `set_equipment` and `set_budget`; nothing is kept then.
    """
    row = take_day(day, revision)
    if row.state not in (DayState.ENDED, DayState.CANCELLED):
        set_equipment(row, things, actor=actor)
    set_budget(row, lines, actor=actor)


def _open(day: FestivalDay, revision: int | None) -> FestivalDay:
    row = take_day(day, revision)
    if row.state != DayState.LIVE:
        DAY.after(row.state, "change")
    return row


def _each(rows: Sequence[Any], name: str, *but: str) -> Sequence[Any]:
    """Refuse a list with a line that its own rules do not allow, and say which."""
    if len(rows) > MOST_LINES:
        raise Invalid(_("A list has at most %(n)s lines.") % {"n": MOST_LINES}, code="too_many", field=name)
    for number, one in enumerate(rows, start=1):
        try:
            validate(one, exclude=but)
        except Invalid as error:
            raise Invalid(_("Line %(n)s: %(why)s") % {"n": number, "why": str(error)}, code="bad_line", field=name) from error
    return rows


def _done(row: FestivalDay, facts: dict[str, object], actor: Actor) -> None:
    row.revision += 1
    row.save(update_fields=["revision"])
    audit.record("festivals.plan_set", actor=actor, about=row, unit=row.unit, facts=facts)
    tell(row)
