"""Papers of a report: the sheet that is read aloud with its marks, what is owed and the editor's words; numbers in the data."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
import typst
from django.conf import settings
from PIL import Image

from liengia.core import clock
from liengia.opinions.models import Opinion
from liengia.organisations import committee_services as committees
from liengia.reports import papers, services
from liengia.reports.models import Report, Target
from tests.cast import TESTER
from tests.reports.given import LATE, Year, begun
from tests.texts import pdf_pages, pdf_text


def drawn_sheet(*words: str) -> Image.Image:
    """Draw a sheet that says these words."""
    data = {
        "title": "Báo cáo", "unit": "Xã Mẫu", "period": "Năm 2026", "is_draft": False, "draft": "", "outlook": "", "words": {"next": ""}, "all": "",
        "lines": [{"words": one, "is_own": False} for one in words],
    }  # fmt: skip
    made = typst.compile(
        str(settings.BASE_DIR / "reports/typst/sheet.typ"), root=str(settings.BASE_DIR), font_paths=[str(settings.BASE_DIR / "core/typst/fonts")],
        sys_inputs={"data": json.dumps(data)}, format="png", ppi=144,
    )  # fmt: skip
    assert isinstance(made, bytes)
    return Image.open(io.BytesIO(made)).convert("L")


def ink(page: Image.Image) -> int:
    """Count how dark a page is."""
    return sum((255 - value) * count for value, count in enumerate(page.histogram()))


def test_the_first_line_read_aloud_keeps_its_marks() -> None:
    marked, plain = "Ý Ễ Ố Ẫ Ỗ Ý Ễ Ố Ẫ Ỗ", "nnn"
    first, second = ink(drawn_sheet(marked, plain)), ink(drawn_sheet(plain, marked))
    assert abs(first - second) < second / 500, "a mark over a capital is drawn in the first line as in the next"


def owing(scene: Year, **words: str) -> Report:
    """Begin a report whose office owes an answer."""
    Opinion.all_.filter(state="received", about_officials=False).update(due_at=clock.now() - timedelta(days=3))
    report = begun(scene)
    own = {"opinions": (words.get("section", ""), False)}
    return services.change_report(report, services.Text("Năm qua", intro=words.get("intro", ""), outlook="Thêm hai tổ.", words=own), actor=scene.editor)


def test_what_is_owed_is_read_aloud_beside_the_share_with_the_editors_words(scene: Year) -> None:
    said = pdf_text(papers.as_sheet(owing(scene, intro="Kính thưa bà con.", section="Xã xin lỗi vì trả lời chậm.")))
    assert "Trả lời đúng hẹn: 50 %" in said and "Quá hẹn mà chưa trả lời: 1" in said
    assert said.index("Kính thưa bà con.") < said.index(f"Còn nợ: {LATE}") < said.index("Xã xin lỗi vì trả lời chậm.") < said.index("Quá hẹn mà chưa trả lời")


def test_missed_targets_are_named_aloud(scene: Year) -> None:
    for label, aim, figure in (("Diễn tập của các tổ", 24, "alarms.drills"), ("Số không ai đếm", 5, "no.such"), ("Có góp ý", 1, "opinions.filed")):
        Target.objects.create(unit=scene.here.commune, figure=figure, label=label, aim=aim, due_on=date(2026, 8, 10) if aim == 1 else date(2026, 6, 30))
    sheet = papers.as_sheet(begun(scene))
    said = " ".join(pdf_text(sheet).split())
    assert pdf_pages(sheet) == 1 and "Chưa đạt: Diễn tập của các tổ; chỉ tiêu ít nhất 24, hạn 30/06/2026" in said
    assert "Chưa đạt: Số không ai đếm; chỉ tiêu ít nhất 5, hạn 30/06/2026, chưa có số liệu." in said and "Chưa đạt: Có góp ý" not in said


def test_long_words_of_the_editor_leave_the_sheet_to_what_is_owed(scene: Year) -> None:
    sheet = papers.as_sheet(owing(scene, intro="Kính thưa bà con. " * 200, section="Xã xin lỗi vì trả lời chậm."))
    said = pdf_text(sheet)
    assert pdf_pages(sheet) == 1 and "Kính thưa" not in said
    assert "Quá hẹn mà chưa trả lời: 1" in said and "Xã xin lỗi" in said and "Thêm hai tổ." in said


def test_what_was_given_up_is_told_once(scene: Year) -> None:
    committees.withdraw_task(scene.late, reason="không đủ tiền gắn", actor=TESTER)
    said = pdf_text(papers.as_sheet(begun(scene)))
    assert f"Thôi không làm: {LATE} (diễn đàn ngày 10/08/2025, Xã Cần Đước). Không đủ tiền gắn." in said and "thôi làm" not in said


@pytest.mark.parametrize(("value", "written"), [(5_700_000.0, "5700000"), (233_281_250, "233281250"), (12.5, "12.5"), (100, "100"), (0, "0"), (0.00001, "0.00001"), (None, "")])
def test_the_data_have_numbers_with_all_of_their_digits(scene: Year, value: Any, written: str) -> None:
    report = services.publish_report(begun(scene), actor=scene.chairman)
    report.said["sections"][0]["figures"][0]["value"] = value
    assert f",{written}," in papers.as_csv([report]).splitlines()[1]


def test_place_and_note_of_the_pdf_are_lines_of_their_own(scene: Year) -> None:
    report = begun(scene)
    report.read_at = "Hội trường Ủy ban nhân dân xã"
    from pypdf import PdfReader

    first = PdfReader(io.BytesIO(papers.as_pdf(report))).pages[0].extract_text().splitlines()
    assert any(line.strip() == "Đọc trước dân: Hội trường Ủy ban nhân dân xã." for line in first)
