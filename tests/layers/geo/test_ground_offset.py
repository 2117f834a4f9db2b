"""Offsets in metres on the ground lead to a place and back from it, anywhere on the Earth."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.geo.crs import WGS84, transform_points
from layers.geo.ground_offset import ground_offset, moved, offset_m, world_offset

_FAR = st.floats(-50_000, 50_000)


@given(st.floats(-180, 180), st.floats(-80, 80), _FAR, _FAR)
def test_there_and_back(lon: float, lat: float, east: float, north: float) -> None:
    to = moved(lon, lat, east, north)
    back = offset_m(lon, lat, *to)
    assert math.dist(back, (east, north)) < 1e-6 * max(1.0, math.hypot(east, north))


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326", "EPSG:32652"])
def test_a_step_on_a_map_is_the_step_on_the_ground(crs: str) -> None:
    dx, dy = world_offset(crs, 128.3, 51.9, 120.0, -35.0)
    x, y = (float(v) for v in transform_points(WGS84, crs, 128.3, 51.9))
    assert ground_offset(crs, x, y, dx, dy) == pytest.approx((120.0, -35.0), abs=1e-4)
    if crs == "EPSG:3857":
        assert dx == pytest.approx(120 / math.cos(math.radians(51.9)), rel=5e-3)  # not the metres of the map


def test_no_place_gives_no_number() -> None:
    assert all(map(math.isnan, ground_offset("EPSG:32652", 1e12, 1e12, 1.0, 1.0)))
