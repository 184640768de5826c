"""`liengia up`: one process that starts the others, restarts the one that died, and stops them all cleanly.

No Django here: it stays small, and a mistake elsewhere cannot take it down. What needs Django (keys, migrations,
static files, the demonstration, the broker's files) is done by one `liengia prepare`, which answers in JSON.

1. One `up` a data folder: a lock on `run/up.lock`.
2. `liengia prepare` refuses a busy port with a sentence before anything is changed.
3. nats-server first; then web, bridge, worker at once; with `--demo` the simulator and the players of loudspeakers when all of them are well, since
   a new broker lets devices in only when the stream that keeps their presses is made.
4. A child that dies is started again: after 0.2 s, then twice as long each time up to 10 s; a minute of life
   forgives the past.
5. At Ctrl-C or SIGTERM children get SIGTERM, the broker last; whoever is left after 10 s is killed. Should this
   process itself be killed, the kernel ends the children (their parent's death is their SIGTERM).
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

STOP_WITHIN_S: Final = 10.0
FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 10.0
FORGIVEN_AFTER_S: Final = 60.0
READY_WITHIN_S: Final = 60.0
FILES_WANTED: Final = 65_536
# Below this nothing could be kept; above it an alarm that runs is worth more than one that waits for a tidy disk.
DISK_LEAST_BYTES: Final = 32 * 1024**2
_COLOURS: Final = {"broker": 35, "web": 34, "bridge": 33, "worker": 36, "simulate": 32, "speakers": 33, "up": 1}
_BROKER_CHATTER: Final = " [INF]"
_CONTAINER_LIMITS: Final = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
# Ends with its parent (PR_SET_PDEATHSIG), then becomes the program.
_BOUND: Final = (
    "import ctypes,os,sys\n"
    "prctl=getattr(ctypes.CDLL(None),'prctl',None)\n"
    "prctl and prctl(1,15)\n"
    "os.execv(sys.argv[1],sys.argv[1:])"
)


class CannotStart(Exception):
    """A sentence for the one who started us."""


@dataclass
class Child:
    """One supervised process; one that `waits` is started when the others are well."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    waits: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    due_at: float = 0.0
    restarts: int = 0

    def start(self, log: Log) -> None:
        """Start it, bound to our own life, its lines going to the log."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-E", "-S", "-c", _BOUND, *self.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.environment},
            start_new_session=True,
        )
        threading.Thread(target=log.follow, args=(self.name, self.process.stdout), daemon=True).start()

    @property
    def is_running(self) -> bool:
        """Whether it lives."""
        return self.process is not None and self.process.poll() is None

    def look(self, log: Log) -> None:
        """Start it again when it has died and its pause is over."""
        now = time.monotonic()
        if self.is_running:
            if now - self.started_at > FORGIVEN_AFTER_S:
                self.pause_s = FIRST_PAUSE_S
            return
        if not self.due_at:
            code = self.process.returncode if self.process else "?"
            log.say(f"{self.name} ended ({_reason(code)}); it starts again in {self.pause_s:.1f} s")
            self.due_at = now + self.pause_s
            self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)
        elif now >= self.due_at:
            self.due_at = 0.0
            self.restarts += 1
            self.start(log)


class Log:
    """The children's lines, each with its name in front, in colour on a terminal."""

    def __init__(self, out: IO[str]) -> None:
        """Write to a stream."""
        self.out = out
        self.is_coloured = out.isatty() and "NO_COLOR" not in os.environ
        self._lock = threading.Lock()

    def say(self, text: str, name: str = "up") -> None:
        """Write a line."""
        head = f"{name:<8}"
        if self.is_coloured:
            head = f"\033[{_COLOURS.get(name, 37)}m{head}\033[0m"
        with self._lock, suppress(OSError, ValueError):
            self.out.write(f"{head} │ {text}\n")
            self.out.flush()

    def follow(self, name: str, stream: IO[bytes]) -> None:
        """Write a child's lines until it ends."""
        with stream:
            for line in stream:
                text = line.decode("utf-8", "replace").rstrip()
                if name != "broker" or _BROKER_CHATTER not in text or "Server is ready" in text:
                    self.say(text, name)


