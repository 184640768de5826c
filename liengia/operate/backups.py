"""Backup and restore: database, uploaded files and keys in one archive that only its owner reads.

The broker's store is not in it. It holds the presses of the last seven days and the retained states; after a restore
the bridge reads those presses again (known ones change nothing, old ones ring nothing, silent calls since the
backup open again with their age) and publishes all states anew.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, connections
from django.db.models import F

from liengia.alarms.models import BrokerUsers, NeighbourGroup
from liengia.broadcast.models import SpeakerCluster
from liengia.core import clock
from liengia.core.models import Sequence
from liengia.operate import doctor

FORMAT: Final = 1
# Sirens ignore a state whose revision is not higher than the last; those of the lost time may be.
REVISIONS_SKIPPED: Final = 1_000_000


class BackupError(Exception):
    """It cannot be done; the text says what was kept and what to do."""


def make(target: Path) -> Path:
    """Write the archive (mode 0600), whole or not at all; the installation may run meanwhile.

    Raises:
        BackupError: the database cannot be copied.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    with tempfile.TemporaryDirectory(dir=settings.DATA) as folder:
        copy = _copy_database(Path(folder))
        facts = {"format": FORMAT, "at": clock.now().isoformat(), "database": connection.vendor, "file": copy.name}
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
            _add_text(archive, "manifest.json", json.dumps(facts))
            archive.add(copy, f"database/{copy.name}")
            for name in ("keys", "media"):
                if (settings.DATA / name).is_dir():
                    archive.add(settings.DATA / name, name)
            file.flush()
    draft.replace(target)
    return target


def restore(source: Path, *, force: bool) -> Path | None:
    """Put an archive in place; what was there is moved aside (of PostgreSQL a dump), and where to is returned.

    The database goes first: when it fails, keys and files are where they were, and PostgreSQL took nothing.

    Raises:
        BackupError: it is no archive of ours, `liengia up` runs, there is data and `force` was not said, or the
            database refused it.
    """
    if doctor.is_up():
        raise BackupError("`liengia up` runs on this data folder. Stop it first; nothing was changed.")
    try:
        archive = tarfile.open(source, "r:gz")  # noqa: SIM115  (closed below)
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{source} is not a backup of Liên Gia ({error}). Nothing was changed.") from error
    with archive, tempfile.TemporaryDirectory(dir=settings.DATA) as folder:
        here = Path(folder)
        archive.extractall(here, filter="data")
        facts = _facts(here, source)
        aside = settings.DATA / f"before-restore-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
        _replace_database(here / "database" / str(facts["file"]), aside, force=force)
        for name in ("keys", "media"):
            if (settings.DATA / name).exists():
                aside.mkdir(mode=0o700, exist_ok=True)
                shutil.move(settings.DATA / name, aside / name)
            if (here / name).is_dir():
                shutil.move(here / name, settings.DATA / name)
    for key in (settings.DATA / "keys").glob("*"):
        key.chmod(0o600)
    _after()
    return aside if aside.exists() else None


def _facts(folder: Path, source: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackupError(f"{source} is not a backup of Liên Gia. Nothing was changed.") from error
    if facts.get("format") != FORMAT or facts.get("database") != connection.vendor:
        raise BackupError(
            f"This backup is of {facts.get('database')}, and DATABASE_URL names {connection.vendor}. Nothing was changed."
        )
    return facts


def _copy_database(folder: Path) -> Path:
    if connection.vendor == "sqlite":
        copy = folder / "liengia.sqlite3"
        with closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as live, closing(sqlite3.connect(copy)) as to:
            live.backup(to)
        return copy
    copy = folder / "liengia.sql"
    _run([_tool("pg_dump"), "--no-owner", "--clean", "--if-exists", "--file", str(copy), settings.DATABASE_URL])
    return copy


def _replace_database(copy: Path, aside: Path, *, force: bool) -> None:
    """Put the archive's database in place of the one that is there, which is kept in the folder `aside`."""
    is_sqlite = connection.vendor == "sqlite"
    name = Path(str(connection.settings_dict["NAME"]))
    is_there = name.exists() if is_sqlite else bool(connection.introspection.table_names())
    if is_there and not force:
        where = name if is_sqlite else f"the PostgreSQL database {name}"
        raise BackupError(f"There is a database at {where}. Say --force to set it aside. Nothing was changed.")
    connections.close_all()
    if is_there:
        aside.mkdir(mode=0o700)
    if is_sqlite:
        for tail in ("", "-wal", "-shm"):  # the last changes may stand in the log beside it
            if (file := name.with_name(name.name + tail)).exists():
                shutil.move(file, aside / file.name)
        shutil.move(copy, name)
        return
    try:
        if is_there:
            _copy_database(aside)
        _run([_tool("psql"), "--quiet", "--set", "ON_ERROR_STOP=1", "--single-transaction", "--file", str(copy), settings.DATABASE_URL])
    except BackupError:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _after() -> None:
    """Make what is outside the database follow it."""
    NeighbourGroup.objects.update(state_rev=F("state_rev") + REVISIONS_SKIPPED)
    SpeakerCluster.objects.update(say_rev=F("say_rev") + REVISIONS_SKIPPED)
    # Pages that stayed open drop an event whose position is not above the last that they saw.
    Sequence.objects.update(last=F("last") + REVISIONS_SKIPPED)
    BrokerUsers.objects.update(wanted_rev=F("wanted_rev") + 1, applied_rev=0)
    for consumer in (settings.DATA / "nats").glob("jetstream/APP/streams/*MQTT_msgs/obs/liengia-bridge"):
        shutil.rmtree(consumer)
    (settings.DATA / "run" / "prepared.json").unlink(missing_ok=True)


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    raw = text.encode()
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(raw), 0o600
    archive.addfile(info, io.BytesIO(raw))


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is not installed (Debian: postgresql-client). Nothing was changed.")
    return found


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"{Path(command[0]).name}: {done.stderr.strip()[-400:]}")
