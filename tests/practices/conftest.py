"""What this folder's tests begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from tests.practices.given import Place, place

NOW = datetime(2026, 8, 10, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def lay() -> Callable[[], Place]:
    """Lay the place once a module, on the day of its tests."""

    def then() -> Place:
        with time_machine.travel(NOW, tick=False):
            return place()

    return then


@pytest.fixture(autouse=True)
def today() -> Iterator[datetime]:
    """It is 10 August 2026."""
    with time_machine.travel(NOW, tick=False):
        yield NOW
