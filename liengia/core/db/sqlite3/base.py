"""SQLite, with a stopwatch on write transactions, a quicker way to wait for the one write lock, and connections that are lent."""

from __future__ import annotations

import sqlite3
import time
from typing import Any, Final

from django.db.backends.sqlite3 import base

from liengia.core.db import Stopwatch
from liengia.core.db.lending import Lending, Shelf

# SQLite itself waits ever longer between its tries (up to 100 ms), so that whoever has waited longest mostly finds the
# lock taken again: a press could wait for seconds beside a worker that writes one step after another.
LOOK_EVERY_S: Final = 0.001


class DatabaseWrapper(Stopwatch, Lending, base.DatabaseWrapper):
    """The connection."""

    shelf = Shelf()

    def is_fit(self, connection: Any) -> bool:
        """Tell whether no transaction is open and no statement is under way, which would keep an old state of the tables in view.

        SQLite refuses to define a function anew while a statement runs (the first definition it takes); nothing else
        that Python has says so.
        """
        if connection.in_transaction or self.is_in_memory_db():
            return False
        try:
            for _time in range(2):
                connection.create_function("liengia_lent", 0, _nothing)
        except sqlite3.Error:
            return False
        return True

    def is_alive(self, connection: Any) -> bool:
        """A file does not go away."""
        return True

    def _start_transaction_under_autocommit(self) -> None:
        """Begin, looking for the lock every millisecond for as long as the connection's timeout says."""
        limit_s = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        own, until = self.connection, time.monotonic() + limit_s
        own.execute("PRAGMA busy_timeout=0")
        try:
            while time.monotonic() < until:
                try:
                    own.execute(f"BEGIN {self.transaction_mode or ''}")  # type: ignore[attr-defined]
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                        break
                    time.sleep(LOOK_EVERY_S)
                else:
                    self._write_began, self._statements = time.perf_counter(), 0  # waiting is not holding
                    return
        finally:
            own.execute(f"PRAGMA busy_timeout={round(limit_s * 1000)}")
        super()._start_transaction_under_autocommit()  # type: ignore[misc]


def _nothing() -> None:
    """Be what `is_fit` defines."""
