"""A device moves to another group with nothing flashed anew, however long it is switched off meanwhile (ADR 0008).

1. `move_device` makes a credential for the new group, keeps its password sealed, and supersedes the older ones,
   which live on. Back in a group where a credential still lives, that one is good again.
2. A beat's group tells which credential the device uses, since it has at most one live one in a group.
3. Heard under a superseded one: the order is said again, there and then, and every minute to all who are due. From
   the first time on that one lives 7 days; a device that was switched off all the time loses none of them.
4. Heard under the one that stays: the superseded ones die and the sealed password is erased. One whose order was
   said within the last minute waits that long, since the order may still be on its way.
5. A device that was told and does not come, or is not heard of at all, is a fault (`not_moved`) with one act that
   mends it: `reissue_move` lets it in again under the older credentials and says the order anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from liengia.alarms.models import Device, DeviceCredential, DeviceFault, FaultKind, NeighbourGroup
from liengia.alarms.services.devices import (
    change_broker_users,
    clear_fault,
    mint,
    open_fault,
    refuse_revoked,
    refuse_where_off,
)
from liengia.alarms.services.states import change_states
from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from liengia.core.errors import Refused
from liengia.people.models import Household

OLD_CREDENTIAL_LIVES: Final = timedelta(days=7)
ON_ITS_WAY: Final = timedelta(seconds=60)
TOLD_IN_VAIN: Final = timedelta(minutes=15)
NOT_HEARD_OF: Final = timedelta(days=1)
_LIVE: Final = Q(revoked_at=None)
# Its seven days were over before the device came; it can live again. (A finished move forgets `retires_at`.)
_RETIRED: Final = Q(revoked_at__gte=F("retires_at"))


@dataclass(frozen=True, slots=True)
class Heard:
    """A device was heard (a beat, or a connection) under a group's topics."""

    device: int
    group: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """An order to move as it goes onto the bus."""

    subject: str
    body: bytes


@transaction.atomic
def move_device(
    device: Device, *, group: NeighbourGroup, household: Household | None = None, actor: Actor
) -> list[Order]:
    """Move a device to another group without re-flashing; returns the orders that tell it so, which are sent.

    Raises:
        Refused: it was revoked, is in that group already, or that group's commune keeps its alarms off.
    """
    refuse_revoked(device)
    refuse_where_off(group)
    if device.group_id == group.pk:
        raise Refused(_("The device is in this group already."), code="same_group")
    now, old = clock.now(), device.group
    _lock([device.pk])
    device.credentials.filter(_LIVE, superseded_at=None).update(superseded_at=now, retires_at=None)
    if not _use_again(device, group):
        mint(device, group, at=now, is_sealed=True)
    device.group, device.household = group, household
    device.save(update_fields=["group", "household"])
    orders = _orders([device.pk], at=now)
    for order in orders:
        _say(order)
    change_states([old, group])
    audit.record(
        "alarms.device_moved",
        actor=actor,
        about=device,
        at=now,
        unit=group.unit,
        facts={"from": old.public_id, "to": group.public_id},
    )
    return orders


@transaction.atomic
def reissue_move(device: Device, *, actor: Actor) -> int:
    """Let a device that did not come to its new group in again under its older credentials, and say the order anew.

    Their 7 days begin again when it is heard. Returns how many older credentials live now.

    Raises:
        Refused: it was revoked, or it is not on its way to another group.
    """
    refuse_revoked(device)
    now = clock.now()
    _lock([device.pk])
    stays = device.credentials.filter(_LIVE, superseded_at=None).first()
    if stays is None or not (stays.sealed or device.credentials.filter(_LIVE, superseded_at__isnull=False).exists()):
        raise Refused(_("The device has come to its group. There is nothing to say again."), code="not_moving")
    live = set(device.credentials.filter(_LIVE).values_list("group_id", flat=True))
    for retired in device.credentials.filter(_RETIRED).order_by("-revoked_at"):
        if retired.group_id not in live:
            live.add(retired.group_id)
            retired.revoked_at = None
            retired.save(update_fields=["revoked_at"])
    older = device.credentials.filter(_LIVE, superseded_at__isnull=False)
    count = older.update(retires_at=None, superseded_at=now)
    change_broker_users()
    clear_fault(device, FaultKind.NOT_MOVED, at=now)
    for order in _orders([device.pk], at=now):
        _say(order)
    audit.record(
        "alarms.device_move_reissued",
        actor=actor,
        about=device,
        at=now,
        unit=device.group.unit,
        facts={"to": device.group.public_id, "older": count},
    )
    return count


