"""What this folder's tests begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from liengia.broadcast import channels
from tests.broadcast.given import Notes, Voice, known, voice

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # 10 o'clock on a Friday


@pytest.fixture(scope="module")
def lay() -> Callable[[], Voice]:
    """Lay the office once a module, on the day of its tests."""

    def then() -> Voice:
        with time_machine.travel(NOW, tick=False):
            return voice()

    return then


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Coordinates]:
    """It is 20 November 2026, ten o'clock."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def notes() -> Iterator[Notes]:
    """Return a channel that notes what it is handed."""
    channel, before = Notes(), dict(channels.every())
    known(channel)
    yield channel
    channels.every().clear()
    channels.every().update(before)
