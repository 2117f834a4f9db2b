"""T15: a server says in seven ways that it has no tile. The coarser one is drawn there, and that is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from layers.document.layer import Layer
from layers.geo.crs import WEB_MERCATOR, world_bounds
from layers.grid.tile_grid import View
from layers.services.tile_service import TileService
from tests.support.tile_server import TileServer, serving
from tests.viewer.rendering.conftest import CountingPool, complete, context_of_host, drawn_service, picture_of
from viewer.rendering.context import RenderContext
from viewer.rendering.images import image_of_argb
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.service_state import StateKind
from viewer.support.jobs import Jobs

VIEW = View.of_bounds(WEB_MERCATOR, world_bounds(WEB_MERCATOR), 1400, 1400)
ENDS = ["shallow", "end204", "endempty", "end403", "endclear", "endheader", "endwords"]


@pytest.fixture(scope="module")
def world() -> QImage:
    """Dark ground whose colour differs from place to place."""
    rows, columns = np.mgrid[0:1024, 0:1024].astype(np.uint32)
    return image_of_argb(0xFF000000 | (columns // 8) << 16 | (rows // 8) << 8 | 40)


@pytest.fixture
def server(world: QImage) -> Iterator[TileServer]:
    with serving(world) as server:
        yield server


@pytest.fixture
def context(pool: CountingPool, jobs: Jobs, server: TileServer, tmp_path: Path) -> Iterator[RenderContext]:
    with context_of_host(server.host, tmp_path, pool, jobs) as context:
        yield context


@pytest.fixture
def drawn(draw: Callable[[Layer], Any], server: TileServer) -> Callable[..., TilesDrawing]:
    def drawn(fault: str, max_level: int = 3) -> TilesDrawing:
        service = TileService("World", server.template(fault), max_level=max_level)
        name = f"{fault} {max_level}"
        return drawn_service(draw, service, name)

    return drawn


def at_rest(drawing: TilesDrawing, view: View, context: RenderContext, qtbot) -> np.ndarray:
    complete(drawing, view, qtbot)
    qtbot.waitUntil(lambda: context.is_idle() and drawing.is_complete(view), timeout=10_000)
    qtbot.wait(30)
    qtbot.waitUntil(lambda: context.is_idle() and drawing.is_complete(view), timeout=10_000)
    return picture_of(drawing, view).astype(int)


@pytest.mark.bounded
@pytest.mark.sampled(4)
@pytest.mark.parametrize("end", ENDS)
def test_t15_however_a_server_says_that_it_has_no_tile_its_parent_is_drawn_and_that_is_said(
    drawn, server: TileServer, context: RenderContext, qtbot, end: str
) -> None:
    server.last_level = 2
    known = at_rest(drawn("ok", 2), VIEW, context, qtbot)
    assert (known[..., 3] == 255).any()
    drawing = drawn(end)
    picture = at_rest(drawing, VIEW, context, qtbot)
    assert np.abs(picture - known).mean() < 2
    assert drawing.problem == ""
    state = drawing.state
    assert state.kind is StateKind.PARTIAL, state
    assert ("only a blank one" in state.sentence) == (end in ("endclear", "endwords"))
    again = len(server.log)
    at_rest(drawing, VIEW, context, qtbot)
    assert len(server.log) == again, "what is missing is not asked for again and again"


@pytest.mark.bounded
@pytest.mark.parametrize("fault", ["endwords", "hatched", "endclear"])
def test_t15_nothing_is_asked_about_tiles_that_are_stored(
    drawn, server: TileServer, context: RenderContext, qtbot, fault: str
) -> None:
    server.last_level = 2
    first = at_rest(drawn(fault), VIEW, context, qtbot)
    asked = len(server.log)
    again = drawn(fault)
    assert (at_rest(again, VIEW, context, qtbot) == first).all()
    assert len(server.log) == asked
    assert (again.state.kind is StateKind.PARTIAL) == (fault != "hatched")


@pytest.mark.bounded
@pytest.mark.parametrize("colour", [0xFF203050, 0xFFFFFFFF])
def test_t15_open_sea_of_one_colour_is_sea(
    drawn, server: TileServer, context: RenderContext, qtbot, colour: int
) -> None:
    """Also where the coarser tile has another tint: a picture of one colour is never taken for a blank one."""
    sea = QImage(64, 64, QImage.Format.Format_RGB32)
    sea.fill(colour)
    world, server.picture = server.picture, sea
    deep = [server.tile(3, x, y, "png") for x in range(8) for y in range(8)]
    assert len(set(deep)) == 1
    server.picture = world
    drawing = drawn("ok")
    picture = at_rest(drawing, VIEW, context, qtbot)
    there = picture[picture[..., 3] == 255]
    assert (there == [colour & 255, colour >> 8 & 255, colour >> 16 & 255, 255]).all()
    assert drawing.state.kind is StateKind.SHOWN
    assert all(path.split("/")[2] in "03" for path in server.log)


@pytest.mark.bounded
def test_t15_a_pattern_that_is_the_same_at_each_level_is_one_of_the_map(
    drawn, server: TileServer, context: RenderContext, qtbot
) -> None:
    drawing = drawn("hatched")
    at_rest(drawing, VIEW, context, qtbot)
    assert drawing.state.kind is StateKind.SHOWN


@pytest.mark.bounded
def test_t15_a_layer_to_lay_over_others_may_have_nothing_in_many_places(
    drawn, server: TileServer, context: RenderContext, qtbot
) -> None:
    server.last_level = -1
    drawing = drawn("endclear")
    assert not at_rest(drawing, VIEW, context, qtbot).any()
    assert drawing.state.kind is StateKind.SHOWN
    assert drawing.problem == ""


@pytest.mark.bounded
def test_t15_many_refusals_in_a_row_are_one_after_all(
    drawn, server: TileServer, context: RenderContext, monkeypatch: pytest.MonkeyPatch, qtbot
) -> None:
    at_rest(drawn("ok", 2), VIEW, context, qtbot)
    drawing = drawn("status403")
    at_rest(drawing, VIEW, context, qtbot)
    assert (drawing.problem, drawing.state.kind) == ("", StateKind.EMPTY)
    context.fetcher.set_offline(True)
    context.fetcher.set_offline(False)
    monkeypatch.setattr("viewer.network.host_state.MOST_GAPS", 20)
    many = drawn("end403")
    server.last_level = -1
    many.set_view(VIEW)
    qtbot.waitUntil(lambda: "refuses" in many.problem, timeout=5000)


def test_t15_a_refusal_about_a_key_names_it(drawn, server: TileServer, context: RenderContext, qtbot) -> None:
    at_rest(drawn("ok", 2), VIEW, context, qtbot)
    server.login = "a key that nobody has"
    drawing = drawn("without_key")
    drawing.set_view(VIEW)
    qtbot.waitUntil(lambda: "refuses" in drawing.problem, timeout=5000)
    assert len(server.log) < 40, "it is left alone"
