"""What is printed: certificates in one document, the calibration sheet, labels, the run sheet of the hand-out, lists.

All certificates are one compile: the frame is one picture for all pages, a square code is one path, and every line is
fitted here, so that Typst only puts it into its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import segno
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from liengia.commendations import fitting, stock
from liengia.commendations.models import (
    AWARD_WORDS,
    Award,
    Certificate,
    Decision,
    PrintLayout,
    RecipientKind,
    Round,
)
from liengia.commendations.stock import Spot
from liengia.core import clock, pdf
from liengia.core.errors import Invalid
from liengia.core.official_papers import day_words
from liengia.core.text import fold
from liengia.papers.models import Issuer, Paper

# How many lines a field may take, and down to which share of its size.
_ROOM: Final = {"name": (2, 0.6, "bold"), "words": (2, 0.7, "regular"), "merit": (3, 0.62, "italic"), "authority": (1, 0.5, "bold"), "office": (2, 0.6, "bold"), "signer": (1, 0.6, "bold"), "place_date": (1, 0.6, "italic")}
# How high a line is of its size, and by which steps name, office and merit shrink together where they need more lines.
LINE: Final = 1.3
_SCALES: Final = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7)
_MASK: Final = 4  # fixed: any mask can be read, and trying all eight costs five times as much
_GOLD, _RED, _CREAM, _TINT = "#a8781c", "#b5121b", "#fffdf6", "#fbf1d6"


def verify_address(code: str) -> str:
    """Return the address that a square code leads to."""
    return f"{settings.PUBLIC_URL}/xac-minh/{code}"


def certificates(rows: Sequence[Certificate], layout: PrintLayout, *, at: datetime, is_sample: bool = False) -> bytes:
    """Return certificates of one decision as one PDF, in the order given.

    Raises:
        Invalid: a name or a merit that does not fit at the least size, with whose it is (code "does_not_fit").
    """
    spots = _lifted(rows[0].decision.signer_office, stock.read(layout.fields, float(layout.width_mm), float(layout.height_mm)))
    with translation.override("vi"):
        first = rows[0]
        same = _same(first, spots)
        pieces = [_piece(one, spots) for one in rows]
        title = _("Certificates: %(sign)s") % {"sign": "" if is_sample else first.decision.paper.sign}
    data: dict[str, object] = {
        "title": title, "author": "Liên Gia", "layout": _sheet(layout, spots), "same": same, "pieces": pieces, "qr_words": "Mã xác minh",
        "frame": "" if layout.is_overlay else frame(float(layout.width_mm), float(layout.height_mm), emblem=spots["emblem"]),
    }  # fmt: skip
    return pdf.render("commendations/certificates", data, at=at)


def sample(layout: PrintLayout, *, at: datetime) -> bytes:
    """Return one certificate with invented words on a layout that need not be kept: a long name, the longest usual merit.

    Raises:
        Invalid: a line stands outside of the paper, or the words do not fit.
    """
    unit = layout.unit
    issuer = Issuer(name=f"Ủy ban nhân dân {unit.kind.lower()} {unit.name}", symbol="UBND", place=unit.name, unit=unit)
    decision = Decision(
        round=Round(title="mẫu"), paper=Paper(issuer=issuer, number=1, abbreviation="QĐ", symbol=issuer.symbol), decided_on=clock.local(at).date(), signer_office="Chủ tịch", signer_name="Nguyễn Văn Mẫu"
    )
    one = Certificate(
        decision=decision, issuer=issuer, unit=unit, kind=RecipientKind.INDIVIDUAL, award=Award.CERTIFICATE, name="Bà Nguyễn Thị Ngọc Ánh Tuyết (mẫu)",
        words="Tổ trưởng tổ liên gia an toàn số 3, khu phố 5", code="7K4M-QF29-TXRH", year=decision.decided_on.year, register_number=1, call_order=1,
        merit="Đã có thành tích xuất sắc trong phong trào Toàn dân bảo vệ an ninh Tổ quốc, kịp thời báo động và cùng bà con dập tắt đám cháy",
    )  # fmt: skip
    return certificates([one], layout, at=at, is_sample=True)


def _lifted(office: str, spots: Mapping[str, Spot]) -> Mapping[str, Spot]:
    """Return the places with day and office a line higher where a deputy signs in the head's place: 35 mm stay free under both lines."""
    more = spots["office"].size * LINE * office.count(" / ")
    return {**spots, **{name: replace(spots[name], y=spots[name].y - more) for name in ("place_date", "office")}} if more else spots


