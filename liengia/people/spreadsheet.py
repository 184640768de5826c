"""Groups, households, phones and kit from a spreadsheet: pure reading, rows in, typed rows and errors in words out.

Nothing is saved here. An error names the sheet, the row, the column, what is wrong and what to write. Formulas,
merged cells, a million empty rows, files of another kind, other sheet names, text in NFD and phones in any usual
writing are met; a file is refused as a whole only when it cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from liengia.core.errors import Invalid
from liengia.core.fields import parse_phone
from liengia.core.text import fold, nfc
from liengia.people.models import Household, KitItem
from liengia.people.services.households import KitLine, PhoneLine
from liengia.people.spreadsheet_file import DAMAGED, damaged, opened
from liengia.people.spreadsheet_form import (
    COUNTED,
    EXPIRES,
    GROUP_COLUMNS,
    GROUP_MUST,
    GROUPS,
    HOUSE_COLUMNS,
    HOUSE_MUST,
    HOUSES,
    KINDS,
    template,
)

__all__ = [
    "GROUPS",
    "GROUP_COLUMNS",
    "HOUSES",
    "HOUSE_COLUMNS",
    "GroupRow",
    "HouseholdRow",
    "Line",
    "RowError",
    "Sheet",
    "read",
    "read_lines",
    "template",
]

ROWS_MOST: Final = 5000
BLANK_ROWS_END: Final = 2000
TITLES_BEFORE: Final = 15


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one place, and what to write there."""

    sheet: str
    row: int
    column: str
    what: str
    do: str

    def __str__(self) -> str:
        place = (
            _("Sheet “%(sheet)s”, row %(row)s") % {"sheet": self.sheet, "row": self.row}
            if self.row
            else self.sheet
        )
        return f"{place}{', ' + self.column if self.column else ''}: {self.what} {self.do}".strip()


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group as given."""

    row: int
    number: int
    name: str
    hamlet: str
    leader: str = ""
    leader_phone: str = ""
    assembly_point: str = ""
    decision_number: str = ""
    decision_on: date | None = None


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """One household as given, in its group."""

    row: int
    group: int
    house_label: str
    head_name: str
    address_label: str
    landmark: str = ""
    kind: str = Household.Kind.HOME
    phones: tuple[PhoneLine, ...] = ()
    kit: tuple[KitLine, ...] = ()
    rooms: tuple[str, ...] = ()


@dataclass(slots=True)
class Sheet:
    """What was read: typed rows, and errors in order of place. Save only when `errors` is empty."""

    groups: list[GroupRow] = field(default_factory=list)
    households: list[HouseholdRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


@dataclass(slots=True)
class Line:
    """One row of a sheet while it is read; collects its errors. Rooms with sheets of their own read cells by it too."""

    sheet: str
    row: int
    cells: Mapping[str, Any]
    titles: Mapping[str, str]
    errors: list[RowError]

    def wrong(self, key: str, what: str, do: str) -> None:
        """Note what is wrong in a cell, and what to write there."""
        self.errors.append(RowError(self.sheet, self.row, self.titles.get(key, ""), what, do))

    def text(self, key: str, *, most: int = 160) -> str:
        """Return a cell's words with single blanks; a formula or too long a text is wrong."""
        value = self.cells.get(key)
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, datetime | date):
            value = f"{value:%d/%m/%Y}"
        words = " ".join(nfc(str(value)).split())
        if words.startswith("="):
            self.wrong(key, _("The cell holds a formula."), _("Copy the cell and paste it as a value."))
            return ""
        if len(words) > most:
            self.wrong(
                key, _("The text is too long."), _("Write at most %(most)s characters.") % {"most": most}
            )
        return words

    def number(self, key: str, *, least: int = 0, most: int = 9999) -> int | None:
        """Return a whole number, or None for an empty cell."""
        words = self.text(key)
        if not words:
            return None
        if fold(words) in {"x", "co"}:
            return 1
        if fold(words) in {"khong", "-"}:
            return 0
        found = re.fullmatch(r"(?:[Tt]ổ\s*(?:số\s*)?)?(\d{1,5})", words)
        if found is None or not least <= int(found[1]) <= most:
            self.wrong(
                key,
                _("“%(what)s” is not a number.") % {"what": words},
                _("Write digits only, for example 2."),
            )
            return None
        return int(found[1])

    def phone(self, key: str) -> str:
        """Return a phone number in E.164, or the empty string."""
        words = self.text(key)
        if not words:
            return ""
        # A spreadsheet drops the leading zero of a number: 900000007 was 0900 000 007.
        digits = re.sub(r"\D", "", words)
        if len(digits) == 9 and not words.startswith(("0", "+")):
            words = "0" + digits
        try:
            return parse_phone(words)
        except ValidationError as error:
            self.wrong(
                key, f"“{words}”: {' '.join(error.messages)}", _("Write the whole number, or leave it empty.")
            )
            return ""

    def day(self, key: str) -> date | None:
        """Return a day, however it was written, or None."""
        value = self.cells.get(key)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        words = self.text(key)
        if not words:
            return None
        for form in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%m/%Y"):
            try:
                return datetime.strptime(words, form).date()  # noqa: DTZ007  a day has no zone
            except ValueError:
                continue
        self.wrong(
            key,
            _("“%(what)s” is not a day.") % {"what": words},
            _("Write day/month/year, for example 30/11/2026."),
        )
        return None

    def must(self, keys: tuple[str, ...]) -> None:
        """Note each of these cells that is empty."""
        for key in keys:
            if self.cells.get(key) in (None, "") or not str(self.cells[key]).strip():
                self.wrong(key, _("The cell is empty."), _("Write something here, or delete the whole row."))


