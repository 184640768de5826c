"""Devices: minted, renewed, revoked, set apart; their faults. Moves are in `moves.py`."""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import bcrypt
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from liengia.alarms.messages import PAYLOAD_MOST
from liengia.alarms.models import (
    BrokerUsers,
    Device,
    DeviceApart,
    DeviceCredential,
    DeviceFault,
    DeviceKind,
    EventKind,
    FaultKind,
    Incident,
    NeighbourGroup,
    RejectedMessage,
)
from liengia.alarms.services.states import change_states
from liengia.alarms.services.timeline import EVENTS, add_event, build_event
from liengia.audit import services as audit
from liengia.core import clock, rooms
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from liengia.core.errors import Invalid, Refused
from liengia.core.metrics import Counter
from liengia.people.models import Household

BROKER_USERS: Final = "broker.users"
APART_MOST: Final = timedelta(hours=24)
REJECTED_KEPT: Final = 1000
# The password has 166 bits, so the lowest cost is enough, and thousands of devices can reconnect at once (ADR 0004).
_COST: Final = 4
_ALPHABET: Final = string.ascii_letters + string.digits
_BRIDGE: Final = Actor.system("bridge")

rejected = Counter("liengia_messages_rejected_total", "Messages of devices that could not be used.", ["reason"])


@dataclass(frozen=True, slots=True)
class Provisioned:
    """A device with its password, which is shown once and kept nowhere."""

    device: Device
    username: str
    password: str


@transaction.atomic
def provision_device(
    group: NeighbourGroup, *, household: Household | None = None, kind: str, place: str = "", actor: Actor
) -> Provisioned:
    """Mint a device and its credential; the broker knows it within seconds.

    Raises:
        Invalid: an unknown kind, or a household of another group.
        Refused: the commune keeps its alarms off.
    """
    refuse_where_off(group)
    if kind not in DeviceKind.values or kind == DeviceKind.PHONE:
        raise Invalid(_("A device is a button, a siren, or both."), code="kind")
    if household is not None and not group.places.filter(household=household, left_on=None).exists():
        raise Invalid(_("This household is not in the group. Add it to the group first."), code="household")
    now = clock.now()
    device = Device.objects.create(group=group, household=household, kind=kind, place=place, provisioned_at=now)
    minted = mint(device, group, at=now)
    audit.record(
        "alarms.device_provisioned",
        actor=actor,
        about=device,
        at=now,
        unit=group.unit,
        facts={"kind": kind, "group": group.public_id},
    )
    return minted


@transaction.atomic
def renew_credential(device: Device, *, actor: Actor) -> Provisioned:
    """Give a device a new password at once (it was lost or copied); the old one is cut off.

    Raises:
        Refused: the device was revoked.
    """
    refuse_revoked(device)
    now = clock.now()
    device.credentials.filter(revoked_at=None).update(revoked_at=now)
    device.credentials.update(sealed="", retires_at=None)
    minted = mint(device, device.group, at=now)
    for fault in (FaultKind.CREDENTIAL_COPIED, FaultKind.NOT_MOVED):
        clear_fault(device, fault, at=now)
    audit.record(
        "alarms.device_provisioned",
        actor=actor,
        about=device,
        at=now,
        unit=device.group.unit,
        facts={"kind": device.kind, "group": device.group.public_id, "renewed": True},
    )
    return minted


@transaction.atomic
def revoke_device(device: Device, *, actor: Actor) -> None:
    """Cut a device off for good, within 10 s, without cutting anybody else.

    Raises:
        Refused: it was revoked already.
    """
    refuse_revoked(device)
    now = clock.now()
    device.revoked_at = now
    device.save(update_fields=["revoked_at"])
    device.credentials.filter(revoked_at=None).update(revoked_at=now)
    device.credentials.update(sealed="", retires_at=None)
    device.faults.filter(cleared_at=None).update(cleared_at=now)
    device.aparts.filter(returned_at=None).update(returned_at=now)
    change_broker_users()
    change_states([device.group])
    audit.record("alarms.device_revoked", actor=actor, about=device, at=now, unit=device.group.unit)


@transaction.atomic
def set_device_apart(device: Device, *, minutes: int, reason: str = "", actor: Actor) -> DeviceApart:
    """Set a device apart for some minutes: it rings nothing and returns by itself; the group is told.

    Raises:
        Invalid: not between 1 minute and 24 hours.
        Refused: it was revoked.
    """
    refuse_revoked(device)
    span = timedelta(minutes=minutes)
    if not timedelta(minutes=1) <= span <= APART_MOST:
        raise Invalid(_("A device can be set apart for 1 minute to 24 hours."), code="minutes")
    now = clock.now()
    device.aparts.filter(returned_at=None).update(returned_at=now)
    apart = DeviceApart.objects.create(
        device=device, since=now, until=now + span, set_by_id=actor.user_id, reason=reason[:200]
    )
    change_states([device.group])
    _tell_group(device, EventKind.APART, at=now, actor=actor, data={"minutes": minutes, "reason": reason[:200]})
    audit.record(
        "alarms.device_set_apart",
        actor=actor,
        about=device,
        at=now,
        unit=device.group.unit,
        facts={"minutes": minutes},
    )
    return apart


@transaction.atomic
def return_device(device: Device, *, actor: Actor) -> None:
    """Let a device that was set apart ring again.

    Raises:
        Refused: it was not apart.
    """
    now = clock.now()
    if not device.aparts.filter(returned_at=None).update(returned_at=now):
        raise Refused(_("The device was not set apart."), code="not_apart")
    change_states([device.group])
    _tell_group(device, EventKind.RETURNED, at=now, actor=actor)
    audit.record("alarms.device_returned", actor=actor, about=device, at=now, unit=device.group.unit)


