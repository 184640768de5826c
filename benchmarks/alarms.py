"""The alarm's path: press to sirens, press to console, storm, loss, silence, steps, streams, memory.

    python -m benchmarks.alarms [--only NAME …] [--quick] [--database URL] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.floor import bare_hub
from benchmarks.links import HOST, open_links, press_body, wait_users
from benchmarks.stage import Device, Stage, machine, percentile
from benchmarks.storm import WRONG, loss, storm
from tests.harness.postgres import Cluster

Figures = dict[str, Any]


async def press_to_sirens(stage: Stage, *, rounds: int = 60) -> Figures:
    """Measure from the button's write to the last of 100 sirens, with the press on disk (PUBACK) beside it."""
    devices = stage.make_groups(1, 101)
    wait_users(stage)
    sirens, button = devices[:100], devices[100]
    heard: dict[str, float] = {}
    done = asyncio.Event()

    def on(device: Device, topic: str, body: bytes) -> None:
        if "/press/" in topic:
            heard[device.device] = time.perf_counter()
            if len(heard) == len(sirens):
                done.set()

    links = await open_links(stage, sirens, on)
    (press,) = await open_links(stage, [button], None)
    last, first, puback = [], [], []
    for _ in range(rounds):
        heard.clear()
        done.clear()
        began = time.perf_counter()
        acked = press.publish(f"lg/{button.group}/press/{button.device}", press_body()[1])
        await asyncio.wait_for(done.wait(), 10)
        last.append((max(heard.values()) - began) * 1000)
        first.append((min(heard.values()) - began) * 1000)
        await asyncio.wait_for(acked, 10)
        puback.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.05)
    for link in [*links, press]:
        link.close()
    return {
        "last_p50_ms": percentile(last, 0.5),
        "last_p95_ms": percentile(last, 0.95),
        "first_p50_ms": percentile(first, 0.5),
        "puback_p95_ms": percentile(puback, 0.95),
        "floor": await bare_hub(),
    }


async def hundred_groups(stage: Stage, *, groups: int = 100, sirens: int = 100) -> Figures:
    """Press in 100 groups at one instant, 100 sirens each: how many of the 10,000 hear, and when the last does."""
    devices = stage.make_groups(groups, sirens)
    wait_users(stage)
    heard: dict[str, float] = {}

    def on(device: Device, topic: str, body: bytes) -> None:
        if "/press/" in topic:
            heard.setdefault(device.device, time.perf_counter())

    links = await open_links(stage, devices, on)
    by_group = {device.group: (device, link) for device, link in zip(devices, links, strict=True)}
    await asyncio.sleep(2)
    bodies = [(d, link, press_body()[1]) for d, link in by_group.values()]
    began = time.perf_counter()
    acks = [link.publish(f"lg/{d.group}/press/{d.device}", body) for d, link, body in bodies]
    while len(heard) < len(devices) and time.perf_counter() - began < 20:
        await asyncio.sleep(0.01)
    await asyncio.wait(acks, timeout=20)
    times = [(at - began) * 1000 for at in heard.values()]
    for link in links:
        link.close()
    return {
        "sirens": len(devices),
        "heard": len(heard),
        "last_ms": max(times, default=0),
        "p95_ms": percentile(times, 0.95) if times else 0,
    }


async def recording(stage: Stage, *, rounds: int = 60) -> Figures:
    """Measure from the button's write to the committed incident's line on an open live stream."""
    devices = stage.make_groups(rounds, 1)
    wait_users(stage)
    user = stage.run(_OFFICER).strip()
    links = await open_links(stage, devices, None)
    reader, writer = await asyncio.open_connection(HOST, stage.web_port)
    writer.write(f"GET /song/ HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={user}\r\nAccept: text/event-stream\r\n\r\n".encode())
    status = await reader.readline()
    if b" 200 " not in status:
        raise RuntimeError(f"the live stream answered {status!r}")
    while b"hello" not in await reader.readline():
        pass
    times: list[float] = []
    for device, link in zip(devices, links, strict=True):
        began = time.perf_counter()
        link.publish(f"lg/{device.group}/press/{device.device}", press_body()[1])
        while True:
            line = await asyncio.wait_for(reader.readline(), 10)
            if line.startswith(b"data:") and device.group.encode() in line and b'"ringing"' in line:
                break
        times.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.25)
    writer.close()
    for link in links:
        link.close()
    return {"p50_ms": percentile(times, 0.5), "p95_ms": percentile(times, 0.95)}


