"""The template that communes fill in: its two sheets, their columns, and the empty workbook."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from liengia.people.models import Household

GROUPS: Final = "Tổ liên gia"
HOUSES: Final = "Hộ gia đình"
GROUP_COLUMNS: Final = {
    "number": "Số tổ",
    "name": "Tên tổ",
    "hamlet": "Ấp hoặc khu phố",
    "leader": "Tổ trưởng",
    "leader_phone": "Điện thoại tổ trưởng",
    "assembly_point": "Điểm tập kết",
    "decision_number": "Số quyết định",
    "decision_on": "Ngày quyết định",
}
HOUSE_COLUMNS: Final = {
    "group": "Số tổ",
    "house_label": "Nhà",
    "head_name": "Chủ hộ",
    "address_label": "Địa chỉ",
    "landmark": "Điểm mốc",
    "kind": "Loại",
    "phone_1": "Điện thoại 1",
    "owner_1": "Máy của ai 1",
    "phone_2": "Điện thoại 2",
    "owner_2": "Máy của ai 2",
    "phone_3": "Điện thoại 3",
    "owner_3": "Máy của ai 3",
    "powder_extinguisher": "Bình bột",
    "powder_until": "Hạn bình bột",
    "co2_extinguisher": "Bình CO2",
    "co2_until": "Hạn bình CO2",
    "crowbar": "Xà beng",
    "bolt_cutter": "Kìm cộng lực",
    "hammer": "Búa",
    "axe": "Rìu",
    "second_exit": "Lối thoát thứ hai",
    "smoke_detector": "Báo khói",
    "rooms": "Phòng trọ",
}
KINDS: Final = {
    "": Household.Kind.HOME,
    "nha o": Household.Kind.HOME,
    "nha": Household.Kind.HOME,
    "nha o kinh doanh": Household.Kind.SHOP,
    "kinh doanh": Household.Kind.SHOP,
    "quan": Household.Kind.SHOP,
    "nha tro": Household.Kind.BOARDING_HOUSE,
    "co quan": Household.Kind.INSTITUTION,
    "truong": Household.Kind.INSTITUTION,
    "co so": Household.Kind.INSTITUTION,
}
EXPIRES: Final = {"powder_extinguisher": "powder_until", "co2_extinguisher": "co2_until"}
COUNTED: Final = (
    "powder_extinguisher",
    "co2_extinguisher",
    "crowbar",
    "bolt_cutter",
    "hammer",
    "axe",
    "second_exit",
    "smoke_detector",
)
GROUP_MUST: Final = ("number", "hamlet")
HOUSE_MUST: Final = ("group", "house_label", "head_name", "address_label")


def template() -> bytes:
    """Return the empty workbook that communes fill in, with one example row a sheet (it begins with #, and is skipped)."""
    book = Workbook()
    examples = {
        GROUPS: [
            "# ví dụ: 3",
            "Tổ liên gia số 3",
            "Khu phố 5",
            "Phạm Thị Mộc Miên",
            "0900 000 001",
            "Sân nhà văn hóa Khu phố 5",
            "18/QĐ-UBND",
            "04/08/2025",
        ],
        HOUSES: [
            "# ví dụ: 3",
            "Nhà số 9",
            "Trần Thị Lụa",
            "42/9 hẻm 42",
            "Cạnh tiệm tạp hóa màu vàng",
            "Nhà ở",
            "0900 000 009",
            "chị Lụa",
            "",
            "",
            "",
            "",
            1,
            "30/11/2026",
            "",
            "",
            1,
            "",
            1,
            "",
            "có",
            "",
            "",
        ],
    }
    book.remove(book.worksheets[0])
    for name, columns in ((GROUPS, GROUP_COLUMNS), (HOUSES, HOUSE_COLUMNS)):
        sheet = book.create_sheet(name)
        sheet.append(list(columns.values()))
        sheet.append(examples[name])
        for n, (key, title) in enumerate(columns.items(), start=1):
            head = sheet.cell(1, n)
            must = key in (GROUP_MUST if name == GROUPS else HOUSE_MUST)
            head.font = Font(bold=True, color="FFFFFF" if must else "1B2D6B")
            head.fill = PatternFill("solid", fgColor="1B2D6B" if must else "E7EBF8")
            head.alignment = Alignment(wrap_text=True, vertical="center")
            sheet.column_dimensions[get_column_letter(n)].width = max(12, min(28, len(title) + 8))
            if "phone" in key:
                sheet.column_dimensions[get_column_letter(n)].number_format = "@"
        sheet.freeze_panes = "A2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


EXPLAINED: Final = gettext_lazy("Dark titles must be filled in; a row that begins with # is not read.")
