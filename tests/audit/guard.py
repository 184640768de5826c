"""The triggers of the audit tables, taken away for a moment: to forge in tests, and to empty a test database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import connection

_guard = import_module("liengia.audit.migrations.0002_protect_entries")


@contextmanager
def without_guard() -> Iterator[None]:
    """Let entries be changed and deleted inside."""
    _guard.run(connection, _guard.SQLITE_UNDO, _guard.POSTGRESQL_UNDO)
    try:
        yield
    finally:
        _guard.run(connection, _guard.SQLITE, _guard.POSTGRESQL)
