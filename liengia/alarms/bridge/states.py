"""What leaves the server for devices: retained states of groups, and the presses of phones.

Retained messages need an MQTT client (NATS alone retains nothing), so the bridge holds one connection to the
broker's MQTT listener as the server's own user. What is to be published stands in the database
(`state_rev > state_published_rev`, `needs_publishing` without `published_at`): a crash loses nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import aiomqtt
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.db.models import F

from liengia.alarms import services
from liengia.alarms.bridge.threads import DatabaseThread
from liengia.alarms.models import NeighbourGroup, Press
from liengia.alarms.services.timeline import STATES, STATES_SOON
from liengia.core import clock, families
from liengia.core.bus import SERVER_USER, get_bus, server_password

logger = logging.getLogger(__name__)
AT_ONCE: Final = 500
LOOK_EVERY_S: Final = 1.0
# News that come at a storm's pace are gathered so long; the first of them leaves at once.
GATHER_S: Final = 0.05
# A state after a press may wait: the sirens ring by the press, and until the last has heard it the broker has enough to do.
SOON_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class _State:
    key: int
    group: str
    rev: int
    body: bytes


@dataclass(frozen=True, slots=True)
class _PhonePress:
    key: int
    topic: str
    body: bytes


class Publisher:
    """Publishes until the broker has what the database wants."""

    def __init__(self, thread: DatabaseThread) -> None:
        """Use a thread for the database."""
        self.thread = thread
        self.news = asyncio.Event()
        self._is_gathering = False

    async def run(self) -> None:
        """Publish for ever; connect again whenever the broker was away."""
        loop = asyncio.get_running_loop()

        def wake() -> None:
            if not self.news.is_set():  # waking a loop costs a write, and the caller its turn
                loop.call_soon_threadsafe(self.news.set)

        def wake_soon() -> None:
            if not self._is_gathering:
                self._is_gathering = True
                loop.call_soon_threadsafe(loop.call_later, SOON_S, self._gathered)

        forget = [get_bus().on_poke(STATES, wake), get_bus().on_poke(families.RETAINED, wake), get_bus().on_poke(STATES_SOON, wake_soon)]
        try:
            await self.thread.run(_publish_all_again)
            while True:
                await self._connect_and_publish()
                await asyncio.sleep(1)
        finally:
            for one in forget:
                one()

    def _gathered(self) -> None:
        self._is_gathering = False
        self.news.set()

    async def _connect_and_publish(self) -> None:
        with suppress(OSError):
            try:
                async with _connect() as client:
                    await _clear_retained_presses(client)
                    await self._publish_for_ever(client)
            except aiomqtt.MqttError as error:
                logger.info("the broker's MQTT listener does not answer (%s)", error)

    async def _publish_for_ever(self, client: aiomqtt.Client) -> None:
        while True:
            self.news.clear()
            try:
                again = await self._publish(client)
            except DatabaseError:
                logger.exception("what is to be published could not be read; it is tried again")
                again = False
            if not again:
                await asyncio.sleep(GATHER_S)
                await self._wait_for_news()

    async def _wait_for_news(self) -> None:
        """Wait for a poke, a second at most; while a press's state is held back, for its turn."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.news.wait(), LOOK_EVERY_S)
        if self._is_gathering:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), SOON_S)

    async def _publish(self, client: aiomqtt.Client) -> bool:
        presses = await self.thread.run(_due_presses)
        for press in presses:
            await client.publish(press.topic, press.body, qos=1, timeout=10)
        if presses:
            await self.thread.run(_presses_published, [press.key for press in presses])
        states = await self.thread.run(_due_states)
        for state in states:
            await client.publish(f"lg/{state.group}/state", state.body, qos=0, retain=True)
        if states:
            await self.thread.run(_states_published, states)
        for family in families.every():
            due = await self.thread.run(family.retained_due)
            for message in due:
                await client.publish(message.topic, message.body, qos=0, retain=True)
            if due:
                await self.thread.run(family.retained_done, due)
        return len(presses) == AT_ONCE or len(states) == AT_ONCE


def _connect() -> aiomqtt.Client:
    context = None
    if settings.TLS_CERT:
        context = ssl.create_default_context(cafile=settings.TLS_CERT)
        context.check_hostname = False  # our own broker, reached by its address on this machine
    host = "127.0.0.1" if settings.MQTT_HOST in ("0.0.0.0", "::") else settings.MQTT_HOST  # noqa: S104
    return aiomqtt.Client(
        host,
        settings.MQTT_PORT,
        username=SERVER_USER,
        password=server_password(),
        identifier=f"liengia-bridge-{uuid.uuid4().hex[:8]}",
        tls_context=context,
        keepalive=20,
    )


async def _clear_retained_presses(client: aiomqtt.Client) -> None:
    """Take away presses that were published as retained: no siren that subscribes later may meet one."""
    await client.subscribe("lg/+/press/+", qos=0)
    with suppress(TimeoutError):
        async with asyncio.timeout(1.0):
            async for message in client.messages:
                if message.retain:
                    await client.publish(message.topic.value, b"", qos=0, retain=True)
    await client.unsubscribe("lg/+/press/+")


def _publish_all_again() -> None:
    """At start every group's state is published anew, whatever the broker still holds."""
    NeighbourGroup.objects.update(state_published_rev=F("state_rev") - 1)
    for family in families.every():
        family.retain_again()


def _due_states() -> list[_State]:
    now = clock.now()
    due = list(NeighbourGroup.objects.filter(state_rev__gt=F("state_published_rev")).order_by("pk")[:AT_ONCE])
    return [
        _State(
            group.pk,
            group.public_id,
            group.state_rev,
            json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode(),
        )
        for group, state in zip(due, services.group_states(due, at=now).values(), strict=True)
    ]


def _states_published(states: list[_State]) -> None:
    rows = [(state.rev, state.key, state.rev) for state in states]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE alarms_neighbourgroup SET state_published_rev = %s WHERE id = %s AND state_published_rev < %s", rows
        )


def _due_presses() -> list[_PhonePress]:
    """Return unpublished presses; one that waited too long is published with its age, so that no siren rings late."""
    now = clock.now()
    due = Press.objects.filter(needs_publishing=True, published_at=None).select_related("group", "device")
    found = []
    for press in due.order_by("pk")[:AT_ONCE]:
        age = max(0.0, (now - press.pressed_at).total_seconds())
        body = {"id": press.press_id, "kind": press.kind, "mode": press.mode, "age_s": round(age, 1)}
        topic = f"lg/{press.group.public_id}/press/{press.device.public_id}"
        found.append(_PhonePress(press.pk, topic, json.dumps(body).encode()))
    return found


def _presses_published(keys: list[int]) -> None:
    Press.objects.filter(pk__in=keys).update(published_at=clock.now())
