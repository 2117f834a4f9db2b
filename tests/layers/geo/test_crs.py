import math
import threading

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import BadCRS, CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import (
    MERCATOR_HALF_M,
    WEB_MERCATOR,
    WGS84,
    crs_name,
    is_geographic,
    metres_per_unit,
    parse_crs,
    picture_bounds,
    same_crs,
    transform_bounds,
    transform_points,
    true_north_degrees,
    utm_crs,
    world_bounds,
)

UTM_52N = "EPSG:32652"
ARCTIC = "EPSG:3995"
CUSTOM = "+proj=tmerc +lat_0=50 +lon_0=128 +datum=WGS84 +units=m"


def test_names_and_kinds():
    assert crs_name(UTM_52N) == "WGS 84 / UTM zone 52N (EPSG:32652)"
    assert crs_name(parse_crs(UTM_52N).to_wkt()) == crs_name(UTM_52N)
    assert same_crs(WGS84, "OGC:CRS84")
    assert same_crs(UTM_52N, parse_crs(UTM_52N).to_json())
    assert not same_crs(WGS84, WEB_MERCATOR)
    assert is_geographic(WGS84)
    assert not is_geographic(UTM_52N)
    assert metres_per_unit(UTM_52N) == 1.0
    assert metres_per_unit("EPSG:2264") == pytest.approx(0.3048006)


@pytest.mark.parametrize("text", ["", "EPSG:999999", "nonsense", "GEOGCS[", "\x00", "x" * 100_000, "\ud800"])
def test_a_bad_crs_says_so(text):
    with pytest.raises(BadCRS, match="names no CRS"):
        parse_crs(text)
    with pytest.raises(BadCRS):
        transform_points(WGS84, text, [0.0], [0.0])


def test_degrees_have_no_metres():
    with pytest.raises(BadCRS, match="not measured in metres"):
        metres_per_unit(WGS84)


def test_proj_stays_off_the_network():
    parse_crs(WGS84)
    assert not pyproj.network.is_network_enabled()


@given(st.floats(-180, 180), st.floats(-85, 85))
def test_the_closed_formulas_agree_with_proj(lon, lat):
    x, y = transform_points(WGS84, WEB_MERCATOR, [lon], [lat])
    expected = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform(lon, lat)
    assert (abs(x[0]) % (2 * MERCATOR_HALF_M), y[0]) == pytest.approx((abs(expected[0]), expected[1]), abs=1e-6)
    back = transform_points(WEB_MERCATOR, "OGC:CRS84", x, y)
    assert (back[0][0], back[1][0]) == pytest.approx((lon, lat), abs=1e-11)


@pytest.mark.parametrize("code", ["EPSG:32652", "EPSG:3413", "EPSG:27700", "EPSG:31466", "EPSG:4284", "EPSG:3031"])
def test_half_of_the_way_by_the_formula_is_as_by_proj(code):
    """Over the whole area of use of projections of several datums, there and back."""
    west, south, east, north = pyproj.CRS(code).area_of_use.bounds
    lon, lat = np.meshgrid(np.linspace(west, east, 9)[1:-1], np.linspace(south, north, 9)[1:-1])
    x, y = pyproj.Transformer.from_crs("EPSG:4326", code, always_xy=True).transform(lon, lat)
    there = pyproj.Transformer.from_crs(code, WEB_MERCATOR, always_xy=True).transform(x, y)
    np.testing.assert_allclose(transform_points(code, WEB_MERCATOR, x, y), there, atol=1e-4)
    back = pyproj.Transformer.from_crs(WEB_MERCATOR, code, always_xy=True).transform(*there)
    np.testing.assert_allclose(transform_points(WEB_MERCATOR, code, *there), back, atol=1e-4)


def test_a_pole_has_no_place_on_the_mercator_square():
    assert np.isnan(transform_points("EPSG:3413", WEB_MERCATOR, 0.0, 0.0)).all()


def test_latitudes_are_held_to_the_mercator_square():
    x, y = transform_points(WGS84, WEB_MERCATOR, [0.0, 190.0, 0.0], [90.0, -90.0, 85.0511287798])
    assert y == pytest.approx([MERCATOR_HALF_M, -MERCATOR_HALF_M, MERCATOR_HALF_M], abs=1e-3)
    assert x[1] > MERCATOR_HALF_M


