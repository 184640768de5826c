"""Sirens' words that they sound, gathered for a moment and written together."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from django.db import Error as DatabaseError
from nats.aio.client import Client
from nats.aio.msg import Msg

from liengia.alarms import services
from liengia.alarms.bridge.threads import DatabaseThread
from liengia.alarms.messages import RangMessage, Rejection, read_rang
from liengia.alarms.services.devices import rejected
from liengia.alarms.services.timeline import number_events
from liengia.core import clock

logger = logging.getLogger(__name__)
# A siren rings before the press is committed; its word waits so long that the incident stands.
GATHER_S: Final = 0.15


class SirenReader:
    """Takes `rang` as it comes; what is lost is said again by the siren within 5 s."""

    def __init__(self, client: Client, thread: DatabaseThread) -> None:
        """Use a connected client and a thread for the database."""
        self.client, self.thread = client, thread
        self._waiting: list[RangMessage] = []

    async def run(self) -> None:
        """Read and write for ever."""
        await self.client.subscribe("lg.*.rang.*", cb=self._arrived)
        while True:
            await asyncio.sleep(GATHER_S)
            if not self._waiting:
                continue
            batch, self._waiting = self._waiting, []
            try:
                if await self.thread.run(services.record_soundings, batch, at=clock.now()):
                    await self.thread.run(number_events)
            except DatabaseError:
                logger.exception("%s confirmations of sirens were not written; the sirens say them again", len(batch))

    async def _arrived(self, message: Msg) -> None:
        try:
            self._waiting.append(read_rang(message.subject, message.data, received_at=clock.now()))
        except Rejection as rejection:
            rejected.labels(rejection.reason).inc()
