"""What this folder's tests begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine

from tests.reports.given import NOW, Year, year


@pytest.fixture(scope="module")
def lay() -> Callable[[], Year]:
    """Lay the year once a module, on the day of its tests."""

    def then() -> Year:
        with time_machine.travel(NOW, tick=False):
            return year()

    return then


@pytest.fixture(autouse=True)
def today() -> Iterator[datetime]:
    """It is 10 August 2026."""
    with time_machine.travel(NOW, tick=False):
        yield NOW
