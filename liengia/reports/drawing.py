"""Sections drawn from the rooms, as data that can be frozen: figures with last period's, charts, tables, promises.

1. Every room is asked for the period and for the one before it (`core.reporting.draw`).
2. Figures about fewer than five people lose their number; so does the same figure of the period before. That is shown of people only
   where a report was published of that very period and the very same ground: less what one predecessor told alone, the others' few would be left.
3. Targets that fell due in the period, or since the last report, are judged by what was counted until their day; their section
   stands second and cannot be left out.
4. Units right below are compared by a few figures per thousand households, where their size is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from liengia.core import clock, reporting
from liengia.core.reporting import (
    FEWEST_PEOPLE,
    Cell,
    Chart,
    Drawn,
    Figure,
    Part,
    Period,
    Table,
    Words,
    filled,
)
from liengia.reports.models import Report, Target, UnitSize
from liengia.units.models import Level, Succession, Unit

TARGETS: Final = "targets"
COMPARED: Final = "compared"
# The language of the record; what is told in others stands beside it.
OFFICIAL: Final = "vi"
_OTHERS: Final = tuple(code for code, _name in settings.LANGUAGES if code != OFFICIAL)
_SECTIONS_COMPARED: Final = ("groups", "opinions", "alarms")
_FIGURES_COMPARED: Final = ("groups.households", "alarms.drills", "opinions.filed")
_BELOW: Final = {Level.PROVINCE: Level.COMMUNE, Level.DISTRICT: Level.COMMUNE, Level.COMMUNE: Level.HAMLET}
Section = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Counted:
    """A section as it was counted, before it is told in a language."""

    code: str
    title: Words
    part: Part
    is_fixed: bool = False
    before: Mapping[str, float | None] = field(default_factory=dict)


def sections(unit: Unit, period: Period) -> list[Section]:
    """Return all sections of a unit's period as data, in Vietnamese, in the order in which they are read; `told` is each in the other languages."""
    with translation.override(OFFICIAL):
        return [{**_as_data(one, OFFICIAL), "told": {language: _as_data(one, language) for language in _OTHERS}} for one in _counted(unit, period)]


def _counted(unit: Unit, period: Period) -> list[_Counted]:
    drawn, before = reporting.draw(unit, period), period.before()
    # Of people only what a report told already: any other days, or another ground, less those of the last report, would leave a small number over.
    earlier = Report.objects.all().of(unit).published().filter(first_on=before.first, last_on=before.last, drawn_at__isnull=False).select_related("unit")
    was_told = any(_is_of_same_ground(one, unit) for one in earlier)
    found = [_section(one, was_told=was_told) for one in drawn]
    if (judged := _targets(unit, period, drawn)) is not None:
        found.insert(1 if found and found[0].is_fixed else 0, judged)
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
        return str(_("fewer than %(n)s")) % {"n": FEWEST_PEOPLE}
    return number_format(value if value != int(value) else int(value), decimal_pos=None if value == int(value) else 1, use_l10n=True, force_grouping=True)


def _section(one: Drawn, *, was_told: bool) -> _Counted:
    before = {figure.code: one.before.get(figure.code) for figure in one.part.figures if was_told or not figure.is_about_people}
    return _Counted(one.provider.code, one.provider.title, one.part, one.provider.is_fixed, before)


def _as_data(one: _Counted, language: str) -> Section:
    """Return a section as data that can be frozen, told in a language."""
    part = one.part
    with translation.override(language):
        return {
            "code": one.code, "title": str(one.title), "is_fixed": one.is_fixed, "words": str(part.words),
            "figures": [_figure(figure, one.before.get(figure.code)) for figure in part.figures],
            "charts": [_chart(chart) for chart in part.charts],
            "tables": [{"title": str(t.title), "head": [str(h) for h in t.head], "rows": [[_cell(cell) for cell in row] for row in t.rows], "note": str(t.note), "figures": list(t.figures)} for t in part.tables],
            "pledges": [{"text": p.text, "owner": p.owner, "due_on": p.due_on.isoformat(), "state": p.state, "words": str(p.words), "url": p.url, "why": p.why, "given": str(p.given)} for p in part.pledges],
        }  # fmt: skip


def _cell(cell: Cell) -> str:
    return shown(cell) if cell is None or isinstance(cell, int | float) else str(cell)


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
        "rows": [[str(label), value, bad] for label, value, bad in chart.rows],
    }  # fmt: skip


