"""Maps on request are asked for in the pixels of the view, a few squares in one picture."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M, WEB_MERCATOR
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey, View
from layers.grid.tile_plan import tiles_in
from layers.services.map_pictures import (
    MOST_A_SIDE,
    box_of,
    fitted,
    fitted_sources,
    looks_beyond,
    most_a_side,
    picture_url,
    pictures_of,
)
from layers.services.matrix import SourceTile
from layers.services.tile_matrix import TileMatrix, TileMatrixSet, quadtree
from layers.services.tile_service import TileService

TEMPLATE = "https://maps.example.org/wms?BBOX={bbox}&WIDTH={width}&HEIGHT={height}"
MAPS = TileService("Maps", TEMPLATE, max_level=22, tile_px=512, kind="wms")
GRID = TileGrid(WEB_MERCATOR, 13.7, 1_234_567.8, 6_543_210.9)
VIEW = View(GRID, -333, 77, 1920, 1080)


def asked_of(url: str) -> tuple[Bounds, int, int]:
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    return Bounds(*map(float, query["BBOX"].split(","))), int(query["WIDTH"]), int(query["HEIGHT"])


def test_squares_are_the_display_tiles_of_the_map() -> None:
    service = fitted(MAPS, GRID)
    for key in (TileKey(0, 0, 0), TileKey(0, -3, 5), TileKey(0, 41, -17)):
        (sources,) = fitted_sources(GRID, [key], service)
        (square,) = sources.tiles
        bounds, width, height = asked_of(picture_url(service, box_of([square])))
        affine = GRID.tile_affine(key)
        assert (width, height) == (TILE_PX, TILE_PX)
        assert (bounds.left, bounds.top) == pytest.approx(affine.apply(0, 0), abs=1e-5)
        assert (bounds.right, bounds.bottom) == pytest.approx(affine.apply(TILE_PX, TILE_PX), abs=1e-5)
        assert sources.enlarged == pytest.approx(1.0)
        assert sources.points[0, 0] == pytest.approx((square.x * TILE_PX, square.y * TILE_PX))


def test_a_view_is_a_few_pictures_of_its_own_resolution() -> None:
    service = fitted(MAPS, GRID)
    squares = [tile for sources in fitted_sources(GRID, list(tiles_in(VIEW)), service) for tile in sources.tiles]
    pictures = pictures_of(squares, most_a_side(MAPS))
    assert len(pictures) <= 6
    for picture in pictures:
        bounds, width, height = asked_of(picture_url(service, box_of(picture)))
        assert max(width, height) <= MOST_A_SIDE * TILE_PX
        assert (bounds.width / width, bounds.height / height) == pytest.approx((13.7, 13.7))


@pytest.mark.parametrize(
    ("service", "grid"),
    [
        (TileService("Tiles", "https://tiles.example.org/{z}/{x}/{y}.png"), GRID),
        (replace(MAPS, template=f"{TEMPLATE}&Z={{z}}"), GRID),
        (MAPS, replace(GRID, rotation_deg=3.0)),
        (MAPS, replace(GRID, crs="EPSG:32652")),
        (replace(MAPS, max_level=3), GRID),
        (replace(MAPS, min_level=15), GRID),
        (replace(MAPS, scales=(1_000_000.0, 9_000_000.0)), GRID),
        (replace(MAPS, largest_px=200), GRID),
    ],
    ids=["tiles", "numbered", "turned", "another CRS", "too fine", "too coarse", "out of scale", "small pictures"],
)
def test_else_the_grid_of_the_service_is_asked(service: TileService, grid: TileGrid) -> None:
    assert fitted(service, grid) is service


def test_a_server_with_small_pictures_is_asked_for_no_larger_ones() -> None:
    assert most_a_side(replace(MAPS, largest_px=600)) == 2
    assert most_a_side(replace(MAPS, largest_px=4096)) == MOST_A_SIDE


def test_beyond_the_edge_of_the_world_columns_run_on_round_it() -> None:
    assert not looks_beyond(MAPS, VIEW)
    assert looks_beyond(MAPS, View(replace(GRID, origin_x=MERCATOR_HALF_M), -100, 0, 400, 300))
    national = replace(MAPS, grid=quadtree("EPSG:32652", Bounds(0.0, 0.0, 1e6, 1e6), 512, 12), max_level=11)
    assert not looks_beyond(national, View(TileGrid("EPSG:32652", 10.0), -100, 0, 400, 300))


def test_where_the_server_has_nothing_nothing_is_asked_for() -> None:
    matrix = TileMatrix("0", 0.0, 1_000_000.0, 5.0, 100, 100, 256, 256, limits=(10, 19, 10, 19))
    coarse = TileMatrix("c", 0.0, 1_000_000.0, 100.0, 5, 5)
    service = replace(MAPS, grid=TileMatrixSet("EPSG:32652", (coarse, matrix)), max_level=1)
    grid = TileGrid("EPSG:32652", 10.0, 0.0, 1_000_000.0)
    fit = fitted(service, grid)
    there = {key: bool(fitted_sources(grid, [key], fit)[0].tiles) for key in (TileKey(0, x, 6) for x in range(12))}
    assert [key.col for key, is_there in there.items() if is_there] == [5, 6, 7, 8, 9]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9)), min_size=1, unique=True), st.integers(1, 5))
def test_pictures_hold_each_square_once_and_the_largest_come_first(cells: list[tuple[int, int]], most: int) -> None:
    squares = [SourceTile(0, *cell) for cell in cells]
    pictures = pictures_of(squares, most)
    assert sorted(square for picture in pictures for square in picture) == sorted(squares)
    sizes = [len(picture) for picture in pictures]
    assert sizes == sorted(sizes, reverse=True)
    of_first = next(picture for picture in pictures if squares[0] in picture)
    assert of_first == pictures[0] or len(of_first) < sizes[0]
    for picture in pictures:
        columns, rows = {square.x for square in picture}, {square.y for square in picture}
        assert max(len(columns), len(rows)) <= most
        assert len(picture) == len(columns) * len(rows)
        assert list(picture) == sorted(picture, key=lambda square: (square.y, square.x))
        assert (max(columns) - min(columns) + 1, max(rows) - min(rows) + 1) == (len(columns), len(rows))
