"""An official paper as DOCX: the same layout as `typst/official.typ`, in tables without lines, for word processors."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import segno
from docx import Document
from docx.document import Document as DocumentType
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

FONT: Final = "Times New Roman"
_CENTRE: Final = WD_ALIGN_PARAGRAPH.CENTER
_WIDTH_MM: Final = 165
_LEFT_MM: Final = 66
_MIMETYPE_FIRST: Final = "[Content_Types].xml"
# Average widths of bold letters, in points at one point of size: only for the length of a rule under words.
_BOLD_CAPITAL: Final = 0.72
_BOLD_SMALL: Final = 0.47
# "05/TTr-CAX", "12/2023/NĐ-CP", "QĐ-UBND", "2022-2026"; as `typst/numbers.typ` has them.
_NUMBER: Final = re.compile(r"\d+(?:/\w+)+(?:-\w+)+|\d+(?:-\d+)+|[^\W\d_]\w*(?:-[^\W\d_]\w*)+")


def write(data: Mapping[str, Any], *, at: datetime) -> bytes:
    """Return the DOCX of a description; the same description and instant give the same bytes."""
    document = Document()
    _page(document, data, at)
    _head(document, data)
    _title(document, data)
    for place, piece in enumerate(data["body"], start=1):
        _body(document, piece, is_last=place == len(data["body"]))
    _foot(document, data)
    for annex in data.get("annexes", ()):
        _annex(document, annex)
    out = io.BytesIO()
    document.save(out)
    return _same_bytes(out.getvalue(), at)


def _page(document: DocumentType, data: Mapping[str, Any], at: datetime) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    style.element.get_or_add_rPr().append(language)
    style.paragraph_format.space_after = Pt(0)
    _page_number(section.header.paragraphs[0])
    facts = document.core_properties
    stamp = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    facts.author, facts.last_modified_by, facts.title = data["author"], data["author"], data["title"]
    facts.created = facts.modified = stamp
    facts.language, facts.comments = "vi-VN", ""


def _page_number(paragraph: Paragraph) -> None:
    """Put the number of the page, centred; the first page has a header of its own, which is empty."""
    paragraph.alignment = _CENTRE
    run = paragraph.add_run()
    run.font.size = Pt(13)
    for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = words
        run._r.append(element)  # python-docx offers no fields


def _bare_table(document: DocumentType, widths: Sequence[float], rows: int = 1) -> Table:
    table: Table = document.add_table(rows=rows, cols=len(widths))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    # Both are asked: some word processors read the columns' widths, some the cells'.
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    return table


def _say(
    paragraph: Paragraph, words: str, *, size: float = 14, bold: bool = False, italic: bool = False
) -> Paragraph:
    for place, line in enumerate(words.split("\n")):
        run = paragraph.add_run()
        if place:
            run.add_break()
        _write(run, line)
        run.font.size, run.bold, run.italic = Pt(size), bold, italic
    return paragraph


def _write(run: Run, line: str) -> None:
    """Write a line; the hyphens of a paper's number and symbol end no line, and are plain hyphens to whoever copies or searches."""
    end = 0
    for found in _NUMBER.finditer(line):
        parts = found[0].split("-")
        if found[0][0].isdigit() or all(part[0].isupper() for part in parts):
            for place, part in enumerate(parts):
                if place:
                    run._r.append(OxmlElement("w:noBreakHyphen"))  # python-docx offers none
                run.add_text(f"{'' if place else line[end : found.start()]}{part}")
            end = found.end()
    if end < len(line) or not line:
        run.add_text(line[end:])


def _line(cell: _Cell, words: str, *, is_first: bool = False, **look: Any) -> Paragraph:
    paragraph = cell.paragraphs[0] if is_first else cell.add_paragraph()
    paragraph.alignment = _CENTRE
    return _say(paragraph, words, **look)


