"""What this room says in the report to the people: alarms, how soon somebody took them on, drills, groups, devices at fault.

Where people were in need (help, intruder, medical) fewer than five are not counted in public; a silent call is in no
figure at all, so that nobody can find out that one was made.
"""

from __future__ import annotations

from statistics import median

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.alarms.models import (
    Device,
    DeviceFault,
    GroupHousehold,
    Incident,
    IncidentState,
    Kind,
    Mode,
    NeighbourGroup,
)
from liengia.core.reporting import Chart, Figure, Part, Period, Provider, register
from liengia.units.models import Unit

_OPENED = _("Counted by the day of the first press; presses of one alarm are one. From the incident records.")


def register_own() -> None:
    """Register the sections; called from `AppConfig.ready`."""
    register(Provider("alarms", "alarms", _("Alarms and drills"), alarms, order=20))
    register(Provider("alarms", "groups", _("Inter-family fire-safety groups"), groups, order=30))


def alarms(unit: Unit, period: Period) -> Part | None:
    """Count the alarms and drills of a unit's period; nothing to say where there is no group."""
    begin, end = period.bounds
    inside = Incident.objects.filter(
        group__unit__in=_below(unit), opened_at__gte=begin, opened_at__lt=end, joined_into=None, is_silent=False
    )  # fmt: skip
    real = Q(mode=Mode.REAL)
    true = real & ~Q(state=IncidentState.DISMISSED)
    counted = inside.aggregate(
        fire=Count("pk", filter=true & Q(kind=Kind.FIRE)), other=Count("pk", filter=true & ~Q(kind=Kind.FIRE)),
        mistaken=Count("pk", filter=real & Q(state=IncidentState.DISMISSED)), drills=Count("pk", filter=Q(mode=Mode.DRILL)),
        tests=Count("pk", filter=Q(mode=Mode.TEST)), not_taken=Count("pk", filter=real & Q(acknowledged_at=None)),
    )  # fmt: skip
    if not any(counted.values()) and not _groups(unit).exists():
        return None
    waits = _waits(inside.filter(real))
    history = f"{reverse('alarms:console_history')}?tu={period.first:%Y-%m-%d}&den={period.last:%Y-%m-%d}"
    figures = (
        Figure("alarms.fire", _("real fire alarms"), counted["fire"], _OPENED, office_url=history, fair=True, more_is_better=False, is_main=True),
        Figure("alarms.other", _("real alarms of other kinds"), counted["other"], _OPENED, office_url=history, is_about_people=True, fair=True),
        Figure("alarms.mistaken", _("mistaken alarms"), counted["mistaken"], _("Real presses that the duty officer closed as mistaken, with a reason."), office_url=history, more_is_better=False),
        Figure(
            "alarms.taken_on_s", _("until the duty officer took an alarm on: half of them sooner than"), round(median(waits)) if waits else None,
            _("The median from the first press to the officer's tap, over real alarms that were taken on."), unit=_("seconds"), more_is_better=False, office_url=history,
        ),
        Figure("alarms.not_taken", _("real alarms that nobody took on"), counted["not_taken"], _("Ended without an officer's tap: by the group, or by themselves."), office_url=history, more_is_better=False),
        Figure("alarms.drills", _("drills"), counted["drills"], _("Drills that were held; a drill is counted once for its group."), office_url=history, fair=True, more_is_better=True),
    )  # fmt: skip
    rows = (
        (str(_("Real, fire")), counted["fire"], 0.0), (str(_("Mistaken")), counted["mistaken"], 0.0),
        (str(_("Drill")), counted["drills"], 0.0), (str(_("Bell test")), counted["tests"], 0.0),
    )  # fmt: skip
    chart = Chart(_("What the bells rang for"), rows, source=_("Incident records of the duty desk."))
    return Part(figures, charts=(chart,) if any(value for _label, value, _bad in rows) else ())


def groups(unit: Unit, period: Period) -> Part | None:
    """Count groups, households in them, sirens, and what is at fault at the period's end."""
    found = _groups(unit).filter(Q(founded_on=None) | Q(founded_on__lte=period.last))
    standing = found.filter(Q(dissolved_on=None) | Q(dissolved_on__gt=period.last), merged_into=None)
    if not found.exists():
        return None
    _begin, end = period.bounds
    places = GroupHousehold.objects.filter(group__in=standing, joined_on__lte=period.last).filter(Q(left_on=None) | Q(left_on__gt=period.last))
    fresh = places.filter(joined_on__gte=period.first)
    devices = Device.objects.filter(group__in=standing, provisioned_at__lt=end).filter(Q(revoked_at=None) | Q(revoked_at__gte=end))
    faulty = DeviceFault.objects.filter(device__in=devices, since__lt=end).filter(Q(cleared_at=None) | Q(cleared_at__gte=end))
    drilled = _drilled(standing, period)
    count = standing.count()
    figures = (
        Figure("groups.standing", _("inter-family groups"), count, _("Groups that stood on the last day of the period."), fair=True, more_is_better=True),
        Figure("groups.households", _("households in a group"), places.count(), _("Places that were held on the last day of the period."), fair=True, more_is_better=True, is_main=True),
        Figure("groups.joined", _("households that joined"), fresh.count(), _("Places whose first day is in the period and that are still held."), more_is_better=True),
        Figure("groups.sirens", _("sirens in houses"), devices.sirens().count(), _("Sirens that were provisioned and not revoked on the last day."), fair=True, more_is_better=True),
        Figure("groups.faulty", _("devices at fault"), faulty.values("device").distinct().count(), _("Devices with a fault that was open at the end of the last day."), more_is_better=False),
        Figure(
            "groups.drilled", _("groups that held a drill"), drilled, _("Groups with at least one drill in the period."), unit=_("of %(n)s") % {"n": count},
            more_is_better=True,
        ),
    )  # fmt: skip
    return Part(figures)



def _below(unit: Unit) -> QuerySet[Unit]:
    return Unit.objects.all().below_any(unit.lineage_ids())


def _groups(unit: Unit) -> QuerySet[NeighbourGroup]:
    return NeighbourGroup.objects.all().of_households().filter(unit__in=_below(unit))


def _waits(real: QuerySet[Incident]) -> list[float]:
    taken = real.exclude(acknowledged_at=None).annotate(wait=F("acknowledged_at") - F("opened_at"))
    return [wait.total_seconds() for wait in taken.values_list("wait", flat=True)]


def _drilled(standing: QuerySet[NeighbourGroup], period: Period) -> int:
    begin, end = period.bounds
    held = Incident.objects.filter(group__in=standing, mode=Mode.DRILL, opened_at__gte=begin, opened_at__lt=end)
    return held.values("group").distinct().count()
