"""Parts of a file: phones play a video only when its server can send from the middle (RFC 9110, section 14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any, Final

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

CHUNK: Final = 64 * 1024
_ONE_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)$")


def respond(request: HttpRequest, file: Any, *, content_type: str) -> HttpResponseBase:
    """Send a stored file, or the one range that was asked for; several ranges at once get the whole."""
    size = file.size
    match = _ONE_RANGE.match(request.headers.get("Range", ""))
    if match is None or match.groups() == ("", ""):
        whole = FileResponse(file.open("rb"), content_type=content_type)
        whole["Accept-Ranges"] = "bytes"
        return whole
    first, last = _bounds(match.group(1), match.group(2), size)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    stored = file.open("rb")
    stored.seek(first)
    part = StreamingHttpResponse(_read(stored, last - first + 1), status=206, content_type=content_type)
    part["Content-Range"] = f"bytes {first}-{last}/{size}"
    part["Content-Length"] = str(last - first + 1)
    part["Accept-Ranges"] = "bytes"
    return part


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Return the first and the last byte; "-500" means the last five hundred."""
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last or size - 1), size - 1)


def _read(stored: IO[bytes], left: int) -> Iterator[bytes]:
    with stored:
        while left > 0 and (chunk := stored.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
