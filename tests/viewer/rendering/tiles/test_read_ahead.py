"""Tiles are read ahead while nothing else is asked for: last of all, bounded, and nobody waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey, View
from layers.grid.tile_plan import PixelBounds, tiles_around, tiles_in
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Profile, Request
from tests.support.readers.raw import raw
from tests.viewer.rendering.conftest import CountingPool, layer_of, picture_of, write_raster
from viewer.network.folder_consent import FolderConsent
from viewer.rendering.context import RenderContext
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.tiles.scheduler import TileRequest, TileScheduler
from viewer.rendering.tiles.tile_cache import PICTURE_BYTES, RawTile, TileCache, TileName
from viewer.support.jobs import Jobs

GRID = TileGrid("EPSG:3857", 10.0, 1e6, 6e6)
MIDDLE = View(GRID, 3 * TILE_PX, 3 * TILE_PX, 2 * TILE_PX, 2 * TILE_PX)
"""Four tiles with a ring of twelve around them, all inside the raster."""
SIDE = 8 * TILE_PX


class PatientPool(ReaderPool):
    """Reads nothing until it is told to."""

    def __init__(self) -> None:
        super().__init__(inline=True)

    def pull_from(self, source: Callable[[], Request | None], profile: Profile = Profile.LOCAL) -> None:
        if profile is Profile.LOCAL:
            self.source = source

    def wake(self, profile: Profile = Profile.LOCAL) -> None:
        pass


def make_request(ident) -> Request:
    return Request(raw("tile", {"path": ident}), lambda _: None)


def test_tiles_of_hosts_are_for_their_readers_and_replaced_like_any() -> None:
    scheduler = TileScheduler(PatientPool())
    scheduler.want("far", [TileRequest(0, "f1"), TileRequest(1, "f2")], make_request, profile=Profile.REMOTE)
    scheduler.want("near", [TileRequest(5, "n1")], make_request)
    assert scheduler.next().params["path"] == "n1"
    assert scheduler.next() is None
    assert not scheduler.is_idle()
    scheduler.want("far", [TileRequest(0, "f3")], make_request, profile=Profile.REMOTE)
    assert scheduler.next(Profile.REMOTE).params["path"] == "f3"
    assert scheduler.next(Profile.REMOTE) is None


def test_what_is_wished_ahead_comes_after_everybodys_wishes() -> None:
    scheduler = TileScheduler(PatientPool())
    scheduler.want("a", [TileRequest(5, "a1")], make_request, ahead=[TileRequest(0, "a2"), TileRequest(1, "a3")])
    scheduler.want("b", [TileRequest(9, "b1")], make_request, ahead=[TileRequest(0.5, "b2")])
    assert not scheduler.is_idle()
    order = [scheduler.next() for _ in range(5)]
    assert [request.params["path"] for request in order] == ["a1", "b1", "a2", "b2", "a3"]
    assert [request.is_background for request in order] == [False, False, True, True, True]
    assert scheduler.next() is None
    scheduler.settle("a", "a1")
    scheduler.settle("b", "b1")
    assert scheduler.is_idle()


def test_what_is_read_ahead_already_is_not_asked_for_twice() -> None:
    scheduler = TileScheduler(PatientPool())
    scheduler.want("a", [], make_request, ahead=[TileRequest(0, "x")])
    assert scheduler.is_idle()
    assert scheduler.next().params["path"] == "x"
    scheduler.want("a", [TileRequest(0, "x"), TileRequest(1, "y")], make_request)
    assert scheduler.next().params["path"] == "y"
    assert scheduler.next() is None
    scheduler.settle("a", "x")
    scheduler.want("a", [TileRequest(0, "x")], make_request)
    assert not scheduler.next().is_background


def test_a_new_view_drops_what_was_wished_ahead() -> None:
    scheduler = TileScheduler(PatientPool())
    scheduler.want("a", [], make_request, ahead=[TileRequest(0, "x"), TileRequest(1, "y")])
    scheduler.want("a", [], make_request)
    assert scheduler.next() is None
    scheduler.want("a", [], make_request, ahead=[TileRequest(0, "x")])
    scheduler.forget("a")
    assert scheduler.next() is None


def test_the_ring_of_a_view() -> None:
    ring = tiles_around(MIDDLE)
    assert len(ring) == 12
    assert not set(ring) & set(tiles_in(MIDDLE))
    assert ring[0] in {TileKey(0, 3, 2), TileKey(0, 4, 2), TileKey(0, 2, 3), TileKey(0, 2, 4)} | set(ring[:8])
    assert set(ring[-4:]) == {TileKey(0, 2, 2), TileKey(0, 5, 2), TileKey(0, 2, 5), TileKey(0, 5, 5)}
    within = PixelBounds(0, 0, 5 * TILE_PX, 5 * TILE_PX)
    assert {(key.col, key.row) for key in tiles_around(MIDDLE, within)} == {(2, 2), (3, 2), (4, 2), (2, 3), (2, 4)}


# -- a layer --------------------------------------------------------------------------------------------------------


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    noise = np.random.default_rng(1).integers(0, 255, (1, SIDE, SIDE), dtype=np.uint8)
    return write_raster(tmp_path / "a.tif", noise, "EPSG:3857", 1e6, 6e6, 10.0, tiled=True)


class FixedCache(TileCache):
    """One whose room stays, whatever its tiles take."""

    def put_raw(self, name: TileName, raw: RawTile) -> None:
        self.raw.put(name, raw, raw.nbytes)


type Open = Callable[[], RasterDrawing]


@pytest.fixture
def opened_with(pool: CountingPool, jobs: Jobs, raster: Path, qtbot) -> Iterator[Callable[..., RasterDrawing]]:
    made: list[RasterDrawing] = []

    def make(reads_ahead: bool = True, limit: int = 0) -> RasterDrawing:
        tiles = FixedCache() if limit else TileCache()
        tiles.raw.limit_bytes = limit or tiles.raw.limit_bytes
        context = RenderContext(pool, None, jobs, folders=FolderConsent(["/"]), tiles=tiles, reads_ahead=reads_ahead)
        made.append(RasterDrawing(layer_of(raster), raster, context))
        qtbot.waitUntil(lambda: made[-1].info is not None)
        return made[-1]

    yield make
    for drawing in made:
        drawing.close()


def look(drawing: RasterDrawing, view: View, qtbot, resting: bool = True) -> None:
    drawing.set_view(view, resting=resting)
    qtbot.waitUntil(lambda: drawing.is_complete(view) and drawing.context.is_idle())


def kept(drawing: RasterDrawing, *keys: TileKey) -> list[bool]:
    reading = drawing.tiles.shown.reading
    return [TileName("layer", reading, GRID, key) in drawing.context.tiles.raw for key in keys]


def test_the_ring_around_a_view_that_rests_is_there_before_it_is_asked_for(opened_with, pool, qtbot) -> None:
    drawing = opened_with()
    look(drawing, MIDDLE, qtbot)
    assert all(kept(drawing, *tiles_around(MIDDLE)))
    asked = pool.asked["tile"]
    beside = View(GRID, MIDDLE.left + TILE_PX, MIDDLE.top, MIDDLE.width, MIDDLE.height)
    drawing.set_view(beside, resting=False)
    assert drawing.is_complete(beside)
    assert pool.asked["tile"] == asked
    assert picture_of(drawing, beside)[..., 3].all()


def test_nothing_is_read_ahead_for_pictures_or_while_a_gesture_runs(opened_with, qtbot) -> None:
    still = opened_with(reads_ahead=False)
    look(still, MIDDLE, qtbot)
    assert not any(kept(still, *tiles_around(MIDDLE)))
    moving = opened_with()
    look(moving, MIDDLE, qtbot, resting=True)
    beside = View(GRID, MIDDLE.left + TILE_PX, MIDDLE.top, MIDDLE.width, MIDDLE.height)
    look(moving, beside, qtbot, resting=False)
    assert not any(kept(moving, TileKey(0, 6, 3), TileKey(0, 6, 4)))
    quiet = moving.context.for_pictures()
    assert (quiet.scheduler, quiet.tiles, quiet.reads_ahead) == (moving.context.scheduler, moving.context.tiles, False)
    assert moving.context.reads_ahead


@pytest.mark.parametrize(("tiles", "ahead"), [(4, 0), (8, 2), (12, 5), (40, 12)])
def test_what_is_in_view_never_leaves_the_cache_for_it(opened_with, qtbot, tiles: int, ahead: int) -> None:
    drawing = opened_with(limit=tiles * (TILE_PX * TILE_PX + 64))
    look(drawing, MIDDLE, qtbot)
    assert all(kept(drawing, *tiles_in(MIDDLE)))
    assert sum(kept(drawing, *tiles_around(MIDDLE))) == ahead


def test_coloured_pictures_bound_it_too_and_layers_share(opened_with, qtbot) -> None:
    drawing = opened_with(reads_ahead=False)
    tiles, budget = drawing.context.tiles, drawing.context.ahead
    tiles.styled.limit_bytes = 40 * PICTURE_BYTES
    tiles.raw.limit_bytes = 10**9
    assert budget.tiles_for("a", 10, 1000) == 20
    assert budget.tiles_for("b", 10, 1000) == 5
    assert budget.tiles_for("a", 40, 1000) == 0
    budget.forget("b")
    assert budget.tiles_for("a", 10, 1000) == 20


def test_tiles_read_ahead_repaint_nothing(opened_with, qtbot) -> None:
    drawing = opened_with()
    look(drawing, MIDDLE, qtbot)
    told: list[bool] = []
    drawing.updated.connect(lambda: told.append(True))
    beside = View(GRID, MIDDLE.left + TILE_PX, MIDDLE.top, MIDDLE.width, MIDDLE.height)
    drawing.set_view(beside)
    qtbot.waitUntil(lambda: all(kept(drawing, *tiles_around(beside))) and drawing.context.is_idle())
    assert not told


def test_a_layer_that_lacks_overviews_reads_nothing_ahead(opened_with, qtbot, monkeypatch) -> None:
    monkeypatch.setattr("layers.raster.overviews.ENOUGH_PIXELS", 1_000_000)
    drawing = opened_with()
    look(drawing, MIDDLE, qtbot)
    assert not any(kept(drawing, *tiles_around(MIDDLE)))
