from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage

from layers.decoding import encoded
from layers.document.layer import Layer
from layers.geo.crs import MERCATOR_HALF_M, WGS84, transform_points
from layers.grid.tile_grid import TileGrid, View
from layers.raster.style import RasterStyle, Stretch
from layers.services.matrix import Sources, SourceTile
from layers.services.seen_sources import TilePart
from layers.services.tile_matrix import TileMatrixSet
from layers.services.tile_service import TileService
from tests.support.picture_shift import shift_of
from tests.support.tile_server import TileServer, blue_marble, serving
from tests.viewer.rendering.conftest import (
    CountingPool,
    complete,
    context_of_host,
    drawn_service,
    layer_of,
    picture_of,
    write_raster,
)
from viewer.rendering.context import RenderContext
from viewer.rendering.images import image_of_argb
from viewer.rendering.layers.drawings import drawing_for
from viewer.rendering.layers.tiles_drawing import STAND_IN_MS, TilesDrawing
from viewer.rendering.tiles.mosaic import compose_tile
from viewer.support.jobs import Jobs

WORLD_PX = 2048
RESOLUTION = 2 * MERCATOR_HALF_M / WORLD_PX


def world_bands() -> np.ndarray:
    """A picture of the world with soft features of some pixels' size."""
    rows, columns = np.mgrid[0:WORLD_PX, 0:WORLD_PX]
    waves = [np.sin(columns / a) * np.cos(rows / b) for a, b in ((11, 17), (23, 9), (14, 14))]
    return np.stack([(wave * 110 + 128).astype(np.uint8) for wave in waves])


@pytest.fixture(scope="module")
def world() -> QImage:
    red, green, blue = world_bands().astype(np.uint32)
    return image_of_argb(0xFF000000 | red << 16 | green << 8 | blue)


@pytest.fixture
def server(world: QImage) -> Iterator[TileServer]:
    with serving(world) as server:
        yield server


@pytest.fixture
def context(pool: CountingPool, jobs: Jobs, server: TileServer, tmp_path: Path) -> Iterator[RenderContext]:
    with context_of_host(server.host, tmp_path, pool, jobs) as context:
        yield context


@pytest.fixture
def basemap(draw, server: TileServer) -> Callable[..., TilesDrawing]:
    def basemap(fault: str = "ok", **values: object) -> TilesDrawing:
        service = TileService("World", server.template(fault), max_level=3, attribution="Us", **values)
        return drawn_service(draw, service, "tiles")

    return basemap


def view_at(crs: str, lon: float, lat: float, resolution: float, rotation: float = 0.0) -> View:
    x, y = (float(v) for v in transform_points(WGS84, crs, lon, lat))
    return View(TileGrid(crs, resolution, x, y, rotation), -170, -140, 340, 280)


VIEWS = {
    "own resolution": view_at("EPSG:3857", 128.3, 51.9, RESOLUTION),
    "between levels": view_at("EPSG:3857", 20.0, 10.0, RESOLUTION * 1.1),
    "beyond the last level": view_at("EPSG:3857", -70.0, -30.0, RESOLUTION / 3),
    "turned": view_at("EPSG:3857", 20.0, 40.0, RESOLUTION, 33.0),
    "polar": view_at("EPSG:3995", 60.0, 65.0, 9000.0),
    "utm, turned": view_at("EPSG:32652", 128.3, 51.9, 4000.0, 12.0),
    "lon lat": view_at("EPSG:4326", 10.0, 30.0, 0.15),
}


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_tiles_are_drawn_where_the_file_itself_would_be(
    draw, view: View, basemap, context, tmp_path: Path, qtbot
) -> None:
    path = write_raster(
        tmp_path / "world.tif",
        world_bands(),
        "EPSG:3857",
        -MERCATOR_HALF_M,
        MERCATOR_HALF_M,
        RESOLUTION,
        photometric="RGB",
    )
    style = json.dumps(RasterStyle((1, 2, 3), (Stretch(0, 255),) * 3).to_json())
    file_picture = complete(draw(layer_of(path, style_json=style)), view, qtbot)
    tiles = basemap()
    tiles_picture = complete(tiles, view, qtbot)
    assert tiles.problem == ""
    assert (tiles_picture[..., 3] == 255).all()
    assert np.hypot(*shift_of(tiles_picture, file_picture)) < 0.2
    # The measure itself: a picture moved by a pixel is found to be moved by one.
    assert shift_of(np.roll(tiles_picture, 1, axis=1), file_picture) == pytest.approx((1.0, 0.0), abs=0.3)


