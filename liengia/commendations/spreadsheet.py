"""Nominations from a spreadsheet and lists as a spreadsheet: pure reading and writing, errors in words."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from liengia.commendations import queries
from liengia.commendations.models import (
    LONGEST_MERIT,
    LONGEST_NAME,
    Certificate,
    Nomination,
    RecipientKind,
    Round,
)
from liengia.commendations.services import nominations
from liengia.core import clock
from liengia.core.errors import Invalid
from liengia.core.text import fold
from liengia.people import spreadsheet
from liengia.people.spreadsheet import Line, RowError
from liengia.units.models import Unit

SHEET: Final = "Đề nghị khen thưởng"
COLUMNS: Final = {
    "kind": "Đối tượng khen", "honorific": "Danh xưng", "name": "Họ tên hoặc tên tập thể", "birth_year": "Năm sinh", "words": "Chức vụ, đơn vị (in trên giấy)",
    "unit": "Ấp, khu phố hoặc xã", "merit": "Thành tích (in trên giấy)", "deed_on": "Ngày lập thành tích", "police": "Công an", "nominated_by": "Nơi đề nghị",
    "consent": "Đồng ý công khai tên",
}  # fmt: skip
MUST: Final = ("kind", "name", "merit", "nominated_by")
KINDS: Final = {
    "ca nhan": RecipientKind.INDIVIDUAL, "tap the": RecipientKind.COLLECTIVE, "ho gia dinh": RecipientKind.HOUSEHOLD, "ho": RecipientKind.HOUSEHOLD,
}  # fmt: skip
_KIND_WORDS: Final = {RecipientKind.INDIVIDUAL: "cá nhân", RecipientKind.COLLECTIVE: "tập thể", RecipientKind.HOUSEHOLD: "hộ gia đình"}
EXPLAINED: Final = gettext_lazy("Dark titles must be filled in; a row that begins with # is not read.")
TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a spreadsheet would take for a formula begins with one of these.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class NominationRow:
    """One nomination as given."""

    row: int
    kind: str
    name: str
    merit: str
    nominated_by: str
    unit: Unit
    honorific: str = ""
    birth_year: int | None = None
    words: str = ""
    deed_on: date | None = None
    is_police: bool = False
    consents: bool = False

    @property
    def named(self) -> Nomination:
        """Who the row names, as papers would call them; not saved."""
        return Nomination(kind=self.kind, honorific=self.honorific, name=self.name)


@dataclass(slots=True)
class Read:
    """What was read: typed rows, and errors in order of place. Save only when `errors` is empty."""

    rows: list[NominationRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def read(file: IO[bytes], row: Round) -> Read:
    """Read a workbook of nominations for a round.

    Raises:
        Invalid: not an .xlsx file, too large, or without the sheet.
    """
    found = Read()
    places = _places(row)
    for line in spreadsheet.read_lines(file, SHEET, COLUMNS, MUST, found.errors):
        before = len(found.errors)
        one = _row(line, row, places)
        if one is not None and len(found.errors) == before and _may_stand(one, row, line):
            found.rows.append(one)
    found.errors.sort(key=lambda error: error.row)
    return found


def _places(row: Round) -> dict[str, list[Unit]]:
    """Return the places of a round by their folded names."""
    found: dict[str, list[Unit]] = {}
    for one in queries.places_of(row):
        for name in {one.name, one.full_name, one.display_name, one.place_name}:
            found.setdefault(fold(name), []).append(one)
    return found


def _row(line: Line, row: Round, places: dict[str, list[Unit]]) -> NominationRow | None:
    line.must(MUST)
    kind = KINDS.get(fold(line.text("kind")), "")
    if line.text("kind") and not kind:
        line.wrong("kind", _("“%(what)s” is not known.") % {"what": line.text("kind")}, _("Write: individual, collective or household, in Vietnamese as in the template."))
    name, merit, nominated_by, words = (_plain_text(line.text(key, most=most)) for key, most in (("name", LONGEST_NAME), ("merit", LONGEST_MERIT), ("nominated_by", LONGEST_NAME), ("words", 200)))
    unit = _unit(line, row.unit, places)
    year = _year(line, kind)
    deed_on = line.day("deed_on")
    if deed_on is not None and deed_on > clock.today():
        line.wrong("deed_on", _("This day has not come yet."), _("Write the day of the deed."))
    if unit is None or not kind:
        return None
    return NominationRow(
        line.row, kind, name, merit, nominated_by, unit, honorific=line.text("honorific", most=20), birth_year=year,
        words=words, deed_on=deed_on, is_police=kind == RecipientKind.INDIVIDUAL and _ticked(line, "police"), consents=_ticked(line, "consent"),
    )  # fmt: skip


def _may_stand(one: NominationRow, row: Round, line: Line) -> bool:
    """Look at a row as at a nomination that is typed by hand, and say what is wrong with it."""
    try:
        nominations.check(made(one, row, 0), row)
    except Invalid as error:
        line.wrong(str(error.data.get("field", "")), str(error), "")
        return False
    return True


def _unit(line: Line, own: Unit, places: dict[str, list[Unit]]) -> Unit | None:
    words = line.text("unit")
    if not words:
        return own
    found = places.get(fold(words), [])
    if len(found) == 1:
        return found[0]
    if not found:
        line.wrong("unit", _("“%(name)s” is no place of %(unit)s.") % {"name": words, "unit": own.full_name}, _("Write a hamlet or commune of it, or leave the cell empty."))
    else:
        names = ", ".join(sorted({one.place_name for one in found}))
        line.wrong("unit", _("There are %(count)s places “%(name)s”.") % {"count": len(found), "name": words}, _("Write which: %(names)s.") % {"names": names})
    return None


def _year(line: Line, kind: str) -> int | None:
    words = line.text("birth_year", most=20)
    if not words:
        return None
    if kind and kind != RecipientKind.INDIVIDUAL:
        line.wrong("birth_year", _("Only a person has a year of birth."), _("Leave the cell empty."))
        return None
    found = re.search(r"(\d{4})$", words)
    year = int(found[1]) if found else 0
    if not clock.today().year - 120 <= year <= clock.today().year:
        line.wrong("birth_year", _("“%(what)s” is no year of birth.") % {"what": words}, _("Write four digits, for example 1969."))
        return None
    return year


def _ticked(line: Line, key: str) -> bool:
    words = fold(line.text(key, most=40))
    if words in ("", "khong", "-", "0"):
        return False
    if words in ("x", "co", "1", "dong y"):
        return True
    line.wrong(key, _("“%(what)s” is neither yes nor no.") % {"what": line.text(key)}, _("Write x for yes, or leave the cell empty."))
    return False


def made(row: NominationRow, into: Round, place: int) -> Nomination:
    """Return a nomination of a row that was read without errors; not saved."""
    found = Nomination(
        round=into, kind=row.kind, honorific=row.honorific, name=row.name, birth_year=row.birth_year, words=row.words, unit=row.unit, merit=row.merit,
        deed_on=row.deed_on, is_police=row.is_police, nominated_by=row.nominated_by, place=place,
    )  # fmt: skip
    found.fold()
    return found


# Writing


def template() -> bytes:
    """Return the empty workbook that offices fill in, with example rows that are not read."""
    return _book(
        [
            ["# tập thể", "", "Tổ bảo vệ an ninh, trật tự ấp Mẫu", "", "xã Mẫu", "", "Có thành tích xuất sắc trong phong trào Toàn dân bảo vệ an ninh Tổ quốc", "", "", "Công an xã", ""],
            ["# cá nhân", "Bà", "Nguyễn Thị Mẫu", 1969, "Tổ trưởng tổ liên gia số 3, ấp Mẫu", "", "Có thành tích xuất sắc trong phong trào Toàn dân bảo vệ an ninh Tổ quốc", "14/05/2023", "", "Tập thể ấp Mẫu", "x"],
        ]
    )  # fmt: skip


def list_of(rows: Iterable[Nomination]) -> bytes:
    """Return nominations as a workbook that can be imported again."""
    return _book(
        [_KIND_WORDS[RecipientKind(one.kind)], one.honorific, one.name, one.birth_year or "", one.words, one.unit.place_name, one.merit,
         f"{one.deed_on:%d/%m/%Y}" if one.deed_on else "", "x" if one.is_police else "", one.nominated_by, "x" if _agrees(one) else ""]
        for one in rows
    )  # fmt: skip


def _agrees(one: Nomination) -> bool:
    return any(consent.withdrawn_on is None for consent in one.consents.all())


def register_of(certificates: Iterable[Certificate]) -> bytes:
    """Return lines of the honour register as a workbook."""
    titles = [_("Register no."), _("Award"), _("Name"), _("Office or address"), _("Merit"), _("Decision"), _("Day"), _("Reward money"), _("State"), _("Handed out")]
    rows = (
        [one.serial, one.award_words, one.name, one.words, one.merit, one.decision.paper.sign, f"{one.decision.decided_on:%d/%m/%Y}", one.amount_vnd,
         str(one.get_state_display()), str(one.get_hand_over_display())]
        for one in certificates
    )  # fmt: skip
    return _plain(_("Honour register"), titles, rows)


def _plain(title: str, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.append(list(titles))
    for row in rows:
        sheet.append([safe(value) for value in row])
    return _bytes(book)


def _plain_text(text: str) -> str:
    """Return a cell as it was before `safe`, so that a list that is exported comes back the same."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def safe(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _book(rows: Iterable[Sequence[object]]) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    sheet.append(list(COLUMNS.values()))
    for row in rows:
        sheet.append([safe(value) for value in row])
    for number, (key, title) in enumerate(COLUMNS.items(), start=1):
        head = sheet.cell(1, number)
        head.font = Font(bold=True, color="FFFFFF" if key in MUST else "1B2D6B")
        head.fill = PatternFill("solid", fgColor="1B2D6B" if key in MUST else "E7EBF8")
        head.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(number)].width = 60 if key == "merit" else max(14, min(34, len(title) + 6))
    sheet.freeze_panes = "A2"
    return _bytes(book)


def _bytes(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def numbered(rows: Iterable[NominationRow], into: Round, first: int) -> Iterator[Nomination]:
    """Yield nominations of rows, placed one after another."""
    for place, row in enumerate(rows, start=first):
        yield made(row, into, place)
