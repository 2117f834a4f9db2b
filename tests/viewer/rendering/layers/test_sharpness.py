"""Tiles of the level that suits the exact resolution, resampled once: each pixel beside what numpy makes of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from layers.document.layer import Layer
from layers.geo.crs import MERCATOR_HALF_M, WEB_MERCATOR, WGS84, transform_points
from layers.grid.tile_grid import TileGrid, View
from layers.services.tile_service import TileService
from tests.support.tile_server import TileServer, serving
from tests.viewer.rendering.conftest import CountingPool, complete, context_of_host, drawn_service, picture_of
from viewer.rendering.context import RenderContext
from viewer.rendering.images import argb_of_image, image_of_argb
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.support.jobs import Jobs

LAST = 3
WORLD_PX = 256 * 2**LAST
RESOLUTION = 2 * MERCATOR_HALF_M / WORLD_PX


@pytest.fixture(scope="module")
def world() -> QImage:
    """A picture that no mirror, turn or shift leaves as it is, with features of some pixels' size."""
    rows, columns = np.mgrid[0:WORLD_PX, 0:WORLD_PX]
    red = (np.sin(columns / 9) * 60 + columns / 16 + 60).astype(np.uint32)
    green = (np.cos(rows / 7) * 60 + rows / 16 + 60).astype(np.uint32)
    blue = (np.sin((columns + 2 * rows) / 13) * 100 + 128).astype(np.uint32)
    return image_of_argb(0xFF000000 | red << 16 | green << 8 | blue)


@pytest.fixture
def server(world: QImage) -> Iterator[TileServer]:
    with serving(world) as server:
        server.last_level = LAST
        yield server


@pytest.fixture
def context(pool: CountingPool, jobs: Jobs, server: TileServer, tmp_path: Path) -> Iterator[RenderContext]:
    with context_of_host(server.host, tmp_path, pool, jobs) as context:
        yield context


@pytest.fixture
def drawn(draw: Callable[[Layer], Any], server: TileServer) -> Callable[..., TilesDrawing]:
    def drawn(fault: str = "ok", max_level: int = LAST) -> TilesDrawing:
        service = TileService("World", server.template(fault), max_level=max_level)
        return drawn_service(draw, service, fault)

    return drawn


def view_at(crs: str, lon: float, lat: float, resolution: float, rotation: float = 0.0) -> View:
    x, y = (float(value) for value in transform_points(WGS84, crs, lon, lat))
    return View(TileGrid(crs, resolution, x, y, rotation), -170, -140, 340, 280)


