"""The registry by which upper rooms move what hangs on a unit to its successor."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from liengia.core.actor import Actor
from liengia.units.models import Unit


class Mover(Protocol):
    """Moves at most a chunk (some 100 rows, under 50 ms) from a unit to its successor and returns how many.

    It is called again, each time in a transaction of its own, until it returns 0; so it must find by itself what
    is left, and do nothing when called once more. It never changes anything that a device or a phone holds.
    """

    def __call__(self, old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
        """Move a chunk and return its size."""
        ...


_movers: dict[str, Mover] = {}


def register(function: Mover) -> None:
    """Add a mover; called from `AppConfig.ready`. Movers run in the order of their registration."""
    _movers[f"{function.__module__}.{function.__qualname__}".removeprefix("liengia.")] = function  # type: ignore[attr-defined]


def movers() -> dict[str, Mover]:
    """Return the registered movers by name."""
    return dict(_movers)
