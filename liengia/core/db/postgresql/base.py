"""PostgreSQL, with a stopwatch on write transactions, and connections that requests lend to each other."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from liengia.core.db import Stopwatch
from liengia.core.db.lending import Lending, Shelf


class DatabaseWrapper(Stopwatch, Lending, base.DatabaseWrapper):
    """The connection."""

    shelf = Shelf()

    def is_fit(self, connection: Any) -> bool:
        """Tell whether it is open and idle."""
        return not connection.closed and connection.info.transaction_status == TransactionStatus.IDLE

    def is_alive(self, connection: Any) -> bool:
        """Ask the server for as little as there is."""
        try:
            connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True
