"""The simulator: devices over real MQTT with their real credentials, hundreds in one small process.

No Django here: `liengia up --demo` runs it as a child, `python -m liengia.operate.simulator --devices FILE`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from liengia.alarms import broker, mqtt
from liengia.operate import devices

logger = logging.getLogger("simulate")
TICK_S: Final = 0.25
CONNECTS_AT_ONCE: Final = 50
KNOCKS_ALONE_S: Final = 15.0
FIRMWARE: Final = "simulator-1"


@dataclass(frozen=True, slots=True)
class Secret:
    """What is flashed into a device."""

    group: str
    device: str
    kind: str
    username: str
    password: str


@dataclass
class Told:
    """What the devices together met; the command prints it."""

    counts: Counter[str] = field(default_factory=Counter)
    confirmed_ms: list[float] = field(default_factory=list)

    def line(self) -> str:
        """Return it in a line."""
        words = [f"{name} {count}" for name, count in sorted(self.counts.items())]
        if self.confirmed_ms:
            ordered = sorted(self.confirmed_ms)
            words.append(f"PUBACK p50 {ordered[len(ordered) // 2]:.1f} ms, last {ordered[-1]:.1f} ms")
        return ", ".join(words) or "nothing happened"


class Device:
    """One played device: a button, a siren, or both in one case."""

    def __init__(self, secret: Secret, fleet: Fleet) -> None:
        """Take what was flashed."""
        self.secret, self.fleet = secret, fleet
        self.siren = devices.Siren(secret.device) if secret.kind in ("siren", "both") else None
        self.button = devices.Button(secret.device)
        self.connection: mqtt.Connection | None = None
        self.is_silent = False
        self._waiting: dict[int, float] = {}
        self._rang_at_s = 0.0
        self._lost = asyncio.Event()

    @property
    def can_press(self) -> bool:
        """Whether it has a button."""
        return self.secret.kind in ("button", "both")

    def topic(self, word: str) -> str:
        """Return one of its own topics."""
        return f"lg/{self.secret.group}/{word}/{self.secret.device}"

    async def live(self) -> None:
        """Connect, and again whenever the line is lost, until cancelled."""
        await self.fleet.door(self)
        pause_s = 1.0
        while True:
            await self.fleet.network.wait()
            try:
                async with self.fleet.connecting:
                    await self._connect()
            except (mqtt.Refused, OSError, TimeoutError) as error:
                self.fleet.told.counts[f"not connected ({type(error).__name__})"] += 1
                await asyncio.sleep(pause_s * random.uniform(0.8, 1.2))  # noqa: S311
                pause_s = min(pause_s * 2, 15)
                continue
            pause_s = 1.0
            self.fleet.entered.set()
            beat = asyncio.create_task(self._beat_on())
            await self._lost.wait()
            beat.cancel()
            self.connection = None
            await asyncio.sleep(random.uniform(0.2, 1.0))  # noqa: S311

    async def _connect(self) -> None:
        self._lost.clear()
        tail = "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=8))  # noqa: S311
        login = mqtt.Login(
            client_id=self.secret.device + tail,
            username=self.secret.username,
            password=self.secret.password,
            will_topic=self.topic("beat"),
            will=b'{"gone": true}',
        )
        self.connection = await mqtt.connect(
            self.fleet.host,
            self.fleet.port,
            login,
            on_message=self.hear,
            on_puback=self._confirmed,
            on_lost=self._lost.set,
            tls=self.fleet.tls,
        )
        wanted = [f"lg/{self.secret.group}/state", self.topic("to")]
        if self.siren is not None:
            wanted.append(f"lg/{self.secret.group}/press/+")
        self.connection.subscribe(*wanted)

    def hear(self, topic: str, payload: bytes, retained: bool) -> None:
        """Judge what arrived."""
        now_s = time.monotonic()
        _lg, _group, word, *rest = topic.split("/")
        if word == "to" and devices.Siren(self.secret.device).obey(payload, now_s=now_s) == "move":
            self._move(devices.read(payload) or {})
            return
        if self.siren is None:
            return
        match word:
            case "press":
                did = self.siren.hear_press(rest[0], payload, retained=retained, now_s=now_s)
            case "state":
                did = self.siren.hear_state(payload, now_s=now_s)
            case _:
                did = self.siren.obey(payload, now_s=now_s)
        self.fleet.told.counts[f"{word}: {did}"] += 1
        if did == "ring":
            self._rang_at_s = 0.0
            self.tick(now_s)

    def tick(self, now_s: float) -> None:
        """Do what is due: say again that it sounds, publish a press again."""
        self._say_that_it_sounds(now_s)
        if not self.button.is_waiting:
            return
        match self.button.due(now_s):
            case "publish" if self.connection is not None:
                number = self.connection.publish(self.topic("press"), self.button.payload(now_s), qos=1)
                self._waiting[number] = self.button.pressed_at_s
            case "reconnect" if self.connection is not None:
                self.connection.close(politely=False)
            case "give_up":
                self.fleet.told.counts["presses given up"] += 1

    def _say_that_it_sounds(self, now_s: float) -> None:
        if self.siren is None or self.connection is None or self.is_silent or not self.siren.is_sounding(now_s):
            return
        if now_s - self._rang_at_s >= devices.RANG_EVERY_S:
            self._rang_at_s = now_s
            self.connection.publish(self.topic("rang"), json.dumps(self.siren.sounds_for).encode())

    def press(self, kind: str, mode: str = "real") -> None:
        """Press the button."""
        now_s = time.monotonic()
        self.fleet.told.counts["presses"] += 1
        self.button.press(kind, mode=mode, now_s=now_s)
        self.tick(now_s)

    def _confirmed(self, number: int) -> None:
        pressed_at_s = self._waiting.pop(number, None)
        if pressed_at_s is not None:
            self.fleet.told.counts["presses confirmed"] += 1
            self.fleet.told.confirmed_ms.append((time.monotonic() - pressed_at_s) * 1000)
        if not self._waiting:
            self.button.confirmed()

    async def _beat_on(self) -> None:
        while self.connection is not None:
            if not self.is_silent:
                facts: dict[str, Any] = {"rssi_dbm": -60, "firmware": FIRMWARE}
                facts |= {"mains": True, "battery_mv": 12_600} if self.siren is not None else {"battery_mv": 3100}
                self.connection.publish(self.topic("beat"), json.dumps(facts).encode())
            await asyncio.sleep(devices.BEAT_EVERY_S * random.uniform(0.9, 1.0))  # noqa: S311

    def _move(self, order: dict[str, Any]) -> None:
        fields = (order.get("group"), order.get("username"), order.get("password"))
        if not all(isinstance(field, str) for field in fields):
            return
        group, username, password = (str(field) for field in fields)
        self.secret = Secret(group, self.secret.device, self.secret.kind, username, password)
        if self.siren is not None:
            self.siren = devices.Siren(self.secret.device)
        self.fleet.remember_move(self.secret)
        if self.connection is not None:
            self.connection.close()


class Fleet:
    """All played devices, their network, and what they met."""

    def __init__(
        self, secrets: Sequence[Secret], host: str, port: int, *, file: Path | None = None, tls: bool = False
    ) -> None:
        """Take the devices' secrets; connections come with `live`."""
        self.host, self.port, self.file = host, port, file
        self.tls = mqtt.unverified() if tls else None
        self.told = Told()
        self.network = asyncio.Event()
        self.network.set()
        self.connecting = asyncio.Semaphore(CONNECTS_AT_ONCE)
        self.entered = asyncio.Event()
        self.devices = [Device(secret, self) for secret in secrets]

    @property
    def connected(self) -> int:
        """How many are connected."""
        return sum(device.connection is not None for device in self.devices)

    async def live(self, seconds: float | None = None) -> None:
        """Play all devices, for some seconds or until cancelled."""
        lives = [asyncio.create_task(device.live()) for device in self.devices]
        until = time.monotonic() + seconds if seconds else float("inf")
        try:
            while (now_s := time.monotonic()) < until:
                for device in self.devices:
                    device.tick(now_s)
                await asyncio.sleep(TICK_S)
        finally:
            for life in lives:
                life.cancel()
            for device in self.devices:
                if device.connection is not None:
                    device.connection.close()
            await asyncio.gather(*lives, return_exceptions=True)

    async def door(self, device: Device) -> None:
        """Let the first device knock alone: at a first start the broker lets nobody in yet, and notes each refusal."""
        if device is not self.devices[0]:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.entered.wait(), KNOCKS_ALONE_S)

    async def wait_connected(self, timeout_s: float = 60) -> None:
        """Wait until all are connected."""
        async with asyncio.timeout(timeout_s):
            while self.connected < len(self.devices):
                await asyncio.sleep(0.05)

    def buttons(self) -> list[Device]:
        """Return the devices with a button."""
        return [device for device in self.devices if device.can_press]

    async def cut_network(self, seconds: float) -> None:
        """Lose every connection without farewell, and come back after some seconds."""
        self.network.clear()
        for device in self.devices:
            if device.connection is not None:
                device.connection.close(politely=False)
        await asyncio.sleep(seconds)
        self.network.set()

    async def storm(self, rate: float, kind: str, seconds: float) -> None:
        """Press buttons all around, `rate` times a second, each press a new one."""
        buttons, until = self.buttons(), time.monotonic() + seconds
        number = 0
        while time.monotonic() < until and buttons:
            buttons[number % len(buttons)].press(kind)
            number += 1
            await asyncio.sleep(1 / rate)

    def remember_move(self, secret: Secret) -> None:
        """Keep what a moved device was told, as its flash memory would."""
        if self.file is not None:
            rows = [secret if row.device == secret.device else row for row in load(self.file)]
            save(self.file, rows)


