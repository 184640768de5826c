"""Fixtures for all tests: a migrated database of one's own, no network but loopback, no bus but one's own."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from pytest_django.plugin import DjangoDbBlocker

from tests.audit.guard import without_guard

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("LIENGIA_TESTS_FOLDER", "."))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give each worker a copy of one migrated database; migrating takes many seconds, copying almost none."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            name = str(SHARED / f"test-{worker}.sqlite3")
            shutil.copy(_migrated_file(), name)
        else:
            name = f"test_{worker}"
            _migrated_template()
            _copy_template(name)
        connections.close_all()
        settings.DATABASES["default"]["NAME"] = name
        connection.settings_dict["NAME"] = name
        yield
        connections.close_all()


def _migrated_file() -> Path:
    template = SHARED / "template.sqlite3"
    with (SHARED / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            draft = SHARED / "draft.sqlite3"
            _migrate(f"sqlite:///{draft}")
            draft.replace(template)
    return template


def _migrated_template() -> None:
    with (SHARED / "template.lock").open("w+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not lock.read():
            _admin('CREATE DATABASE "template_liengia"')
            _migrate(os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/template_liengia")
            (SHARED / "template.lock").write_text("made")


def _copy_template(name: str) -> None:
    with (SHARED / "copy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _admin(f'CREATE DATABASE "{name}" TEMPLATE "template_liengia"')


def _admin(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _migrate(url: str) -> None:
    code = (
        "import django; django.setup()\n"
        "from django.core.management import call_command as call\n"
        "call('migrate', verbosity=0); call('createcachetable')"
    )
    environment = {**os.environ, "DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the test database could not be migrated:\n{done.stdout}{done.stderr}")


@pytest.fixture(autouse=True)
def _empty_guarded_tables(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the flush after a transactional test empty the audit tables, whose triggers refuse it."""
    if "transactional_db" not in request.fixturenames and not _is_transactional(request):
        yield
        return
    blocker: DjangoDbBlocker = request.getfixturevalue("django_db_blocker")
    request.getfixturevalue("django_db_setup")
    request.addfinalizer(lambda: None)
    _patch_flush(blocker)
    yield


def _is_transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(marker and (marker.kwargs.get("transaction") or (marker.args and marker.args[0])))


_is_patched = False


def _patch_flush(blocker: DjangoDbBlocker) -> None:
    """Wrap Django's flush once, so that it runs without the audit tables' triggers."""
    global _is_patched
    if _is_patched:
        return
    _is_patched = True
    from django.core.management.commands import flush

    original = flush.Command.handle

    def handle(self: flush.Command, **options: object) -> None:
        with without_guard():
            original(self, **options)

    flush.Command.handle = handle  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _no_leftovers() -> Iterator[None]:
    """Forget what a test left in this process's memory: language, caches."""
    from django.core.cache import caches
    from django.utils import translation

    yield
    translation.activate(settings.LANGUAGE_CODE)
    caches["local"].clear()
