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

from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from liengia.core import reporting, rooms
from liengia.core.errors import NotFound
from liengia.core.reporting import FEWEST_PEOPLE, Period, Record, Records
from liengia.reports import drawing, screens
from liengia.reports.models import Report
from liengia.reports.papers import said_of

# Reports that were published before figures said so: these count people.
_ABOUT_PEOPLE: Final = frozenset({"alarms.other", "commendations.people", "commendations.civilians", "voice.zalo_members"})
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
    def has_before(self) -> bool:
        """Whether the period before has a number with records of its own; targets are judged by one period's report only."""
        return str(self.figure["before_shown"]) != "–" and self.section["code"] != drawing.TARGETS

    @property
    def list_url(self) -> str:
        """The list of what was counted, where its room keeps one of the very unit, period and condition."""
        return "" if self.has_records else str(self.figure.get("url", ""))


def trace(report: Report, code: str, user: Any, *, before: bool = False) -> Traced:
    """Trace a figure of a report, or (`before`) of the period before it.

    Raises:
        NotFound: the report has no such figure, or no records of the period before it.
    """
    found = next(((section, one) for section in said_of(report)["sections"] for one in section["figures"] if one["code"] == code), None)
    if found is None:
        raise NotFound("")
    section, figure = found
    is_about_people = bool(figure.get("is_about_people", code in _ABOUT_PEOPLE))
    if before and is_about_people and figure["before_shown"] == "–":
        raise NotFound("")
    period = report.period.before() if before else report.period
    records = _records(report, section["code"], code, period, user)
    shown = "before_shown" if before else "shown"
    read = screens.told(section)
    figure_read = next(one for one in read["figures"] if one["code"] == code)
    said = figure_read[shown]
    if before and records is None and not (reporting.is_traced(section["code"]) and figure["before_shown"] != "–"):
        raise NotFound("")
    if records is None:
        return Traced(read, figure_read, period, before, said, said, False, (), "", "", False)
    rows, folded = _fold(records.rows) if is_about_people else (records.rows, 0.0)
    hidden = records.hidden + folded
    if is_about_people and isinstance(rows, tuple) and 0 < hidden < FEWEST_PEOPLE:
        # The number less what is listed would tell the rest.
        rows, folded, hidden = (), 1.0, float(records.value or 0)
    is_few = is_about_people and records.value is not None and 0 < records.value < FEWEST_PEOPLE
    # Written as the number that stands beside it: what was published before it was drawn in the reader's language is in Vietnamese, and 1.200 and 1,200 would be two.
    language = get_language() if get_language() in section.get("told", ()) else drawing.OFFICIAL
    with translation.override(language):
        now = drawing.shown(records.value, is_about_people=is_about_people)
        told = "" if is_few or not hidden else drawing.shown(hidden, is_about_people=is_about_people)
    why = " ".join(str(words) for words in (records.why if records.hidden else "", _FEW if folded else "") if words)
    return Traced(read, figure_read, period, before, said, now, now != said, rows, told, _("Fewer than five people are not shown in public.") if is_few else why, True)


def _fold(rows: Sequence[Record]) -> tuple[Sequence[Record], float]:
    """Return the rows that may be listed by themselves, and what the others add."""
    if not isinstance(rows, tuple):
        return rows, 0.0
    kept = tuple(one for one in rows if one.is_own or not 0 < one.amount < FEWEST_PEOPLE)
    return kept, sum(one.amount for one in rows) - sum(one.amount for one in kept)


def _records(report: Report, section: str, code: str, period: Period, user: Any) -> Records | None:
    if section == drawing.TARGETS:
        return _targets(report) if period == report.period else None
    provider = reporting.provider_of(section)
    if provider is None or provider.trace is None or not rooms.is_on(provider.room, report.unit):
        return None
    return provider.trace(report.unit, period, code, user)


def _targets(report: Report) -> Records:
    """Bring the targets that were missed, as the report judged them: in its own table they stand first."""
    section = screens.told(next(one for one in said_of(report)["sections"] if one["code"] == drawing.TARGETS))
    missed = int(section["figures"][0]["value"] or 0)
    rows = section["tables"][0]["rows"][:missed]
    return Records(missed, tuple(Record(label, note=f"{aim}; {_('Value reached')}: {value}") for label, aim, value, *_rest in rows))
