"""A server is asked for the tiles that a view shows, no others, and planned for as seldom as may be."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from layers.document.layer import Layer
from layers.geo.crs import MERCATOR_HALF_M
from layers.grid.tile_grid import TileGrid, View
from layers.services.matrix import SourceTile
from layers.services.tile_service import TileService
from tests.support.tile_server import TileServer, serving
from tests.viewer.rendering.conftest import CountingPool, complete, context_of_host, drawn_service, picture_of
from viewer.rendering.context import RenderContext
from viewer.rendering.images import image_of_argb
from viewer.rendering.layers import tiles_drawing
from viewer.rendering.layers.service_tiles import ServiceTiles
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.support.jobs import Jobs

LEVEL = 4
RESOLUTION = 2 * MERCATOR_HALF_M / (256 << LEVEL)
GRID = TileGrid("EPSG:3857", RESOLUTION * 1.1, -12_000_000.0, 11_000_000.0)
VIEW = View(GRID, 30, 40, 1200, 800)


@pytest.fixture
def server() -> Iterator[TileServer]:
    rows, columns = np.mgrid[0:1024, 0:1024].astype(np.uint32)
    with serving(image_of_argb(0xFF000000 | columns // 4 << 16 | rows // 4 << 8 | (rows ^ columns) & 255)) as server:
        yield server


@pytest.fixture
def context(pool: CountingPool, jobs: Jobs, server: TileServer, tmp_path: Path) -> Iterator[RenderContext]:
    with context_of_host(server.host, tmp_path, pool, jobs) as context:
        yield context


@pytest.fixture
def drawn(draw: Callable[[Layer], object], server: TileServer) -> Callable[..., TilesDrawing]:
    def drawn(name: str = "tiles", min_level: int = 0) -> TilesDrawing:
        service = TileService("World", server.template(), min_level=min_level, max_level=LEVEL, attribution="Us")
        return drawn_service(draw, service, name)

    return drawn


def tiles_that_meet(view: View, margin_px: float = 0.0) -> set[tuple[int, int, int]]:
    """The tiles of the level that meet a view, or come as near to it as bilinear sampling looks."""
    bounds, side = view.world_bounds(), 256 * RESOLUTION
    left, right = bounds.left + MERCATOR_HALF_M, bounds.right + MERCATOR_HALF_M
    top, bottom = MERCATOR_HALF_M - bounds.top, MERCATOR_HALF_M - bounds.bottom
    margin = margin_px * RESOLUTION
    return {
        (LEVEL, column, row)
        for column in range(math.floor((left - margin) / side), math.floor((right + margin) / side) + 1)
        for row in range(math.floor((top - margin) / side), math.floor((bottom + margin) / side) + 1)
    }


def asked(server: TileServer) -> list[tuple[int, ...]]:
    tiles = [tuple(int(part.split(".")[0]) for part in path.split("/")[2:5]) for path in server.log]
    return [tile for tile in tiles if tile != (0, 0, 0)]  # that one stands in while others load


def test_the_tiles_asked_for_are_those_that_meet_the_view(drawn, server: TileServer, context, qtbot) -> None:
    complete(drawn(), VIEW, qtbot)
    qtbot.waitUntil(context.is_idle, timeout=10_000)
    tiles = asked(server)
    assert len(tiles) == len(set(tiles))
    assert tiles_that_meet(VIEW) <= set(tiles) <= tiles_that_meet(VIEW, margin_px=2.0)
    # Display tiles reach beyond the view: they are made of more.
    reach = replace(VIEW, left=0, top=0, width=1280, height=1024)
    assert len(tiles) < len(tiles_that_meet(reach))


def test_a_first_picture_is_planned_a_few_times(
    drawn, server: TileServer, context, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tiles that come are composed without a new plan."""
    monkeypatch.setattr(tiles_drawing, "STAND_IN_MS", 60_000)
    plans: list[int] = []
    want = ServiceTiles.want

    def counted(tiles: ServiceTiles, *lists: Iterable[SourceTile]) -> None:
        plans.append(len(server.log))
        want(tiles, *lists)

    monkeypatch.setattr(ServiceTiles, "want", counted)
    complete(drawn(), VIEW, qtbot)
    qtbot.waitUntil(context.is_idle, timeout=10_000)
    assert len(asked(server)) >= 20
    assert len(plans) <= 4


