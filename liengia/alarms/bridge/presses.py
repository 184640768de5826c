"""Presses from the broker's durable log into the database.

1. Ask the durable consumer for up to 512 messages, and for more while those are written; take what comes, never wait
   for a batch to fill. A batch is as many presses as take 25 ms of work, since others write in between. Where many
   press at one instant, the broker rings first: one rest of 150 ms (`Burst`).
2. Read each; what cannot be used is counted, kept for the operator, and acknowledged: it never blocks the queue.
3. Record the rest in one transaction; when that fails, press by press.
4. Acknowledge only after the commit, while the next batch is written. Killed in between, the messages come again and
   change nothing.

While the database is away nothing is acknowledged and the same messages are tried again, so nothing is lost. Where the
broker has lost stream or consumer meanwhile, both are made anew.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import InterfaceError, OperationalError
from nats.aio.client import Client
from nats.aio.msg import Msg

from liengia.alarms import services
from liengia.alarms.bridge.threads import DatabaseThread
from liengia.alarms.broker import MESSAGES, BrokerError, ask, ensure_streams
from liengia.alarms.messages import PressMessage, Rejection, read_press
from liengia.alarms.services.devices import rejected
from liengia.core import clock
from liengia.core.metrics import Histogram

logger = logging.getLogger(__name__)
CONSUMER: Final = "liengia-bridge"
SUBJECTS: Final = ("$MQTT.msgs.lg.*.press.*", "$MQTT.msgs.lg.*.still.*")
ASK_FOR: Final = 512
ASK_LASTS_S: Final = 20
NOBODY_ANSWERS: Final = "503"
# Where a gateway passes on a press that it had kept: when its own broker stored it (ISO 8601, UTC).
STORED_AT: Final = "Liengia-Stored-At"

# Messages of the broker, each with the press that it holds, or with the reason why it is none.
_Read = list[tuple[Msg, PressMessage]]
_Refused = list[tuple[Msg, str]]

recording = Histogram(
    "liengia_press_record_seconds",
    "Seconds from the broker's storing of a press to its commit.",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300),
)


class ClockWatch:
    """Notices that this machine's clock was stepped: then waiting times are in doubt, and a press counts as fresh."""

    STEP_S = 30.0
    DOUBT_S = 600.0

    def __init__(self) -> None:
        """Note how the two clocks stand to each other."""
        self._offset = time.time() - time.monotonic()
        self._stepped_at: float | None = None

    def is_in_doubt(self) -> bool:
        """Tell whether a step was seen within the last ten minutes."""
        offset = time.time() - time.monotonic()
        if abs(offset - self._offset) > self.STEP_S:
            self._offset, self._stepped_at = offset, time.monotonic()
        return self._stepped_at is not None and time.monotonic() - self._stepped_at < self.DOUBT_S


class BatchSize:
    """How many presses one transaction takes, so that it holds the database's write lock for some 25 ms.

    What is measured is the thread's own work: waiting for the lock or the disk is no reason for smaller batches.
    """

    WORK_S: Final = 0.025
    LEAST, MOST = 20, 150

    def __init__(self) -> None:
        """Begin small: the first presses of a storm open incidents, which costs the most."""
        self.most = self.LEAST

    def learn(self, presses: int, worked_s: float) -> None:
        """Take note of what a batch cost; after a small one the storm is over, and the next begins small again."""
        if presses < self.LEAST or worked_s <= 0:
            self.most = self.LEAST
            return
        fitting = round(presses * self.WORK_S / worked_s)
        self.most = max(self.LEAST, min(self.MOST, fitting, self.most * 2))


