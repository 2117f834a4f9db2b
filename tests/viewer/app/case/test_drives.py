"""Row F12 without a drive: folders whose looks hang or fail, in the real window."""

from __future__ import annotations

import errno
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from shapely import Point

import sample_data
from layers.grid.tile_grid import TileKey
from layers.pool.protocol import Request
from layers.project.storage.fsops import FileSystem
from tests.support.heartbeat import FREE_MS, Heartbeat
from tests.viewer.app.conftest import Answers, settle
from viewer.app.case import file_work
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.panels.layers.layer_rows import BADGE_ROLE
from viewer.panels.shell.message_bar import MessageBar
from viewer.rendering import drives
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.raster.raster_requests import TileRead

pytestmark = pytest.mark.bounded


class Shared:
    """A folder, and how looks at it end: at once, never, or with an error."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_alive = threading.Event()
        self.is_alive.set()
        self.error = 0

    def error_of(self, folder: str) -> int:
        if folder == str(self.path):
            self.is_alive.wait(30)
            return self.error
        return 0


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shared]:
    made = Shared(tmp_path / "shared")
    made.path.mkdir()
    shutil.copy(sample_data.path("night_lights.tif"), made.path / "image.tif")
    shutil.copy(sample_data.path("coast.geojson"), made.path / "coast.geojson")
    monkeypatch.setattr(drives, "error_of", made.error_of)
    monkeypatch.setattr(drives, "ANSWER_S", 0.3)
    monkeypatch.setattr(drives, "BELIEVED_S", 0.2)
    monkeypatch.setattr(drives, "LOOK_MS", 20)
    yield made
    made.is_alive.set()


def die(shared: Shared, way: str) -> None:
    if way == "silent":
        shared.is_alive.clear()
    else:
        shared.error = getattr(errno, way)


def live(shared: Shared) -> None:
    shared.error = 0
    shared.is_alive.set()


def opened(window: MainWindow, qtbot: QtBot, shared: Shared, tmp_path: Path) -> None:
    """A case of both files, and one of this computer."""
    shutil.copy(sample_data.path("blue_marble.tif"), tmp_path / "here.tif")
    window.layer_adder.asks = False
    window.opener.open([str(tmp_path / "here.tif"), *(str(path) for path in sorted(shared.path.iterdir()))])
    settle(window, qtbot)
    window.session.save_as(tmp_path / "case.gpkg")
    settle(window, qtbot)
    assert len(window.session.document.layers) == 3


def badges(window: MainWindow) -> list[str]:
    model = window.docks.layer_tree.model
    return [model.index(row).data(BADGE_ROLE) or "" for row in range(1, model.rowCount())]


def said(window: MainWindow) -> list[str]:
    return [line.text for line in window.messages.lines()]


def press(window: MainWindow, qtbot: QtBot, text: str) -> None:
    (bar,) = window.findChildren(MessageBar)
    next(one for one in bar.findChildren(QPushButton) if one.isVisible() and one.text() == text).click()


@pytest.mark.sampled(2)
@pytest.mark.parametrize("way", ["silent", "EIO", "ESTALE"])
def test_f12_layers_of_a_drive_that_is_gone_are_unavailable_and_come_back(
    window: MainWindow, qtbot: QtBot, shared: Shared, tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    submit = window.context.pool.submit

    def noted(request: Request) -> None:
        asked.append(str(request.params.get("path")))
        submit(request)

    monkeypatch.setattr(window.context.pool, "submit", noted)
    opened(window, qtbot, shared, tmp_path)
    window.file_menu.close_case()
    settle(window, qtbot)
    qtbot.wait(250)  # what was believed is so no more
    die(shared, way)
    asked.clear()
    with Heartbeat() as heart:
        window.opener.open([str(tmp_path / "case.gpkg")])
        qtbot.waitUntil(lambda: badges(window).count("unavailable") == 2, timeout=5000)
        settle(window, qtbot)
    assert heart.longest_ms < 3 * FREE_MS, "panels are made for the first time"
    assert len(said(window)) == 1
    assert f"{shared.path} does not answer: 2 of its layers" in said(window)[0]
    assert sorted(window.scene.stack.problems()) == sorted(
        uuid for uuid, layer in window.session.document.layers.items() if layer.name != "here"
    )
    assert not window.session.is_dirty
    assert not [path for path in asked if path.startswith(str(shared.path))], "no reader is sent to where it would hang"
    live(shared)
    qtbot.waitUntil(lambda: badges(window).count("unavailable") == 0, timeout=5000)
    settle(window, qtbot)
    assert said(window) == []
    assert window.scene.stack.problems() == {}


def test_f12_try_again_looks_again_and_says_so_again(
    window: MainWindow, qtbot: QtBot, shared: Shared, tmp_path: Path
) -> None:
    opened(window, qtbot, shared, tmp_path)
    qtbot.wait(250)
    die(shared, "silent")
    window.canvas.motion.pan_by(40, 0)
    for _ in range(drives.MOST_LOOKS + 2):
        qtbot.waitUntil(lambda: len(said(window)) == 1, timeout=5000)
        press(window, qtbot, "Try Again")
        assert said(window) == []
    qtbot.waitUntil(lambda: len(said(window)) == 1, timeout=5000)
    hanging = [thread for thread in threading.enumerate() if thread.name.startswith("look at")]
    assert len(hanging) <= drives.MOST_LOOKS
    live(shared)
    qtbot.waitUntil(lambda: said(window) == [], timeout=5000)
    settle(window, qtbot)
    assert window.scene.stack.problems() == {}


def test_f12_a_drive_that_goes_while_it_is_shown_keeps_its_picture(
    window: MainWindow, qtbot: QtBot, shared: Shared, tmp_path: Path
) -> None:
    opened(window, qtbot, shared, tmp_path)
    qtbot.wait(250)
    before = window.canvas.grab_picture()
    die(shared, "silent")
    window.canvas.motion.come_to_rest()
    qtbot.waitUntil(lambda: "unavailable" in badges(window), timeout=5000)
    settle(window, qtbot)
    assert badges(window).count("unavailable") == 1, "what was read whole needs its file no more"
    assert window.canvas.grab_picture() == before
    window.canvas.motion.pan_by(60, 30)
    settle(window, qtbot)
    live(shared)
    qtbot.waitUntil(lambda: "unavailable" not in badges(window), timeout=5000)
    settle(window, qtbot)
    assert window.scene.stack.problems() == {}


def test_f12_no_request_slips_through_while_layers_are_suspended(
    window: MainWindow, qtbot: QtBot, shared: Shared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of a layer whose turn comes later, nor one that a reader's thread makes at this moment."""
    opened(window, qtbot, shared, tmp_path)
    drawing = next(one for one in window.scene.drawings.values() if str(shared.path) in str(one.folders))
    assert isinstance(drawing, RasterDrawing)
    held: list[bool] = []
    within: list[bool] = []
    suspend, together = drawing.suspend, window.context.pool.together

    @contextmanager
    def all_together() -> Iterator[None]:
        with together():
            within.append(True)
            yield
            within.pop()

    def noted(sentence: str) -> None:
        held.extend(within)
        suspend(sentence)

    monkeypatch.setattr(window.context.pool, "together", all_together)
    monkeypatch.setattr(drawing, "suspend", noted)
    qtbot.wait(250)
    die(shared, "silent")
    window.canvas.motion.come_to_rest()
    qtbot.waitUntil(lambda: "unavailable" in badges(window), timeout=5000)
    assert held == [True]
    assert not within
    shown = drawing.tiles.shown
    assert shown is not None
    read = TileRead(shown.reading, window.canvas.viewport.view().grid, TileKey(0, 0, 0))
    assert drawing.tiles._pool_request(read).is_given_up


