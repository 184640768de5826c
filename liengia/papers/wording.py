"""What an office writes to change a paper's words, and how it becomes a paper.

One line is one paragraph:

    #. MỤC ĐÍCH             a heading with the next Roman numeral
    # QUYẾT ĐỊNH:           a heading as it is written, in the middle
    - Một việc              an item of a list
    **Điều 1.** Tặng…       a paragraph that begins in bold
    {chủ đề}                a field, inside any line
    ? Kinh phí: {kinh phí}  a line that is left out when one of its fields is empty
    [[chương trình]]        a block (a list or a table), alone on its line
    === DANH SÁCH           an annex of this title begins: it stands after the signature, on a page of its own

A heading with nothing under it is left out. There are no conditions and no code: whoever can write a letter can change a wording, and nothing can be reached by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.core.errors import Invalid
from liengia.core.official_papers import Annex, Code, Heading, Item, Paragraph, Piece, Table
from liengia.core.text import nfc
from liengia.papers.kinds import Block, PaperKind

LONGEST: Final = 20_000
MOST_ROWS: Final = 2_000
# Fields that every kind has; `services` fills them.
COMMON: Final = ("cơ quan", "đơn vị", "địa danh", "năm", "ngày ký", "trích yếu")
_FIELD: Final = re.compile(r"\{([^{}\n]{1,60})\}")
_BLOCK: Final = re.compile(r"^\[\[([^\[\]\n]{1,60})\]\]$")
# Legal bases and "at the request of" are slanted (Decree 30/2020, appendix I, part II, 6).
_BASES: Final = ("Căn cứ ", "Theo đề nghị ")
_LEAD: Final = re.compile(r"^\*\*([^*\n]{1,200})\*\*\s*(.*)$")
_ADDRESS: Final = re.compile(r"https?://[^\s]{4,300}")
Rows = Sequence[Sequence[str]]


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that say something, with their numbers from 1."""
    for number, line in enumerate(nfc(text).splitlines(), start=1):
        if line.strip():
            yield number, line.strip()


def check(text: str, kind: PaperKind) -> None:
    """Refuse a wording that no paper could be made of.

    Raises:
        Invalid: too long, empty, a field or block that this kind does not have, a brace that is not closed, a block
            that may not be left out; the words name the line.
    """
    if len(text) > LONGEST:
        raise Invalid(_("This wording is too long (at most %(n)s characters). Nothing was changed.") % {"n": LONGEST}, code="too_long", field="text")
    if not text.strip():
        raise Invalid(_("Write what the paper says; nothing was changed."), code="empty", field="text")
    fields = {*COMMON, *(one.name for one in kind.fields)}
    named: set[str] = set()
    for number, line in lines(text):
        if found := _BLOCK.match(line):
            named.add(found[1].strip())
            if kind.block(found[1].strip()) is None:
                raise _wrong(number, _("this kind of paper has no block “%(name)s”"), found[1])
        else:
            _check_line(number, line, fields)
    for block in kind.blocks:
        if block.is_kept and block.name not in named:
            raise Invalid(
                _("The block [[%(name)s]] may not be left out of this kind of paper. Nothing was changed.") % {"name": block.name},
                code="block_left_out", field="text",
            )  # fmt: skip


def _check_line(number: int, line: str, fields: set[str]) -> None:
    if "[[" in line or "]]" in line:
        raise _wrong(number, _("a block stands alone on its line, as [[name]]"), line)
    for name in _FIELD.findall(line):
        if name.strip() not in fields:
            raise _wrong(number, _("this kind of paper has no field “%(name)s”"), name)
    if "**" in _LEAD.sub(r"\1 \2", re.sub(r"^(?:\?\s*)?(?:- )?", "", line)):
        raise _wrong(number, _("two stars put the beginning of a line in bold, nothing else"), line)
    if re.search(r"[{}]", _FIELD.sub("", line)):
        raise _wrong(number, _("a brace is not closed: a field stands between two braces"), line)


def _wrong(number: int, words: object, name: str) -> Invalid:
    reason = str(words) % {"name": name.strip()} if "%(name)s" in str(words) else str(words)
    return Invalid(_("Line %(n)s: %(why)s. Nothing was changed.") % {"n": number, "why": reason}, code="bad_wording", field="text", line=number)


