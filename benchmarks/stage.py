"""A private installation for a measurement: `liengia up` in a temporary folder, with groups and devices of its own."""

from __future__ import annotations

import atexit
import json
import os
import platform
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psutil
import psycopg

from tests.harness import processes
from tests.harness.ports import free_ports
from tests.harness.postgres import Cluster

ROOT = Path(__file__).resolve().parent.parent
_SIMULATOR = "liengia.operate.simulator"


@dataclass(frozen=True, slots=True)
class Device:
    """A device with its credential."""

    group: str
    device: str
    username: str
    password: str


@dataclass
class Stage:
    """The installation: its folder, ports and supervisor."""

    database_url: str = ""
    is_demo: bool = False
    # What `up` runs below, for example a tracer that slows the disk down.
    below: Sequence[str] = ()
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="liengia-bench-")))
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        """Choose free ports."""
        web, mqtt, nats = free_ports(3)
        self.web_port, self.mqtt_port, self.nats_port = web, mqtt, nats
        self.environment = {
            **os.environ,
            "LIENGIA_DATA": str(self.folder),
            "LIENGIA_PORT": str(web),
            "LIENGIA_MQTT_PORT": str(mqtt),
            "LIENGIA_NATS_PORT": str(nats),
            "DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": "liengia.settings",
            "PYTHONUNBUFFERED": "1",
        }
        self.environment.pop("PROMETHEUS_MULTIPROC_DIR", None)

    def run(self, code: str, *arguments: str) -> str:
        """Run a piece of code with Django set up in this installation; return what it prints."""
        full = f"import django; django.setup()\n{code}"
        done = subprocess.run(
            [sys.executable, "-c", full, *arguments],
            env=self.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        return done.stdout.decode()

    def command(self, *arguments: str) -> str:
        """Run `liengia …` as one types it; return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "liengia", *arguments], env=self.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE
        )
        return done.stdout.decode()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Read from the installation's database by a connection of one's own."""
        if self.database_url:
            with psycopg.connect(self.database_url) as server:
                return server.execute(sql).fetchall()  # type: ignore[arg-type]
        with closing(sqlite3.connect(f"file:{self.folder / 'liengia.sqlite3'}?mode=ro", uri=True, timeout=20)) as file:
            return file.execute(sql).fetchall()

    def start(self, *, wait_s: float = 180) -> None:
        """Start `liengia up` and wait until `/health` is green; stops it again when it does not become so.

        Tables and static files are made once for all stages on SQLite, and copied, unless the folder has them already.
        """
        if not self.database_url and not (self.folder / "liengia.sqlite3").exists():
            shutil.copytree(_template(), self.folder, dirs_exist_ok=True)
        command = [*self.below, sys.executable, "-m", "liengia", "up", *(["--demo"] if self.is_demo else [])]
        with (self.folder / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            self.wait_healthy(wait_s=wait_s)
        except BaseException:
            self.stop()
            raise

    def prepare(self) -> None:
        """Make the folder's tables and files without starting anything."""
        subprocess.run(
            [sys.executable, "-m", "liengia", "prepare"],
            env=self.environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def wait_healthy(self, *, wait_s: float = 60) -> float:
        """Wait until `/health` answers 200; return how many seconds that took."""
        address = f"http://127.0.0.1:{self.web_port}/health"
        return processes.wait_until(
            lambda: processes.answer(address, within_s=2)[0] == 200,
            within_s=wait_s, why=lambda: f"not well within {wait_s} s: {processes.answer(address)[1]}\n{self.log_tail()}",
        )  # fmt: skip

    def log_tail(self, lines: int = 30) -> str:
        """Return the end of the log."""
        return processes.tail(self.folder / "up.log", lines)

    def up(self) -> psutil.Process:
        """Return the supervisor, which may run below another program."""
        assert self.process is not None
        top = psutil.Process(self.process.pid)
        return top.children()[0] if self.below else top

    def children(self) -> dict[str, psutil.Process]:
        """Return the supervised processes by name."""
        found: dict[str, psutil.Process] = {}
        for child in self.up().children():
            with suppress(psutil.Error):
                line = child.cmdline()
                for name, word in (*((name, name) for name in ("web", "bridge", "worker")), ("simulator", _SIMULATOR)):
                    if word in line:
                        found[name] = child
                if any("nats-server" in Path(part).name for part in line[:1]):
                    found["broker"] = child
        return found

    def kill(self, name: str) -> bool:
        """Kill a child at once (SIGKILL), with everything below it; the supervisor starts it anew."""
        child = self.children().get(name)
        if child is None:
            return False
        with suppress(psutil.Error):
            for below in child.children(recursive=True):
                below.send_signal(signal.SIGKILL)
            child.send_signal(signal.SIGKILL)
            return True
        return False

    def pause(self, name: str, still: bool) -> None:
        """Let a child stand still (SIGSTOP), or go on (SIGCONT)."""
        self.children()[name].send_signal(signal.SIGSTOP if still else signal.SIGCONT)

    def memory_mb(self) -> dict[str, float]:
        """Return the proportional memory of each process, in megabytes."""
        sizes: dict[str, float] = {"up": _pss(self.up())}
        for name, child in self.children().items():
            sizes[name] = _pss(child) + sum(_pss(one) for one in child.children(recursive=True))
        return sizes

    def stop(self, *, keeps: bool = False) -> None:
        """Stop cleanly, and remove the folder unless it is kept for another start."""
        if self.process is not None:
            with suppress(psutil.Error, IndexError):
                self.up().terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
            self.process = None
            if not keeps:
                shutil.rmtree(self.folder, ignore_errors=True)

    def make_groups(self, groups: int, households: int, *, kind: str = "both") -> list[Device]:
        """Make groups with a device a household; return the devices with their passwords."""
        out = self.folder / f"devices-{groups}-{households}.json"
        self.run(_MAKE, str(groups), str(households), kind, str(out))
        return [Device(*row) for row in json.loads(out.read_text())]


_MAKE = '''
import json, sys, uuid
from django.db import transaction
from liengia.alarms import services
from liengia.core.actor import Actor
from liengia.people.models import Household
from liengia.units.models import Unit
groups, households, kind, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
actor = Actor.system("bench")
mark = uuid.uuid4().hex[:6]
commune = Unit.objects.create(code="c" + mark, name="Thử", kind="Xã", level="commune")
hamlet = Unit.objects.create(code="h" + mark, name="Ấp 1", kind="Ấp", level="hamlet", parent=commune)
rows = []
for _ in range(groups):
    with transaction.atomic():
        group = services.create_group(hamlet, actor=actor)
        for number in range(households):
            house = Household.objects.create(hamlet=hamlet, address_label=str(number), house_label=f"Nhà số {number}")
            services.add_household(group, household=house, actor=actor)
            made = services.provision_device(group, household=house, kind=kind, actor=actor)
            rows.append((group.public_id, made.device.public_id, made.username, made.password))
json.dump(rows, open(out, "w"))
'''


@cache
def _template() -> Path:
    """Return a folder with tables and static files, as `liengia prepare` makes them; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="liengia-bench-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Stage(folder=folder).prepare()
    return folder


@contextmanager
def database_of(choice: str) -> Iterator[str]:
    """Give the address of a database: a PostgreSQL of one's own that syncs, the one that was named, or SQLite ("")."""
    if choice != "postgresql":
        yield "" if choice == "sqlite" else choice
        return
    folder = Path(tempfile.mkdtemp(prefix="liengia-bench-postgres-"))
    cluster = Cluster(folder / "cluster", is_durable=True)
    cluster.start()
    try:
        yield cluster.url("postgres")
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def percentile(values: list[float], share: float) -> float:
    """Return a percentile (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def machine() -> dict[str, Any]:
    """Name the machine on which figures were measured."""
    cpu = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    )
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "synced_write_ms": round(synced_write_ms(), 3),
    }


def synced_write_ms(count: int = 100) -> float:
    """Return the median time of a synced 4 KiB write on this disk, in milliseconds."""
    times = []
    with tempfile.TemporaryFile() as file:
        for _ in range(count):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - began) * 1000)
    return percentile(times, 0.5)


def _pss(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / 2**20
    except psutil.Error:
        return 0.0
