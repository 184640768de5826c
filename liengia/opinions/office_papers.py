"""What leaves the office on paper or as a table: the case sheet, the month in numbers, the redacted list.

A table holds redacted copies and numbers only. What concerns an officer is in none of them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook

from liengia.core import clock, pdf
from liengia.core.text import date_words, time_words
from liengia.opinions import office_case
from liengia.opinions.models import ANSWERED, UNANSWERED, Opinion, OpinionQuerySet, State
from liengia.people.models import User

# What Excel would take for a formula begins with one of these.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
MOST_ROWS: Final = 20_000


def exportable(found: OpinionQuerySet) -> OpinionQuerySet:
    """Return what may go into a table: never what concerns an officer."""
    return found.filter(about_officials=False, erased_at=None)


def columns() -> list[str]:
    """Return the headings of the redacted list."""
    return [
        _("Number"), _("Filed on"), _("Kind"), _("Subject field"), _("Hamlet"), _("Commune"), _("How it came"), _("State"), _("To be answered by"),
        _("Answered on"), _("Was late"), _("So do I"), _("Public title"), _("Public text"), _("Public place"),
    ]  # fmt: skip


def table(found: OpinionQuerySet) -> Iterator[list[object]]:
    """Yield the rows of the redacted list; one that is not public has no words."""
    for row in exportable(found).with_words().order_by("-filed_on", "public_id")[:MOST_ROWS]:
        text = row.current_text if row.is_public else None
        yield [
            row.public_id, f"{row.filed_on:%d/%m/%Y}", row.get_kind_display(), row.topic.name if row.topic else "",
            row.hamlet.display_name if row.hamlet else "", row.commune.display_name, row.get_source_display(),
            row.get_state_display(), f"{clock.local(row.due_at):%d/%m/%Y %H:%M}",
            f"{clock.local(row.answered_at):%d/%m/%Y}" if row.answered_at else "", _("yes") if row.was_late or row.is_overdue else "",
            row.support_count, text.title if text else "", text.text if text else "", text.place_words if text else "",
        ]  # fmt: skip


def _safe(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def as_csv(rows: Iterable[list[object]]) -> bytes:
    """Return a table as CSV with a mark by which Excel knows UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns())
    writer.writerows([_safe(value) for value in row] for row in rows)
    return "\ufeff".encode() + out.getvalue().encode()


def as_xlsx(rows: Iterable[list[object]]) -> bytes:
    """Return a table as a workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Opinions"))
    sheet.append(columns())
    for row in rows:
        sheet.append([_safe(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass(slots=True)
class Numbers:
    """Counts of one topic or one unit in a month."""

    label: str
    filed: int = 0
    answered: int = 0
    in_time: int = 0
    late: int = 0
    waiting: int = 0
    overdue: int = 0
    refused: int = 0
    moved_out: int = 0

    def take(self, row: Opinion) -> None:
        """Count one opinion; a helper's counts as answered only when the writer was told."""
        self.filed += 1
        if row.state in ANSWERED and (row.entered_by_id is None or row.told_on):
            self.answered += 1
            self.late += row.was_late
            self.in_time += not row.was_late
        elif row.state in (*UNANSWERED, *ANSWERED):  # answered, and the writer without a phone does not know: still owed
            self.waiting += 1
            self.overdue += row.is_overdue
        self.refused += row.state == State.REFUSED
        self.moved_out += row.state == State.MOVED_OUT


@dataclass(slots=True)
class Month:
    """The month in numbers: by topic, by hamlet, and what is overdue by the unit or organisation that has it."""

    first: date
    total: Numbers
    topics: list[Numbers] = field(default_factory=list)
    hamlets: list[Numbers] = field(default_factory=list)
    offices: list[Numbers] = field(default_factory=list)


