"""What this room says in the report to the people: alarms, how soon somebody took them on, drills, groups, devices at fault.

Where people were in need (help, intruder, medical) fewer than five are not counted in public; a silent call is in no
figure at all, so that nobody can find out that one was made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import median
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.alarms import policies
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
from liengia.alarms.models.devices import DeviceQuerySet
from liengia.core import clock
from liengia.core.reporting import (
    Chart,
    Figure,
    Listed,
    Part,
    Period,
    Provider,
    Record,
    Records,
    filled,
    register,
)
from liengia.units.models import Unit

_KEPT_CLOSE = _("Who pressed, where and when is shown to nobody but the neighbours concerned and the duty desk; the number alone is public.")
_FAULTS = _("Which house has a device at fault is told to that house, its group and the duty desk only, so that nobody learns where no bell rings.")
_REAL = Q(mode=Mode.REAL)
_TRUE = _REAL & ~Q(state=IncidentState.DISMISSED)
# What each figure counts, of the incidents of the period.
_WHAT = {
    "alarms.fire": _TRUE & Q(kind=Kind.FIRE), "alarms.other": _TRUE & ~Q(kind=Kind.FIRE), "alarms.mistaken": _REAL & Q(state=IncidentState.DISMISSED),
    "alarms.taken_on_s": _REAL & Q(acknowledged_at__isnull=False), "alarms.not_taken": _REAL & Q(acknowledged_at=None), "alarms.drills": Q(mode=Mode.DRILL),
}  # fmt: skip
_OPENED = _("Counted by the day of the first press; presses of one alarm are one. From the incident records.")


def register_own() -> None:
    """Register the sections; called from `AppConfig.ready`."""
    register(Provider("alarms", "alarms", _("Alarms and drills"), alarms, trace_alarms, order=20))
    register(Provider("alarms", "groups", _("Inter-family fire-safety groups"), groups, trace_groups, order=30))


def alarms(unit: Unit, period: Period) -> Part | None:
    """Count the alarms and drills of a unit's period; nothing to say where there is no group."""
    inside = _inside(unit, period)
    counted = inside.aggregate(
        **{name: Count("pk", filter=_WHAT[f"alarms.{name}"]) for name in ("fire", "other", "mistaken", "drills", "not_taken")},
        tests=Count("pk", filter=Q(mode=Mode.TEST)),
    )
    if not any(counted.values()) and not _groups(unit).exists():
        return None
    waits = _waits(inside.filter(_WHAT["alarms.taken_on_s"]))
    figures = (
        Figure("alarms.fire", _("real fire alarms"), counted["fire"], _OPENED, fair=True, more_is_better=False, is_main=True),
        Figure("alarms.other", _("real alarms of other kinds"), counted["other"], _OPENED, is_about_people=True, fair=True),
        Figure("alarms.mistaken", _("mistaken alarms"), counted["mistaken"], _("Real presses that the duty officer closed as mistaken, with a reason."), more_is_better=False),
        Figure(
            "alarms.taken_on_s", _("until the duty officer took an alarm on: half of them sooner than"), round(median(waits)) if waits else None,
            _("The median from the first press to the officer's tap, over real alarms that were taken on."), unit=_("seconds"), more_is_better=False,
        ),
        Figure("alarms.not_taken", _("real alarms that nobody took on"), counted["not_taken"], _("Ended without an officer's tap: by the group, or by themselves."), is_about_people=True, more_is_better=False),
        Figure("alarms.drills", _("drills"), counted["drills"], _("Drills that were held; a drill is counted once for its group."), fair=True, more_is_better=True),
    )  # fmt: skip
    rows = (
        (_("Real, fire"), counted["fire"], 0.0), (_("Mistaken"), counted["mistaken"], 0.0),
        (_("Drill"), counted["drills"], 0.0), (_("Bell test"), counted["tests"], 0.0),
    )  # fmt: skip
    chart = Chart(_("What the bells rang for"), rows, source=_("Incident records of the duty desk."), figures=("alarms.fire", "alarms.mistaken", "alarms.drills"))
    return Part(figures, charts=(chart,) if any(value for _label, value, _bad in rows) else ())


def trace_alarms(unit: Unit, period: Period, code: str, user: Any) -> Records | None:
    """Bring the alarms behind a figure: of those whose desk the reader works at, each; of others their number alone."""
    if code not in _WHAT:
        return None
    found = _inside(unit, period).filter(_WHAT[code])
    desk = Unit.objects.below_any([one.pk for one in policies.duty_units(user)])
    mine = found.filter(pk__in=policies.visible_incidents(user).filter(group__unit__in=desk).values("pk"))
    rows = Listed(mine.select_related("group__unit__parent", "household").order_by("-opened_at", "-pk"), _record)
    hidden = found.count() - len(rows)
    if code == "alarms.taken_on_s":
        waits = _waits(found)
        return Records(round(median(waits)) if waits else None, rows, hidden, _KEPT_CLOSE, is_sum=False)
    return Records(found.count(), rows, hidden, _KEPT_CLOSE)


def _record(one: Incident) -> Record:
    took = one.acknowledged_at
    note = _("taken on after %(n)s seconds") % {"n": round((took - one.opened_at).total_seconds())} if took else _("nobody took it on")
    where = ", ".join(part for part in (one.household.house_label if one.household else "", one.group.name, one.group.unit.display_name) if part)
    words = f"{one.get_kind_display()} ({one.get_mode_display()}): {where}"
    return Record(words, clock.local(one.opened_at).date(), note, url=reverse("alarms:console_incident", args=[one.public_id]), is_own=True)


