"""Drawings made on the server: the tree of a family, the map of its spread, bars of a comparison. Each has its list.

A drawing is plain data that a template prints as SVG: no script, no map tiles. The list beside it reads the same and leads on.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from math import cos, log10, radians
from typing import Final

from django.db.models import Avg

from liengia.core.geo import Point
from liengia.practices.models import Practice, PracticeState
from liengia.practices.queries import Compared, Node
from liengia.units.models import Level, Unit

MOST_DRAWN: Final = 150
BOX_W, BOX_H, GAP_X, GAP_Y = 196, 58, 30, 12
LETTERS: Final = 24
MAP_W: Final = 640
MAP_MOST_H: Final = 640
MARGIN: Final = 44
# A name beside its circle: how far from the middle it begins, what a letter takes at most, how high a line is.
NAME_GAP, NAME_LETTER, NAME_H = 18, 7.6, 17
_KM_PER_DEGREE: Final = 111.195


@dataclass(frozen=True, slots=True)
class Box:
    """One practice in the drawn tree."""

    node: Node
    x: float
    y: float
    title: str
    line: str

    @property
    def middle(self) -> float:
        """Where lines meet it."""
        return self.y + BOX_H / 2


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes, and the lines between them as paths."""

    width: int
    height: int
    boxes: list[Box]
    lines: list[str]


def draw_tree(top: Node) -> Drawing | None:
    """Lay a tree out from left to right, each practice beside the middle of what came from it; None when it is too large."""
    if sum(1 for _node in top.walk()) > MOST_DRAWN:
        return None
    boxes: list[Box] = []
    lines: list[str] = []
    height = _laid(top, 0.0, boxes, lines)
    width = max(box.x for box in boxes) + BOX_W
    return Drawing(int(width) + 4, int(height) + 4, boxes, lines)


def _laid(node: Node, top: float, boxes: list[Box], lines: list[str]) -> float:
    """Lay a node and all below it from `top` down; return where the next may begin."""
    end, heads = top, []
    for child in node.children:
        end = _laid(child, end, boxes, lines)
        heads.append(next(box for box in boxes if box.node is child))
    if heads:
        y = (heads[0].y + heads[-1].y) / 2
    else:
        y, end = top, top + BOX_H + GAP_Y
    box = Box(node, 2 + node.depth * (BOX_W + GAP_X), y + 2 if not heads else y, _short(node.practice.short_place), _line(node))
    boxes.append(box)
    lines += [_path(box, head) for head in heads]
    return end


def _path(box: Box, head: Box) -> str:
    right, bend = box.x + BOX_W, box.x + BOX_W + GAP_X / 2
    return f"M{right:.0f} {box.middle:.1f}H{bend:.0f}V{head.middle:.1f}H{head.x:.0f}"


def _line(node: Node) -> str:
    practice = node.practice
    begun = str(practice.started_on.year) if practice.started_on else ""
    ended = f"–{practice.ended_on.year}" if practice.ended_on else ""
    return " · ".join(part for part in (f"{begun}{ended}", str(practice.get_state_display())) if part)


def _short(words: str) -> str:
    return words if len(words) <= LETTERS else f"{words[: LETTERS - 1].rstrip()}…"


