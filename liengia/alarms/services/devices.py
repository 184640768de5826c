"""Devices: minted, moved, revoked, set apart; and what their beats say."""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from liengia.core.errors import Invalid, Refused
from liengia.core.metrics import Counter
from liengia.people.models import Household

BROKER_USERS: Final = "broker.users"
APART_MOST: Final = timedelta(hours=24)
OLD_CREDENTIAL_LIVES: Final = timedelta(days=7)
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
    """
    if kind not in DeviceKind.values or kind == DeviceKind.PHONE:
        raise Invalid(_("A device is a button, a siren, or both."), code="kind")
    if household is not None and not group.places.filter(household=household, left_on=None).exists():
        raise Invalid(_("This household is not in the group. Add it to the group first."), code="household")
    now = clock.now()
    device = Device.objects.create(group=group, household=household, kind=kind, place=place, provisioned_at=now)
    minted = _mint(device, group, at=now)
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
    _refuse_revoked(device)
    now = clock.now()
    device.credentials.filter(revoked_at=None).update(revoked_at=now)
    minted = _mint(device, device.group, at=now)
    clear_fault(device, FaultKind.CREDENTIAL_COPIED, at=now)
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
    _refuse_revoked(device)
    now = clock.now()
    device.revoked_at = now
    device.save(update_fields=["revoked_at"])
    device.credentials.filter(revoked_at=None).update(revoked_at=now)
    device.faults.filter(cleared_at=None).update(cleared_at=now)
    device.aparts.filter(returned_at=None).update(returned_at=now)
    _change_broker_users()
    change_states([device.group])
    audit.record("alarms.device_revoked", actor=actor, about=device, at=now, unit=device.group.unit)


@transaction.atomic
def move_device(
    device: Device, *, group: NeighbourGroup, household: Household | None = None, actor: Actor
) -> dict[str, object]:
    """Move a device to another group without re-flashing and return the message that tells it so.

    It gets a credential for the new group; the old one dies at its first beat there, or after 7 days.

    Raises:
        Refused: it was revoked, or is in that group already.
    """
    _refuse_revoked(device)
    if device.group_id == group.pk:
        raise Refused(_("The device is in this group already."), code="same_group")
    now, old = clock.now(), device.group
    device.credentials.filter(revoked_at=None).update(retires_at=now + OLD_CREDENTIAL_LIVES)
    minted = _mint(device, group, at=now)
    device.group, device.household = group, household
    device.save(update_fields=["group", "household"])
    order: dict[str, object] = {
        "do": "move",
        "group": group.public_id,
        "username": minted.username,
        "password": minted.password,
    }
    tell_device(device, order, group=old)
    change_states([old, group])
    audit.record(
        "alarms.device_moved",
        actor=actor,
        about=device,
        at=now,
        unit=group.unit,
        facts={"from": old.public_id, "to": group.public_id},
    )
    return order


@transaction.atomic
def set_device_apart(device: Device, *, minutes: int, reason: str = "", actor: Actor) -> DeviceApart:
    """Set a device apart for some minutes: it rings nothing and returns by itself; the group is told.

    Raises:
        Invalid: not between 1 minute and 24 hours.
        Refused: it was revoked.
    """
    _refuse_revoked(device)
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


def retire_credentials(*, at: datetime | None = None) -> int:
    """Revoke old credentials of moved devices whose time has passed; return how many."""
    moment = at or clock.now()
    with transaction.atomic():
        gone = DeviceCredential.objects.filter(revoked_at=None, retires_at__lte=moment).update(revoked_at=moment)
        if gone:
            _change_broker_users()
    return gone


@transaction.atomic
def finish_moves(devices: Sequence[Device], *, at: datetime) -> int:
    """Revoke the old credentials of devices that have beaten in their new group; return how many."""
    gone = DeviceCredential.objects.filter(
        device__in=devices, revoked_at=None, retires_at__isnull=False
    ).update(revoked_at=at)
    if gone:
        _change_broker_users()
    return gone


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


def tell_device(device: Device, order: dict[str, object], *, group: NeighbourGroup | None = None) -> None:
    """Send an order to one device, after commit, through the bus (`lg/{group}/to/{device}`)."""
    subject = f"lg.{(group or device.group).public_id}.to.{device.public_id}"
    body = json.dumps(order, separators=(",", ":")).encode()
    transaction.on_commit(lambda: get_bus().publish(subject, body))


def _mint(device: Device, group: NeighbourGroup, *, at: datetime) -> Provisioned:
    serial = device.credentials.count()
    username = device.public_id if serial == 0 else f"{device.public_id}.{serial}"
    password = "".join(secrets.choice(_ALPHABET) for _ in range(28))
    DeviceCredential.objects.create(
        device=device,
        group=group,
        username=username,
        password_hash=bcrypt.hashpw(password.encode(), bcrypt.gensalt(_COST, prefix=b"2a")).decode(),
        made_at=at,
    )
    _change_broker_users()
    return Provisioned(device, username, password)


def _change_broker_users() -> None:
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


def _refuse_revoked(device: Device) -> None:
    if device.revoked_at is not None:
        raise Refused(_("The device was revoked. Provision a new one."), code="revoked")