def _targets(unit: Unit, period: Period, drawn: Sequence[Drawn]) -> _Counted | None:
    """Judge the targets that fell due in the period, or since the last report, each by what was counted until its day: missed ones first."""
    before = Report.objects.all().of(unit).published().filter(last_on__lt=period.first).order_by("-last_on").values_list("last_on", flat=True).first()
    due = Target.objects.filter(Q(unit__in=unit.lineage_ids()) & Q(unit__in=unit.ground().values("pk")), due_on__lte=period.last)
    due = due.filter(due_on__gt=before) if before is not None else due
    told = [(target, _figure_by(unit, period, drawn, target)) for target in due]
    if not told:
        return None
    judged = sorted(((target.is_met_by(figure.value if figure else None), target, figure) for target, figure in told), key=lambda one: (one[0], one[1].due_on, one[1].pk))
    missed = sum(not met for met, _target, _found in judged)
    figures = (
        Figure("targets.missed", _("targets missed"), missed, _("Targets that fell due in the period, or since the report before; each judged by what was counted until its day."), unit=filled(_("of %(n)s"), n=len(told)), is_main=True, more_is_better=False),
    )
    table = Table(
        _("Targets"), (_("What was aimed at"), _("Aim"), _("Value reached"), _("Result")),
        tuple((target.label, _aim(target), _reached(figure), _("reached") if met else _("missed")) for met, target, figure in judged),
        _("Each was judged by what was counted until its day; this period's own numbers lead to their records."),
        tuple(dict.fromkeys(target.figure for _met, target, _figure in judged)),
    )  # fmt: skip
    return _Counted(TARGETS, _("Targets, missed ones first"), Part(figures, tables=(table,)), is_fixed=True)


def _figure_by(unit: Unit, period: Period, drawn: Sequence[Drawn], target: Target) -> Figure | None:
    """Return a target's figure as it stood on the target's day: counted from the period's first day, or over a year where the day lies before it."""
    section = target.figure.partition(".")[0]
    if target.due_on == period.last:
        parts = [one.part for one in drawn if one.provider.code == section]
    else:
        until = Period(period.first if target.due_on >= period.first else target.due_on - timedelta(days=364), target.due_on)
        parts = [part for one in reporting.providers(unit) if one.code == section and (part := one.give(unit, until)) is not None]
    return next((figure for part in parts for figure in part.figures if figure.code == target.figure), None)


def _aim_words(target: Target) -> str:
    least = _("at least") if target.is_at_least else _("at most")
    return str(_("%(aim)s by %(day)s")) % {"aim": f"{least} {shown(target.aim)}", "day": f"{target.due_on:%d/%m/%Y}"}


def _reached_words(figure: Figure | None) -> str:
    return "–" if figure is None else shown(figure.value, is_about_people=figure.is_about_people)


_aim, _reached = lazy(_aim_words, str), lazy(_reached_words, str)


def _compared(unit: Unit, period: Period) -> _Counted | None:
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
    labels: dict[str, Words] = {}
    for one in counted:
        for figure in _figures(providers, one, period):
            if figure.code in _FIGURES_COMPARED and figure.value is not None:
                labels[figure.code] = figure.label
                rates.setdefault(figure.code, []).append((one.display_name, round(1000 * figure.value / sizes[one.pk].households, 1), 0.0))
    names = [one.display_name for one in counted]
    charts = tuple(
        Chart(filled(_("%(what)s, per 1,000 households"), what=labels[code]), tuple(sorted(rows, key=lambda row: (-row[1], row[0]))), source=_absent(names, rows), figures=(code,))
        for code, rows in rates.items()
    )
    if not charts:
        return None
    unknown = [one.display_name for one in below if one.pk not in sizes]
    words = filled(_("Not compared, because nobody has entered how many households they have: %(names)s."), names=", ".join(unknown)) if unknown else ""
    table = Table(
        _("Households by which the places are compared"), (_("Place"), _("Number of households"), _("Year"), _("Source")),
        tuple((one.display_name, sizes[one.pk].households, str(sizes[one.pk].year), sizes[one.pk].source) for one in counted),
    )  # fmt: skip
    return _Counted(COMPARED, _("Place by place"), Part(charts=charts, tables=(table,), words=words))


def _absent_words(names: Sequence[str], rows: Sequence[tuple[str, float, float]]) -> str:
    """Say by which households places are compared, and of which of them nothing of the kind is on record."""
    absent = [name for name in names if name not in {label for label, *_values in rows}]
    source = str(_("By the households in the table below."))
    return f"{source} {_('Nothing of the kind on record: %(names)s.') % {'names': ', '.join(absent)}}" if absent else source


_absent = lazy(_absent_words, str)


def _figures(providers: Sequence[reporting.Provider], unit: Unit, period: Period) -> Iterable[Figure]:
    for provider in providers:
        part = provider.give(unit, period)
        if part is not None:
            yield from part.figures


def _sizes(units: Sequence[Unit], period: Period) -> dict[int, UnitSize]:
    """Return how many households each unit has: the last count of a year that has begun by the period's end."""
    rows = UnitSize.objects.filter(unit__in=units, year__lte=period.last.year).order_by("year")
    return {one.unit_id: one for one in rows}
