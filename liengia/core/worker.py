"""The worker: chores that are repeated, each in a thread of its own, so that a slow one delays no other.

A chore claims due rows (deadlines are columns, deliveries are outbox rows) and returns how many it did. It is
woken by time, at the instant of its next deadline where it can say it, and at once by a poke on one of its topics.
It may be killed at any moment: whatever it had not committed is due again.

Source: ADR 0005.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, models

from liengia.core import clock
from liengia.core.connections import drop_broken
from liengia.core.metrics import chore_failures, chore_seconds
from liengia.core.models import Heartbeat

logger = logging.getLogger(__name__)
Turn = Callable[[], int]
NextDue = Callable[[datetime], datetime | None]
# SQLite's write lock is not fair: a chore that has more to do leaves a gap in which the bridge can write.
GIVE_WAY_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Chore:
    """What is repeated: its name, how often at least, the pokes that wake it early, and its next deadline.

    `next_due` returns the first deadline after an instant, if any: the chore is then woken at it rather than at its
    next look. It is asked for what comes after the turn began, so that a row that failed waits for that look.
    """

    name: str
    every: timedelta
    turn: Turn
    wakes_on: tuple[str, ...] = ()
    next_due: NextDue | None = None

    def pause_s(self, done: int, *, began: datetime) -> float:
        """Return how long to rest after a turn that did so much, in seconds."""
        if done:
            return GIVE_WAY_S
        rest = self.every.total_seconds()
        due = self.next_due(began) if self.next_due is not None else None
        return rest if due is None else min(rest, max(0.0, (due - clock.now()).total_seconds()))


_chores: dict[str, Chore] = {}


def chore(
    name: str, *, every: timedelta, wakes_on: tuple[str, ...] = (), next_due: NextDue | None = None
) -> Callable[[Turn], Turn]:
    """Register a function as a chore of the worker."""

    def register(turn: Turn) -> Turn:
        _chores[name] = Chore(name, every, turn, wakes_on, next_due)
        return turn

    return register


class Apart:
    """Keys of rows whose work failed a moment ago: they stay due, and take no place in the next batch from others."""

    FOR_S: Final = 1.0

    def __init__(self) -> None:
        """Start with none."""
        self._until: dict[int, float] = {}

    def put(self, key: int) -> None:
        """Set a row apart for a second."""
        self._until[key] = time.monotonic() + self.FOR_S

    def choose(self, keys: models.QuerySet[Any, int], most: int) -> list[int]:
        """Return the first keys that are not apart."""
        now = time.monotonic()
        self._until = {key: until for key, until in self._until.items() if until > now}
        return [key for key in keys[: most + len(self._until)] if key not in self._until][:most]


def chores() -> list[Chore]:
    """Return all registered chores."""
    return list(_chores.values())


def run_once(name: str) -> int:
    """Run one turn of a chore here and now; tests and commands use it."""
    return _chores[name].turn()


@dataclass
class _Loop:
    """One chore's thread."""

    chore: Chore
    stopping: threading.Event
    wake: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        pause = 0.0
        while not self.stopping.is_set():
            self.wake.wait(timeout=pause)
            if self.stopping.is_set():
                break
            self.wake.clear()
            began, at = time.monotonic(), clock.now()
            drop_broken()
            try:
                done = self.chore.turn()
                took = time.monotonic() - began
                pause = self.chore.pause_s(done, began=at)
            except Exception:
                chore_failures.labels(self.chore.name).inc()
                logger.exception("chore %s failed; it is tried again", self.chore.name)
                pause = max(1.0, self.chore.every.total_seconds())
                continue
            chore_seconds.labels(self.chore.name).observe(took)
        connection.close()


def run(chosen: list[Chore], stopping: threading.Event, *, process: str = "worker") -> None:
    """Run chores until `stopping` is set; beats every 5 s as `process`."""
    from liengia.core.bus import get_bus

    loops = [_Loop(one, stopping) for one in chosen]
    bus = get_bus()
    for loop in loops:
        for topic in loop.chore.wakes_on:
            bus.on_poke(topic, loop.wake.set)
    threads = [threading.Thread(target=loop.run, name=loop.chore.name, daemon=True) for loop in loops]
    # Before the first turn: however soon it is told to stop, it has said that it lived.
    beat(process)
    for thread in threads:
        thread.start()
    while not stopping.wait(5):
        beat(process)
    for loop in loops:
        loop.wake.set()
    for thread in threads:
        thread.join(timeout=10)


def beat(process: str) -> None:
    """Write that a process turns; a database that is away for a moment is no reason to die."""
    drop_broken()
    try:
        Heartbeat.objects.update_or_create(process=process, defaults={"pid": os.getpid(), "at": clock.now()})
    except Exception:
        logger.exception("%s could not write its heartbeat", process)