def read(file: IO[bytes]) -> Sheet:
    """Read a workbook.

    Raises:
        Invalid: not an .xlsx file, too large, or without the two sheets.
    """
    result = Sheet()
    book, merged = opened(file)
    for name, columns, take in ((GROUPS, GROUP_COLUMNS, _group), (HOUSES, HOUSE_COLUMNS, _household)):
        for line in _lines_of(book, merged, name, columns, GROUP_MUST + HOUSE_MUST, result.errors):
            take(line, result)
    _compare(result)
    result.errors.sort(key=lambda e: (e.sheet != GROUPS, e.row))
    return result


def read_lines(file: IO[bytes], name: str, columns: Mapping[str, str], must: tuple[str, ...], errors: list[RowError]) -> Iterator[Line]:
    """Yield the filled rows of one sheet by the titles of its columns, for a room with a sheet of its own.

    Raises:
        Invalid: not an .xlsx file, too large, or without the sheet.
    """
    book, merged = opened(file)
    yield from _lines_of(book, merged, name, columns, must, errors)


def _lines_of(
    book: Any, merged: Mapping[str, list[str]], name: str, columns: Mapping[str, str], must: tuple[str, ...], errors: list[RowError]
) -> Iterator[Line]:
    sheet = _sheet(book, name)
    if sheet.title in merged:
        what = _("Cells are merged here: %(cells)s.") % {"cells": ", ".join(merged[sheet.title][:3])}
        errors.append(RowError(sheet.title, 0, "", what, _("Choose all, press “Unmerge”, and fill every cell.")))
    yield from _lines(sheet, columns, must, errors)


def _sheet(book: Any, name: str) -> Any:
    for sheet in book.worksheets:
        if fold(sheet.title) == fold(name):
            return sheet
    names = ", ".join(f"“{sheet.title}”" for sheet in book.worksheets)
    raise Invalid(
        _(
            "The sheet “%(name)s” is missing; the file has %(names)s. Use the template, and do not rename its sheets."
        )
        % {"name": name, "names": names}
    )


