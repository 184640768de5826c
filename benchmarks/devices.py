"""What the measurements share about devices: presses, links, and waiting until the broker knows them."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

from benchmarks.mqtt import Link
from benchmarks.stage import Device, Stage

HOST = "127.0.0.1"
Figures = dict[str, Any]


def press_body(kind: str = "fire", mode: str = "real") -> tuple[str, bytes]:
    """Return a fresh press id and its payload."""
    press_id = str(uuid.uuid4())
    return press_id, json.dumps({"id": press_id, "kind": kind, "mode": mode}).encode()


async def open_links(stage: Stage, devices: list[Device], heard: Callable[[Device, str, bytes], None] | None) -> list[Link]:
    """Connect devices, fifty at a time; those with `heard` subscribe as sirens do."""
    gate = asyncio.Semaphore(50)

    async def one(device: Device) -> Link:
        async with gate:
            on_message = None if heard is None else (lambda topic, body: heard(device, topic, body))
            link = Link(device.username, device.password, device.device + uuid.uuid4().hex[:8], on_message)
            await link.connect(HOST, stage.mqtt_port)
            if heard is not None:
                await link.subscribe(f"lg/{device.group}/press/+", f"lg/{device.group}/state")
            return link

    return list(await asyncio.gather(*(one(device) for device in devices)))


def wait_users(stage: Stage) -> None:
    """Wait until the broker knows the devices."""
    stage.run("from liengia.alarms import broker_users\nassert broker_users.wait_applied(timeout_s=60)")
