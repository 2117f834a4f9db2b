from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage, QPainter, QPdfWriter

from layers.geo.bounds import Bounds
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey, View
from layers.pool.pool import ReaderPool
from layers.raster.style import RasterStyle, Stretch
from tests.viewer.rendering.conftest import CountingPool, complete, layer_of, picture_of, write_raster
from viewer.rendering.context import RenderContext
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.tiles.tile_cache import RawTile, TileName
from viewer.support.jobs import Jobs
from viewer.support.painting import painting

EXACT = View(TileGrid("EPSG:3857", 10.0, 1e6, 6e6), 0, 0, 700, 500)
"""The ramp at its own resolution and place."""
AROUND = View(TileGrid("EPSG:3857", 20.0, 1e6, 6e6), -150, -125, 650, 500)
"""The ramp at half its size, with nothing around it."""


@pytest.fixture
def drawing(context: RenderContext, ramp: Path, qtbot) -> Iterator[RasterDrawing]:
    drawing = RasterDrawing(layer_of(ramp), ramp, context)
    qtbot.waitUntil(lambda: drawing.info is not None)
    plain = RasterStyle((1, 2, 3), (Stretch(0, 255),) * 3, resampling="nearest")
    drawing.set_layer(replace(drawing.layer, style_json=json.dumps(plain.to_json())))
    yield drawing
    drawing.close()


def test_the_answer_of_before_a_reload_is_not_taken_for_its_own(context: RenderContext, ramp: Path, qtbot) -> None:
    drawing = RasterDrawing(layer_of(ramp), ramp, context)
    drawing.reload()
    assert complete(drawing, EXACT, qtbot).any()
    assert drawing.problem == ""
    drawing.close()


