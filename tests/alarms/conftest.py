"""The scene of this room's tests of services."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from liengia.alarms.services import soundings, step_batch
from liengia.core.worker import Apart
from tests.alarms.console_scene import Desk, desk


@pytest.fixture(scope="module")
def lay() -> Callable[[], Desk]:
    """Return who makes a commune's duty desk and a group of five houses, each with a button that is a siren."""
    return partial(desk, houses=5)


@pytest.fixture(autouse=True)
def patient_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a batch of steps work as long as it likes: how much 25 ms of a busy machine are is no matter of a test."""
    monkeypatch.setattr(step_batch, "WORK_S", 60.0)


@pytest.fixture(autouse=True)
def nothing_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what failed in an earlier test: its keys come again."""
    for module in (step_batch, soundings):
        monkeypatch.setattr(module, "_apart", Apart())
