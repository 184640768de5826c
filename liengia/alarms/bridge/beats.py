"""Which devices live: beats are kept in memory; the database gets changes at once and a digest a minute.

A device is faulty when it was seen once and has not beaten for 90 s, when its battery is low, or when its mains
are lost; each fault clears by itself. One that was never seen is "chưa lắp", not faulty. After a start nobody is
blamed before 90 s have passed. A credential that is used by two connections at once, twice in a row, was copied.
A device that was moved and is heard under its old group is told again where to go (`services/moves.py`).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import Error as DatabaseError
from nats.aio.client import Client
from nats.aio.msg import Msg

from liengia.alarms import services
from liengia.alarms.bridge.threads import DatabaseThread
from liengia.alarms.broker import BrokerError, ask, system_client
from liengia.alarms.broker_users import system_password
from liengia.alarms.messages import BeatMessage, Rejection, read_beat
from liengia.alarms.models import Device, DeviceCredential, DeviceFault, DeviceKind, FaultKind
from liengia.alarms.services.devices import rejected
from liengia.alarms.services.timeline import number_events
from liengia.alarms.supervision import BEAT_LATE, LOW_BATTERY_MV
from liengia.core import clock

logger = logging.getLogger(__name__)
LOOK_EVERY_S: Final = 1.0
# A device is looked at just before its 90 s are over, so that its fault stands when they are, also on a busy machine:
# a beat is noted a moment after the device spoke, and the fault is written a moment after the look.
LOOK_EARLY: Final = timedelta(milliseconds=500)
REST_LEAST_S: Final = 0.02
DIGEST_EVERY_S: Final = 60.0
ROSTER_EVERY_S: Final = 10.0
COPIES_EVERY_S: Final = 30.0
ORDERS_EVERY_S: Final = 60.0
# A beat under a group that the roster does not know of a device: it was moved just now.
ROSTER_AGAIN_S: Final = 2.0
BATTERY_GOOD_MV: Final = LOW_BATTERY_MV + 100
CHUNK: Final = 200


@dataclass(slots=True)
class _Known:
    """A device as the bridge knows it."""

    key: int
    group: str
    seen_at: datetime | None
    is_new: bool
    faults: set[str] = field(default_factory=set)
    beat: BeatMessage | None = None
    is_dirty: bool = False
    older: frozenset[str] | None = None  # groups that it may still be in, while it is on its way
    heard: tuple[str, datetime] | None = None


class Supervisor:
    """Keeps the roster of devices and turns beats into faults and digests."""

    def __init__(self, client: Client, thread: DatabaseThread) -> None:
        """Use a connected client and a thread for the database."""
        self.client, self.thread = client, thread
        self.roster: dict[str, _Known] = {}
        self.started_at = clock.now()
        self.orders: list[services.Order] = []
        self._strange: dict[str, tuple[BeatMessage, datetime]] = {}
        self._copied: Counter[str] = Counter()

    async def run(self) -> None:
        """Look after devices for ever."""
        await self.client.subscribe("lg.*.beat.*", cb=self._arrived)
        roster_at = digest_at = copies_at = orders_at = 0.0
        while True:
            now = time.monotonic()
            try:
                if now - roster_at >= (ROSTER_AGAIN_S if self._strange else ROSTER_EVERY_S):
                    await self.thread.run(self.read_roster)
                    roster_at = now
                await self.thread.run(self.look, at=clock.now())
                if now - digest_at >= DIGEST_EVERY_S:
                    await self.thread.run(self.write_digest)
                    digest_at = now
                if now - copies_at >= COPIES_EVERY_S:
                    await self._look_at_connections()
                    copies_at = now
                if now - orders_at >= ORDERS_EVERY_S:
                    self.orders += await self.thread.run(services.orders_due, at=clock.now())
                    orders_at = now
                await self._say_orders()
            except DatabaseError:
                logger.exception("devices could not be looked after; it is tried again")
            await asyncio.sleep(await self.thread.run(self.rest_s, at=clock.now()))

    def rest_s(self, *, at: datetime) -> float:
        """Return how long nothing can come due: until a device's 90 s are over, a second at most."""
        dues = (self._late_at(known) for known in self.roster.values() if FaultKind.NO_BEAT.value not in known.faults)
        first = min((due for due in dues if due is not None), default=None)
        rest = LOOK_EVERY_S if first is None else (first - at).total_seconds()
        return min(LOOK_EVERY_S, max(REST_LEAST_S, rest))

    def _late_at(self, known: _Known) -> datetime | None:
        """Return when a device is late unless it beats again; None for one that was never seen."""
        if known.seen_at is None:
            return None
        return max(known.seen_at, self.started_at) + BEAT_LATE - LOOK_EARLY

    async def _arrived(self, message: Msg) -> None:
        try:
            self.take(read_beat(message.subject, message.data), at=clock.now())
        except Rejection as rejection:
            rejected.labels(rejection.reason).inc()

    async def _say_orders(self) -> None:
        orders, self.orders = self.orders, []
        for order in orders:
            await self.client.publish(order.subject, order.body)

    def take(self, beat: BeatMessage, *, at: datetime) -> None:
        """Note a beat in memory; the will (`gone`) is no beat."""
        known = self.roster.get(beat.device)
        if known is None or beat.is_gone:
            return
        if known.group != beat.group and beat.group not in (known.older or ()):
            self._strange[beat.device] = beat, at
            return
        known.seen_at, known.beat, known.is_dirty = at, beat, True
        if known.older is not None:
            known.heard = beat.group, at

    def read_roster(self) -> None:
        """Read which devices there are, and which faults are open."""
        fresh: dict[str, _Known] = {}
        rows = Device.objects.active().exclude(kind=DeviceKind.PHONE).values_list(
            "public_id", "pk", "group__public_id", "last_seen_at", "first_seen_at"
        )
        for public_id, key, group, last_seen_at, first_seen_at in rows.iterator():
            known = self.roster.get(public_id)
            if known is None:
                known = _Known(key, group, last_seen_at, is_new=first_seen_at is None)
            known.group, known.faults, known.older = group, set(), None
            fresh[public_id] = known
        for public_id, kind in DeviceFault.objects.open().values_list("device__public_id", "kind"):
            if public_id in fresh:
                fresh[public_id].faults.add(kind)
        for public_id, groups in services.moving_groups().items():
            if public_id in fresh:
                fresh[public_id].older = frozenset(groups)
        self.roster = fresh
        strange, self._strange = self._strange, {}
        for beat, at in strange.values():
            self.take(beat, at=at)
        self._strange.clear()

    def look(self, *, at: datetime) -> int:
        """Open and clear faults; return how many changed."""
        changes: list[tuple[int, FaultKind, bool, datetime]] = []
        heard: list[services.Heard] = []
        for known in self.roster.values():
            changes += self._changes_of(known, at)
            if known.is_new and known.beat is not None:
                Device.objects.filter(pk=known.key, first_seen_at=None).update(first_seen_at=at, last_seen_at=at)
                known.is_new = False
            if known.heard is not None:
                heard.append(services.Heard(known.key, *known.heard))
                known.heard = None
        if heard:
            self._take_movers(heard)
        if changes:
            self._write(changes, at)
        return len(changes)

    def _take_movers(self, heard: list[services.Heard]) -> None:
        self.orders += services.hear_moving(heard)
        number_events()

    def _changes_of(self, known: _Known, at: datetime) -> list[tuple[int, FaultKind, bool, datetime]]:
        wanted: dict[FaultKind, bool] = {}
        late_at = self._late_at(known)
        if late_at is not None:
            wanted[FaultKind.NO_BEAT] = at >= late_at
            if known.beat is not None and not wanted[FaultKind.NO_BEAT]:
                wanted |= _from_beat(known.beat, known.faults)
        since = known.seen_at or at
        found = []
        for kind, is_wanted in wanted.items():
            # After a start a late device keeps its fault until it beats, although it is not blamed anew.
            if kind == FaultKind.NO_BEAT and not is_wanted and known.beat is None:
                continue
            if is_wanted != (kind.value in known.faults):
                (known.faults.add if is_wanted else known.faults.discard)(kind.value)
                found.append((known.key, kind, is_wanted, since))
        return found

    def _write(self, changes: list[tuple[int, FaultKind, bool, datetime]], at: datetime) -> None:
        keys = {key for key, _kind, _open, _since in changes}
        devices = {d.pk: d for d in Device.objects.filter(pk__in=keys).select_related("group__unit", "household")}
        for key, kind, is_open, since in changes:
            if key not in devices:
                continue
            if is_open:
                services.open_fault(devices[key], kind, at=at, since=since)
            else:
                services.clear_fault(devices[key], kind, at=at)
        number_events()

    def write_digest(self) -> int:
        """Write what beats said since the last digest, in chunks; return how many devices."""
        dirty = [known for known in self.roster.values() if known.is_dirty]
        for start in range(0, len(dirty), CHUNK):
            chunk = dirty[start : start + CHUNK]
            devices = {device.pk: device for device in Device.objects.filter(pk__in=[known.key for known in chunk])}
            for known in chunk:
                known.is_dirty = False
                device = devices.get(known.key)
                if device is not None:
                    _copy(known, device)
            Device.objects.bulk_update(
                devices.values(), ["last_seen_at", "battery_mv", "mains", "rssi_dbm", "firmware"]
            )
        return len(dirty)

    async def _look_at_connections(self) -> None:
        try:
            client = await system_client(settings.NATS_PORT, system_password())
        except BrokerError as error:
            logger.info("connections could not be counted: %s", error)
            return
        try:
            answer = await ask(client, "$SYS.REQ.ACCOUNT.APP.CONNZ", {"auth": True, "limit": 65_536})
        except BrokerError as error:
            logger.info("connections could not be counted: %s", error)
            return
        finally:
            await client.close()
        rows = answer.get("data", answer).get("connections", [])
        names = Counter(row.get("authorized_user", "") for row in rows)
        await self.thread.run(self.judge_copies, names, at=clock.now())
        await self.thread.run(self.judge_movers, names, at=clock.now())

    def judge_movers(self, connections: Counter[str], *, at: datetime) -> None:
        """Tell devices where to go that are connected under a credential of their old group, beating or not."""
        older = services.moving_usernames()
        if heard := [services.Heard(*older[name], at) for name in connections if name in older]:
            self._take_movers(heard)

    def judge_copies(self, connections: Counter[str], *, at: datetime) -> None:
        """Open a fault for a credential that two connections use, seen twice in a row (a reconnection is no copy)."""
        double = {name for name, count in connections.items() if count > 1}
        self._copied = Counter({name: self._copied[name] + 1 for name in double})
        suspects = [name for name, times in self._copied.items() if times >= 2]
        rows = DeviceCredential.objects.filter(username__in=suspects, revoked_at=None)
        copied = {row.device_id for row in rows}
        faulty = DeviceFault.objects.open().filter(kind=FaultKind.CREDENTIAL_COPIED)
        ended = set(faulty.values_list("device_id", flat=True)) - copied
        is_calm = not double
        changes = [(key, FaultKind.CREDENTIAL_COPIED, True, at) for key in copied]
        if is_calm:
            changes += [(key, FaultKind.CREDENTIAL_COPIED, False, at) for key in ended]
        if changes:
            self._write(changes, at)


def _from_beat(beat: BeatMessage, faults: set[str]) -> dict[FaultKind, bool]:
    """Return what a beat says of battery and mains; a field that is absent says nothing."""
    said: dict[FaultKind, bool] = {}
    if beat.battery_mv is not None:
        limit = BATTERY_GOOD_MV if FaultKind.LOW_BATTERY.value in faults else LOW_BATTERY_MV
        said[FaultKind.LOW_BATTERY] = beat.battery_mv < limit
    if beat.mains is not None:
        said[FaultKind.MAINS_LOST] = not beat.mains
    return said


def _copy(known: _Known, device: Device) -> None:
    device.last_seen_at = known.seen_at
    beat = known.beat
    if beat is None:
        return
    device.battery_mv = beat.battery_mv if beat.battery_mv is not None else device.battery_mv
    device.mains = beat.mains if beat.mains is not None else device.mains
    device.rssi_dbm = beat.rssi_dbm if beat.rssi_dbm is not None else device.rssi_dbm
    device.firmware = beat.firmware or device.firmware
