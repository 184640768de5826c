"""A list as rows of cells: each row with its fields, more rows by a button, one taken away by another; or pasted from a spreadsheet.

What is sent becomes the text that `rows` reads, a line a row, so that a fault's "line 3" is the third row on the page. It works
without JavaScript too: some empty rows stand ready, and a row is taken away by its box.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.forms import Widget
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from liengia.core.text import fold

SPARE: Final = 3
MOST: Final = 1_000
_HOUR: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Column:
    """One cell of a row: its label; text, long, time, date, number or choice."""

    label: Any
    kind: str = "text"
    choices: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it is drawn; a value that its kind of field would drop stands in a plain one."""

    name: str
    label: Any
    kind: str
    value: str
    choices: Sequence[str]


class RowsWidget(Widget):
    """A list of rows; the field's value is text, a line a row, its cells parted by |."""

    input_type = None

    def __init__(self, columns: Sequence[Column], attrs: dict[str, Any] | None = None) -> None:
        """Take the columns."""
        super().__init__(attrs)
        self.columns = columns

    def id_for_label(self, id_: str) -> str:
        """Return nothing: a legend names the whole list."""
        return ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        """Return what was typed into rows, then what was pasted; or the text itself, where somebody sends that."""
        if name in data:
            return str(data[name])
        asked = str(data.get(f"{name}-so", ""))
        if not asked.isascii() or not asked.isdigit():
            return None
        lines = [self._line(data, name, number) for number in range(min(int(asked), MOST))]
        pasted = str(data.get(f"{name}-dan", "")).strip("\r\n")
        return "\n".join([*lines, pasted]).rstrip() if pasted else "\n".join(lines).rstrip()

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Tell whether nothing of it was sent."""
        return name not in data and f"{name}-so" not in data

    def _line(self, data: Any, name: str, number: int) -> str:
        if data.get(f"{name}-{number}-bo"):
            return ""
        cells = [" ".join(str(data.get(f"{name}-{number}-{place}", "")).replace("|", "/").split()) for place in range(len(self.columns))]
        return " | ".join(cells) if any(cells) else ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw the rows, some empty ones, and the box to paste into."""
        lines = [[cell.strip() for cell in re.split(r"\t|\|", line)] if line.strip() else [] for line in str(value or "").splitlines()]
        rows = [self._row(name, number, cells) for number, cells in enumerate([*lines, *[[]] * SPARE])]
        context = {"name": name, "rows": rows, "blank": self._row(name, "__", []), "columns": self.columns, "total": len(rows)}
        return mark_safe(render_to_string("festivals/office/rows.html", context))  # noqa: S308  (the template escapes)

    def _row(self, name: str, number: int | str, cells: Sequence[str]) -> dict[str, Any]:
        # What has more cells than the list has columns stays together in the last one: the reader then says what is wrong.
        width = len(self.columns)
        even = [*cells[: width - 1], " / ".join(cells[width - 1 :])] if len(cells) > width else [*cells, *[""] * (width - len(cells))]
        return {"number": number, "shown": number + 1 if isinstance(number, int) else "", "cells": [_cell(f"{name}-{number}-{place}", column, words) for place, (column, words) in enumerate(zip(self.columns, even, strict=True))]}


def _cell(name: str, column: Column, words: str) -> Cell:
    choices = [str(one) for one in column.choices]
    if column.kind == "choice":
        known = next((one for one in choices if fold(one) == fold(words)), words)
        return Cell(name, column.label, "choice", known, choices if known in choices or not known else [*choices, known])
    if column.kind == "date" and words:
        for form in ("%d/%m/%Y", "%Y-%m-%d"):
            try:
                return Cell(name, column.label, "date", f"{datetime.strptime(words, form):%Y-%m-%d}", ())  # noqa: DTZ007  (a day has no zone)
            except ValueError:
                continue
        return Cell(name, column.label, "text", words, ())
    if column.kind == "time" and words and not _HOUR.fullmatch(words):
        return Cell(name, column.label, "text", words, ())
    return Cell(name, column.label, column.kind, words, ())
