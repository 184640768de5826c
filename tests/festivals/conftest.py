"""What this folder's tests begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine

from tests.festivals.given import Season1, at, festival

NOW = at(8, 30)


@pytest.fixture(scope="module")
def lay() -> Callable[[], Season1]:
    """Lay the season once a module, on the morning of the day."""

    def then() -> Season1:
        with time_machine.travel(NOW, tick=False):
            return festival()

    return then


@pytest.fixture(autouse=True)
def now() -> Iterator[datetime]:
    """It is half past eight on the day."""
    with time_machine.travel(NOW, tick=False):
        yield NOW
