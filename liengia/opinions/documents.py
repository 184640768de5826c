"""Documents that people upload to be read by all: what is looked at before one is taken.

Only PDF, by its first bytes and its end, of a size that a phone can load; nothing that acts when it is opened (scripts,
programs started, files inside, forms sent away), and none that needs a password. Names inside compressed parts are
unpacked and looked at too, up to a limit; so that what is taken cannot unpack without end either.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.core.errors import Invalid

LARGEST: Final = 10 * 2**20
# So much of a document's compressed parts is unpacked at most; one that needs more is not taken.
MOST_UNPACKED: Final = 64 * 2**20
_ACTS: Final = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|SubmitForm|ImportData|RichMedia|XFA|Encrypt)(?=[\s/<>()\[\]]|$)"
)
_STREAM: Final = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_NAME_CODE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_END_WITHIN: Final = 2048


def check_pdf(data: bytes, *, field: str) -> None:
    """Refuse what is no plain PDF.

    Raises:
        Invalid: too large, no PDF, cut short, or it holds what would act or hide (codes "document_large", "document_kind",
            "document_acts").
    """
    if len(data) > LARGEST:
        raise Invalid(_("This document is larger than 10 MB."), code="document_large", field=field)
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-_END_WITHIN:]:
        raise Invalid(_("Only whole PDF documents are taken."), code="document_kind", field=field)
    if _acts(data):
        raise Invalid(
            _("This PDF holds a script, a file inside, a form or a password. Print it as a plain PDF and send that."),
            code="document_acts", field=field,
        )  # fmt: skip


def _acts(data: bytes) -> bool:
    """Tell whether a document holds what would act, in its open or its compressed parts, or unpacks too far to be looked at."""
    if _has_name(_STREAM.sub(b" ", data)):
        return True
    left = MOST_UNPACKED
    for found in _STREAM.finditer(data):
        unpacking = zlib.decompressobj()
        try:
            part = unpacking.decompress(found.group(1), left)
        except zlib.error:
            continue  # a picture, or packed in another way: none of these holds a document's objects
        left -= len(part)
        if left <= 0 or (part.find(b"/") >= 0 and _is_objects(part) and _has_name(part)):
            return True
    return False


def _is_objects(part: bytes) -> bool:
    """Tell an object stream (numbers, then dictionaries) from a page's drawing or a font."""
    return part[:1].isdigit() and b"<<" in part


def _has_name(part: bytes) -> bool:
    return _ACTS.search(_NAME_CODE.sub(lambda code: bytes([int(code.group(1), 16)]), part)) is not None