@pytest.mark.bounded
def test_no_seam_shows_between_tiles(basemap, server: TileServer, qtbot) -> None:
    white = QImage(64, 64, QImage.Format.Format_RGB32)
    white.fill(0xFFFFFFFF)
    server.picture = white
    for view in VIEWS.values():
        assert (complete(basemap(), view, qtbot) == 255).all()


@pytest.mark.bounded
def test_panning_back_asks_for_nothing(basemap, server: TileServer, qtbot) -> None:
    drawing, view = basemap(), VIEWS["own resolution"]
    complete(drawing, view, qtbot)
    complete(drawing, replace(view, left=view.left + 300), qtbot)
    asked = len(server.log)
    complete(drawing, view, qtbot)
    assert len(server.log) == asked == len(set(server.log))


@pytest.mark.bounded
def test_f22_a_dead_server_is_said_once_and_what_is_stored_stays(basemap, server, context, qtbot) -> None:
    view = VIEWS["own resolution"]
    drawing = basemap()
    before = complete(drawing, view, qtbot)
    server.stop()
    told: list[str] = []
    again = basemap()
    again.problem_changed.connect(lambda uuid, sentence: told.append(sentence))
    elsewhere = view_at("EPSG:3857", -100.0, -20.0, RESOLUTION)
    complete(again, elsewhere, qtbot)
    assert len(told) == 1
    assert server.host in told[0]
    assert (complete(again, view, qtbot) == before).all()
    # Nothing is left blank: parents stand in where there are any.
    assert (picture_of(drawing, view)[..., 3] == 255).all()


@pytest.mark.bounded
def test_a_server_that_comes_back_is_asked_again(basemap, server, context, qtbot) -> None:
    server.fail_first = 10_000
    drawing, view = basemap(), VIEWS["own resolution"]
    complete(drawing, view, qtbot)
    assert drawing.problem
    assert (picture_of(drawing, view)[..., 3] == 0).all()
    server.fail_first = 0
    context.fetcher.forgive(server.host)
    qtbot.waitUntil(lambda: bool((picture_of(drawing, view)[..., 3] == 255).all()), timeout=5000)
    assert drawing.problem == ""


@pytest.mark.bounded
def test_f40_nothing_is_asked_without_consent(basemap, draw, server: TileServer, context, qtbot) -> None:
    layer, view = basemap().layer, VIEWS["own resolution"]
    context.fetcher.consent.withdraw(server.host)
    paused = draw(layer)
    assert not complete(paused, view, qtbot).any()
    assert server.log == []
    assert paused.is_paused
    assert "allow" in paused.problem
    context.fetcher.consent.allow_private(server.host)
    assert (complete(draw(layer), view, qtbot)[..., 3] == 255).all()


@pytest.mark.bounded
def test_a_host_that_is_not_allowed_any_more_is_asked_no_more(basemap, server: TileServer, context, qtbot) -> None:
    drawing, view = basemap("hang"), replace(VIEWS["own resolution"], left=-400, width=800, top=-400, height=800)
    drawing.set_view(view)
    qtbot.waitUntil(lambda: len(server.log) == context.fetcher.limits.in_flight, timeout=10_000)
    context.fetcher.consent.withdraw(server.host)
    context.fetcher.stop(server.host)
    asked = len(server.log)
    assert context.fetcher.is_idle()
    qtbot.wait(600)
    assert len(server.log) == asked
    assert "allow" in drawing.problem


