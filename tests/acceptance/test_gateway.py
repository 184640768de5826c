"""A gateway cut off from the centre, and joined again."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from liengia.operate import simulator
from tests.acceptance.brokers import free_port
from tests.acceptance.installations import GROUP_OF, Installation, Link

pytestmark = pytest.mark.broker
PRESSES = (
    "import json; from liengia.alarms.models import Press, Incident;"
    "print(json.dumps([list(Press.objects.values_list('press_id', flat=True)),"
    " list(Incident.objects.values_list('state', 'is_sounding'))]))"
)
QUIET = (
    "from liengia.alarms import services; from liengia.alarms.models import Incident; from liengia.core.actor import Actor;"
    "services.quiet_incident(Incident.objects.get(), actor=Actor.system('test')); print('1')"
)


async def until(what: Callable[[], bool | Awaitable[bool]], within_s: float, why: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + within_s
    while True:
        so = what()
        if not isinstance(so, bool):
            so = await so
        if so:
            return
        assert time.monotonic() < end, why
        await asyncio.sleep(0.1)


def sounds(device: simulator.Device) -> bool:
    assert device.siren is not None
    return device.siren.is_sounding(time.monotonic())


def test_a_cut_off_hamlet_rings_and_joins_without_loss_or_late_alarm(tmp_path: Path) -> None:
    centre = Installation(tmp_path).start()
    link, mqtt_port = Link(centre.ports["LIENGIA_LEAF_PORT"]), free_port()
    gateway = None
    try:
        secrets = [simulator.Secret(*row) for row in centre.python(GROUP_OF.format(houses=4))]
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("LIENGIA_", "NATS_", "DATABASE_"))},
            "LIENGIA_DATA": str(tmp_path / "gateway"),
            "LIENGIA_GATEWAY_NAME": "ap5",
            "LIENGIA_CENTRE": f"nats-leaf://127.0.0.1:{link.port}",
            "LIENGIA_LEAF_PASSWORD": (centre.data / "keys" / "broker-leaf.key").read_text().strip(),
            "LIENGIA_MQTT_PORT": str(mqtt_port),
            "LIENGIA_NATS_PORT": str(free_port()),
        }
        with (tmp_path / "gateway.log").open("wb") as log:
            gateway = subprocess.Popen(
                [sys.executable, "-m", "liengia", "gateway"], env=environment, stdout=log, stderr=log
            )
        asyncio.run(_scene(centre, link, mqtt_port, secrets))
    except AssertionError:
        print((tmp_path / "gateway.log").read_text()[-2000:], centre.log.read_text()[-3000:])
        raise
    finally:
        if gateway is not None:
            gateway.terminate()
        centre.stop()
        if gateway is not None:
            gateway.wait(15)


async def _scene(centre: Installation, link: Link, mqtt_port: int, secrets: list[simulator.Secret]) -> None:
    async def rows() -> tuple[list[str], list[tuple[str, bool]]]:
        found = await asyncio.to_thread(centre.python, PRESSES)
        return found[0], [tuple(row) for row in found[1]]

    hamlet = simulator.Fleet(secrets[:3], "127.0.0.1", mqtt_port)
    town = simulator.Fleet(secrets[3:], "127.0.0.1", centre.ports["LIENGIA_MQTT_PORT"])
    lives = [asyncio.create_task(fleet.live(300)) for fleet in (hamlet, town)]
    await hamlet.wait_connected(40)
    await town.wait_connected(10)
    await asyncio.sleep(1)
    near, other, revoked = hamlet.devices
    far = town.devices[0]

    near.press("fire")
    await until(lambda: sounds(other) and sounds(far), 3, "a press at the gateway rings both sides of the link")

    async def has(count: int) -> bool:
        return len((await rows())[0]) == count

    await until(lambda: has(1), 20, "and is recorded at the centre")

    link.cut()
    await asyncio.sleep(0.5)
    other.press("fire")
    await until(lambda: not other.button.is_waiting, 5, "a press is confirmed with the link cut")
    await asyncio.to_thread(centre.python, QUIET)
    await until(lambda: not sounds(far), 5, "quiet reaches the sirens at the centre")
    assert sounds(near), "the cut-off sirens do not know it yet"
    told = await asyncio.to_thread(centre.command, "device", "revoke", revoked.secret.device)
    assert "gateway ap5: NOT YET" in told.stdout, told.stdout + told.stderr
    rung = far.fleet.told.counts["press: ring"]

    link.join()
    await until(lambda: has(2), 40, "the press made meanwhile arrives")
    await until(lambda: not sounds(near) and not sounds(other), 15, "and the sirens there fall quiet")
    await until(lambda: revoked.connection is None, 10, "the revocation made meanwhile is in force")
    await asyncio.sleep(3)
    presses, incidents = await rows()
    assert len(presses) == len(set(presses)) == 2, "every press once"
    assert incidents == [("ringing", False)], "one incident, which stays quiet"
    assert far.fleet.told.counts["press: ring"] == rung, "nothing rings late"
    assert not sounds(far)
    assert near.connection is not None, "nobody else was cut"
    near.press("fire")
    await until(lambda: sounds(far) and sounds(other), 3, "the link carries presses again")
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