_OFFICER = '''
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from liengia.people.models import User
user = User.objects.filter(username="bench").first() or User.objects.create_superuser("bench", uuid.uuid4().hex)
session = SessionStore()
session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(session.session_key)
'''


async def streams(stage: Stage, *, count: int = 5_000, rounds: int = 10) -> Figures:
    """Open live streams and measure an event's arrival at all of them."""
    devices = stage.make_groups(1, 2)
    wait_users(stage)
    cookie = stage.run(_OFFICER).strip()
    (link,) = await open_links(stage, devices[:1], None)
    arrived: dict[int, float] = {}
    ready = 0

    async def listen(number: int) -> None:
        nonlocal ready
        reader, writer = await asyncio.open_connection(HOST, stage.web_port, limit=65_536)
        writer.write(f"GET /song/ HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={cookie}\r\n\r\n".encode())
        while b"hello" not in await reader.readline():
            pass
        ready += 1
        while line := await reader.readline():
            if line.startswith(b"data:") and mark[0] in line:
                arrived[number] = time.perf_counter()

    mark = [b"never"]
    tasks = []
    for start in range(0, count, 100):
        tasks += [asyncio.create_task(listen(number)) for number in range(start, min(count, start + 100))]
        until = time.monotonic() + 60
        while ready < min(count, start + 100) and time.monotonic() < until:
            await asyncio.sleep(0.02)
    all_times: list[float] = []
    missed = 0
    for _ in range(rounds):
        mark[0] = devices[0].group.encode()
        stage_quiet(stage, devices[0].group)
        arrived.clear()
        body = press_body()[1]
        link.publish(f"lg/{devices[0].group}/press/{devices[0].device}", body)
        until = time.monotonic() + 5
        while len(arrived) < ready and time.monotonic() < until:
            await asyncio.sleep(0.01)
        missed += ready - len(arrived)
        if arrived:
            first = min(arrived.values())
            all_times += [(at - first) * 1000 for at in arrived.values()]
    memory = stage.memory_mb()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    link.close()
    return {
        "streams": ready,
        "missed": missed,
        "spread_p50_ms": percentile(all_times, 0.5) if all_times else None,
        "spread_p99_ms": percentile(all_times, 0.99) if all_times else None,
        "web_mb": memory.get("web"),
    }


def stage_quiet(stage: Stage, group: str) -> None:
    """End whatever is open in a group, so that the next press opens a new incident."""
    stage.run(
        "import sys\n"
        "from liengia.alarms import services\n"
        "from liengia.alarms.models import Incident\n"
        "from liengia.core.actor import Actor\n"
        "for one in Incident.objects.open().filter(group__public_id=sys.argv[1]):\n"
        "    services.resolve_incident(one, actor=Actor.system('bench'))\n",
        group,
    )
    time.sleep(1)


async def silence(stage: Stage) -> Figures:
    """Let a device beat once and fall silent; measure when its fault stands."""
    devices = stage.make_groups(1, 2)
    wait_users(stage)
    time.sleep(11)
    (link, _other) = await open_links(stage, devices, None)
    link.say(f"lg/{devices[0].group}/beat/{devices[0].device}", b'{"battery_mv": 3000}')
    began = time.perf_counter()
    await asyncio.sleep(3)
    link.close()
    ask = (
        "import sys\nfrom liengia.alarms.models import DeviceFault\n"
        "print(DeviceFault.objects.open().filter(device__public_id=sys.argv[1]).count())"
    )
    await asyncio.sleep(80)
    while time.perf_counter() - began < 130:
        if (await asyncio.to_thread(stage.run, ask, devices[0].device)).strip() == "1":
            return {"noticed_after_s": time.perf_counter() - began}
        await asyncio.sleep(0.3)
    return {"noticed_after_s": None}