@pytest.mark.bounded
def test_imagery_by_date_needs_a_day_and_credits_it(draw, server: TileServer, qtbot) -> None:
    template = server.template().replace(".png", ".png?t={time}")
    service = TileService("Daily", template, max_level=3, attribution="Us")
    view = VIEWS["own resolution"]
    for day, words, credit in (("", "choose a day", "Us"), ("2024-04-12", "", "Us (12 April 2024)")):
        layer = Layer(uuid=f"t{day}", kind="tiles", name="D", source_json=json.dumps(encoded(service.at(day))))
        drawing = draw(layer)
        complete(drawing, view, qtbot)
        assert words in drawing.problem
        assert bool(drawing.problem) == bool(words)
        assert drawing.attribution.startswith(credit)
    assert server.log
    assert all(path.endswith("?t=2024-04-12") for path in server.log)


def test_where_the_server_has_nothing_that_day_is_no_problem(basemap, qtbot) -> None:
    drawing = basemap("status404")
    assert not complete(drawing, VIEWS["own resolution"], qtbot).any()
    assert drawing.problem == ""


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("finer", [2, 2**8], ids=["a level", "all levels"])
def test_beyond_the_end_of_a_service_its_last_level_is_shown_and_said(
    draw, basemap, server: TileServer, finer: int, qtbot
) -> None:
    server.last_level = 3
    view = view_at("EPSG:3857", 128.3, 51.9, RESOLUTION / finer)
    told = basemap()  # knows that it ends at level 3
    service = TileService("World", server.template("shallow"), max_level=18, attribution="Us")
    layer = Layer(uuid="deep", kind="tiles", name="World", source_json=json.dumps(encoded(service)))
    drawing = draw(layer)
    deep, known = complete(drawing, view, qtbot).astype(int), complete(told, view, qtbot).astype(int)
    assert np.abs(deep - known).mean() < 2  # resampled once more
    assert (deep[..., 3] == 255).all()
    assert drawing.problem == ""
    for one in (drawing, told):
        said = one.state_in(view).sentence
        assert ("has nothing finer than level 3 here" in said) == (finer > 2), said
    asked = [path for path in server.log if path.startswith("/shallow/")]
    assert len(asked) == len(set(asked))  # each tile once


def test_where_only_some_tiles_are_missing_their_parents_stand_in(draw, server: TileServer, qtbot) -> None:
    """A town in detail, the country around it not: as many services are."""
    service = TileService("World", server.template("shallow"), max_level=3, attribution="Us")
    layer = Layer(uuid="some", kind="tiles", name="World", source_json=json.dumps(encoded(service)))
    drawing, view = draw(layer), VIEWS["own resolution"]
    server.last_level = 1
    assert (complete(drawing, view, qtbot)[..., 3] == 255).all()
    assert "level 1" in drawing.state_in(view).sentence
    assert {path.split("/")[2] for path in server.log} == {"0", "1", "2", "3"}


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch) -> list[Sources]:
    """The display tiles that are composed, stand-ins among them."""
    composed: list[Sources] = []

    def compose(
        sources: Sources, pictures: Mapping[SourceTile, QImage], matrices: TileMatrixSet, part: TilePart
    ) -> QImage:
        composed.append(sources)
        return compose_tile(sources, pictures, matrices, part)

    monkeypatch.setattr("viewer.rendering.layers.display_plans.compose_tile", compose)
    return composed


@pytest.mark.bounded
def test_no_coarser_tiles_are_composed_where_the_last_view_stands_in(basemap, composed, context, qtbot) -> None:
    drawing = basemap()
    complete(drawing, view_at("EPSG:3857", 20.0, 10.0, RESOLUTION * 2), qtbot)
    qtbot.waitUntil(context.is_idle)
    composed.clear()
    closer = view_at("EPSG:3857", 20.0, 10.0, RESOLUTION)
    context.fetcher.limits = replace(context.fetcher.limits, in_flight=0)  # an answer may take its time
    drawing.set_view(closer)
    assert (picture_of(drawing, closer)[..., 3] == 255).all()
    qtbot.wait(3 * STAND_IN_MS)
    assert composed == []


