"""Whose entries a user may read: the question lies here, an upper room that knows units and roles answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from liengia.audit.models import Entry

# user -> the keys of the units whose entries may be read; None for all.
Answer = Callable[[Any], "QuerySet[Any] | list[int] | None"]
_answers: list[Answer] = []


def answer_by(function: Answer) -> None:
    """Register what knows the units of a user; the last one registered answers."""
    _answers.append(function)


# user -> the entries that are not theirs whatever their units are; asked of a superuser too.
Hidden = Callable[[Any], "Q | None"]
_hidden: list[Hidden] = []


def hide_by(function: Hidden) -> None:
    """Register what hides entries about what a user may not know of, for instance of what concerns that user."""
    if function not in _hidden:
        _hidden.append(function)


def readable_by(user: Any, entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Return the entries of a user's units, but for what is hidden; all for a superuser, none while nobody answers."""
    for hides in _hidden:
        condition = hides(user)
        entries = entries if condition is None else entries.exclude(condition)
    if getattr(user, "is_operator", False):
        return entries
    units = _answers[-1](user) if _answers else []
    return entries if units is None else entries.filter(unit_id__in=units)
