"""The picture of a bulletin for a Zalo group: the headline in the commune's look, with a square code to its public page.

1080 × 1080 points: square pictures are shown whole in a group, and Zalo makes larger ones smaller by itself (own observation).
"""

from __future__ import annotations

import io
from typing import Final

import segno
from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from liengia.broadcast.channels.base import Message
from liengia.broadcast.gateway.segments import clean
from liengia.core import clock

SIDE: Final = 1080
KINDS: Final = ("png", "jpg")
_FONTS: Final = settings.BASE_DIR / "core" / "typst" / "fonts"
_INK, _PAPER, _BAND, _URGENT, _QUIET = "#1a1d29", "#ffffff", "#1b2d6b", "#b3261e", "#4a5068"
_MARGIN: Final = 76


def draw(message: Message, *, kind: str = "png") -> bytes:
    """Return the picture as PNG or JPEG; the same message gives the same bytes."""
    image = Image.new("RGB", (SIDE, SIDE), _PAPER)
    pen = ImageDraw.Draw(image)
    band = _URGENT if message.priority == "urgent" else _BAND
    pen.rectangle((0, 0, SIDE, 132), fill=band)
    pen.text((_MARGIN, 66), _fitted(pen, clean(message.unit_name), _font("600SemiBold", 44), SIDE - 2 * _MARGIN), _PAPER, _font("600SemiBold", 44), anchor="lm")
    foot = SIDE - 330 if message.url else SIDE - 150
    top = _headline(pen, clean(message.headline), foot, band)
    _text(pen, clean(message.text), top, foot)
    if message.url:
        image.paste(_code(message.url), (_MARGIN - 14, SIDE - 292))
        pen.text((_MARGIN + 250, SIDE - 210), _("Scan to read all of it"), _INK, _font("600SemiBold", 38), anchor="lm")
        pen.text((_MARGIN + 250, SIDE - 150), _fitted(pen, message.url.partition("://")[2], _font("400Regular", 28), 640), _QUIET, _font("400Regular", 28), anchor="lm")
    pen.text((_MARGIN + (250 if message.url else 0), SIDE - 96), f"{clock.local(message.sent_at):%d/%m/%Y}", _QUIET, _font("400Regular", 30), anchor="lm")
    return _bytes(image, kind)


def _bytes(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "jpg":
        image.save(out, "JPEG", quality=88, optimize=True)
    else:
        image.quantize(128, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / f"BeVietnamPro_{weight}.ttf"), size)


def _headline(pen: ImageDraw.ImageDraw, text: str, foot: int, colour: str) -> int:
    """Write the headline as large as five lines allow; return where the text begins."""
    for size in (92, 80, 70, 60, 52, 44):
        font = _font("700Bold", size)
        lines = _lines(pen, text, font, SIDE - 2 * _MARGIN)
        step = int(size * 1.28)
        if len(lines) <= 5 and 190 + step * len(lines) <= foot:
            break
    y = 190
    for line in lines[:6]:
        pen.text((_MARGIN, y), line, colour, font)
        y += step
    return y + 30


def _text(pen: ImageDraw.ImageDraw, text: str, top: int, foot: int) -> None:
    font, step = _font("400Regular", 40), 60
    room = max(0, (foot - top) // step)
    lines = [line for part in text.split("\n") if part.strip() for line in _lines(pen, part, font, SIDE - 2 * _MARGIN)]
    if len(lines) > room and room:
        lines = [*lines[: room - 1], lines[room - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + " …"]
    for number, line in enumerate(lines[:room]):
        pen.text((_MARGIN, top + number * step), line, _INK, font)


def _lines(pen: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break a text into lines; a word that is wider than a line is broken too."""
    lines, line = [], ""
    for word in text[:2_000].split():
        word = _fitted(pen, word, font, width)
        wider = f"{line} {word}".strip()
        if line and pen.textlength(wider, font) > width:
            lines.append(line)
            wider = word
        line = wider
    return [*lines, line] if line else lines


def _fitted(pen: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    if pen.textlength(text[:400], font) <= width and len(text) <= 400:
        return text
    text = text[:400]
    while text and pen.textlength(text + "…", font) > width:
        text = text[:-1]
    return text + "…"


def _code(url: str) -> Image.Image:
    out = io.BytesIO()
    made = segno.make(url, error="m", micro=False)
    made.save(out, kind="png", scale=max(1, 240 // made.symbol_size(border=4)[0]), border=4)
    with Image.open(out) as image:
        return image.convert("RGB")
