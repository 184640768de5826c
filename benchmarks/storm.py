"""A storm of presses: how many the broker takes and the bridge records a second, and what is lost over kill -9."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Final

import psycopg

from benchmarks.devices import HOST, Figures, open_links, press_body, wait_users
from benchmarks.mqtt import Link
from benchmarks.stage import Device, Stage

Killer = Callable[[], object]
CHILDREN: Final = ("bridge", "web", "worker", "broker")


class Storm:
    """Devices that press as fast as the broker acknowledges, and what the broker acknowledged."""

    def __init__(self, stage: Stage, groups: int, *, seed: int | None = None) -> None:
        """Make the devices: two buttons a group. The same seed kills in the same order at the same intervals."""
        self.stage = stage
        self.random = random.Random(seed)
        self.devices = stage.make_groups(groups, 2, kind="button")
        self.links: dict[str, Link] = {}
        self.acked: set[str] = set()
        self.killed: list[str] = []
        wait_users(stage)

    async def press_all(self, presses: int, *, until: asyncio.Event | None = None) -> float:
        """Press so often in all, and on until told; return how many seconds that took."""
        opened = await open_links(self.stage, self.devices, None)
        self.links = dict(zip([d.device for d in self.devices], opened, strict=True))
        began = time.perf_counter()
        share = -(-presses // len(self.devices))
        await asyncio.gather(*(self._press(device, share, until) for device in self.devices))
        return time.perf_counter() - began

    async def _press(self, device: Device, count: int, until: asyncio.Event | None) -> None:
        pressed = 0
        while pressed < count or (until is not None and not until.is_set()):
            press_id, body = press_body(random.choice(["fire", "medical"]))
            while not await self._delivered(device, body):
                await asyncio.sleep(0.3)
            self.acked.add(press_id)
            pressed += 1
            if pressed > count:
                await asyncio.sleep(0.5)  # the storm is over; what is still to be killed dies under some presses

    async def _delivered(self, device: Device, body: bytes) -> bool:
        """Publish and wait for PUBACK, on a new connection when the old one is lost."""
        try:
            link = self.links[device.device]
            if link.is_lost:
                link = Link(device.username, device.password, device.device + uuid.uuid4().hex[:8])
                self.links[device.device] = await link.connect(HOST, self.stage.mqtt_port)
            await asyncio.wait_for(link.publish(f"lg/{device.group}/press/{device.device}", body), 15)
        except (OSError, TimeoutError, asyncio.InvalidStateError):
            return False
        return True

    async def kill_in_turn(self, victims: Sequence[str], killers: dict[str, Killer] | None = None) -> None:
        """Kill (SIGKILL) each of these once, in a random order, at random moments up to 2.5 s apart."""
        order = list(victims)
        self.random.shuffle(order)
        for name in order:
            await asyncio.sleep(self.random.uniform(0.2, 2.5))
            kill = (killers or {}).get(name) or (lambda name=name: self.stage.kill(name))
            while not await asyncio.to_thread(kill):
                await asyncio.sleep(0.1)  # it is not up again since it was last killed
            self.killed.append(name)

    async def wait_recorded(self, *, within_s: float = 300) -> float:
        """Wait until as many presses are recorded as were acknowledged; return how many seconds that took."""
        began = time.perf_counter()
        while time.perf_counter() - began < within_s:
            if await asyncio.to_thread(self._recorded) >= len(self.acked):
                break
            await asyncio.sleep(0.05)
        return time.perf_counter() - began

    def _recorded(self) -> int:
        return int(self.stage.rows("SELECT count(*) FROM alarms_press")[0][0])

    async def wait_steps(self, *, within_s: float = 120) -> tuple[str, float]:
        """Wait until every step that is due now has run; return that instant, and how many seconds it took."""
        began, now = time.perf_counter(), datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        while time.perf_counter() - began < within_s and await asyncio.to_thread(self._not_run, now):
            await asyncio.sleep(0.2)
        return now, time.perf_counter() - began

    def _not_run(self, due_before: str) -> int:
        limit = f"'{due_before}+00'::timestamptz" if self.stage.database_url else f"'{due_before}'"
        waiting = "SELECT count(*) FROM alarms_incidentstep WHERE ran_at IS NULL AND cancelled_at IS NULL"
        return int(self.stage.rows(f"{waiting} AND due_at < {limit}")[0][0])

    async def proof(self) -> Figures:
        """Compare what was acknowledged with what is recorded, after every step that is due now had its time."""
        due_before, _took = await self.wait_steps()
        for link in self.links.values():
            link.close()
        return await asyncio.to_thread(self._compare, due_before)

    def _compare(self, due_before: str) -> Figures:
        rows = self.stage.rows("SELECT press_id, incident_id FROM alarms_press")
        found = Counter(str(press_id) for press_id, _incident in rows)
        incidents = Counter(incident for _press, incident in rows)
        counted = dict(self.stage.rows("SELECT id, press_count FROM alarms_incident"))
        open_ones = self.stage.rows(
            "SELECT group_id, kind, mode, is_silent FROM alarms_incident WHERE state IN ('ringing', 'acknowledged')"
        )
        return {
            "acknowledged": len(self.acked),
            "killed": {name: self.killed.count(name) for name in sorted(set(self.killed))},
            "lost": sum(found[one] == 0 for one in self.acked),
            "twice": sum(count > 1 for count in found.values()),
            "without_incident": incidents[None],
            "incidents": len(counted),
            "incidents_open_twice": len(open_ones) - len(set(open_ones)),
            "incidents_that_count_wrongly": sum(incidents[key] != count for key, count in counted.items()),
            "steps_not_run": self._not_run(due_before),
            "steps_ran": int(self.stage.rows("SELECT count(*) FROM alarms_incidentstep WHERE ran_at IS NOT NULL")[0][0]),
        }


WRONG: Final = (
    "lost", "twice", "without_incident", "incidents_open_twice", "incidents_that_count_wrongly", "steps_not_run",
)  # fmt: skip


async def storm(stage: Stage, *, presses: int = 20_000, groups: int = 200) -> Figures:
    """Fill the broker's log while the bridge stands still, then measure how fast the bridge records it."""
    play = Storm(stage, groups)
    stage.pause("bridge", True)
    pressed_s = await play.press_all(presses)
    stage.pause("bridge", False)
    recorded_s = await play.wait_recorded()
    _due, steps_s = await play.wait_steps()
    return {
        "acknowledged_a_second": len(play.acked) / pressed_s,
        "recorded_a_second": len(play.acked) / recorded_s,
        "floor_inserts_a_second": await asyncio.to_thread(bare_inserts, stage),
        "due_steps_done_after_s": recorded_s + steps_s,
        **await play.proof(),
    }


