"""Official papers in the layout of Decree 30/2020/NĐ-CP: one description, as PDF (Typst) and as DOCX.

The DOCX asks for Times New Roman, as the decree does; the PDF carries Liberation Serif, which has the same widths.
The same description and instant give the same bytes in both formats.

Source: Decree 30/2020/NĐ-CP on records work, appendix I (layout) and appendix III (forms).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from liengia.core import official_docx, pdf

AUTHOR = "Liên Gia"
NO_DAY = "ngày … tháng … năm ……"


@dataclass(frozen=True, slots=True)
class Heading:
    """A line in bold: a part of the paper. Numbered ones stand at the left; "QUYẾT ĐỊNH:" and the like in the middle."""

    text: str
    is_centred: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, justified, its first line indented by 1 cm; `lead` stands before it in bold. Legal bases are slanted."""

    text: str
    lead: str = ""
    is_slanted: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list, with a dash."""

    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `widths` are shares of the width, `numbers` the columns that are set to the right."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    numbers: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """A square code of an address, with the address under it for whoever has no camera."""

    text: str


@dataclass(frozen=True, slots=True)
class Annex:
    """Where an annex begins: what follows stands after the signature, on a page of its own, under this title."""

    title: str


Piece = Heading | Paragraph | Item | Table | Code | Annex


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: "TM. ỦY BAN NHÂN DÂN" (or nothing), the office, the name."""

    office: str
    name: str
    authority: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class OfficialPaper:
    """What a paper says. A number of None leaves the place to write it in, an empty symbol none.

    Without `on` no place and date stand; with `has_day` there is room to write the day, as a draft has it. `by` is whose paper
    it is, as an annex says it: "Chủ tịch Ủy ban nhân dân xã Cần Đước".
    """

    kind: str
    about: str
    issuer: str
    symbol: str
    body: Sequence[Piece]
    signers: Sequence[Signer]
    superior: str = ""
    number: int | None = None
    place: str = ""
    on: date | None = None
    recipients: Sequence[str] = field(default_factory=tuple)
    has_day: bool = False
    by: str = ""

    @property
    def title(self) -> str:
        """The title of the file: kind and subject."""
        return f"{self.kind.capitalize()} {self.about}".replace("\n", " ")


def day_words(day: date) -> str:
    """Return "ngày 06 tháng 8 năm 2023": days under 10 and the months 1 and 2 have a leading zero, by the decree."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def number_words(number: int | None, symbol: str) -> str:
    """Return "Số: 05/BB-UBND": numbers under 10 have a leading zero."""
    return f"Số: {f'{number:02d}' if number is not None else '      '}/{symbol}"


def _piece(piece: Piece) -> dict[str, object]:
    if isinstance(piece, Heading):
        return {"is": "heading", "text": piece.text, **({"centred": True} if piece.is_centred else {})}
    if isinstance(piece, Table):
        return {
            "is": "table", "header": list(piece.header), "rows": [list(row) for row in piece.rows],
            "widths": list(piece.widths), "numbers": list(piece.numbers),
        }  # fmt: skip
    if isinstance(piece, Code):
        return {"is": "code", "text": piece.text}
    if isinstance(piece, Item):
        return {"is": "item", "text": piece.text, "lead": piece.lead}
    assert not isinstance(piece, Annex)  # what follows one is an annex's own
    return {"is": "paragraph", "text": piece.text, "lead": piece.lead, **({"slanted": True} if piece.is_slanted else {})}


def _annexes(paper: OfficialPaper) -> list[dict[str, object]]:
    """Return the annexes, each with the paper that it belongs to (Decree 30/2020, appendix I, part II, 16)."""
    found: list[dict[str, object]] = []
    words = f"(Kèm theo {paper.kind} {_number(paper).replace('Số:', 'số', 1)} {day_words(paper.on) if paper.on else NO_DAY} của {paper.by})" if paper.symbol else ""
    for piece in paper.body:
        if isinstance(piece, Annex):
            found.append({"title": piece.title, "of": words, "body": []})
        elif found:
            found[-1]["body"].append(_piece(piece))  # type: ignore[attr-defined]
    return [one for one in found if one["body"]]


def _number(paper: OfficialPaper) -> str:
    return number_words(paper.number, paper.symbol).replace(" ", "\u00a0") if paper.symbol else ""


def described(paper: OfficialPaper) -> dict[str, object]:
    """Return the description as both writers read it, numbers and dates in words."""
    body = takewhile(lambda piece: not isinstance(piece, Annex), paper.body)
    annexes = _annexes(paper)
    return {
        "title": paper.title,
        "author": AUTHOR,
        "kind": paper.kind,
        "about": paper.about,
        "superior": paper.superior,
        "issuer": paper.issuer,
        "number": _number(paper),
        "place_and_date": f"{paper.place}, {day_words(paper.on) if paper.on else NO_DAY}" if paper.place and (paper.on or paper.has_day) else "",
        "body": [_piece(piece) for piece in body],
        "signers": [{"authority": list(one.authority), "office": one.office, "name": one.name} for one in paper.signers],
        "recipients": list(paper.recipients),
        **({"annexes": annexes} if annexes else {}),
    }


def as_pdf(paper: OfficialPaper | Mapping[str, object], *, at: datetime) -> bytes:
    """Return a paper, or a description that was kept, as PDF; `at` is the document's date."""
    said = _description(paper)
    # The drawing is made when it is printed: what is kept of a paper are its words.
    annexes = [{**one, "body": _drawn(one["body"])} for one in said.get("annexes", ())]
    return pdf.render("core/official", {**said, "body": _drawn(said["body"]), "annexes": annexes}, at=at)


def _drawn(body: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [{**piece, "svg": pdf.qr_svg(str(piece["text"]))} if piece["is"] == "code" else piece for piece in body]


def as_docx(paper: OfficialPaper | Mapping[str, object], *, at: datetime) -> bytes:
    """Return a paper, or a description that was kept, as DOCX, to be changed in a word processor."""
    return official_docx.write(_description(paper), at=at)


def _description(paper: OfficialPaper | Mapping[str, object]) -> dict[str, Any]:
    return described(paper) if isinstance(paper, OfficialPaper) else dict(paper)