async def steps(stage: Stage, *, incidents: int = 100) -> Figures:
    """Measure how late the escalation steps of 100 incidents at once run."""
    devices = stage.make_groups(incidents, 1)
    wait_users(stage)
    links = await open_links(stage, devices, None)
    for device, link in zip(devices, links, strict=True):
        link.publish(f"lg/{device.group}/press/{device.device}", press_body()[1])
    await asyncio.sleep(36)
    for link in links:
        link.close()
    rows = json.loads(await asyncio.to_thread(stage.run, _LATENESS, str(devices[0].group)))
    return {"steps": len(rows), "late_p50_s": percentile(rows, 0.5), "late_p99_s": percentile(rows, 0.99)}


_LATENESS = '''
import json, sys
from liengia.alarms.models import IncidentStep, NeighbourGroup
unit = NeighbourGroup.objects.get(public_id=sys.argv[1]).unit
ran = IncidentStep.objects.filter(incident__group__unit=unit).exclude(ran_at=None)
print(json.dumps([(s.ran_at - s.due_at).total_seconds() for s in ran if s.order > 2]))
'''


async def memory(stage: Stage) -> Figures:
    """Measure the memory of all processes, idle."""
    await asyncio.sleep(5)
    sizes = stage.memory_mb()
    return {"total_mb": sum(sizes.values()), **{f"{name}_mb": size for name, size in sizes.items()}}


MEASUREMENTS: dict[str, tuple[str, Callable[..., Awaitable[Figures]], dict[str, Any], dict[str, Any]]] = {
    "memory": ("all processes, idle", memory, {}, {}),
    "sirens": ("press → last of 100 sirens", press_to_sirens, {}, {"rounds": 10}),
    "groups": ("100 groups at once, 100 sirens each", hundred_groups, {}, {"groups": 10, "sirens": 20}),
    "console": ("press → committed and on the live stream", recording, {}, {"rounds": 10}),
    "storm": ("presses recorded under storm", storm, {}, {"presses": 2_000, "groups": 20}),
    "steps": ("lateness of escalation steps", steps, {}, {"incidents": 5}),
    "streams": ("one event to 5,000 live streams", streams, {}, {"count": 200, "rounds": 2}),
    "loss": ("presses lost over kill -9", loss, {}, {"presses": 2_000, "groups": 20}),
    "silence": ("a silent device is noticed", silence, {}, {}),
}


# Measured on SQLite and on PostgreSQL, unless a database is named.
ON_BOTH = ("storm", "loss")


def main() -> int:
    """Measure and print; 1 when something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=list(MEASUREMENTS), default=list(MEASUREMENTS))
    parser.add_argument("--quick", action="store_true", help="smaller numbers, to see that it runs")
    parser.add_argument("--database", default="", help="sqlite, postgresql (a server of its own), or postgresql://…")
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    results: dict[str, Any] = {"machine": machine(), "database": options.database.split(":")[0] or "sqlite"}
    for name in options.only:
        for database in ["sqlite", "postgresql"] if name in ON_BOTH and not options.database else [options.database]:
            title, measure, full, quick = MEASUREMENTS[name]
            with database_of(database) as url:
                figures = _measured(url, measure, quick if options.quick else full)
            results[f"{name}_{database}" if database == "postgresql" else name] = figures
            print(f"{title + ', ' + database if name in ON_BOTH else title:45} {_words(figures)}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    storms = [figures for name, figures in results.items() if name.startswith(("storm", "loss"))]
    return 1 if any(figures[key] for figures in storms for key in WRONG) else 0


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


def _measured(url: str, measure: Callable[..., Awaitable[Figures]], sizes: dict[str, Any]) -> Figures:
    stage = Stage(database_url=url)
    stage.start()
    try:
        return asyncio.run(measure(stage, **sizes))
    finally:
        stage.stop()


def _words(figures: Figures) -> str:
    return "  ".join(f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}" for key, value in figures.items())


if __name__ == "__main__":
    sys.exit(main())