def test_f12_a_folder_that_is_not_there_has_answered(
    window: MainWindow, qtbot: QtBot, shared: Shared, tmp_path: Path
) -> None:
    opened(window, qtbot, shared, tmp_path)
    window.file_menu.close_case()
    settle(window, qtbot)
    qtbot.wait(250)
    shutil.move(shared.path, tmp_path / "moved")
    shared.error = errno.ENOENT
    window.opener.open([str(tmp_path / "case.gpkg")])
    settle(window, qtbot)
    assert len(window.scene.stack.problems()) == 2
    assert "unavailable" not in badges(window)
    shutil.move(tmp_path / "moved", shared.path)
    shared.error = 0
    for uuid in list(window.scene.stack.problems()):
        menu = window.docks.layer_tree.menu_for(uuid)
        next(action for action in menu.actions() if action.text() == "Read the file again").trigger()
    settle(window, qtbot)
    assert window.scene.stack.problems() == {}


@pytest.mark.parametrize("code", ["EIO", "ESTALE"])
def test_f12_a_save_to_it_fails_with_a_sentence_and_falls_back(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    shared, here = tmp_path / "shared", tmp_path / "here"
    shared.mkdir()
    here.mkdir()
    window.file_menu.new_case()
    window.session.push(add_site(window.session.document, Point(10, 50), actor="me", label="first"))
    window.session.save_as(shared / "case.gpkg")
    settle(window, qtbot)
    window.session.push(add_site(window.session.document, Point(10, 50), actor="me", label="second"))
    replace, number = FileSystem.replace, getattr(errno, code)

    def fail(self: FileSystem, old: Path, new: Path) -> None:
        if new.parent == shared:
            raise OSError(number, "gone")
        replace(self, old, new)

    monkeypatch.setattr(FileSystem, "replace", fail)
    window.file_menu.save()
    settle(window, qtbot)
    assert window.session.is_dirty
    assert "case.gpkg" in said(window)[0]
    answers.path = here / "mine.gpkg"
    window.file_menu.save_as()
    settle(window, qtbot)
    assert not window.session.is_dirty
    assert (window.session.target, said(window)) == (here / "mine.gpkg", ["Saved as mine.gpkg"])


def test_f12_a_save_that_never_ends_can_be_made_elsewhere(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, here, is_alive = tmp_path / "shared", tmp_path / "here", threading.Event()
    shared.mkdir()
    here.mkdir()
    monkeypatch.setattr(file_work, "LATE_MS", 200)
    window.file_menu.new_case()
    window.session.push(add_site(window.session.document, Point(10, 50), actor="me", label="first"))
    window.session.save_as(shared / "case.gpkg")
    settle(window, qtbot)
    window.session.push(add_site(window.session.document, Point(10, 50), actor="me", label="second"))
    stat = FileSystem.free_bytes

    def hang(self: FileSystem, folder: Path) -> int:
        if folder == shared:
            is_alive.wait(30)
        return stat(self, folder)

    monkeypatch.setattr(FileSystem, "free_bytes", hang)
    with Heartbeat() as heart:
        window.file_menu.save()
        qtbot.waitUntil(lambda: any("does not answer" in text for text in said(window)), timeout=5000)
        answers.path = here / "mine.gpkg"
        press(window, qtbot, "Save As…")
        qtbot.waitUntil(lambda: not window.session.is_dirty, timeout=5000)
    assert heart.longest_ms < FREE_MS
    assert window.session.target == here / "mine.gpkg"
    is_alive.set()
    settle(window, qtbot)
    assert window.session.target == here / "mine.gpkg", "the one that came late does not take its place"
    assert any("all the same" in text for text in said(window))
