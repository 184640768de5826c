"""How many households a place has, as upper rooms know it: asked before a number of people is believed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

# A unit and a day; None where it is not known.
Give = Callable[[Any, date], int | None]
_givers: list[Give] = []


def register(give: Give) -> None:
    """Let a room tell sizes; called from `AppConfig.ready`."""
    if give not in _givers:
        _givers.append(give)


def households(unit: Any, on: date) -> int | None:
    """Return how many households a unit has on a day, the largest that any room knows; None where none knows."""
    return max((number for give in _givers if (number := give(unit, on)) is not None), default=None)