def return_due_devices(*, at: datetime | None = None) -> int:
    """Let devices ring again whose time apart is over; return how many."""
    moment = at or clock.now()
    due = DeviceApart.objects.filter(returned_at=None, until__lte=moment).select_related("device__group__unit")
    done = 0
    for apart in due[:100]:
        with transaction.atomic():
            if not DeviceApart.objects.filter(pk=apart.pk, returned_at=None).update(returned_at=moment):
                continue
            change_states([apart.device.group])
            _tell_group(apart.device, EventKind.RETURNED, at=moment, actor=Actor.system("worker"))
            done += 1
    return done


# Faults


def open_fault(
    device: Device,
    kind: FaultKind,
    *,
    at: datetime,
    since: datetime | None = None,
    detail: dict[str, object] | None = None,
    tells: bool = True,
) -> bool:
    """Note a fault unless it is open already; True when it is new. Without `tells` it writes no line."""
    with transaction.atomic():
        _fault, is_new = DeviceFault.objects.get_or_create(
            device=device, kind=kind, cleared_at=None, defaults={"since": since or at, "detail": detail or {}}
        )
        if is_new and tells:
            _tell_group(device, EventKind.FAULT, at=at, actor=_BRIDGE, data={"fault": kind.value})
    return is_new


def clear_fault(device: Device, kind: FaultKind, *, at: datetime) -> bool:
    """End an open fault; True when there was one."""
    with transaction.atomic():
        was_open = DeviceFault.objects.filter(device=device, kind=kind, cleared_at=None).update(cleared_at=at)
        if was_open:
            _tell_group(device, EventKind.FAULT_CLEARED, at=at, actor=_BRIDGE, data={"fault": kind.value})
    return bool(was_open)


@transaction.atomic
def keep_rejected(messages: Sequence[tuple[str, bytes, str]], *, at: datetime) -> None:
    """Keep messages that cannot be used (subject, payload, reason) for the operator; the newest thousand stay.

    A flood of garbage is one transaction a batch, so that it holds up no press behind it.
    """
    RejectedMessage.objects.bulk_create(
        RejectedMessage(
            at=at,
            subject="".join(c if c.isprintable() else "?" for c in subject)[:200],
            reason=reason,
            payload=payload[:PAYLOAD_MOST],
            size=len(payload),
        )
        for subject, payload, reason in messages
    )
    if RejectedMessage.objects.count() > REJECTED_KEPT + 100:
        oldest = RejectedMessage.objects.order_by("-pk").values_list("pk", flat=True)[REJECTED_KEPT]
        RejectedMessage.objects.filter(pk__lte=oldest).delete()


def tell_device(device: Device, order: dict[str, object]) -> None:
    """Send an order to one device, after commit, through the bus (`lg/{group}/to/{device}`).

    One that may not have come to its new group yet is told under its older groups' topics too.
    """
    live = device.credentials.filter(revoked_at=None).values_list("group__public_id", flat=True)
    body = json.dumps(order, separators=(",", ":")).encode()
    for group in {device.group.public_id, *live}:
        transaction.on_commit(partial(get_bus().publish, f"lg.{group}.to.{device.public_id}", body))


def mint(device: Device, group: NeighbourGroup, *, at: datetime, is_sealed: bool = False) -> Provisioned:
    """Make a credential in the caller's transaction; `is_sealed` keeps its password until it was heard in use."""
    serial = device.credentials.count()
    username = device.public_id if serial == 0 else f"{device.public_id}.{serial}"
    password = "".join(secrets.choice(_ALPHABET) for _ in range(28))
    DeviceCredential.objects.create(
        device=device,
        group=group,
        username=username,
        password_hash=bcrypt.hashpw(password.encode(), bcrypt.gensalt(_COST, prefix=b"2a")).decode(),
        made_at=at,
        sealed=password if is_sealed else "",
    )
    change_broker_users()
    return Provisioned(device, username, password)


def change_broker_users() -> None:
    """Say, in the caller's transaction, that the broker is to know other users."""
    BrokerUsers.objects.get_or_create(pk=1)
    BrokerUsers.objects.filter(pk=1).update(wanted_rev=F("wanted_rev") + 1)
    get_bus().poke(BROKER_USERS)


def _tell_group(
    device: Device, kind: EventKind, *, at: datetime, actor: Actor, data: dict[str, object] | None = None
) -> None:
    """Write the line into each open incident of the group, or into the group's own order when there is none."""
    incidents = list(Incident.objects.open().filter(group=device.group).select_related("group__unit"))
    for incident in incidents:
        add_event(incident, kind, at=at, actor=actor, household=device.household, device=device, data=data)
    if all(incident.is_silent for incident in incidents):
        # The group sees nothing of a silent incident's timeline, so it is told in its own order.
        build_event(
            kind, group=device.group, at=at, actor=actor, household=device.household, device=device, data=data
        ).save(force_insert=True)
        get_bus().poke(EVENTS)


def refuse_revoked(device: Device) -> None:
    """Refuse to touch a device that was cut off for good.

    Raises:
        Refused: it was revoked.
    """
    if device.revoked_at is not None:
        raise Refused(_("The device was revoked. Provision a new one."), code="revoked")


def refuse_where_off(group: NeighbourGroup) -> None:
    """Refuse a device where the alarms room is off: it would ring, and nobody would see its alarm.

    Raises:
        Refused: the installation, or the group's commune, keeps the room off.
    """
    if not rooms.is_on("alarms", group.unit):
        raise Refused(_("The alarms are switched off in this commune. Switch them on first."), code="room_off")
