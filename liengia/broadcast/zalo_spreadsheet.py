"""Zalo groups from a spreadsheet: pure reading, errors in words; the empty workbook to fill in."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import IO, Any, Final

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from liengia.broadcast.models.zalo import MOST_MEMBERS
from liengia.core import clock
from liengia.core.text import fold
from liengia.people import spreadsheet
from liengia.people.models import User
from liengia.people.spreadsheet import Line, RowError
from liengia.units.models import Unit

SHEET: Final = "Nhóm Zalo"
COLUMNS: Final = {
    "name": "Tên nhóm", "unit": "Ấp, khu phố hoặc xã", "keeper_phone": "Điện thoại người giữ nhóm", "members": "Số thành viên", "members_on": "Tính đến ngày",
    "link": "Liên kết nhóm",
}  # fmt: skip
MUST: Final = ("name", "unit")
_EXAMPLE: Final = ("# ví dụ: Nhóm Zalo phòng, chống tội phạm Khu phố 5", "Khu phố 5", "0900 000 001", 214, "01/11/2026", "https://zalo.me/g/abcdef123")


@dataclass(slots=True)
class Read:
    """What was read: values for each group, and errors in order of place. Save only when `errors` is empty."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def read(file: IO[bytes], commune: Unit) -> Read:
    """Read a workbook of a commune's groups.

    Raises:
        Invalid: not an .xlsx file, too large, or without the sheet.
    """
    found = Read()
    places: dict[str, list[Unit]] = {}
    for unit in Unit.objects.current().below_any([commune.pk]).with_ancestors():
        for name in {unit.name, unit.full_name, unit.display_name, unit.place_name}:
            places.setdefault(fold(name), []).append(unit)
    seen: set[tuple[int, str]] = set()
    for line in spreadsheet.read_lines(file, SHEET, COLUMNS, MUST, found.errors):
        before = len(found.errors)
        values = _values(line, places)
        if len(found.errors) > before or values is None:
            continue
        key = (values["unit"].pk, values["name"])
        if key in seen:
            line.wrong("name", _("The same group stands above."), _("Delete the row."))
            continue
        seen.add(key)
        found.rows.append(values)
    found.errors.sort(key=lambda error: error.row)
    return found


def _values(line: Line, places: dict[str, list[Unit]]) -> dict[str, Any] | None:
    line.must(MUST)
    name, place = line.text("name", most=120), line.text("unit", most=120)
    units = places.get(fold(place), [])
    if place and len(units) != 1:
        line.wrong("unit", _("“%(what)s” is no unit of this commune, or several.") % {"what": place}, _("Write its name as in the list of units."))
    members = line.number("members", least=1, most=min(MOST_MEMBERS, 99_999))
    values: dict[str, Any] = {"name": name, "unit": units[0] if len(units) == 1 else None, "members": members, "link": line.text("link", most=200)}
    values["members_on"] = (line.day("members_on") or clock.today()) if members is not None else None
    if values["members_on"] is not None and values["members_on"] > clock.today():
        line.wrong("members_on", _("This day is yet to come."), _("Write the day on which the members were counted."))
    phone = line.phone("keeper_phone")
    if phone:
        keepers = list(User.objects.filter(phone=phone, is_active=True)[:2])
        if len(keepers) != 1:
            line.wrong("keeper_phone", _("No account, or more than one, has this phone."), _("Leave it empty, and choose the keeper later."))
        values["keeper"] = keepers[0] if len(keepers) == 1 else None
    return values if name and values["unit"] is not None else None


def template() -> bytes:
    """Return the empty workbook with one example row (it begins with #, and is skipped)."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = SHEET
    sheet.append(list(COLUMNS.values()))
    sheet.append(list(_EXAMPLE))
    for n, key in enumerate(COLUMNS, start=1):
        head = sheet.cell(1, n)
        head.font = Font(bold=True, color="FFFFFF" if key in MUST else "1B2D6B")
        head.fill = PatternFill("solid", fgColor="1B2D6B" if key in MUST else "E7EBF8")
        sheet.column_dimensions[get_column_letter(n)].width = 44 if key == "name" else 26
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