@transaction.atomic
def hear_moving(heard: Sequence[Heard]) -> list[Order]:
    """Take what was heard of devices on their way; returns the orders that are to be said to them now."""
    heard = list({one.device: one for one in sorted(heard, key=lambda one: one.at)}.values())
    keys = [one.device for one in heard]
    devices = _lock(keys)
    live: dict[int, list[DeviceCredential]] = {key: [] for key in keys}
    for credential in DeviceCredential.objects.filter(_LIVE, device__in=keys).select_related("group"):
        live[credential.device_id].append(credential)
    due: list[int] = []
    arrived: list[Heard] = []
    for one in heard:
        used = next((c for c in live[one.device] if c.group.public_id == one.group), None)
        device = devices.get(one.device)
        if used is None or device is None:
            continue
        if used.superseded_at is None:
            arrived.append(one)
        elif one.at >= used.superseded_at:
            if used.retires_at is None:
                used.retires_at = one.at + OLD_CREDENTIAL_LIVES
                used.save(update_fields=["retires_at"])
            _make_sure_that_it_can_be_told(device, live[one.device], at=one.at)
            due.append(one.device)
    for one in arrived:
        _finish(devices[one.device], live[one.device], at=one.at)
    return _orders(due, at=max((one.at for one in heard), default=clock.now()))


def orders_due(*, at: datetime) -> list[Order]:
    """Return the orders of all devices that have not come yet, to be said again now and then."""
    waiting = DeviceCredential.objects.filter(_LIVE, superseded_at=None, device__revoked_at=None).exclude(sealed="")
    with transaction.atomic():
        return _orders(list(waiting.values_list("device", flat=True)), at=at)


def moving_groups() -> dict[str, set[str]]:
    """Return, by device, the groups under whose topics a device on its way may still be heard."""
    found: dict[str, set[str]] = {}
    rows = DeviceCredential.objects.filter(_LIVE, superseded_at__isnull=False, device__revoked_at=None)
    for device, group in rows.values_list("device__public_id", "group__public_id"):
        found.setdefault(device, set()).add(group)
    for device in _awaited().values_list("public_id", flat=True):
        found.setdefault(device, set())
    return found


def moving_usernames() -> dict[str, tuple[int, str]]:
    """Return the superseded names at the broker, with the device and group that each stands for."""
    rows = DeviceCredential.objects.filter(_LIVE, superseded_at__isnull=False, device__revoked_at=None)
    return {name: (device, group) for name, device, group in rows.values_list("username", "device", "group__public_id")}


def retire_credentials(*, at: datetime | None = None) -> int:
    """Revoke older credentials whose seven days are over; return how many."""
    moment = at or clock.now()
    with transaction.atomic():
        gone = DeviceCredential.objects.filter(_LIVE, superseded_at__isnull=False, retires_at__lte=moment).update(
            revoked_at=moment
        )
        if gone:
            change_broker_users()
    return gone


def unfinished_moves(*, at: datetime | None = None) -> QuerySet[Device]:
    """Return the devices that should have come to their new group: told in vain, not heard of, or cut off since."""
    moment = at or clock.now()
    older = DeviceCredential.objects.filter(device=OuterRef("pk"), superseded_at__isnull=False)
    late = older.filter(_LIVE).filter(
        Q(retires_at__lte=moment + OLD_CREDENTIAL_LIVES - TOLD_IN_VAIN) | Q(superseded_at__lte=moment - NOT_HEARD_OF)
    )
    cut_off = Q(Exists(older.filter(_RETIRED))) & Q(pk__in=_awaited().values("pk"))
    return Device.objects.active().exclude(first_seen_at=None).filter(Q(Exists(late)) | cut_off)


