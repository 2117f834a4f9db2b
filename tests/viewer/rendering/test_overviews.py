"""Overviews in the cache folder: built for the layer that lacks them, reused, bounded, and never in the way."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QLockFile

from layers.grid.tile_grid import TileGrid, View
from layers.pool.protocol import Profile, Request
from layers.raster.overviews import Lack
from layers.readers.raster import overview_cache
from tests.viewer.rendering.conftest import CountingPool, layer_of, picture_of, write_raster
from viewer.network.folder_consent import FolderConsent
from viewer.rendering import overviews
from viewer.rendering.context import RenderContext
from viewer.rendering.overviews import Overviews
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.jobs import Jobs

SIDE = 2048
WHOLE = View(TileGrid("EPSG:3857", 80.0, 1e6, 6e6), 0, 0, 256, 256)
"""The raster at an eighth of its resolution."""

type Open = Callable[[], RasterDrawing]


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.raster.overviews.ENOUGH_PIXELS", 1_000_000)
    monkeypatch.setattr(overview_cache, "TILE_PX", 128)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "overviews"


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    (tmp_path / "scenes").mkdir()
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    bands = np.stack((columns // 8, rows // 8, (columns + rows) // 16)).astype(np.uint8)
    path = tmp_path / "scenes" / "a.tif"
    return write_raster(path, bands, "EPSG:3857", 1e6, 6e6, 10.0, photometric="RGB", tiled=True)


@pytest.fixture
def context(pool: CountingPool, jobs: Jobs, folder: Path) -> RenderContext:
    return RenderContext(pool, None, jobs, folders=FolderConsent(["/"]), overviews=Overviews(pool, jobs, folder))


@pytest.fixture
def opened_anew(context: RenderContext, raster: Path, qtbot) -> Iterator[Open]:
    made: list[RasterDrawing] = []

    def make() -> RasterDrawing:
        drawing = RasterDrawing(layer_of(raster), raster, context)
        made.append(drawing)
        drawing.set_view(WHOLE)
        qtbot.waitUntil(lambda: drawing.is_complete(WHOLE) and context.is_idle())
        return drawing

    yield make
    for drawing in made:
        drawing.close()


def store_of(drawing: RasterDrawing) -> Overviews:
    assert drawing.context.overviews is not None
    return drawing.context.overviews


def build(drawing: RasterDrawing, qtbot) -> str:
    """The sentence of the end."""
    with qtbot.waitSignal(store_of(drawing).ended) as ended:
        drawing.build_overviews()
    qtbot.waitUntil(lambda: drawing.is_complete(WHOLE) and drawing.context.is_idle())
    return ended.args[1]


@pytest.mark.bounded
def test_they_are_built_beside_nothing_and_used(opened_anew: Open, raster: Path, folder: Path, qtbot) -> None:
    drawing = opened_anew()
    assert drawing.lack is Lack.MODERATE
    assert not folder.exists()
    before = picture_of(drawing, WHOLE).astype(int)
    told: list[float] = []
    drawing.context.jobs.progressed.connect(lambda job: told.append(job.fraction))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overviews, "SLICE_S", 0.0)
        assert build(drawing, qtbot) == ""
    assert told == [0.25, 0.5, 0.75]
    assert drawing.lack is Lack.NONE
    assert [path.name for path in folder.iterdir()] == [drawing.source.state.overview_name]
    assert os.listdir(raster.parent) == ["a.tif"]
    assert drawing.tiles.shown.reading.overview_path == str(folder / drawing.source.state.overview_name)
    assert np.abs(picture_of(drawing, WHOLE).astype(int) - before).max() <= 1


@pytest.mark.bounded
def test_the_next_opening_finds_them_and_builds_nothing(opened_anew: Open, pool: CountingPool, qtbot) -> None:
    build(opened_anew(), qtbot)
    asked = pool.asked["overviews"]
    again = opened_anew()
    assert again.lack is Lack.NONE
    assert not again.can_build
    again.build_overviews()
    assert pool.asked["overviews"] == asked


@pytest.mark.bounded
def test_another_state_of_the_file_has_others_and_the_old_ones_go(
    opened_anew: Open, raster: Path, folder: Path, qtbot
) -> None:
    build(opened_anew(), qtbot)
    (old,) = folder.iterdir()
    os.utime(raster, (1, 1))
    again = opened_anew()
    assert again.lack is Lack.MODERATE
    qtbot.waitUntil(lambda: not old.exists())
    build(again, qtbot)
    (new,) = folder.iterdir()
    assert new.name != old.name


def test_cancelled_it_stops_and_goes_on_where_it_was(opened_anew: Open, folder: Path, pool, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(overviews, "SLICE_S", 0.0)
    drawing = opened_anew()
    jobs = drawing.context.jobs
    jobs.progressed.connect(lambda job: job.cancel())
    assert build(drawing, qtbot) == ""
    assert drawing.lack is Lack.MODERATE
    assert drawing.can_build
    assert not jobs.running()
    assert pool.asked["overviews"] == 2  # the second was under way already
    jobs.progressed.disconnect()
    build(drawing, qtbot)
    assert pool.asked["overviews"] == 4
    assert drawing.lack is Lack.NONE


@pytest.mark.bounded
def test_while_they_are_built_nothing_is_read_without_them(
    opened_anew: Open, pool: CountingPool, qtbot, monkeypatch
) -> None:
    monkeypatch.setattr(overviews, "SLICE_S", 0.0)
    drawing = opened_anew()
    asked: list[int] = []
    there, back = (
        View(TileGrid("EPSG:3857", 60.0, 1e6, 6e6), 0, 0, 256, 256),
        View(TileGrid("EPSG:3857", 30.0, 1e6, 6e6), 0, 0, 256, 256),
    )

    def look_elsewhere(_job) -> None:
        before = pool.asked["tile"]
        drawing.set_view(there)
        asked.append(pool.asked["tile"] - before)
        before = pool.asked["tile"]
        drawing.set_view(back)  # less than four times reduced: no overviews will be used
        asked.append(pool.asked["tile"] - before)

    drawing.context.jobs.progressed.connect(look_elsewhere)
    with qtbot.waitSignal(store_of(drawing).ended):
        drawing.build_overviews()
    assert asked[0] == 0
    assert asked[1] > 0
    drawing.set_view(there)
    assert not drawing.is_complete(there)
    qtbot.waitUntil(lambda: drawing.is_complete(there))


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("fault", ["full", "folder", "reader"])
def test_what_fails_is_one_sentence_and_the_layer_stays(
    opened_anew: Open, folder: Path, qtbot, monkeypatch, fault: str
) -> None:
    drawing = opened_anew()
    before = picture_of(drawing, WHOLE)
    if fault == "full":
        usage = shutil.disk_usage(".")
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    elif fault == "folder":
        folder.parent.write_text("a file stands there")
    else:
        monkeypatch.setattr(overview_cache, "MAX_PIXELS", 1000)
    sentence = build(drawing, qtbot)
    said = {"full": "The overviews of a.tif need about", "folder": "Overviews cannot be kept in", "reader": "too large"}
    assert said[fault] in sentence
    assert drawing.lack is Lack.MODERATE
    assert not drawing.problem
    assert (picture_of(drawing, WHOLE) == before).all()
    assert not drawing.context.jobs.running()


@pytest.mark.bounded
def test_all_together_take_no_more_than_the_limit_and_the_oldest_goes(
    context: RenderContext, opened_anew: Open, folder: Path, qtbot
) -> None:
    folder.mkdir(parents=True)
    for number in range(4):
        (folder / f"{number}.tif").write_bytes(bytes(100_000))
        os.utime(folder / f"{number}.tif", (1000 + number, 1000 + number))
    drawing = opened_anew()
    store_of(drawing).limit_bytes = 320_000
    build(drawing, qtbot)
    own = drawing.source.state.overview_name
    qtbot.waitUntil(context.jobs.is_idle)
    left = sorted(path.name for path in folder.iterdir())
    assert own in left
    assert "0.tif" not in left
    assert "3.tif" in left or (folder / own).stat().st_size > 220_000
    assert sum(path.stat().st_size for path in folder.iterdir()) <= max(320_000, (folder / own).stat().st_size)


def test_two_windows_do_not_build_the_same(opened_anew: Open, folder: Path, pool: CountingPool, qtbot) -> None:
    drawing = opened_anew()
    folder.mkdir(parents=True)
    other = QLockFile(str(folder / f"{drawing.source.state.overview_stem}lock"))
    assert other.tryLock(0)
    assert "Another window is already building the overviews of a.tif" in build(drawing, qtbot)
    assert pool.asked["overviews"] == 0
    other.unlock()
    assert build(drawing, qtbot) == ""


def test_a_file_that_changes_meanwhile_is_said(opened_anew: Open, raster: Path, qtbot) -> None:
    drawing = opened_anew()
    os.utime(raster, (1, 1))
    assert "has changed while its overviews were built" in build(drawing, qtbot)


def test_builds_wait_for_each_other_and_the_writer_goes_afterwards(
    opened_anew: Open, context: RenderContext, raster: Path, tmp_path: Path, qtbot, monkeypatch
) -> None:
    asked: list[Request] = []
    monkeypatch.setattr(context.pool, "submit", lambda request: asked.append(request))
    dismissed: list[Profile] = []
    monkeypatch.setattr(context.pool, "dismiss", dismissed.append)
    store = context.overviews
    first = overviews.SourceState(str(raster), "", 1, 1)
    second = first._replace(part="2")
    store.build(first)
    store.build(second)
    store.build(second)
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert [job.title for job in context.jobs.running()] == ["Building overviews of a.tif"] * 2
    assert (asked[0].profile, asked[0].is_background, asked[0].question.part) == (Profile.WRITER, True, "")
    context.jobs.running()[0].cancel()
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert asked[0].is_given_up
    assert not dismissed
    context.jobs.running()[0].cancel()
    assert dismissed == [Profile.WRITER]
    assert context.is_idle() or context.jobs.wait()
