"""Papers: Typst templates and their data, made into PDF; and QR codes as SVG.

The same template, data and instant give the same bytes. Fonts are the project's own (Be Vietnam Pro) and, for
official papers, Liberation Serif (metric-equal to Times New Roman).
"""

from __future__ import annotations

import io
import json
import os
from datetime import datetime
from pathlib import Path

import segno
from django.conf import settings

# Typst lays pages out on all cores, each thread with memory of its own that is not given back: a run of 376 certificates then
# peaks anywhere between 230 and 310 MB. On one thread it is some 250, no slower, and leaves the other core to alarms.
os.environ.setdefault("RAYON_NUM_THREADS", "1")
import typst

_FONTS = settings.BASE_DIR / "core" / "typst" / "fonts"


def render(template: str, data: dict[str, object], *, at: datetime) -> bytes:
    """Return a PDF made of `liengia/<room>/typst/<name>.typ`, named as "room/name".

    The template reads its data by `json(bytes(sys.inputs.data))`; `at` is the document's date.

    Raises:
        typst.TypstError: the template is wrong (a fault of ours, never of the data).
    """
    room, _slash, name = template.partition("/")
    path: Path = settings.BASE_DIR / room / "typst" / f"{name}.typ"
    compiled = typst.compile(
        str(path),
        root=str(settings.BASE_DIR),
        font_paths=[str(_FONTS)],
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, default=str)},
        timestamp=int(at.timestamp()),
        format="pdf",
    )
    if not isinstance(compiled, bytes):
        raise TypeError("typst gave pages instead of one document")
    return compiled


def qr_svg(text: str, *, scale: int = 4) -> str:
    """Return a QR code (level M, quiet zone 4) as an SVG that can stand inside a page."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=scale, border=4, xmldecl=False, svgns=True)
    return out.getvalue().decode()
