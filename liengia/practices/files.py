"""Files to copy: what is looked at before one is kept. Pictures are drawn anew; documents are kept as they are, if harmless."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.core import images
from liengia.core.errors import Invalid
from liengia.opinions.documents import LARGEST, check_pdf

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_UNPACKED: Final = 40 * 2**20
MOST_PARTS: Final = 400
# What a document could do when it is opened: programs, things inside, templates and pictures fetched from elsewhere.
_ACTS: Final = re.compile(r"vba|macro|activex|embeddings/|oleObject", re.IGNORECASE)
_FETCHES: Final = re.compile(rb'TargetMode\s*=\s*"External"', re.IGNORECASE)
_HARMLESS_LINK: Final = re.compile(rb"relationships/hyperlink", re.IGNORECASE)
_RELATION: Final = re.compile(rb"<Relationship\b[^>]*>")


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept: its bytes, type, ending, and the fingerprints of what is kept and of what came."""

    data: bytes
    content_type: str
    ending: str
    sha256: str
    source_sha256: str


def check(data: bytes, *, field: str = "file") -> Checked:
    """Return a file that may be kept; what it is, its bytes say and not its name.

    Raises:
        Invalid: too large, of another kind than PDF, DOCX or picture, broken, or it would act when it is opened.
    """
    if len(data) > LARGEST:
        raise Invalid(_("This file is larger than 10 MB."), code="file_large", field=field)
    source = hashlib.sha256(data).hexdigest()
    if data.startswith(b"%PDF-"):
        check_pdf(data, field=field)
        return Checked(data, "application/pdf", "pdf", source, source)
    if data.startswith(b"PK\x03\x04"):
        _check_docx(data, field)
        return Checked(data, DOCX, "docx", source, source)
    try:
        picture = images.reencode(data)
    except Invalid as error:
        raise Invalid(_("Only PDF, DOCX and pictures (JPEG, PNG, WebP) can be kept."), code="file_kind", field=field) from error
    return Checked(picture.data, picture.content_type, "webp", hashlib.sha256(picture.data).hexdigest(), source)


def _check_docx(data: bytes, field: str) -> None:
    broken = Invalid(_("This file is no whole DOCX document."), code="file_kind", field=field)
    acts = Invalid(_("This document holds a program, a file inside or something fetched from elsewhere. Save it anew without."), code="file_acts", field=field)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = parts.namelist()
            if "word/document.xml" not in names or "[Content_Types].xml" not in names or len(names) > MOST_PARTS:
                raise broken
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise broken
            if any(_ACTS.search(name) for name in names):
                raise acts
            left = MOST_UNPACKED
            for part in parts.infolist():
                # The size that a part tells may be a lie: reading counts what really comes, up to the limit.
                with parts.open(part) as stream:
                    read = stream.read(left + 1)
                left -= len(read)
                if left < 0:
                    raise broken
                if part.filename.endswith(".rels") and _fetches(read):
                    raise acts
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError, KeyError) as error:
        raise broken from error


def _fetches(relations: bytes) -> bool:
    found = _RELATION.findall(relations)
    return any(_FETCHES.search(one) and not _HARMLESS_LINK.search(one) for one in found)
