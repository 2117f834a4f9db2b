"""The viewport's maths: what stays where through every gesture."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds, transform_points, world_bounds
from layers.geo.measure import circle_bounds
from layers.grid.tile_grid import View
from viewer.canvas.viewport import COARSEST, FIT_MARGIN, Viewport, world_limits

pixels = st.floats(-2000, 2000)
gestures = st.lists(
    st.one_of(
        st.tuples(st.just("zoom"), st.floats(0, 800), st.floats(0, 600), st.floats(0.3, 4)),
        st.tuples(st.just("turn"), st.floats(0, 800), st.floats(0, 600), st.floats(-200, 200)),
        st.tuples(st.just("pan"), st.integers(-500, 500), st.integers(-500, 500), st.just(0.0)),
    ),
    max_size=8,
)


def near_vostochny(crs: str = WEB_MERCATOR) -> Viewport:
    viewport = Viewport(crs, 800, 600)
    viewport.fit_lonlat(Bounds(128.0, 51.6, 128.7, 52.1))
    return viewport


def play(viewport: Viewport, steps: list[tuple[str, float, float, float]]) -> None:
    for name, a, b, value in steps:
        match name:
            case "zoom":
                viewport.zoom_about(a, b, value)
            case "turn":
                viewport.rotate_about(a, b, value)
            case _:
                viewport.pan(int(a), int(b))


@given(gestures, pixels, pixels)
def test_to_world_and_back_is_identity(steps, px, py):
    viewport = near_vostochny()
    play(viewport, steps)
    view = viewport.view()
    assert view.to_pixel(*view.to_world(px, py)) == pytest.approx((px, py), abs=1e-4)


@given(gestures, st.integers(-300, 300), st.integers(-300, 300))
def test_a_pan_keeps_the_grid_and_moves_exactly(steps, dx, dy):
    viewport = near_vostochny()
    play(viewport, steps)
    before = viewport.view()
    x, y = before.to_world(before.width / 2 + dx, before.height / 2 + dy)
    world = world_limits(before.grid.crs)
    assume(world.left <= x <= world.right and world.bottom <= y <= world.top)  # at the edge it stops
    viewport.pan(dx, dy)
    after = viewport.view()
    assert after.grid == before.grid
    assert (after.left - before.left, after.top - before.top) == (dx, dy)


@given(st.floats(0, 800), st.floats(0, 600), st.floats(0.2, 6))
def test_zoom_keeps_the_place_under_the_cursor(px, py, factor):
    viewport = near_vostochny()
    before, resolution = viewport.view().to_world(px, py), viewport.resolution
    viewport.zoom_about(px, py, factor)
    assert viewport.resolution == pytest.approx(resolution / factor)
    assert viewport.view().to_world(px, py) == pytest.approx(before, rel=1e-12)


@given(st.floats(0, 800), st.floats(0, 600), st.floats(-720, 720))
def test_a_turn_keeps_the_place_under_the_cursor(px, py, degrees):
    viewport = near_vostochny("EPSG:32652")
    before = viewport.view().to_world(px, py)
    viewport.rotate_about(px, py, degrees)
    assert viewport.view().to_world(px, py) == pytest.approx(before, rel=1e-12)
    assert -180 < viewport.rotation_deg <= 180


@given(gestures, gestures, st.sampled_from([WEB_MERCATOR, WGS84, "EPSG:32652", "EPSG:3995"]))
def test_nobody_gets_lost(steps, more, crs):
    viewport = Viewport(crs, 800, 600)
    play(viewport, steps + more)
    x, y = viewport.centre
    slack = viewport.resolution * 2
    assert world_limits(crs).expanded(slack).contains_point(x, y)
    assert 0 < viewport.resolution <= 2.0 * max(world_bounds(crs).width / 800, world_bounds(crs).height / 600) * 1.001


def test_turned_picture_turns_clockwise():
    viewport = near_vostochny()
    viewport.set_rotation(90)
    x, y = viewport.centre
    north = viewport.view().to_pixel(x, y + 100 * viewport.resolution)
    assert north == pytest.approx((500, 300), abs=1e-6), "north lies to the right"


def test_fit_is_view_of_bounds():
    bounds = transform_bounds(WGS84, WEB_MERCATOR, Bounds(100, 40, 120, 50))
    viewport = Viewport(WEB_MERCATOR, 800, 600)
    viewport.fit(bounds)
    assert viewport.view() == View.of_bounds(WEB_MERCATOR, bounds, 800, 600)


def test_fit_of_a_turned_viewport_shows_all_of_it():
    bounds = transform_bounds(WGS84, WEB_MERCATOR, Bounds(100, 40, 120, 50))
    viewport = Viewport(WEB_MERCATOR, 800, 600)
    viewport.set_rotation(30)
    viewport.fit(bounds)
    assert viewport.rotation_deg == 30
    for x in (bounds.left, bounds.right):
        for y in (bounds.bottom, bounds.top):
            px, py = viewport.view().to_pixel(x, y)
            assert -1e-6 <= px <= 800 + 1e-6
            assert -1e-6 <= py <= 600 + 1e-6


def test_a_single_place_is_shown_at_a_metre_a_pixel():
    viewport = Viewport(WEB_MERCATOR, 800, 600)
    viewport.fit_lonlat(Bounds(128.334, 51.884, 128.334, 51.884))
    assert viewport.ground_resolution_m() == pytest.approx(1.0, rel=0.01)
    assert viewport.centre_lonlat() == pytest.approx((128.334, 51.884), abs=1e-6)


def test_what_has_an_extent_is_shown_whole_however_small_it_is():
    """A scene 57 m wide, of 15 cm pixels, filled an eighth of the picture."""
    viewport, scene = Viewport(WEB_MERCATOR, 800, 600), circle_bounds(10.0, 50.0, 28.5)
    viewport.fit_lonlat(scene)
    assert viewport.ground_resolution_m() == pytest.approx(57 / 600, rel=0.02)
    viewport.fit_lonlat(scene, finest_m=1.0)
    assert viewport.ground_resolution_m() == pytest.approx(1.0, rel=0.01)
    viewport.fit_lonlat(Bounds(10.0, 50.0, 10.0, 50.0 + 1e-9))
    assert viewport.ground_resolution_m() == pytest.approx(1.0, rel=0.01), "a single place, up to rounding"


@pytest.mark.parametrize("crs", ["EPSG:32652", WGS84, "EPSG:3995"])
def test_another_crs_keeps_place_and_ground_scale(crs):
    viewport = near_vostochny()
    place, metres = viewport.centre_lonlat(), viewport.ground_resolution_m()
    viewport.set_crs(crs)
    assert viewport.crs == crs
    assert viewport.centre_lonlat() == pytest.approx(place, abs=1e-6)
    assert viewport.ground_resolution_m() == pytest.approx(metres, rel=1e-3)


def test_a_place_the_new_crs_lacks_becomes_its_whole_world():
    viewport = Viewport(WEB_MERCATOR, 800, 600)
    viewport.fit_lonlat(Bounds(-10, -60, 10, -50))
    viewport.set_crs("EPSG:32652")
    x, y = viewport.centre
    assert math.isfinite(x + y)
    assert math.isfinite(viewport.resolution)


def test_resize_keeps_the_middle_and_the_grid():
    viewport = near_vostochny()
    grid, centre = viewport.view().grid, viewport.centre
    viewport.resize(1001, 777)
    assert viewport.view().grid == grid
    assert viewport.centre == pytest.approx(centre, abs=viewport.resolution)


def test_off_the_map_is_nowhere():
    viewport = Viewport(WEB_MERCATOR, 1200, 600)
    viewport.zoom_about(600, 300, 0.5)
    lon, lat = viewport.lonlat(600, 2)
    assert math.isnan(lon)
    assert math.isnan(lat)
    x, y = (float(v) for v in transform_points(WGS84, WEB_MERCATOR, 30.0, 10.0))
    assert viewport.lonlat(*viewport.view().to_pixel(x, y)) == pytest.approx((30.0, 10.0))


def test_the_whole_earth_goes_on_at_both_sides_and_is_no_smaller_than_its_room():
    """It stood between two dark bars, and shrank to half of the window's height."""
    viewport = Viewport(WEB_MERCATOR, 1800, 600)
    viewport.zoom_about(900, 300, 0.01)
    world = world_bounds(WEB_MERCATOR)
    assert viewport.resolution == pytest.approx(world.height / 600 * (1 + 2 * FIT_MARGIN))
    for lon in (-500.0, -190.0, 0.0, 190.0, 500.0):
        px, py = viewport.view().to_pixel(world.width * lon / 360.0, 0.0)
        assert viewport.lonlat(px, py) == pytest.approx((lon, 0.0), abs=1e-6)
    viewport = Viewport("EPSG:32632", 1800, 600)
    viewport.zoom_about(900, 300, 0.01)
    assert viewport.resolution == pytest.approx(world_bounds("EPSG:32632").height / 600 * COARSEST)


