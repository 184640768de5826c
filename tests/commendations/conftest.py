"""What this folder's tests begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from tests.commendations.given import Bureau, bureau

NOW = datetime(2026, 8, 10, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def lay() -> Callable[[], Bureau]:
    """Lay the bureau once a module, on the day of its tests."""

    def then() -> Bureau:
        with time_machine.travel(NOW, tick=False):
            return bureau()

    return then


@pytest.fixture(autouse=True)
def today() -> Iterator[datetime]:
    """It is 10 August 2026."""
    with time_machine.travel(NOW, tick=False):
        yield NOW
