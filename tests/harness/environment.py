"""A pytest plugin, loaded before Django's settings are: the tests' own folder, ports and database.

`--db sqlite` (the default) or `--db postgres`; the latter starts a private throw-away cluster, never the system's.
With xdist the controller does it once, and its workers inherit the environment.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from tests.harness.postgres import Cluster
from tools.test_needs import chromium

_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
# What both databases, media and logs of a run may take, with room to spare.
ROOM_BYTES = 4 << 30
_cluster: Cluster | None = None


def _wanted_database() -> str:
    for place, word in enumerate(sys.argv):
        if word == "--db":
            return sys.argv[place + 1] if place + 1 < len(sys.argv) else ""
        if word.startswith("--db="):
            return word.removeprefix("--db=")
    return "sqlite"


def _memory() -> str | None:
    """Return a folder that is kept in memory, if there is room in it: a busy disk makes a test wait for minutes."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < ROOM_BYTES:
        return None
    return str(memory)


def _set_up() -> None:
    """Fill the environment that `liengia.settings` reads."""
    global _cluster
    for name in [name for name in os.environ if name.startswith("LIENGIA_") and name != "LIENGIA_CHROMIUM"]:
        del os.environ[name]
    folder = tempfile.mkdtemp(prefix="liengia-tests-", dir=_memory())
    os.environ["LIENGIA_TESTS_FOLDER"] = folder
    os.environ["LIENGIA_DATA"] = folder
    os.environ["LIENGIA_DEMO"] = "no"
    # Nothing listens there: a test that wants a broker starts its own.
    os.environ["LIENGIA_NATS_PORT"] = "9"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Whichever browser `make test` has found, by whatever name, is the one that tests drive.
    if found := chromium():
        os.environ["LIENGIA_CHROMIUM"] = str(found)
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("NATS_URL", None)
    if _wanted_database() == "postgres":
        _cluster = Cluster(Path(folder) / "postgres")
        _cluster.start()
        os.environ["DATABASE_URL"] = _cluster.url("postgres")


if not _IS_WORKER:
    _set_up()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--db`."""
    parser.addoption("--db", choices=("sqlite", "postgres"), default="sqlite", help="which database the tests use")


_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped."""
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Remember files that were skipped whole."""
    if report.skipped:
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let nothing be skipped in CI: a skipped test proves nothing."""
    if os.environ.get("CI") == "true" and _skipped and not _IS_WORKER:
        print("\nskipped, which CI does not allow:", *_skipped, sep="\n    ")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster and remove the folder."""
    if _IS_WORKER:
        return
    if _cluster is not None:
        _cluster.stop()
    shutil.rmtree(os.environ["LIENGIA_TESTS_FOLDER"], ignore_errors=True)