def _sheet(layout: PrintLayout, spots: Mapping[str, Spot]) -> dict[str, object]:
    return {
        "width": float(layout.width_mm), "height": float(layout.height_mm), "shift_x": -float(layout.shift_x_mm), "shift_y": -float(layout.shift_y_mm),
        "spots": {name: asdict(spot) for name, spot in spots.items()},
    }  # fmt: skip


def _same(one: Certificate, spots: Mapping[str, Spot]) -> dict[str, object]:
    """Return the lines that are the same on all papers of a decision."""
    decision = one.decision
    award = AWARD_WORDS[Award(one.award)]
    texts = {
        "motto_1": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "motto_2": "Độc lập - Tự do - Hạnh phúc", "authority": f"Chủ tịch {one.issuer.name}".upper(),
        "gives": "TẶNG", "award": award.upper(), "place_date": f"{one.issuer.place}, {day_words(decision.decided_on)}",
        "office": decision.signer_office.upper(), "signer": decision.signer_name,
    }  # fmt: skip
    return {name: _fitted(name, text, spots[name], who="") for name, text in texts.items() if spots[name].is_shown}


def _piece(one: Certificate, spots: Mapping[str, Spot]) -> dict[str, object]:
    lines = _told(one, spots)
    if spots["register"].is_shown:
        host = settings.PUBLIC_URL.partition("://")[2]
        register = (f"Quyết định số {one.decision.paper.sign}", day_words(one.decision.decided_on), f"Số sổ vàng: {one.serial}", f"Xác minh: {host}/xac-minh", one.code)
        lines["register"] = {"lines": list(register), "size": spots["register"].size, "down": 0}
    return {"lines": lines, "qr": qr(verify_address(one.code)) if spots["qr"].is_shown else ""}


def _told(one: Certificate, spots: Mapping[str, Spot]) -> dict[str, dict[str, object]]:
    """Return name, office and merit, each below the one above it however many lines that takes, and all above place and day.

    Raises:
        Invalid: they do not fit even at the least size.
    """
    texts = {"name": one.name, "words": one.words, "merit": one.merit}
    order = sorted((name for name in texts if spots[name].is_shown and texts[name]), key=lambda name: spots[name].y)
    ends = [spots[name].y for name in ("place_date", "office", "qr") if spots[name].is_shown and order and spots[name].y > spots[order[-1]].y]
    end = min(ends, default=float("inf"))
    for scale in _SCALES:
        found, bottom = {}, 0.0
        for name in order:
            spot = spots[name]
            fitted = _fitted(name, texts[name], replace(spot, size=spot.size * scale), who=one.name)
            top = max(spot.y, bottom)
            bottom = top + len(fitted["lines"]) * fitted["size"] * LINE
            found[name] = {**fitted, "down": top - spot.y}
        if bottom <= end:
            return found
    raise _does_not_fit(one.name, one.merit)


def _fitted(name: str, text: str, spot: Spot, *, who: str) -> dict[str, Any]:
    lines, least, style = _ROOM.get(name, (1, 1.0, "bold"))
    if name not in _ROOM:
        return {"lines": [text], "size": spot.size, "down": 0}
    if name == "office" and " / " in text:
        parts = [_fitted(name, part, spot, who=who) for part in text.split(" / ")]
        return {"lines": [line for part in parts for line in part["lines"]], "size": min(part["size"] for part in parts), "down": 0}
    found = fitting.fit(text, width=spot.w, size_mm=spot.size, least_mm=spot.size * least, most_lines=lines, style=style)
    if found is None:
        raise _does_not_fit(who, text)
    return {"lines": list(found.lines), "size": found.size_mm, "down": 0}


def _does_not_fit(who: str, text: str) -> Invalid:
    words = f"{who[:60]}: {text[:80]}" if who and who != text else text[:100]
    return Invalid(_("This does not fit on the paper: “%(text)s”. Shorten it, or widen the line of the layout.") % {"text": words}, code="does_not_fit", field="layout")


