"""The centre's side of gateways: tells them the users and states, and fetches what was pressed there.

Runs in the worker, in the bus's own loop. A gateway says hello every few seconds and hears what is newest:

1. `liengia.gateway.hello` {name, now, users_rev, doubt_seq}: answered with {users_rev}. A gateway whose users are
   the newest has confirmed every revocation so far; that instant is kept (`Heartbeat`), `device revoke` prints it.
2. `liengia.gateway.users`, `.others` and `.states` {from}: a page of what every broker must know; `.held` {after}: what devices of other rooms
   (`core.families`) are to hold, in the order of keys.
3. `liengia.gateway.beats` [[group, device, payload]…]: beats do not cross the link one by one; they are said again
   here as if the devices were.
4. Presses are fetched from the gateway's own `$MQTT_msgs` by a durable consumer, put into the centre's with the
   instant at which the gateway stored them (by our clock), and only then acknowledged: each arrives at least once,
   and the bridge records it once. When the gateway's clock was stepped meanwhile, no instant is given: it is fresh.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from liengia.alarms import broker, broker_users
from liengia.alarms.bridge.presses import STORED_AT, SUBJECTS
from liengia.alarms.models import BrokerUsers, Gateway, NeighbourGroup
from liengia.alarms.services import group_states
from liengia.core import clock, families
from liengia.core.bus import Bus
from liengia.core.models import Heartbeat
from liengia.operate.gateway import BEATS, HELD, HELD_BYTES, HELLO, NEWS, OTHERS, PAGE, STATES, USERS, domain

logger = logging.getLogger(__name__)
FORGOTTEN_AFTER_S: Final = 15.0
CONSUMER: Final = "centre"
FETCH: Final = 128
SEEN: Final = "gateway:"
CONFIRMED: Final = "gateway-users:"


@dataclass
class _Gateway:
    """A gateway that said hello lately."""

    name: str
    seen_s: float
    skew_s: float
    doubt_seq: int
    fetching: asyncio.Task[None]


class _Centre:
    """Answers gateways and fetches their presses."""

    def __init__(self, bus: Bus) -> None:
        self.client: Client = bus.client
        self.gateways: dict[str, _Gateway] = {}

    async def hello(self, message: Msg) -> None:
        """Answer a gateway, and start to fetch from one that is new or back."""
        said = json.loads(message.data)
        name, now_s = str(said["name"]), time.monotonic()
        if not await _in_thread(_may_join)(name):
            logger.warning("a gateway calls itself %s, which may not join", name[:32])
            return
        skew_s = time.time() - float(said["now"])
        known = self.gateways.get(name)
        if known is None or known.fetching.done():
            task = asyncio.get_running_loop().create_task(self._fetch(name), name=f"gateway {name}")
            self.gateways[name] = known = _Gateway(name, now_s, skew_s, int(said["doubt_seq"]), task)
            logger.info("gateway %s is here", name)
        known.seen_s, known.skew_s, known.doubt_seq = now_s, skew_s, int(said["doubt_seq"])
        rev = await _in_thread(_note_hello)(name, int(said["users_rev"]))
        await message.respond(json.dumps({"users_rev": rev}).encode())

    async def users(self, message: Msg) -> None:
        """Answer with a page of the devices' credentials."""
        await message.respond(await _in_thread(_users_page)(int(json.loads(message.data)["from"])))

    async def others(self, message: Msg) -> None:
        """Answer with a page of the devices of other rooms."""
        await message.respond(await _in_thread(_others_page)(int(json.loads(message.data)["from"])))

    async def held(self, message: Msg) -> None:
        """Answer with a page of what devices of other rooms are to hold."""
        await message.respond(await _in_thread(_held_page)(int(json.loads(message.data)["after"])))

    async def states(self, message: Msg) -> None:
        """Answer with a page of the groups' states."""
        await message.respond(await _in_thread(_states_page)(int(json.loads(message.data)["from"])))

    async def beats(self, message: Msg) -> None:
        """Say again what devices at a gateway said of themselves."""
        for group, device, payload in json.loads(message.data):
            await self.client.publish(f"lg.{group}.beat.{device}", str(payload).encode())

    async def _fetch(self, name: str) -> None:
        """Fetch presses from one gateway until it has been silent for a while."""
        api = f"$JS.{domain(name)}.API.CONSUMER"
        config = {
            "durable_name": CONSUMER,
            "ack_policy": "explicit",
            "ack_wait": 10_000_000_000,
            "deliver_policy": "all",
            "filter_subjects": list(SUBJECTS),
        }
        inbox = self.client.new_inbox()
        queue: asyncio.Queue[Msg] = asyncio.Queue()

        async def arrived(message: Msg) -> None:
            queue.put_nowait(message)

        subscription = await self.client.subscribe(inbox, cb=arrived)
        try:
            body = {"stream_name": broker.MESSAGES, "config": config}
            await broker.ask(self.client, f"{api}.CREATE.{broker.MESSAGES}.{CONSUMER}", body, timeout_s=10)
            while time.monotonic() - self.gateways[name].seen_s < FORGOTTEN_AFTER_S:
                request = json.dumps({"batch": FETCH, "expires": 4_000_000_000}).encode()
                await self.client.publish(f"{api}.MSG.NEXT.{broker.MESSAGES}.{CONSUMER}", request, reply=inbox)
                await self._pass_on(name, queue)
            logger.warning("gateway %s is silent", name)
        except (broker.BrokerError, NatsError, TimeoutError) as error:
            logger.warning("gateway %s: presses cannot be fetched now (%s)", name, error)
        finally:
            await subscription.unsubscribe()

    async def _pass_on(self, name: str, queue: asyncio.Queue[Msg]) -> None:
        """Put into the centre's log what one request brings."""
        until = time.monotonic() + 5
        while (left := until - time.monotonic()) > 0:
            try:
                message = await asyncio.wait_for(queue.get(), left)
            except TimeoutError:
                return
            if not message.reply:
                return
            await self._keep(self.gateways[name], message)

    async def _keep(self, gateway: _Gateway, message: Msg) -> None:
        """Keep one press; acknowledge it at the gateway once it is on our disk."""
        parts = message.reply.split(".")
        seq, nanoseconds = (parts[5], parts[7]) if len(parts) == 9 else (parts[7], parts[9])
        headers = {"Nats-Msg-Id": f"{gateway.name}:{seq}:{nanoseconds}"}
        if int(seq) > gateway.doubt_seq:
            stored = datetime.fromtimestamp(int(nanoseconds) / 1e9 + gateway.skew_s, UTC)
            headers[STORED_AT] = stored.isoformat()
        reply = await self.client.request(message.subject, message.data, timeout=10, headers=headers)
        if "error" in json.loads(reply.data):
            raise broker.BrokerError(reply.data.decode())
        await self.client.publish(message.reply, b"+ACK")


