"""Tests of what is near: against geodesic distances, over the antimeridian, about a pole, along lines of any length."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from layers.errors import GeoloupeError
from layers.geo.nearness import around

GEOD = Geod(ellps="WGS84")


def is_in(area, lon: float, lat: float) -> bool:
    return bool(area.intersects(shapely.Point(lon, lat)))


@settings(max_examples=60)
@given(
    st.floats(-180, 180),
    st.floats(-89, 89),
    st.floats(0, 360),
    st.sampled_from([50.0, 9_000.0, 150_000.0, 2_000_000.0]),
)
def test_a_place_is_near_up_to_its_distance_and_no_further(lon, lat, azimuth, metres):
    area = around([shapely.Point(lon, lat)], metres)
    for share, near in ((0.998, True), (1.002, False)):
        x, y, _ = GEOD.fwd(lon, lat, azimuth, metres * share)
        assert is_in(area, x, y) is near
    left, bottom, right, top = area.bounds
    assert -180 <= left <= right <= 180
    assert -90 <= bottom <= top <= 90


def least_distance(line: np.ndarray, lon: float, lat: float) -> float:
    """From a place to a line that is straight in degrees: by many of its places, and by many about the nearest."""
    first, last = 0.0, 1.0
    for _ in range(2):
        share = np.linspace(first, last, 2001)
        places = line[0] + (line[1] - line[0]) * share[:, None]
        away = GEOD.inv(np.full(2001, lon), np.full(2001, lat), places[:, 0], places[:, 1])[2]
        nearest = int(np.argmin(away))
        first, last = share[max(nearest - 1, 0)], share[min(nearest + 1, 2000)]
    return float(away.min())


@pytest.mark.bounded
@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.sampled_from([2_000.0, 90_000.0, 400_000.0, 1_500_000.0]))
def test_along_a_line_of_any_length(seed, metres):
    random = np.random.default_rng(seed)
    line = np.stack([random.uniform(0, 120, 2), random.uniform(-70, 75, 2)], axis=1)
    area = around([shapely.LineString(line)], metres)
    share = random.uniform(0, 1, 12)[:, None]
    on_line = line[0] + (line[1] - line[0]) * share
    for place in on_line:
        x, y, _ = GEOD.fwd(*place, random.uniform(0, 360), metres * random.uniform(0.2, 2))
        away = least_distance(line, x, y)
        if abs(away / metres - 1) > 0.004:
            assert is_in(area, x, y) is (away < metres)


def test_over_the_antimeridian():
    area = around([shapely.Point(179.9, 65.0)], 20_000)
    assert is_in(area, -179.9, 65.05)
    assert not any(is_in(area, lon, 65.05) for lon in (-179.5, 0, 178))
    line = around([shapely.LineString([(179, 60), (-179, 60)])], 5_000)
    assert is_in(line, 180, 60)
    assert is_in(line, -179.5, 60)
    assert not is_in(line, 0, 60)


def test_about_a_pole():
    area = around([shapely.Point(10, 89.5)], 200_000)
    assert is_in(area, -170, 89.2)
    assert is_in(area, 77, 90)
    assert not is_in(area, -170, 88.0)


def test_inside_a_polygon_and_beside_it_but_not_in_a_hole():
    ring = shapely.box(10, 10, 20, 20) - shapely.box(12, 12, 18, 18)
    area = around([ring, shapely.MultiPoint([(0, 0), (1, 1)])], 1_000)
    assert [is_in(area, *place) for place in ((11, 11), (9.995, 15), (9.98, 15), (15, 15), (0, 0.005), (1, 1))] == [
        True,
        True,
        False,
        False,
        True,
        True,
    ]


def test_nothing_is_near_to_nothing_and_it_can_be_stopped():
    assert around([], 1000).is_empty
    assert around([shapely.Point()], 1000).is_empty

    def stop() -> None:
        raise GeoloupeError("Stopped.")

    with pytest.raises(GeoloupeError):
        around([shapely.Point(0, 0)], 1000, stop)