def qr(text: str) -> str:
    """Return a square code (level M) as an SVG of one path, without a rim: the layout leaves one."""
    code = segno.make(text, error="m", micro=False, mask=_MASK)
    runs: list[str] = []
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            start = x
            while x < len(row) and row[x]:
                x += 1
            runs.append(f"M{start} {y}h{x - start}v1h{start - x}z")
    size = len(code.matrix)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path d="{"".join(runs)}"/></svg>'


@lru_cache(maxsize=8)
def frame(width: float, height: float, *, emblem: Spot) -> str:
    """Return the frame of the full design as an SVG: rules, the border of cement tiles, and the emblem.

    The emblem is the file `emblem.svg` or `emblem.png` in the installation's folder; without one a plain star stands in.
    """
    scale = min(width / 297, height / 210)
    outer, band = 8 * scale, 9.367 * scale
    across = max(1, round((width - 2 * outer) / band))
    down = max(3, round((height - 2 * outer) / (9.7 * scale)))
    step_x, step_y = (width - 2 * outer) / across, (height - 2 * outer) / down
    places = [(outer + x * step_x, outer + y * step_y) for x in range(across) for y in range(down) if x in (0, across - 1) or y in (0, down - 1)]
    tiles = "".join(f'<use href="#g" transform="translate({x:.3f} {y:.3f}) scale({step_x / 9.36:.5f} {step_y / 9.7:.5f})"/>' for x, y in places)
    hole = (outer + step_x, outer + step_y, width - 2 * (outer + step_x), height - 2 * (outer + step_y))
    rim = (outer + step_x + 1.6 * scale, outer + step_y + 1.6 * scale)
    rule = 6.5 * scale
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"><defs><g id="g" fill="none" stroke="{_GOLD}" stroke-width=".32">'
        '<path d="M4.68.6l1.9 1.5v1.2H2.8V2.1zM8.8 4.85L7.3 6.7H6.1V3h1.2zM4.68 9.1l-1.9-1.5V6.4h3.8v1.2zM.56 4.85L2.06 3h1.2v3.7h-1.2z"/>'
        f'<circle cx="4.68" cy="4.85" r=".8" fill="{_GOLD}"/>'
        '<path d="M0 1.5A1.5 1.5 0 0 0 1.5 0M7.86 0a1.5 1.5 0 0 0 1.5 1.5M9.36 8.2a1.5 1.5 0 0 0-1.5 1.5M1.5 9.7A1.5 1.5 0 0 0 0 8.2"/></g></defs>'
        f'<rect width="{width:g}" height="{height:g}" fill="{_CREAM}"/>'
        f'<rect x="{outer:.3f}" y="{outer:.3f}" width="{width - 2 * outer:.3f}" height="{height - 2 * outer:.3f}" fill="{_TINT}" stroke="{_GOLD}" stroke-width=".5"/>'
        f'<rect x="{hole[0]:.3f}" y="{hole[1]:.3f}" width="{hole[2]:.3f}" height="{hole[3]:.3f}" fill="{_CREAM}" stroke="{_GOLD}" stroke-width=".5"/>{tiles}'
        f'<rect x="{rim[0]:.3f}" y="{rim[1]:.3f}" width="{width - 2 * rim[0]:.3f}" height="{height - 2 * rim[1]:.3f}" fill="none" stroke="{_GOLD}" stroke-width=".5"/>'
        f'<rect x="{rule:.3f}" y="{rule:.3f}" width="{width - 2 * rule:.3f}" height="{height - 2 * rule:.3f}" fill="none" stroke="{_RED}" stroke-width=".6"/>'
        f"{_emblem(emblem)}</svg>"
    )


