"""The words of a PDF, for tests that read what people will read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader

from liengia.core.text import nfc


def pdf_text(data: bytes) -> str:
    """Return the text of all pages, in NFC, with blanks made even."""
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    return nfc(" ".join(" ".join(pages).split()))


def pages_of(data: bytes) -> list[str]:
    """Return the text of each page, in NFC, with blanks made even."""
    return [nfc(" ".join(page.extract_text().split())) for page in PdfReader(io.BytesIO(data)).pages]


def pdf_pages(data: bytes) -> int:
    """Return how many pages there are."""
    return len(PdfReader(io.BytesIO(data)).pages)


@dataclass(frozen=True, slots=True)
class PdfLink:
    """A link of a tagged PDF: its address (empty where it stays inside), and the text that is heard instead of what is seen."""

    address: str
    heard: str


def pdf_links(data: bytes) -> list[PdfLink]:
    """Return the links of a tagged PDF as its structure tells of them, in the order in which they are read."""
    return list(_links(PdfReader(io.BytesIO(data)).trailer["/Root"]["/StructTreeRoot"]))


def _links(node: Any) -> Iterator[PdfLink]:
    if node.get("/S") == "/Link":
        inside = _children(node)
        note = next(one["/Obj"].get_object() for one in inside if one.get("/Type") == "/OBJR")
        yield PdfLink(str(note.get("/A", {}).get("/URI", "")), nfc(" ".join(str(one["/Alt"]) for one in inside if "/Alt" in one)))
    for one in _children(node):
        yield from _links(one)


def _children(node: Any) -> list[Any]:
    """Return what stands below a node of the structure, without the marks of mere text."""
    below = node.get("/K", [])
    found = [one.get_object() for one in (below if isinstance(below, list) else [below])]
    return [one for one in found if hasattr(one, "get")]
