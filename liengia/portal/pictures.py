"""Copies of pictures in a few widths and three formats, made when they are first asked for.

A page names the addresses without asking whether the copies exist, so that a list of articles costs no query and no
encoding for its pictures. Widths and formats are few: nobody can have the server make endless copies. The address
holds the beginning of the file's hash, so that a changed picture has another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from django.urls import reverse

from liengia.portal.models import PortalImage, PortalRendition

WIDTHS: Final = (320, 640, 960, 1280)
FORMS: Final = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
_SPECS: Final = {"avif": "format-avif", "webp": "format-webp", "jpg": "bgcolor-ffffff|format-jpeg"}
# A day: what is taken down is gone from readers' browsers a day later.
CACHED: Final = "public, max-age=86400"


@dataclass(frozen=True, slots=True)
class Source:
    """One line of a `<picture>`: the media type and the addresses by width."""

    type: str
    srcset: str


def version_of(image: PortalImage) -> str:
    """Return what tells a changed file from the old one."""
    return (image.file_hash or "0" * 8)[:8]


def address(image: PortalImage, width: int, form: str) -> str:
    """Return the address of a copy. A list names some hundred, and looking each up took a fifth of the page's time."""
    return f"{_stem()}{image.pk}-{version_of(image)}/{width}.{form}"


@cache
def _stem() -> str:
    return reverse("portal:picture", args=[0, "0", 0, "jpg"]).removesuffix("0-0/0.jpg")


def widths_of(image: PortalImage) -> list[int]:
    """Return the widths that make sense: none larger than the picture, but for the smallest."""
    return [width for width in WIDTHS if width <= image.width] or [WIDTHS[0]]


def sources(image: PortalImage) -> list[Source]:
    """Return the better formats first; the last one is for every browser."""
    return [
        Source(kind, ", ".join(f"{address(image, width, form)} {width}w" for width in widths_of(image)))
        for form, kind in FORMS.items()
    ]


def copy_of(image: PortalImage, width: int, form: str) -> PortalRendition:
    """Return the copy, made now if there is none."""
    return image.get_rendition(f"width-{width}|{_SPECS[form]}")
