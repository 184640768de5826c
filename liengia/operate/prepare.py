"""What must be so before anything is started: free ports, tables, static files, the broker's files.

Every part leaves alone what is as it must be (stamps in `run/prepared.json`), so that a second start is quick.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polib
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from liengia.alarms import broker, broker_users
from liengia.core import checks, keys

_PACKAGES = ("Django", "wagtail", "django-allauth", "django-taggit", "whitenoise")
SIMULATOR_DEVICES = "demo-devices.json"
SIMULATOR_SPEAKERS = "demo-speakers.json"


class NotReady(Exception):
    """A sentence that says why nothing can be started, and what to do."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port that we are about to take, and the setting that names it."""

    use: str
    host: str
    number: int
    setting: str


def wanted_ports() -> list[Port]:
    """Return the ports of this installation."""
    found = [Port("the web site", settings.HOST, settings.PORT, "LIENGIA_PORT")]
    if not settings.NATS_URL:
        found.append(Port("devices (MQTT)", settings.MQTT_HOST, settings.MQTT_PORT, "LIENGIA_MQTT_PORT"))
        found.append(Port("the broker", "127.0.0.1", settings.NATS_PORT, "LIENGIA_NATS_PORT"))
        if settings.LEAF_PORT:
            found.append(Port("gateways", settings.MQTT_HOST, settings.LEAF_PORT, "LIENGIA_LEAF_PORT"))
    return found


def refuse_busy_ports(ports: Iterable[Port]) -> None:
    """Try each port.

    Raises:
        NotReady: one is taken, or may not be taken.
    """
    for port in ports:
        family = socket.AF_INET6 if ":" in port.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((port.host, port.number))
            except OSError as error:
                raise NotReady(_why(port, error)) from error


def _why(port: Port, error: OSError) -> str:
    where = f"Port {port.number} on {port.host}, for {port.use},"
    if error.errno == errno.EADDRINUSE:
        return f"{where} is used by another program. Stop that program, or set {port.setting} to a free port."
    if error.errno == errno.EACCES:
        return f"{where} needs more rights. Set {port.setting} to a port above 1023."
    host = port.setting.replace("_PORT", "_HOST")
    return f"{where} cannot be used ({error.strerror}). Check {host} and {port.setting}."


class Stamps:
    """What was prepared last, by name; a part whose stamp is the same is left alone."""

    def __init__(self) -> None:
        """Read the file."""
        self.path = settings.DATA / "run" / "prepared.json"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.kept: dict[str, str] = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.kept = {}

    def unless(self, name: str, stamp: str, work: Callable[[], object]) -> bool:
        """Do the work unless it was done for this stamp; True when it was done now."""
        if self.kept.get(name) == stamp:
            return False
        work()
        self.kept[name] = stamp
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(self.kept), encoding="utf-8")
        draft.replace(self.path)
        return True


def compile_messages() -> int:
    """Make the binary catalogues that are missing or older than their texts; return how many."""
    done = 0
    for source in settings.BASE_DIR.glob("*/locale/*/LC_MESSAGES/*.po"):
        binary = source.with_suffix(".mo")
        if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
            draft = binary.with_suffix(f".{os.getpid()}")
            polib.pofile(str(source)).save_as_mofile(str(draft))
            draft.replace(binary)
            done += 1
    return done


def schema_stamp() -> str:
    """Return a stamp of our migrations, of our libraries' versions, and of what the database says was applied."""
    digest = hashlib.sha256(_versions())
    for file in sorted(settings.BASE_DIR.glob("*/migrations/*.py")):
        digest.update(file.name.encode() + file.read_bytes())
    recorder = MigrationRecorder(connection)
    applied = len(recorder.applied_migrations()) if recorder.has_table() else 0
    return f"{digest.hexdigest()}:{applied}"


def static_stamp() -> str:
    """Return a stamp of all static files by path, size and time."""
    digest = hashlib.sha256(_versions())
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path}:{state.st_size}:{state.st_mtime_ns}".encode())
    return digest.hexdigest()


