"""Bookmarks by mouse and keyboard in the real window: added, named, moved, gone to, played, undone and saved."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QDoubleSpinBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from layers.document.layer import Layer
from layers.document.rows import Bookmark
from layers.geo.bounds import Bounds
from layers.requests.earth_file import EarthView
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import opened, press, settle, take_up, texts
from tests.viewer.app.conftest import Answers, MakeWindow
from viewer.app.desktop.questions import Unsaved
from viewer.app.navigation.flight import Flight
from viewer.app.window import MainWindow
from viewer.commands.bookmarks import add_bookmark
from viewer.commands.filing.earth_views import viewport_json
from viewer.commands.layers import remove_layers, update_layer
from viewer.panels.bookmarks.bookmark_list import BookmarkListPanel
from viewer.panels.bookmarks.bookmark_rows import FACTS_ROLE, MIME_TYPE
from viewer.panels.named_lists.named_list import NamedView

Key, Left = Qt.Key, Qt.MouseButton.LeftButton
Nothing, Alt, Control = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)
EAST, WEST = Bounds(10, 50, 11, 51), Bounds(8.5, 49.0, 8.6, 49.1)
ODD_VIEWS = ["", "[]", "nonsense", '{"crs": "EPSG:3857", "x": 1e308, "y": 0, "resolution": 0, "rotation_deg": 0}']
ODD_STATES = ["[" * 50_000, '{"layers": [{"uuid": "scene", "opacity": 1e308, "style_json": "["}]}', '{"layers": 3}']


@pytest.fixture
def scene(tmp_path: Path) -> Layer:
    y, x = np.mgrid[0:64, 0:64]
    bands = np.stack((x * 3, y * 3, x)).astype(np.uint8)
    path = write_raster(tmp_path / "scene.tif", bands, "EPSG:4326", Bounds(8, 48, 12, 52))
    return Layer(uuid="scene", kind="raster", name="Scene", source_json=json.dumps({"path": str(path)}))


@pytest.fixture
def case(window: MainWindow, qtbot: QtBot, scene: Layer) -> MainWindow:
    """A case with an image, in the active window."""
    window.file_menu.new_case()
    settle(window, qtbot)
    window.opener.open([json.loads(scene.source_json)["path"]])
    settle(window, qtbot)
    window.activateWindow()
    window.canvas.setFocus()
    return window


def add(window: MainWindow, qtbot: QtBot, where: Bounds, name: str) -> str:
    """A bookmark of a view, by the keyboard alone."""
    window.views.show_bounds(where, 0.0)
    settle(window, qtbot)
    window.canvas.setFocus()
    press(Key.Key_B, Control | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    QTest.keyClicks(QApplication.focusWidget(), name)
    press(Key.Key_Return)
    settle(window, qtbot)
    return window.bookmarks.tour[-1].uuid


def panel(window: MainWindow) -> BookmarkListPanel:
    found = window.docks.bookmarks.panel
    assert isinstance(found, BookmarkListPanel)
    return found


def names(window: MainWindow) -> list[str]:
    return [bookmark.name for bookmark in window.bookmarks.tour]


def middle(window: MainWindow) -> tuple[float, float]:
    lon, lat = window.canvas.viewport.centre_lonlat()
    return round(lon, 1), round(lat, 1)


def arrive(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.views.findChild(Flight).is_under_way, timeout=5000)
    settle(window, qtbot)


@pytest.mark.bounded
def test_a_tour_by_the_keyboard_alone(case: MainWindow, qtbot: QtBot) -> None:
    window = case
    add(window, qtbot, EAST, "East")
    add(window, qtbot, WEST, "West")
    assert names(window) == ["East", "West"]
    assert [panel(window).model.index(row).data() for row in range(2)] == ["1. East", "2. West"]
    press(Key.Key_Up)
    press(Key.Key_Return)
    arrive(window, qtbot)
    assert middle(window) == (10.5, 50.5)
    press(Key.Key_Down, Alt)
    assert names(window) == ["West", "East"]
    assert panel(window).chosen == window.bookmarks.tour[1].uuid, "the row moved with the selection"
    press(Key.Key_PageUp, Control)
    arrive(window, qtbot)
    assert abs(window.canvas.viewport.centre_lonlat()[0] - 8.55) < 0.05
    press(Key.Key_PageDown, Control)
    arrive(window, qtbot)
    assert middle(window) == (10.5, 50.5)
    press(Key.Key_F2)
    QTest.keyClicks(QApplication.focusWidget(), "Pad")
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: names(window) == ["West", "Pad"])
    qtbot.waitUntil(panel(window).view.hasFocus)
    press(Key.Key_Delete)
    assert names(window) == ["West"]
    for _ in range(3):  # delete, name, move
        press(Key.Key_Z, Control)
    assert names(window) == ["East", "West"]


@pytest.mark.bounded
def test_a_row_is_dragged_and_double_clicked(case: MainWindow, qtbot: QtBot) -> None:
    window = case
    for where, name in ((EAST, "a"), (WEST, "b"), (EAST, "c")):
        add(window, qtbot, where, name)
    view, first = panel(window).view, window.bookmarks.tour[0].uuid
    data = panel(window).model.mimeData([panel(window).model.index(0)])
    assert bytes(data.data(MIME_TYPE).data()).decode() == first
    drop(view, data, QPointF(20, view.visualRect(panel(window).model.index(2)).bottom() - 1))
    assert names(window) == ["b", "c", "a"]
    other = QMimeData()
    other.setData(MIME_TYPE, b"no bookmark of ours")
    drop(view, other, QPointF(20, 2))
    assert names(window) == ["b", "c", "a"]
    place = view.visualRect(panel(window).model.index(0)).center()
    QTest.mouseClick(view.viewport(), Left, Nothing, place)
    QTest.mouseDClick(view.viewport(), Left, Nothing, place)
    arrive(window, qtbot)
    assert abs(window.canvas.viewport.centre_lonlat()[0] - 8.55) < 0.05


def drop(view: NamedView, data: QMimeData, where: QPointF) -> None:
    """Drag something over a list and let it go there."""
    move = Qt.DropAction.MoveAction
    for make in (QDragEnterEvent, QDragMoveEvent):
        QApplication.sendEvent(view.viewport(), make(where, move, data, Left, Nothing))
    QApplication.sendEvent(view.viewport(), QDropEvent(where, move, data, Left, Nothing))


@pytest.mark.bounded
def test_the_layers_come_back_by_one_undoable_edit(case: MainWindow, qtbot: QtBot) -> None:
    window = case
    (layer,) = window.session.document.layers.values()
    add(window, qtbot, EAST, "East")
    window.docks.layer_tree.view.setFocus()
    window.panel_context.do(update_layer, layer.uuid, visible=False)
    assert not window.session.document.layers[layer.uuid].visible
    steps = window.session.history.stack.count()
    window.bookmarks.go(window.bookmarks.tour[0].uuid)
    arrive(window, qtbot)
    assert window.session.document.layers[layer.uuid].visible
    assert window.session.history.stack.count() == steps + 1
    window.bookmarks.go(window.bookmarks.tour[0].uuid)
    assert window.session.history.stack.count() == steps + 1, "nothing was to be done"
    window.session.undo()
    assert not window.session.document.layers[layer.uuid].visible


@pytest.mark.bounded
def test_what_is_gone_is_said(case: MainWindow, qtbot: QtBot) -> None:
    window = case
    (uuid,) = window.session.document.layers
    add(window, qtbot, EAST, "East")
    window.panel_context.do(remove_layers, [uuid])
    settle(window, qtbot)
    assert "1 gone" in str(panel(window).model.index(0).data(FACTS_ROLE))
    window.bookmarks.go(window.bookmarks.tour[0].uuid)
    arrive(window, qtbot)
    assert "Bookmark “East”: The case no longer has what it shows: “scene”." in texts(window)
    assert middle(window) == (10.5, 50.5)


@pytest.mark.bounded
def test_a_tour_plays_to_its_end_and_esc_stops_it(case: MainWindow, answers: Answers, qtbot: QtBot) -> None:
    window = case
    add(window, qtbot, EAST, "East")
    add(window, qtbot, WEST, "West")
    panel(window).pause.setValue(0.5)
    assert window.bookmarks.pause_s == 0.5
    window.bookmarks.pause_s = 0.05
    press(Key.Key_F8)
    assert window.bookmarks.is_playing
    assert window.action_table["play_tour"].isChecked()
    assert panel(window).play_button.text() == "Stop tour"
    qtbot.waitUntil(lambda: window.bookmarks.current == window.bookmarks.tour[1].uuid, timeout=10_000)
    qtbot.waitUntil(lambda: not window.bookmarks.is_playing, timeout=10_000)
    assert "The tour has ended." in texts(window)
    QTest.mouseClick(panel(window).play_button, Left)
    assert window.bookmarks.is_playing
    press(Key.Key_Escape)
    assert not window.bookmarks.is_playing
    assert not window.action_table["play_tour"].isChecked()
    window.bookmarks.play()
    QTest.mouseClick(window.canvas, Left)
    assert not window.bookmarks.is_playing, "a hand on the map ends it"
    window.bookmarks.play()
    answers.unsaved_answer = Unsaved.DISCARD
    window.file_menu.new_case()
    settle(window, qtbot)
    assert not window.bookmarks.is_playing


@pytest.mark.bounded
def test_pictures_are_saved_and_follow_undo(
    case: MainWindow, make_window: MakeWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    window = case
    uuid = add(window, qtbot, EAST, "East")
    answers.path = tmp_path / "case.gpkg"
    window.action_table["save_as"].trigger()
    settle(window, qtbot)
    first = stored(answers.path, uuid)
    assert first[:3] == b"\xff\xd8\xff"
    window.views.show_bounds(WEST, 0.0)
    settle(window, qtbot)
    QTest.mouseClick(panel(window).update_button, Left)
    settle(window, qtbot)
    assert "“East” shows this view now." in texts(window)
    window.action_table["save"].trigger()
    settle(window, qtbot)
    assert stored(answers.path, uuid) not in (first, b"")
    window.session.undo()
    settle(window, qtbot)
    window.action_table["save"].trigger()
    settle(window, qtbot)
    assert stored(answers.path, uuid) == first
    window.file_menu.new_case()
    settle(window, qtbot)
    again = opened(make_window(), answers.path, qtbot)
    (bookmark,) = again.bookmarks.tour
    again.docks.show_panel("panel_bookmarks")
    qtbot.waitUntil(lambda: again.bookmarks.thumbnails.picture(bookmark) is not None, timeout=10_000)
    picture = again.bookmarks.thumbnails.picture(bookmark)
    assert picture is not None
    assert (picture.width(), picture.height()) == (192, 120)


def stored(case: Path, uuid: str) -> bytes:
    with closing(sqlite3.connect(f"file:{case}?mode=ro", uri=True)) as connection:
        (data,) = connection.execute("SELECT thumbnail FROM loupe_bookmarks WHERE uuid = ?", (uuid,)).fetchone()
    return bytes(data or b"")


@pytest.mark.bounded
def test_bookmarks_of_nonsense_are_shown_and_harmless(window: MainWindow, qtbot: QtBot, scene: Layer) -> None:
    rows = [Bookmark(uuid=f"v{n}", name="a\nb<b>" * 50, viewport_json=text) for n, text in enumerate(ODD_VIEWS)]
    rows += [Bookmark(uuid=f"s{n}", name="", state_json=text) for n, text in enumerate(ODD_STATES)]
    rows.append(Bookmark(uuid="nan", name="nan", order_key=float("nan")))
    take_up(window, qtbot, layers=[scene], bookmarks=rows)
    window.docks.show_panel("panel_bookmarks")
    qtbot.waitUntil(lambda: panel(window).model.rowCount() == len(rows))
    for row in rows:
        window.bookmarks.go(row.uuid)
        settle(window, qtbot)
        assert "It holds no view that the map can show." in texts(window)
    panel(window).grab()
    for row in rows:
        window.bookmarks.move(row.uuid, 0)
    assert [bookmark.uuid for bookmark in window.bookmarks.tour] == [row.uuid for row in reversed(rows)]


def test_a_name_is_edited_above_the_facts(case: MainWindow, qtbot: QtBot) -> None:
    case.action_table["add_bookmark"].trigger()
    settle(case, qtbot)
    view = panel(case).findChild(QAbstractItemView)
    assert view is not None
    editor = view.viewport().findChild(QLineEdit)
    assert editor is not None
    row = view.visualRect(view.currentIndex())
    assert row.contains(editor.geometry())
    assert editor.geometry().bottom() < row.center().y() + 1, "the facts stand below the middle"


@pytest.mark.bounded
def test_every_control_has_a_name_and_a_way_by_key(case: MainWindow, qtbot: QtBot) -> None:
    add(case, qtbot, EAST, "East")
    for widget in panel(case).findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not isinstance(widget.parentWidget(), QDoubleSpinBox):
            assert widget.accessibleName(), widget


@pytest.mark.bounded
def test_a_view_that_came_from_a_file_gets_its_picture_when_somebody_goes_there(case: MainWindow, qtbot: QtBot) -> None:
    window = case
    view = viewport_json(EarthView("Yard", "folder", -1, 100.5, 40.5, 20_000.0))
    assert window.panel_context.do(add_bookmark, view, uuid="yard", name="Yard")
    settle(window, qtbot)
    bookmark = window.session.document.bookmarks["yard"]
    window.docks.show_panel("panel_bookmarks")
    qtbot.waitUntil(lambda: window.bookmarks.thumbnails.lacks(bookmark), timeout=10_000)
    panel(window).grab()  # it has a sign in the place of the picture
    window.bookmarks.go("yard")
    qtbot.waitUntil(lambda: window.bookmarks.thumbnails.picture(bookmark) is not None, timeout=30_000)
    assert not window.bookmarks.thumbnails.lacks(bookmark)