@pytest.mark.parametrize("target", [WEB_MERCATOR, UTM_52N, WGS84])
def test_what_is_not_finite_becomes_nan_in_both(target):
    x, y = transform_points(WGS84, target, [128.0, math.nan, math.inf, 5.0], [51.0, 1.0, 2.0, math.nan])
    assert np.isnan(x).tolist() == np.isnan(y).tolist() == [False, True, True, True]


def test_a_place_that_the_target_lacks_becomes_nan():
    x, y = transform_points(WGS84, UTM_52N, [128.0, 128.0], [95.0, 52.0])
    assert np.isnan(x).tolist() == np.isnan(y).tolist() == [True, False]
    x, _ = transform_points(WEB_MERCATOR, WGS84, [0.0], [1e300])
    assert x.shape == (1,)


@pytest.mark.parametrize("target", [WGS84, WEB_MERCATOR, UTM_52N])
def test_input_is_never_changed_and_shapes_are_kept(target):
    x, y = np.full((3, 4), 128.0), np.full((3, 4), 52.0)
    x.flags.writeable = y.flags.writeable = False
    out_x, out_y = transform_points(WGS84, target, x, y)
    assert out_x.shape == out_y.shape == (3, 4)
    assert out_x.dtype == out_y.dtype == np.float64
    assert not np.shares_memory(out_x, x)
    assert transform_points(WGS84, target, 128, 52)[0].shape == ()
    assert transform_points(WGS84, target, [], [])[0].shape == (0,)


def test_each_thread_has_its_own_transformer():
    results = []

    def run():
        for _ in range(50):
            x, y = transform_points(WGS84, UTM_52N, np.full(100, 128.0), np.full(100, 52.0))
            results.append((x[0], y[0]))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 200
    assert set(results) == {results[0]}


def test_bounds_bulge_between_the_corners():
    bounds = transform_bounds(WGS84, UTM_52N, Bounds(126, 50, 132, 52))
    corners = Bounds.of_points(*transform_points(WGS84, UTM_52N, [126, 132, 126, 132], [50, 50, 52, 52]))
    assert bounds.bottom < corners.bottom - 1000
    assert bounds.left == pytest.approx(corners.left, abs=1)


def test_bounds_over_the_antimeridian_run_on():
    x, y = transform_points(WGS84, "EPSG:32601", [-177.0], [60.0])
    zone_1 = Bounds(x[0] - 400_000, y[0] - 10_000, x[0], y[0] + 10_000)
    lonlat = transform_bounds("EPSG:32601", WGS84, zone_1)
    assert lonlat.width == pytest.approx(7.2, abs=0.1)
    mercator = transform_bounds("EPSG:32601", WEB_MERCATOR, zone_1)
    assert mercator.width > 2 * MERCATOR_HALF_M * 0.9  # PROJ itself wraps: only lon, lat can run on


def test_bounds_around_a_pole_hold_the_pole():
    lonlat = transform_bounds(ARCTIC, WGS84, Bounds(-1e6, -1e6, 1e6, 1e6))
    assert (lonlat.left, lonlat.right, lonlat.top) == (-180, 180, 90)
    assert 75 < lonlat.bottom < 79
    assert transform_bounds(ARCTIC, WGS84, Bounds(1e6, 1e6, 2e6, 2e6)).top < 80


