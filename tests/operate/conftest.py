"""What is about PostgreSQL alone is no test on SQLite: it is not collected there, since nothing may be skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

# SQLite is restored by tests/acceptance/test_up.py.
_POSTGRES = {"test_restore.py"}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out on SQLite what needs a PostgreSQL server."""
    return True if collection_path.name in _POSTGRES and config.getoption("--db") != "postgres" else None
