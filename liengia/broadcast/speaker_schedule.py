"""What clusters of other makes play by hand: a schedule as a spreadsheet, with the sounds beside it as MP3, repeats and pauses in them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from liengia.broadcast.audio import making, sound, store
from liengia.broadcast.models import PlayOrder
from liengia.core import clock
from liengia.core.text import fold

_FORMULA = re.compile(r"^[=+\-@\t\r]")


def packed(orders: Sequence[PlayOrder]) -> bytes:
    """Return a ZIP: `lich.xlsx`, and each sound once."""
    out = io.BytesIO()
    names: dict[tuple[str, int], str] = {}
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _("Schedule")
    sheet.append([_("Cluster"), _("Hamlet"), _("From"), _("Until"), _("What"), _("File"), _("Seconds"), _("Volume")])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for order in orders:
            key = (order.audio.sha256, order.times)
            data = store.get(order.audio.sha256)
            if key not in names and data is not None:
                names[key] = f"{len(names) + 1:02d}-{_slug(order.headline)}.mp3"
                whole = making.repeated(sound.read_wav(data), times=order.times, pause_s=order.pause_s)
                archive.writestr(names[key], sound.to_mp3(whole))
            sheet.append([
                _plain(order.cluster.name), _plain(order.cluster.unit.listed_name), f"{clock.local(order.play_at):%d/%m/%Y %H:%M}", f"{clock.local(order.expires_at):%d/%m/%Y %H:%M}",
                _plain(order.headline), names.get(key, ""), round(order.audio.seconds * order.times + order.pause_s * (order.times - 1)),
                order.cluster.volume if order.volume is None else order.volume,
            ])  # fmt: skip
        for letter, width in zip("ABCDEFGH", (28, 28, 18, 18, 50, 36, 10, 10), strict=True):
            sheet.column_dimensions[letter].width = width
        table = io.BytesIO()
        book.save(table)
        archive.writestr("lich.xlsx", table.getvalue())
    return out.getvalue()


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:40] or "loa"


def _plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text
