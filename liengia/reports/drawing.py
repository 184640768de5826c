"""Sections drawn from the rooms, as data that can be frozen: figures with last period's, charts, tables, promises.

1. Every room is asked for the period and for the one before it (`core.reporting.draw`).
2. Figures about fewer than five people lose their number; so does the same figure of the period before. That is shown of people only
   where a report was published of that very period and the very same ground: less what one predecessor told alone, the others' few would be left.
3. Targets that fell due in the period, or since the last report, are judged by what was counted until their day; their section
   stands second and cannot be left out.
4. Units right below are compared by a few figures per thousand households, where their size is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from liengia.core import clock, reporting
from liengia.core.reporting import FEWEST_PEOPLE, Chart, Drawn, Figure, Period
from liengia.reports.models import Report, Target, UnitSize
from liengia.units.models import Level, Succession, Unit

TARGETS: Final = "targets"
COMPARED: Final = "compared"
_SECTIONS_COMPARED: Final = ("groups", "opinions", "alarms")
_FIGURES_COMPARED: Final = ("groups.households", "alarms.drills", "opinions.filed")
_BELOW: Final = {Level.PROVINCE: Level.COMMUNE, Level.DISTRICT: Level.COMMUNE, Level.COMMUNE: Level.HAMLET}
Section = dict[str, Any]


def sections(unit: Unit, period: Period) -> list[Section]:
    """Return all sections of a unit's period as data, in Vietnamese, in the order in which they are read."""
    with translation.override("vi"):
        drawn, before = reporting.draw(unit, period), period.before()
        # Of people only what a report told already: any other days, or another ground, less those of the last report, would leave a small number over.
        earlier = Report.objects.all().of(unit).published().filter(first_on=before.first, last_on=before.last, drawn_at__isnull=False).select_related("unit")
        was_told = any(_is_of_same_ground(one, unit) for one in earlier)
        found = [_section(one, was_told=was_told) for one in drawn]
        if (judged := _targets(unit, period, drawn)) is not None:
            found.insert(1 if found and found[0]["is_fixed"] else 0, judged)
        if (compared := _compared(unit, period)) is not None:
            found.append(compared)
    return found


def _is_of_same_ground(earlier: Report, unit: Unit) -> bool:
    """Tell whether an earlier report counted the places that are counted for a unit today: none came or went by a reform since it was counted."""
    assert earlier.drawn_at is not None
    on = clock.local(earlier.drawn_at).date()
    now = Unit.objects.below_any(unit.lineage_ids()).values("pk")
    then = Unit.objects.below_any(earlier.unit.lineage_ids(as_of=on)).values("pk")
    stood = Q(valid_from__isnull=True) | Q(valid_from__lte=earlier.last_on)
    if Unit.objects.filter(stood, Q(pk__in=now) & ~Q(pk__in=then) | Q(pk__in=then) & ~Q(pk__in=now)).exists():
        return False
    # A hamlet that went over to another commune took its records along.
    return not Succession.objects.filter(Q(new__in=now) & ~Q(old__in=then) | Q(old__in=then) & ~Q(new__in=now), on__gt=on).exists()


def shown(value: float | None, *, is_about_people: bool = False) -> str:
    """Return a number as it is read; fewer than five people as words, what could not be counted as a dash."""
    if value is None:
        return "–"
    if is_about_people and 0 < value < FEWEST_PEOPLE:
        return _("fewer than %(n)s") % {"n": FEWEST_PEOPLE}
    return number_format(value if value != int(value) else int(value), decimal_pos=None if value == int(value) else 1, use_l10n=True, force_grouping=True)


def _section(one: Drawn, *, was_told: bool) -> Section:
    part = one.part
    before = {figure.code: one.before.get(figure.code) for figure in part.figures if was_told or not figure.is_about_people}
    return {
        "code": one.provider.code, "title": str(one.provider.title), "is_fixed": one.provider.is_fixed, "words": str(part.words),
        "figures": [_figure(figure, before.get(figure.code)) for figure in part.figures],
        "charts": [_chart(chart) for chart in part.charts],
        "tables": [{"title": str(t.title), "head": [str(h) for h in t.head], "rows": [list(row) for row in t.rows], "note": str(t.note), "figures": list(t.figures)} for t in part.tables],
        "pledges": [{"text": p.text, "owner": p.owner, "due_on": p.due_on.isoformat(), "state": p.state, "words": p.words, "url": p.url, "why": p.why} for p in part.pledges],
    }  # fmt: skip


def _figure(figure: Figure, before: float | None) -> dict[str, Any]:
    hidden = figure.is_about_people
    safe = None if hidden and figure.value is not None and 0 < figure.value < FEWEST_PEOPLE else figure.value
    was = None if hidden and before is not None and 0 < before < FEWEST_PEOPLE else before
    return {
        "code": figure.code, "label": str(figure.label), "value": safe, "shown": shown(figure.value, is_about_people=hidden), "unit": str(figure.unit),
        "before": was, "before_shown": shown(before, is_about_people=hidden), "how": str(figure.how), "url": figure.url, "is_about_people": hidden,
        "is_main": figure.is_main, "more_is_better": figure.more_is_better,
    }  # fmt: skip


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "title": str(chart.title), "names": [str(name) for name in chart.names], "source": str(chart.source), "is_by_time": chart.is_by_time, "figures": list(chart.figures),
        "rows": [[label, value, bad] for label, value, bad in chart.rows],
    }  # fmt: skip