async def loss(stage: Stage, *, presses: int = 20_000, groups: int = 200) -> Figures:
    """Press while bridge, web, worker and broker are killed (SIGKILL) at random moments; count what was lost."""
    play = Storm(stage, groups)
    await storm_over_kills(play, presses=presses, victims=[*CHILDREN, "bridge", "broker"])
    return await play.proof()


async def storm_over_kills(
    play: Storm, *, presses: int, victims: Sequence[str], killers: dict[str, Killer] | None = None
) -> None:
    """Press until the number is reached and each victim was killed, then wait until all is recorded."""
    over = asyncio.Event()

    async def kill() -> None:
        try:
            await play.kill_in_turn(victims, killers)
        finally:
            over.set()

    killing = asyncio.create_task(kill())
    await play.press_all(presses, until=over)
    await killing
    await asyncio.to_thread(play.stage.wait_healthy, wait_s=90)
    await play.wait_recorded(within_s=90)


def bare_inserts(stage: Stage, *, rows: int = 10_000, batch: int = 100) -> float:
    """Return how many rows a second the database takes with nothing around it.

    A table like that of presses, with its indexes; one `executemany` and one synced transaction a batch.
    """
    columns = ("press_id", "device_id", "group_id", "incident_id", "kind", "mode", "age_s", "pressed_at", "received_at")
    flags = ("is_silent", "is_stale", "is_apart", "needs_publishing")
    at = "2026-01-01 00:00:00"
    data = [(str(uuid.uuid4()), n % 400, n % 200, n % 400, "fire", "real", 0.0, at, at) for n in range(rows)]
    names = ", ".join((*columns, *flags, "waited_s", "claimed_at"))
    rest = "false, false, false, false, 0, ''"
    if stage.database_url:
        with psycopg.connect(stage.database_url) as server:
            server.execute("CREATE TABLE floor (LIKE alarms_press INCLUDING ALL)")
            server.commit()
            marks = ", ".join(["%s"] * len(columns))
            began = time.perf_counter()
            for start in range(0, rows, batch):
                with server.cursor() as cursor:
                    cursor.executemany(
                        f"INSERT INTO floor ({names}) VALUES ({marks}, {rest})",
                        data[start : start + batch],
                    )
                server.commit()
            return rows / (time.perf_counter() - began)
    shape = stage.rows("SELECT sql FROM sqlite_master WHERE tbl_name = 'alarms_press' AND sql IS NOT NULL ORDER BY type DESC")
    with closing(sqlite3.connect(stage.folder / "floor.sqlite3")) as file:
        file.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
        for (statement,) in shape:
            file.execute(statement)
        marks = ", ".join(["?"] * len(columns))
        began = time.perf_counter()
        for start in range(0, rows, batch):
            with file:
                file.executemany(
                    f"INSERT INTO alarms_press ({names}) VALUES ({marks}, {rest})",
                    data[start : start + batch],
                )
        return rows / (time.perf_counter() - began)
