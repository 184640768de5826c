"""No password or PIN is hashed while a transaction holds the lock: argon2 takes a fifth of a second."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import hashers
from django.db import connection

from liengia.core.errors import Refused
from liengia.people.services import joining
from tests import factories
from tests.cast import PASSWORD, TESTER

pytestmark = pytest.mark.django_db(transaction=True)
PIN = "274951"


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Refuse the hasher to whoever is inside a transaction; return what it was asked."""
    asked: list[str] = []
    hasher = hashers.get_hasher()

    def noting(name: str) -> Any:
        real = getattr(type(hasher), name)

        def called(self: Any, *args: Any, **kwargs: Any) -> Any:
            assert not connection.in_atomic_block, f"{name} inside a transaction"
            asked.append(name)
            return real(self, *args, **kwargs)

        return called

    for name in ("encode", "verify"):
        monkeypatch.setattr(type(hasher), name, noting(name))
    return asked


def test_a_pin_is_hashed_and_compared_outside(outside: list[str]) -> None:
    phone, _token = joining.bind_phone(joining.invite_to_bind(factories.user("dai", "Trần Đại"), actor=TESTER).code, pin=PIN)
    assert joining.enter_pin(phone, PIN).username == "dai"
    with pytest.raises(Refused, match="4"):
        joining.enter_pin(phone, "111222")
    assert "encode" in outside and "verify" in outside


def test_a_password_is_hashed_outside(outside: list[str]) -> None:
    invited = joining.invite_to_office(factories.user("dai", "Trần Đại"), actor=TESTER)
    user = joining.open_office_account(invited.code, password=PASSWORD)
    assert user.check_password(PASSWORD)