class Burst:
    """Lets the broker ring before the bridge records, when many press at one instant.

    On two cores both at once make the last of 10,000 sirens late: 213 to 419 ms, against 200 with the bridge standing still.
    One rest a burst, so that a storm is recorded as fast as it can be; a single press never waits.
    """

    REST_S: Final = 0.15
    FROM: Final = 20
    OVER_AFTER_S: Final = 5.0

    def __init__(self) -> None:
        """Begin outside of any burst."""
        self._seen_at = float("-inf")

    def rest_s(self, presses: int, *, now: float) -> float:
        """Return how long to let the broker be before a batch of so many presses; `now` is monotonic seconds."""
        if presses < self.FROM:
            return 0.0
        begins = now - self._seen_at > self.OVER_AFTER_S
        self._seen_at = now
        return self.REST_S if begins else 0.0


class PressReader:
    """Reads the log by its durable consumer."""

    def __init__(self, client: Client, thread: DatabaseThread) -> None:
        """Use a connected client and a thread for the database."""
        self.client, self.thread = client, thread
        self.queue: asyncio.Queue[Msg] = asyncio.Queue()
        self.clock, self.size, self.burst = ClockWatch(), BatchSize(), Burst()
        self._acknowledging: asyncio.Task[None] | None = None
        self._asked_until = 0.0
        self._outstanding = 0
        self._is_gone = False

    async def ensure_consumer(self) -> None:
        """Create the durable consumer, or bring it to what it must be."""
        config = {
            "durable_name": CONSUMER,
            "ack_policy": "explicit",
            "ack_wait": 5_000_000_000,  # what a killed bridge had taken comes again after this
            "deliver_policy": "all",
            "filter_subjects": list(SUBJECTS),
            "max_ack_pending": 8192,
            "max_deliver": -1,
        }
        body = {"stream_name": MESSAGES, "config": config}
        await ask(self.client, f"$JS.API.CONSUMER.CREATE.{MESSAGES}.{CONSUMER}", body, timeout_s=60)

    async def run(self) -> None:
        """Read for ever."""
        await self.ensure_consumer()
        inbox = self.client.new_inbox()
        await self.client.subscribe(inbox, cb=self._arrived, pending_msgs_limit=-1, pending_bytes_limit=-1)
        while True:
            if self._is_gone:
                await self._make_anew()
            await self._ask_for_more(inbox)
            try:
                first = await asyncio.wait_for(self.queue.get(), 1.0)
            except TimeoutError:
                continue
            batch = [first]
            while len(batch) < self.size.most and not self.queue.empty():
                batch.append(self.queue.get_nowait())
            if rest_s := self.burst.rest_s(len(batch), now=time.monotonic()):
                await asyncio.sleep(rest_s)
            await self._record(batch)

    async def _ask_for_more(self, inbox: str) -> None:
        # What waits here longer than `ack_wait` would be delivered again: so the store is kept small.
        if not self.client.is_connected or self.queue.qsize() > ASK_FOR:
            return
        if self._outstanding > 0 and time.monotonic() < self._asked_until:
            return
        body = json.dumps({"batch": ASK_FOR, "expires": ASK_LASTS_S * 1_000_000_000}).encode()
        await self.client.publish(f"$JS.API.CONSUMER.MSG.NEXT.{MESSAGES}.{CONSUMER}", body, reply=inbox)
        self._outstanding, self._asked_until = ASK_FOR, time.monotonic() + ASK_LASTS_S + 1

    async def _make_anew(self) -> None:
        """Make what nobody answers for any more: the stream was deleted, or the broker's store replaced, while we ran."""
        logger.warning("the broker has lost the log of presses; it is made anew")
        try:
            if not settings.NATS_URL:
                await ensure_streams(self.client)
            await self.ensure_consumer()
        except BrokerError as error:
            logger.warning("%s", error)
            await asyncio.sleep(1)
        else:
            self._is_gone = False

    async def _arrived(self, message: Msg) -> None:
        if not message.reply:
            self._outstanding = 0  # a status: the request has ended (no more messages, or its time is over)
            self._is_gone = self._is_gone or (message.headers or {}).get("Status") == NOBODY_ANSWERS
            return
        self._outstanding -= 1
        self.queue.put_nowait(message)

    async def _record(self, batch: Sequence[Msg]) -> None:
        """Record a batch, waiting for a database that is away; only then count it and have it acknowledged."""
        received_at = clock.now()
        read, garbage = _sort(batch, received_at=received_at, in_doubt=self.clock.is_in_doubt())
        pause = 0.2
        while True:
            try:
                refused = await self._store_all(read, garbage, received_at=received_at)
                break
            except (OperationalError, InterfaceError):
                logger.exception("the database is away; %s presses wait, none is lost", len(batch))
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)
        _count([origin for origin, _message in read], refused)
        if self._acknowledging is not None:
            await self._acknowledging
        self._acknowledging = asyncio.create_task(self._acknowledge(batch))

    async def _acknowledge(self, batch: Sequence[Msg]) -> None:
        for origin in batch:
            await self.client.publish(origin.reply, b"+ACK")

    async def _store_all(self, read: _Read, garbage: _Refused, *, received_at: datetime) -> _Refused:
        """Record the presses and keep what was refused; return all refusals."""
        stored = await self._store([message for _origin, message in read])
        refused = [*garbage, *((read[place][0], why) for place, why in stored.items())]
        if refused:
            kept = [(origin.subject, origin.data, why) for origin, why in refused]
            await self.thread.run(services.keep_rejected, kept, at=received_at)
        return refused

    async def _store(self, messages: list[PressMessage]) -> dict[int, str]:
        """Record a batch, or its presses one by one; return the refusals by place."""
        if not messages:
            return {}
        try:
            outcome, worked_s = await self.thread.run(_timed, messages)
            self.size.learn(len(messages), worked_s)
            return outcome.refused
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # whatever one press holds, it may not keep the others from ringing
            logger.warning("a batch of %s presses failed; they are recorded one by one", len(messages), exc_info=True)
        refused: dict[int, str] = {}
        for place, message in enumerate(messages):
            try:
                outcome = await self.thread.run(services.record_press_alone, message)
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                logger.exception("a press of device %s could not be recorded; it is kept", message.device)
                refused[place] = "failed"
                continue
            if outcome.refused:
                refused[place] = outcome.refused[0]
        return refused