def month(found: OpinionQuerySet, first: date) -> Month:
    """Count the opinions filed in a month. By offices, never by persons: whoever has it counts for their commune."""
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    rows = exportable(found).filter(filed_on__gte=first, filed_on__lt=following).exclude(state=State.MERGED)
    rows = rows.select_related("topic", "hamlet", "commune").prefetch_related("assignments__organisation", "assignments__unit")
    total = Numbers(_("All"))
    groups: list[dict[str, Numbers]] = [{}, {}, {}]
    for row in rows.defer("text", "place_words", "point", "contact_name", "contact_phone"):
        total.take(row)
        labels = (row.topic.name if row.topic else _("not sorted yet"), row.hamlet.display_name if row.hamlet else "–", _office(row))
        for group, label in zip(groups, labels, strict=True):
            group.setdefault(label, Numbers(label)).take(row)
    by_size = [sorted(group.values(), key=lambda one: (-one.filed, one.label)) for group in groups]
    return Month(first, total, *by_size)


def _office(row: Opinion) -> str:
    given = next(iter(row.assignments.all()), None)
    if given is None:
        return _("not given out yet")
    return given.office or row.commune.display_name


def _vietnamese(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data with every lazy word resolved."""
    resolved: dict[str, Any] = json.loads(json.dumps(data, default=str, ensure_ascii=False))
    return resolved


def case_sheet(opinion: Opinion, reader: User, *, at: datetime) -> bytes:
    """Return the case sheet as a PDF, for the file of the office; it names who printed it."""
    with translation.override("vi"):
        answers = [
            {"text": one.text, "by": f"{one.signer_name}, {one.signer_office}", "at": time_words(one.answered_at), "how": one.get_kind_display()}
            for one in opinion.answers.all()
        ]
        lines = [{"at": one.when, "text": one.title, "detail": " · ".join(filter(None, (one.office, one.who)))} for one in office_case.history(opinion)]
        data = {
            "at": time_words(at), "by": reader.full_name, "title": f"{opinion.get_kind_display()} {opinion.public_id}",
            "commune": opinion.commune.full_name, "text": opinion.text, "answers": answers, "lines": lines[::-1],
            "facts": [{"label": label, "text": text} for label, text in _facts(opinion)],
            "evidence": [f"{one.title} ({one.get_kind_display()})" for one in opinion.evidence.all()],
            "reason": f"{opinion.reason.name}. {opinion.reason_words}" if opinion.reason else "",
        }  # fmt: skip
        return pdf.render("opinions/case", _vietnamese(data), at=at)


def _facts(opinion: Opinion) -> list[tuple[str, str]]:
    filed = time_words(opinion.filed_at) if opinion.filed_at else date_words(opinion.filed_on)
    contact = _("anonymous") if opinion.is_anonymous else " ".join(filter(None, (opinion.contact_name, str(opinion.contact_phone or ""))))
    facts = [
        (_("State"), opinion.get_state_display()),
        (_("Subject field"), opinion.topic.name if opinion.topic else "–"),
        (_("Place"), opinion.place_words or "–"),
        (_("Filed on"), filed),
        (_("How it came"), opinion.get_source_display()),
        (_("Writer"), contact or "–"),
        (_("To be answered by"), time_words(opinion.due_at)),
    ]
    if opinion.told_on:
        facts.append((_("Writer told"), f"{opinion.told_on:%d/%m/%Y}, {opinion.get_told_how_display()}"))
    return facts


def month_sheet(counted: Month, commune: str, *, at: datetime) -> bytes:
    """Return the month's list for the chairman as a PDF: numbers only."""
    with translation.override("vi"):
        tables = [(_("By topic"), counted.topics), (_("By hamlet"), counted.hamlets), (_("By the office that has it"), counted.offices)]
        names = ("filed", "answered", "in_time", "late", "waiting", "overdue", "refused", "moved_out")
        data = {
            "at": time_words(at), "commune": commune, "month": f"{counted.first:%m/%Y}",
            "heads": heads(),
            "tables": [
                {"title": title, "rows": [[one.label, *(str(getattr(one, name)) for name in names)] for one in (*rows, counted.total)]}
                for title, rows in tables
            ],
        }  # fmt: skip
        return pdf.render("opinions/month", _vietnamese(data), at=at)


def heads() -> list[str]:
    """Return the headings of the numbers."""
    return [_("Filed"), _("Answered"), _("In time"), _("Late"), _("Waiting"), _("Overdue now"), _("Not taken up"), _("Moved out")]
