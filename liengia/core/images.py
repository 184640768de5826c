"""Pictures from outside: decoded under limits, stripped of all they carry, encoded anew.

What comes out is made of pixels alone: no EXIF, place, maker, thumbnail, profile or text; and no byte that came in.
Nothing is written to a disk here.
"""

from __future__ import annotations

import io
import logging
import struct
import zlib
from dataclasses import dataclass
from typing import IO, Final, Protocol

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from liengia.core.errors import Invalid

# At its talkative levels Pillow writes every tag of a file, places among them, into the log.
logging.getLogger("PIL").setLevel(logging.WARNING)

LARGEST_BYTES: Final = 10 * 1024 * 1024
# A JPEG is decoded at a fraction of its size, so that a phone's 108 million points do no harm; others are decoded whole.
MOST_PIXELS: Final = {"JPEG": 130_000_000, "PNG": 40_000_000, "WEBP": 40_000_000}
LONGEST_EDGE: Final = 2048
_QUALITY: Final = 80
# What a broken or hostile file makes the decoders raise.
_BROKEN: Final = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, MemoryError,
    NotImplementedError, struct.error, zlib.error,
)  # fmt: skip


class Upload(Protocol):
    """A file as a form or a test gives it."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes."""
        ...


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """A clean picture: its bytes, their kind, its size in points."""

    data: bytes
    content_type: str
    width: int
    height: int


def reencode(
    upload: Upload | IO[bytes] | bytes, *, longest_edge: int = LONGEST_EDGE, kind: str = "WEBP"
) -> EncodedImage:
    """Return a picture made anew, upright, at most `longest_edge` points long, as WebP (or "JPEG").

    The name and the declared type of the file are not asked: only its bytes count.

    Raises:
        Invalid: too large, no picture of a kind that is read, broken, or of more points than are decoded.
    """
    data = upload if isinstance(upload, bytes) else upload.read(LARGEST_BYTES + 1)
    if not data:
        raise Invalid(_("This picture is empty. Choose it again, or leave it out."), code="image_empty")
    if len(data) > LARGEST_BYTES:
        raise Invalid(_("This picture is larger than 10 MB. Choose a smaller one."), code="image_large")
    try:
        with Image.open(io.BytesIO(data), formats=list(MOST_PIXELS)) as picture:
            found = picture.format or ""
            if picture.width * picture.height > MOST_PIXELS.get(found, 0):
                raise Image.DecompressionBombError
            if found == "JPEG":
                picture.draft("RGB", (longest_edge, longest_edge))
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((longest_edge, longest_edge))
            clean = _only_points(upright)
    except Image.DecompressionBombError:
        raise Invalid(_("This picture has too many points. Choose a smaller one."), code="image_points") from None
    except _BROKEN:
        raise Invalid(
            _("This file is no picture that can be read. JPEG, PNG and WebP pictures can."), code="image_broken"
        ) from None
    out = io.BytesIO()
    clean.save(out, format=kind, quality=_QUALITY)
    return EncodedImage(out.getvalue(), f"image/{kind.lower()}", clean.width, clean.height)


def _only_points(picture: Image.Image) -> Image.Image:
    """Return an RGB picture on white that shares nothing with the file but its points."""
    clean = Image.new("RGB", picture.size, "white")
    layered = picture.convert("RGBA") if picture.mode in ("RGBA", "LA", "PA", "P") else None
    clean.paste(layered or picture.convert("RGB"), mask=layered)
    return clean