def migrate(stamps: Stamps) -> bool:
    """Bring the database's tables up to date; True when there was something to do.

    Raises:
        NotReady: they are too old for this version.
    """
    if stamps.kept.get("schema") == schema_stamp():
        return False
    for refusal in checks.shortened_chains(None, databases=[connection.alias]):
        raise NotReady(f"{refusal.msg} {refusal.hint}")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    stamps.unless("schema", schema_stamp(), lambda: None)
    return True


def collect_static(stamps: Stamps) -> bool:
    """Collect, name by content and compress the static files; True when there was something to do."""
    stamp = static_stamp()
    return stamps.unless(
        "static", stamp, lambda: call_command("collectstatic", interactive=False, verbosity=0, clear=False)
    )


def broker_command() -> list[str]:
    """Write the broker's files and return the command that starts it; empty for an external one.

    Raises:
        NotReady: there is no usable nats-server.
    """
    if settings.NATS_URL:
        return []
    try:
        program = broker.binary(settings.NATS_SERVER)
    except broker.BrokerError as error:
        raise NotReady(str(error)) from error
    plan = broker_users.prepare()
    return [str(program), "-c", str(plan.configuration_file)]


def simulator_command() -> list[str]:
    """Return the command that plays the demonstration's devices; empty when there are none."""
    devices = keys.KEYS_DIR / SIMULATOR_DEVICES
    if not devices.exists() or settings.NATS_URL:
        return []
    return ["-m", "liengia.operate.simulator", "--devices", str(devices), "--mqtt", mqtt_address()]


def speakers_command() -> list[str]:
    """Return the command that runs the demonstration's loudspeakers; empty when there are none, or their way needs a certificate."""
    boxes = keys.KEYS_DIR / SIMULATOR_SPEAKERS
    if not boxes.exists() or settings.NATS_URL or settings.TLS_CERT:
        return []
    host = "127.0.0.1" if settings.HOST in ("0.0.0.0", "") else settings.HOST
    folder = settings.DATA / "speakers"
    return ["-m", "liengia.operate.demo_speakers", "--boxes", str(boxes), "--server", f"http://{host}:{settings.PORT}", "--mqtt", mqtt_address(), "--folder", str(folder)]


def mqtt_address() -> str:
    """Return where a program on this machine reaches the MQTT listener."""
    host = "127.0.0.1" if settings.MQTT_HOST in ("0.0.0.0", "") else settings.MQTT_HOST
    return f"{host}:{settings.MQTT_PORT}"


def facts(*, is_demo: bool, with_simulator: bool) -> dict[str, Any]:
    """Return what the supervisor needs to know."""
    host = "127.0.0.1" if settings.HOST in ("0.0.0.0", "::", "") else settings.HOST
    return {
        "web": [host, settings.PORT, bool(settings.TLS_CERT)],
        "broker": broker_command(),
        "simulator": simulator_command() if is_demo and with_simulator else [],
        "speakers": speakers_command() if is_demo and with_simulator else [],
        "says": addresses(is_demo=is_demo),
    }


def addresses(*, is_demo: bool) -> list[str]:
    """Return the lines that are printed when everything runs."""
    public = settings.PUBLIC_URL
    lines = [
        f"Web site        {public}/",
        f"Residents       {public}/nha/      Duty console  {public}/truc/      Back office  {public}/quan-tri/",
        f"Devices (MQTT)  {settings.MQTT_PUBLIC}",
        f"Data            {settings.DATA}",
    ]
    if is_demo:
        logins = settings.DATA / "run" / "demo-logins.txt"
        if logins.exists():
            lines += ["", *logins.read_text(encoding="utf-8").splitlines()]
    return lines


def installed_apps() -> list[str]:
    """Return the names of the rooms that are installed."""
    return [app.label for app in apps.get_app_configs() if app.name.startswith("liengia.")]


def _versions() -> bytes:
    return ";".join(f"{package}={version(package)}" for package in _PACKAGES).encode()
