"""The tiles of a small picture of a view, and the detail that a service has there."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR
from layers.grid.tile_grid import View
from layers.services.tile_matrix import TileMatrix, TileMatrixSet
from layers.services.tile_service import TileService
from layers.services.view_tiles import (
    MOST_TILES,
    draws_any_scale,
    finest_detail_m,
    is_speck,
    tiles_of_picture,
    view_when_added,
)

TILES = TileService("T", "https://t.example.org/{z}/{x}/{y}", max_level=18)
HALF = 20037508.342789244
SIZE = 360, 150


def shown(left: float, bottom: float, width: float, height: float, crs: str = WEB_MERCATOR) -> View:
    return View.of_bounds(crs, Bounds(left, bottom, left + width, bottom + height), 800, 500)


def test_a_view_of_one_tile_lies_in_the_middle() -> None:
    side = 2 * HALF / 2**10
    tiles = tiles_of_picture(TILES, shown(3 * side, 5 * side, side, side), *SIZE)
    by_place = {(tile.level, tile.column, tile.row): tile for tile in tiles}
    middle = by_place[9, 2**8 + 1, 2**8 - 3]
    assert math.isclose(middle.width, middle.height)
    assert all(tile.left < SIZE[0] and tile.left + tile.width > 0 for tile in tiles)
    assert all(tile.top < SIZE[1] and tile.top + tile.height > 0 for tile in tiles)


@given(
    st.floats(-3 * HALF, 3 * HALF),
    st.floats(-HALF, HALF),
    st.floats(1, 2 * HALF),
    st.integers(0, 18),
)
def test_tiles_are_few_exist_and_are_named_once(left: float, bottom: float, width: float, last: int) -> None:
    service = TileService("T", "https://t.example.org/{z}/{x}/{y}", max_level=last)
    tiles = tiles_of_picture(service, shown(left, bottom, width, width / 2), *SIZE)
    assert len(tiles) <= MOST_TILES
    for tile in tiles:
        assert 0 <= tile.level <= last
        assert 0 <= tile.column < 2**tile.level
        assert 0 <= tile.row < 2**tile.level
        assert service.url(tile.level, tile.column, tile.row)


def test_a_view_over_the_antimeridian_has_tiles_of_both_sides() -> None:
    tiles = tiles_of_picture(TILES, shown(HALF - 1e5, 0, 2e5, 1e5), *SIZE)
    columns = {tile.column for tile in tiles}
    level = tiles[0].level
    assert {0, 2**level - 1} <= columns


def test_a_view_of_too_many_tiles_asks_for_none() -> None:
    service = TileService("T", "https://t.example.org/{z}/{x}/{y}", min_level=10)
    assert tiles_of_picture(service, shown(-HALF, -HALF, 2 * HALF, 2 * HALF), *SIZE) == ()


def test_a_view_elsewhere_has_no_tiles_of_a_town() -> None:
    grid = TileMatrixSet("EPSG:25832", (TileMatrix("0", 500000.0, 5600000.0, 10.0, 4, 4),))
    town = TileService("Town", "https://t.example.org/{z}/{x}/{y}", max_level=0, grid=grid)
    assert tiles_of_picture(town, shown(1.4e7, 6.7e6, 1e5, 1e5), *SIZE) == ()
    assert finest_detail_m(town, shown(1.4e7, 6.7e6, 1e5, 1e5)) is None
    at_home = shown(9.0, 50.45, 0.05, 0.05, "EPSG:4326")
    assert tiles_of_picture(town, at_home, *SIZE)
    assert finest_detail_m(town, at_home) == pytest.approx(10.0, rel=1e-3)


def test_detail_is_of_the_ground_in_the_middle_of_the_view() -> None:
    equator, north = shown(-1e3, -1e3, 2e3, 2e3), shown(0, 8.4e6, 2e3, 2e3)
    assert finest_detail_m(TILES, equator) == pytest.approx(2 * HALF / 256 / 2**18, rel=1e-2)
    assert finest_detail_m(TILES, north) == pytest.approx(0.5972 * math.cos(math.radians(60.05)), rel=1e-2)


def test_a_service_that_says_where_it_is_has_no_detail_elsewhere() -> None:
    service = TileService("T", "https://t.example.org/{z}/{x}/{y}", bounds=Bounds(170.0, -50.0, 190.0, -30.0))
    assert finest_detail_m(service, shown(-175.0, -40.0, 0.1, 0.1, "EPSG:4326")) is not None
    assert finest_detail_m(service, shown(10.0, -40.0, 0.1, 0.1, "EPSG:4326")) is None


@pytest.mark.parametrize(
    ("view", "is_one"),
    [
        (shown(-HALF, -HALF, 2 * HALF, 2 * HALF), True),
        (shown(1e6, 6e6, 2e5, 2e5), False),  # some hundred pixels
        (shown(-HALF, -HALF, HALF, HALF), False),  # it lies elsewhere, which the map says itself
    ],
)
def test_a_town_on_a_map_of_the_world_is_a_speck(view: View, is_one: bool) -> None:
    town = replace(TILES, bounds=Bounds(10.0, 50.0, 10.5, 50.5))
    assert is_speck(town, view) is is_one
    assert not is_speck(TILES, view), "nobody knows where it is"
    assert (view_when_added(town, view) == view) is not is_one
    assert (finest_detail_m(town, view_when_added(town, view)) is None) is not is_one


def test_maps_that_are_drawn_at_any_scale_tell_no_detail() -> None:
    drawn = TileService("M", "https://t.example.org/map?bbox={bbox}", max_level=22)
    assert draws_any_scale(drawn)
    assert not draws_any_scale(replace(drawn, max_level=15))
    assert not draws_any_scale(replace(drawn, scales=(100.0, 10_000.0)))
    assert not draws_any_scale(replace(TILES, max_level=22))