def load(file: Path) -> list[Secret]:
    """Read devices' secrets from a file."""
    rows = json.loads(file.read_text(encoding="utf-8"))
    return [Secret(row["group"], row["device"], row["kind"], row["username"], row["password"]) for row in rows]


def save(file: Path, secrets: Sequence[Secret]) -> None:
    """Keep devices' secrets in a file (mode 0600)."""
    rows = [
        {"group": s.group, "device": s.device, "kind": s.kind, "username": s.username, "password": s.password}
        for s in secrets
    ]
    broker.write(file, json.dumps(rows, indent=0))


def options_of(parser: argparse.ArgumentParser) -> None:
    """Declare what can be made to happen."""
    parser.add_argument("--press", metavar="KIND", choices=devices.KINDS, help="press one button")
    parser.add_argument("--mode", choices=devices.MODES, default="real", help="mode of the presses")
    parser.add_argument("--storm", metavar="RATE", type=float, help="press buttons all around, RATE a second")
    parser.add_argument("--silent", metavar="DEVICE", action="append", default=[], help="a device that says nothing")
    parser.add_argument("--kill-network", metavar="S", type=float, help="lose all connections for S seconds")
    parser.add_argument("--seconds", type=float, help="stop after so many seconds")


async def play(fleet: Fleet, options: argparse.Namespace) -> None:
    """Play the fleet, and make happen what was asked for."""
    for device in fleet.devices:
        device.is_silent = device.secret.device in options.silent
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    life = asyncio.create_task(fleet.live(options.seconds))
    life.add_done_callback(lambda _: stop.set())
    happening = asyncio.create_task(_happen(fleet, options))
    await stop.wait()
    happening.cancel()
    life.cancel()
    await asyncio.gather(life, happening, return_exceptions=True)


