"""Sirens' own word that they sound, taken in batches; and the end of sirens that have rung long enough."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from liengia.alarms.messages import RangMessage
from liengia.alarms.models import (
    BellTest,
    Device,
    DeviceFault,
    EventKind,
    FaultKind,
    Incident,
    IncidentState,
    Mode,
    Press,
    Sounding,
)
from liengia.alarms.services.devices import clear_fault, open_fault
from liengia.alarms.services.scores import close_drill_of
from liengia.alarms.services.states import change_state_of, change_states, lock_incident, lock_incidents
from liengia.alarms.services.timeline import add_event
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.db import bulk
from liengia.core.worker import Apart

UNCONFIRMED_AFTER: Final = timedelta(seconds=5)
CHECKED_AT_ONCE: Final = 20
CHECK_WORK_S: Final = 0.025
_WORKER: Final = Actor.system("worker")
logger = logging.getLogger(__name__)
_apart = Apart()


@transaction.atomic
def record_soundings(messages: Sequence[RangMessage], *, at: datetime) -> int:
    """Record who sounds, for the incidents of their groups that sound now; return how many were new.

    A siren names the press it rings for, or the device; where that is not known (yet), its word counts for every
    sounding incident of its group. One line of the timeline stands for all the sirens of a batch.
    """
    devices = {
        d.public_id: d
        for d in Device.objects.active().filter(public_id__in={m.device for m in messages}).select_related("group")
    }
    Device.objects.filter(pk__in=[d.pk for d in devices.values()]).update(last_sounded_at=at)
    groups = {d.group_id for d in devices.values()}
    by_group: dict[int, list[Incident]] = defaultdict(list)
    for incident in Incident.objects.open().filter(group__in=groups, is_silent=False).select_related("group__unit"):
        by_group[incident.group_id].append(incident)
    by_press = {
        (press.group_id, press.press_id): press.incident_id
        for press in Press.objects.filter(group__in=groups, press_id__in={m.press_id for m in messages if m.press_id})
    }
    wanted: dict[tuple[int, int], tuple[Incident, Device]] = {}
    heard_at: dict[tuple[int, int], datetime] = {}
    for message in messages:
        device = devices.get(message.device)
        if device is None:
            continue
        named = by_press.get((device.group_id, message.press_id))
        chosen = [i for i in by_group[device.group_id] if i.pk == named] or [
            i for i in by_group[device.group_id] if i.is_sounding
        ]
        for incident in chosen:
            wanted[incident.pk, device.pk] = (incident, device)
            heard_at.setdefault((incident.pk, device.pk), max(message.received_at, incident.opened_at))
    _finish_bell_tests(devices, at=at)
    silent = DeviceFault.objects.open().filter(kind=FaultKind.DID_NOT_SOUND, device__in=[d.pk for d in devices.values()])
    for fault in silent.select_related("device__group__unit", "device__household"):
        clear_fault(fault.device, FaultKind.DID_NOT_SOUND, at=at)
    known = set(
        Sounding.objects.filter(
            incident__in={key[0] for key in wanted}, device__in={key[1] for key in wanted}
        ).values_list("incident_id", "device_id")
    )
    Sounding.objects.filter(
        incident__in={k[0] for k in wanted if k in known}, device__in={k[1] for k in wanted if k in known}
    ).update(last_at=at)
    fresh = {key: pair for key, pair in wanted.items() if key not in known}
    Sounding.objects.bulk_create(
        [Sounding(incident=i, device=d, first_at=heard_at[key], last_at=at) for key, (i, d) in fresh.items()],
        ignore_conflicts=True,
    )
    heard: dict[int, list[Device]] = defaultdict(list)
    for incident, device in fresh.values():
        heard[incident.pk].append(device)
    for key, sirens in heard.items():
        incident = next(one for one, _device in fresh.values() if one.pk == key)
        slowest = max(heard_at[key, siren.pk] for siren in sirens)
        _tell(incident, sirens, slowest=slowest, at=at)
    return len(fresh)


def _tell(incident: Incident, sirens: list[Device], *, slowest: datetime, at: datetime) -> None:
    add_event(
        incident,
        EventKind.SOUNDED,
        at=at,
        actor=Actor.system("bridge"),
        data={
            "devices": [siren.public_id for siren in sirens],
            "households": sorted({siren.household_id for siren in sirens if siren.household_id}),
            "after_s": round((slowest - incident.opened_at).total_seconds(), 3),
            "sounded": Sounding.objects.filter(incident=incident).count(),
            "expected": len(incident.expected_sirens),
        },
    )


def _finish_bell_tests(devices: dict[str, Device], *, at: datetime) -> None:
    keys = [device.pk for device in devices.values()]
    BellTest.objects.filter(device__in=keys, sounded_at=None, asked_at__gte=at - timedelta(minutes=2)).update(
        sounded_at=at
    )


def stop_rung_out(*, at: datetime | None = None) -> int:
    """Quiet incidents whose sirens have rung for their time, and end bell tests; return how many."""
    moment = at or clock.now()
    due = Incident.objects.open().filter(is_sounding=True, sounds_until__lte=moment)
    done = 0
    for key in list(due.values_list("pk", flat=True)[:100]):
        done += _stop(key, at=moment)
    return done


@transaction.atomic
def _stop(key: int, *, at: datetime) -> int:
    incident = lock_incident(key)
    if not (incident.is_open and incident.is_sounding and incident.sounds_until and incident.sounds_until <= at):
        return 0
    incident.is_sounding = False
    fields = ["is_sounding"]
    if incident.mode == Mode.TEST:
        incident.state, incident.ended_at = IncidentState.RESOLVED, at
        fields += ["state", "ended_at"]
    incident.save(update_fields=fields)
    # Rings of other groups end as well: ringing again begins the plan, and with it their turn, anew.
    lent = list(incident.rings.filter(ended_at=None).values_list("group_id", flat=True))
    incident.rings.filter(ended_at=None).update(ended_at=at)
    change_states(lent)
    change_state_of(incident)
    if incident.mode == Mode.TEST:
        close_drill_of(incident, at=at)
    add_event(incident, EventKind.STOPPED, at=at, actor=_WORKER, data={"ended": incident.mode == Mode.TEST})
    return 1


def note_unconfirmed(*, at: datetime | None = None) -> int:
    """Write once, 5 s after an incident opened, which sirens have not confirmed; return how many incidents.

    Some incidents share a transaction; when one fails, each is looked at alone.
    """
    moment = at or clock.now()
    due = Incident.objects.filter(sirens_checked_at=None, opened_at__lte=moment - UNCONFIRMED_AFTER)
    keys = _apart.choose(due.order_by("opened_at").values_list("pk", flat=True), CHECKED_AT_ONCE)
    if not keys:
        return 0
    try:
        return _check_sirens(keys, at=moment)
    except Exception:
        logger.warning("the sirens of %s incidents are checked one by one", len(keys), exc_info=True)
    done = 0
    for key in keys:
        try:
            done += _check_sirens([key], at=moment)
        except Exception:  # one incident that cannot be checked keeps no other's silent sirens from being told
            _apart.put(key)
            logger.exception("the sirens of incident %s could not be checked", key)
    return done


@transaction.atomic
def _check_sirens(keys: list[int], *, at: datetime) -> int:
    incidents = [one for one in lock_incidents(keys).values() if one.sirens_checked_at is None]
    sounded: dict[int, set[int]] = defaultdict(set)
    for key, device in Sounding.objects.filter(incident__in=keys).values_list("incident_id", "device_id"):
        sounded[key].add(device)
    checked, began = [], time.thread_time()
    for incident in incidents:
        checked.append((incident.pk, at))
        missing = [siren for siren in incident.expected_sirens if siren not in sounded[incident.pk]]
        if missing:
            _tell_of_silent(incident, missing, at=at)
        if time.thread_time() - began > CHECK_WORK_S:
            break  # a press waits for the write lock; the rest is the next turn's
    bulk.update(Incident, ["sirens_checked_at"], checked)
    return len(checked)


def _tell_of_silent(incident: Incident, missing: list[int], *, at: datetime) -> None:
    rows = list(Device.objects.filter(pk__in=missing).select_related("group__unit", "household"))
    add_event(
        incident,
        EventKind.UNCONFIRMED,
        at=at,
        actor=_WORKER,
        data={
            "devices": [siren.public_id for siren in rows],
            "households": sorted({siren.household_id for siren in rows if siren.household_id}),
            "expected": len(incident.expected_sirens),
        },
    )
    # Each siren that was installed and kept silent is a fault of its own, until it is heard; the line above tells of it.
    for siren in rows:
        if siren.revoked_at is None and siren.first_seen_at is not None:
            open_fault(siren, FaultKind.DID_NOT_SOUND, at=at, tells=False)