def main(arguments: Sequence[str]) -> int:
    """Run `liengia up`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="liengia up", description="Start Liên Gia and keep it running.")
    parser.add_argument("--demo", action="store_true", help="load the demonstration and play its devices")
    parser.add_argument("--no-simulator", action="store_true", help="with --demo: do not play its devices")
    options = parser.parse_args(arguments)
    log = Log(sys.stdout)
    try:
        with _only_one(_usable(Path(os.environ.get("LIENGIA_DATA") or "var").resolve())) as lock:
            return _Up(options, log, lock).run()
    except CannotStart as error:
        log.say(str(error))
        return 1


def _usable(data: Path) -> Path:
    """Return the data folder, made where it was missing.

    Raises:
        CannotStart: it cannot be made or written, or its disk is full.
    """
    run = data / "run"
    try:
        run.mkdir(parents=True, exist_ok=True)
        (run / "probe").write_bytes(b"")
        (run / "probe").unlink()
        free = shutil.disk_usage(data).free
    except OSError as error:
        raise CannotStart(
            f"The data folder {data} cannot be written ({error.strerror})."
            " Give this account the right to write there, or set LIENGIA_DATA to another folder."
        ) from error
    if free < DISK_LEAST_BYTES:
        raise CannotStart(
            f"The disk of the data folder {data} is full ({free // 1024**2} MiB are free, {DISK_LEAST_BYTES // 1024**2}"
            " are needed). Make room there, or set LIENGIA_DATA to a folder on another disk."
        )
    return data


class _only_one:
    """Hold the lock of a data folder, or say who holds it."""

    def __init__(self, data: Path) -> None:
        self.path = data / "run" / "up.lock"

    def __enter__(self) -> Path:
        self.file = self.path.open("a+")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.file.seek(0)
            holder = self.file.read().strip() or "?"
            self.file.close()
            folder = self.path.parent.parent
            raise CannotStart(
                f"`liengia up` already runs on {folder} (process {holder})."
                " Stop it first, or set LIENGIA_DATA to another folder."
            ) from None
        self.file.seek(0)
        self.file.truncate()
        self.file.write(str(os.getpid()))
        self.file.flush()
        return self.path

    def __exit__(self, *_error: object) -> None:
        self.file.close()


class _Up:
    """One run."""

    def __init__(self, options: argparse.Namespace, log: Log, lock: Path) -> None:
        self.options, self.log, self.run_folder = options, log, lock.parent
        self.stopping = threading.Event()
        self.children: list[Child] = []
        self.settled = threading.Event()
        self.began = time.monotonic()

    def run(self) -> int:
        """Prepare, start, watch, stop."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stopping.set())
        _raise_file_limit()
        for old in self.run_folder.glob("metrics/*.db"):
            old.unlink(missing_ok=True)
        facts = self._prepare()
        if self.stopping.is_set():
            return 0
        self.children = _children(facts)
        try:
            self._start()
            threading.Thread(target=self._tell_when_ready, args=(facts,), daemon=True).start()
            while not self.stopping.wait(0.1):
                for child in self.children:
                    if child.process is not None:
                        child.look(self.log)
                    elif self.settled.is_set():
                        child.start(self.log)
        finally:
            self._stop()
        return 0

    def _prepare(self) -> dict[str, Any]:
        command = [sys.executable, "-m", "liengia", "prepare"]
        if self.options.demo:
            command.append("--demo")
        if self.options.no_simulator:
            command.append("--no-simulator")
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        if self.options.demo:
            environment["LIENGIA_DEMO"] = os.environ["LIENGIA_DEMO"] = "yes"
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, start_new_session=True)
        while process.poll() is None:
            if self.stopping.is_set():
                process.terminate()
            with suppress(subprocess.TimeoutExpired):
                said, _nothing = process.communicate(timeout=0.2)
                break
        if self.stopping.is_set():
            return {}
        if process.returncode:
            raise CannotStart("Nothing was started; the lines above say why.")
        facts: dict[str, Any] = json.loads(said.decode().strip().splitlines()[-1])
        return facts

    def _start(self) -> None:
        first, *others = self.children
        first.start(self.log)
        if first.name == "broker":
            time.sleep(0.3)
        for child in others:
            if not child.waits:
                child.start(self.log)

    def _tell_when_ready(self, facts: dict[str, Any]) -> None:
        host, port, has_tls = facts["web"]
        is_well = _wait_healthy(host, port, has_tls, READY_WITHIN_S, self.stopping)
        self.settled.set()
        if self.stopping.is_set():
            return
        took = time.monotonic() - self.began
        if is_well:
            self.log.say(f"Ready after {took:.1f} s.")
        else:
            self.log.say("After 60 s not everything is well; `liengia doctor` says what is wrong and what to do.")
        for line in facts["says"]:
            self.log.say(line)

    def _stop(self) -> None:
        self.log.say("stopping …")
        until = time.monotonic() + STOP_WITHIN_S
        broker = [child for child in self.children if child.name == "broker"]
        others = [child for child in self.children if child.name != "broker"]
        _end(others, signal.SIGTERM, until - 2)
        _end(broker, signal.SIGTERM, until)
        for child in self.children:
            if child.is_running:
                self.log.say(f"{child.name} did not stop in time and is killed")
        _end(self.children, signal.SIGKILL, until + 2)
        self.log.say("stopped")


