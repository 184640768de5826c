"""SQLite, with a stopwatch on write transactions."""

from __future__ import annotations

from django.db.backends.sqlite3 import base

from liengia.core.db import Stopwatch


class DatabaseWrapper(Stopwatch, base.DatabaseWrapper):
    """The connection."""
