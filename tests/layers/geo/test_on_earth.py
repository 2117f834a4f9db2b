"""Geometries that are no place on the Earth are told, with the reason."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.geo.on_earth import off_earth, why_off_earth

SWAPPED = "its latitude of 129 is beyond the poles; longitude and latitude seem to be swapped"


@pytest.mark.parametrize(
    ("wkt", "why"),
    [
        ("POINT (128.3 51.9)", ""),
        ("LINESTRING (0 89, 10 90.0000001)", ""),
        ("LINESTRING (170 0, 400 10)", ""),
        ("POINT EMPTY", ""),
        ("LINESTRING (51 128, 52 129)", SWAPPED),
        ("POINT (52 -129)", SWAPPED),
        ("MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((51 128, 52 128, 52 129, 51 128)))", SWAPPED),
        ("LINESTRING (128 51, 128 129)", "its latitude of 129 is beyond the poles"),
        ("POINT (14280000 6780000)", "its coordinates are no degrees; they seem to be metres of a map"),
        ("POINT (700 10)", "its longitude of 700 is no place on the Earth"),
        ("POINT (1e300 1e300)", "its coordinates are no degrees; they seem to be metres of a map"),
    ],
)
def test_the_reason(wkt: str, why: str) -> None:
    geometry = shapely.from_wkt(wkt)
    assert why_off_earth(geometry) == why
    assert off_earth([shapely.Point(0, 0), geometry, shapely.Point(1, 1)]) == ({1: why} if why else {})


def test_what_is_no_number() -> None:
    assert why_off_earth(shapely.Point(math.inf, 0)) == "a coordinate is no number"
    assert off_earth([shapely.Point(-math.inf, math.inf)]) == {0: "a coordinate is no number"}
    assert off_earth([]) == {}


@given(st.lists(st.tuples(st.floats(-600, 600), st.floats(-200, 200)), min_size=2, max_size=5))
def test_what_is_swapped_is_sound_the_other_way(places: list[tuple[float, float]]) -> None:
    if why_off_earth(shapely.LineString(places)).endswith("swapped"):
        assert why_off_earth(shapely.LineString([(y, x) for x, y in places])) == ""
