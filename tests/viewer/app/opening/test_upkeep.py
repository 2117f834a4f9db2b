"""On a real window: files without overviews, files that change while they are shown, files that take long."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QFileSystemWatcher
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.raster.overviews import Lack
from tests.support.drawn_rasters import written
from tests.support.readers.tiny_rasters import sparse_tiff
from tests.viewer.app.conftest import MakeWindow, settle
from viewer.app.opening.reading_watch import LOOK_MS
from viewer.app.window import MainWindow
from viewer.panels.layers.layer_rows import BADGE_ROLE
from viewer.panels.shell.message_bar import MessageBar
from viewer.rendering.raster.raster_drawing import RasterDrawing


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return written(tmp_path / "scene.tif", 200)


@pytest.fixture
def moderate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.raster.overviews.ENOUGH_PIXELS", 1_000_000)


@pytest.fixture
def large(moderate: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.raster.overviews.MODERATE_PIXELS", 1_100_000)


def opened(window: MainWindow, qtbot: QtBot, path: Path) -> RasterDrawing:
    window.opener.open([str(path)])
    settle(window, qtbot)
    (layer,) = window.session.document.layers.values()
    window.panel_context.show_layer(layer.uuid)
    settle(window, qtbot)
    drawing = window.scene.drawings[layer.uuid]
    assert isinstance(drawing, RasterDrawing)
    return drawing


def badge(window: MainWindow) -> str:
    return window.docks.layer_tree.model.index(1).data(BADGE_ROLE)


def buttons(window: MainWindow) -> dict[str, QPushButton]:
    (bar,) = window.findChildren(MessageBar)
    return {button.text(): button for button in bar.findChildren(QPushButton) if button.isVisible()}


def context_menu(window: MainWindow) -> dict[str, QAction]:
    (uuid,) = window.session.document.layers
    return {action.text(): action for action in window.docks.layer_tree.menu_for(uuid).actions()}


def colour(window: MainWindow) -> tuple[int, int, int]:
    picture = window.canvas.grab_picture()
    return picture.pixelColor(picture.width() // 2, picture.height() // 2).getRgb()[:3]


# -- overviews --------------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_moderate_ones_are_built_without_a_question(window: MainWindow, moderate, raster: Path, qtbot: QtBot) -> None:
    titles: list[str] = []
    window.context.jobs.started.connect(lambda job: titles.append(job.title))
    drawing = opened(window, qtbot, raster)
    qtbot.waitUntil(lambda: drawing.lack is Lack.NONE)
    assert [title for title in titles if "overviews" in title] == ["Building overviews of scene.tif"]
    assert not window.messages.lines()
    assert badge(window) == ""
    assert "Build overviews" not in context_menu(window)


@pytest.mark.bounded
def test_large_ones_are_offered_and_the_layer_is_coarse_until_then(
    window: MainWindow, large, raster: Path, qtbot: QtBot, own_home: Path
) -> None:
    drawing = opened(window, qtbot, raster)
    assert drawing.lack is Lack.LARGE
    assert badge(window) == "coarse"
    assert "a sample of its pixels is shown" in window.docks.layer_tree.model.index(1).data(3).replace("\n", " ")
    assert "scene.tif has no overviews" in window.messages.lines()[0].text
    assert not list(own_home.rglob("*.tif"))
    assert window.action_table["build_overviews"].isEnabled()
    assert context_menu(window)["Build overviews"].isEnabled()
    buttons(window)["Build Overviews"].click()
    qtbot.waitUntil(lambda: drawing.lack is Lack.NONE)
    settle(window, qtbot)
    assert badge(window) == ""
    assert not window.messages.lines()
    assert not window.action_table["build_overviews"].isEnabled()
    assert len(list((own_home / "cache" / "overviews").iterdir())) == 1


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("way", ["action", "menu"])
def test_they_are_built_from_the_menus_too(window: MainWindow, large, raster: Path, qtbot: QtBot, way: str) -> None:
    drawing = opened(window, qtbot, raster)
    (window.action_table["build_overviews"] if way == "action" else context_menu(window)["Build overviews"]).trigger()
    assert not drawing.can_build
    qtbot.waitUntil(lambda: drawing.lack is Lack.NONE)
    qtbot.waitUntil(lambda: not window.messages.lines())


@pytest.mark.bounded
def test_too_large_ones_are_not_offered(window: MainWindow, large, raster: Path, qtbot: QtBot, monkeypatch) -> None:
    monkeypatch.setattr("layers.raster.overviews.MAX_PIXELS", 1_200_000)
    opened(window, qtbot, raster)
    assert badge(window) == "coarse"
    assert "Cloud Optimized GeoTIFF" in window.docks.layer_tree.model.index(1).data(3)
    assert not window.messages.lines()
    assert not context_menu(window)["Build overviews"].isEnabled()


@pytest.mark.bounded
def test_a_failure_is_one_line_and_is_not_tried_again(
    window: MainWindow, moderate, raster: Path, qtbot: QtBot, own_home: Path
) -> None:
    (own_home / "cache").write_text("a file where the folder should be")
    drawing = opened(window, qtbot, raster)
    qtbot.waitUntil(lambda: bool(window.messages.lines()))
    (line,) = window.messages.lines()
    assert (line.level, line.count) == ("error", 1)
    assert "Overviews cannot be kept in" in line.text
    assert drawing.lack is Lack.MODERATE
    window.canvas.motion.pan_by(30, 0)
    settle(window, qtbot)
    assert len(window.messages.lines()) == 1
    assert drawing.can_build


# -- files that change ------------------------------------------------------------------------------------------------


@pytest.mark.bounded
@pytest.mark.parametrize("fate", ["rewritten", "cut", "gone"])
def test_f53_what_was_read_stays_and_the_layer_is_stale_until_it_is_read_again(
    window: MainWindow, raster: Path, qtbot: QtBot, fate: str
) -> None:
    drawing = opened(window, qtbot, raster)
    before = colour(window)
    if fate == "rewritten":
        raster.unlink()
        written(raster, 90)
        os.utime(raster, (1, 1))
    elif fate == "cut":
        with open(raster, "r+b") as file:
            file.truncate(5000)
    else:
        raster.rename(raster.with_name("elsewhere.tif"))
    qtbot.waitUntil(lambda: drawing.is_stale and badge(window) == "stale", timeout=10_000)
    said = "is no longer there" if fate == "gone" else "has changed on the disk"
    assert said in window.scene.stack.problems()[drawing.layer_uuid]
    (line,) = window.messages.lines()
    assert said in line.text
    settle(window, qtbot)
    assert colour(window) == before
    window.canvas.motion.pan_by(40, 0)
    window.canvas.motion.zoom_in()
    settle(window, qtbot)
    assert colour(window) == before
    written(raster, 90)
    os.utime(raster, (2, 2))
    buttons(window)["Read Again"].click()
    settle(window, qtbot)
    assert not drawing.is_stale
    assert (badge(window), window.messages.lines(), window.scene.stack.problems()) == ("", [], {})


@pytest.mark.bounded
def test_a_file_that_comes_back_as_it_was_is_read_on(window: MainWindow, raster: Path, qtbot: QtBot) -> None:
    drawing = opened(window, qtbot, raster)
    away = raster.with_name("away.tif")
    raster.rename(away)
    drawing.check_file()
    qtbot.waitUntil(lambda: drawing.is_stale)
    away.rename(raster)
    drawing.check_file()
    qtbot.waitUntil(lambda: not drawing.is_stale)
    settle(window, qtbot)
    assert not window.messages.lines()
    assert not window.scene.stack.problems()


@pytest.mark.bounded
def test_a_change_is_found_by_reading_where_nobody_tells_of_it(
    window: MainWindow, raster: Path, qtbot: QtBot, monkeypatch
) -> None:
    drawing = opened(window, qtbot, raster)
    window.upkeep.findChild(QFileSystemWatcher).removePath(str(raster))
    os.utime(raster, (1, 1))
    window.canvas.motion.zoom_in()
    settle(window, qtbot)
    assert drawing.is_stale
    assert badge(window) == "stale"


@pytest.mark.bounded
def test_it_is_read_again_from_the_menus(window: MainWindow, raster: Path, qtbot: QtBot) -> None:
    drawing = opened(window, qtbot, raster)
    for trigger in (window.action_table["read_again"], context_menu(window)["Read the file again"]):
        state = drawing.source.state
        os.utime(raster, (state.size, state.modified_ns % 1000 + 7))
        trigger.trigger()
        settle(window, qtbot)
        assert drawing.source.state != state
        assert not drawing.is_stale


# -- files that take long ---------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_f42_a_million_pixels_square_shows_within_two_seconds_and_is_stopped_within_two(
    make_window: MakeWindow, tmp_path: Path, qtbot: QtBot, monkeypatch
) -> None:
    side, place = 1_000_000, Bounds(0, 7e6, 1e6, 8e6)
    path = sparse_tiff(tmp_path / "sparse.tif", side, "EPSG:3857", place)
    real = ReaderPool(2)
    real.start()
    monkeypatch.setattr("tests.viewer.app.conftest.ReaderPool", lambda **_: real)
    window = make_window()
    window.resize(1800, 1100)
    window.file_menu.new_case()
    qtbot.waitUntil(lambda: real.ready_readers() == 2, timeout=20_000)
    background = window.canvas.grab_picture().pixelColor(300, 300)
    start = time.monotonic()
    window.opener.open([str(path)])
    middle = window.canvas.rect().center()
    qtbot.waitUntil(lambda: window.canvas.grab_picture().pixelColor(middle) != background, timeout=20_000)
    assert time.monotonic() - start < 2
    settle(window, qtbot)
    assert badge(window) == "coarse"
    wide, tall = 30 * window.canvas.width(), 30 * window.canvas.height()
    window.canvas.motion.show_bounds(
        "EPSG:3857", Bounds(3e5, 7.3e6, 3e5 + wide, 7.3e6 + tall)
    )  # 59 million pixels a tile
    (cancel,) = [b for b in window.status.findChildren(QToolButton) if b.accessibleName() == "Stop this"]
    start = time.monotonic()
    qtbot.waitUntil(lambda: cancel.isVisible() or window.is_idle(), timeout=20_000)
    if cancel.isVisible():  # a fast machine is done before there is anything to stop
        start = time.monotonic()
        cancel.click()
    qtbot.waitUntil(lambda: window.is_idle() and not window.context.jobs.running(), timeout=20_000)
    assert time.monotonic() - start < 2
    assert not cancel.isVisible()
    window.canvas.motion.show_bounds("EPSG:3857", Bounds(3e5, 7.3e6, 3.001e5, 7.3001e6))
    qtbot.wait(LOOK_MS)
    settle(window, qtbot)
    assert window.compared.is_complete(window.canvas.viewport.view())


@pytest.mark.bounded
def test_what_is_stopped_is_what_the_status_bar_shows(window: MainWindow, qtbot: QtBot) -> None:
    stopped: list[str] = []
    jobs = window.context.jobs
    first = jobs.follow("Reading a.tif", lambda: stopped.append("first"))
    second = jobs.follow("Building overviews of a.tif", lambda: stopped.append("second"))
    (cancel,) = [b for b in window.status.findChildren(QToolButton) if b.accessibleName() == "Stop this"]
    qtbot.waitUntil(cancel.isVisible)
    texts = [label.text() for label in window.status.findChildren(QLabel)]
    assert "Reading a.tif (and 1 more)" in texts
    cancel.click()
    assert stopped == ["first"]
    jobs.end(first)
    assert "Building overviews of a.tif" in [label.text() for label in window.status.findChildren(QLabel)]
    assert jobs.running() == [second]
    assert jobs.is_idle()
    jobs.end(second)
    assert not cancel.isVisible()