def _filled(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield the rows that hold something, until so many in a row hold nothing that the sheet has surely ended.

    Raises:
        Invalid: the sheet is damaged.
    """
    blank = 0
    try:
        for at, row in enumerate(sheet.iter_rows(values_only=True, max_col=60), start=1):
            if any(str(value).strip() for value in row if value is not None):
                blank = 0
                yield at, row
            elif (blank := blank + 1) >= BLANK_ROWS_END:
                return
    except DAMAGED as error:
        raise damaged() from error


def _places(row: tuple[Any, ...], columns: Mapping[str, str]) -> dict[int, str]:
    """Return which column holds what, if this is the row of titles; else nothing."""
    by_title = {fold(title): key for key, title in columns.items()}
    found = {
        n: by_title[fold(str(v))] for n, v in enumerate(row) if v is not None and fold(str(v)) in by_title
    }
    return found if len(found) > 1 else {}


def _missing(title: str, at: int, columns: Mapping[str, str], must: tuple[str, ...], places: Mapping[int, str]) -> list[RowError]:
    """Return an error for each column that must be there and is not."""
    lacking = [key for key in columns if key in must and key not in places.values()]
    what, do = _("The column is missing."), _("Use the template's row of titles.")
    return [RowError(title, at, columns[key], what, do) for key in lacking]


def _lines(sheet: Any, columns: Mapping[str, str], must: tuple[str, ...], errors: list[RowError]) -> Iterator[Line]:
    """Yield the filled rows under the row of titles."""
    places: dict[int, str] = {}
    first = next(iter(columns))
    for at, row in _filled(sheet):
        if not places:
            places = _places(row, columns)
            if places:
                errors += _missing(sheet.title, at, columns, must, places)
            elif at >= TITLES_BEFORE:
                break
            continue
        if at > ROWS_MOST:
            what = _("More than %(most)s rows.") % {"most": ROWS_MOST}
            errors.append(RowError(sheet.title, at, "", what, _("Send the file in two parts.")))
            return
        cells = {key: row[n] for n, key in places.items() if n < len(row)}
        if not str(cells.get(first) or "").strip().startswith("#"):
            yield Line(sheet.title, at, cells, columns, errors)
    if not places:
        errors.append(_no_titles(sheet.title))


def _no_titles(title: str) -> RowError:
    return RowError(
        title, 0, "", _("The row of titles is missing."), _("Use the template and keep its first row.")
    )


def _group(line: Line, result: Sheet) -> None:
    line.must(GROUP_MUST)
    number = line.number("number", least=1)
    row = GroupRow(
        row=line.row,
        number=number or 0,
        name=line.text("name", most=120) or f"Tổ liên gia số {number or ''}".strip(),
        hamlet=line.text("hamlet", most=120),
        leader=line.text("leader", most=120),
        leader_phone=line.phone("leader_phone"),
        assembly_point=line.text("assembly_point"),
        decision_number=line.text("decision_number", most=60),
        decision_on=line.day("decision_on"),
    )
    if row.number and row.hamlet:
        result.groups.append(row)


def _household(line: Line, result: Sheet) -> None:
    line.must(HOUSE_MUST)
    kind = fold(line.text("kind")).replace("-", " ")
    if kind not in KINDS:
        line.wrong(
            "kind",
            _("“%(what)s” is not known.") % {"what": line.text("kind")},
            _(
                "Write: home, home with a shop, boarding house, or institution, in Vietnamese as in the template."
            ),
        )
    row = HouseholdRow(
        row=line.row,
        group=line.number("group", least=1) or 0,
        house_label=line.text("house_label", most=40),
        head_name=line.text("head_name", most=120),
        address_label=line.text("address_label"),
        landmark=line.text("landmark"),
        kind=KINDS.get(kind, Household.Kind.HOME),
        phones=tuple(_phones(line)),
        kit=tuple(_kit(line)),
        rooms=tuple(
            part.strip() for part in re.split(r"[,;\n]", line.text("rooms", most=400)) if part.strip()
        ),
    )
    if row.group and row.house_label and row.address_label:
        result.households.append(row)


def _phones(line: Line) -> Iterator[PhoneLine]:
    seen: set[str] = set()
    for n in (1, 2, 3):
        number = line.phone(f"phone_{n}")
        if number and number in seen:
            line.wrong(f"phone_{n}", _("The same number stands twice in this row."), _("Delete one of them."))
        elif number:
            seen.add(number)
            yield PhoneLine(number, line.text(f"owner_{n}", most=80))


def _kit(line: Line) -> Iterator[KitLine]:
    for kind in COUNTED:
        count = line.number(kind, most=99)
        until = line.day(EXPIRES[kind]) if kind in EXPIRES else None
        if until and not count:
            line.wrong(
                EXPIRES[kind],
                _("A day, but no extinguisher."),
                _("Write how many there are, or delete the day."),
            )
        if count:
            yield KitLine(KitItem.Kind(kind).value, count, until)


def _compare(result: Sheet) -> None:
    """Find what only shows between rows: groups and addresses given twice, households of an unknown group."""
    groups: dict[int, int] = {}
    for group in result.groups:
        if group.number in groups:
            what = _("Group %(number)s stands in row %(row)s already.") % {
                "number": group.number,
                "row": groups[group.number],
            }
            result.errors.append(
                RowError(
                    GROUPS,
                    group.row,
                    GROUP_COLUMNS["number"],
                    what,
                    _("Give it another number, or delete the row."),
                )
            )
        groups.setdefault(group.number, group.row)
    hamlets = {group.number: fold(group.hamlet) for group in result.groups}
    houses: dict[tuple[str, str], int] = {}
    labels: dict[tuple[int, str], int] = {}
    for house in result.households:
        if house.group not in groups:
            what = _("Group %(number)s is not on the sheet “%(sheet)s”.") % {
                "number": house.group,
                "sheet": GROUPS,
            }
            result.errors.append(
                RowError(
                    HOUSES,
                    house.row,
                    HOUSE_COLUMNS["group"],
                    what,
                    _("Correct the number, or add the group there."),
                )
            )
        place = (hamlets.get(house.group, ""), fold(house.address_label))
        label = (house.group, fold(house.house_label))
        for seen, key, column in ((houses, place, "address_label"), (labels, label, "house_label")):
            if key in seen:
                what = _("The same stands in row %(row)s.") % {"row": seen[key]}  # type: ignore[index]
                result.errors.append(
                    RowError(
                        HOUSES,
                        house.row,
                        HOUSE_COLUMNS[column],
                        what,
                        _("Delete the row, or tell the two houses apart."),
                    )
                )
                break
            seen[key] = house.row  # type: ignore[index]
