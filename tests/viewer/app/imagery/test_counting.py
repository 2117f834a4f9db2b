"""Counting on an image by numbered ticks, for a cell of the sheet, in the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.document.marks.mark_shape import CountTick, shape_of
from tests.support.observation_sheets import rows_of, sheet_of, typed, with_scenes
from tests.support.windows import settle
from viewer.app.window import MainWindow
from viewer.panels.observations.observation_sheet import ObservationSheet
from viewer.panels.observations.sheet_desk import SheetPlace

Key = Qt.Key


@pytest.fixture
def sheet(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> ObservationSheet:
    with_scenes(window, tmp_path, qtbot)
    return sheet_of(window, qtbot)


def click(window: MainWindow, dx: int, dy: int) -> None:
    """Click on the map beside its middle."""
    middle = window.canvas.rect().center()
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(dx, dy))


def ticks_drawn(window: MainWindow) -> list[str]:
    """The digits of the ticks that the map draws now."""
    view = window.canvas.viewport.view()
    return sorted(
        sign_at.sign.text
        for scene in window.canvas.pane.shown.frames
        for frame in scene.marks.frames(view)
        for _uuid, sign_at in frame.signs
        if sign_at.sign.kind == "count_tick"
    )


@pytest.mark.bounded
def test_ticks_count_on_one_date_and_again_on_the_next(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    document = window.session.document
    assert sheet.view.place == SheetPlace(0, 0)
    site = sheet.desk.sheet.sites[0]
    typed("#")
    assert window.toolbox.in_hand == "tool_count"
    assert window.canvas.hasFocus()
    settle(window, qtbot)
    click(window, 6, 0)
    click(window, -6, 2)
    QTest.keyClick(window.canvas, Key.Key_Return)
    row = rows_of(document)[site, "1985"]
    assert (row.presence, row.count_low, row.count_high, row.change) == ("present", 3, 3, "first look")
    assert "3 counted" in window.canvas.hint
    QTest.keyClick(window.canvas, Key.Key_Backspace)
    assert rows_of(document)[site, "1985"].count_high == 2
    ticks = [mark for mark in document.sites.values() if isinstance(shape_of(mark.shape_json), CountTick)]
    assert {mark.parent_uuid for mark in ticks} == {site}
    settle(window, qtbot)
    assert ticks_drawn(window) == ["1", "2"]

    for _ in range(2):
        QTest.keyClick(window.canvas, Key.Key_Backspace)
    assert (site, "1985") not in rows_of(document), "nobody said that anything was seen"
    for _ in range(2):
        window.action_table["undo"].trigger()
    assert rows_of(document)[site, "1985"].count_high == 2

    QTest.keyClick(window.canvas, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert sheet.view.place == SheetPlace(0, 1)
    qtbot.waitUntil(lambda: not sheet.cell_image.is_due)
    settle(window, qtbot)
    assert "0 counted" in window.canvas.hint
    click(window, 0, 6)
    row = rows_of(document)[site, "1990"]
    assert (row.count_high, row.change) == (1, "")
    settle(window, qtbot)
    assert ticks_drawn(window) == ["1"], "ticks of another date are not drawn on this image"
    window.session.undo()
    assert (site, "1990") not in rows_of(document)


def test_the_menu_opens_the_sheet_and_a_tick_without_a_cell_is_refused(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window.file_menu.new_case()
    settle(window, qtbot)
    window.action_table["tool_count"].trigger()
    assert window.docks["panel_observations"].isVisible()
    assert "Choose a cell of the sheet" in window.canvas.hint
    click(window, 0, 0)
    assert not window.session.document.sites


@pytest.mark.bounded
def test_nothing_is_counted_outside_of_the_image_or_where_the_row_says_absent(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    sentences: list[str] = []
    sheet.desk.refused.connect(sentences.append)
    typed("#")
    settle(window, qtbot)
    click(window, 300, 0)
    sheet.view.setFocus()
    typed("-c#")
    click(window, 6, 0)
    assert [sentence.split(":")[0] for sentence in sentences] == [
        "That place lies outside of the image",
        "The row says “absent” on this image",
    ]
    assert not [mark for mark in window.session.document.sites.values() if mark.shape_json]


@pytest.mark.bounded
def test_the_map_follows_a_quick_hand_to_the_next_image(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    """The step to the next image comes before the map has shown the first one."""
    sheet.view.setCurrentIndex(sheet.view.sheet_model.index(1, 0))
    typed("#")
    QTest.keyClick(window.canvas, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: sheet.cell_image.layer_uuid == sheet.desk.sheet.images[1].layer_uuid)


@pytest.mark.bounded
def test_the_menu_counts_for_the_selected_site_and_on_the_image_that_it_shows(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    """From the menu, without a click into the sheet: the map showed the newest image, and an old one was counted on."""
    with_scenes(window, tmp_path, qtbot)
    window.selection.set(("middle",))
    press_count(window, qtbot)
    sheet = window.docks.observations.panel
    assert isinstance(sheet, ObservationSheet)
    qtbot.waitUntil(lambda: len(sheet.desk.sheet.images) == 3)
    assert (sheet.desk.sheet.sites, sheet.view.place) == (("middle",), SheetPlace(0, 0))
    settle(window, qtbot)
    assert shown_alone(window) == [sheet.desk.sheet.images[0].layer_uuid]
    click(window, 6, 0)
    assert rows_of(window.session.document)["middle", "1985"].count_high == 1
    QTest.keyClick(window.canvas, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    settle(window, qtbot)
    assert shown_alone(window) == [sheet.desk.sheet.images[1].layer_uuid], "the picture moves with the cell"
    assert "1990" in window.canvas.hint


@pytest.mark.bounded
def test_no_site_is_counted_for_unasked(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    with_scenes(window, tmp_path, qtbot)
    window.selection.set(())
    press_count(window, qtbot)
    settle(window, qtbot)
    assert "Choose a cell of the sheet" in window.canvas.hint
    click(window, 6, 0)
    assert not window.session.document.observations
    sheet = sheet_of(window, qtbot)
    window.canvas.setFocus()
    press_count(window, qtbot)
    assert "Choose a cell of the sheet" in window.canvas.hint, "the sheet's first cell is nobody's choice"
    window.selection.set(("north",))
    assert "0 counted" in window.canvas.hint
    assert sheet.view.place == SheetPlace(0, 2), "on the image of the chosen layer"


@pytest.mark.bounded
def test_a_click_on_another_image_counts_nothing(window: MainWindow, sheet: ObservationSheet, qtbot: QtBot) -> None:
    """Where something else brought the other images back to the map, or the sheet's image is switched off."""
    sentences: list[str] = []
    sheet.desk.refused.connect(sentences.append)
    sheet.follows.setChecked(False)
    typed("#")
    settle(window, qtbot)
    assert shown_alone(window) == [sheet.desk.sheet.images[0].layer_uuid], "counting needs the image"
    sheet.cell_image.end()
    settle(window, qtbot)
    click(window, 6, 0)
    assert not window.session.document.observations
    assert sentences[0].startswith("The map showed another image than that of the cell: now it shows 1 August 1985")
    settle(window, qtbot)
    click(window, 6, 0)
    assert rows_of(window.session.document)["north", "1985"].count_high == 1
    window.toolbox.take("tool_pan")
    settle(window, qtbot)
    assert len(shown_alone(window)) == 3, "with the tool the image leaves, as it is switched off"


def press_count(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window.canvas, Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    assert window.toolbox.in_hand == "tool_count"
    qtbot.waitUntil(window.docks["panel_observations"].isVisible)


def shown_alone(window: MainWindow) -> list[str]:
    """The layers that the map shows now."""
    return list(window.canvas.scene.stack.visible())
