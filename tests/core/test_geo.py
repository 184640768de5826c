"""Distances on the ground."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liengia.core.geo import Point, bounding_box, distance_m

points = st.builds(Point, st.floats(8, 23.5), st.floats(102, 110))


def test_known_distances() -> None:
    assert distance_m(Point(10.5, 106.6), Point(10.5, 106.6)) == 0
    assert distance_m(Point(10, 106), Point(11, 106)) == pytest.approx(111_195, rel=1e-3)


@given(points, points)
def test_it_is_the_same_both_ways(a: Point, b: Point) -> None:
    assert distance_m(a, b) == pytest.approx(distance_m(b, a))


@given(points, st.floats(1, 20_000), st.floats(-1, 1), st.floats(-1, 1))
def test_the_box_holds_the_circle(centre: Point, radius_m: float, north: float, east: float) -> None:
    low, high = bounding_box(centre, radius_m)
    there = Point(centre.lat + north * 0.2, centre.lon + east * 0.2)
    if distance_m(centre, there) <= radius_m * 0.999:
        assert low.lat <= there.lat <= high.lat
        assert low.lon <= there.lon <= high.lon