async def _happen(fleet: Fleet, options: argparse.Namespace) -> None:
    began = time.monotonic()
    await fleet.wait_connected()
    logger.info("%d devices connected after %.1f s", fleet.connected, time.monotonic() - began)
    await asyncio.sleep(1)
    if options.press and (buttons := fleet.buttons()):
        buttons[0].press(options.press, options.mode)
        logger.info("%s pressed %s (%s)", buttons[0].secret.device, options.press, options.mode)
    if options.kill_network:
        logger.info("the network is gone for %.0f s", options.kill_network)
        await fleet.cut_network(options.kill_network)
    if options.storm:
        await fleet.storm(options.storm, options.press or "fire", options.seconds or 60)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run on a file of secrets."""
    parser = argparse.ArgumentParser(prog="liengia.operate.simulator", description=__doc__)
    parser.add_argument("--devices", type=Path, required=True, help="file of secrets")
    parser.add_argument("--mqtt", default="127.0.0.1:1883", help="address of the MQTT listener")
    parser.add_argument("--tls", action="store_true", help="the listener speaks TLS")
    options_of(parser)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=os.environ.get("LIENGIA_LOG", "INFO"), format="%(message)s")
    host, _sep, port = options.mqtt.rpartition(":")

    async def run() -> Told:
        fleet = Fleet(load(options.devices), host, int(port), file=options.devices, tls=options.tls)
        await play(fleet, options)
        return fleet.told

    logger.info("%s", asyncio.run(run()).line())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
