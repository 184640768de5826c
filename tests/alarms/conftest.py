"""The scene of this room's tests of services."""

from __future__ import annotations

import pytest

from tests.alarms.console_scene import Desk, desk


@pytest.fixture
def scene(db: None) -> Desk:
    """Return a commune's duty desk and a group of five houses, each with a button that is a siren."""
    return desk(houses=5)
