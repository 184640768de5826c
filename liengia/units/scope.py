"""Where a user may do something: the question lies here, the answer comes from `people`, which knows roles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from liengia.units.models import Unit, UnitQuerySet

# (user, capability) -> the units of the user's assignments that carry it; each covers everything below it.
Answer = Callable[[Any, str], Iterable[Unit]]
_answers: list[Answer] = []


def answer_by(function: Answer) -> None:
    """Register what knows in which units a user has a capability; the last one registered answers."""
    _answers.append(function)


def units_for(user: Any, capability: str) -> UnitQuerySet:
    """Return all units in which a user has a capability; every unit for a superuser, none while nobody answers."""
    if getattr(user, "is_operator", False):
        return Unit.objects.all()
    if not _answers:
        return Unit.objects.none()
    ids: set[int] = set()
    for unit in _answers[-1](user, capability):
        ids.update(unit.lineage_ids())
    return Unit.objects.all().below_any(sorted(ids))


def covers(user: Any, capability: str, unit: Unit) -> bool:
    """Tell whether a user has a capability in a unit."""
    return units_for(user, capability).filter(pk=unit.pk).exists()
