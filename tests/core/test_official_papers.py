"""Official papers: the layout of the decree, in both formats, and the same bytes for the same paper."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from zlib import decompress

import psutil
import pytest
from django.conf import settings
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from liengia.core.official_papers import (
    Annex,
    Heading,
    Item,
    OfficialPaper,
    Paragraph,
    Signer,
    Table,
    as_docx,
    as_pdf,
    day_words,
    number_words,
)
from tests.texts import pages_of, pdf_text

AT = datetime(2023, 8, 6, 4, 0, tzinfo=UTC)
LONG = "Bà con nêu đèn đường hư, nước ngập sau mưa, xe tải chạy vào giờ học sinh tan trường; Công an xã ghi nhận từng ý kiến. "


def minutes(paragraphs: int = 3) -> OfficialPaper:
    """Return minutes with every kind of piece."""
    return OfficialPaper(
        kind="Biên bản",
        about="Diễn đàn “Công an xã lắng nghe ý kiến của Nhân dân”",
        superior="Ủy ban nhân dân\nxã Cần Đước",
        issuer="Công an xã",
        symbol="BB-CAX",
        number=5,
        place="Cần Đước",
        on=date(2023, 8, 6),
        body=[
            Heading("I. Thành phần"),
            *[Paragraph(LONG * 3, lead=f"{number}.") for number in range(1, paragraphs + 1)],
            Item("Ông Đặng Văn Thử <b>& “nháy”, #eval(\"1\") $x$ ẰẴỆỢ"),
            Table(["TT", "Ý kiến", "Hạn"], [["1", "Đèn hẻm 14\ntắt", "13/8/2023"]], [1, 8, 3], numbers=[0]),
        ],
        signers=[Signer("Thư ký", "Mai Thị Thư"), Signer("Chủ tọa", "Đặng Văn Thử", ["TM. Ban tổ chức"])],
        recipients=["UBND xã (báo cáo);", "Lưu: VT."],
    )


@pytest.mark.parametrize(
    "day, words",
    [
        (date(2023, 8, 6), "ngày 06 tháng 8 năm 2023"),
        (date(2026, 2, 28), "ngày 28 tháng 02 năm 2026"),
        (date(2026, 1, 1), "ngày 01 tháng 01 năm 2026"),
        (date(2026, 10, 10), "ngày 10 tháng 10 năm 2026"),
    ],
)
def test_days_and_months_have_the_decrees_zeros(day: date, words: str) -> None:
    assert day_words(day) == words


def test_numbers_under_ten_have_a_zero_and_none_leaves_room() -> None:
    assert number_words(5, "QĐ-UBND") == "Số: 05/QĐ-UBND" and number_words(376, "QĐ-UBND") == "Số: 376/QĐ-UBND"
    assert number_words(None, "BB-CAX") == "Số:       /BB-CAX"


@pytest.mark.parametrize("write", [as_pdf, as_docx])
def test_the_same_paper_and_instant_are_the_same_bytes(write: object) -> None:
    first, second = write(minutes(), at=AT), write(minutes(), at=AT)  # type: ignore[operator]
    assert first == second
    assert write(minutes(2), at=AT) != first  # type: ignore[operator]


def test_the_pdf_carries_the_vendored_serif_and_nothing_else() -> None:
    raw = as_pdf(minutes(), at=AT)
    streams = b"".join(_inflated(raw))
    assert b"LiberationSerif" in raw + streams and b"LiberationSerif-Bold" in raw + streams
    assert b"BeVietnam" not in raw + streams and b"Libertinus" not in raw + streams


def _inflated(raw: bytes) -> list[bytes]:
    found = []
    for part in raw.split(b"stream\n")[1:]:
        try:
            found.append(decompress(part.split(b"\nendstream")[0]))
        except Exception:
            continue
    return found


def test_the_docx_has_the_decrees_page_and_words() -> None:
    document = Document(io.BytesIO(as_docx(minutes(), at=AT)))
    section = document.sections[0]
    sides = (section.page_width, section.page_height, section.left_margin, section.right_margin, section.top_margin)
    assert [round(side.mm) for side in (*sides, section.bottom_margin)] == [210, 297, 30, 15, 20, 20]
    assert section.different_first_page_header_footer and not section.first_page_header.paragraphs[0].text
    assert "PAGE" in section.header.paragraphs[0]._p.xml and section.header.paragraphs[0].alignment == 1
    assert document.styles["Normal"].font.name == "Times New Roman"
    issuer, nation = document.tables[0].rows[0].cells
    assert [line for line in issuer.text.split("\n") if line] == ["ỦY BAN NHÂN DÂN", "XÃ CẦN ĐƯỚC", "CÔNG AN XÃ"]
    assert nation.text.split("\n")[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert document.tables[0].rows[1].cells[0].text == "Số:\u00a005/BB-CAX"
    assert document.tables[0].rows[1].cells[1].text == "Cần Đước, ngày 06 tháng 8 năm 2023"
    body = [one for one in document.paragraphs if one.alignment == 3]
    assert len(body) == 4 and all(one.runs[-1].font.size == Pt(14) for one in body)
    assert "<b>& “nháy”, #eval(\"1\") $x$ ẰẴỆỢ" in body[-1].text
    assert document.core_properties.created.isoformat() == "2023-08-06T04:00:00+00:00"
    assert "TM. BAN TỔ CHỨC\nCHỦ TỌA" in document.tables[2].rows[0].cells[1].text
    assert document.tables[3].rows[0].cells[0].text.startswith("Nơi nhận:\n- UBND xã (báo cáo);")


def test_the_docx_has_well_formed_parts_only() -> None:
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(as_docx(minutes(), at=AT))) as packed:
        assert packed.namelist()[0] == "[Content_Types].xml"
        for name in packed.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(packed.read(name))


def test_without_place_and_day_no_line_of_them_stands() -> None:
    paper = OfficialPaper("Biên bản", "Họp", "UBND xã", "BB-UBND", [Paragraph("Nội dung.")], [Signer("Chủ tịch", "A")])
    document = Document(io.BytesIO(as_docx(paper, at=AT)))
    assert document.tables[0].rows[1].cells[1].text == ""
    assert as_pdf(paper, at=AT).startswith(b"%PDF-")


def test_the_vendored_fonts_are_the_manifests() -> None:
    folder = settings.BASE_DIR / "core" / "typst" / "fonts"
    for font in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["fonts"]:
        assert (folder / font["licence_file"]).exists()
        for name, told in font["files"].items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == told, name


def table(rows: int, merit: str = LONG * 2) -> OfficialPaper:
    """Return a decision with a long list as its annex."""
    name = "Tổ liên gia an toàn phòng cháy, chữa cháy số {}, ấp Bình Hòa Thượng Chánh Bắc (hết dòng {})"
    listed = Table(["STT", "Họ tên, tập thể", "Thành tích"], [[str(n), name.format(n, n), f"đầu{n}đầu {merit}cuối{n}cuối"] for n in range(1, rows + 1)], (1, 4, 6))
    return replace(decision(1), body=[Paragraph("Điều 1."), Annex("DANH SÁCH"), listed])


def test_rows_of_a_list_stay_whole_and_its_heads_stand_on_every_page() -> None:
    pages = pages_of(as_pdf(table(40), at=AT))
    listed = pages[1:]
    assert len(listed) > 4 and all("Họ tên, tập thể" in page for page in listed)
    for n in range(1, 41):
        assert [place for place, page in enumerate(pages) if f"đầu{n}đầu" in page] == [place for place, page in enumerate(pages) if f"cuối{n}cuối" in page], n


def test_a_row_that_no_page_can_hold_goes_on_over_pages() -> None:
    pages = pages_of(as_pdf(table(1, merit=LONG * 60), at=AT))
    assert len(pages) > 3 and "cuối1cuối" in " ".join(pages), "nothing of it is lost below the foot"


def test_rows_of_a_docx_stay_whole_and_its_heads_are_repeated() -> None:
    rows = Document(io.BytesIO(as_docx(table(40), at=AT))).tables[-1].rows
    assert len(rows) == 41 and all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in rows] == [True] + [False] * 40


def decision(lines: int) -> OfficialPaper:
    """Return a decision whose text takes so many lines."""
    body = [
        Heading("CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ CẦN ĐƯỚC", is_centred=True), Paragraph("Căn cứ Luật Thi đua, khen thưởng;", is_slanted=True),
        Heading("QUYẾT ĐỊNH:", is_centred=True), *[Paragraph("Đoạn ngắn.", f"Điều {n}.") for n in range(1, lines + 1)], Paragraph("Điều cuối cùng, ai cũng thi hành."),
    ]  # fmt: skip
    return OfficialPaper(kind="Quyết định", about="Về việc thử", issuer="Ủy ban nhân dân", symbol="QĐ-UBND", place="Cần Đước", has_day=True, body=body, signers=[Signer("Chủ tịch", "Võ Văn Mẫu")])


def test_a_decision_has_its_word_in_the_middle_and_its_bases_slanted() -> None:
    document = Document(io.BytesIO(as_docx(decision(2), at=AT)))
    rows = {one.text: one for one in document.paragraphs}
    assert rows["QUYẾT ĐỊNH:"].alignment == 1 and rows["QUYẾT ĐỊNH:"].runs[0].bold
    assert rows["Căn cứ Luật Thi đua, khen thưởng;"].runs[0].italic and not rows["Điều 1. Đoạn ngắn."].runs[-1].italic
    assert rows["Điều cuối cùng, ai cũng thi hành."].paragraph_format.keep_with_next and not rows["Điều 1. Đoạn ngắn."].paragraph_format.keep_with_next
    assert document.tables[0].rows[1].cells[1].text == "Cần Đước, ngày … tháng … năm ……", "a draft leaves room for the day"


@pytest.mark.parametrize("lines", [22, 24, 26])
def test_a_signature_never_stands_alone_on_its_page(lines: int) -> None:
    pages = pages_of(as_pdf(decision(lines), at=AT))
    assert "Võ Văn Mẫu" in pages[-1] and "ai cũng thi hành" in pages[-1]


def test_four_parties_sign_in_two_rows() -> None:
    paper = replace(decision(1), signers=[Signer(f"Đại diện bên {n}", f"Người {n}") for n in range(1, 5)])
    tables = Document(io.BytesIO(as_docx(paper, at=AT))).tables
    assert [cell.text for table in tables[1:3] for cell in table.rows[1].cells] == ["Người 1", "Người 2", "Người 3", "Người 4"]
    text = pages_of(as_pdf(paper, at=AT))[0]
    assert all(f"Người {n}" in text for n in range(1, 5))


SIGNS = ("05/TTr-CAX", "12/2023/NĐ-CP", "06/2022/QH15", "QĐ-UBND", "2022-2026")


@pytest.mark.parametrize("sign", SIGNS)
def test_a_number_stands_whole_on_its_line_wherever_the_line_ends(sign: str) -> None:
    for length in range(0, 24, 3):
        body = [Paragraph(f"{'a ' * 30}{'a' * length} tại {sign} ngày 01 tháng 8 năm 2026"), Item(f"{'b ' * 30}{'b' * length} theo {sign}"),
                Table(["Căn cứ", "Nội dung"], [[f"{'c' * length} {sign}", "d"]], (2, 3))]  # fmt: skip
        text = pdf_text(as_pdf(replace(decision(1), body=body, about=f"Về việc thực hiện {'a' * length} {'b ' * 25}theo {sign}"), at=AT))
        assert text.count(sign) == 4 + (sign == "QĐ-UBND"), "the head says its own"


def test_a_number_that_its_column_cannot_hold_is_broken_rather_than_run_over_the_next() -> None:
    narrow = Table(["A", "B"], [["01/QĐ-UBNDXACANDUOCTINHTAYNINH", "cột bên"]], (1, 9))
    text = pdf_text(as_pdf(replace(decision(1), body=[narrow]), at=AT))
    assert "cột bên" in text and "01/QĐ-UBNDXACANDUOCTINHTAYNINH" not in text


@pytest.mark.parametrize("sign", [one for one in SIGNS if "-" in one])
def test_a_numbers_hyphen_ends_no_line_of_a_docx_and_is_plain_to_whoever_searches(sign: str) -> None:
    said = f"- Công an xã - Hội đồng, tại Tờ trình số {sign} ngày 01 tháng 8 năm 2026"
    document = Document(io.BytesIO(as_docx(replace(decision(1), number=7, body=[Paragraph(said)]), at=AT)))
    row = next(one for one in document.paragraphs if "Công an xã" in one.text)
    assert row.text.strip() == said.strip()
    assert len(row._p.findall(f".//{qn('w:noBreakHyphen')}")) == sign.count("-"), "other hyphens may end a line"
    number = document.tables[0].rows[1].cells[0].paragraphs[0]
    assert number.text == "Số:\u00a007/QĐ-UBND" and len(number._p.findall(f".//{qn('w:noBreakHyphen')}")) == 1
    assert "\u2011" not in row.text


def test_drawing_paper_after_paper_takes_no_more_memory() -> None:
    """The rule for numbers once kept some hundred MB of each paper that was drawn: the worker took 11 GB."""
    own = psutil.Process()
    as_pdf(minutes(), at=AT)
    before = own.memory_info().rss
    for number in range(2, 5):
        bases = [Paragraph(f"Căn cứ Quyết định số {one}/QĐ-UBND ngày 0{number} tháng 8 năm 2023") for one in range(10 * number)]
        as_pdf(replace(minutes(), number=number, body=bases), at=AT)
    assert own.memory_info().rss - before < 200 * 1024 * 1024
