"""The bus: one NATS connection a process, in a thread of its own, usable from sync and async code.

It carries devices' messages and says "something new" (a *poke*) to our other processes. Nothing depends on a
poke arriving: whoever waits for one also looks by itself every few seconds.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine
from functools import cache, partial
from typing import Final

from django.conf import settings
from django.db import transaction
from nats.aio.client import Client
from nats.aio.msg import Msg

from liengia.core import keys
from liengia.core.metrics import bus_failures

logger = logging.getLogger(__name__)
POKES = "liengia.poke"
# How long a process that ends waits for what it handed over.
LEAVES_WITHIN_S: Final = 3.0
SERVER_USER = "liengia-server"


def server_password() -> str:
    """Return the password of our own processes at the embedded broker."""
    return keys.secret("broker-server.key")


def connection_options() -> dict[str, object]:
    """Return how our own processes connect: to the embedded broker, or where NATS_URL says."""
    if settings.NATS_URL:
        return {"servers": [settings.NATS_URL]}
    return {
        "servers": [f"nats://127.0.0.1:{settings.NATS_PORT}"],
        "user": SERVER_USER,
        "password": server_password(),
    }


class Bus:
    """A NATS connection that reconnects for ever and is never waited for.

    What is handed over before the first attempt to connect is over waits for it: a command of an operator says what it
    has to say in its first moments, and ends.
    """

    def __init__(self) -> None:
        """Start the thread; the connection follows as soon as the broker answers."""
        self.loop = asyncio.new_event_loop()
        self.client = Client()
        self._wakes: dict[str, list[Callable[[], object]]] = {}
        self._poking: set[str] = set()
        self._tried = asyncio.Event()
        self._leaving: set[asyncio.Future[None]] = set()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="bus", daemon=True)
        self._thread.start()

    @property
    def is_connected(self) -> bool:
        """Whether the broker is reachable now."""
        return self.client.is_connected

    def publish(self, subject: str, payload: bytes = b"") -> bool:
        """Hand a message over (at most once); False when the broker is known to be away."""
        return self._hand_over(self._publish(subject, payload))

    def _hand_over(self, work: Coroutine[object, object, None]) -> bool:
        if self._is_closed or (self._tried.is_set() and not self.client.is_connected):
            work.close()
            bus_failures.inc()
            return False
        asyncio.run_coroutine_threadsafe(self._leave(work), self.loop)
        return True

    async def _leave(self, work: Coroutine[object, object, None]) -> None:
        me = asyncio.current_task()
        assert me is not None
        self._leaving.add(me)
        me.add_done_callback(self._leaving.discard)
        try:
            if not self.client.is_connected:
                await self._tried.wait()
            await work
        finally:
            work.close()

    def poke(self, topic: str) -> None:
        """Say "something new" about a topic to all processes, after the present transaction has committed."""
        transaction.on_commit(partial(self.poke_now, topic))

    def poke_now(self, topic: str) -> None:
        """Say "something new" at once."""
        for wake in tuple(self._wakes.get(topic, ())):
            wake()
        if topic not in self._poking:  # one that waits to leave says as much
            self._poking.add(topic)
            if not self._hand_over(self._poke(topic)):
                self._poking.discard(topic)

    def on_poke(self, topic: str, wake: Callable[[], object]) -> Callable[[], None]:
        """Call `wake` (quick, thread-safe) at each poke on a topic, from this process or another; return what ends it."""
        wakes = self._wakes.setdefault(topic, [])
        wakes.append(wake)
        return partial(wakes.remove, wake)

    def subscribe(self, subject: str, handler: Callable[[Msg], Awaitable[None]]) -> None:
        """Receive messages of a subject in the bus's own loop; renewed by the client at each reconnection."""
        asyncio.run_coroutine_threadsafe(self._subscribe(subject, handler), self.loop)

    def close(self) -> None:
        """Let what was handed over leave, and close; the process is ending."""
        if self._is_closed or not self.loop.is_running():
            return
        self._is_closed = True
        done = asyncio.run_coroutine_threadsafe(self._close(), self.loop)
        try:
            done.result(timeout=LEAVES_WITHIN_S)
        except TimeoutError:
            logger.warning("the bus did not close within %s s", LEAVES_WITHIN_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.create_task(self._connect())
        self.loop.run_forever()

    async def _connect(self) -> None:
        while not self.client.is_connected:
            try:
                await connect(self.client, on_error=self._tried.set)
            except Exception as error:  # noqa: BLE001  (the broker may come later, whatever the reason)
                logger.info("the broker does not answer yet (%s)", type(error).__name__)
                self._tried.set()
                await asyncio.sleep(1)
        self._tried.set()
        await self.client.subscribe(f"{POKES}.>", cb=self._poked)

    async def _poked(self, message: Msg) -> None:
        for wake in tuple(self._wakes.get(message.subject.removeprefix(f"{POKES}."), ())):
            wake()

    async def _poke(self, topic: str) -> None:
        self._poking.discard(topic)
        await self._publish(f"{POKES}.{topic}", b"")

    async def _publish(self, subject: str, payload: bytes) -> None:
        try:
            await self.client.publish(subject, payload)
        except Exception as error:  # noqa: BLE001  (a lost poke is no loss)
            bus_failures.inc()
            logger.info("not published on %s (%s)", subject, type(error).__name__)

    async def _subscribe(self, subject: str, handler: Callable[[Msg], Awaitable[None]]) -> None:
        while not self.client.is_connected:
            await asyncio.sleep(0.2)
        await self.client.subscribe(subject, cb=handler)

    async def _close(self) -> None:
        if self._leaving:
            await asyncio.wait(self._leaving)
        if self.client.is_connected:
            await self.client.drain()
        self.loop.call_soon(self.loop.stop)


async def connect(client: Client, *, on_error: Callable[[], object] = lambda: None) -> None:
    """Connect a client for ever: it tries again each second while the broker is away, and calls `on_error` each time."""

    async def quiet(error: Exception) -> None:
        logger.info("bus: %s", error)
        on_error()

    await client.connect(
        **connection_options(),  # type: ignore[arg-type]
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        connect_timeout=2,
        ping_interval=10,
        max_outstanding_pings=2,
        error_cb=quiet,
        name="liengia",
    )


@cache
def get_bus() -> Bus:
    """Return this process's bus, which closes with it."""
    bus = Bus()
    atexit.register(bus.close)
    return bus


__all__ = ["Bus", "connect", "connection_options", "get_bus"]
