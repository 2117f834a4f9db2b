"""A raster seen over the edge of the map: it ends at the antimeridian, the world does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, world_bounds
from layers.grid.tile_grid import TileGrid, View
from layers.raster.stretch import StretchRule
from layers.raster.style import RasterStyle, Stretch
from tests.support.readers.tiny_rasters import write_raster as write
from tests.viewer.rendering.conftest import CountingPool, layer_of, picture_of
from viewer.rendering.context import RenderContext
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.world_copies import world_copies

WORLD = world_bounds(WGS84)
OVER = View(TileGrid(WGS84, 0.1, 160.0, 75.0), 0, 0, 400, 300)
"""160 E to 160 W, 75 N to 45 N, pixels of a tenth of a degree."""


def world(folder: Path, bounds: Bounds = WORLD) -> Path:
    """Pixels of half a degree; red tells the longitude."""
    columns = round(bounds.width / 0.5)
    rows = round(bounds.height / 0.5)
    lons = bounds.left + 0.5 * np.arange(columns)
    red = np.broadcast_to(((lons + 180.0) * 0.7).astype(np.uint8), (rows, columns))
    return write(folder / "world.tif", np.stack([red, np.full_like(red, 90), np.full_like(red, 200)]), WGS84, bounds)


@pytest.fixture
def opened_as(context: RenderContext, tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[..., RasterDrawing]]:
    drawings: list[RasterDrawing] = []

    def make(*bounds: Bounds, style: RasterStyle | None = None) -> RasterDrawing:
        path = world(tmp_path, *bounds)
        drawing = RasterDrawing(layer_of(path), path, context)
        drawings.append(drawing)
        qtbot.waitUntil(lambda: drawing.info is not None)
        plain = style or RasterStyle((1, 2, 3), (Stretch(0, 255),) * 3, resampling="nearest")
        drawing.set_layer(replace(drawing.layer, style_json=json.dumps(plain.to_json())))
        return drawing

    yield make
    for drawing in drawings:
        drawing.close()


def seen(drawing: RasterDrawing, view: View, qtbot: QtBot) -> NDArray[np.uint8]:
    copies = world_copies(view)
    drawing.set_view(view, copies=copies)
    qtbot.waitUntil(lambda: drawing.is_complete(view, copies))
    return picture_of(drawing, view)


def turned(view: View, turns: float = 1.0) -> View:
    width = world_bounds(view.grid.crs).width
    return replace(view, grid=replace(view.grid, origin_x=view.grid.origin_x + turns * width))


def test_the_world_goes_on_over_either_edge(opened_as: Callable[..., RasterDrawing], qtbot: QtBot) -> None:
    drawing = opened_as()
    picture = seen(drawing, OVER, qtbot)
    lons = (160.0 + 0.1 * (np.arange(400) + 0.5) + 180.0) % 360.0 - 180.0
    expected = ((np.floor(lons / 0.5) * 0.5 + 180.0) * 0.7).astype(np.uint8)
    assert (picture[..., 3] == 255).all(), "the edge shows no seam"
    assert (picture[:, :, 2] == expected).all()
    assert (seen(drawing, turned(OVER, -1.0), qtbot) == picture).all()


def test_in_web_mercator_and_turned_there_is_no_gap_either(
    opened_as: Callable[..., RasterDrawing], qtbot: QtBot
) -> None:
    drawing = opened_as()
    edge = world_bounds(WEB_MERCATOR).right
    view = View(TileGrid(WEB_MERCATOR, 7_777.0, edge - 7_777.0 * 222.2, 9e6), 0, 0, 444, 333)
    assert (seen(drawing, view, qtbot)[..., 3] == 255).all()
    view = replace(view, grid=replace(view.grid, rotation_deg=30.0))
    picture = seen(drawing, view, qtbot)
    assert (picture[..., 3] == 255).mean() > 0.99
    assert {int(picture[150, 40, 2]) // 128, int(picture[150, 400, 2]) // 128} == {0, 1}


def test_a_scene_before_the_edge_is_seen_from_behind_it_and_nothing_else_is_read(
    opened_as: Callable[..., RasterDrawing], qtbot: QtBot, pool: CountingPool
) -> None:
    drawing = opened_as(Bounds(170, 50, 178, 60))
    from_behind = View(TileGrid(WGS84, 0.1, -200.0, 75.0), 0, 0, 400, 300)
    picture = seen(drawing, from_behind, qtbot)
    assert picture[..., 3].sum() == 255 * 80 * 100
    assert (picture[150:250, 100:180, 3] == 255).all()
    asked = pool.asked["tile"]
    far = View(TileGrid(WGS84, 0.1, -175.0, 75.0), 0, 0, 400, 300)
    assert not seen(drawing, far, qtbot).any()
    assert pool.asked["tile"] == asked


def test_a_view_wider_than_the_world_is_full_of_it(opened_as: Callable[..., RasterDrawing], qtbot: QtBot) -> None:
    """It was dark at both sides, where tiles of a service went on."""
    drawing = opened_as()
    view = View(TileGrid(WGS84, 1.0, -600.0, 95.0), 0, 0, 1200, 190)
    picture = seen(drawing, view, qtbot)
    assert (picture[6:184, :, 3] == 255).all()
    assert (picture[6:184, 60:420] == picture[6:184, 420:780]).all()
    assert (picture[6:184, 780:1140] == picture[6:184, 420:780]).all()


def test_a_view_of_exactly_the_world_has_no_copies() -> None:
    for crs in (WGS84, WEB_MERCATOR):
        assert world_copies(View.of_bounds(crs, world_bounds(crs), 731, 200)) != ()
        square = View.of_bounds(crs, world_bounds(crs), 731, round(731 * WORLD.height / 360 if crs == WGS84 else 731))
        assert world_copies(square) == ()


def test_looking_back_reads_nothing_and_other_data_are_read_again(
    opened_as: Callable[..., RasterDrawing], qtbot: QtBot, pool: CountingPool, context: RenderContext
) -> None:
    drawing = opened_as()
    before = seen(drawing, OVER, qtbot)
    seen(drawing, View(TileGrid(WGS84, 0.1, 100.0, 75.0), 0, 0, 400, 300), qtbot)
    asked = pool.asked["tile"]
    assert (seen(drawing, OVER, qtbot) == before).all()
    assert pool.asked["tile"] == asked
    context.tiles.drop_layer(drawing.layer.uuid)
    assert not len(context.tiles.raw)
    assert not len(context.tiles.styled)


def test_values_of_both_sides_are_measured(opened_as: Callable[..., RasterDrawing], qtbot: QtBot) -> None:
    drawing = opened_as()
    drawing.watch(True)
    seen(drawing, OVER, qtbot)
    qtbot.waitUntil(lambda: drawing.sample is not None)
    assert drawing.sample is not None
    (low, high), *_ = drawing.sample.limits(StretchRule("minmax"))
    assert low < 20
    assert high > 230


def test_another_style_colours_both_sides(opened_as: Callable[..., RasterDrawing], qtbot: QtBot) -> None:
    drawing = opened_as()
    seen(drawing, OVER, qtbot)
    style = RasterStyle((3, 3, 3), (Stretch(0, 255),) * 3, resampling="nearest")
    drawing.set_layer(replace(drawing.layer, style_json=json.dumps(style.to_json())))
    qtbot.waitUntil(lambda: drawing.is_complete(OVER, world_copies(OVER)))
    assert (picture_of(drawing, OVER)[..., :3] == 200).all()