def serve(bus: Bus) -> None:
    """Answer gateways from now on; called by the worker."""
    centre = _Centre(bus)
    for subject, answer in (
        (HELLO, centre.hello),
        (USERS, centre.users),
        (OTHERS, centre.others),
        (HELD, centre.held),
        (STATES, centre.states),
        (BEATS, centre.beats),
    ):
        bus.subscribe(subject, _guarded(answer))
    bus.on_poke(broker_users.APPLIED, lambda: bus.publish(NEWS))


def wait_confirmed(*, since: datetime, timeout_s: float = 10) -> dict[str, bool]:
    """Wait until all known gateways have the newest users; return which of them have."""
    until = time.monotonic() + timeout_s
    while True:
        here = Heartbeat.objects.filter(process__startswith=SEEN)
        seen = {row.process.removeprefix(SEEN) for row in here} & set(Gateway.objects.active().values_list("name", flat=True))
        have = Heartbeat.objects.filter(process__startswith=CONFIRMED, at__gte=since)
        confirmed = {row.process.removeprefix(CONFIRMED) for row in have}
        if seen <= confirmed or time.monotonic() > until:
            return {name: name in confirmed for name in sorted(seen)}
        time.sleep(0.2)


def _guarded(answer: Callable[[Msg], Awaitable[None]]) -> Callable[[Msg], Awaitable[None]]:
    async def handle(message: Msg) -> None:
        try:
            await answer(message)
        except (ValueError, KeyError, TypeError, NatsError) as error:
            logger.warning("%s: %s", message.subject, error)

    return handle


def _in_thread(work: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    def fresh(*args: Any) -> Any:
        close_old_connections()
        try:
            return work(*args)
        finally:
            close_old_connections()

    return sync_to_async(fresh, thread_sensitive=True)


def last_seen(name: str) -> datetime | None:
    """Return when a gateway said hello last."""
    return Heartbeat.objects.filter(process=SEEN + name).values_list("at", flat=True).first()


def _may_join(name: str) -> bool:
    return Gateway.objects.active().filter(name=name).exists()


def _note_hello(name: str, users_rev: int) -> int:
    state = BrokerUsers.objects.filter(pk=1).first()
    rev = state.applied_rev if state else 0
    now = clock.now()
    Heartbeat.objects.update_or_create(process=SEEN + name, defaults={"pid": 0, "at": now})
    if state is not None and users_rev == rev and rev >= state.wanted_rev:
        Heartbeat.objects.update_or_create(process=CONFIRMED + name, defaults={"pid": 0, "at": now})
    return rev


def _users_page(begin: int) -> bytes:
    state = BrokerUsers.objects.filter(pk=1).first()
    everyone = list(broker_users.credentials())
    rows = [[c.group, c.device, c.username, c.password_hash] for c in everyone[begin : begin + PAGE]]
    return json.dumps({"rev": state.applied_rev if state else 0, "total": len(everyone), "rows": rows}).encode()


def _others_page(begin: int) -> bytes:
    everyone = list(families.users())
    rows = [[one.username, one.password_hash, one.publish, one.subscribe] for one in everyone[begin : begin + PAGE // 2]]
    return json.dumps({"total": len(everyone), "rows": rows}).encode()


def _held_page(after: int) -> bytes:
    """Return what is to be held after a key, as much as one message takes; keys are of one family, and there is one that crosses."""
    rows: list[list[Any]] = []
    size = 0
    for family in families.every():
        for one in family.retained_after(after):
            size += len(one.body)
            if rows and size > HELD_BYTES:
                break
            rows.append([one.key, one.topic.replace("/", "."), one.rev, one.body.decode()])
    return json.dumps({"rows": rows}).encode()


def _states_page(begin: int) -> bytes:
    now = clock.now()
    groups = NeighbourGroup.objects.order_by("pk")
    page = list(groups[begin : begin + PAGE])
    rows = [[group.public_id, state] for group, state in zip(page, group_states(page, at=now).values(), strict=True)]
    return json.dumps({"total": groups.count(), "rows": rows}).encode()
