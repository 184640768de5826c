"""PostgreSQL, with a stopwatch on write transactions."""

from __future__ import annotations

from django.db.backends.postgresql import base

from liengia.core.db import Stopwatch


class DatabaseWrapper(Stopwatch, base.DatabaseWrapper):
    """The connection."""