def _emblem(spot: Spot) -> str:
    if not spot.is_shown:
        return ""
    own = settings.DATA / "emblem.png"
    if own.exists():
        import base64

        data = base64.b64encode(own.read_bytes()).decode()
        return f'<image href="data:image/png;base64,{data}" x="{spot.x:g}" y="{spot.y:g}" width="{spot.w:g}" height="{spot.size:g}"/>'
    middle_x, middle_y, scale = spot.x + spot.w / 2, spot.y + spot.size / 2, spot.w / 18.3
    return (
        f'<g transform="translate({middle_x:.3f} {middle_y:.3f}) scale({scale:.4f})"><circle r="8.6" fill="{_RED}" stroke="{_GOLD}" stroke-width="1.1"/>'
        '<circle r="7.2" fill="none" stroke="#f4cf63" stroke-width=".35"/>'
        '<path d="M0-5.2L1.22-1.68 4.95-1.61 1.98.64 3.06 4.21 0 2.08-3.06 4.21-1.98.64-4.95-1.61-1.22-1.68Z" fill="#f4cf63"/></g>'
    )


def calibration(layout: PrintLayout, *, at: datetime) -> bytes:
    """Return a sheet with a millimetre grid and crosses at known places: printed on plain paper, it shows by how much a printer is off."""
    with translation.override("vi"):
        spots = stock.read(layout.fields, float(layout.width_mm), float(layout.height_mm))
        data: dict[str, object] = {
            "title": _("Calibration sheet: %(name)s") % {"name": layout.name}, "layout": _sheet(layout, spots),
            "labels": {name: str(label) for name, label in stock.LABELS.items() if spots[name].is_shown},
            "words": [
                _("Print this at full size, without “fit to page”, on plain paper of %(w)s × %(h)s mm.") % {"w": f"{float(layout.width_mm):g}", "h": f"{float(layout.height_mm):g}"},
                _("Measure from the edge of the paper to the cross: 20 mm from the left and 20 mm from the top."),
                _("If you measure 22 mm from the left, the printer is off to the right by 2 mm: enter 2. If 19 mm, enter -1. The same downwards."),
            ],
        }  # fmt: skip
        return pdf.render("commendations/calibration", data, at=at)


def labels(rows: Sequence[Certificate], *, at: datetime) -> bytes:
    """Return labels for the folders, 3 × 8 a sheet of A4: place in the order of calling, name, office."""
    with translation.override("vi"):
        data: dict[str, object] = {
            "title": _("Labels"), "pieces": [{"order": one.call_order, "name": one.name, "words": one.words, "serial": one.serial} for one in rows],
        }  # fmt: skip
        return pdf.render("commendations/labels", data, at=at)


def run_sheet(decision: Decision, rows: Sequence[Certificate], *, at: datetime, each_turn: int = 10) -> bytes:
    """Return the run sheet for the hand-out: who is called in which turn, with boxes to tick who came and who was absent."""
    with translation.override("vi"):
        data: dict[str, object] = {
            "title": _("Run sheet of the hand-out"), "about": f"{decision.round.title[:1].upper()}{decision.round.title[1:]}", "decision": f"{decision.paper.sign}, {decision.decided_on:%d/%m/%Y}",
            "heads": [_("No."), _("Who is called"), _("Merit"), _("Came"), _("Absent"), _("Who took it")],
            "turns": [
                {
                    "title": _("Turn %(n)s: %(who)s") % {"n": number, "who": str(RecipientKind(kind).label)},
                    "rows": [{"order": one.call_order, "name": one.name, "words": one.words, "merit": one.merit, "is_handed": one.hand_over == "handed", "is_absent": one.hand_over == "absent"} for one in some],
                }
                for number, (kind, some) in enumerate(_turns(rows, each_turn), start=1)
            ],
            "made": _("Made on %(day)s. Commendations: %(n)s.") % {"day": f"{clock.local(at):%d/%m/%Y %H:%M}", "n": len(rows)},
        }  # fmt: skip
        return pdf.render("commendations/run_sheet", data, at=at)


def _turns(rows: Iterable[Certificate], each_turn: int) -> list[tuple[str, list[Certificate]]]:
    """Return the turns: so many at once on the stage, never of two kinds."""
    found: list[tuple[str, list[Certificate]]] = []
    for one in rows:
        if not found or found[-1][0] != one.kind or len(found[-1][1]) >= each_turn:
            found.append((one.kind, []))
        found[-1][1].append(one)
    return found


def file_name(words: str) -> str:
    """Return a name for a downloaded file: letters without marks, and hyphens."""
    return "-".join(part for part in "".join(c if c.isalnum() else " " for c in fold(words)).split())[:80]