def test_at_its_own_resolution_the_file_is_drawn_pixel_for_pixel(drawing: RasterDrawing, qtbot) -> None:
    picture = complete(drawing, EXACT, qtbot)
    rows, columns = np.mgrid[0:500, 0:700]
    assert (picture[..., 2] == columns * 255 // 700).all()
    assert (picture[..., 1] == rows * 255 // 500).all()
    assert (picture[..., 3] == 255).all()


def test_outside_the_file_nothing_is_drawn_and_nothing_is_read(drawing, qtbot, pool: CountingPool) -> None:
    alpha = complete(drawing, AROUND, qtbot)[..., 3]
    assert (alpha[125:375, 150:500] == 255).all()
    assert alpha.sum() == 255 * 250 * 350
    far = View(AROUND.grid, 100_000, 0, 640, 480)
    asked = pool.asked["tile"]
    assert not complete(drawing, far, qtbot).any()
    assert pool.asked["tile"] == asked


def test_panning_back_and_another_stretch_read_nothing(drawing, qtbot, pool: CountingPool) -> None:
    before = complete(drawing, EXACT, qtbot)
    complete(drawing, replace(EXACT, left=300), qtbot)
    asked = pool.asked.copy()
    complete(drawing, EXACT, qtbot)
    style = RasterStyle((1, 2, 3), (Stretch(0, 100),) * 3, resampling="nearest")
    drawing.set_layer(replace(drawing.layer, style_json=json.dumps(style.to_json())))
    assert not drawing.is_complete(EXACT)
    # Until the new colours are there the old ones stand in: never a blank.
    assert (picture_of(drawing, EXACT) == before).all()
    qtbot.waitUntil(lambda: drawing.is_complete(EXACT))
    after = picture_of(drawing, EXACT)
    assert (after[:, 400:, 2] == 255).all()
    assert (after != before).any()
    assert pool.asked == asked


def test_other_bands_are_read_and_other_opacity_is_not(drawing, qtbot, pool: CountingPool) -> None:
    complete(drawing, EXACT, qtbot)
    asked = pool.asked["tile"]
    drawing.set_layer(replace(drawing.layer, opacity=0.5))
    assert drawing.is_complete(EXACT)
    assert abs(int(picture_of(drawing, EXACT)[100, 100, 3]) - 128) <= 1
    assert pool.asked["tile"] == asked
    grey = RasterStyle((2,), (Stretch(0, 255),), resampling="nearest")
    drawing.set_layer(replace(drawing.layer, style_json=json.dumps(grey.to_json())))
    qtbot.waitUntil(lambda: drawing.is_complete(EXACT))
    assert pool.asked["tile"] > asked


def test_a_zoom_shows_stand_ins_at_once_and_opacity_does_not_double(drawing, qtbot) -> None:
    drawing.set_layer(replace(drawing.layer, opacity=0.5))
    complete(drawing, EXACT, qtbot)
    closer = View(TileGrid("EPSG:3857", 5.0, 1e6, 6e6), 200, 200, 600, 400)
    drawing.set_view(closer, resting=False)
    assert not drawing.is_complete(closer)
    picture = picture_of(drawing, closer)
    assert (np.abs(picture[..., 3].astype(int) - 128) <= 1).all()
    exact = complete(drawing, closer, qtbot)
    assert np.abs(picture.astype(int) - exact).max() <= 3


def test_a_turned_view_is_drawn_turned(drawing, qtbot) -> None:
    turned = View(TileGrid("EPSG:3857", 10.0, 1e6 + 3500, 6e6 - 2500, 90.0), -100, -100, 200, 200)
    picture = complete(drawing, turned, qtbot)
    upright = complete(drawing, EXACT, qtbot)
    for px, py in ((10, 20), (150, 60), (199, 199)):
        x, y = EXACT.to_pixel(*turned.to_world(px + 0.5, py + 0.5))
        assert np.abs(picture[py, px].astype(int) - upright[int(y), int(x)]).max() <= 1


def test_under_a_scaled_painter_the_picture_is_scaled_without_seams(drawing, qtbot) -> None:
    complete(drawing, EXACT, qtbot)
    image = QImage(500, 357, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0xFFFFFFFF)
    with painting(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(500 / 700, 500 / 700)
        drawing.paint(painter, EXACT)
    assert max(image.pixelColor(x, y).blue() for x in range(2, 498) for y in range(2, 354, 7)) == 60


def test_a_pdf_gets_one_picture_not_tiles(drawing, qtbot, tmp_path: Path) -> None:
    complete(drawing, EXACT, qtbot)
    writer = QPdfWriter(str(tmp_path / "map.pdf"))
    with painting(writer) as painter:
        drawing.paint(painter, EXACT)
    # One picture and its mask; as tiles there would be six.
    assert (tmp_path / "map.pdf").read_bytes().count(b"/Subtype /Image") <= 2


def test_two_answers_make_one_update(drawing, qtbot) -> None:
    heard: list[int] = []
    drawing.updated.connect(lambda: heard.append(1))
    complete(drawing, EXACT, qtbot)
    qtbot.waitUntil(drawing.context.is_idle)
    assert len(heard) <= 4


def test_what_is_unreadable_says_so_once_and_counts_as_complete(draw, tmp_path: Path, qtbot) -> None:
    path = tmp_path / "text.tif"
    path.write_text("no picture at all")
    told: list[str] = []
    drawing = draw(layer_of(path))
    drawing.problem_changed.connect(lambda uuid, sentence: told.append(sentence))
    drawing.set_view(EXACT)
    qtbot.waitUntil(lambda: drawing.is_complete(EXACT))
    assert len(told) == 1
    assert "text.tif" in told[0]
    assert not picture_of(drawing, EXACT).any()


def test_a_file_without_crs_asks_for_one_and_takes_it(draw, tmp_path: Path, qtbot) -> None:
    bands = np.full((1, 64, 64), 200, np.uint8)
    path = write_raster(tmp_path / "bare.tif", bands, "", 1e6, 6e6, 10.0)
    drawing = draw(layer_of(path))
    view = View(TileGrid("EPSG:3857", 10.0, 1e6, 6e6), 0, 0, 64, 64)
    drawing.set_view(view)
    qtbot.waitUntil(lambda: drawing.is_complete(view))
    assert "CRS" in drawing.problem
    drawing.set_layer(replace(drawing.layer, crs="EPSG:3857"))
    qtbot.waitUntil(lambda: drawing.is_complete(view))
    assert drawing.problem == ""
    assert (picture_of(drawing, view)[..., 3] == 255).all()
    assert drawing.bounds_lonlat() is not None


def test_damaged_tiles_leave_holes_and_one_sentence(draw, tmp_path: Path, qtbot) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (1, 512, 512), dtype=np.uint8)
    path = write_raster(tmp_path / "cut.tif", noise, "EPSG:3857", 1e6, 6e6, 10.0, tiled=True, compress="deflate")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])
    told: list[str] = []
    drawing = draw(layer_of(path))
    drawing.problem_changed.connect(lambda uuid, sentence: told.append(sentence))
    view = View(TileGrid("EPSG:3857", 10.0, 1e6, 6e6), 0, 0, 512, 512)
    drawing.set_view(view)
    qtbot.waitUntil(lambda: drawing.is_complete(view))
    assert len(told) == 1


