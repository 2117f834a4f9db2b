"""T6, T7: the box that a server states narrows what it is asked for, and hides nothing where it is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from layers.grid.tile_grid import View
from layers.services.packs.tile_needs import requests_of
from layers.services.tile_service import TileService
from tests.support.tile_server import TileServer, serving
from tests.viewer.rendering.conftest import CountingPool, complete, context_of_host, drawn_service, picture_of
from viewer.rendering.context import RenderContext
from viewer.rendering.images import image_of_argb
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.service_state import StateKind
from viewer.support.jobs import Jobs

QUARTER = Bounds(8.0, 8.0, 80.0, 60.0)
"""A box in the upper eastern quarter of the world, in longitude and latitude."""
AROUND = transform_bounds(WGS84, WEB_MERCATOR, Bounds(-100.0, -70.0, 170.0, 80.0))
VIEW = View.of_bounds(WEB_MERCATOR, AROUND, 700, 700)


def world(within: Bounds | None = None) -> QImage:
    """A picture of the world whose colour differs from place to place; white outside of a box."""
    rows, columns = np.mgrid[0:1024, 0:1024].astype(np.uint32)
    argb = 0xFF000000 | (columns // 8) % 2 * 190 << 16 | (rows // 8) % 2 * 190 << 8 | 40
    if within is not None:
        box = transform_bounds(WGS84, WEB_MERCATOR, within).scaled(1024 / (2 * 20037508.342789244))
        centre = transform_bounds(WGS84, WEB_MERCATOR, within).centre
        x, y = (512 + centre[0] / 20037508.342789244 * 512, 512 - centre[1] / 20037508.342789244 * 512)
        is_there = (np.abs(columns - x) < box.width / 2) & (np.abs(rows - y) < box.height / 2)
        argb = np.where(is_there, argb, 0xFFFFFFFF).astype(np.uint32)
    return image_of_argb(argb)


@pytest.fixture
def server() -> Iterator[TileServer]:
    with serving(world(QUARTER)) as server:
        yield server


@pytest.fixture
def context(pool: CountingPool, jobs: Jobs, server: TileServer, tmp_path: Path) -> Iterator[RenderContext]:
    with context_of_host(server.host, tmp_path, pool, jobs) as context:
        yield context


@pytest.fixture
def drawn(draw: Callable[[Layer], Any], server: TileServer) -> Callable[..., TilesDrawing]:
    def drawn(bounds: Bounds | None, fault: str = "ok", ext: str = "png") -> TilesDrawing:
        service = TileService("World", server.template(fault, ext), min_level=1, max_level=3, bounds=bounds)
        name = f"{fault} {bounds} {ext}"
        return drawn_service(draw, service, name)

    return drawn


def at_rest(drawing: TilesDrawing, view: View, context: RenderContext, qtbot) -> np.ndarray:
    complete(drawing, view, qtbot)
    qtbot.waitUntil(lambda: context.is_idle() and drawing.is_complete(view), timeout=10_000)
    return picture_of(drawing, view).astype(int)


def asked(server: TileServer) -> set[tuple[int, ...]]:
    return {tuple(int(part.split(".")[0]) for part in path.split("/")[2:5]) for path in server.log}


@pytest.mark.parametrize("ext", ["png", pytest.param("jpg", marks=pytest.mark.bounded)])
def test_tiles_outside_of_a_true_box_are_not_asked_for(
    drawn, server: TileServer, context: RenderContext, qtbot, ext: str
) -> None:
    drawing = drawn(QUARTER, ext=ext)
    needs = drawing.needs_in(VIEW)
    assert needs is not None
    told = requests_of(needs)
    picture = at_rest(drawing, VIEW, context, qtbot)
    # Column 2 of level 2 is the eastern quarter.
    assert {x for _, x, _ in asked(server)} == {2}
    assert len(told) == len(server.log)
    there = picture[..., 3] == 255
    assert 0.1 < there.mean() < 0.5
    assert (picture[..., 3][~there] == 0).all()
    assert drawing.state.kind is StateKind.SHOWN
    known = at_rest(drawn(None, ext=ext), VIEW, context, qtbot)
    assert (picture[there] == known[there]).all()
    assert (known[~there][..., :3] == 255).all()


def test_a_box_that_is_too_small_hides_nothing(drawn, server: TileServer, context: RenderContext, qtbot) -> None:
    server.picture = world()
    drawing = drawn(QUARTER)
    picture = at_rest(drawing, VIEW, context, qtbot)
    known = at_rest(drawn(None), VIEW, context, qtbot)
    assert (picture == known).all()
    assert (picture[..., 3] == 255).mean() > 0.8


@pytest.mark.bounded
def test_a_box_of_another_place_hides_nothing(drawn, server: TileServer, context: RenderContext, qtbot) -> None:
    server.picture = world()
    drawing = drawn(Bounds(-80.0, 8.0, -8.0, 60.0), "east")
    picture = at_rest(drawing, VIEW, context, qtbot)
    known = at_rest(drawn(None, "east"), VIEW, context, qtbot)
    assert (picture[..., 3] == 255).mean() > 0.3
    assert (picture == known).all()


@pytest.mark.bounded
def test_views_beside_the_box_are_asked_for_as_ever(drawn, server: TileServer, context: RenderContext, qtbot) -> None:
    """Also where a view of the box had shown nothing there before."""
    drawing = drawn(QUARTER)
    at_rest(drawing, VIEW, context, qtbot)
    server.picture = world()
    beside = View(VIEW.grid, VIEW.left - 900, VIEW.top, VIEW.width // 2, VIEW.height)
    assert drawing.needs_in(beside) is not None
    picture = at_rest(drawing, beside, context, qtbot)
    assert (picture[..., 3] == 255).any()
    again = at_rest(drawing, VIEW, context, qtbot)
    assert (again[..., 3] == 255).mean() > 0.5
