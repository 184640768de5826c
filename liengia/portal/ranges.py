"""Parts of a file: phones play a video only when its server can send from the middle (RFC 9110, section 14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from liengia.core.sending import PIECE, SentFile, SentPieces

_ONE_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)$")


def respond(request: HttpRequest, file: Any, *, content_type: str) -> HttpResponseBase:
    """Send a stored file, or the one range that was asked for; several ranges at once get the whole."""
    size = file.size
    match = _ONE_RANGE.match(request.headers.get("Range", ""))
    if match is None or match.groups() == ("", ""):
        whole = SentFile(file.open("rb"), content_type=content_type)
        whole["Accept-Ranges"] = "bytes"
        return whole
    first, last = _bounds(match.group(1), match.group(2), size)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    stored = file.open("rb")
    stored.seek(first)
    part = SentPieces(_Part(stored, last - first + 1), status=206, content_type=content_type)
    part["Content-Range"] = f"bytes {first}-{last}/{size}"
    part["Content-Length"] = str(last - first + 1)
    part["Accept-Ranges"] = "bytes"
    return part


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Return the first and the last byte; "-500" means the last five hundred."""
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last or size - 1), size - 1)


class _Part:
    """The next bytes of an open file, piece by piece; unlike a generator it can be closed while another thread reads."""

    def __init__(self, stored: IO[bytes], left: int) -> None:
        self._stored = stored
        self._left = left

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = self._stored.read(min(PIECE, self._left))
        if not piece:
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._stored.close()
