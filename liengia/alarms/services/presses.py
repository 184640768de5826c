"""Presses become incidents: one way for buttons, read from the broker's log, and for phones.

`record_presses` takes a batch in one transaction:

1. Find the devices; a press of an unknown, revoked or foreign one is refused by reason.
2. Leave out what is recorded already (a redelivery, a replay): it changes nothing.
3. Lock the groups, in order of their keys, so that two presses at one instant have one outcome. Of presses without an
   id, which count once a minute, one that was made after the minute's first had ended, been quieted or rung nobody is
   another push of the finger, and counts.
4. A stale press, or one of a device set apart, is recorded and shown, and rings nothing. A silent call for help, which
   rings nothing anyway, opens or joins its incident all the same: its line says how late it came.
5. A real press ends an open drill or test of its group, and says why.
6. Others join the open incident of their group, kind and mode (ringing again, with the plan begun anew, if it was
   quieted), or open one: its sirens are written down, its plan is frozen.
7. Everything is written, the timeline's new lines with their positions; after commit the live pages, the states and
   the steps are poked.

Only a batch that has committed is acknowledged to the broker.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from liengia.alarms.messages import PressMessage, is_press_id
from liengia.alarms.models import (
    Device,
    DeviceCredential,
    DeviceKind,
    GroupHousehold,
    Kind,
    Mode,
    NeighbourGroup,
    Press,
)
from liengia.alarms.services.press_batch import Batch, Outcome, Sender
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound
from liengia.core.fields import public_id
from liengia.core.geo import Point
from liengia.people.models import Household, User


def record_presses(messages: Sequence[PressMessage]) -> Outcome:
    """Record a batch of presses from the broker in one transaction (algorithm above).

    Raises:
        IntegrityError: another process opened the same incident at the same instant (PostgreSQL); nothing of the
            batch was kept, and the caller tries again, press by press.
    """
    outcome = Outcome()
    with transaction.atomic():
        senders = _find_senders(messages, outcome)
        Batch(outcome).run([(messages[place], sender) for place, sender in senders.items()])
    return outcome


def record_press_alone(message: PressMessage) -> Outcome:
    """Record one press of a batch that failed; a race with another process is tried three times."""
    for _attempt in range(2):
        try:
            return record_presses([message])
        except IntegrityError:
            continue
    return record_presses([message])


def raise_from_phone(
    household: Household,
    *,
    user: User,
    kind: str,
    mode: str = Mode.REAL,
    is_silent: bool = False,
    press_id: str,
    point: Point | None = None,
    actor: Actor,
) -> Press:
    """Record a press of a resident's phone; the bridge then publishes it on the group's topic.

    The same `press_id` again returns the first press and changes nothing, so that a page may retry.

    Raises:
        NotFound: the household is in no group.
        Invalid: unknown kind or mode, a silent press that is not `help`, or an id that cannot be one.
    """
    if kind not in Kind.values or mode not in Mode.values or (is_silent and kind != Kind.HELP):
        raise Invalid(_("This kind of alarm is not known. Choose one of the four pictures."), kind=kind)
    if not is_press_id(press_id):
        raise Invalid(_("The page sent something unreadable. Press again, or telephone."), code="press_id")
    place = GroupHousehold.objects.active().filter(household=household).select_related("group__unit").first()
    if place is None:
        raise NotFound(_("This household is in no neighbour group yet."))
    now = clock.now()
    device = phone_of(user, household=household, group=place.group, at=now)
    message = PressMessage(
        press_id=press_id,
        group=place.group.public_id,
        device=device.public_id,
        kind=kind,
        mode=mode,
        is_silent=is_silent,
        age_s=0.0,
        waited_s=0.0,
        claimed_at="",
        received_at=now,
    )
    sender = Sender(
        device.pk, device.public_id, device.kind, household.pk, place.group.pk, user, point, needs_publishing=not is_silent
    )
    for attempt in (1, 2, 3):
        outcome = Outcome()
        try:
            with transaction.atomic():
                Batch(outcome).run([(message, sender)])
            break
        except IntegrityError:
            if attempt == 3:
                raise
    return Press.objects.select_related("incident", "group").get(device=device, press_id=message.press_id)


def phone_of(user: User, *, household: Household, group: NeighbourGroup, at: datetime) -> Device:
    """Return the device row of a user's phones in a group, made at the first press; its id begins with `p`."""
    device, _made = Device.objects.select_related("group__unit", "household").get_or_create(
        group=group,
        user=user,
        kind=DeviceKind.PHONE,
        defaults={"public_id": f"p{public_id()[1:]}", "household": household, "provisioned_at": at, "first_seen_at": at},
    )
    if device.household_id != household.pk:
        device.household = household
        device.save(update_fields=["household"])
    return device


def _find_senders(messages: Sequence[PressMessage], outcome: Outcome) -> dict[int, Sender]:
    """Match messages with devices; what cannot be matched is refused by reason."""
    rows = Device.objects.filter(public_id__in={message.device for message in messages}).values_list(
        "public_id", "pk", "kind", "household_id", "revoked_at", "group_id", "group__public_id", "group__merged_into_id",
        named=True,
    )  # fmt: skip
    devices = {row.public_id: row for row in rows}
    foreign = {
        device.pk for m in messages if (device := devices.get(m.device)) and device.group__public_id != m.group
    }
    old_topics = _old_topics(foreign) if foreign else {}
    found: dict[int, Sender] = {}
    for place, message in enumerate(messages):
        device = devices.get(message.device)
        if device is None:
            outcome.refused[place] = "unknown_device"
            continue
        if device.revoked_at is not None and device.revoked_at < message.stored_at:
            outcome.refused[place] = "revoked_device"
            continue
        is_told = False
        if device.group__public_id != message.group:
            old = old_topics.get((device.pk, message.group))
            if old is None:
                outcome.refused[place] = "other_group"
                continue
            # A device that has not moved yet presses under its old group: its new group rings too.
            # A silent call is never published under a group's topics.
            is_told = old != device.group_id and not message.is_silent
        group = device.group__merged_into_id or device.group_id
        found[place] = Sender(
            device.pk, device.public_id, device.kind, device.household_id, group, needs_publishing=is_told
        )
    return found


def _old_topics(devices: set[int]) -> dict[tuple[int, str], int]:
    """Return the groups under whose topics these devices may press, by device and the group's public id."""
    held = DeviceCredential.objects.filter(device__in=devices)
    return {(device, topic): group for device, topic, group in held.values_list("device_id", "group__public_id", "group_id")}


