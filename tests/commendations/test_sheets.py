"""Papers as they are printed: what stands on them, on which size, with room for hand and seal; what does not fit is said before."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from liengia.commendations import fitting, services, sheets, stock
from liengia.commendations.models import Certificate, PrintLayout
from liengia.core import clock
from liengia.core.errors import Invalid, Refused
from tests.commendations.given import Bureau, certified, decided, nominated, opened
from tests.texts import pdf_pages, pdf_text


def layout(scene: Bureau, size: str = "a4", *, is_overlay: bool = False, **changes: Any) -> PrintLayout:
    paper = stock.sizes()[size]
    spots = stock.as_data(stock.spots_for(paper.width_mm, paper.height_mm, is_overlay=is_overlay))
    facts = {"unit": scene.here.commune, "name": f"{size}-{is_overlay}", "size": size, "width_mm": paper.width_mm, "height_mm": paper.height_mm, "is_overlay": is_overlay, "fields": spots}
    return PrintLayout(**{**facts, **changes})


def test_the_paper_says_what_was_decided(scene: Bureau) -> None:
    found = certified(scene, "Đặng Thị Ẵm Ỹ", words="Tổ trưởng tổ liên gia số 3, Khu phố 5")
    text = pdf_text(sheets.certificates([found], layout(scene), at=clock.now()))
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ CẦN ĐƯỚC", "TẶNG", "GIẤY KHEN", "Bà Đặng Thị Ẵm Ỹ",
        "Tổ trưởng tổ liên gia số 3, Khu phố 5", "Cần Đước, ngày 03 tháng 8 năm 2026", "CHỦ TỊCH", "Võ Văn Chủ Tịch", "Quyết định số 01/QĐ-UBND", "2026-0001", found.code,
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize("size", ["a4", "a3", "360x237", "400x300"])
def test_each_size_of_paper_is_as_large_as_it_says_and_leaves_35_mm_to_sign(scene: Bureau, size: str) -> None:
    made = layout(scene, size)
    spots = stock.read(made.fields, float(made.width_mm), float(made.height_mm))
    assert spots["signer"].y - spots["office"].y - spots["office"].size * 1.3 >= stock.SIGNING_MM - 0.6
    box = PdfReader(io.BytesIO(sheets.sample(made, at=clock.now()))).pages[0].mediabox
    assert [round(float(one) / 72 * 25.4, 1) for one in (box.width, box.height)] == [made.width_mm, made.height_mm]


def test_on_stock_only_what_it_lacks_is_printed(scene: Bureau) -> None:
    found = certified(scene)
    text = pdf_text(sheets.certificates([found], layout(scene, is_overlay=True), at=clock.now()))
    assert "Bà Nguyễn Thị Mẫu" in text and "Võ Văn Chủ Tịch" in text
    assert "GIẤY KHEN" not in text and "CỘNG HÒA" not in text


def test_a_printer_that_is_off_is_corrected(scene: Bureau) -> None:
    def left_of(shift: float) -> float:
        spots: list[float] = []
        page = PdfReader(io.BytesIO(sheets.sample(layout(scene, is_overlay=True, shift_x_mm=shift), at=clock.now()))).pages[0]
        page.extract_text(visitor_text=lambda text, cm, tm, font, size: spots.append(cm[4] + tm[4] * cm[0]) if "Nguyễn Văn Mẫu" in text else None)
        return min(spots) / 72 * 25.4

    assert left_of(0) - left_of(3) == pytest.approx(3, abs=0.05), "off to the right by 3 mm: printed 3 mm further left"


def test_long_names_take_two_lines_and_nothing_overlaps(scene: Bureau) -> None:
    name = "Ban Chỉ đạo phòng, chống tội phạm, tệ nạn xã hội và xây dựng phong trào Toàn dân bảo vệ an ninh Tổ quốc xã Long Hựu Đông"
    row = opened(scene)
    nominated(scene, row, name, kind="collective", words="Xã Long Hựu Đông, huyện Cần Đước", merit="Có thành tích " + "rất xuất sắc trong phong trào Toàn dân bảo vệ an ninh Tổ quốc, " * 3 + "năm 2026")
    decided(scene, row)
    one = Certificate.objects.select_related("decision__paper__issuer", "issuer").get()
    spots = stock.spots_for(297, 210)
    lines = sheets._told(one, spots)
    bottom = 0.0
    for part in ("name", "words", "merit"):
        top = spots[part].y + lines[part]["down"]
        assert top >= bottom - 0.01
        bottom = top + len(lines[part]["lines"]) * lines[part]["size"] * sheets.LINE
    assert bottom <= spots["place_date"].y and len(lines["name"]["lines"]) == 2
    for line in lines["name"]["lines"][:-1]:
        assert not line.endswith((" xã", " Long", " Hựu", " bảo", " an", " xây", " Tổ"))


def test_what_cannot_fit_is_said_with_its_name_before_anything_is_printed(scene: Bureau) -> None:
    found = certified(scene, "Nguyễn" * 26)
    decision = found.decision
    with pytest.raises(Invalid) as refused:
        services.print_certificates(decision, [found], layout(scene, fields={**layout(scene).fields, "name": {"x": 100, "y": 97, "w": 80, "size": 8, "align": "center", "is_shown": True}}), actor=scene.clerk)
    assert refused.value.detail_code == "does_not_fit" and "NguyễnNguyễn" in str(refused.value)
    assert not decision.print_runs.exists()


def test_what_somebody_else_printed_meanwhile_is_not_printed_a_second_time(scene: Bureau) -> None:
    found = certified(scene)
    seen = services.to_print(found.decision, which="new", chosen=[])
    services.print_certificates(found.decision, services.to_print(found.decision, which="new", chosen=[]), layout(scene), actor=scene.clerk)
    with pytest.raises(Refused) as refused:
        services.print_certificates(found.decision, seen, layout(scene), actor=scene.chairman)
    assert refused.value.detail_code == "changed_meanwhile"
    assert found.decision.print_runs.count() == 1 and Certificate.objects.get().times_printed == 1


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Bà Nguyễn Thị Ngọc Ánh Tuyết", ["Bà Nguyễn Thị Ngọc Ánh Tuyết"]),
        ("Tập thể Tổ bảo vệ an ninh, trật tự ấp Nhà Thờ, xã Tân Lân", ["Tập thể Tổ bảo vệ an ninh,", "trật tự ấp Nhà Thờ, xã Tân Lân"]),
        ("Ban Nhân dân và các tổ liên gia an toàn ấp Bà Thoại, xã Long Hựu Đông", ["Ban Nhân dân và các tổ liên gia an toàn", "ấp Bà Thoại, xã Long Hựu Đông"]),
    ],
)
def test_names_are_broken_where_a_reader_would(name: str, lines: list[str]) -> None:
    found = fitting.fit(name, width=140, size_mm=8, least_mm=4.8, most_lines=2)
    assert found is not None and list(found.lines) == lines


def test_a_square_code_can_be_read(scene: Bureau) -> None:
    """The dark modules are those of the code for the address, row by row."""
    import re

    import segno

    address = sheets.verify_address("7K4M-QF29-TXRH")
    svg = sheets.qr(address)
    matrix = segno.make(address, error="m", micro=False, mask=4).matrix
    dark = {(int(x) + n, int(y)) for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)", svg) for n in range(int(run))}
    assert dark == {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}


def test_labels_and_run_sheet_follow_the_order_of_calling(scene: Bureau) -> None:
    row = opened(scene)
    for n in range(23):
        nominated(scene, row, f"Người Thứ {chr(65 + n)}", merit=f"Việc {n}")
    nominated(scene, row, "Tổ liên gia số 3", kind="collective")
    decision = decided(scene, row)
    rows = services.of_decision(decision)
    services.mark_absent(rows[3:4], on=decision.decided_on, actor=scene.clerk)
    text = pdf_text(sheets.run_sheet(decision, services.of_decision(decision), at=clock.now()))
    assert text.index("Tổ liên gia số 3") < text.index("Người Thứ A") < text.index("Người Thứ W")
    assert "Lượt 1: tập thể" in text and "Lượt 4: cá nhân" in text, "one collective, then ten, ten and three"
    assert pdf_pages(sheets.labels(rows, at=clock.now())) == 1