@pytest.mark.bounded
def test_a_part_of_a_tile_is_painted_as_the_whole_one(drawn, context, qtbot) -> None:
    part = complete(drawn("part"), VIEW, qtbot).astype(int)
    wide = replace(VIEW, left=0, top=0, width=1280, height=1024)
    whole = complete(drawn("whole"), wide, qtbot).astype(int)
    assert (part[..., 3] == 255).all()
    assert np.abs(part - whole[40 : 40 + VIEW.height, 30 : 30 + VIEW.width]).max() <= 1


@pytest.mark.bounded
def test_what_a_pan_brings_into_view_is_asked_for_and_painted(drawn, server: TileServer, context, qtbot) -> None:
    drawing = drawn()
    for step in range(1, 5):
        view = replace(VIEW, left=VIEW.left + 90 * step, top=VIEW.top + 20 * step)
        assert (complete(drawing, view, qtbot)[..., 3] == 255).all()
        assert tiles_that_meet(view) <= set(asked(server))
    tiles = asked(server)
    assert len(tiles) == len(set(tiles))


@pytest.mark.bounded
def test_in_a_window_tiles_at_the_edges_are_completed_once_they_are_painted(
    drawn, server: TileServer, context, qtbot
) -> None:
    object.__setattr__(context, "fills_edges", True)
    drawing = drawn()
    complete(drawing, VIEW, qtbot)  # paints it
    reach = replace(VIEW, left=0, top=0, width=1280, height=1024)
    qtbot.waitUntil(lambda: set(asked(server)) >= tiles_that_meet(reach), timeout=10_000)
    qtbot.waitUntil(lambda: drawing.is_complete(reach), timeout=10_000)
    tiles = asked(server)
    assert len(tiles) == len(set(tiles))
    assert (picture_of(drawing, reach)[..., 3] == 255).all()


@pytest.mark.bounded
def test_in_a_window_tiles_towards_which_a_view_moves_come_next(drawn, server: TileServer, context, qtbot) -> None:
    object.__setattr__(context, "fills_edges", True)
    drawing = drawn()
    drawing.set_view(VIEW)
    qtbot.waitUntil(lambda: drawing.is_complete(VIEW), timeout=10_000)  # never painted
    moved = replace(VIEW, left=VIEW.left + 100)
    drawing.set_view(moved)
    to_the_right = replace(moved, width=1536 - moved.left)
    qtbot.waitUntil(lambda: set(asked(server)) >= tiles_that_meet(to_the_right), timeout=10_000)
    qtbot.waitUntil(context.is_idle, timeout=10_000)
    below = replace(moved, height=1024 - moved.top)
    assert not tiles_that_meet(below) <= set(asked(server))


@pytest.mark.bounded
def test_edges_are_not_waited_for(drawn, server: TileServer, context, qtbot) -> None:
    object.__setattr__(context, "fills_edges", True)
    drawing = drawn()
    complete(drawing, VIEW, qtbot)
    context.fetcher.limits = replace(context.fetcher.limits, in_flight=0)
    qtbot.wait(50)
    assert drawing.is_complete(VIEW)
    assert drawing.progress == (0, 0)


@pytest.mark.bounded
def test_a_tile_given_up_is_asked_for_where_more_of_it_comes_into_view(
    drawn, server: TileServer, context, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The view shows a corner of a display tile, of which the one source tile fails, and nothing stands in."""
    drawing = drawn(min_level=LEVEL)
    corner = View(GRID, 2 * 256 + 240, 2 * 256 + 100, 8, 8)
    (failing,) = tiles_that_meet(corner, 2.0)
    real = TileServer.tile

    def tile(self: TileServer, z: int, x: int, y: int, ext: str) -> bytes:
        return b"no picture" if (z, x, y) == failing else real(self, z, x, y, ext)

    monkeypatch.setattr(TileServer, "tile", tile)
    complete(drawing, corner, qtbot)
    assert drawing.problem
    wider = replace(corner, left=2 * 256 + 4, width=244)
    drawing.set_view(wider)
    others = tiles_that_meet(wider) - {failing}
    assert others
    qtbot.waitUntil(lambda: others <= set(asked(server)), timeout=10_000)
