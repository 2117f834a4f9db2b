"""Marks of the map as they were seen at a date, in the real window: by the sheet, the time strip, a stepped layer."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from layers.decoding import encoded
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from layers.services.tile_service import TileService
from tests.support.many_scenes import write_scene
from tests.support.observation_sheets import AWAY, HERE, sheet_of, typed, with_scenes
from tests.support.painted_scenes import view_of
from tests.support.windows import press, settle
from viewer.app.window import MainWindow
from viewer.canvas.furniture.date_plate import sentence_plate
from viewer.canvas.furniture.overlays import north_arrow_rect
from viewer.commands.imagery.images import add_image
from viewer.commands.imagery.observations import record_observation
from viewer.commands.layers import add_layer
from viewer.panels.observations.cell_image import REST_MS
from viewer.panels.observations.marks_then import LAYER_OF_PAINT
from viewer.panels.shell.message_bar import MessageBar
from viewer.panels.time_strip.time_strip_panel import TimeStripPanel

Key = Qt.Key
ABSENT_1990 = "Marks as seen on 1 August 1990: 1 present, 1 absent. Esc: as they are."
ALONE_1990 = ABSENT_1990.replace("Esc", "Only the image of the cell is shown. Esc")


@pytest.fixture
def observed(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    """Three bends with rows on the image of 1990: present, absent, none; the sheet is closed."""
    with_scenes(window, tmp_path, qtbot)
    sheet = sheet_of(window, qtbot)
    press(Key.Key_Right)
    typed("+")
    press(Key.Key_Down)
    typed("-c")
    window.docks.set_panel_visible("panel_observations", visible=False)
    settle(window, qtbot)
    assert sheet.cell_image.layer_uuid == ""
    return window


def strip_of(window: MainWindow, qtbot: QtBot) -> TimeStripPanel:
    window.docks.show_panel("panel_time_strip")
    panel = window.docks.time_strip.panel
    assert isinstance(panel, TimeStripPanel)
    settle(window, qtbot)
    return panel


def leave_and_come_back(view: QWidget) -> None:
    """What the window's own dialog does with the focus as it closes."""
    for kind in (QEvent.Type.FocusOut, QEvent.Type.FocusIn):
        QApplication.sendEvent(view, QFocusEvent(kind, Qt.FocusReason.ActiveWindowFocusReason))


def add_scene(window: MainWindow, qtbot: QtBot, folder: Path, place: Bounds, *, year: str) -> str:
    """Open an image of a year in the window; returns the uuid of its layer."""
    scene = write_scene(folder / f"{year}.tif", place, f"{year}-08-01T10:00:00Z", platform="Landsat", side=32)
    window.opener.open([str(scene)])
    settle(window, qtbot)
    (uuid,) = (layer.uuid for layer in window.session.document.layers.values() if layer.name.startswith(year))
    return uuid


def picture(window: MainWindow) -> QImage:
    return window.canvas.grab_picture()


def test_the_date_chosen_in_the_strip_draws_the_marks_as_seen_then_until_esc(
    observed: MainWindow, qtbot: QtBot
) -> None:
    window = observed
    strip = strip_of(window, qtbot)
    strip.view.setFocus()
    press(Key.Key_Right)  # each step shows the image of its date: the marks are compared on one image
    press(Key.Key_Home)
    assert window.marks_then.hint == "", "no row tells of 1985"
    settle(window, qtbot)
    plain = picture(window)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Key.Key_Escape)
    assert picture(window) == plain
    strip.view.setFocus()
    press(Key.Key_Right)
    assert window.marks_then.hint == ABSENT_1990
    assert ABSENT_1990 in window.status.hint.text(), "the way back stands there"
    settle(window, qtbot)
    as_seen = picture(window)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Key.Key_Escape)
    assert window.marks_then.hint == ""
    settle(window, qtbot)
    assert picture(window) != as_seen
    strip.view.setFocus()
    press(Key.Key_Return)
    assert window.marks_then.hint == ABSENT_1990, "the same scene, chosen once more"
    settle(window, qtbot)
    assert picture(window) == as_seen
    press(Key.Key_Right)
    assert window.marks_then.hint == "", "no row tells of 1995"


@pytest.mark.bounded
def test_a_layer_that_is_stepped_to_a_date_draws_the_marks_as_seen_then(observed: MainWindow, qtbot: QtBot) -> None:
    window, document = observed, observed.session.document
    service = TileService("Daily", "https://tiles.example.org/{time}/{z}/{x}/{y}.png", time="2001-01-01")
    service = replace(service, times="2001-01-01,2001-01-02")
    window.session.push(add_layer(document, "tiles", "Daily", encoded(service), actor="me", uuid="daily"))
    window.panel_context.show_layer("daily")
    facts = {"layer_uuid": "daily", "service": "daily", "acquired_at": "2001-01-02", "date_kind": "instant"}
    window.session.push(add_image(document, actor="me", uuid="second", **facts))
    window.session.push(
        record_observation(document, "south", "second", actor="me", presence="cannot tell", why="cloud")
    )
    assert window.marks_then.hint == ""
    window.action_table["next_date"].trigger()
    assert window.marks_then.hint == "Marks as seen on 2 January 2001: 1 cannot be told. Esc: as they are."
    window.action_table["undo"].trigger()
    assert window.marks_then.hint == "", "the date before has no row"
    window.action_table["redo"].trigger()
    assert "2 January 2001" in window.marks_then.hint
    window.session.new_case()
    settle(window, qtbot)
    assert window.marks_then.hint == ""