def note_unfinished_moves(*, at: datetime | None = None, most: int = 200) -> int:
    """Open a fault for each device that should have come to its new group; return how many are new."""
    moment = at or clock.now()
    known = DeviceFault.objects.open().filter(kind=FaultKind.NOT_MOVED)
    late = unfinished_moves(at=moment).exclude(pk__in=known.values("device"))
    return sum(
        open_fault(device, FaultKind.NOT_MOVED, at=moment)
        for device in late.select_related("group__unit", "household")[:most]
    )


def _awaited() -> QuerySet[Device]:
    """Return the devices that were told of a credential with which they have not been heard yet."""
    unheard = DeviceCredential.objects.filter(_LIVE, device=OuterRef("pk"), superseded_at=None).exclude(sealed="")
    return Device.objects.active().filter(Exists(unheard))


def _use_again(device: Device, group: NeighbourGroup) -> bool:
    """Let the device's own credential of a group stay, where it lives, or was retired before the device came."""
    again = device.credentials.filter(_LIVE, group=group).first()
    again = again or device.credentials.filter(_RETIRED, group=group).order_by("-revoked_at").first()
    if again is None:
        return False
    if again.revoked_at is not None:
        change_broker_users()
    again.superseded_at = again.retires_at = again.revoked_at = None
    again.save(update_fields=["superseded_at", "retires_at", "revoked_at"])
    return True


def _lock(keys: Iterable[int]) -> dict[int, Device]:
    rows = Device.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=set(keys)).order_by("pk")
    return {device.pk: device for device in rows.select_related("group__unit", "household")}


def _make_sure_that_it_can_be_told(device: Device, live: list[DeviceCredential], *, at: datetime) -> None:
    """Make another credential where the one that stays is the device's first, whose password nobody knows any more.

    The device was heard under another group, so it no longer holds that one.
    """
    stays = next((c for c in live if c.superseded_at is None), None)
    if stays is not None and not stays.sealed:
        stays.revoked_at = at
        stays.save(update_fields=["revoked_at"])
        mint(device, device.group, at=at, is_sealed=True)


def _finish(device: Device, live: list[DeviceCredential], *, at: datetime) -> None:
    """The device uses the credential that stays: the others die, but for one that may be on its way to it."""
    over = [
        c
        for c in live
        if c.superseded_at is not None and at >= c.superseded_at and (c.told_at is None or at >= c.told_at + ON_ITS_WAY)
    ]
    gone = DeviceCredential.objects.filter(pk__in=[c.pk for c in over]).update(revoked_at=at, sealed="")
    DeviceCredential.objects.filter(_LIVE, device=device, superseded_at=None).exclude(sealed="").update(sealed="")
    device.credentials.filter(_RETIRED).update(retires_at=None, sealed="")
    if gone:
        change_broker_users()
    if len(over) == sum(c.superseded_at is not None for c in live):
        clear_fault(device, FaultKind.NOT_MOVED, at=at)


def _orders(devices: Sequence[int], *, at: datetime) -> list[Order]:
    """Return the orders for devices, one under each older group, and note that they are said."""
    stays = DeviceCredential.objects.filter(_LIVE, device__in=devices, superseded_at=None).exclude(sealed="")
    found: list[Order] = []
    for credential in stays.select_related("group", "device"):
        older = DeviceCredential.objects.filter(_LIVE, device=credential.device_id, superseded_at__isnull=False)
        order = {
            "do": "move",
            "group": credential.group.public_id,
            "username": credential.username,
            "password": credential.sealed,
        }
        body = json.dumps(order, separators=(",", ":")).encode()
        groups = list(older.values_list("group__public_id", flat=True))
        found += [Order(f"lg.{group}.to.{credential.device.public_id}", body) for group in groups]
        if groups:
            DeviceCredential.objects.filter(pk=credential.pk).update(told_at=at)
    return found


def _say(order: Order) -> None:
    transaction.on_commit(lambda: get_bus().publish(order.subject, order.body))
