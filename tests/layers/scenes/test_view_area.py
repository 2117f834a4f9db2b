"""The ground that a view shows: also over the antimeridian, turned, round a pole, and of the whole world."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, WEB_MERCATOR, WGS84, transform_bounds, transform_points
from layers.grid.tile_grid import TileGrid, View
from layers.scenes.view_area import area_of_view


def view_of(lonlat: Bounds, crs: str = WEB_MERCATOR) -> View:
    return View.of_bounds(crs, transform_bounds(WGS84, crs, lonlat), 400, 300)


def test_a_view_of_a_place() -> None:
    area = area_of_view(view_of(Bounds(10.0, 50.0, 11.0, 51.0)))
    assert area.covers(shapely.box(10.0, 50.0, 11.0, 51.0).buffer(-1e-6))
    assert area.area < 2.5


def test_a_view_over_the_antimeridian_is_in_two_parts() -> None:
    area = area_of_view(view_of(Bounds(178.0, -20.0, 183.0, -15.0)))
    assert len(shapely.get_parts(area)) == 2
    assert area.covers(shapely.Point(-178.0, -17.0))
    assert not area.covers(shapely.Point(0.0, -17.0))


@pytest.mark.parametrize(("crs", "half"), [(WEB_MERCATOR, 4e7), (WGS84, 400.0)])
def test_a_view_of_more_than_the_world_is_the_world(crs: str, half: float) -> None:
    area = area_of_view(View.of_bounds(crs, Bounds(-half, -half, half, half), 400, 300))
    assert area.bounds[0] == -180.0
    assert area.bounds[2] == 180.0
    assert area.covers(shapely.Point(100.0, 80.0))


def test_a_view_round_the_pole_holds_it() -> None:
    area = area_of_view(View.of_bounds("EPSG:3995", Bounds(-1e6, -1e6, 1e6, 1e6), 300, 300))
    assert area.covers(shapely.Point(170.0, 89.0))
    assert area.covers(shapely.Point(-90.0, 89.0))
    assert not area.covers(shapely.Point(0.0, 70.0))


def test_pixel_space_and_what_lies_beyond_the_map_show_no_ground() -> None:
    assert area_of_view(View.of_bounds(PIXEL_SPACE, Bounds(0, -100, 100, 0), 100, 100)).is_empty
    assert area_of_view(View.of_bounds(WEB_MERCATOR, Bounds(0.0, 3e7, 1e6, 3.1e7), 100, 100)).is_empty


@given(
    st.floats(-180, 180),
    st.floats(-70, 70),
    st.floats(-180, 180),
    st.floats(10, 5000),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_a_turned_view_holds_what_it_shows(
    lon: float, lat: float, turn: float, resolution: float, across: float, down: float
) -> None:
    x, y = (float(value) for value in transform_points(WGS84, WEB_MERCATOR, lon, lat))
    view = View(TileGrid(WEB_MERCATOR, resolution, x, y, turn), -150, -100, 300, 200)
    area = area_of_view(view)
    px, py = 1 + across * 298, 1 + down * 198
    there_x, there_y = view.to_world(px, py)
    there_lon, there_lat = (float(value) for value in transform_points(WEB_MERCATOR, WGS84, there_x, there_y))
    inside = shapely.Point((there_lon + 180.0) % 360.0 - 180.0, there_lat)
    assert area.distance(inside) < max(0.01, resolution * 3e-5)
