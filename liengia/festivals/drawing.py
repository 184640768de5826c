"""A parade's route as a drawing: the points that have a place on the ground, in their order, north above."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Final

from liengia.core.geo import Point, distance_m
from liengia.festivals.models import RoutePoint

WIDTH: Final = 640
MARGIN: Final = 44
LEAST_HEIGHT, MOST_HEIGHT = 200, 520


@dataclass(frozen=True, slots=True)
class Spot:
    """A point on the drawing."""

    number: int
    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Route:
    """The drawing: its frame, the line, the spots, and how long the way is in metres."""

    width: int
    height: int
    line: str
    spots: tuple[Spot, ...]
    metres: int


def route(points: Sequence[RoutePoint]) -> Route | None:
    """Return the drawing of a route; None with fewer than two places on the ground."""
    placed = [(number, one, Point(one.latitude, one.longitude)) for number, one in enumerate(points, start=1) if one.latitude is not None and one.longitude is not None]
    if len(placed) < 2:
        return None
    middle = radians(sum(at.lat for _n, _one, at in placed) / len(placed))
    flat = [(at.lon * cos(middle), -at.lat) for _n, _one, at in placed]
    left, top = min(x for x, _y in flat), min(y for _x, y in flat)
    wide, tall = max(x for x, _y in flat) - left or 1e-9, max(y for _x, y in flat) - top or 1e-9
    scale = min((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN) / tall)
    height = max(LEAST_HEIGHT, round(tall * scale) + 2 * MARGIN)
    at_x, at_y = (WIDTH - wide * scale) / 2, (height - tall * scale) / 2
    spots = tuple(
        Spot(number, one.name, round(at_x + (x - left) * scale, 1), round(at_y + (y - top) * scale, 1))
        for (number, one, _at), (x, y) in zip(placed, flat, strict=True)
    )
    metres = sum(distance_m(a[2], b[2]) for a, b in itertools.pairwise(placed))
    return Route(WIDTH, height, " ".join(f"{spot.x},{spot.y}" for spot in spots), spots, round(metres / 10) * 10)
