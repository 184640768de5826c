"""Counts of things on the platform that another room may show: neighbour groups, drills, agreements.

A room registers in `AppConfig.ready` what can be counted of it, as a whole number for some units on a day; whoever
shows a count ties to it by its code alone. A tie to a count whose room is not there, or is off, shows nothing. What is
counted are things and events, never persons; the room of reintegration may register none (docs/privacy.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise

from liengia.core import rooms

SILENT_ROOMS: Final = frozenset({"reintegration"})


@dataclass(frozen=True, slots=True)
class Count:
    """One thing that can be counted: its code, its room, its words, the number for units (ids) on a day.

    `how` says in a sentence what is counted, for whoever doubts the number; `url` leads to the records as far as
    everybody may see them, and is empty where there is no such page.
    """

    code: str
    room: str
    label: str | Promise
    count: Callable[[Collection[int], date], int]
    how: str | Promise
    url: Callable[[], str] | None = None


_counts: dict[str, Count] = {}


def register(count: Count) -> Count:
    """Add a count; called from `AppConfig.ready`.

    Raises:
        ValueError: a room that may give no figures, or a code that does not begin with its room.
    """
    if count.room in SILENT_ROOMS:
        raise ValueError(f"{count.code}: {count.room} gives no figures.")
    if not count.code.startswith(f"{count.room}."):
        raise ValueError(f"{count.code}: a count is named room.things, for example alarms.groups.")
    _counts[count.code] = count
    return count


def get(code: str, unit: Any = None) -> Count | None:
    """Return a count; None when its room is absent or off (in the unit's commune, when one is given)."""
    found = _counts.get(code)
    return found if found is not None and rooms.is_on(found.room, unit) else None


def every() -> list[Count]:
    """Return the counts whose room is on, by code."""
    return [_counts[code] for code in sorted(_counts) if rooms.is_on(_counts[code].room)]
