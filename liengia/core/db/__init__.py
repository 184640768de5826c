"""Database backends that know how long a write transaction was held.

A write transaction longer than 50 ms makes others wait (on SQLite all others): it is counted in `/metrics`, and
with more statements than `TRANSACTION_STATEMENTS` (the tests set it) it raises. Work that takes longer goes in chunks.
A limit in statements is the same on every machine, where one in seconds would fail a busy one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)
# What makes a statement a write, as far as the clock is concerned.
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
# A statement with so many values more takes about as long as another statement.
PARAMETERS_OF_ONE = 500


class TooLong(AssertionError):
    """A write transaction did more than tests allow: do the work in chunks."""


class Stopwatch:
    """Mixed into a connection: times, and counts, from the first write of a transaction to its commit or rollback."""

    _write_began: float | None = None
    _statements = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Note every statement on its way."""
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._noting)  # type: ignore[attr-defined]

    def _noting(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.note(sql, weight(params, many=many))
        return execute(sql, params, many, context)

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            self.stop()

    def _rollback(self) -> Any:
        self._write_began = None
        return super()._rollback()  # type: ignore[misc]

    def connect(self) -> None:
        """Begin anew: a connection that was lost amid a transaction had no commit and no rollback to stop the clock."""
        self._write_began = None
        super().connect()  # type: ignore[misc]

    def note(self, sql: str, statements: int = 1) -> None:
        """Start the clock at the first write inside a transaction, and count from there."""
        if self._write_began is not None:
            self._statements += statements
        elif self.in_atomic_block and sql.lstrip()[:7].upper().startswith(_WRITES):  # type: ignore[attr-defined]
            self._write_began, self._statements = time.perf_counter(), statements

    def stop(self) -> None:
        """Stop it, count a slow one, and in tests refuse one of too many statements."""
        began, self._write_began = self._write_began, None
        if began is None:
            return
        held_s = time.perf_counter() - began
        if held_s > settings.SLOW_TRANSACTION_S:
            from liengia.core.metrics import slow_transactions

            slow_transactions.inc()
            logger.debug("a write transaction was held for %.0f ms", held_s * 1000)
        limit: int | None = getattr(settings, "TRANSACTION_STATEMENTS", None)
        if limit is not None and self._statements > limit:
            raise TooLong(f"A write transaction made {self._statements} statements; do it in chunks of {limit}.")


def weight(params: Any, *, many: bool) -> int:
    """Return how many statements one call counts for: many rows in one are not as quick as one row."""
    if not params:
        return 1
    return len(params) if many else 1 + len(params) // PARAMETERS_OF_ONE


@contextmanager
def unsynced(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let commits inside not wait for the disk: for what nobody was promised yet, and can be made again.

    A power cut may undo the last of them and breaks nothing. The first commit afterwards brings all of them to the disk.
    """
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            before = f"PRAGMA synchronous={cursor.fetchone()[0]}"
            cursor.execute("PRAGMA synchronous=NORMAL")
        else:
            before = "RESET synchronous_commit"
            cursor.execute("SET synchronous_commit = off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(before)
