"""What this room says in the chairman's month: alarms by kind, how soon somebody took them on, drills; and what does not work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time
from statistics import median

from django.db.models import Q
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.alarms.models import DeviceFault, FaultKind, Incident, IncidentState, Kind, Mode
from liengia.papers.brief import ALARMS, BROKEN, Line, Month
from liengia.units.models import Unit, UnitQuerySet


def lines(unit: Unit, month: Month) -> Iterable[Line]:
    """Return the lines of a commune's month."""
    below = Unit.objects.all().below_any(unit.lineage_ids())
    zone = get_current_timezone()
    begin, end = (datetime.combine(day, time(), tzinfo=zone) for day in (month.first, month.after))
    rows = list(
        Incident.objects.filter(group__unit__in=below, opened_at__gte=begin, opened_at__lt=end, joined_into=None)
        .exclude(mode=Mode.TEST)
        .values_list("kind", "mode", "state", "opened_at", "acknowledged_at")
    )  # fmt: skip
    yield from _real([row for row in rows if row[1] == Mode.REAL])
    drills = sum(row[1] == Mode.DRILL for row in rows)
    if drills:
        yield Line(ALARMS, _("Drills"), ngettext("%(n)s drill", "%(n)s drills", drills) % {"n": drills})
    yield from _faults(below, month.moment)


def _real(rows: list[tuple[str, str, str, datetime, datetime | None]]) -> Iterable[Line]:
    for kind, label in Kind.choices:
        of_kind = [row for row in rows if row[0] == kind]
        if not of_kind:
            continue
        mistaken = sum(row[2] == IncidentState.DISMISSED for row in of_kind)
        waits = [(row[4] - row[3]).total_seconds() for row in of_kind if row[4] is not None]
        words = ngettext("%(n)s alarm", "%(n)s alarms", len(of_kind)) % {"n": len(of_kind)}
        if mistaken:
            words = _("%(words)s, %(n)s by mistake") % {"words": words, "n": mistaken}
        if waits:
            words = _("%(words)s; taken on after %(n)s seconds (half of them sooner)") % {"words": words, "n": round(median(waits))}
        yield Line(ALARMS, str(label), words)
    if not_taken := sum(row[4] is None for row in rows):
        yield Line(ALARMS, _("Not taken on"), ngettext("%(n)s alarm", "%(n)s alarms", not_taken) % {"n": not_taken}, is_late=True)


def _faults(below: UnitQuerySet, at: datetime) -> Iterable[Line]:
    """Say what was broken when the month ended, or is now, by kind, with the groups that have most of it."""
    stood = Q(cleared_at=None) | Q(cleared_at__gt=at)
    in_use = Q(device__revoked_at=None) | Q(device__revoked_at__gt=at)
    open_ = DeviceFault.objects.filter(stood, in_use, since__lte=at, device__group__unit__in=below)
    by_kind: dict[str, Counter[str]] = {}
    for kind, group in open_.values_list("kind", "device__group__name"):
        by_kind.setdefault(kind, Counter())[group] += 1
    for kind, groups in sorted(by_kind.items(), key=lambda item: -item[1].total()):
        worst = ", ".join(f"{name} ({count})" for name, count in groups.most_common(3))
        words = ngettext("%(n)s device: %(where)s", "%(n)s devices: %(where)s", groups.total()) % {"n": groups.total(), "where": worst}
        yield Line(BROKEN, str(FaultKind(kind).label).capitalize(), words)
