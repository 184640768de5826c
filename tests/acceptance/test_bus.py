"""What a short process says in its first moments reaches the bus before it ends, by a real broker."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import nats
import pytest

from liengia.alarms import broker
from tests.harness import processes
from tests.harness.ports import free_port

pytestmark = pytest.mark.broker
SAY = """
import django; django.setup()
from liengia.core.bus import get_bus
for number in range(3): get_bus().publish(f"told.{number}")
"""


def say(port: int, folder: Path) -> None:
    environment = {**processes.outside(), "DJANGO_SETTINGS_MODULE": "tests.settings", "LIENGIA_DATA": str(folder)}
    environment["NATS_URL"] = f"nats://127.0.0.1:{port}"
    subprocess.run([sys.executable, "-c", SAY], cwd=processes.ROOT, env=environment, check=True, timeout=30)


def test_what_a_command_says_in_its_first_moments_arrives(tmp_path: Path) -> None:
    port = free_port()
    server = subprocess.Popen([broker.binary(), "-a", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL)

    async def scene() -> list[str]:
        client = await nats.connect(f"nats://127.0.0.1:{port}", max_reconnect_attempts=-1, reconnect_time_wait=1)
        heard = await client.subscribe("told.*")
        await client.flush()
        await asyncio.to_thread(say, port, tmp_path)
        try:
            return [(await heard.next_msg(timeout=5)).subject for _each in range(3)]
        finally:
            await client.close()

    try:
        assert asyncio.run(scene()) == ["told.0", "told.1", "told.2"]
    finally:
        processes.end(server)


def test_without_a_broker_it_ends_all_the_same(tmp_path: Path) -> None:
    say(free_port(), tmp_path)
