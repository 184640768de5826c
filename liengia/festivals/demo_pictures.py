"""The demonstration's pictures: drawn yards, flags and ropes; no photo of a real place or person."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

from PIL import Image, ImageDraw

SIZE: Final = (960, 720)
_SHIRTS: Final = ("#2b479e", "#6b2a86", "#c9772b", "#4a7a5a", "#a5b8f7", "#e0c38a")


def drawn() -> Iterator[tuple[str, bytes]]:
    """Yield what each picture shows, and the picture."""
    yield "Khối cờ đi đầu đoàn diễu hành (hình vẽ)", _png(_parade())
    yield "Kéo co ở sân nhà văn hóa (hình vẽ)", _png(_rope())


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _yard() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    made = Image.new("RGB", SIZE, "#cfe3ea")
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, 430, 960, 720), fill="#dcc9a3")
    draw.rectangle((120, 220, 840, 440), fill="#f2ead8")
    draw.polygon([(90, 230), (480, 110), (870, 230)], fill="#a8572f")
    for x in (190, 400, 610):
        draw.rectangle((x, 290, x + 140, 440), fill="#7c8f99")
    for x in (30, 905):
        draw.rectangle((x, 240, x + 16, 450), fill="#7a5b3a")
        draw.ellipse((x - 70, 130, x + 90, 280), fill="#5c8a55")
    return made, draw


def _person(draw: ImageDraw.ImageDraw, x: int, y: int, number: int, lean: int = 0) -> None:
    draw.polygon([(x - 26 + lean, y), (x + 26 + lean, y), (x + 34, y + 110), (x - 34, y + 110)], fill=_SHIRTS[number % len(_SHIRTS)])
    draw.ellipse((x - 22 + lean, y - 46, x + 22 + lean, y - 2), fill="#e3b58f")
    draw.polygon([(x - 40 + lean, y - 28), (x + 40 + lean, y - 28), (x + lean, y - 62)], fill="#e9dcb5")


def _parade() -> Image.Image:
    made, draw = _yard()
    for number, x in enumerate(range(110, 900, 130)):
        y = 500 + (number % 2) * 30
        draw.rectangle((x + 36, y - 170, x + 42, y + 60), fill="#6b5636")
        draw.polygon([(x + 42, y - 168), (x + 128, y - 150), (x + 42, y - 108)], fill=_SHIRTS[(number + 2) % len(_SHIRTS)])
        _person(draw, x, y, number)
    return made


def _rope() -> Image.Image:
    made, draw = _yard()
    draw.line((60, 560, 900, 560), fill="#8a6a3b", width=12)
    draw.rectangle((472, 535, 488, 600), fill="#6b2a86")
    for number, x in enumerate((110, 210, 310, 400)):
        _person(draw, x, 520, number, lean=-22)
    for number, x in enumerate((560, 650, 750, 850)):
        _person(draw, x, 520, number + 3, lean=22)
    return made
