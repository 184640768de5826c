"""Pictures of the demonstration's opinions, drawn here: a road with a lamp, water or rubbish; of no place and nobody."""

from __future__ import annotations

import io
from functools import cache
from typing import Final

from PIL import Image, ImageDraw

from liengia.core import images

SIZE: Final = (960, 720)
# Sky, ground and road, by what is shown.
_COLOURS: Final = {
    "lighting": ("#16203a", "#22304a", "#39424f"), "drainage": ("#a9c3cf", "#7f9a5c", "#5f6b6b"), "roads": ("#cfe0e6", "#86a35f", "#777b80"),
    "waste": ("#e6dcc4", "#8c9a5a", "#7b766c"),
}  # fmt: skip


def drawn(topic: str) -> list[images.EncodedImage]:
    """Return the picture of a topic, made as a writer's own is; none for a topic that has none."""
    return [_encoded(topic)] if topic in _COLOURS else []


@cache
def _encoded(topic: str) -> images.EncodedImage:
    sky, ground, road = _COLOURS[topic]
    picture = Image.new("RGB", SIZE, sky)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 430, 960, 720), fill=ground)
    pen.polygon([(400, 430), (560, 430), (900, 720), (60, 720)], fill=road)
    for left in (90, 770):  # two houses
        pen.rectangle((left, 320, left + 130, 440), fill="#c9b18a")
        pen.polygon([(left - 18, 320), (left + 65, 250), (left + 148, 320)], fill="#9a4a35")
    _what_is_wrong(pen, topic)
    out = io.BytesIO()
    picture.save(out, format="PNG")
    return images.reencode(out.getvalue())


def _what_is_wrong(pen: ImageDraw.ImageDraw, topic: str) -> None:
    if topic == "lighting":
        pen.rectangle((640, 160, 652, 560), fill="#8b93a0")
        pen.line((646, 164, 566, 150), fill="#8b93a0", width=10)
        pen.ellipse((540, 140, 590, 166), fill="#2b3342")  # a lamp without light
    elif topic == "drainage":
        pen.ellipse((150, 540, 820, 690), fill="#8a7a5d")
        for top in (575, 610, 645):
            pen.arc((260, top - 20, 700, top + 30), 200, 340, fill="#b3a583", width=5)
    elif topic == "roads":
        for box in ((360, 560, 500, 610), (520, 630, 720, 700), (430, 490, 500, 515)):
            pen.ellipse(box, fill="#4a4038", outline="#3a322c", width=4)
    else:
        for left, top, colour in ((520, 560, "#3f6f8f"), (590, 590, "#b8483a"), (470, 610, "#e3e0d5"), (640, 545, "#4d7a46"), (560, 630, "#232a30")):
            pen.rounded_rectangle((left, top, left + 90, top + 60), radius=22, fill=colour)
