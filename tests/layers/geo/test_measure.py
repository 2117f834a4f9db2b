import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.geo import measure
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points

LON = st.floats(-180, 180)
LAT = st.floats(-89, 89)


def test_known_distances():
    assert measure.distance_m(0, 0, 1, 0) == pytest.approx(111_319.49, abs=0.01)
    assert measure.distance_m(179.5, 0, -179.5, 0) == pytest.approx(111_319.49, abs=0.01)
    assert measure.length_m([0, 1, 1], [0, 0, 1]) == pytest.approx(111_319.49 + 110_574.39, abs=0.01)
    assert measure.segment_lengths_m([0, 1, 1], [0, 0, 1]) == pytest.approx([111_319.49, 110_574.39], abs=0.01)
    assert measure.length_m([5], [5]) == 0
    assert measure.azimuth_deg(0, 0, -1, 0) == pytest.approx(270)
    assert measure.azimuth_deg(0, 0, 0, 1) == pytest.approx(0)


def test_areas_are_never_negative_and_cross_the_antimeridian():
    ring = ([0, 1, 1, 0], [50, 50, 51, 51])
    area = measure.area_m2(*ring)
    assert area == pytest.approx(7.9e9, rel=0.01)
    assert measure.area_m2(ring[0][::-1], ring[1][::-1]) == pytest.approx(area)
    assert measure.area_m2([179.5, -179.5, -179.5, 179.5], ring[1]) == pytest.approx(area)
    assert measure.area_m2([0, 1], [0, 1]) == 0
    closed = measure.perimeter_m([0, 1, 1, 0, 0], [50, 50, 51, 51, 50])
    assert measure.perimeter_m(*ring) == pytest.approx(closed)


@given(LON, LAT, st.floats(0, 360, exclude_max=True), st.floats(1, 1e6))
def test_destination_is_the_inverse_of_distance_and_azimuth(lon, lat, azimuth, distance):
    there = measure.destination(lon, lat, azimuth, distance)
    assert abs(there[0] - lon) <= 180
    assert measure.distance_m(lon, lat, *there) == pytest.approx(distance, abs=1e-4)
    difference = (measure.azimuth_deg(lon, lat, *there) - azimuth + 180) % 360 - 180
    assert difference == pytest.approx(0, abs=1e-3)


@given(LON, LAT, st.floats(1, 2e6))
def test_circles_are_round_and_continuous(lon, lat, radius):
    lons, lats = measure.circle(lon, lat, radius, points=36)
    assert lons.shape == lats.shape == (36,)
    assert np.abs(np.diff(lons)).max() <= 180
    assert abs(lons[0] - lon) <= 180
    assert measure.segment_lengths_m(
        np.column_stack([np.full(36, lon), lons]).ravel(), np.column_stack([np.full(36, lat), lats]).ravel()
    )[::2] == pytest.approx(np.full(36, radius), rel=1e-6)


def test_a_circle_around_the_pole_goes_all_the_way_round():
    lons, _ = measure.circle(30, 89.9, 100_000)
    assert np.ptp(lons) > 350


def test_a_circle_keeps_to_running_longitudes():
    lons, _ = measure.circle(190, 10, 1000)
    assert np.abs(lons - 190).max() < 0.01


def test_geometries():
    square = shapely.Polygon([(0, 50), (1, 50), (1, 51), (0, 51)], [[(0.2, 50.2), (0.4, 50.2), (0.4, 50.4)]])
    hole = measure.area_m2([0.2, 0.4, 0.4], [50.2, 50.2, 50.4])
    assert measure.geometry_area_m2(square) == pytest.approx(measure.area_m2([0, 1, 1, 0], [50, 50, 51, 51]) - hole)
    line = shapely.LineString([(0, 0, 9), (1, 0, 9)])
    both = shapely.GeometryCollection([shapely.MultiPolygon([square]), shapely.MultiLineString([line, line])])
    assert measure.geometry_area_m2(both) == pytest.approx(measure.geometry_area_m2(square))
    ring = measure.perimeter_m([0, 1, 1, 0], [50, 50, 51, 51]) + measure.perimeter_m(
        [0.2, 0.4, 0.4], [50.2, 50.2, 50.4]
    )
    assert measure.geometry_length_m(both) == pytest.approx(ring + 2 * 111_319.49, abs=0.02)
    for nothing in (shapely.Point(0, 0), shapely.MultiPoint([(0, 0), (1, 1)]), shapely.Polygon(), shapely.LineString()):
        assert measure.geometry_length_m(nothing) == measure.geometry_area_m2(nothing) == 0


def test_web_mercator_is_too_long_at_vostochny():
    x, y = transform_points(WGS84, WEB_MERCATOR, [128.334], [51.884])
    assert 10 / measure.ground_resolution_m(WEB_MERCATOR, x[0], y[0], 10) == pytest.approx(1.62, abs=0.01)
    assert measure.ground_resolution_m("EPSG:32652", 500_000, 5.7e6, 10) == pytest.approx(10 / 0.9996, rel=1e-6)
    assert measure.ground_resolution_m(WGS84, 0, 0, 1) == pytest.approx(111_319.49, abs=0.1)
    assert measure.ground_resolution_m(WEB_MERCATOR, 0, 0, 156_543) == pytest.approx(156_543, rel=1e-4)
    assert math.isnan(measure.ground_resolution_m("+proj=ortho +lat_0=50 +lon_0=128", 1e9, 0, 10))


@pytest.mark.parametrize(
    ("metres_per_pixel", "max_px", "expected"),
    [
        (5, 120, (500, 100, "500 m")),
        (200, 100, (20_000, 100, "20 km")),
        (10, 100, (1000, 100, "1 km")),
        (0.01, 100, (1, 100, "1 m")),
        (0.01, 60, (0.5, 50, "50 cm")),
        (1e-4, 60, (0.005, 50, "5 mm")),
        (1e5, 99, (5e6, 50, "5000 km")),
        (0, 100, (0, 0, "")),
        (math.nan, 100, (0, 0, "")),
    ],
)
def test_scale_bars(metres_per_pixel, max_px, expected):
    length, width, label = measure.nice_scale_bar(metres_per_pixel, max_px)
    assert (length, width) == pytest.approx(expected[:2])
    assert label == expected[2]


@given(st.floats(1e-3, 1e5), st.floats(10, 1000))
def test_scale_bars_fill_the_room(metres_per_pixel, max_px):
    length, width, label = measure.nice_scale_bar(metres_per_pixel, max_px)
    assert max_px / 2.6 < width <= max_px * 1.000001
    assert length == pytest.approx(width * metres_per_pixel)
    assert label


def test_the_bounds_of_a_circle_hold_it_and_the_pole_in_it():
    near = measure.circle_bounds(179.0, 66.0, 200_000)
    assert near.left < 179 < 180 < near.right
    assert (near.bottom, near.top) == pytest.approx((66 - 1.79, 66 + 1.79), abs=0.02)
    polar = measure.circle_bounds(93.0, 65.0, 4_100_000)
    assert (polar.left, polar.right, polar.top) == (3.0, 183.0, 90.0)
    assert polar.bottom == pytest.approx(28.2, abs=0.2)
    assert measure.circle_bounds(10.0, -80.0, 2_000_000).bottom == -90.0