def _children(facts: dict[str, Any]) -> list[Child]:
    """Return the processes to run, the broker first."""
    liengia = [sys.executable, "-m", "liengia"]
    found = []
    if facts["broker"]:
        found.append(Child("broker", facts["broker"], {"GOMEMLIMIT": os.environ.get("GOMEMLIMIT") or _half_of_memory()}))
    found += [Child(name, [*liengia, name]) for name in ("web", "bridge", "worker")]
    if facts["simulator"]:
        found.append(Child("simulate", [sys.executable, *facts["simulator"]], waits=True))
    if facts["speakers"]:
        found.append(Child("speakers", [sys.executable, *facts["speakers"]], waits=True))
    return found


def _half_of_memory() -> str:
    """Return half of what this machine, or the container we are in, has: above it the broker tidies harder.

    A connected device takes it some 50 KB. A limit below what the devices need makes it tidy without end: 10,000
    devices under 256 MiB took a fifth of a core idle, and a press reached the last of them 1 to 2 s late.
    """
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for file in _CONTAINER_LIMITS:
        with suppress(OSError, ValueError):
            sizes.append(int(file.read_text()))
    return f"{min(sizes) // 2 // 1024**2}MiB"


def _end(children: Sequence[Child], how: signal.Signals, until: float) -> None:
    """Signal the children and their own children, and wait for them."""
    for child in children:
        if child.is_running and child.process is not None:
            with suppress(ProcessLookupError):
                if how == signal.SIGKILL:
                    os.killpg(child.process.pid, how)
                else:
                    child.process.send_signal(how)
    for child in children:
        while child.is_running and time.monotonic() < until:
            time.sleep(0.02)


def _wait_healthy(host: str, port: int, has_tls: bool, within_s: float, stopping: threading.Event) -> bool:
    """Wait until `/health` answers 200; False when it does not in time."""
    until = time.monotonic() + within_s
    while time.monotonic() < until and not stopping.is_set():
        with suppress(OSError):
            if b" 200 " in _first_line(host, port, has_tls):
                return True
        stopping.wait(0.2)
    return False


def _first_line(host: str, port: int, has_tls: bool) -> bytes:
    """Return the first line of the answer; an HTTP library would cost more memory than the rest of this process."""
    with socket.create_connection((host, port), timeout=5) as plain:
        connection = plain
        if has_tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            connection = context.wrap_socket(plain)
        connection.sendall(b"GET /health HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return connection.recv(200).partition(b"\r\n")[0]


def _raise_file_limit() -> None:
    """Raise the limit of open files: each device and each open page is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(FILES_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _reason(code: int | str) -> str:
    if isinstance(code, int) and code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"
