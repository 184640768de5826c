"""Processes that tests and measurements start: our own commands, waiting until they are well, ending them, their last words."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.harness.nursery import Child

ROOT = Path(__file__).resolve().parents[2]
Process = subprocess.Popen[bytes]


def outside(*more: str) -> dict[str, str]:
    """Return the environment without anything that says how an installation is set up (ours and `more` prefixes)."""
    prefixes = ("LIENGIA_", "DATABASE_", "NATS_", "DJANGO_", "PROMETHEUS_", *more)
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}


def start(*arguments: str, environment: Mapping[str, str], log: Path | None = None) -> Process:
    """Start `liengia …` in a session of its own, with what it says in a file (nowhere, without one)."""
    command = [sys.executable, "-m", "liengia", *arguments]
    facts: dict[str, Any] = {"cwd": ROOT, "env": dict(environment), "start_new_session": True}
    if log is None:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **facts)
    with log.open("ab") as said:
        return subprocess.Popen(command, stdout=said, stderr=said, **facts)


def answer(url: str, *, within_s: float = 3) -> tuple[int, str]:
    """Return the status of an address and what it says; 0 when nothing answers."""
    try:
        with urllib.request.urlopen(url, timeout=within_s) as found:
            return int(found.status), found.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(errors="replace")
    except OSError:
        return 0, ""


def wait_until(
    is_well: Callable[[], bool], *, within_s: float, why: Callable[[], str], process: Process | Child | None = None, every_s: float = 0.1
) -> float:
    """Wait until something is so; return how many seconds that took.

    Raises:
        AssertionError: the time is over or the process has ended, with `why`.
    """
    began = time.monotonic()
    while not is_well():
        has_ended = process is not None and process.poll() is not None
        if has_ended or time.monotonic() - began > within_s:
            raise AssertionError(why() or f"not well within {within_s} s")
        time.sleep(every_s)
    return time.monotonic() - began


def end(process: Process | None, how: signal.Signals = signal.SIGTERM, *, within_s: float = 20) -> float:
    """End a process and, when it does not go in time, its whole session; return how many seconds that took."""
    began = time.monotonic()
    if process is not None and process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(timeout=within_s)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return time.monotonic() - began


def kill_session(process: Process | Child | None) -> None:
    """Kill a process and all that it started at once, as a power cut would."""
    if process is not None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def tail(log: Path, lines: int = 30) -> str:
    """Return the end of a log."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(text.splitlines()[-lines:])