def _sort(batch: Sequence[Msg], *, received_at: datetime, in_doubt: bool) -> tuple[_Read, _Refused]:
    """Read what arrived: presses with their message, and garbage with its reason."""
    read: _Read = []
    garbage: _Refused = []
    for origin in batch:
        stored_at = None if in_doubt else stored_at_of(origin)
        try:
            message = read_press(origin.subject, origin.data, received_at=received_at, stored_at=stored_at)
        except Rejection as rejection:
            garbage.append((origin, rejection.reason))
        else:
            read.append((origin, message))
    return read, garbage


def _count(recorded: Sequence[Msg], refused: _Refused) -> None:
    """Tell the metrics how long recording took, and what was refused."""
    done = clock.now()
    for origin in recorded:
        if (began := stored_at_of(origin)) is not None:
            recording.observe(max(0.0, (done - began).total_seconds()))
    for _origin, why in refused:
        rejected.labels(why).inc()


def _timed(messages: list[PressMessage]) -> tuple[services.Outcome, float]:
    """Record a batch; say how many seconds this thread worked."""
    began = time.thread_time()
    outcome = services.record_presses(messages)
    return outcome, time.thread_time() - began


def stored_at_of(message: Msg) -> datetime | None:
    """Return when the broker stored a message: the first one, where a gateway passed it on."""
    kept = (message.headers or {}).get(STORED_AT)
    if kept:
        try:
            at = datetime.fromisoformat(kept)
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        except ValueError:
            return None
    parts = message.reply.split(".")
    # $JS.ACK.[<domain>.<account hash>.]<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<ns>.<pending>[.<token>]
    nanoseconds = parts[7] if len(parts) == 9 else parts[9]
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(nanoseconds) / 1000)