def pixels_of(image: QImage) -> NDArray[np.float64]:
    """(h, w, 3) blue, green, red."""
    return argb_of_image(image).view(np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(float)


def sampled_once(world: QImage, view: View) -> NDArray[np.float64]:
    """A view, each pixel of which is looked up among those of the last level, between the nearest four."""
    side, source = WORLD_PX, pixels_of(world)
    rows, columns = np.mgrid[0 : view.height, 0 : view.width] + 0.5
    affine = view.grid.affine()
    px, py = columns + view.left, rows + view.top
    x, y = affine.a * px + affine.b * py + affine.c, affine.d * px + affine.e * py + affine.f
    x, y = transform_points(view.grid.crs, WEB_MERCATOR, x, y)
    step = 2 * MERCATOR_HALF_M / side
    across, down = (x + MERCATOR_HALF_M) / step - 0.5, (MERCATOR_HALF_M - y) / step - 0.5
    left, top = np.floor(across).astype(int), np.floor(down).astype(int)
    u, v = (across - left)[..., None], (down - top)[..., None]
    at = lambda row, column: source[row.clip(0, side - 1), column.clip(0, side - 1)]  # noqa: E731
    upper = at(top, left) * (1 - u) + at(top, left + 1) * u
    lower = at(top + 1, left) * (1 - u) + at(top + 1, left + 1) * u
    return np.asarray(upper * (1 - v) + lower * v)


def levels_asked(server: TileServer) -> set[int]:
    """The levels of the tiles that were asked for, without the one tile that shows all of the world."""
    return {int(path.split("/")[2]) for path in server.log} - {0}


@pytest.mark.bounded
def test_pixels_of_a_level_are_shown_as_they_are(drawn, server: TileServer, world: QImage, qtbot) -> None:
    left, top = 700, 900
    view = View(TileGrid(WEB_MERCATOR, RESOLUTION, -MERCATOR_HALF_M, MERCATOR_HALF_M), left, top, 340, 280)
    picture = complete(drawn(), view, qtbot)
    assert (picture[..., :3] == pixels_of(world)[top : top + 280, left : left + 340]).all()
    assert (picture[..., 3] == 255).all()
    assert levels_asked(server) == {LAST}
    here = {path for path in server.log if path.startswith(f"/ok/{LAST}/")}
    columns, rows = range(left // 256, (left + 339) // 256 + 1), range(top // 256, (top + 279) // 256 + 1)
    assert here == {f"/ok/{LAST}/{column}/{row}.png" for column in columns for row in rows}, "and no neighbour"


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize(
    "view",
    [
        view_at(WEB_MERCATOR, 20.0, 10.0, RESOLUTION * 1.1),
        view_at(WEB_MERCATOR, 20.0, 10.0, RESOLUTION * 0.83),
        view_at(WEB_MERCATOR, -70.0, -30.0, RESOLUTION / 3),
        view_at(WEB_MERCATOR, 20.0, 40.0, RESOLUTION, 33.0),
        view_at("EPSG:32652", 128.3, 51.9, 0.6 * RESOLUTION * math.cos(math.radians(51.9))),
        view_at("EPSG:3995", 60.0, 70.0, 0.6 * RESOLUTION * math.cos(math.radians(70.0)), 12.0),
        view_at("EPSG:4326", 10.0, 30.0, 0.15),
    ],
    ids=["coarser", "finer", "beyond the last level", "turned", "utm", "polar", "lon lat"],
)
def test_all_that_is_between_pixels_is_sampled_once(
    drawn, server: TileServer, world: QImage, view: View, qtbot
) -> None:
    picture = complete(drawn(), view, qtbot)[..., :3].astype(float)
    assert levels_asked(server) == {LAST}
    once = sampled_once(world, view)
    twice = (np.roll(once, 1, axis=1) + np.roll(once, -1, axis=1) + 2 * once) / 4
    difference = np.abs(picture - once)[3:-3, 3:-3]
    assert difference.mean() < 2.0
    assert difference.mean() < np.abs(picture - twice)[3:-3, 3:-3].mean() + 0.5
    # The measure itself: a picture that is moved is found.
    assert np.abs(np.roll(picture, 2, axis=1) - once)[3:-3, 3:-3].mean() > 2 * difference.mean()


@pytest.mark.bounded_after(6)
@pytest.mark.parametrize(
    ("crs", "lon", "lat"), [(WEB_MERCATOR, 12.0, 5.0), ("EPSG:32633", 15.5, 52.0), ("EPSG:3995", 60.0, 70.0)]
)
@pytest.mark.parametrize(("times", "level"), [(1.25, 9), (1.45, 10), (2.5, 10), (2.9, 11)])
def test_the_level_is_the_coarsest_that_is_sharp_enough_on_the_ground(
    drawn, server: TileServer, crs: str, lon: float, lat: float, times: float, level: int, qtbot
) -> None:
    """Pixels on the ground: a unit of Web Mercator is as short there as the cosine of the latitude."""
    short = 1.0 if crs == WEB_MERCATOR else math.cos(math.radians(lat))
    view = view_at(crs, lon, lat, RESOLUTION / 2 ** (9 - LAST) / times * short)
    complete(drawn(max_level=12), replace(view, left=0, top=0, width=40, height=40), qtbot)
    assert levels_asked(server) == {level}


@pytest.mark.bounded
def test_parents_are_shown_while_tiles_load(drawn, server: TileServer, world: QImage, context, qtbot) -> None:
    server.last_level = LAST - 1
    drawing = drawn("endwaits")
    coarse = view_at(WEB_MERCATOR, 20.0, 10.0, RESOLUTION * 2)
    complete(drawing, coarse, qtbot)
    qtbot.waitUntil(context.is_idle)
    fine = view_at(WEB_MERCATOR, 20.0, 10.0, RESOLUTION)
    drawing.set_view(fine)
    qtbot.waitUntil(lambda: bool(levels_asked(server) & {LAST}))
    qtbot.wait(100)
    assert not drawing.is_complete(fine)
    waiting = picture_of(drawing, fine)
    assert (waiting[..., 3] == 255).all(), "nothing is left blank"
    exact = sampled_once(world, fine)
    assert np.abs(waiting[..., :3] - exact).mean() < 20, "the same place, coarser"
    server.released.set()
    qtbot.waitUntil(lambda: drawing.is_complete(fine), timeout=10_000)
    assert np.abs(picture_of(drawing, fine)[..., :3] - exact).mean() < 2
