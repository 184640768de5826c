"""What must hold of all stored units at any time; `liengia units check` and the property tests ask it."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from datetime import date

from liengia.core.text import fold
from liengia.units.models import Level, Succession, Unit

_ALWAYS = (date.min, date.max)


def _time(unit: Unit) -> tuple[date, date]:
    return unit.valid_from or _ALWAYS[0], unit.valid_to or _ALWAYS[1]


def faults() -> list[str]:
    """Return a sentence for every overlap, orphan, broken succession and pair of units that cannot be told apart."""
    units = {u.pk: u for u in Unit.objects.order_by("code", "valid_from")}
    successions = list(Succession.objects.all())
    return [*_overlaps(units), *_orphans(units), *_broken(units, successions), *_twins(units)]


def _overlaps(units: dict[int, Unit]) -> list[str]:
    by_code: dict[str, list[Unit]] = defaultdict(list)
    for unit in units.values():
        by_code[unit.code].append(unit)
    found = []
    for code, rows in by_code.items():
        rows.sort(key=_time)
        for one, next_ in itertools.pairwise(rows):
            if _time(one)[1] > _time(next_)[0]:
                found.append(f"{code}: {one.full_name} and {next_.full_name} overlap.")
    return found


def _orphans(units: dict[int, Unit]) -> list[str]:
    found = []
    for unit in units.values():
        parent = units.get(unit.parent_id or 0)
        if parent is None:
            if unit.level != Level.PROVINCE:
                found.append(f"{unit.code} {unit.full_name} has no unit above it.")
        elif _time(unit)[0] < _time(parent)[0] or _time(unit)[1] > _time(parent)[1]:
            found.append(f"{unit.code} {unit.full_name} stands on days on which {parent.full_name} does not.")
    return found


def _broken(units: dict[int, Unit], successions: list[Succession]) -> list[str]:
    found = []
    principal = Counter(s.old_id for s in successions if s.is_principal)
    for step in successions:
        old, new = units[step.old_id], units[step.new_id]
        if old.valid_to != step.on or new.valid_from != step.on:
            found.append(f"{old.full_name} → {new.full_name}: the dates do not meet on {step.on}.")
        if principal[old.pk] != 1:
            found.append(f"{old.full_name} has no principal successor.")
    return found


def _twins(units: dict[int, Unit]) -> list[str]:
    shown = Counter((u.parent_id, u.valid_to, fold(u.display_name)) for u in units.values() if u.level == Level.HAMLET)
    spoken = Counter((u.parent_id, u.valid_to, fold(u.spoken_name)) for u in units.values() if u.level == Level.HAMLET)
    found = [f"{name}: shown alike twice in one commune." for (_p, _v, name), times in shown.items() if times > 1]
    found += [f"{name}: spoken alike twice in one commune." for (_p, _v, name), times in spoken.items() if times > 1]
    return found