def groups(unit: Unit, period: Period) -> Part | None:
    """Count groups, households in them, sirens, and what is at fault at the period's end."""
    found = _groups(unit).filter(Q(founded_on=None) | Q(founded_on__lte=period.last))
    if not found.exists():
        return None
    standing, places, devices = _standing(unit, period), _places(unit, period), _devices(unit, period)
    count = standing.count()
    figures = (
        Figure("groups.standing", _("inter-family groups"), count, _("Groups that stood on the last day of the period."), fair=True, more_is_better=True),
        Figure("groups.households", _("households in a group"), places.count(), _("Places that were held on the last day of the period."), fair=True, more_is_better=True, is_main=True),
        Figure("groups.joined", _("households that joined"), places.filter(joined_on__gte=period.first).count(), _("Places whose first day is in the period and that are still held."), more_is_better=True),
        Figure("groups.sirens", _("sirens in houses"), devices.sirens().count(), _("Sirens that were provisioned and not revoked on the last day."), fair=True, more_is_better=True),
        Figure("groups.faulty", _("devices at fault"), _faulty(devices, period), _("Devices with a fault that was open at the end of the last day."), more_is_better=False),
        Figure(
            "groups.drilled", _("groups that held a drill"), _drilled(standing, period).count(), _("Groups with at least one drill in the period."), unit=filled(_("of %(n)s"), n=count),
            more_is_better=True,
        ),
    )  # fmt: skip
    return Part(figures)


def trace_groups(unit: Unit, period: Period, code: str, user: Any) -> Records | None:
    """Bring what stands behind a figure: group by group to whoever runs them, hamlet by hamlet to others; which house has a fault is not told."""
    standing, places, devices = _standing(unit, period), _places(unit, period), _devices(unit, period)
    if code == "groups.faulty":
        count = _faulty(devices, period)
        return Records(count, hidden=count, why=_FAULTS)
    keys: dict[str, Iterable[int]] = {
        "groups.standing": standing.values_list("pk", flat=True), "groups.households": places.values_list("group", flat=True),
        "groups.joined": places.filter(joined_on__gte=period.first).values_list("group", flat=True),
        "groups.sirens": devices.sirens().values_list("group", flat=True), "groups.drilled": _drilled(standing, period).values_list("group", flat=True),
    }  # fmt: skip
    if code not in keys:
        return None
    by_group = Counter(keys[code])
    own = set(policies.managed_groups(user).filter(pk__in=by_group).values_list("pk", flat=True))
    rows, by_place = [], Counter[str]()
    for one in standing.filter(pk__in=by_group).select_related("unit__parent__parent__parent").order_by("unit__code", "name", "pk"):
        if one.pk in own:
            url = reverse("alarms:leader_group", args=[one.public_id])
            rows.append(Record(f"{one.name}, {one.unit.place_name}", amount=by_group[one.pk], url=url, is_own=True))
        else:
            by_place[one.unit.place_name] += by_group[one.pk]
    return Records(by_group.total(), (*rows, *(Record(name, amount=number) for name, number in by_place.items())))


def _inside(unit: Unit, period: Period) -> QuerySet[Incident]:
    begin, end = period.bounds
    return Incident.objects.filter(group__unit__in=_below(unit), opened_at__gte=begin, opened_at__lt=end, joined_into=None, is_silent=False)


def _standing(unit: Unit, period: Period) -> QuerySet[NeighbourGroup]:
    found = _groups(unit).filter(Q(founded_on=None) | Q(founded_on__lte=period.last))
    return found.filter(Q(dissolved_on=None) | Q(dissolved_on__gt=period.last), merged_into=None)


def _places(unit: Unit, period: Period) -> QuerySet[GroupHousehold]:
    held = GroupHousehold.objects.filter(group__in=_standing(unit, period), joined_on__lte=period.last)
    return held.filter(Q(left_on=None) | Q(left_on__gt=period.last))


def _devices(unit: Unit, period: Period) -> DeviceQuerySet:
    _begin, end = period.bounds
    return Device.objects.filter(group__in=_standing(unit, period), provisioned_at__lt=end).filter(Q(revoked_at=None) | Q(revoked_at__gte=end))


def _faulty(devices: QuerySet[Device], period: Period) -> int:
    _begin, end = period.bounds
    open_then = DeviceFault.objects.filter(device__in=devices, since__lt=end).filter(Q(cleared_at=None) | Q(cleared_at__gte=end))
    return open_then.values("device").distinct().count()


def _below(unit: Unit) -> QuerySet[Unit]:
    return unit.ground()


def _groups(unit: Unit) -> QuerySet[NeighbourGroup]:
    return NeighbourGroup.objects.all().of_households().filter(unit__in=_below(unit))


def _waits(real: QuerySet[Incident]) -> list[float]:
    taken = real.exclude(acknowledged_at=None).annotate(wait=F("acknowledged_at") - F("opened_at"))
    return [wait.total_seconds() for wait in taken.values_list("wait", flat=True)]


def _drilled(standing: QuerySet[NeighbourGroup], period: Period) -> QuerySet[Incident, Any]:
    """Return the groups that held a drill, each once."""
    begin, end = period.bounds
    held = Incident.objects.filter(group__in=standing, mode=Mode.DRILL, opened_at__gte=begin, opened_at__lt=end)
    return held.order_by().values("group").distinct()
