"""Points and distances on the ground, without a geographic database."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS_M = 6_371_008.8


class Point(NamedTuple):
    """A place in degrees, WGS 84."""

    lat: float
    lon: float


def distance_m(a: Point, b: Point) -> float:
    """Return the great-circle distance in metres (haversine)."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    h = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, h)))


def bounding_box(centre: Point, radius_m: float) -> tuple[Point, Point]:
    """Return the south-west and north-east corners of a square that holds the circle."""
    lat_deg = radius_m / 111_195
    lon_deg = lat_deg / max(0.01, cos(radians(centre.lat)))
    return Point(centre.lat - lat_deg, centre.lon - lon_deg), Point(centre.lat + lat_deg, centre.lon + lon_deg)
