"""The office of the tests."""

from __future__ import annotations

import pytest

from tests.opinions.given import Office, office


@pytest.fixture
def here(db: None) -> Office:
    """Return the cast with its office."""
    return office()
