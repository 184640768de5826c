"""The ground of a unit in time: what stands on it on a day, and nothing of its neighbours'.

After a merger a commune's old ground is a part of the new commune. Things of its hamlets can still be told apart, since
each hamlet has a row of its own that follows the old one; things of the new commune itself cannot, unless the new
commune stands on nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from liengia.units.models import Succession, Unit


def ground_of(unit: Unit, day: date) -> frozenset[int]:
    """Return the ids of the units that stood on a unit's ground on a day, of this level and below."""
    return grounds([unit], day)[unit.pk]


def grounds(units: Iterable[Unit], day: date) -> dict[int, frozenset[int]]:
    """Return `ground_of` for many units: as many reads as for one, two for each reform since."""
    wanted = list(units)
    rows = list(Unit.objects.all().below_any([unit.pk for unit in wanted]).with_ancestors())
    lines = {row.pk: {row.pk, *(one.pk for one in row.ancestors())} for row in rows}
    came_from, leads_to = _edges({row.pk for row in rows})
    reached = set(lines) | set(came_from)
    standing = set(Unit.objects.filter(pk__in=reached).at(day).values_list("pk", flat=True))
    return {
        unit.pk: _stands({pk for pk, line in lines.items() if unit.pk in line}, came_from, leads_to) & standing for unit in wanted
    }


def _edges(begin: set[int]) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Read what took over from some units, and all that each of those took over."""
    came_from: dict[int, set[int]] = defaultdict(set)
    leads_to: dict[int, set[int]] = defaultdict(set)
    edge = begin
    while edge:
        found: set[int] = set()
        for old, new in Succession.objects.filter(old__in=edge).values_list("old_id", "new_id"):
            leads_to[old].add(new)
            found.add(new)
        for old, new in Succession.objects.filter(new__in=found).values_list("old_id", "new_id"):
            came_from[new].add(old)
        edge = found
    return came_from, leads_to


def _stands(own: set[int], came_from: dict[int, set[int]], leads_to: dict[int, set[int]]) -> frozenset[int]:
    """Add, as long as there are any, the units whose whole ground is within."""
    found, edge = set(own), set(own)
    while edge:
        edge = {new for old in edge for new in leads_to[old] if new not in found and came_from[new] <= found}
        found |= edge
    return frozenset(found)
