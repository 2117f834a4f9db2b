"""Every kind of mark in the real window: by its key, its menu and its button; written on, locked, undone, redone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from layers.document.marks.mark_shape import Callout, MarkShape, Numbered, TextMark, shape_of_site
from tests.support.windows import press, settle
from tests.viewer.tools.conftest import Desk
from viewer.app.actions.site_menu import SHAPES
from viewer.app.window import MainWindow
from viewer.support.icons import line_icon
from viewer.tools.toolbox import SHAPE_TOOLS

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every menu offscreen

Key, Nothing, Left = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
Control, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
KEYS = {
    "rectangle": (Key.Key_R, Shift),
    "turned_rectangle": (Key.Key_B, Shift),
    "circle": (Key.Key_O, Nothing),
    "range_ring": (Key.Key_G, Nothing),
    "freehand": (Key.Key_W, Nothing),
    "arrow": (Key.Key_A, Nothing),
    "text": (Key.Key_T, Nothing),
    "callout": (Key.Key_T, Shift),
    "numbered_marker": (Key.Key_U, Nothing),
}
PLACES = [(9.4, 50.1), (9.6, 50.2), (9.5, 50.3)]


def write(text: str) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClicks(widget, text)


def name_of_focus() -> str:
    widget = QApplication.focusWidget()
    return widget.accessibleName() if widget is not None else ""


def shapes(window: MainWindow) -> list[MarkShape | None]:
    return [shape_of_site(site) for site in window.session.document.sites.values()]


def draw(window: MainWindow, desk: Desk, id_: str) -> None:
    window.canvas.setFocus()
    press(*KEYS[id_])
    assert window.toolbox.in_hand == f"tool_{id_}"
    wanted = next(kind.places_wanted for kind in SHAPE_TOOLS if kind.id == id_)
    for place in PLACES[: wanted or 3]:
        desk.click(*place)
    if wanted is None:
        press(Key.Key_Return)


def test_every_shape_has_a_key_a_menu_entry_an_icon_and_a_tip(window: MainWindow, desk: Desk) -> None:
    assert [spec.id for spec in SHAPES] == [f"tool_{kind.id}" for kind in SHAPE_TOOLS]
    for spec in SHAPES:
        action = window.action_table[spec.id]
        assert not action.shortcut().isEmpty()
        assert action.shortcut().toString() in action.toolTip()
        assert not line_icon(spec.icon, window.palette()).isNull()
        assert not action.icon().isNull()


@pytest.mark.bounded
def test_a_key_draws_one_mark_and_hands_back_with_the_keyboard_in_its_text(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    for id_ in KEYS:
        window.canvas.setFocus()
        draw(window, desk, id_)
        (shape,) = shapes(window)
        assert shape is not None
        assert shape.kind == id_.replace("turned_", "")
        assert window.toolbox.in_hand == "tool_select"
        qtbot.waitUntil(lambda: name_of_focus() == "Label")
        write("Pad 1S, T and b")
        press(Key.Key_Return)
        (site,) = window.session.document.sites.values()
        assert site.label == "Pad 1S, T and b"
        assert shape_of_site(site) is not None
        signs = [one.sign.text for _, one in window.canvas.scene.marks.frames(window.canvas.viewport.view())[0].signs]
        if isinstance(shape, TextMark | Callout):
            assert signs == ["Pad 1S, T and b"], "what was written stands on the map"
        while window.session.document.sites:
            window.session.undo()


@pytest.mark.bounded
def test_all_of_them_are_undone_to_the_empty_case_and_redone(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    for id_ in KEYS:
        draw(window, desk, id_)
    before = dict(window.session.document.sites)
    assert len(before) == len(KEYS)
    for _ in KEYS:
        window.action_table["undo"].trigger()
    assert not window.session.document.sites
    for _ in KEYS:
        window.action_table["redo"].trigger()
    assert dict(window.session.document.sites) == before


@pytest.mark.bounded
def test_the_button_takes_the_last_shape_and_a_double_click_keeps_it(window: MainWindow, desk: Desk) -> None:
    button = window.toolbar.findChild(QToolButton, "shapes")
    assert button is not None
    assert button.accessibleName() == "Draw: Rectangle"
    menu = button.menu()
    assert [action.text() for action in menu.actions()] == [window.action_table[spec.id].text() for spec in SHAPES]
    window.action_table["tool_circle"].trigger()
    assert button.accessibleName() == "Draw: Circle"
    assert button.defaultAction() is window.action_table["tool_circle"]
    press(Key.Key_Escape)
    at = QPoint(8, button.height() // 2)
    QTest.mouseClick(button, Left, Nothing, at)
    QTest.mouseDClick(button, Left, Nothing, at)
    assert (window.toolbox.in_hand, window.toolbox.is_kept) == ("tool_circle", True)
    assert button.property("kept") is True
    window.canvas.setFocus()
    for _ in range(2):
        desk.click(*PLACES[0])
        desk.click(*PLACES[1])
    assert len(shapes(window)) == 2
    assert window.toolbox.in_hand == "tool_circle"


@pytest.mark.bounded
def test_numbers_are_locked_from_the_menu_and_stay(window: MainWindow, desk: Desk) -> None:
    for _ in range(3):
        draw(window, desk, "numbered_marker")
    first = next(iter(window.session.document.sites))
    window.selection.set({first})
    window.action_table["lock_numbers"].trigger()
    assert [shape.locked for shape in shapes(window) if isinstance(shape, Numbered)] == [True, False, False]
    window.canvas.setFocus()
    window.action_table["delete"].trigger()
    window.selection.clear()
    assert [site.number for site in window.session.document.sites.values()] == [2, 3], "1 was locked"
    window.action_table["lock_numbers"].trigger()
    draw(window, desk, "numbered_marker")
    assert [site.number for site in window.session.document.sites.values()] == [2, 3, 4]
    window.action_table["undo"].trigger()
    window.action_table["undo"].trigger()
    assert not any(shape.locked for shape in shapes(window) if isinstance(shape, Numbered))


@pytest.mark.bounded
def test_marks_are_saved_and_opened_as_what_they_are(
    window: MainWindow, desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    for id_ in KEYS:
        draw(window, desk, id_)
    before = {site.uuid: shape_of_site(site) for site in window.session.document.sites.values()}
    assert None not in before.values()
    path = tmp_path / "marks.gpkg"
    window.session.save_as(path)
    settle(window, qtbot)
    window.session.open_case(path)
    settle(window, qtbot)
    after = {site.uuid: shape_of_site(site) for site in window.session.document.sites.values()}
    assert after == before
