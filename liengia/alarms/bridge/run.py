"""The bridge's process: its connections, its tasks, its clean end."""

from __future__ import annotations

import asyncio
import logging
import signal

from django.conf import settings
from nats.aio.client import Client

from liengia.alarms import broker
from liengia.alarms.bridge.beats import Supervisor
from liengia.alarms.bridge.families import FamilyReader
from liengia.alarms.bridge.presses import PressReader
from liengia.alarms.bridge.sirens import SirenReader
from liengia.alarms.bridge.states import Publisher
from liengia.alarms.bridge.threads import DatabaseThread
from liengia.core import worker
from liengia.core.bus import connect, get_bus

logger = logging.getLogger(__name__)


async def run(stopping: asyncio.Event | None = None) -> None:
    """Run until stopped; a task that fails for an unknown reason ends the process, and the supervisor starts it anew."""
    stop = stopping or asyncio.Event()
    client = Client()
    if not await _connect_or_stop(client, stop):
        return
    presses, slow = DatabaseThread("presses"), DatabaseThread("devices")
    publishing, others = DatabaseThread("states"), DatabaseThread("families")
    tasks = [
        asyncio.create_task(one)
        for one in (
            PressReader(client, presses).run(),
            SirenReader(client, slow).run(),
            Supervisor(client, slow).run(),
            FamilyReader(client, others).run(),
            Publisher(publishing).run(),
            _beat(slow),
            stop.wait(),
        )
    ]
    logger.info("the bridge reads presses")
    done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    await client.close()
    for thread in (presses, slow, publishing, others):
        thread.close()
    for task in done:
        task.result()


async def _connect_or_stop(client: Client, stop: asyncio.Event) -> bool:
    """Connect, however long the broker is away; False when the process is to end first."""
    connecting, stopped = asyncio.create_task(_connect(client)), asyncio.create_task(stop.wait())
    await asyncio.wait((connecting, stopped), return_when=asyncio.FIRST_COMPLETED)
    for task in (connecting, stopped):
        task.cancel()
    await asyncio.gather(connecting, stopped, return_exceptions=True)
    return not stop.is_set()


async def _connect(client: Client) -> None:
    while True:
        try:
            await connect(client)
            if not settings.NATS_URL:
                await broker.ensure_streams(client)
            return
        except Exception as error:  # noqa: BLE001  (whatever keeps the broker away, it may come)
            logger.info("the broker does not answer yet (%s)", type(error).__name__)
            await asyncio.sleep(0.5)


async def _beat(thread: DatabaseThread) -> None:
    while True:
        await thread.run(worker.beat, "bridge")
        await asyncio.sleep(5)


def main() -> None:
    """Run the bridge until SIGTERM or Ctrl-C."""

    async def until_signal() -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        await run(stopping)

    get_bus()
    asyncio.run(until_signal())
    get_bus().close()