def body(text: str, kind: PaperKind, values: Mapping[str, str], blocks: Mapping[str, Rows]) -> list[Piece]:
    """Return the paper's pieces. A field without a value leaves dots to write on; an empty block leaves nothing."""
    found: list[Piece] = []
    for _number, line in lines(text):
        if match := _BLOCK.match(line):
            block = kind.block(match[1].strip())
            if block is not None:
                found += _block(block, blocks.get(block.name, ()))
            continue
        if line.startswith("==="):
            found.append(Annex(_values_in(line.lstrip("=").strip(), values)))
            continue
        if line.startswith("?"):
            line = line[1:].strip()
            if not all(values.get(name.strip(), "").strip() for name in _FIELD.findall(line)):
                continue
        found += _filled(line, values)
        # An address cannot be pressed on paper: its square code stands under the line that says it.
        found += [Code(value.strip()) for name in _FIELD.findall(line) if _ADDRESS.fullmatch((value := values.get(name.strip(), "")).strip())]
    return _with_headings(found)


def _with_headings(pieces: Sequence[Piece]) -> list[Piece]:
    """Leave out the headings with nothing under them, and number those that are to be numbered."""
    found: list[Piece] = []
    number = 0
    for piece, after in zip_longest(pieces, pieces[1:]):
        if isinstance(piece, Heading):
            if after is None or isinstance(after, Heading | Annex):
                continue
            if piece.text.startswith("."):
                number += 1
                piece = Heading(f"{_roman(number)}. {piece.text[1:].strip()}")
        found.append(piece)
    return found


def _roman(number: int) -> str:
    signs = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    found = ""
    for value, sign in signs:
        found += sign * (number // value)
        number %= value
    return found


def _values_in(line: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda match: values.get(match[1].strip(), "").strip() or "…………", line)


def _filled(line: str, values: Mapping[str, str]) -> Iterator[Piece]:
    """Fill a line; a value of several lines gives as many paragraphs."""
    words = _values_in(line, values)
    first, *rest = [part.strip() for part in words.splitlines() if part.strip()] or [""]
    yield _piece(first)
    for part in rest:
        yield Item(part[1:].strip()) if part.startswith("-") else _paragraph(part)


def _piece(line: str) -> Piece:
    if line.startswith("#"):
        words = line.lstrip("#").strip()
        return Heading(words, is_centred=not words.startswith("."))
    is_item = line.startswith("- ")
    words = line[2:].strip() if is_item else line
    lead = _LEAD.match(words)
    text, before = (lead[2], lead[1].strip()) if lead else (words, "")
    return Item(text, before) if is_item else _paragraph(text, before)


def _paragraph(text: str, lead: str = "") -> Paragraph:
    return Paragraph(text, lead, is_slanted=not lead and text.startswith(_BASES))


def _block(block: Block, rows: Rows) -> list[Piece]:
    if not rows:
        return []
    if not block.columns:
        return [Item(row[0]) for row in rows if row and row[0]]
    width = len(block.columns)
    even = [[*row[:width], *[""] * (width - len(row))] for row in rows]
    widths = block.widths or (1,) * width
    if not block.is_counted:
        return [Table(block.columns, even, widths, block.numbers)]
    # The numbers take a twelfth of the width, whatever shares the others have: "STT" in bold is 9 mm wide, and has 2 mm on each side.
    counted = [[str(number), *row] for number, row in enumerate(even, start=1)]
    return [Table(("STT", *block.columns), counted, (sum(widths), *(11 * share for share in widths)), tuple(column + 1 for column in block.numbers))]


def read_rows(typed: str, block: Block) -> list[list[str]]:
    """Read a block as it is typed or pasted: a line is a row, its cells are parted by a tab (from a spreadsheet) or by |.

    Raises:
        Invalid: too many rows, or a row with more cells than the table has columns; the words name the line.
    """
    rows: list[list[str]] = []
    for number, line in lines(typed):
        cells = [line] if not block.columns else [cell.strip() for cell in re.split(r"\t|\|", line)]
        if block.columns and len(cells) > len(block.columns):
            raise Invalid(
                _("Line %(n)s has %(cells)s cells, and the table “%(name)s” has %(columns)s columns: %(names)s. Nothing was lost.")
                % {"n": number, "cells": len(cells), "name": block.name, "columns": len(block.columns), "names": ", ".join(block.columns)},
                code="too_many_cells", field=block.name,
            )  # fmt: skip
        rows.append(cells)
    if len(rows) > MOST_ROWS:
        raise Invalid(_("A list has at most %(n)s lines.") % {"n": MOST_ROWS}, code="too_many_rows", field=block.name)
    return rows
