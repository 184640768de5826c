"""Restoring into PostgreSQL: nothing is overwritten unasked, what was there is kept, and a failure changes nothing."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from liengia.operate import backups

GOOD = "DROP TABLE IF EXISTS kept; CREATE TABLE kept (word text); INSERT INTO kept VALUES ('kept');"
pytestmark = pytest.mark.django_db


@pytest.fixture
def live(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give a database with one row of its own, and a data folder with a key."""
    found = connection.settings_dict
    root = f"postgresql://{found['USER']}@{found['HOST']}:{found['PORT']}"
    name = f"{found['NAME']}_live"
    with psycopg.connect(f"{root}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
    settings.DATA, settings.DATABASE_URL = tmp_path / "var", f"{root}/{name}"
    (settings.DATA / "keys").mkdir(parents=True)
    (settings.DATA / "keys" / "field.key").write_text("the live one")
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as own:
        own.execute("CREATE TABLE kept (word text)")
        own.execute("INSERT INTO kept VALUES ('live')")
    monkeypatch.setattr(backups.connections, "close_all", lambda: None)  # the test's own transaction is on it
    yield settings.DATABASE_URL
    with psycopg.connect(f"{root}/postgres", autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}"')  # type: ignore[arg-type]


def archive(folder: Path, sql: str) -> Path:
    """Return a backup whose database is this SQL, with a key of its own."""
    facts = json.dumps({"format": backups.FORMAT, "database": "postgresql", "file": "liengia.sql"})
    target = folder / "kept.tar.gz"
    with tarfile.open(target, "w:gz") as tar:
        for name, text in (("manifest.json", facts), ("database/liengia.sql", sql), ("keys/field.key", "the kept one")):
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return target


def words(url: str) -> list[str]:
    with psycopg.connect(url) as own:
        return [word for (word,) in own.execute("SELECT word FROM kept")]


def test_postgresql_is_overwritten_only_when_asked_and_kept_aside(live: str, tmp_path: Path, settings: Any) -> None:
    key = settings.DATA / "keys" / "field.key"
    with pytest.raises(backups.BackupError, match="--force"):
        backups.restore(archive(tmp_path, GOOD), force=False)
    assert (words(live), key.read_text()) == (["live"], "the live one")

    bad = archive(tmp_path, "DROP TABLE kept; SELECT 1 FROM nowhere;")
    with pytest.raises(backups.BackupError, match="nowhere"):
        backups.restore(bad, force=True)
    assert (words(live), key.read_text()) == (["live"], "the live one")
    assert not list(settings.DATA.glob("before-restore-*"))

    aside = backups.restore(archive(tmp_path, GOOD), force=True)
    assert (words(live), key.read_text()) == (["kept"], "the kept one")
    assert aside is not None and (aside / "keys" / "field.key").read_text() == "the live one"
    assert "\nlive\n" in (aside / "liengia.sql").read_text()