@pytest.mark.bounded
def test_the_sheet_says_on_the_map_that_marks_are_those_of_its_cell_and_esc_leads_back(
    observed: MainWindow, qtbot: QtBot
) -> None:
    window = observed
    window.docks.show_panel("observation_sheet")
    sheet = window.docks.observations.panel
    sheet.setFocus()
    qtbot.waitUntil(lambda: window.marks_then.hint == ALONE_1990)
    press(Key.Key_Delete)
    assert (
        window.marks_then.hint
        == "Marks as seen on 1 August 1990: 1 present. Only the image of the cell is shown. Esc: as they are."
    )
    press(Key.Key_Left)
    qtbot.waitUntil(lambda: window.marks_then.hint.startswith("Marks as seen on 1 August 1985: no row yet"))
    press(Key.Key_Escape)
    assert window.canvas.hasFocus()
    assert window.marks_then.hint == "", "one press leaves"
    names = [layer.name for layer in window.session.document.layers_in_order()]
    assert [window.session.document.layers[uuid].name for uuid in window.scene.stack.visible()] == names


@pytest.mark.bounded
def test_a_layer_that_is_added_shows_as_the_map_leaves_the_date_of_the_marks(
    observed: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    """The map went to the new layer and was blank there, although the layer was ticked."""
    window = observed
    window.docks.show_panel("observation_sheet")
    window.docks.observations.panel.setFocus()
    qtbot.waitUntil(lambda: window.marks_then.hint == ALONE_1990)
    window.canvas.setFocus()
    uuid = add_scene(window, qtbot, tmp_path, AWAY, year="2005")
    assert uuid in window.scene.stack.visible()
    assert window.marks_then.hint == ""


@pytest.mark.bounded
def test_a_layer_that_is_added_from_the_sheet_shows_until_another_cell_is_chosen(
    observed: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    """The sheet, which kept the keyboard, hid the new layer again: the map was black, also where it was zoomed to."""
    window = observed
    window.docks.show_panel("observation_sheet")
    sheet = window.docks.observations.panel
    sheet.setFocus()
    qtbot.waitUntil(lambda: window.marks_then.hint == ALONE_1990)
    uuid = add_scene(window, qtbot, tmp_path, HERE, year="1980")
    leave_and_come_back(sheet.view)
    qtbot.wait(3 * REST_MS)
    assert uuid in window.scene.stack.visible()
    assert window.marks_then.hint == ""
    sheet.view.setFocus()
    press(Key.Key_Right)
    qtbot.waitUntil(lambda: "Only the image of the cell is shown" in window.marks_then.hint)
    assert uuid not in window.scene.stack.visible()


@pytest.mark.bounded
def test_the_sentence_lies_below_messages_beside_the_north_and_above_other_plates(
    observed: MainWindow, qtbot: QtBot
) -> None:
    """At one and a half the size a message lay over it."""
    window = observed
    strip_of(window, qtbot).view.setFocus()
    press(Key.Key_Home)
    press(Key.Key_Right)
    boxes = list[QRectF]()
    paint = window.marks_then.paint

    def probe(painter: QPainter, view: View) -> QRectF | None:
        box = paint(painter, view)
        boxes.append(box or QRectF())
        return box

    window.canvas.show_above(LAYER_OF_PAINT, probe)
    window.resize(911, 512)
    window.messages.show("a", "A message of several words, which takes two lines where the map is narrow. " * 2)
    settle(window, qtbot)
    view = window.canvas.viewport.view()
    bar = window.findChild(MessageBar)
    assert bar is not None
    qtbot.waitUntil(lambda: bar.isVisible() and bar.top_px == bar.geometry().bottom() + 1)
    window.canvas.grab_picture()
    assert boxes[-1].isNull() or boxes[-1].top() >= bar.top_px * view.ratio
    window.resize(911, 900)
    settle(window, qtbot)
    view = window.canvas.viewport.view()
    qtbot.waitUntil(lambda: bar.top_px == bar.geometry().bottom() + 1)
    window.canvas.grab_picture()
    assert boxes[-1].top() >= bar.top_px * view.ratio
    assert not boxes[-1].intersects(north_arrow_rect(view))
    assert QRectF(0, 0, view.width, view.height).contains(boxes[-1])
    window.messages.clear("a")
    qtbot.waitUntil(lambda: bar.top_px == 0)
    window.canvas.grab_picture()
    assert boxes[-1].top() < 50 * view.ratio, "as high as before"


def test_a_long_sentence_takes_a_second_line_beside_the_north_arrow() -> None:
    view = view_of(width=420, height=420)
    sentence = (
        "Marks as seen on 1 August 1990: 12 present, 7 absent, 3 seen in two ways, 9 cannot be told. Esc: as they are."
    )
    plate = sentence_plate(view, sentence, 66.0, 0.0)
    assert " ".join(plate.lines) == sentence, "no word is cut"
    assert len(plate.lines) == 2
    assert not plate.rect.intersects(north_arrow_rect(view))
    assert sentence_plate(view, sentence, 66.0, 80.0).rect.top() >= 80.0


@pytest.mark.bounded
def test_the_status_bar_is_left_to_the_keys_while_the_sheet_has_the_keyboard(
    observed: MainWindow, qtbot: QtBot
) -> None:
    """The keys were cut there by what the map says already."""
    window = observed
    window.docks.show_panel("observation_sheet")
    window.docks.observations.panel.setFocus()
    qtbot.waitUntil(lambda: window.marks_then.hint == ALONE_1990)
    assert window.status.hint.text().startswith("+ present")
    press(Key.Key_Right)
    typed("?")
    assert window.status.hint.text() == "Press the key of an answer, or click it · Esc leaves it as it is"
    press(Key.Key_Escape)
    assert window.status.hint.text().startswith("+ present")
