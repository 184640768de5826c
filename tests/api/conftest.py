"""The office of opinions, and a program that holds a key."""

from __future__ import annotations

import pytest

from liengia.api import services
from liengia.api.views import open311
from tests.cast import TESTER
from tests.opinions.given import Office, office


@pytest.fixture
def here(db: None) -> Office:
    """Return the cast with its office."""
    return office()


@pytest.fixture
def secret(here: Office, settings: object) -> str:
    """Return a key of the commune; filing by programs is on."""
    settings.OPEN311_POST = True  # type: ignore[attr-defined]
    return services.mint_key(here.commune, name="Tổng đài 1022", actor=TESTER)[1]


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    open311.filing_limit.forget()
    open311.wrong_key_limit.forget()
