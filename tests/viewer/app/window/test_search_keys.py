"""Keys of a search that is gone through: each answers the cell that the analyst has before them, or none. The name of
its area.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from layers.geo.crs import WGS84, transform_points
from layers.observing.search_cells import SearchCell, sheet_of
from layers.observing.search_words import rest_sentence
from layers.product.site_words import site_words
from layers.time.written_dates import written_date
from tests.support.searches_by_hand import ask, begin, radar_scene, shown, words_of_map_menu
from tests.support.windows import opened
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.commands.imagery.images import update_image
from viewer.panels.searches.search_bar import SearchBar
from viewer.panels.searches.search_dialog import LONGEST_NAME, SearchDialog
from viewer.panels.sites.site_list import SiteListPanel
from viewer.support.language.text import one_line

pytestmark = [
    pytest.mark.bounded,
    pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True),  # as every list offscreen
]


def begun(window: MainWindow, qtbot: QtBot, folder: Path) -> SearchBar:
    """A search of 5 by 5 cells of a radar scene, whose first cell was shown."""
    opened(window, radar_scene(folder / "radar.tif"), qtbot)
    bar = begin(window, qtbot)
    shown(window, qtbot)
    return bar


def answers(window: MainWindow) -> dict[tuple[int, int], str]:
    """The cells that have an answer."""
    (search,) = window.session.document.searches.values()
    sheet = sheet_of(search)
    assert sheet is not None
    return {(cell.row, cell.column): cell.answer for cell in sheet.cells if cell.answer}


def cell(window: MainWindow, row: int, column: int) -> SearchCell:
    """A cell of the search, as the case has it."""
    (search,) = window.session.document.searches.values()
    sheet = sheet_of(search)
    assert sheet is not None
    return sheet.cell(row, column)


def at(window: MainWindow) -> tuple[int, int]:
    walk = window.bars.searches.walk
    assert walk is not None
    return walk.at


def move_away(window: MainWindow, qtbot: QtBot, row: int, column: int) -> None:
    """Show another cell than the one in hand, as by dragging the map."""
    walk, viewport = window.bars.searches.walk, window.canvas.viewport
    assert walk is not None
    x, y = transform_points(WGS84, viewport.crs, *walk.sheet.grid.middle(row, column))
    viewport.centre_on(float(x), float(y), viewport.resolution / 2)
    window.canvas.motion.come_to_rest()
    settle(window, qtbot)


def test_a_reason_is_a_letter_as_in_the_sheet(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """In the sheet a letter decided at once; here a list wanted Enter, and had no words for what is ambiguous."""
    bar = begun(window, qtbot, tmp_path)
    QTest.keyClick(window.canvas, Qt.Key.Key_3)
    assert bar.question.isVisible()
    assert isinstance(bar.question, type(window.docks.observations.panel.view.question))
    QTest.keyClick(window.canvas, Qt.Key.Key_3)
    QTest.keyClick(window.canvas, Qt.Key.Key_X)
    assert "Nothing is kept yet: press c," in bar.question.words.text()
    assert not window.session.document.claims, "the letter is no shortcut meanwhile"
    QTest.keyClick(window.canvas, Qt.Key.Key_H)
    assert not bar.question.isVisible()
    assert (answers(window), cell(window, 1, 1).why) == ({(1, 1): "cannot tell"}, "haze")
    assert bar.reason.text() == "0 Reason: haze…"
    shown(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_3)
    assert cell(window, 1, 2).why == "haze", "the last reason, without a question"
    assert "Row 1, column 2: cannot tell (haze). For another reason: Backspace, 0." in bar.says.text()
    settle(window, qtbot)
    assert "For another reason" in bar.says.text(), "it stays while the next cell is looked at"
    QTest.keyClick(window.canvas, Qt.Key.Key_Backspace)
    assert "For another reason" not in bar.says.text()
    settle(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_0)
    QTest.keyClick(window.canvas, Qt.Key.Key_C)
    assert cell(window, 1, 2).why == "cloud"
    assert "For another reason" not in bar.says.text(), "it was given by hand"


def test_the_words_of_a_form_that_was_closed_are_there_again(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    dialog = ask(window, qtbot)
    QTest.keyClicks(dialog.target, "radome")
    QTest.keyClicks(dialog.least_size, "12")
    QTest.keyClicks(dialog.observer, "Ada")
    dialog.rows.setValue(3)
    dialog.area.setCurrentIndex(dialog.area.findData("view"))
    dialog.mask_file.setText("/clouds.tif")
    dialog.radar.setChecked(not dialog.radar.isChecked())
    is_radar = dialog.radar.isChecked()
    QTest.keyClick(dialog.target, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(SearchDialog) is None)
    again = ask(window, qtbot)
    typed = [line.text() for line in (again.target, again.least_size, again.observer, again.mask_file)]
    assert typed == ["radome", "12", "Ada", "/clouds.tif"]
    assert (again.rows.value(), again.area.currentData(), again.radar.isChecked()) == (3, "view", is_radar)
    assert again.begin_button.isEnabled()
    again.mask_file.clear()
    QTest.keyClick(again.target, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.bars.searches.walk is not None)
    assert window.bars.searches.draft is None, "it became a search"


def test_a_question_that_is_left_by_esc_answers_nothing(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    bar = begun(window, qtbot, tmp_path)
    window.bars.searches.reason = "haze"
    QTest.keyClick(window.canvas, Qt.Key.Key_0)
    assert bar.question.isVisible()
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert not bar.question.isVisible()
    assert (answers(window), at(window)) == ({}, (1, 1))
    QTest.keyClick(window.canvas, Qt.Key.Key_0)
    QTest.keyClick(window.canvas, Qt.Key.Key_1)
    assert not bar.question.isVisible()
    assert answers(window) == {(1, 1): "nothing seen"}, "another answer takes its place"


def test_a_reason_that_no_list_has_is_said_in_words(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    bar = begun(window, qtbot, tmp_path)
    QTest.keyClick(window.canvas, Qt.Key.Key_0)
    QTest.keyClick(window.canvas, Qt.Key.Key_B)
    line = bar.question.line
    assert line is not None
    assert (window.focusWidget() is line, line.text()) == (True, "ambiguous: ")
    QTest.keyClicks(line, "ship or islet")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert (cell(window, 1, 1).why, cell(window, 1, 1).words) == ("", "ambiguous: ship or islet")
    assert window.focusWidget() is window.canvas
    assert "ship or islet" in bar.reason.text()
    (search,) = window.session.document.searches.values()
    assert "obscured (other)" in rest_sentence(search)
    shown(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_0)
    QTest.keyClick(window.canvas, Qt.Key.Key_O)
    assert bar.question.line is not None
    QTest.keyClick(bar.question.line, Qt.Key.Key_Return)
    assert (1, 2) not in answers(window), "no reason was typed"
    assert bar.question.words.text() == "Not answered: no reason was given."


def test_digits_answer_while_the_button_of_the_reason_has_the_keyboard(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    bar = begun(window, qtbot, tmp_path)
    bar.reason.setFocus()
    QTest.keyClick(bar.reason, Qt.Key.Key_1)
    assert not bar.question.isVisible()
    assert answers(window) == {(1, 1): "nothing seen"}


@pytest.mark.parametrize("key", [Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4])
def test_a_key_answers_no_cell_that_is_out_of_sight(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, key: Qt.Key
) -> None:
    """The map was dragged to another cell, and the key answered the one in hand, which nobody saw."""
    bar = begun(window, qtbot, tmp_path)
    window.bars.searches.reason = "haze"
    move_away(window, qtbot, 4, 4)
    QTest.keyClick(window.canvas, key)
    assert answers(window) == {}
    assert "this cell was not in sight" in bar.says.text()
    shown(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_4)
    assert answers(window) == {(1, 1): "skipped"}
    assert "not in sight" not in bar.says.text()


def test_a_key_that_was_pressed_before_the_next_cell_is_painted_does_not_answer_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """Two presses on a window that was busy answered two cells; the analyst had seen one of them."""
    begun(window, qtbot, tmp_path)
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyPress):
        QApplication.sendEvent(window.canvas, QKeyEvent(kind, Qt.Key.Key_4, Qt.KeyboardModifier.NoModifier, "4"))
    assert (answers(window), at(window)) == ({(1, 1): "skipped"}, (1, 2))
    settle(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_4)
    assert answers(window) == {(1, 1): "skipped", (1, 2): "skipped"}


def test_a_key_that_is_held_down_answers_once(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    begun(window, qtbot, tmp_path)
    for _ in range(3):
        held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_4, Qt.KeyboardModifier.NoModifier, "4", True)
        QApplication.sendEvent(window.canvas, held)
        settle(window, qtbot)
    assert answers(window) == {}


def test_what_is_found_is_not_marked_in_another_cell(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """A click on another cell made a mark there, and called the cell in hand the one where it was found."""
    bar = begun(window, qtbot, tmp_path)
    window.canvas.viewport.zoom_about(window.canvas.width() / 2, window.canvas.height() / 2, 0.5)
    window.canvas.motion.come_to_rest()
    settle(window, qtbot)
    walk, viewport = window.bars.searches.walk, window.canvas.viewport
    assert walk is not None
    x, y = transform_points(WGS84, viewport.crs, *walk.sheet.grid.middle(1, 2))
    beside = QPoint(*map(round, viewport.view().to_pixel(float(x), float(y))))
    QTest.mouseClick(bar.found, Qt.MouseButton.LeftButton)
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=beside)
    assert answers(window) == {}
    assert "That place lies in another cell" in bar.says.text()
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert "another cell" not in bar.says.text()
    assert at(window) == (1, 1)


def pixel_of(window: MainWindow, row: int, column: int) -> QPoint:
    """The place on the map of the middle of a cell."""
    walk, viewport = window.bars.searches.walk, window.canvas.viewport
    assert walk is not None
    x, y = transform_points(WGS84, viewport.crs, *walk.sheet.grid.middle(row, column))
    return QPoint(*map(round, viewport.view().to_pixel(float(x), float(y))))


def marks(window: MainWindow) -> list[tuple[float, float]]:
    """The places of what was found, in lon, lat."""
    return [(site.place.x, site.place.y) for site in window.session.document.sites.values() if site.is_site]


def test_what_is_found_by_key_is_marked_where_the_mouse_points_and_nowhere_else(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """With the mouse elsewhere the middle of the cell became a mark that was "measured on the image"."""
    bar = begun(window, qtbot, tmp_path)
    window.canvas.viewport.zoom_about(window.canvas.width() / 2, window.canvas.height() / 2, 0.5)
    window.canvas.motion.come_to_rest()
    settle(window, qtbot)
    gestures = window.canvas.gestures
    beside = pixel_of(window, 1, 2)
    gestures.cursor = (beside.x(), beside.y())
    QTest.keyClick(window.canvas, Qt.Key.Key_2)
    assert (answers(window), marks(window)) == ({}, [])
    assert "That place lies in another cell. Click where it is in row 1, column 1" in bar.says.text()
    here = pixel_of(window, 1, 1) + QPoint(7, 5)
    gestures.cursor = (here.x(), here.y())
    lonlat = gestures.pointed_place()
    QTest.keyClick(window.canvas, Qt.Key.Key_2)
    assert answers(window) == {(1, 1): "found"}
    assert marks(window) == [pytest.approx(lonlat, abs=1e-6)]
    assert "Click where it is" not in bar.says.text()


def test_what_is_found_is_marked_in_the_crosshair_where_no_mouse_points(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """By keys alone: the first press shows the crosshair, the arrows bring it onto what is seen, the second marks."""
    bar = begun(window, qtbot, tmp_path)
    window.canvas.gestures.cursor = None
    QTest.keyClick(window.canvas, Qt.Key.Key_2)
    assert (answers(window), marks(window)) == ({}, [])
    assert "move the map until it lies in the crosshair, and press 2" in bar.says.text()
    middle = window.canvas.viewport.centre_lonlat()
    QTest.keyClick(window.canvas, Qt.Key.Key_Left)
    settle(window, qtbot)
    crossed = window.canvas.viewport.centre_lonlat()
    assert crossed[0] < middle[0]
    QTest.keyClick(window.canvas, Qt.Key.Key_2)
    assert marks(window) == [pytest.approx(crossed, abs=1e-6)]
    assert answers(window) == {(1, 1): "found"}


def test_what_was_not_yet_shown_is_said_as_it_is_now(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """The message "Only 3 % was shown" stayed while the rest was shown, and on later cells."""
    bar = begun(window, qtbot, tmp_path)
    window.resize(700, 420)  # a cell takes more than one view
    settle(window, qtbot)
    window.bars.searches.go_to(4, 4)
    window.canvas.viewport.zoom_about(window.canvas.width() / 2, window.canvas.height() / 2, 4.0)
    window.canvas.motion.come_to_rest()
    settle(window, qtbot)
    walk = window.bars.searches.walk
    assert walk is not None
    walk.shown = type(walk.shown)(walk.sheet.grid, walk.area, None)  # nothing was shown before
    QTest.keyClick(window.canvas, Qt.Key.Key_1)
    assert answers(window) == {}
    shown(window, qtbot)
    assert "Not answered yet: all of this cell was shown now." in bar.says.text()
    assert not any("shown" in line.text for line in window.messages.lines())
    QTest.keyClick(window.canvas, Qt.Key.Key_1)
    assert answers(window) == {(4, 4): "nothing seen"}
    assert "Not answered" not in bar.says.text()


def test_a_searched_area_is_called_by_what_was_looked_for_when_and_where(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """It was "(no label)" of the class "Other" in lists, menus and dialogs, and "Other" in products."""
    begun(window, qtbot, tmp_path)
    document = window.session.document
    (search,) = document.searches.values()
    area, day = document.sites[search.area_uuid], written_date(search.at[:10])
    QTest.keyClick(window.canvas, Qt.Key.Key_1)
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    window.selection.set((area.uuid,))
    settle(window, qtbot)
    listed = window.findChild(SiteListPanel)
    assert listed is not None
    listed.kinds.setCurrentIndex(listed.kinds.findData("search area"))
    name, kind = (listed.model.data(listed.model.index(0, column)) for column in (0, 1))
    assert name == f"Search for vehicle, searched on {day}, at 49.64° N, 13.62° E"
    assert kind == "Search area"
    assert window.docks["panel_details"].windowTitle().startswith("Search area"), "with its name where that has room"
    assert any(name[:16] in text for text in words_of_map_menu(window))
    dialog = ask(window, qtbot)
    assert dialog.area.currentText() == one_line(name, LONGEST_NAME)
    dialog.reject()
    assert (site_words(document, area).name, site_words(document, area).class_words) == (name, "Search area")
    window.session.push(
        update_image(document, search.image_uuid, actor="ana", acquired_at="2020", date_kind="interval")
    )
    assert listed.model.data(listed.model.index(0, 0)).startswith("Search for vehicle, image of 2020, at")
