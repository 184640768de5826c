"""Sizes of paper as data, and where the lines of a certificate stand on them, in millimetres.

The full design is look.md's for A4; other sizes scale it. An overlay prints only what pre-printed stock lacks.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liengia.core.errors import Invalid

SIGNING_MM: Final = 35.0  # for hand and seal; Decree 50/2006/NĐ-CP, article 28
LEAST_QR_MM: Final = 18.0
_A4: Final = (297.0, 210.0)


@dataclass(frozen=True, slots=True)
class PageSize:
    """A size of paper."""

    code: str
    name: str
    width_mm: float
    height_mm: float
    source: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a line stands: left edge, top, width and size of type, in millimetres; `is_shown` whether it is printed."""

    x: float
    y: float
    w: float
    size: float
    align: str = "center"
    is_shown: bool = True


# In the order in which an office reads them on the paper.
LABELS: Final[Mapping[str, str | Promise]] = {
    "emblem": _("emblem"), "motto_1": _("name of the state"), "motto_2": _("motto"), "authority": _("who gives it"), "gives": _("the word “gives”"),
    "award": _("name of the award"), "name": _("name"), "words": _("office or address"), "merit": _("merit"), "place_date": _("place and day"),
    "office": _("office of who signs"), "signer": _("name of who signs"), "qr": _("square code"), "register": _("decision, register, code"),
}  # fmt: skip
_FULL: Final = {
    "emblem": Spot(139.3, 22.0, 18.3, 18.3), "motto_1": Spot(25, 41.5, 247, 4.6), "motto_2": Spot(25, 47.5, 247, 4.9),
    "authority": Spot(25, 57.5, 247, 6.4), "gives": Spot(25, 65.5, 247, 5.3), "award": Spot(25, 74.5, 247, 16), "name": Spot(36, 97, 225, 8),
    "words": Spot(45, 107.5, 207, 5), "merit": Spot(48, 115.5, 201, 5.3), "place_date": Spot(172, 133, 95, 4.9), "office": Spot(172, 139.5, 95, 4.9),
    "signer": Spot(172, 181, 95, 4.9), "qr": Spot(27, 157, 25, 25), "register": Spot(56, 157, 100, 3.9, "left"),
}  # fmt: skip
# On stock the emblem, the motto, "TẶNG" and the award's name are printed already.
_ON_STOCK: Final = frozenset({"emblem", "motto_1", "motto_2", "authority", "gives", "award"})
FIELDS: Final = tuple(_FULL)


@cache
def sizes() -> dict[str, PageSize]:
    """Return the sizes of paper by code, from `data/page-sizes.csv`."""
    with (Path(__file__).parent / "data" / "page-sizes.csv").open(encoding="utf-8", newline="") as file:
        rows = [PageSize(row["code"], row["name"], float(row["width_mm"]), float(row["height_mm"]), row["source"]) for row in csv.DictReader(file)]
    return {row.code: row for row in rows}


def spots_for(width_mm: float, height_mm: float, *, is_overlay: bool = False) -> dict[str, Spot]:
    """Return where the lines stand on a size of paper, scaled from A4 about its middle; 35 mm stay for hand and seal."""
    scale = min(width_mm / _A4[0], height_mm / _A4[1])
    left, top = (width_mm - _A4[0] * scale) / 2, (height_mm - _A4[1] * scale) / 2
    found = {}
    for name, spot in _FULL.items():
        found[name] = replace(
            spot, x=_half(left + spot.x * scale), y=_half(top + spot.y * scale), w=_half(spot.w * scale), size=round(spot.size * scale, 1),
            is_shown=not (is_overlay and name in _ON_STOCK),
        )  # fmt: skip
    office, signer = found["office"], found["signer"]
    found["signer"] = replace(signer, y=max(signer.y, _half(office.y + office.size * 1.3 + SIGNING_MM)))
    return found


def _half(value: float) -> float:
    return round(value * 2) / 2


def as_data(spots: Mapping[str, Spot]) -> dict[str, dict[str, Any]]:
    """Return what is stored of a layout."""
    return {name: asdict(spot) for name, spot in spots.items()}


def read(data: Mapping[str, Mapping[str, Any]], width_mm: float, height_mm: float) -> dict[str, Spot]:
    """Return the places of a stored layout.

    Raises:
        Invalid: a line is missing, stands outside of the paper, or leaves less than 35 mm for hand and seal (codes "off_paper", "no_room").
    """
    found = {}
    for name in FIELDS:
        one = data.get(name)
        if one is None:
            raise Invalid(_("The line “%(name)s” is missing.") % {"name": LABELS[name]}, code="missing_line", field=name)
        spot = Spot(float(one["x"]), float(one["y"]), float(one["w"]), float(one["size"]), str(one.get("align", "center")), bool(one.get("is_shown", True)))
        if spot.x < 0 or spot.y < 0 or spot.w <= 0 or spot.size <= 0 or spot.x + spot.w > width_mm or spot.y + spot.size > height_mm:
            raise Invalid(
                _("The line “%(name)s” stands outside of the paper, which is %(w)s × %(h)s mm.") % {"name": LABELS[name], "w": f"{width_mm:g}", "h": f"{height_mm:g}"},
                code="off_paper", field=name,
            )  # fmt: skip
        found[name] = spot
    _check_signing(found)
    return found


def _check_signing(spots: Mapping[str, Spot]) -> None:
    office, signer = spots["office"], spots["signer"]
    if office.is_shown and signer.is_shown and signer.y - (office.y + office.size * 1.3) < SIGNING_MM - 0.6:
        raise Invalid(_("Between office and name of who signs, 35 mm stay free for hand and seal."), code="no_room", field="signer")
    if spots["qr"].is_shown and min(spots["qr"].w, spots["qr"].size) < LEAST_QR_MM:
        raise Invalid(_("The square code is at least 18 mm wide, or phones cannot read it."), code="small_qr", field="qr")
