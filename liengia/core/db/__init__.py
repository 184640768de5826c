"""Database backends that know how long a write transaction was held.

A write transaction longer than 50 ms makes others wait (on SQLite all others): it is counted in `/metrics`, and
past `TRANSACTION_LIMIT_S` of our own work (the tests set it) it raises. Work that takes longer goes in chunks.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)
# What makes a statement a write, as far as the clock is concerned.
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class TooLong(AssertionError):
    """A write transaction was held longer than tests allow: do the work in chunks."""


class Stopwatch:
    """Mixed into a connection: times from the first write of a transaction to its commit or rollback."""

    _write_began: tuple[float, float] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Note every statement on its way."""
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._noting)  # type: ignore[attr-defined]

    def _noting(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.note(sql)
        return execute(sql, params, many, context)

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            self.stop()

    def _rollback(self) -> Any:
        self._write_began = None
        return super()._rollback()  # type: ignore[misc]

    def note(self, sql: str) -> None:
        """Start the clock at the first write inside a transaction."""
        if self._write_began is None and self.in_atomic_block and sql.lstrip()[:7].upper().startswith(_WRITES):  # type: ignore[attr-defined]
            self._write_began = now()

    def stop(self) -> None:
        """Stop it, count a slow one, and in tests refuse it."""
        began, self._write_began = self._write_began, None
        if began is None:
            return
        held_s, worked_s = (now - then for now, then in zip(now(), began, strict=True))
        if held_s > settings.SLOW_TRANSACTION_S:
            from liengia.core.metrics import slow_transactions

            slow_transactions.inc()
            logger.debug("a write transaction was held for %.0f ms", held_s * 1000)
        limit_s: float | None = getattr(settings, "TRANSACTION_LIMIT_S", None)
        if limit_s is not None and worked_s > limit_s:
            raise TooLong(f"A write transaction took {worked_s * 1000:.0f} ms of work; do it in chunks.")


def now() -> tuple[float, float]:
    """Return the time, and the time that this thread has worked (a busy machine does not lengthen it)."""
    return time.perf_counter(), time.thread_time()
