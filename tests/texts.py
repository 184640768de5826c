"""The words of a PDF, for tests that read what people will read."""

from __future__ import annotations

import io

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
