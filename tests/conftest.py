"""Fixtures for all tests: a migrated database of one's own, no network but loopback, no bus but one's own."""

from __future__ import annotations

import fcntl
import gc
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from liengia.core import search, warm
from liengia.core.models import SearchEntry
from tests.harness.postgres import binary
from tests.harness.rows import laid_scene, scene  # noqa: F401  (fixtures of all rooms)

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("LIENGIA_TESTS_FOLDER", "."))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give each worker a copy of one migrated database; migrating takes many seconds, copying almost none."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    warm.up()
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
        if connection.vendor == "postgresql":
            _take_snapshot()
        yield
        connections.close_all()


def _migrated_file() -> Path:
    """Return the migrated SQLite file; it is kept between runs under the hash of all that makes it."""
    with _kept(".sqlite3") as template:
        if not template.exists():
            draft = SHARED / "draft.sqlite3"
            _migrate(f"sqlite:///{draft}")
            with closing(sqlite3.connect(draft)) as made:
                made.execute("PRAGMA journal_mode=DELETE")
            shutil.move(draft, template)
    return template


def fill_migrated(url: str) -> None:
    """Fill an empty PostgreSQL database with the migrated tables; their dump is kept as the SQLite file is."""
    with _kept(".sql") as dump:
        if not dump.exists():
            _migrate(url)
            draft = SHARED / "draft.sql"
            _run_client("pg_dump", "--no-owner", "--file", str(draft), url)
            shutil.move(draft, dump)
            return
    _run_client("psql", "--no-psqlrc", "--quiet", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-f", str(dump), url)


def _run_client(program: str, *arguments: str) -> None:
    done = subprocess.run([binary(program), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")


@contextmanager
def _kept(suffix: str) -> Iterator[Path]:
    """Give the name under which what was migrated is kept, alone with it; the oldest of many are removed.

    One lock for each: whoever changes a migration keeps nobody waiting whose own is there.
    """
    folder = Path(tempfile.gettempdir()) / f"liengia-templates-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / f"{_fingerprint()}.lock{suffix}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = folder / f"{_fingerprint()}{suffix}"
        if not kept.exists():
            for old in sorted(folder.glob(f"*[0-9a-f]{suffix}"), key=lambda path: path.stat().st_mtime)[:-16]:
                old.unlink(missing_ok=True)
                old.with_name(f"{old.stem}.lock{suffix}").unlink(missing_ok=True)
        yield kept


@cache
def _fingerprint() -> str:
    """Hash the migrations, what they load, the words and rights that stand in rows from then on, and the packages that bring some.

    Without the compiled catalogues in it, rows that were made in English by somebody who had not compiled them were kept for
    whoever came later: a label too wide for the smallest phone, and nobody saw why.
    """
    digest = hashlib.sha256()
    words = ("*/locale/vi/LC_MESSAGES/*.mo", "locale/vi/LC_MESSAGES/*.mo", "*/capabilities.py")
    for pattern in ("*/migrations/*.py", "*/data/*.csv", "settings.py", "core/fields.py", "core/operations.py", *words):
        for path in sorted((ROOT / "liengia").glob(pattern)):
            digest.update(path.name.encode() + path.read_bytes())
    for name in ("Django", "wagtail", "django-allauth", "django-taggit", "django-tasks"):
        digest.update(version(name).encode())
    return digest.hexdigest()[:20]


def _migrated_template() -> None:
    with (SHARED / "template.lock").open("w+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not lock.read():
            _admin('CREATE DATABASE "template_liengia"')
            fill_migrated(os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/template_liengia")
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
        "from django.conf import settings; settings.TRANSACTION_STATEMENTS = None\n"
        "from django.core.management import call_command as call\n"
        "call('migrate', verbosity=0); call('createcachetable')"
    )
    environment = {**os.environ, "DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the test database could not be migrated:\n{done.stdout}{done.stderr}")


def _restore(test_case: TransactionTestCase) -> None:
    """Lay the migrated database anew after a test whose rows were really committed.

    Django's own flush would empty what migrations put in, and the audit tables' triggers refuse it.
    """
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        connections.close_all()
        with closing(sqlite3.connect(_migrated_file())) as source, closing(sqlite3.connect(name, timeout=20)) as live:
            live.execute("PRAGMA synchronous=OFF")
            source.backup(live)
        return
    connections.close_all()
    _refill()


class _Snapshot(NamedTuple):
    """What a migrated PostgreSQL database holds: the tables' rows as COPY writes them, and its sequences."""

    rows: dict[str, bytes]
    sequences: list[tuple[str, int | None]]


_snapshot: _Snapshot | None = None


def _own_connection() -> psycopg.Connection[tuple[Any, ...]]:
    """Connect to this worker's database outside Django, so that threads of a test keep their connections."""
    found = connection.settings_dict
    return psycopg.connect(host=found["HOST"], port=found["PORT"], user=found["USER"], dbname=found["NAME"])


def _filled(own: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
    """Return the tables that have rows."""
    names = [name for (name,) in own.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
    return [name for (name,) in own.execute(asked)]


def _take_snapshot() -> None:
    """Remember what the fresh copy holds."""
    global _snapshot
    with _own_connection() as own:
        rows = {}
        for name in _filled(own):
            with own.cursor() as cursor, cursor.copy(f'COPY "{name}" TO STDOUT') as copy:
                rows[name] = b"".join(bytes(part) for part in copy)
        sequences = list(own.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"))
        _snapshot = _Snapshot(rows, [(str(name), last) for name, last in sequences])


def _refill() -> None:
    """Empty every table and fill in the snapshot, with triggers and foreign keys asleep."""
    assert _snapshot is not None
    with _own_connection() as own:
        own.execute("SET session_replication_role = replica")
        own.execute("SET lock_timeout = '10s'")
        filled = _filled(own)
        if filled:
            own.execute("TRUNCATE {} CASCADE".format(", ".join(f'"{name}"' for name in filled)))
        for name, rows in _snapshot.rows.items():
            with own.cursor() as cursor, cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
                copy.write(rows)
        for name, last in _snapshot.sequences:
            own.execute("SELECT setval(%s, %s, %s)", (f'"{name}"', last or 1, last is not None))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep the garbage collector off what all tests import and collect: walking over it was a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


TransactionTestCase._fixture_teardown = _restore  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _no_leftovers() -> Iterator[None]:
    """Forget what a test left in this process's memory: language, caches."""
    from django.core.cache import caches
    from django.utils import translation

    yield
    translation.activate(settings.LANGUAGE_CODE)
    caches["local"].clear()


@pytest.fixture
def bare_index(db: None) -> None:
    """Begin with an empty search index: without the texts of the practices that every installation begins with."""
    for kind, key in list(SearchEntry.objects.values_list("kind", "key")):
        search.remove(kind, key)
