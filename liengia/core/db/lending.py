"""Connections that requests lend to each other, so that none has to open its own.

Under ASGI each request has a thread of its own, and Django gives each thread a connection of its own. Opening one takes
12 ms on PostgreSQL (p95 20) and 5 ms on SQLite (functions, settings, and the schema is read anew), each time. Here
`close` at the end of a request puts the connection aside, and the next request takes the one that was put aside last.

1. Only a web process lends (`lend_to_requests`, after it was forked); all others keep a connection a thread.
2. Put aside is only what is between transactions, has no statement under way, and has met no error.
3. What lay for more than a second is asked whether it is alive. If it is not, the server was away: all that lie are
   dropped at once, and a new one is opened. (psycopg's own pool tries them one by one, with rests that grow: a request
   would wait for 10 s and fail, while the server has long been back.)
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from typing import Any, Final

# PostgreSQL takes 100 connections as it comes, for all processes; more than these at once are opened and closed as usual.
MOST: Final = 20
ASKED_AFTER_S: Final = 1.0
DROPPED_AFTER_S: Final = 120.0


class Shelf:
    """The connections that lie aside in this process, the newest on top."""

    def __init__(self) -> None:
        """Lend nothing yet."""
        self.is_open = False
        self._lock = threading.Lock()
        self._lying: deque[tuple[Any, float]] = deque()

    def take(self) -> tuple[Any, float] | None:
        """Return a connection and for how many seconds it lay, if there is one."""
        with self._lock:
            if not self._lying:
                return None
            connection, since = self._lying.pop()
        return connection, time.monotonic() - since

    def put(self, connection: Any) -> bool:
        """Lay a connection aside; False when there are enough. Those that nobody has needed for long are closed."""
        now, old = time.monotonic(), []
        with self._lock:
            while self._lying and now - self._lying[0][1] > DROPPED_AFTER_S:
                old.append(self._lying.popleft()[0])
            has_room = len(self._lying) < MOST
            if has_room:
                self._lying.append((connection, now))
        _close_all(old)
        return has_room

    def clear(self) -> None:
        """Close all that lie."""
        with self._lock:
            old = [connection for connection, _since in self._lying]
            self._lying.clear()
        _close_all(old)

    def __len__(self) -> int:
        """Return how many lie."""
        return len(self._lying)


def _close_all(connections: list[Any]) -> None:
    for one in connections:
        with suppress(Exception):  # the server may be gone, and with it the connection
            one.close()


class Lending:
    """Mixed into a connection's wrapper: takes from the shelf and lays back; each backend says what is fit for it."""

    shelf: Shelf

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Take one from the shelf, or open one."""
        while self.shelf.is_open and (taken := self.shelf.take()) is not None:
            connection, lay_s = taken
            if lay_s < ASKED_AFTER_S or self.is_alive(connection):
                return connection
            _close_all([connection])
            self.shelf.clear()
        return super().get_new_connection(conn_params)  # type: ignore[misc]

    def _close(self) -> Any:
        own: Any = self.connection  # type: ignore[attr-defined]
        if own is not None and self.shelf.is_open and not self.errors_occurred and self.is_fit(own) and self.shelf.put(own):  # type: ignore[attr-defined]
            return None
        return super()._close()  # type: ignore[misc]

    def is_fit(self, connection: Any) -> bool:
        """Tell whether a connection is between transactions, with nothing under way."""
        raise NotImplementedError

    def is_alive(self, connection: Any) -> bool:
        """Ask a connection that lay for a while."""
        raise NotImplementedError


def lend_to_requests() -> None:
    """Have the requests of this process lend connections to each other; called after a fork, before any query."""
    from django.db import connections

    connections.settings["default"]["CONN_MAX_AGE"] = 0  # given back at the end of each request
    connections["default"].shelf.is_open = True  # type: ignore[attr-defined]