def test_bounds_of_a_turned_picture_are_those_of_its_outline():
    c, s, size = 1000 * math.cos(math.pi / 4), 1000 * math.sin(math.pi / 4), (100, 60)
    far = picture_bounds(ARCTIC, (c, s, 3e5, s, -c, -2e5), size)
    corners = [(3e5 + c * col + s * row, -2e5 + s * col - c * row) for col in (0, 100) for row in (0, 60)]
    box = transform_bounds(ARCTIC, WGS84, Bounds.of_points(*zip(*corners, strict=True)))
    lon, lat = transform_points(ARCTIC, WGS84, *zip(*corners, strict=True))
    assert box.height > 1.3 * far.height
    assert (far.left, far.right) == pytest.approx((lon.min(), lon.max()))
    assert far.bottom == pytest.approx(lat.min(), abs=1e-6)
    beside = picture_bounds(ARCTIC, (c, s, 1e4, s, -c, 0), size)
    assert beside.top < 90, "the pole is in the box, but not in the picture"
    around = picture_bounds(ARCTIC, (c, s, -50 * c - 30 * s, s, -c, -50 * s + 30 * c), size)
    assert (around.left, around.right, around.top) == (-180, 180, 90)
    over = picture_bounds("EPSG:32660", (c, s, 6e5, s, -c, 6e6), size)
    assert over.left < 180 < over.right < over.left + 2
    with pytest.raises(CannotBePlaced, match="has a place in"):
        picture_bounds("+proj=ortho +lat_0=50 +lon_0=128", (1e5, 1e5, 1e9, 1e5, -1e5, 1e9), size)


def test_bounds_drop_points_without_a_place_or_fail():
    ortho = "+proj=ortho +lat_0=50 +lon_0=128"
    assert transform_bounds(WGS84, ortho, Bounds(-180, -90, 180, 90)).is_finite()
    with pytest.raises(CannotBePlaced, match="has a place in"):
        transform_bounds(WGS84, ortho, Bounds(-60, -55, -50, -45))
    with pytest.raises(CannotBePlaced, match="not finite"):
        transform_bounds(WGS84, UTM_52N, Bounds(math.nan, 0, 1, 1))


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (128.334, 51.884, 32652),
        (128.334, -51.884, 32752),
        (180, 0, 32601),
        (-180, 0, 32601),
        (179.9, 0, 32660),
        (488.334, 51.884, 32652),
        (5, 60, 32632),
        (5, 65, 32631),
        (8, 75, 32631),
        (10, 75, 32633),
        (22, 75, 32635),
        (40, 75, 32637),
    ],
)
def test_utm_zones(lon, lat, code):
    assert utm_crs(lon, lat) == f"EPSG:{code}"


def test_true_north():
    assert true_north_degrees(WGS84, 5, 5) == true_north_degrees(WEB_MERCATOR, 1e6, 1e6) == 0
    x, y = transform_points(WGS84, UTM_52N, [131.0], [51.884])
    expected = -math.degrees(math.atan(math.tan(math.radians(2)) * math.sin(math.radians(51.884))))
    assert true_north_degrees(UTM_52N, x[0], y[0]) == pytest.approx(expected, abs=1e-3)
    assert true_north_degrees(ARCTIC, 0, -1e6) == pytest.approx(0, abs=1e-6)
    assert true_north_degrees(ARCTIC, -1e6, 0) == pytest.approx(90, abs=1e-6)
    assert abs(true_north_degrees(ARCTIC, 0, 1e6)) == pytest.approx(180, abs=1e-6)
    assert math.isnan(true_north_degrees(ARCTIC, 0, 0))
    assert math.isnan(true_north_degrees("+proj=ortho +lat_0=50 +lon_0=128", 1e9, 0))


def test_full_views():
    assert world_bounds(WEB_MERCATOR) == pytest.approx(
        (-MERCATOR_HALF_M, -MERCATOR_HALF_M, MERCATOR_HALF_M, MERCATOR_HALF_M)
    )
    assert world_bounds(WGS84) == (-180, -90, 180, 90)
    utm = world_bounds(UTM_52N)
    assert utm.centre[0] == pytest.approx(500_000, abs=1)
    assert (utm.bottom, utm.top) == pytest.approx((0, 9_329_005), abs=10)
    for crs in (ARCTIC, "EPSG:3031"):
        cap = world_bounds(crs)
        assert cap.contains_point(0, 0)
        assert cap.width == pytest.approx(cap.height, rel=1e-6)
        assert 6e6 < cap.width < 7e6
    alaska = world_bounds("EPSG:3338")
    assert alaska.width < 6e6
    custom = world_bounds(CUSTOM)
    assert custom.is_finite()
    assert custom.contains_point(0, 0)
