"""Write transactions are timed: slow ones are counted, and in tests too long ones are refused."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import connection, transaction

from liengia.core import clock, db
from liengia.core.metrics import slow_transactions
from liengia.core.models import Heartbeat

pytestmark = pytest.mark.django_db(transaction=True)


def write(*, seconds: float = 0, statements: int = 1) -> None:
    with transaction.atomic():
        for _ in range(statements):
            Heartbeat.objects.filter(process="test").update(pid=1, at=clock.now())
        time.sleep(seconds)


def test_a_slow_write_is_counted() -> None:
    before = slow_transactions._value.get()
    write(seconds=0.06)
    assert slow_transactions._value.get() == before + 1


def test_a_write_of_too_many_statements_fails_a_test(settings: Any) -> None:
    settings.TRANSACTION_STATEMENTS = 20
    write(statements=20)
    with pytest.raises(db.TooLong):
        write(statements=21)


@pytest.mark.parametrize(("params", "many", "counted"), [(None, False, 1), ((1,) * 499, False, 1), ((1,) * 1500, False, 4), ([(1,)] * 30, True, 30)])
def test_many_rows_in_one_statement_count_for_more(params: Any, many: bool, counted: int) -> None:
    assert db.weight(params, many=many) == counted


def test_what_a_lost_connection_began_is_not_counted_on(settings: Any) -> None:
    settings.TRANSACTION_STATEMENTS = 20
    with transaction.atomic():
        Heartbeat.objects.filter(process="test").update(pid=1, at=clock.now())
        connection.close()
    write(statements=20)
