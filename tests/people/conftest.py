"""The cast, for this room's tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from liengia.people.models import User
from tests.cast import Cast, assemble
from tests.harness.factor import give_second_factor


@pytest.fixture(scope="module")
def lay() -> Callable[[], Cast]:
    """Return who makes the cast."""
    return assemble


@pytest.fixture
def cast(scene: Cast) -> Cast:
    """Return everybody."""
    return scene


def signed_in(user: User, *, second_factor: bool = False) -> Client:
    """Return a browser in which a user is signed in, with or without a second factor in this session."""
    client = Client()
    client.force_login(user, backend="liengia.people.backends.PhoneBackend")
    if second_factor:
        give_second_factor(client, user)
    return client