def _targets(unit: Unit, period: Period, drawn: Sequence[Drawn]) -> Section | None:
    """Judge the targets that fell due in the period, or since the last report, each by what was counted until its day: missed ones first."""
    before = Report.objects.all().of(unit).published().filter(last_on__lt=period.first).order_by("-last_on").values_list("last_on", flat=True).first()
    due = Target.objects.filter(unit__in=unit.lineage_ids(), due_on__lte=period.last)
    due = due.filter(due_on__gt=before) if before is not None else due
    told = [(target, _figure_by(unit, period, drawn, target)) for target in due]
    if not told:
        return None
    judged = sorted(((target.is_met_by(figure.value if figure else None), target, figure) for target, figure in told), key=lambda one: (one[0], one[1].due_on, one[1].pk))
    missed = sum(not met for met, _target, _found in judged)
    figures = (
        Figure("targets.missed", _("targets missed"), missed, _("Targets that fell due in the period, or since the report before; each judged by what was counted until its day."), unit=_("of %(n)s") % {"n": len(told)}, is_main=True, more_is_better=False),
    )
    rows = [
        [target.label, _aim(target), _reached(figure), _("reached") if met else _("missed")]
        for met, target, figure in judged
    ]
    head = [_("What was aimed at"), _("Aim"), _("Value reached"), _("Result")]
    return {
        "code": TARGETS, "title": _("Targets, missed ones first"), "is_fixed": True, "words": "", "figures": [_figure(one, None) for one in figures], "charts": [],
        "tables": [{"title": _("Targets"), "head": head, "rows": rows, "note": _("Each was judged by what was counted until its day; this period's own numbers lead to their records."), "figures": list(dict.fromkeys(target.figure for _met, target, _reached in judged))}], "pledges": [],
    }  # fmt: skip


def _figure_by(unit: Unit, period: Period, drawn: Sequence[Drawn], target: Target) -> Figure | None:
    """Return a target's figure as it stood on the target's day: counted from the period's first day, or over a year where the day lies before it."""
    section = target.figure.partition(".")[0]
    if target.due_on == period.last:
        parts = [one.part for one in drawn if one.provider.code == section]
    else:
        until = Period(period.first if target.due_on >= period.first else target.due_on - timedelta(days=364), target.due_on)
        parts = [part for one in reporting.providers(unit) if one.code == section and (part := one.give(unit, until)) is not None]
    return next((figure for part in parts for figure in part.figures if figure.code == target.figure), None)


def _aim(target: Target) -> str:
    least = _("at least") if target.is_at_least else _("at most")
    return _("%(aim)s by %(day)s") % {"aim": f"{least} {shown(target.aim)}", "day": f"{target.due_on:%d/%m/%Y}"}


def _reached(figure: Figure | None) -> str:
    return "–" if figure is None else shown(figure.value, is_about_people=figure.is_about_people)


def _compared(unit: Unit, period: Period) -> Section | None:
    """Compare the units right below by figures per thousand households; units whose size is not known are named."""
    level = _BELOW.get(Level(unit.level))
    if level is None:
        return None
    below = sorted(Unit.objects.all().below(unit).at(period.last).of_level(level), key=lambda one: one.code)
    sizes = _sizes(below, period)
    counted = [one for one in below if one.pk in sizes]
    if len(counted) < 2:
        return None
    providers = [one for one in reporting.providers(unit) if one.code in _SECTIONS_COMPARED]
    rates: dict[str, list[tuple[str, float, float]]] = {}
    labels: dict[str, str] = {}
    for one in counted:
        for figure in _figures(providers, one, period):
            if figure.code in _FIGURES_COMPARED and figure.value is not None:
                labels[figure.code] = str(figure.label)
                rates.setdefault(figure.code, []).append((one.display_name, round(1000 * figure.value / sizes[one.pk], 1), 0.0))
    charts = [
        _chart(Chart(_("%(what)s, per 1,000 households") % {"what": labels[code]}, tuple(sorted(rows, key=lambda row: (-row[1], row[0]))), source=_("Households as the office entered them, with their source."), figures=(code,)))
        for code, rows in rates.items()
    ]
    if not charts:
        return None
    unknown = [one.display_name for one in below if one.pk not in sizes]
    words = _("Not compared, because nobody has entered how many households they have: %(names)s.") % {"names": ", ".join(unknown)} if unknown else ""
    return {"code": COMPARED, "title": _("Place by place"), "is_fixed": False, "words": words, "figures": [], "charts": charts, "tables": [], "pledges": []}


def _figures(providers: Sequence[reporting.Provider], unit: Unit, period: Period) -> Iterable[Figure]:
    for provider in providers:
        part = provider.give(unit, period)
        if part is not None:
            yield from part.figures


def _sizes(units: Sequence[Unit], period: Period) -> dict[int, int]:
    """Return how many households each unit has: the last count of a year that has begun by the period's end."""
    found: dict[int, int] = {}
    rows = UnitSize.objects.filter(unit__in=units, year__lte=period.last.year).order_by("year")
    for unit, households in rows.values_list("unit_id", "households"):
        found[unit] = households
    return found