def _rule(holder: _Cell | DocumentType, *, of_mm: float, length_mm: float) -> None:
    """Draw a rule in the middle: the upper border of an empty paragraph between two indents."""
    paragraph = holder.add_paragraph()
    look = paragraph.paragraph_format
    look.left_indent = look.right_indent = Mm(max(0, (of_mm - length_mm) / 2))
    look.line_spacing = Pt(4)
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    properties = paragraph._p.get_or_add_pPr()
    # The order of a paragraph's properties is fixed by the format: borders before spacing and indents.
    properties.insert_element_before(borders, "w:shd", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _length_mm(words: str, size: float) -> float:
    letters = sum(_BOLD_CAPITAL if c.isupper() else _BOLD_SMALL for c in words)
    return letters * size * 0.3528


def _head(document: DocumentType, data: Mapping[str, Any]) -> None:
    right = _WIDTH_MM - _LEFT_MM
    table = _bare_table(document, (_LEFT_MM, right), rows=2)
    issuer, nation = table.rows[0].cells
    if data["superior"]:
        _line(issuer, data["superior"].upper(), size=13, is_first=True)
    name = data["issuer"].upper()
    _line(issuer, name, size=13, bold=True, is_first=not data["superior"])
    longest = max(name.split("\n"), key=len)
    _rule(issuer, of_mm=_LEFT_MM - 4, length_mm=min(_LEFT_MM - 8, _length_mm(longest, 13)) * 0.4)
    _line(nation, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12.5, bold=True, is_first=True)
    motto = "Độc lập - Tự do - Hạnh phúc"
    _line(nation, motto, size=14, bold=True)
    _rule(nation, of_mm=right - 4, length_mm=_length_mm(motto, 14))
    number, when = table.rows[1].cells
    _line(number, data["number"], size=13, is_first=True)
    _line(when, data["place_and_date"], size=14, italic=True, is_first=True)


def _title(document: DocumentType, data: Mapping[str, Any]) -> None:
    kind = document.add_paragraph()
    kind.alignment, kind.paragraph_format.space_before = _CENTRE, Pt(14)
    _say(kind, data["kind"].upper(), bold=True)
    about = document.add_paragraph()
    about.alignment = _CENTRE
    _say(about, data["about"], bold=True)
    longest = max(data["about"].split("\n"), key=len)
    _rule(document, of_mm=_WIDTH_MM, length_mm=min(_WIDTH_MM * 0.9, _length_mm(longest, 14)) * 0.35)


def _body(document: DocumentType, piece: Mapping[str, Any], *, is_last: bool) -> None:
    if piece["is"] == "table":
        _grid(document, piece)
        return
    paragraph = document.add_paragraph()
    look = paragraph.paragraph_format
    look.space_before, look.line_spacing = Pt(6), 1.1
    if piece["is"] == "heading":
        look.keep_with_next = True
        if piece.get("centred"):
            paragraph.alignment = _CENTRE
        _say(paragraph, piece["text"], bold=True)
        return
    if piece["is"] == "code":
        _code(paragraph, piece["text"], is_last=is_last)
        return
    # The last words go over to the next page with whoever signs: a signature never stands alone.
    look.keep_with_next, look.keep_together = is_last, is_last
    paragraph.alignment, look.first_line_indent = WD_ALIGN_PARAGRAPH.JUSTIFY, Mm(10)
    words = piece["text"]
    if piece["is"] == "item":
        look.space_before = Pt(3)
        _say(paragraph, "- ")
    if piece["lead"]:
        _say(paragraph, f"{piece['lead']} ", bold=True)
    _say(paragraph, words, italic=bool(piece.get("slanted")))


def _annex(document: DocumentType, annex: Mapping[str, Any]) -> None:
    """Write an annex on a page of its own: its title, the paper that it belongs to, and what it says."""
    title = document.add_paragraph()
    title.alignment, title.paragraph_format.page_break_before = _CENTRE, True
    _say(title, annex["title"].upper(), bold=True)
    if annex["of"]:
        of = document.add_paragraph()
        of.alignment = _CENTRE
        _say(of, annex["of"], italic=True)
        _rule(document, of_mm=_WIDTH_MM, length_mm=min(_WIDTH_MM * 0.9, _length_mm(annex["of"], 14)) * 0.35)
    for piece in annex["body"]:
        _body(document, piece, is_last=False)


def _code(paragraph: Paragraph, address: str, *, is_last: bool) -> None:
    """Put a square code in the middle."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="png", scale=8, border=4)
    paragraph.alignment, paragraph.paragraph_format.keep_with_next = _CENTRE, is_last
    paragraph.add_run().add_picture(io.BytesIO(out.getvalue()), width=Mm(32))
    paragraph.runs[0]._r.find(f".//{qn('wp:docPr')}").set("descr", address)


def _grid(document: DocumentType, piece: Mapping[str, Any]) -> None:
    total = sum(piece["widths"])
    table = _bare_table(document, [_WIDTH_MM * share / total for share in piece["widths"]], rows=1 + len(piece["rows"]))
    table.style = "Table Grid"
    for place, words in enumerate(piece["header"]):
        _line(table.rows[0].cells[place], words, size=13, bold=True, is_first=True)
    _repeats(table)
    for row, values in zip(table.rows[1:], piece["rows"], strict=True):
        _stays_whole(row)
        for place, words in enumerate(values):
            paragraph = _say(row.cells[place].paragraphs[0], words, size=13)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if place in piece["numbers"] else WD_ALIGN_PARAGRAPH.LEFT


def _repeats(table: Table) -> None:
    """Let the heads of the columns stand again on each page."""
    _stays_whole(table.rows[0])
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _stays_whole(row: _Row) -> None:
    """Keep a row on one page; a word processor lets one that fits on none go on all the same."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _sign(cells: Sequence[Sequence[_Cell]], signers: Sequence[Mapping[str, Any]]) -> None:
    """Write titles, room for hand and seal, and names, in two rows, so that names stand on one line."""
    for title, name, one in zip(*cells, signers, strict=True):
        for place, words in enumerate([*one["authority"], one["office"]]):
            line = _line(title, words.upper(), bold=True, is_first=not place)
            line.paragraph_format.keep_with_next = True
        line.paragraph_format.space_after = Mm(25)
        _line(name, one["name"], bold=True, is_first=True)


def _recipients(cell: _Cell, recipients: Sequence[str]) -> None:
    if recipients:
        _say(cell.paragraphs[0], "Nơi nhận:", size=12, bold=True, italic=True)
    for one in recipients:
        _say(cell.add_paragraph(), f"- {one}", size=11)


def _whole(table: Table) -> None:
    """Keep both rows on one page, with whatever stands in them."""
    for row in table.rows:
        _stays_whole(row)
    for cell in table.rows[0].cells:
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True


def _foot(document: DocumentType, data: Mapping[str, Any]) -> None:
    document.add_paragraph().paragraph_format.keep_with_next = True
    signers = data["signers"]
    several = len(signers) > 1
    columns = (2 if len(signers) > 3 else len(signers)) if several else 2
    for first in range(0, len(signers), columns) if several else (0,):
        table = _bare_table(document, [_WIDTH_MM / columns] * columns, rows=2)
        titles, names = table.rows[0].cells, table.rows[1].cells
        if several:
            some = signers[first : first + columns]
            _sign((titles[: len(some)], names[: len(some)]), some)
            _whole(table)
            document.add_paragraph()
    if several:
        _recipients(_bare_table(document, [_WIDTH_MM]).rows[0].cells[0], data["recipients"])
    else:
        _sign((titles[1:], names[1:]), signers)
        _recipients(titles[0].merge(names[0]), data["recipients"])
        _whole(table)


def _same_bytes(raw: bytes, at: datetime) -> bytes:
    """Pack the parts anew with the document's instant, so that the same paper is the same file."""
    stamp = at.astimezone(UTC).timetuple()[:6]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        names = sorted(source.namelist(), key=lambda name: (name != _MIMETYPE_FIRST, name))
        for name in names:
            part = zipfile.ZipInfo(name, date_time=stamp)
            part.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(part, source.read(name))
    return out.getvalue()