# The map


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map with the practices there; `number` stands in the circle and in the list."""

    number: int
    x: float
    y: float
    radius: float
    name: str
    is_left: bool
    nodes: list[Node]
    is_named: bool = True

    @property
    def is_running(self) -> bool:
        """Tell whether one of them runs."""
        return any(node.practice.state == PracticeState.RUNNING for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Map:
    """Spots in the order in which they began, with lines from each origin to who took it over; a scale; what could not be placed."""

    width: int
    height: int
    spots: list[Spot]
    lines: list[str]
    scale_px: float
    scale_km: float
    unplaced: list[Node]


def draw_map(top: Node) -> Map | None:
    """Place a family by the middles of its units (or of those above them); None when fewer than two places are known."""
    at: dict[Point, list[Node]] = defaultdict(list)
    unplaced: list[Node] = []
    for node in sorted(top.walk(), key=lambda one: (one.practice.started_on is None, one.practice.started_on or 0, one.practice.pk)):
        point = _point(node.practice.founded_in or node.practice.unit)
        (at[point] if point is not None else unplaced).append(node)
    if len(at) < 2:
        return None
    south, north = min(p.lat for p in at), max(p.lat for p in at)
    west, east = min(p.lon for p in at), max(p.lon for p in at)
    narrow = cos(radians((south + north) / 2))
    across, up = (east - west) * narrow * _KM_PER_DEGREE, (north - south) * _KM_PER_DEGREE
    px_per_km = min((MAP_W - 2 * MARGIN) / max(across, 0.5), (MAP_MOST_H - 2 * MARGIN) / max(up, 0.5))
    height = int(up * px_per_km) + 2 * MARGIN
    left = (MAP_W - across * px_per_km) / 2
    spots = []
    for number, (point, nodes) in enumerate(at.items(), start=1):
        x = round(left + (point.lon - west) * narrow * _KM_PER_DEGREE * px_per_km, 1)
        y = round(MARGIN + (north - point.lat) * _KM_PER_DEGREE * px_per_km, 1)
        spots.append(Spot(number, x, y, 13 + min(9.0, 2.0 * (len(nodes) - 1)), nodes[0].practice.short_place, x > MAP_W * 0.62, nodes))
    km = 10 ** int(log10(max(across, 1.0)))
    return Map(MAP_W, height + 34, _named(spots), _taken_over(top, spots), round(km * px_per_km, 1), km, unplaced)


@dataclass(frozen=True, slots=True)
class Extent:
    """What a word or a circle covers."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Extent) -> bool:
        """Tell whether two lie over each other."""
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom


def circle_box(spot: Spot) -> Extent:
    """Return what a spot's circle covers."""
    return Extent(spot.x - spot.radius, spot.y - spot.radius, spot.x + spot.radius, spot.y + spot.radius)


def name_box(spot: Spot) -> Extent:
    """Return what a spot's name covers, beside its circle."""
    width = len(spot.name) * NAME_LETTER
    left = spot.x - NAME_GAP - width if spot.is_left else spot.x + NAME_GAP
    return Extent(left, spot.y - NAME_H / 2, left + width, spot.y + NAME_H / 2)


def _named(spots: list[Spot]) -> list[Spot]:
    """Let each name stand on the side where it is on no other circle or name and within the drawing; without room its number stands for it."""
    found: list[Spot] = []
    taken: list[Extent] = []
    for spot in spots:
        others = [circle_box(one) for one in spots if one is not spot] + taken
        sides = (replace(spot, is_left=side) for side in (spot.is_left, not spot.is_left))
        free = next((one for one in sides if (box := name_box(one)).left >= 0 and box.right <= MAP_W and not any(box.meets(other) for other in others)), None)
        if free is not None:
            taken.append(name_box(free))
        found.append(free or replace(spot, is_named=False))
    return found


def _taken_over(top: Node, spots: list[Spot]) -> list[str]:
    """Return a line from each placed origin to who took it over."""
    where = {node.practice.pk: spot for spot in spots for node in spot.nodes}
    pairs = ((where.get(node.practice.pk), where.get(child.practice.pk)) for node in top.walk() for child in node.children)
    return [f"M{one.x} {one.y}L{other.x} {other.y}" for one, other in pairs if one is not None and other is not None and one is not other]


def _point(unit: Unit | None) -> Point | None:
    """Return the middle of a unit; of a district or province without one that of what stands right below; else of the nearest above."""
    while unit is not None:
        if (found := unit.point or _middle_of_below(unit)) is not None:
            return found
        unit = unit.parent
    return None


def _middle_of_below(unit: Unit) -> Point | None:
    if unit.level not in (Level.PROVINCE, Level.DISTRICT):
        return None
    found = Unit.objects.filter(parent=unit).aggregate(lat=Avg("lat"), lon=Avg("lon"))
    return Point(round(found["lat"], 5), round(found["lon"], 5)) if found["lat"] is not None and found["lon"] is not None else None


# Bars


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a comparison."""

    practice: Practice
    value: int
    width: float


def bars(rows: list[Compared], code: str) -> list[Bar]:
    """Return the bars of one counted thing in hundredths of the largest, which stands first; those without the figure are left out."""
    found = sorted(((row.sizes.get(code) or 0, row) for row in rows if row.sizes.get(code) is not None), key=lambda one: -one[0])
    most = max((value for value, _row in found), default=0) or 1
    return [Bar(row.practice, value, round(100 * value / most, 1)) for value, row in found]
