"""A real broker in a temporary folder, on free ports, for tests."""

from __future__ import annotations

import asyncio
import secrets
import signal
import subprocess
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nats.aio.client import Client

from liengia.alarms import broker
from tests.harness import processes
from tests.harness.ports import free_port, is_listened_on

SERVER, SYSTEM = "server-password-of-tests", "system-password-of-tests"


@dataclass(frozen=True)
class Given:
    """A device as a test holds it, with its password."""

    group: str
    device: str
    username: str
    password: str
    password_hash: str

    @property
    def credential(self) -> broker.Credential:
        """What the broker is told."""
        return broker.Credential(self.group, self.device, self.username, self.password_hash)


def device(group: str, name: str) -> Given:
    """Mint a device."""
    password = secrets.token_hex(14)
    return Given(group, name, name, password, broker.hashed(password))


@dataclass
class RunningBroker:
    """A nats-server with our configuration."""

    plan: broker.Plan
    process: subprocess.Popen[bytes] | None = None
    devices: list[Given] = field(default_factory=list)

    @classmethod
    def within(cls, folder: Path, **changes: object) -> RunningBroker:
        """Plan a broker in a folder; `changes` are fields of the plan."""
        plan = broker.Plan(
            folder=folder / "nats",
            run=folder / "run",
            nats_port=free_port(),
            mqtt_host="127.0.0.1",
            mqtt_port=free_port(),
            server_hash=broker.hashed(SERVER),
            system_hash=broker.hashed(SYSTEM),
        )
        plan.run.mkdir(parents=True, exist_ok=True)
        return cls(replace(plan, **changes))  # type: ignore[arg-type]

    def start(self, devices: Iterable[Given] = ()) -> RunningBroker:
        """Write the files, start, and wait until both listeners answer."""
        self.devices = list(devices) or self.devices
        broker.write(self.plan.users_file, broker.users(self.plan, [one.credential for one in self.devices]))
        broker.write(self.plan.configuration_file, broker.configuration(self.plan))
        with (self.plan.run / "nats.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(broker.binary()), "-c", str(self.plan.configuration_file)], stdout=log, stderr=log
            )
        ports = (self.plan.nats_port, self.plan.mqtt_port)
        processes.wait_until(
            lambda: all(is_listened_on(port) for port in ports),
            within_s=10, why=lambda: processes.tail(self.plan.run / "nats.log"), process=self.process, every_s=0.02,
        )  # fmt: skip
        asyncio.run(self.ask(broker.ensure_streams))
        return self

    async def ask(self, question: Callable[[Client], Awaitable[Any]]) -> Any:
        """Ask something as the server's own user."""
        client = await self.client()
        try:
            return await question(client)
        finally:
            await client.close()

    async def client(self) -> Client:
        """Connect as the server's own user."""
        client = Client()
        await client.connect(
            f"nats://127.0.0.1:{self.plan.nats_port}", user=broker.SERVER_USER, password=SERVER, connect_timeout=5
        )
        return client

    async def change(self, devices: Iterable[Given]) -> float:
        """Write other devices and have the broker read them."""
        self.devices = list(devices)
        broker.write(self.plan.users_file, broker.users(self.plan, [one.credential for one in self.devices]))
        client = await broker.system_client(self.plan.nats_port, SYSTEM)
        try:
            return await broker.reload(client, self.plan, SERVER)
        finally:
            await client.close()

    def kill(self) -> None:
        """Kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop cleanly."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        processes.end(self.process, how, within_s=15)
        self.process = None
