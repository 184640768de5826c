"""The office of the tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.opinions.given import Office, office


@pytest.fixture(scope="module")
def lay() -> Callable[[], Office]:
    """Return who makes the office."""
    return office


@pytest.fixture
def here(scene: Office) -> Office:
    """Return the cast with its office."""
    return scene
