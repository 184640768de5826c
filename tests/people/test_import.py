"""The spreadsheet: the template, planted errors in words, strange files, and all or nothing."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from liengia.core.errors import Invalid
from liengia.people import spreadsheet
from liengia.people.models import Household
from liengia.people.services import imports
from liengia.people.spreadsheet import GROUPS, HOUSE_COLUMNS, HOUSES
from tests.cast import TESTER, Cast

COLUMN = {key: n for n, key in enumerate(HOUSE_COLUMNS, start=1)}


def _filled(
    groups: int = 20, houses: int = 12, change: Callable[[Any], None] = lambda book: None
) -> io.BytesIO:
    book = load_workbook(io.BytesIO(spreadsheet.template()))
    for number in range(1, groups + 1):
        book[GROUPS].append(
            [number, f"Tổ liên gia số {number}", "Khu phố 5", "Phạm Thị Mộc Miên", f"0900 {number:03} 001"]
        )
        for house in range(1, houses + 1):
            book[HOUSES].append(
                [
                    number,
                    f"Nhà số {house}",
                    "Võ Minh Luân",
                    f"{number}/{house} hẻm {number}",
                    "",
                    "Nhà ở",
                    f"0900 {number:03} {house:03}",
                ]
            )
    change(book)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def test_the_template_itself_is_without_errors_and_empty() -> None:
    read = spreadsheet.read(io.BytesIO(spreadsheet.template()))
    assert (read.groups, read.households, read.errors) == ([], [], [])


def test_twenty_groups_of_twelve_read_whole() -> None:
    read = spreadsheet.read(_filled())
    assert (len(read.groups), len(read.households), read.errors) == (20, 240, [])


def test_planted_errors_are_told_by_row_and_column_in_words() -> None:
    def plant(book: Any) -> None:
        sheet = book[HOUSES]
        sheet.cell(5, COLUMN["phone_1"]).value = "0900 00"
        sheet.cell(9, COLUMN["powder_extinguisher"]).value = "hai bình"
        sheet.cell(12, COLUMN["group"]).value = 99
        sheet.cell(20, COLUMN["address_label"]).value = sheet.cell(19, COLUMN["address_label"]).value
        sheet.cell(30, COLUMN["head_name"]).value = "=A1"
        sheet.cell(33, COLUMN["kind"]).value = "lâu đài"
        sheet.cell(40, COLUMN["house_label"]).value = None
        sheet.cell(41, COLUMN["powder_until"]).value = "hôm qua"
        book[GROUPS].cell(4, 1).value = 1
        sheet.merge_cells("B50:C50")

    read = spreadsheet.read(_filled(change=plant))
    places = {(error.sheet, error.row, error.column) for error in read.errors}
    for row, key in (
        (5, "phone_1"),
        (9, "powder_extinguisher"),
        (12, "group"),
        (20, "address_label"),
        (30, "head_name"),
        (33, "kind"),
        (40, "house_label"),
        (41, "powder_until"),
    ):
        assert (HOUSES, row, HOUSE_COLUMNS[key]) in places
    assert any(error.sheet == GROUPS and error.row == 4 for error in read.errors)
    assert any("B50:C50" in error.what for error in read.errors)
    assert all(error.what and error.do for error in read.errors)


def test_text_in_nfd_and_numbers_without_their_zero_are_understood() -> None:
    def plant(book: Any) -> None:
        sheet = book[HOUSES]
        sheet.cell(3, COLUMN["head_name"]).value = unicodedata.normalize("NFD", "Trần Thị Lụa")
        sheet.cell(3, COLUMN["phone_1"]).value = 900000009
        for title in sheet[1]:
            title.value = unicodedata.normalize("NFD", title.value)

    read = spreadsheet.read(_filled(1, 2, plant))
    assert read.errors == []
    assert read.households[0].head_name == "Trần Thị Lụa"
    assert read.households[0].phones[0].phone == "+84900000009"


def test_a_million_empty_rows_end_the_reading() -> None:
    def plant(book: Any) -> None:
        book[HOUSES].cell(1_048_000, 1).value = None
        book[HOUSES].row_dimensions[1_048_000].height = 20
        book[HOUSES].cell(1_048_000, 3).number_format = "@"

    read = spreadsheet.read(_filled(2, 3, plant))
    assert len(read.households) == 6


def _zip(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nha,chu ho\n1,2",
        b"\xd0\xcf\x11\xe0" + b"0" * 600,
        _zip("word/document.xml"),
        _zip("xl/workbook.xml"),
        b"PK\x03\x04rubbish",
    ],
)
def test_other_files_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        spreadsheet.read(io.BytesIO(data))
    assert str(refused.value)


def test_other_sheet_names_are_refused_by_name() -> None:
    book = Workbook()
    book.worksheets[0].title = "Sheet1"
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    with pytest.raises(Invalid, match="Sheet1"):
        spreadsheet.read(out)


def test_households_are_written_and_told_twice_the_next_time(cast: Cast) -> None:
    read = spreadsheet.read(_filled(2, 12))
    hamlets, errors = imports.match_hamlets(read, cast.commune)
    assert errors == []
    told: list[int] = []
    made = imports.import_households(
        read.households, hamlets, actor=TESTER, progress=lambda done, total: told.append(done)
    )
    assert (len(made), told[-1]) == (24, 24)
    assert len(imports.standing_twice(read, hamlets)) == 24


def test_an_unknown_hamlet_is_told_with_the_right_names(cast: Cast) -> None:
    def plant(book: Any) -> None:
        book[GROUPS].cell(3, 3).value = "Ấp Không Có"

    _hamlets, errors = imports.match_hamlets(spreadsheet.read(_filled(1, 1, plant)), cast.commune)
    assert "Khu phố 5" in errors[0].do


def test_when_one_row_fails_none_stays(cast: Cast) -> None:
    read = spreadsheet.read(_filled(2, 12))
    hamlets, _errors = imports.match_hamlets(read, cast.commune)
    before = Household.objects.count()
    with pytest.raises(KeyError):
        imports.import_households(read.households, {1: hamlets[1]}, actor=TESTER)
    assert Household.objects.count() == before
