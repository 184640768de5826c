"""Gateways: cut off from the centre and joined again; joined over TLS; revoked without cutting another."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from liengia import env
from liengia.operate import gateway, simulator
from tests.acceptance.certificates import certificate
from tests.acceptance.installations import GROUP_OF, Installation, Link
from tests.acceptance.test_tls import Secured
from tests.harness.ports import free_port

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


class Hamlet:
    """A gateway as a process of its own, with what `liengia gateway add` printed at the centre."""

    def __init__(self, centre: Installation, folder: Path, name: str, *, address: str, **more: str) -> None:
        told = json.loads(centre.command("gateway", "add", name, "--json").stdout)
        self.mqtt_port = free_port()
        self.log = folder / f"{name}.log"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("LIENGIA_", "NATS_", "DATABASE_"))},
            **told,
            "LIENGIA_DATA": str(folder / name),
            "LIENGIA_CENTRE": address,
            "LIENGIA_MQTT_PORT": str(self.mqtt_port),
            "LIENGIA_NATS_PORT": str(free_port()),
            **more,
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "liengia", "gateway"], env=self.environment, stdout=log, stderr=log
            )

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def test_a_cut_off_hamlet_rings_and_joins_without_loss_or_late_alarm(tmp_path: Path) -> None:
    centre = Installation(tmp_path).start()
    link = Link(centre.ports["LIENGIA_LEAF_PORT"])
    hamlet = None
    try:
        secrets = [simulator.Secret(*row) for row in centre.python(GROUP_OF.format(houses=4))]
        hamlet = Hamlet(centre, tmp_path, "ap5", address=f"nats-leaf://127.0.0.1:{link.port}")
        asyncio.run(_scene(centre, link, hamlet.mqtt_port, secrets))
    except (AssertionError, TimeoutError):
        print(hamlet.log.read_text()[-2000:] if hamlet else "", centre.log.read_text()[-3000:])
        raise
    finally:
        if hamlet is not None:
            hamlet.stop()
        centre.stop()


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
    group = near.secret.group
    added = await asyncio.to_thread(
        centre.command, "device", "add", "--group", group, "--household", "1", "--kind", "both", "--json"
    )
    flashed = json.loads(added.stdout)
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
    new = simulator.Secret(group, flashed["device"], "both", flashed["username"], flashed["password"])
    newcomer = simulator.Fleet([new], "127.0.0.1", mqtt_port)
    lives.append(asyncio.create_task(newcomer.live(60)))
    await newcomer.wait_connected(10)
    await asyncio.sleep(0.5)
    heard = other.fleet.told.counts["press: ring"]
    newcomer.devices[0].press("medical")
    await until(lambda: other.fleet.told.counts["press: ring"] > heard, 3, "one that was added meanwhile rings the hamlet")
    await until(lambda: has(4), 20, "and is recorded at the centre, as the press before it")
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)


def test_gateways_join_over_tls_and_one_is_revoked_without_cutting_the_other(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    centre = Secured(tmp_path, LIENGIA_TLS_CERT=str(cert), LIENGIA_TLS_KEY=str(key), LIENGIA_PUBLIC_URL="https://localhost")
    centre.context = ssl.create_default_context(cafile=str(cert))
    hamlets: list[Hamlet] = []
    try:
        centre.start()
        secrets = [simulator.Secret(*row) for row in centre.python(GROUP_OF.format(houses=3))]
        address = f"tls://127.0.0.1:{centre.ports['LIENGIA_LEAF_PORT']}"
        hamlets = [Hamlet(centre, tmp_path, name, address=address, LIENGIA_CENTRE_CA=str(cert)) for name in ("ap1", "ap2")]
        asyncio.run(_two_hamlets(centre, hamlets, secrets))
    except (AssertionError, TimeoutError):
        print(*(one.log.read_text()[-1500:] for one in hamlets), centre.log.read_text()[-3000:])
        raise
    finally:
        for one in hamlets:
            one.stop()
        centre.stop()


async def _two_hamlets(centre: Secured, hamlets: list[Hamlet], secrets: list[simulator.Secret]) -> None:
    town = simulator.Fleet(secrets[:1], "127.0.0.1", centre.ports["LIENGIA_MQTT_PORT"], tls=True)
    fleets = [town, *(simulator.Fleet([s], "127.0.0.1", h.mqtt_port) for s, h in zip(secrets[1:], hamlets, strict=True))]
    lives = [asyncio.create_task(fleet.live(300)) for fleet in fleets]
    for fleet in fleets:
        await fleet.wait_connected(60)
    await asyncio.sleep(1)
    far, first, second = (fleet.devices[0] for fleet in fleets)
    first.press("fire")
    await until(lambda: sounds(far) and sounds(second), 5, "a press rings the centre and the other hamlet over TLS")
    logs = [hamlet.log for hamlet in hamlets]
    await until(lambda: all("joined with the centre" in log.read_text() for log in logs), 20, "both have joined")

    said = await asyncio.to_thread(centre.command, "gateway", "revoke", "ap1")
    assert "confirmed by: centre" in said.stdout, said.stdout + said.stderr
    await until(lambda: "the centre is away" in logs[0].read_text(), 20, "the revoked one is cut off")
    listed = (await asyncio.to_thread(centre.command, "gateway", "list")).stdout
    assert "ap1" in listed.split("revoked")[0]
    assert "ap2" in listed
    heard = far.fleet.told.counts["press: ring"]
    first.press("medical")
    await until(lambda: not first.button.is_waiting, 5, "its own devices go on")
    second.press("intruder")
    await until(lambda: far.fleet.told.counts["press: ring"] > heard, 5, "the other hamlet still rings the centre")
    await asyncio.sleep(1)
    assert far.fleet.told.counts["press: ring"] == heard + 1, "nothing of the revoked one comes through"
    assert "the centre is away" not in logs[1].read_text(), "nobody else was cut"
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)


@pytest.mark.parametrize("address", ["nats-leaf://centre.example:7422", "nats://10.0.0.5:7422"])
def test_a_plain_link_to_another_machine_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("LIENGIA_CENTRE", address)
    monkeypatch.setenv("LIENGIA_LEAF_PASSWORD", "x" * 28)
    with pytest.raises(env.BadSetting, match="tls://"):
        gateway.Settings.read()
    monkeypatch.setenv("LIENGIA_CENTRE", address.replace("nats-leaf", "tls").replace("nats", "tls"))
    assert gateway.Settings.read().centre.startswith("tls://")
