"""Commits that do not wait for the disk, for a while."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from liengia.core.db import unsynced


def _said() -> str:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous" if connection.vendor == "sqlite" else "SHOW synchronous_commit")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_it_holds_inside_and_what_was_before_comes_back_even_after_an_error() -> None:
    full, quick = ("2", "1") if connection.vendor == "sqlite" else ("on", "off")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=FULL" if connection.vendor == "sqlite" else "SET SESSION synchronous_commit = on")
    try:
        with pytest.raises(RuntimeError), unsynced(connection):
            assert _said() == quick
            raise RuntimeError
        assert _said() == (full if connection.vendor == "sqlite" else _server_says())
    finally:
        connection.close()


def _server_says() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit'")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_inside_a_transaction_nothing_changes() -> None:
    with transaction.atomic():
        before = _said()
        with unsynced(connection):
            assert _said() == before
