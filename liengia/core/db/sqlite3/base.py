"""SQLite, with a stopwatch on write transactions, and a quicker way to wait for the one write lock."""

from __future__ import annotations

import sqlite3
import time
from typing import Final

from django.db.backends.sqlite3 import base

from liengia.core.db import Stopwatch

# SQLite itself waits ever longer between its tries (up to 100 ms), so that whoever has waited longest mostly finds the
# lock taken again: a press could wait for seconds beside a worker that writes one step after another.
LOOK_EVERY_S: Final = 0.001


class DatabaseWrapper(Stopwatch, base.DatabaseWrapper):
    """The connection."""

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
