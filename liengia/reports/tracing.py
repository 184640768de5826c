"""The records behind a number of a report, for one reader: the very unit, period and condition of the number, counted anew.

1. Only numbers of a report are traced, never any unit and days that somebody asks for: two periods that differ by a day would tell of
   one person.
2. What was published stays as it was said; where the records have changed since, both numbers stand side by side.
3. Of a number about people, what adds fewer than five is not listed by itself, but for readers who see those records by a right of
   their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.core import reporting, rooms
from liengia.core.errors import NotFound
from liengia.core.reporting import FEWEST_PEOPLE, Period, Record, Records
from liengia.reports import drawing
from liengia.reports.models import Report, Target
from liengia.reports.papers import said_of

_FEW: Final = gettext_lazy("Where a record adds fewer than five people it is not listed by itself.")


@dataclass(frozen=True, slots=True)
class Traced:
    """A number with its records: what the report says, what is counted now, what the reader may open, and what only counts."""

    section: dict[str, Any]
    figure: dict[str, Any]
    period: Period
    is_before: bool
    said: str
    now: str
    has_changed: bool
    rows: Sequence[Record]
    hidden: str
    why: str
    has_records: bool

    @property
    def list_url(self) -> str:
        """The list of what was counted, where its room keeps one of the very unit, period and condition."""
        return "" if self.has_records or self.is_before else str(self.figure.get("url", ""))


def trace(report: Report, code: str, user: Any, *, before: bool = False) -> Traced:
    """Trace a figure of a report, or (`before`) of the period before it.

    Raises:
        NotFound: the report has no such figure.
    """
    found = next(((section, one) for section in said_of(report)["sections"] for one in section["figures"] if one["code"] == code), None)
    if found is None:
        raise NotFound("")
    section, figure = found
    period = report.period.before() if before else report.period
    records = _records(report, section["code"], code, period, user)
    said = figure["before_shown"] if before else figure["shown"]
    if records is None:
        return Traced(section, figure, period, before, said, said, False, (), "", "", False)
    is_about_people = bool(figure.get("is_about_people", _few(figure)))
    rows, folded = _fold(records.rows) if is_about_people else (records.rows, 0.0)
    hidden = records.hidden + folded
    is_few = is_about_people and records.value is not None and 0 < records.value < FEWEST_PEOPLE
    now = drawing.shown(records.value, is_about_people=is_about_people)
    why = " ".join(str(words) for words in (records.why if records.hidden else "", _FEW if folded else "") if words)
    told = "" if is_few or not hidden else drawing.shown(hidden, is_about_people=is_about_people)
    return Traced(section, figure, period, before, said, now, now != said, rows, told, _("Fewer than five people are not shown in public.") if is_few else why, True)


def _few(figure: dict[str, Any]) -> bool:
    """Tell of a report that was published before figures said so whether its number was withheld."""
    return figure["value"] is None and figure["shown"] != "–"


def _fold(rows: Sequence[Record]) -> tuple[Sequence[Record], float]:
    """Return the rows that may be listed by themselves, and what the others add."""
    if not isinstance(rows, tuple):
        return rows, 0.0
    kept = tuple(one for one in rows if one.is_own or not 0 < one.amount < FEWEST_PEOPLE)
    return kept, sum(one.amount for one in rows) - sum(one.amount for one in kept)


def _records(report: Report, section: str, code: str, period: Period, user: Any) -> Records | None:
    if section == drawing.TARGETS:
        return _targets(report, period)
    provider = reporting.provider_of(section)
    if provider is None or provider.trace is None or not rooms.is_on(provider.room, report.unit):
        return None
    return provider.trace(report.unit, period, code, user)


def _targets(report: Report, period: Period) -> Records:
    """Bring the targets that were missed, judged by the report's own figures."""
    values = {one["code"]: one["value"] for section in said_of(report)["sections"] for one in section["figures"]}
    due = Target.objects.filter(unit__in=report.unit.lineage_ids(), due_on__gte=period.first, due_on__lte=period.last).order_by("due_on", "pk")
    missed = [one for one in due if not one.is_met_by(values.get(one.figure))]
    rows = tuple(
        Record(one.label, one.due_on, f"{_('at least') if one.is_at_least else _('at most')} {drawing.shown(one.aim)}; {_('Value reached')}: {drawing.shown(values.get(one.figure))}")
        for one in missed
    )  # fmt: skip
    return Records(len(rows), rows)
