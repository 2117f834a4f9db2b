"""Services with grids of their own are drawn where the same picture lies as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from layers.decoding import encoded
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import TileGrid, View
from layers.raster.style import RasterStyle, Stretch
from layers.services.tile_matrix import TileMatrix, TileMatrixSet, quadtree
from layers.services.tile_service import TileService
from tests.support.map_server import MapServer, serving_map
from tests.support.picture_shift import shift_of
from tests.viewer.rendering.conftest import complete, context_of_host, layer_of, write_raster
from viewer.rendering.context import RenderContext
from viewer.rendering.images import image_of_argb

SIDE_PX, STEP_M = 1200, 500.0
UTM = "EPSG:32652"
PLACE = Bounds(200_000.0, 5_400_000.0, 200_000.0 + SIDE_PX * STEP_M, 5_400_000.0 + SIDE_PX * STEP_M)


def matrix_at(identifier: str, resolution: float, left: float, top: float) -> TileMatrix:
    """Tiles of 200 by 160 pixels that cover the picture from a corner outside of it."""
    columns = int(np.ceil((PLACE.right - left) / (200 * resolution)))
    rows = int(np.ceil((top - PLACE.bottom) / (160 * resolution)))
    return TileMatrix(identifier, left, top, resolution, columns, rows, 200, 160)


ODD = TileMatrixSet(
    UTM,
    (
        matrix_at("far", 4_000.0, PLACE.left - 70_000, PLACE.top + 30_000),
        matrix_at("EPSG:32652:b", 1_700.0, PLACE.left - 5_000, PLACE.top + 1_000),
        matrix_at("07", 500.0, PLACE.left, PLACE.top),
    ),
)
"""Levels that are not nested, with a corner each, and names that nobody could compute."""
DEGREES = quadtree(WGS84, Bounds(-180.0, -90.0, 180.0, 90.0), 256, 12, turn=360.0)


def bands() -> np.ndarray:
    rows, columns = np.mgrid[0:SIDE_PX, 0:SIDE_PX]
    waves = [np.sin(columns / a) * np.cos(rows / b) for a, b in ((11, 17), (23, 9), (14, 14))]
    return np.stack([(wave * 110 + 128).astype(np.uint8) for wave in waves])


@pytest.fixture(scope="module")
def picture() -> QImage:
    red, green, blue = bands().astype(np.uint32)
    return image_of_argb(0xFF000000 | red << 16 | green << 8 | blue)


@pytest.fixture
def server(picture: QImage) -> Iterator[MapServer]:
    with serving_map(picture, PLACE, ODD) as server:
        yield server


@pytest.fixture
def context(pool, jobs, server: MapServer, tmp_path: Path) -> Iterator[RenderContext]:
    with context_of_host(server.host, tmp_path, pool, jobs) as context:
        yield context


def view_at(crs: str, east: float, north: float, resolution: float, rotation: float = 0.0) -> View:
    x, y = (float(coordinate) for coordinate in transform_points(UTM, crs, PLACE.left + east, PLACE.bottom + north))
    return View(TileGrid(crs, resolution, x, y, rotation), -170, -140, 340, 280)


VIEWS = {
    "own resolution": view_at(UTM, 300_000, 300_000, STEP_M),
    "between levels": view_at(UTM, 300_000, 300_000, 1_100.0),
    "beyond the last level": view_at(UTM, 200_000, 400_000, STEP_M / 3),
    "turned": view_at(UTM, 300_000, 300_000, STEP_M, 33.0),
    "web mercator": view_at("EPSG:3857", 300_000, 300_000, 900.0),
    "polar": view_at("EPSG:3995", 300_000, 300_000, 700.0),
}


def drawn_as_service(draw, service: TileService):
    return draw(Layer(uuid="tiles", kind="tiles", name="Map", source_json=json.dumps(encoded(service))))


@pytest.fixture
def as_file(draw, tmp_path: Path, qtbot):
    path = write_raster(tmp_path / "map.tif", bands(), UTM, PLACE.left, PLACE.top, STEP_M, photometric="RGB")
    style = json.dumps(RasterStyle((1, 2, 3), (Stretch(0, 255),) * 3).to_json())
    drawing = draw(layer_of(path, style_json=style))
    return lambda view: complete(drawing, view, qtbot)


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", VIEWS)
def test_t5_tiles_of_an_odd_grid_lie_where_the_file_does(draw, server: MapServer, as_file, name: str, qtbot) -> None:
    drawing = drawn_as_service(draw, TileService("Map", server.tiles, max_level=2, grid=ODD, kind="wmts"))
    tiles = complete(drawing, VIEWS[name], qtbot)
    assert drawing.problem == ""
    assert np.hypot(*shift_of(tiles, as_file(VIEWS[name]))) < 0.25


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", VIEWS)
def test_maps_asked_for_in_boxes_lie_where_the_file_does(draw, server: MapServer, as_file, name: str, qtbot) -> None:
    """A WMS is asked in squares of a quadtree of its CRS, or for the pixels of the view."""
    grid = quadtree(UTM, PLACE, 512, 6)
    drawing = drawn_as_service(draw, TileService("Map", server.maps, max_level=5, grid=grid, kind="wms"))
    maps = complete(drawing, VIEWS[name], qtbot)
    assert drawing.problem == ""
    assert np.hypot(*shift_of(maps, as_file(VIEWS[name]))) < 0.25
    is_fitted = VIEWS[name].grid.crs == UTM and not VIEWS[name].grid.rotation_deg
    assert is_fitted or all("width=512" in path for path in server.log)


@pytest.mark.bounded
def test_t6_parents_of_levels_that_are_not_nested_stand_in(draw, server: MapServer, as_file, qtbot) -> None:
    server.lacks = {"07"}
    drawing = drawn_as_service(draw, TileService("Map", server.tiles, max_level=2, grid=ODD, kind="wmts"))
    tiles = complete(drawing, VIEWS["own resolution"], qtbot)
    assert (tiles[..., 3] == 255).all(), "four parents cover what one does not"
    assert np.hypot(*shift_of(tiles, as_file(VIEWS["own resolution"]))) < 0.5


def test_a_service_ends_where_its_grid_ends(draw, server: MapServer, qtbot) -> None:
    drawing = drawn_as_service(draw, TileService("Map", server.tiles, max_level=2, grid=ODD, kind="wmts"))
    beyond = view_at(UTM, -900_000, 300_000, STEP_M)
    complete(drawing, beyond, qtbot)
    assert not server.log
    bounds = drawing.bounds_lonlat()
    assert bounds is not None
    assert bounds.width < 20