def test_coarser_tiles_stand_in_where_an_answer_takes_its_time(basemap, composed, server, context, qtbot) -> None:
    drawing, view = basemap(), VIEWS["between levels"]
    complete(drawing, replace(view, grid=replace(view.grid, resolution=4 * view.grid.resolution)), qtbot)
    qtbot.waitUntil(context.is_idle)
    context.fetcher.limits = replace(context.fetcher.limits, in_flight=0)
    composed.clear()
    elsewhere = replace(view, left=view.left + 4 * view.width)
    drawing.set_view(elsewhere)
    assert composed == [], "a quick server is not kept waiting by them"
    qtbot.waitUntil(lambda: bool(composed), timeout=5000)
    assert not drawing.is_complete(elsewhere)


@pytest.mark.bounded
def test_a_gesture_asks_for_nothing_on_the_way(basemap, server: TileServer, context, qtbot) -> None:
    drawing = basemap()
    complete(drawing, VIEWS["own resolution"], qtbot)
    qtbot.waitUntil(context.is_idle)
    asked = len(server.log)
    for step in range(1, 5):
        view = view_at("EPSG:3857", 128.3, 51.9, RESOLUTION * (1 + step / 2))
        drawing.set_view(view, resting=False)
        assert (picture_of(drawing, view)[100:180, 100:200, 3] == 255).all()
    assert len(server.log) == asked


def test_without_a_network_the_layer_is_complete_and_empty(pool, jobs, qtbot, basemap) -> None:
    layer = basemap().layer
    drawing = drawing_for(layer, None, RenderContext(pool, None, jobs))
    assert not complete(drawing, VIEWS["own resolution"], qtbot).any()
    drawing.close()


@pytest.mark.bounded
def test_the_shipped_picture_can_be_served(basemap, server: TileServer, qtbot) -> None:
    server.picture = blue_marble(256)
    sahara, ocean = view_at("EPSG:3857", 10.0, 22.0, RESOLUTION), view_at("EPSG:3857", -150.0, -20.0, RESOLUTION)
    drawing = basemap()
    blue, _, red, _ = complete(drawing, sahara, qtbot)[140, 170]
    assert red > blue
    blue, _, red, _ = complete(drawing, ocean, qtbot)[140, 170]
    assert blue > red


@pytest.mark.bounded
def test_nothing_is_composed_in_the_window_s_thread_while_the_mailbox_is_held(
    basemap, server: TileServer, context, monkeypatch: pytest.MonkeyPatch, qtbot
) -> None:
    """A job that reads the scene holds the mailbox: what it reads must not change below it."""
    threads: list[bool] = []

    def compose(
        sources: Sources, pictures: Mapping[SourceTile, QImage], matrices: TileMatrixSet, part: TilePart
    ) -> QImage:
        threads.append(threading.current_thread() is threading.main_thread())
        return compose_tile(sources, pictures, matrices, part)

    def small(lon: float) -> View:
        """A view of one display tile, on a grid of its own, so that nothing composed before fits; all are of the same
        tiles of the service.
        """
        return replace(view_at("EPSG:3857", lon, 51.9, RESOLUTION), left=20, top=20, width=200, height=200)

    drawing = basemap()
    complete(drawing, replace(VIEWS["own resolution"], left=-400, top=-400, width=1000, height=1000), qtbot)
    qtbot.waitUntil(context.is_idle, timeout=20_000)
    monkeypatch.setattr("viewer.rendering.layers.display_plans.compose_tile", compose)
    context.mailbox.hold(give_up := lambda: None)
    drawing.set_view(small(128.4))
    qtbot.waitUntil(lambda: bool(threads), timeout=20_000)
    assert not any(threads), "composed in a job"
    assert not drawing.is_complete(small(128.4)), "the scene stays as it is"
    context.mailbox.release(give_up)
    complete(drawing, small(128.4), qtbot)
    threads.clear()
    complete(drawing, small(128.5), qtbot)
    assert threads
    assert all(threads), "so few tiles are composed at once where nobody reads"
