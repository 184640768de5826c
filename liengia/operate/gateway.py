"""`liengia gateway`: a broker in the hamlet that rings its sirens with the line to the centre cut.

No Django, no database: a nats-server that joins the centre as a leaf node, and this process beside it.

1. The broker's devices are the centre's: the users file is fetched whole whenever the centre says a newer revision,
   and is kept, so that the gateway starts with it when the line is cut.
2. Every group's state comes over the link live, and whole at each reconnection; it is published again as retained
   here, so that a siren which reconnects hears the newest. A gateway never says a state to the centre.
3. Beats are gathered and sent up as a digest; a device that is new or gone is told at once.
4. Presses stay in this broker's own log; the centre fetches them (`gateways.py`).
5. Devices of other rooms (loudspeakers' players, `core.families`) come in as well: what they are to hold is kept here as retained, what
   they say crosses as it is said. A player goes on from here with the line cut, also when it is switched on again meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from liengia import env
from liengia.alarms import broker, mqtt
from liengia.core import families, keys

logger = logging.getLogger("gateway")
HELLO: Final = "liengia.gateway.hello"
USERS: Final = "liengia.gateway.users"
STATES: Final = "liengia.gateway.states"
OTHERS: Final = "liengia.gateway.others"
HELD: Final = "liengia.gateway.held"
BEATS: Final = "liengia.gateway.beats"
NEWS: Final = "liengia.gateway.news"
PAGE: Final = 500
# What a player is to hold has some 30 KB at most, and a message of the broker 256 KB.
HELD_BYTES: Final = 150_000
HELLO_EVERY_S: Final = 3.0
DIGEST_EVERY_S: Final = 20.0
STEP_S: Final = 5.0


def domain(name: str) -> str:
    """Return the name of a gateway's own store."""
    return f"gw-{name}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a gateway is told by its environment."""

    data: Path
    name: str
    centre: str
    password: str = field(repr=False)
    ca_file: str
    mqtt_host: str
    mqtt_port: int
    nats_port: int
    tls_cert: str
    tls_key: str
    nats_server: str

    @classmethod
    def read(cls) -> Settings:
        """Read the environment.

        Raises:
            BadSetting: one is missing, or MQTT would be open to others without TLS.
        """
        name = env.text("LIENGIA_GATEWAY_NAME", "hamlet")
        if not name.replace("-", "").isalnum() or len(name) > 32:
            raise env.BadSetting("LIENGIA_GATEWAY_NAME: up to 32 letters, digits and hyphens are expected.")
        centre, password = env.text("LIENGIA_CENTRE"), env.text("LIENGIA_LEAF_PASSWORD")
        if "://" not in centre or not password:
            raise env.BadSetting(
                "LIENGIA_CENTRE (tls://host:port) and LIENGIA_LEAF_PASSWORD are needed:"
                f" `liengia gateway add {name}` on the centre prints them."
            )
        parts = urlsplit(centre)
        if parts.scheme != "tls" and not env.is_loopback(parts.hostname or ""):
            raise env.BadSetting(
                "LIENGIA_CENTRE is on another machine: passwords and alarms would travel in the clear."
                f" Give the centre a certificate (LIENGIA_TLS_CERT), and set LIENGIA_CENTRE=tls://{parts.netloc}."
            )
        found = cls(
            data=Path(env.text("LIENGIA_DATA", "var")).resolve(),
            name=name,
            centre=centre,
            password=password,
            ca_file=env.text("LIENGIA_CENTRE_CA"),
            mqtt_host=env.text("LIENGIA_MQTT_HOST", "127.0.0.1"),
            mqtt_port=env.number("LIENGIA_MQTT_PORT", 1883, least=1, most=65535),
            nats_port=env.number("LIENGIA_NATS_PORT", 4222, least=1, most=65535),
            tls_cert=env.text("LIENGIA_TLS_CERT"),
            tls_key=env.text("LIENGIA_TLS_KEY"),
            nats_server=env.text("LIENGIA_NATS_SERVER"),
        )
        if not env.is_loopback(found.mqtt_host) and not found.tls_cert:
            raise env.BadSetting(
                "LIENGIA_MQTT_HOST is reachable from other machines: set LIENGIA_TLS_CERT and LIENGIA_TLS_KEY."
            )
        return found

    def plan(self) -> broker.Plan:
        """Return this gateway's broker."""
        keys.KEYS_DIR = self.data / "keys"
        return broker.Plan(
            folder=self.data / "nats",
            run=self.data / "run",
            nats_port=self.nats_port,
            mqtt_host=self.mqtt_host,
            mqtt_port=self.mqtt_port,
            server_hash=keys.secret("broker-server.hash", make=broker.hashed(keys.secret("broker-server.key"))),
            system_hash=keys.secret("broker-system.hash", make=broker.hashed(keys.secret("broker-system.key"))),
            tls_cert=self.tls_cert,
            tls_key=self.tls_key,
            domain=domain(self.name),
            upstream=broker.Upstream(self.centre, self.name, self.password, self.ca_file),
        )


