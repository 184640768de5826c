"""Database connections of long-lived threads: kept open between turns, and opened anew when the database was away."""

from __future__ import annotations

from django.db import connections


def drop_broken() -> None:
    """Close this thread's connections that no longer work; the next query opens them anew.

    Django's `close_old_connections` would close SQLite's at each call (its age is 0), which costs every turn of a
    thread milliseconds and the database a checkpoint.
    """
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block or not connection.errors_occurred:
            continue
        if connection.is_usable():
            connection.errors_occurred = False
        else:
            connection.close()
