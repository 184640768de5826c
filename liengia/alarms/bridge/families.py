"""The bridge's part for devices of other rooms: it hears them in batches and answers, and looks after their faults."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final

from nats.aio.client import Client
from nats.aio.msg import Msg

from liengia.alarms.bridge.threads import DatabaseThread
from liengia.core import clock, families
from liengia.core.families import Family, Heard

logger = logging.getLogger(__name__)
GATHER_S: Final = 0.1
LOOK_EVERY_S: Final = 5.0
# A flood of one device must not fill the memory: it says again what matters.
WAITING_MOST: Final = 5_000
PAYLOAD_MOST: Final = 4096


class FamilyReader:
    """Hears the devices of all families."""

    def __init__(self, client: Client, thread: DatabaseThread) -> None:
        """Use a connected client and a thread for the database."""
        self.client, self.thread = client, thread
        self._waiting: dict[str, list[Heard]] = {family.prefix: [] for family in families.every()}

    async def run(self) -> None:
        """Hear and look for ever."""
        for family in families.every():
            for subject in family.listens_to:
                await self.client.subscribe(subject, cb=self._arrived)
        look_at = 0.0
        while True:
            await asyncio.sleep(GATHER_S)
            is_time = time.monotonic() >= look_at
            if is_time:
                look_at = time.monotonic() + LOOK_EVERY_S
            for family in families.every():
                await self._serve(family, looks=is_time)

    async def _serve(self, family: Family, *, looks: bool) -> None:
        batch, self._waiting[family.prefix] = self._waiting[family.prefix], []
        # Whatever a device says, the bridge that hears the presses goes on.
        if batch:
            try:
                answers = await self.thread.run(family.hear, batch)
            except Exception:
                logger.exception("%s messages under %s were not taken; devices say again what matters", len(batch), family.prefix)
            else:
                for said in answers:
                    await self.client.publish(said.subject, said.body)
        if looks:
            try:
                await self.thread.run(family.look, clock.now())
            except Exception:
                logger.exception("devices under %s were not looked after; it is tried again", family.prefix)

    async def _arrived(self, message: Msg) -> None:
        prefix = message.subject.partition(".")[0]
        waiting = self._waiting.get(prefix)
        if waiting is not None and len(waiting) < WAITING_MOST and len(message.data) <= PAYLOAD_MOST:
            waiting.append(Heard(message.subject, message.data, clock.now()))
