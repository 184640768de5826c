"""Write transactions are timed: slow ones are counted, and in tests too long ones are refused."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import transaction

from liengia.core import clock, db
from liengia.core.metrics import slow_transactions
from liengia.core.models import Heartbeat

pytestmark = pytest.mark.django_db(transaction=True)


def write(seconds: float) -> None:
    with transaction.atomic():
        Heartbeat.objects.update_or_create(process="test", defaults={"pid": 1, "at": clock.now()})
        began = time.thread_time()
        while time.thread_time() - began < seconds:
            pass


def test_a_slow_write_is_counted() -> None:
    before = slow_transactions._value.get()
    write(0.06)
    assert slow_transactions._value.get() == before + 1


def test_a_write_that_is_too_long_fails_a_test(settings: Any) -> None:
    settings.TRANSACTION_LIMIT_S = 0.2
    write(0)
    with pytest.raises(db.TooLong):
        write(0.21)