def test_over_the_edge_of_the_map_longitudes_run_on():
    viewport = Viewport(WEB_MERCATOR, 800, 600)
    viewport.fit_lonlat(Bounds(170.0, 55.0, 190.0, 65.0))
    x, y = (float(v) for v in transform_points(WGS84, WEB_MERCATOR, 175.0, 60.0))
    px, py = viewport.view().to_pixel(x, y)
    edge, _ = viewport.view().to_pixel(float(transform_points(WGS84, WEB_MERCATOR, 180.0, 60.0)[0]), y)
    assert viewport.lonlat(px, py) == pytest.approx((175.0, 60.0))
    assert viewport.lonlat(2 * edge - px, py) == pytest.approx((185.0, 60.0))
    viewport.fit_lonlat(Bounds(-190.0, 55.0, -170.0, 65.0))
    assert -200.0 < viewport.lonlat(5, 300)[0] < -185.0


def test_ratio_goes_with_every_view():
    viewport = Viewport(WEB_MERCATOR, 800, 600, ratio=2.0)
    viewport.zoom_about(1, 1, 3)
    viewport.pan(4, 4)
    viewport.fit_world()
    viewport.set_crs(WGS84)
    assert viewport.view().ratio == 2.0


@given(gestures, st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0]))
def test_f92_another_screen_shows_the_same_ground_in_finer_pixels(steps, ratio):
    viewport = near_vostochny()
    play(viewport, steps)
    before, turned = viewport.view(), viewport.rotation_deg
    viewport.set_ratio(ratio)
    viewport.resize(round(800 * ratio), round(600 * ratio))
    after = viewport.view()
    assert after.ratio == ratio
    assert viewport.rotation_deg == pytest.approx(turned)
    for x, y in ((0, 0), (400, 300), (800, 600)):
        assert after.to_world(x * ratio, y * ratio) == pytest.approx(before.to_world(x, y), abs=before.grid.resolution)
    viewport.set_ratio(ratio)
    assert viewport.view() == after
