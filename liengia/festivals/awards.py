"""Certificates on the board: how many of those planned for a day were handed out. The pursuit's are not among them.

1. A day gives the certificates of the decisions that are tied to its awards (`days.tie_decisions`).
2. Where several days give those of one decision, as all communes of a district do, each gives what goes to its own area; the
   nearest day gives: a hamlet's before its commune's. What goes to none of their areas stands in the sum alone.
3. A sum counts decisions, not days, so that no certificate is in it twice.
4. Decisions of the pursuit are on no board until somebody opened them by name (docs/areas/commendations.md); a deed of the pursuit in
   another list is on none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from liengia.commendations.models import Certificate, CertificateState, Decision, HandOver, MovementList
from liengia.core import rooms
from liengia.festivals.models import SHOWN, DayState, FestivalDay, ProgrammeItem
from liengia.units.models import Unit


@dataclass(frozen=True, slots=True)
class Given:
    """How many were handed out, of how many."""

    handed: int = 0
    planned: int = 0

    def __add__(self, other: Given) -> Given:
        """Return the sum."""
        return Given(self.handed + other.handed, self.planned + other.planned)

    @property
    def is_whole(self) -> bool:
        """Tell whether all were handed out."""
        return self.handed == self.planned


NONE: Final = Given()


@dataclass(frozen=True, slots=True)
class Awards:
    """The certificates of some days: by day, and all of them, each once."""

    by_day: Mapping[int, Given]
    total: Given


def told() -> Q:
    """Return which decisions a board tells of."""
    pursuit = (MovementList.PURSUIT_EXCELLENT, MovementList.PURSUIT_EXTRAORDINARY)
    return Q(revoked_on=None) & (~Q(round__movement_list__in=pursuit) | Q(is_public=True))


def of_days(days: Sequence[FestivalDay]) -> Awards:
    """Return what is given at some days; nothing where no decision is tied, or the room of commendations is off."""
    held = [day for day in days if day.state != DayState.CANCELLED]
    decisions = _decisions(held)
    if not decisions:
        return Awards({}, NONE)
    givers = givers_of(decisions)
    rows = Certificate.objects.filter(decision__in=decisions, state=CertificateState.VALID, nomination__is_pursuit_deed=False).order_by().values_list("decision", "unit")
    counted = list(rows.annotate(planned=Count("pk"), handed=Count("pk", filter=Q(hand_over=HandOver.HANDED))))
    lines = lines_of({unit for decision, unit, *_n in counted if len(givers[decision]) > 1}, givers)
    by_day: dict[int, Given] = defaultdict(Given)
    total = Given()
    for decision, unit, planned, handed in counted:
        one = Given(handed, planned)
        total += one
        day = giver(lines.get(unit, (unit,)), givers[decision])
        if day is not None:
            by_day[day] += one
    return Awards(by_day, total)


def _decisions(days: Sequence[FestivalDay]) -> set[int]:
    if not days or not rooms.is_on("commendations"):
        return set()
    found = Decision.objects.filter(told(), festival_items__day__in=days).select_related("round__unit").distinct()
    return {one.pk for one in found if rooms.is_on("commendations", one.round.unit)}


def givers_of(decisions: Iterable[int]) -> dict[int, dict[int, int]]:
    """Return who gives each decision's: the unit of each day by the day."""
    found: dict[int, dict[int, int]] = {key: {} for key in decisions}
    items = ProgrammeItem.objects.filter(decisions__in=found, day__state__in=SHOWN).exclude(day__state=DayState.CANCELLED)
    for decision, day, unit in items.order_by("day__starts_at", "day").values_list("decisions", "day", "day__unit"):
        if decision in found:
            found[decision][day] = unit
    return found


def lines_of(units: Iterable[int], givers: Mapping[int, Mapping[int, int]]) -> dict[int, tuple[int, ...]]:
    """Return each unit with those above it, the nearest first; where none of them gives, the same of what follows it today."""
    hosts = {unit for days in givers.values() for unit in days.values()}
    found: dict[int, tuple[int, ...]] = {}
    for unit in Unit.objects.filter(pk__in=set(units)).with_ancestors():
        line = _line(unit)
        if unit.valid_to is not None and hosts.isdisjoint(line):
            line += _line(unit.current())
        found[unit.pk] = line
    return found


def _line(unit: Unit) -> tuple[int, ...]:
    return (unit.pk, *(one.pk for one in reversed(unit.ancestors())))


def giver(line: Sequence[int], days: Mapping[int, int]) -> int | None:
    """Return the day that gives what goes to a unit, whose line stands nearest first; days by the unit that holds them."""
    if len(days) == 1:
        return next(iter(days))
    near = [(line.index(unit), day) for day, unit in days.items() if unit in line]
    return min(near)[1] if near else None