def test_where_neighbours_cannot_be_read_together_they_are_read_one_by_one(draw, tmp_path: Path, qtbot) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (1, 512, 512), dtype=np.uint8)
    path = write_raster(tmp_path / "a.tif", noise, "EPSG:3857", 1e6, 6e6, 10.0)
    drawing = draw(layer_of(path))
    request, refused = drawing.source.read_request, []

    def refusing(read, done):
        made = request(read, done)
        if not read.is_overview and (read.width > TILE_PX or (read.key.col, read.key.row) == (0, 0)):
            refused.append((read.width, read.height))
            made.params["bands"] = [99]
        return made

    drawing.source.read_request = refusing
    view = View(TileGrid("EPSG:3857", 10.0, 1e6, 6e6), 0, 0, 512, 512)
    drawing.set_view(view)
    qtbot.waitUntil(lambda: drawing.is_complete(view))
    assert sorted(refused) == [(TILE_PX, TILE_PX), (2 * TILE_PX, TILE_PX), (2 * TILE_PX, TILE_PX)]
    alpha = picture_of(drawing, view)[..., 3]
    assert not alpha[:TILE_PX, :TILE_PX].any()
    assert alpha[TILE_PX:].all()


@pytest.mark.bounded
def test_real_readers_draw_the_same_and_a_killed_one_is_not_noticed(drawing, ramp: Path, qtbot) -> None:
    expected = complete(drawing, EXACT, qtbot)
    pool, jobs = ReaderPool(), Jobs()
    pool.start()
    other = RasterDrawing(drawing.layer, ramp, RenderContext(pool, None, jobs))
    other.set_view(EXACT)
    qtbot.waitUntil(lambda: other.is_complete(EXACT), timeout=20_000)
    assert (picture_of(other, EXACT) == expected).all()
    closer = View(TileGrid("EPSG:3857", 2.0, 1e6, 6e6), 0, 0, 1200, 1200)
    other.set_view(closer)
    os.kill(pool.pids()[0], signal.SIGKILL)
    qtbot.waitUntil(lambda: other.is_complete(closer), timeout=20_000)
    assert other.problem == ""
    assert (picture_of(other, closer)[..., 3] == 255).all()
    assert other.bounds_lonlat() == pytest.approx(Bounds(8.983, 47.31, 9.046, 47.34), abs=0.05)
    other.close()
    assert jobs.shutdown()
    pool.close()


@pytest.mark.parametrize(("dtype", "bands"), [(np.uint8, 3), (np.uint16, 3), (np.float32, 3)])
def test_caches_have_room_for_all_that_is_shown_whatever_its_pixels_take(drawing, qtbot, dtype, bands) -> None:
    tiles = drawing.context.tiles
    tiles.fit(1920 * 1080, 1)
    grid = TileGrid("EPSG:3857", 10.0, 0.0, 0.0)
    names = [TileName("x", 0, grid, TileKey(0, col, row)) for col in range(9) for row in range(6)]
    for name in names:
        tiles.put_raw(name, RawTile(np.zeros((bands, TILE_PX, TILE_PX), dtype)))
    assert all(name in tiles.raw for name in names)
    one = tiles.styled.limit_bytes
    tiles.fit(1920 * 1080, 3)
    assert tiles.styled.limit_bytes == pytest.approx(3 * one, rel=0.01)
