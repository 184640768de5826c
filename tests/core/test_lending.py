"""Connections that requests lend to each other (core.db.lending)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import pytest
from django.db import connection, connections, transaction

from liengia.core.db import lending
from liengia.core.models import Sequence

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[lending.Shelf]:
    """A process that lends; this thread's own connection is left as it is."""
    made = lending.Shelf()
    connection.ensure_connection()
    monkeypatch.setattr(connections, "settings", deepcopy(connections.settings))
    monkeypatch.setattr(type(connections["default"]), "shelf", made)
    lending.lend_to_requests()
    assert made.is_open
    assert connections.settings["default"]["CONN_MAX_AGE"] == 0
    yield made
    made.clear()


def request(do: Any = None) -> Any:
    """Do what a request does: a wrapper of its own, a query, and the end; return the connection that it had."""
    own = connections.create_connection("default")
    with own.cursor() as cursor:
        cursor.execute("SELECT 1")
    had = own.connection
    if do is not None:
        do(own)
    own.close_if_unusable_or_obsolete()
    assert own.connection is None, "given back at the end of the request"
    return had


def test_one_request_after_the_other_has_the_same_connection(shelf: lending.Shelf) -> None:
    assert len({id(request()) for _ in range(20)}) == 1
    assert len(shelf) == 1


def test_requests_at_one_time_have_one_each(shelf: lending.Shelf) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _n: request(), range(200)))
    assert 1 <= len(shelf) <= 8


def test_what_is_in_the_middle_of_something_is_closed(shelf: lending.Shelf) -> None:
    def begin(own: Any) -> None:
        own.connection.execute("BEGIN")

    request(begin)
    assert len(shelf) == 0, "a transaction is open"
    if connection.vendor == "sqlite":
        left = []

        def leave_a_statement(own: Any) -> None:
            left.append(own.connection.execute("SELECT 1 UNION SELECT 2"))
            left[0].fetchone()

        request(leave_a_statement)
        assert len(shelf) == 0, "a statement is under way, and with it an old state of the tables"


def test_a_lent_connection_sees_what_was_written_since(shelf: lending.Shelf) -> None:
    request()
    with transaction.atomic():
        Sequence.objects.create(name="lending.test", last=7)
    seen = []

    def look(own: Any) -> None:
        with own.cursor() as cursor:
            cursor.execute("SELECT last FROM core_sequence WHERE name = 'lending.test'")
            seen.append(cursor.fetchone())

    request(look)
    assert seen == [(7,)]


def test_no_more_than_enough_lie_and_none_for_long(shelf: lending.Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lending, "MOST", 2)
    made = [connections.create_connection("default") for _ in range(4)]
    for own in made:
        own.ensure_connection()
    for own in made:
        own.close()
    assert len(shelf) == 2
    monkeypatch.setattr(lending, "DROPPED_AFTER_S", -1.0)
    own = connections.create_connection("default")
    own.ensure_connection()
    own.close()
    assert len(shelf) == 1, "older ones are closed when one is laid back"


def test_a_server_that_was_away_costs_one_question(shelf: lending.Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        assert connections["default"].is_alive(None), "a file does not go away"  # type: ignore[attr-defined]
        return
    made = [connections.create_connection("default") for _ in range(5)]
    for own in made:
        own.ensure_connection()
    pids = [own.connection.info.backend_pid for own in made]
    for own in made:
        own.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [pids])
    asked = []
    alive = type(connections["default"]).is_alive  # type: ignore[attr-defined]

    def noted(self: Any, one: Any) -> bool:
        asked.append(one)
        return bool(alive(self, one))

    monkeypatch.setattr(type(connections["default"]), "is_alive", noted)
    monkeypatch.setattr(lending, "ASKED_AFTER_S", 0.0)
    assert request().info.backend_pid not in pids
    assert len(asked) == 1, "the others are dropped unasked"
    assert len(shelf) == 1
