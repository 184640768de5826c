"""The area of the portal's tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.portal import pages_scene
from tests.portal.pages_scene import Scene


@pytest.fixture(scope="module")
def lay() -> Callable[[], Scene]:
    """Return who makes the area with a commune's portal."""
    return pages_scene.scene


@pytest.fixture
def area(scene: Scene) -> Scene:
    """Return the area with a commune's portal."""
    return scene
