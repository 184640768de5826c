"""Faults that the bridge does not see on the wire: overdue tests; and what `/health` asks of this room."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from liengia.alarms.models import Device, DeviceFault, FaultKind, Incident, NeighbourGroup
from liengia.alarms.models.devices import DeviceQuerySet
from liengia.alarms.services.devices import clear_fault, open_fault
from liengia.alarms.services.escalation import overdue_steps
from liengia.core import clock, rooms
from liengia.core.health import Finding
from liengia.core.metrics import Gauge
from liengia.units import switches
from liengia.units.models import Unit

TEST_EVERY: Final = timedelta(days=90)
BEAT_LATE: Final = timedelta(seconds=90)
LOW_BATTERY_MV: Final = 2_400
STATE_LATE: Final = timedelta(seconds=15)
TAKEN_ON_WITHIN: Final = timedelta(seconds=60)

steps_overdue = Gauge(
    "liengia_steps_overdue", "Escalation steps due for more than 10 s that did not run.", multiprocess_mode="mostrecent"
)

calls_waiting = Gauge(
    "liengia_calls_waiting", "Silent calls that nobody has taken on within 60 s.", multiprocess_mode="mostrecent"
)


def note_overdue_tests(*, at: datetime | None = None, most: int = 200) -> int:
    """Open a fault for each siren that has been seen but has not sounded for 90 days; clear those that have."""
    moment = at or clock.now()
    limit = moment - TEST_EVERY
    sirens = Device.objects.active().sirens().filter(first_seen_at__lte=limit)
    late = sirens.filter(Q(last_sounded_at=None) | Q(last_sounded_at__lt=limit))
    is_open = DeviceFault.objects.open().filter(kind=FaultKind.TEST_OVERDUE)
    done = 0
    for device in late.exclude(pk__in=is_open.values("device")).select_related("group__unit", "household")[:most]:
        done += open_fault(device, FaultKind.TEST_OVERDUE, at=moment)
    mended = is_open.filter(device__last_sounded_at__gte=limit).select_related("device__group__unit", "device__household")
    for fault in mended[:most]:
        done += clear_fault(fault.device, FaultKind.TEST_OVERDUE, at=moment)
    return done


def every_step_ran() -> Finding:
    """Red while a step of an open incident is overdue."""
    late = overdue_steps()
    if late:
        return Finding(False, _("%(count)s escalation steps are overdue") % {"count": len(late)})
    return Finding(True, _("every due step ran"))


def count_waiting_calls() -> int:
    """Return how many silent calls nobody has taken on within 60 s, and tell `/metrics`."""
    limit = clock.now() - TAKEN_ON_WITHIN
    waiting = Incident.objects.open().real().filter(is_silent=True, acknowledged_at=None, opened_at__lt=limit).count()
    calls_waiting.set(waiting)
    return waiting


def calls_taken_on() -> Finding:
    """Red while a call that nobody hears waits for somebody; said to operators alone, and neither which nor where.

    Loud alarms do not turn it red: told to everybody, it would tell whoever holds the house that a call was made.
    """
    if waiting := count_waiting_calls():
        return Finding(False, _("%(count)s alarms wait for somebody to take them on") % {"count": waiting})
    return Finding(True, _("no alarm waits unseen"))


def why_kept_on(commune: Unit) -> str:
    """Say what keeps the room on in a commune: incidents that nobody could see through to their end, and devices.

    Devices ring by the broker alone, whatever the switch says: their presses would open incidents that no page shows.
    A silent call is counted and not named: whoever switches rooms may not know of it.
    """
    below = Unit.objects.below_any([commune.pk])
    every = list(Incident.objects.open().filter(group__unit__in=below).select_related("group").order_by("opened_at"))
    named = [f"{one.group.name}: {one.get_kind_display()}, {clock.local(one.opened_at):%H:%M %d/%m}" for one in every if not one.is_silent]
    if hidden := len(every) - len(named):
        named.append(_("%(count)s more, which the duty post knows") % {"count": hidden})
    if named:
        return _("Alarms are open in this commune (%(which)s). End them first, then switch the room off.") % {"which": "; ".join(named)}
    if devices := Device.objects.active().on_the_bus().filter(group__unit__in=below).count():
        return _(
            "%(count)s buttons and sirens of this commune still ring, and nobody would see their alarms. Revoke them first, then switch the room off."
        ) % {"count": devices}
    return ""


def unseen_devices() -> DeviceQuerySet:
    """Return devices that ring although their room is off: in the whole installation, or in their commune."""
    devices = Device.objects.active().on_the_bus()
    return devices if not rooms.is_on("alarms") else devices.filter(group__unit__in=switches.units_without("alarms"))


def devices_seen() -> Finding:
    """Red while devices ring whose alarms no page shows."""
    unseen = unseen_devices().count()
    if unseen:
        return Finding(False, _("%(count)s devices ring where the alarms room is off: nobody sees their alarms") % {"count": unseen})
    return Finding(True, _("every device that rings is seen"))


def states_published() -> Finding:
    """Red while what sirens should do has not reached the broker."""
    waiting = NeighbourGroup.objects.all().with_unpublished_state().count()
    if waiting:
        return Finding(False, _("%(count)s groups wait for their sirens' state") % {"count": waiting})
    return Finding(True, _("all groups' states are published"))
