"""The simulator's devices on a real broker, with their real permissions."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from liengia.operate import simulator
from tests.acceptance.brokers import RunningBroker, device

pytestmark = pytest.mark.broker
GROUP = "aaaaaaaaaa"


def test_fifteen_houses_ring_confirm_and_fall_quiet(tmp_path: Path) -> None:
    given = [device(GROUP, f"house{number:05d}") for number in range(15)]
    running = RunningBroker.within(tmp_path).start(given)
    secrets = [simulator.Secret(GROUP, one.device, "both", one.username, one.password) for one in given]

    async def scene() -> None:
        rang: set[str] = set()
        presses: list[bytes] = []
        client = await running.client()

        async def note(message: object) -> None:
            rang.add(message.subject.rpartition(".")[2])  # type: ignore[attr-defined]

        async def pressed(message: object) -> None:
            presses.append(message.data)  # type: ignore[attr-defined]

        await client.subscribe(f"lg.{GROUP}.rang.*", cb=note)  # type: ignore[arg-type]
        await client.subscribe(f"lg.{GROUP}.press.*", cb=pressed)  # type: ignore[arg-type]
        fleet = simulator.Fleet(secrets, "127.0.0.1", running.plan.mqtt_port)
        fleet.devices[14].is_silent = True
        life = asyncio.create_task(fleet.live(30))
        await fleet.wait_connected(10)
        await asyncio.sleep(0.3)
        fleet.devices[0].press("fire")
        await asyncio.sleep(1)
        assert len(presses) == 1
        assert rang == {one.device for one in given[:14]}, "the silent one sounds, but does not say so"
        assert fleet.told.counts["presses confirmed"] == 1
        await client.publish(f"lg.{GROUP}.state", json.dumps({"rev": 2, "state": "quiet", "apart": []}).encode())
        await client.flush()
        await asyncio.sleep(0.3)
        assert fleet.told.counts["state: quiet"] == 15
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
        await client.close()

    try:
        asyncio.run(scene())
    finally:
        running.stop()


def test_a_press_during_a_cut_network_arrives_afterwards_once(tmp_path: Path) -> None:
    given = device(GROUP, "button0001")
    running = RunningBroker.within(tmp_path).start([given])

    async def scene() -> None:
        presses: list[dict[str, object]] = []
        client = await running.client()

        async def pressed(message: object) -> None:
            presses.append(json.loads(message.data))  # type: ignore[attr-defined]

        await client.subscribe(f"lg.{GROUP}.press.*", cb=pressed)  # type: ignore[arg-type]
        secret = simulator.Secret(GROUP, given.device, "button", given.username, given.password)
        fleet = simulator.Fleet([secret], "127.0.0.1", running.plan.mqtt_port)
        life = asyncio.create_task(fleet.live(60))
        await fleet.wait_connected(10)
        cut = asyncio.create_task(fleet.cut_network(2))
        await asyncio.sleep(0.2)
        fleet.devices[0].press("medical")
        await cut
        await asyncio.sleep(4)
        assert len({press["id"] for press in presses}) == 1
        assert float(str(presses[-1]["age_s"])) >= 2
        assert not fleet.devices[0].button.is_waiting
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
        await client.close()

    try:
        asyncio.run(scene())
    finally:
        running.stop()