class Gateway:
    """One gateway."""

    def __init__(self, settings: Settings) -> None:
        """Read what was kept from the last time."""
        self.settings, self.plan = settings, settings.plan()
        self.plan.run.mkdir(parents=True, exist_ok=True)
        self.users_kept = settings.data / "nats" / "users.json"
        self.users_rev = -1
        self.credentials, self.others = self._kept_users()
        self.states: dict[str, dict[str, Any]] = {}
        self.held: dict[str, tuple[int, bytes]] = {}
        self.beats: dict[tuple[str, str], str] = {}
        self.known: set[tuple[str, str]] = set()
        self.doubt_seq = 0
        self.client = Client()
        self.news = asyncio.Event()
        self.mqtt: mqtt.Connection | None = None
        self.is_joined = False

    async def run(self, stop: asyncio.Event) -> None:
        """Run until told to stop."""
        broker.write(self.plan.users_file, broker.users(self.plan, self.credentials, others=self.others))
        broker.write(self.plan.configuration_file, broker.configuration(self.plan))
        work = [asyncio.create_task(self._keep_broker())]
        try:
            await self._join()
            work += [asyncio.create_task(one()) for one in (self._keep_equal, self._send_digest, self._keep_mqtt)]
            waiting = asyncio.create_task(stop.wait())
            done, _rest = await asyncio.wait([waiting, *work], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {waiting}:
                task.result()
        finally:
            for task in work:
                task.cancel()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.client.close(), 2)
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.gather(*work, return_exceptions=True), 6)

    async def _keep_broker(self) -> None:
        """Run nats-server, again when it dies, and end it with us."""
        program = str(broker.binary(self.settings.nats_server))
        while True:
            with (self.plan.run / "nats.log").open("ab") as log:
                process = await asyncio.create_subprocess_exec(
                    program, "-c", str(self.plan.configuration_file), stdout=log, stderr=log
                )
            try:
                code = await process.wait()
                logger.warning("the broker ended (%s); it starts again", code)
                await asyncio.sleep(0.5)
            finally:
                if process.returncode is None:
                    process.terminate()
                    try:
                        await asyncio.wait_for(process.wait(), 4)
                    except TimeoutError:
                        process.kill()

    async def _join(self) -> None:
        while True:
            try:
                await self.client.connect(
                    f"nats://127.0.0.1:{self.plan.nats_port}",
                    user=broker.SERVER_USER,
                    password=keys.secret("broker-server.key"),
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=1,
                    error_cb=_quiet,
                )
                break
            except (NatsError, OSError, TimeoutError):
                await asyncio.sleep(0.3)
        while True:
            try:
                await broker.ensure_streams(self.client)
                break
            except broker.BrokerError as error:
                logger.warning("%s", error)
                await asyncio.sleep(0.5)
        await self.client.subscribe("lg.*.state", cb=self._state_arrived)
        await self.client.subscribe("lg.*.beat.*", cb=self._beat_arrived)
        for prefix in families.PREFIXES:
            await self.client.subscribe(f"{prefix}.*.{families.HELD}", cb=self._held_arrived)
        await self.client.subscribe(NEWS, cb=self._news_arrived)

    async def _news_arrived(self, message: Msg) -> None:
        self.news.set()

    async def _keep_equal(self) -> None:
        """Say hello for ever; fetch what is newer; at each reconnection fetch everything."""
        offset = time.time() - time.monotonic()
        while True:
            try:
                if abs((now_offset := time.time() - time.monotonic()) - offset) > STEP_S:
                    offset, self.doubt_seq = now_offset, await self._last_seq()
                said = {"name": self.settings.name, "now": time.time(), "users_rev": self.users_rev, "doubt_seq": self.doubt_seq}
                answer = await broker.ask(self.client, HELLO, said, timeout_s=3)
                if not self.is_joined:
                    await self._fetch_states()
                    await self._fetch_held()
                if answer["users_rev"] != self.users_rev:
                    await self._fetch_users()
                    self.news.set()  # say at once that it is in force
                if not self.is_joined:
                    logger.info("joined with the centre: %d devices, %d groups", len(self.credentials) + len(self.others), len(self.states))
                self.is_joined = True
            except (broker.BrokerError, ValueError, KeyError) as error:
                if self.is_joined:
                    logger.warning("the centre is away (%s); sirens here ring without it", error)
                self.is_joined = False
            with suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), HELLO_EVERY_S if self.is_joined else 1.0)
            self.news.clear()

    async def _last_seq(self) -> int:
        info = await broker.ask(self.client, f"$JS.API.STREAM.INFO.{broker.MESSAGES}")
        return int(info["state"]["last_seq"])

    async def _pages(self, subject: str) -> tuple[list[Any], dict[str, Any]]:
        rows: list[Any] = []
        while True:
            page = await broker.ask(self.client, subject, {"from": len(rows)}, timeout_s=10)
            rows += page["rows"]
            if not page["rows"] or len(rows) >= page["total"]:
                return rows, page

    async def _fetch_users(self) -> None:
        """Make the users file equal to the centre's and have the broker read it."""
        rows, page = await self._pages(USERS)
        more, _page = await self._pages(OTHERS)
        credentials, others = [broker.Credential(*row) for row in rows], _others(more)
        broker.write(self.plan.users_file, broker.users(self.plan, credentials, others=others))
        system = await broker.system_client(self.plan.nats_port, keys.secret("broker-system.key"))
        try:
            await broker.reload(system, self.plan, keys.secret("broker-server.key"))
        finally:
            await system.close()
        broker.write(self.users_kept, json.dumps({"devices": rows, "others": more}))
        # The older of the two pages' revisions: what changed between them is asked for again at the next hello.
        self.credentials, self.others, self.users_rev = credentials, others, int(page["rev"])

    def _kept_users(self) -> tuple[list[broker.Credential], list[families.User]]:
        try:
            kept = json.loads(self.users_kept.read_text(encoding="utf-8"))
            if isinstance(kept, list):  # as it was kept before there were others
                kept = {"devices": kept, "others": []}
            return [broker.Credential(*row) for row in kept["devices"]], _others(kept["others"])
        except (OSError, ValueError, TypeError, KeyError):
            return [], []

    async def _fetch_states(self) -> None:
        began = dict(self.states)
        rows, _page = await self._pages(STATES)
        for group, state in rows:
            if self.states.get(str(group)) == began.get(str(group)):  # what came live meanwhile is newer than the page
                self._take_state(str(group), state, whole=True)

    async def _state_arrived(self, message: Msg) -> None:
        with suppress(ValueError):
            state = json.loads(message.data)
            if isinstance(state, dict):
                self._take_state(message.subject.split(".")[1], state, whole=False)

    def _take_state(self, group: str, state: dict[str, Any], *, whole: bool) -> None:
        """Keep a state and publish it as retained here; one that is no newer comes from ourselves."""
        known = self.states.get(group)
        if known is not None and (known["rev"] == state["rev"] if whole else known["rev"] >= state["rev"]):
            return
        self.states[group] = state
        self._publish_state(group)

    def _publish_state(self, group: str) -> None:
        if self.mqtt is not None:
            body = json.dumps(self.states[group], ensure_ascii=False).encode()
            self.mqtt.publish(f"lg/{group}/state", body, retain=True)

    async def _fetch_held(self) -> None:
        """Fetch what devices of other rooms are to hold; the last key of a page says where the next begins."""
        began, after = dict(self.held), 0
        while rows := (await broker.ask(self.client, HELD, {"after": after}, timeout_s=10))["rows"]:
            for _key, subject, rev, body in rows:
                if self.held.get(str(subject)) == began.get(str(subject)):
                    self._take_held(str(subject), int(rev), str(body).encode(), whole=True)
            after = int(rows[-1][0])

    async def _held_arrived(self, message: Msg) -> None:
        with suppress(ValueError, TypeError, KeyError):
            self._take_held(message.subject, int(json.loads(message.data)["rev"]), message.data, whole=False)

    def _take_held(self, subject: str, rev: int, body: bytes, *, whole: bool) -> None:
        """Keep what a device is to hold, and publish it as retained here; one that is no newer comes from ourselves."""
        known = self.held.get(subject)
        if known is not None and (known[0] == rev if whole else known[0] >= rev):
            return
        self.held[subject] = rev, body
        self._publish_held(subject)

    def _publish_held(self, subject: str) -> None:
        if self.mqtt is not None:
            self.mqtt.publish(subject.replace(".", "/"), self.held[subject][1], retain=True)

    async def _keep_mqtt(self) -> None:
        """Stay connected to our own MQTT listener, which alone can retain."""
        while True:
            lost = asyncio.Event()
            login = mqtt.Login(
                f"gateway{secrets.token_hex(4)}", broker.SERVER_USER, keys.secret("broker-server.key")
            )
            try:
                self.mqtt = await mqtt.connect(
                    self.plan.mqtt_near,
                    self.plan.mqtt_port,
                    login,
                    on_lost=lost.set,
                    tls=mqtt.unverified() if self.plan.tls_cert else None,
                )
                for group in self.states:
                    self._publish_state(group)
                for subject in self.held:
                    self._publish_held(subject)
                await lost.wait()
            except (mqtt.Refused, OSError, TimeoutError):
                await asyncio.sleep(0.5)
            self.mqtt = None

    async def _beat_arrived(self, message: Msg) -> None:
        _lg, group, _beat, device = message.subject.split(".")
        payload = message.data.decode("utf-8", "replace")[:512]
        if b'"gone"' in message.data or (group, device) not in self.known:
            self.known.add((group, device))
            await self.client.publish(BEATS, json.dumps([[group, device, payload]]).encode())
            return
        self.beats[group, device] = payload

    async def _send_digest(self) -> None:
        while True:
            await asyncio.sleep(DIGEST_EVERY_S)
            rows = [[group, device, payload] for (group, device), payload in self.beats.items()]
            self.beats.clear()
            for begin in range(0, len(rows), PAGE // 2):
                with suppress(NatsError):
                    await self.client.publish(BEATS, json.dumps(rows[begin : begin + PAGE // 2]).encode())


def _others(rows: Sequence[Sequence[Any]]) -> list[families.User]:
    """Return devices of other rooms; what would reach beyond their prefixes is no device of theirs."""
    found = [families.User(str(name), str(hashed), tuple(publish), tuple(subscribe)) for name, hashed, publish, subscribe in rows]
    starts = tuple(f"{prefix}." for prefix in families.PREFIXES)
    return [one for one in found if all(families.is_whole(subject) and subject.startswith(starts) for subject in (*one.publish, *one.subscribe))]


async def _quiet(error: Exception) -> None:
    logger.debug("%s", error)


def main(arguments: Sequence[str]) -> int:
    """Run `liengia gateway`; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="liengia gateway", description="Ring a hamlet's sirens with the line to the centre cut."
    )
    parser.parse_args(arguments)
    logging.basicConfig(level=os.environ.get("LIENGIA_LOG", "INFO"), format="%(asctime)s %(message)s")
    try:
        settings = Settings.read()
        broker.binary(settings.nats_server)
    except (env.BadSetting, broker.BrokerError) as error:
        sys.stderr.write(f"{error}\n")
        return 1

    async def run() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await Gateway(settings).run(stop)

    asyncio.run(run())
    return 0
