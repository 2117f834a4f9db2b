"""Marking by mouse and keyboard in the real window: typing, tools, messages, panels and menus."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
from PySide6 import QtGui
from PySide6.QtCore import QAbstractListModel, QPoint, QRect, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from tests.support.deaths.kills import ROOT
from tests.support.windows import make_panels, opened, press, settle
from tests.viewer.app.conftest import Answers
from tests.viewer.tools.conftest import Desk
from viewer.app.desktop.questions import Unsaved
from viewer.app.window import MainWindow
from viewer.canvas.furniture.overlays import north_arrow_rect
from viewer.commands.sites import add_site
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.shell import message_bar
from viewer.panels.shell.message_bar import MessageBar
from viewer.panels.shell.shortcut_sheet import ShortcutSheet
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.widgets.fields import LineField, TextField
from viewer.panels.widgets.row_list import RowList
from viewer.support.language.text import TIP_COLUMNS, unbroken
from viewer.support.messages import MessageAction

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every menu offscreen

Key, Nothing, Left = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
Alt, Control, Shift = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def write(text: str) -> None:
    """Letters, each to where the keyboard is by then."""
    for letter in text:
        widget = QApplication.activePopupWidget() or QApplication.focusWidget()
        assert widget is not None
        QTest.keyClicks(widget, letter)


def named(name: str) -> str:
    """What the widget with the keyboard is called."""
    widget = QApplication.focusWidget()
    assert widget is not None, f"the keyboard is nowhere, and not in {name}"
    return widget.accessibleName()


def said_by(field: QWidget | None) -> str:
    """The text in a field."""
    assert isinstance(field, QLineEdit | QPlainTextEdit | QComboBox)
    if isinstance(field, QPlainTextEdit):
        return field.toPlainText()
    return field.currentText() if isinstance(field, QComboBox) else field.text()


def in_sight(widget: QWidget) -> bool:
    """Whether no part of it is scrolled away."""
    return widget.visibleRegion().boundingRect().contains(widget.rect())


# -- typing -------------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_after_a_mark_the_keyboard_is_in_its_label(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    qtbot.waitUntil(lambda: named("Label") == "Label")
    write("Pad 1S [d]")
    press(Key.Key_Return)
    (site,) = window.session.document.sites.values()
    assert site.label == "Pad 1S [d]"
    assert not window.session.document.layers
    assert window.toolbox.in_hand == "tool_select"
    qtbot.waitUntil(window.canvas.hasFocus)


@pytest.mark.bounded
def test_the_label_of_the_next_mark_is_in_sight_with_its_text_selected(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    write("A")
    press(Key.Key_Return)
    area = next(area for area in window.docks["panel_details"].findChildren(QScrollArea) if area.isVisible())
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    window.canvas.setFocus()
    press(Key.Key_P)
    desk.click(9.6, 50.2)
    label = QApplication.focusWidget()
    assert isinstance(label, QLineEdit)
    assert label.accessibleName() == "Label"
    qtbot.waitUntil(lambda: in_sight(label))
    QTest.keyClicks(label, "B")
    press(Key.Key_Escape)
    menu = context_menu(window, desk.at(9.5, 50.2))
    choose(menu, "Properties")
    assert label.hasFocus()
    assert label.selectedText() == "A"


@pytest.mark.bounded
@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("column", "stood", "typed", "kept", "rests"),
    [
        ("label", "Pad", "Pad 1S", "Pad 1S", False),
        ("label", "", "Pad 1S", "Pad 1S", True),
        ("notes", "Two masts", "One mast\nand a road", "One mast\nand a road", False),
        ("notes", "Two masts", "One mast\nand a road", "One mast\nand a road", True),
        ("observed_at", "2016", "28 April 2017", "2017-04-28", True),
        ("position_error_m", 7000.123456789123, "12", 12.0, False),
        ("folder", "North", "South", "South", True),
        ("stroke_color", "#111111", "#f3a712", "#f3a712", False),
    ],
)
def test_esc_takes_back_what_was_typed_in_any_field_and_undo_brings_it_again(
    window: MainWindow, desk: Desk, qtbot: QtBot, column: str, stood: object, typed: str, kept: object, rests: bool
) -> None:
    document, history = window.session.document, window.session.history
    marked = add_site(document, shapely.Point(9.5, 50.2), actor="me", uuid="pad", status="reviewed", **{column: stood})
    window.session.push(marked)
    window.selection.set({"pad"})
    form = window.findChild(SiteFormPanel)
    assert form is not None
    for part in (form.dates_part, form.filing_part, form.style_part):
        part.set_folded(False)
    before, steps = document.sites["pad"], history.stack.index()
    form.fields.fields[column].setFocus()
    stood_there = said_by(QApplication.focusWidget())
    press(Key.Key_A, Control)
    for letter in typed:
        press(Key.Key_Return) if letter == "\n" else write(letter)
    field = QApplication.focusWidget()
    if rests and isinstance(field, LineField | TextField):
        field.rest.timeout.emit()
    press(Key.Key_Escape)
    assert window.canvas.hasFocus()
    assert document.sites["pad"] == before, "to the last digit, and reviewed still"
    assert said_by(field) == stood_there
    assert "Ctrl+Z" in " ".join(label.text() for label in window.status.findChildren(QLabel))
    press(Key.Key_Z, Control)
    assert getattr(document.sites["pad"], column) == kept
    press(Key.Key_Z, Control)
    assert document.sites["pad"] == before
    assert history.stack.index() == steps


@pytest.mark.bounded
def test_esc_without_typing_leaves_no_step(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    step = window.session.history.stack.index()
    press(Key.Key_Escape)
    assert window.canvas.hasFocus()
    menu = context_menu(window, desk.at(9.5, 50.2))
    choose(menu, "Properties")
    write("oops")
    for _ in "oops":
        press(Key.Key_Backspace)
    press(Key.Key_Escape)
    assert window.canvas.hasFocus()
    assert window.session.history.stack.index() == step


@pytest.mark.bounded
def test_enter_at_the_crosshair_marks_by_keys_alone(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    middle = window.canvas.viewport.centre_lonlat()
    press(Key.Key_P)
    press(Key.Key_Return)
    (site,) = window.session.document.sites.values()
    assert (site.geometry.x, site.geometry.y) == pytest.approx(middle, abs=1e-9)
    assert named("Label") == "Label"


@pytest.mark.bounded
def test_the_crosshair_is_seen_around_a_selected_pin(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    lon, lat = window.canvas.viewport.centre_lonlat()
    pin = add_site(window.session.document, shapely.Point(lon, lat), actor="Li", uuid="pin", position_error_m=1.0)
    window.session.push(pin)
    window.selection.set({"pin"})
    settle(window, qtbot)
    middle = window.canvas.rect().center()
    box = QRect(middle - QPoint(24, 24), middle + QPoint(24, 24))
    bare = window.canvas.grab().copy(box).toImage()
    press(Key.Key_P)
    crossed = window.canvas.grab().copy(box).toImage()
    seen = {(x, y) for x in range(49) for y in range(49) if bare.pixel(x, y) != crossed.pixel(x, y)}
    for dx, dy in ((-19, 0), (19, 0), (0, -19), (0, 19)):
        assert {(24 + dx + n, 24 + dy + m) for n in (-1, 0, 1) for m in (-1, 0, 1)} & seen, "beyond the pin"


@pytest.mark.bounded
def test_a_polygon_by_keys_alone(window: MainWindow, desk: Desk) -> None:
    press(Key.Key_Y)
    for way in (Key.Key_Right, Key.Key_Down, Key.Key_Left):
        press(Key.Key_Return)
        press(way)
    press(Key.Key_Return)
    press(Key.Key_Return)
    (site,) = window.session.document.sites.values()
    assert site.kind == "polygon"
    assert len(site.geometry.exterior.coords) == 5


@pytest.mark.bounded
def test_after_judge_letters_go_into_the_statement(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    window.action_table["judge"].trigger()
    qtbot.waitUntil(lambda: named("Statement") == "Statement")
    write("y, p and 2 pads")
    press(Key.Key_Return, Control)
    (claim,) = window.session.document.claims.values()
    assert claim.statement == "y, p and 2 pads"
    assert window.toolbox.in_hand == "tool_select"


@pytest.mark.bounded
def test_a_value_that_is_refused_keeps_the_keyboard(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    form = window.findChild(SiteFormPanel)
    error = form.fields.fields["position_error_m"]
    error.setFocus()
    write("-3")
    press(Key.Key_Return)
    qtbot.wait(20)
    assert error.hasFocus()
    assert form.fields.refusal.isVisible()


# -- keys after a click on a layer --------------------------------------------------------------------------------


@pytest.mark.bounded
def test_after_a_click_on_a_layer_keys_are_the_tools(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    window.file_menu.open_demo()
    settle(window, qtbot)
    tree = window.docks.layer_tree
    rows = tree.model.rowCount()
    tree.view.scrollTo(tree.model.index(rows - 1))
    QTest.mouseClick(tree.view.viewport(), Left, Nothing, tree.view.visualRect(tree.model.index(rows - 1)).center())
    assert tree.view.hasFocus()
    layer = window.panel_context.layer_uuid
    assert layer
    press(Key.Key_S)
    assert window.panel_context.layer_uuid == layer, "no type-ahead"
    press(Key.Key_P)
    assert window.toolbox.in_hand == "tool_point"


@pytest.mark.bounded
def test_after_a_click_in_a_list_keys_are_the_tools(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    """A letter must not choose another site behind the analyst's back: the next report would be about that one."""
    window.file_menu.open_demo()
    settle(window, qtbot)
    rows = next(one for one in window.findChildren(RowList) if one.view.isVisible() and one.model.rowCount() > 20)
    QTest.mouseClick(rows.view.viewport(), Left, Nothing, rows.view.visualRect(rows.model.index(1, 0)).center())
    assert rows.view.hasFocus()
    chosen = window.panel_context.selection.uuids
    assert len(chosen) == 1
    press(Key.Key_S)
    assert window.panel_context.selection.uuids == chosen, "no type-ahead"
    press(Key.Key_P)
    assert window.toolbox.in_hand == "tool_point"
    assert window.panel_context.selection.uuids == chosen


@pytest.mark.bounded
def test_the_filter_above_the_tree_finds_a_layer(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    window.file_menu.open_demo()
    settle(window, qtbot)
    tree = window.docks.layer_tree
    names = [str(tree.model.index(row).data()) for row in range(tree.model.rowCount())]
    wanted = names[-1]
    tree.filter.setFocus()
    write(wanted.upper())
    shown = [row for row in range(len(names)) if not tree.view.isRowHidden(row, tree.view.rootIndex())]
    assert [names[row] for row in shown] == [wanted]
    press(Key.Key_Down)
    assert tree.view.hasFocus()
    assert window.session.document.layers[window.panel_context.layer_uuid].name == wanted
    tree.filter.setFocus()
    press(Key.Key_Escape)
    assert tree.filter.text() == ""
    assert window.canvas.hasFocus()
    assert not any(tree.view.isRowHidden(row, tree.view.rootIndex()) for row in range(len(names)))


# -- tooltips -----------------------------------------------------------------------------------------------------


def tips(window: MainWindow) -> Iterator[str]:
    """All tooltips of widgets, actions, and cells of lists."""
    for widget in window.findChildren(QWidget):
        yield widget.toolTip()
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            model = widget.model()
            for row in range(min(model.rowCount(), 20)):
                for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount()):
                    yield str(model.index(row, column).data(Qt.ItemDataRole.ToolTipRole) or "")
    for action in window.findChildren(QAction):
        yield action.toolTip()


@pytest.mark.bounded
def test_tooltips_are_plain_wrapped_text(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    window.file_menu.open_demo()
    settle(window, qtbot)
    make_panels(window)
    window.selection.set([next(iter(window.session.document.sites))])
    for layer in window.session.document.layers_in_order():
        window.panel_context.show_layer(layer.uuid, raise_form=True)
    window.docks.show_panel("panel_claims")
    settle(window, qtbot)
    found = set(tips(window)) - {""}
    assert len(found) > 150
    for tip in found:
        assert not QtGui.Qt.mightBeRichText(tip), tip
        assert "&quot;" not in tip
        assert max(map(len, unbroken(tip).split("\n"))) <= TIP_COLUMNS, tip
    assert any('"' in tip for tip in found), "the demo's claims quote"


# -- tools --------------------------------------------------------------------------------------------------------


def button_of(window: MainWindow, id_: str) -> QToolButton:
    button = window.toolbar.widgetForAction(window.action_table[id_])
    assert isinstance(button, QToolButton)
    return button


@pytest.mark.bounded
def test_a_drawing_tool_makes_one_mark_and_hands_back_to_select(window: MainWindow, desk: Desk) -> None:
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    desk.click(9.7, 50.2)
    assert len(window.session.document.sites) == 1
    assert window.action_table["tool_select"].isChecked()


@pytest.mark.bounded
def test_a_double_click_on_its_button_keeps_it(window: MainWindow, desk: Desk) -> None:
    button = button_of(window, "tool_point")
    QTest.mouseClick(button, Left)
    QTest.mouseDClick(button, Left)
    for lon in (9.5, 9.6, 9.7):
        desk.click(lon, 50.2)
    assert len(window.session.document.sites) == 3
    assert window.action_table["tool_point"].isChecked()
    assert button.property("kept") is True
    window.canvas.setFocus()
    press(Key.Key_Escape)
    assert window.action_table["tool_select"].isChecked()
    assert button.property("kept") is False


def test_the_lock_in_the_menu_keeps_it_too(window: MainWindow, desk: Desk) -> None:
    button = button_of(window, "tool_line")
    button.customContextMenuRequested.emit(QPoint(3, 3))
    menu = button.findChild(QMenu)
    assert menu is not None
    choose(menu, "Keep the Tool")
    assert (window.toolbox.in_hand, window.toolbox.is_kept) == ("tool_line", True)
    window.canvas.setFocus()
    press(Key.Key_K, Shift)
    assert not window.toolbox.is_kept


@pytest.mark.bounded
@pytest.mark.parametrize("begun", [False, True])
def test_esc_twice_ends_at_select_whatever_was_begun(window: MainWindow, desk: Desk, begun: bool) -> None:
    for id_ in window.toolbox.ids:
        window.toolbox.keep(id_)
        if begun:
            desk.click(9.5, 50.2)
            desk.click(9.7, 50.2)
            QTest.mousePress(window.canvas, Left, Nothing, desk.at(9.4, 50.1))
            QTest.mouseMove(window.canvas, desk.at(9.6, 50.3))
        window.canvas.setFocus()
        press(Key.Key_Escape)
        press(Key.Key_Escape)
        assert window.toolbox.in_hand == "tool_select", id_
        assert window.action_table["tool_select"].isChecked()
        QTest.mouseRelease(window.canvas, Left, Nothing, desk.at(9.6, 50.3))


@pytest.mark.bounded
def test_a_tool_does_not_outlive_the_case(window: MainWindow, desk: Desk, answers: Answers, qtbot: QtBot) -> None:
    answers.unsaved_answer = Unsaved.DISCARD
    window.toolbox.keep("tool_polygon")
    desk.click(9.5, 50.2)
    window.action_table["new_case"].trigger()
    settle(window, qtbot)
    assert window.action_table["tool_select"].isChecked()
    assert not window.toolbox.is_kept
    assert window.canvas.tool is not None
    assert "Click a site" in window.canvas.hint


# -- a claim about what is selected -------------------------------------------------------------------------------


@pytest.mark.bounded
def test_the_key_and_the_menu_take_the_selected_site(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    (uuid,) = window.session.document.sites
    press(Key.Key_Escape)
    press(Key.Key_J)
    press(Key.Key_Escape)
    press(Key.Key_R)
    window.action_table["judge"].trigger()
    window.action_table["report"].trigger()
    window.docks.claims.panel.judge_button.click()
    claims = window.session.document.claims
    assert len(claims) == 5
    for claim in claims.values():
        assert [site.uuid for site in window.session.document.links.sites_of_claim(claim.uuid)] == [uuid]
    assert [claim.voice for claim in claims.values()] == ["analyst", "speaker", "analyst", "speaker", "analyst"]


# -- the sheet of keys --------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_the_sheet_fits_the_screen_and_close_is_seen(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    press(Key.Key_F1)
    sheet = window.findChild(ShortcutSheet)
    assert sheet is not None
    qtbot.waitUntil(sheet.isVisible)
    screen = sheet.screen().availableGeometry()
    assert sheet.width() <= screen.width()
    assert sheet.height() <= screen.height()
    buttons = sheet.findChild(QDialogButtonBox)
    close = buttons.button(QDialogButtonBox.StandardButton.Close)
    assert in_sight(close)
    area = sheet.findChild(QScrollArea)
    assert area.horizontalScrollBar().maximum() == 0, "nothing is at the side"
    QTest.keyClick(QApplication.focusWidget() or sheet, Key.Key_PageDown)
    sheet.close()


LARGE_SHEET = """
import json, sys
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from viewer.app.program import dress
from viewer.panels.shell.shortcut_sheet import ShortcutSheet
from viewer.panels.widgets.fields import LineField, TextField
from viewer.panels.widgets.row_list import RowList
from viewer.support.settings import Settings

application = QApplication(sys.argv[:1])
dress(application, Settings(None))
groups = {f"Menu {n}": [(f"An action with a name {m}", f"Ctrl+Shift+{m}") for m in range(8)] for n in range(10)}
sheet = ShortcutSheet(groups)
sheet.show()
application.processEvents()
close = sheet.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close)
low = close.mapTo(sheet, close.rect().bottomRight())
screen = sheet.screen().availableGeometry()
print(json.dumps({"ratio": sheet.devicePixelRatioF(), "screen": (screen.width(), screen.height()),
                  "sheet": (sheet.width(), sheet.height()), "close": (low.x(), low.y())}))
"""


@pytest.mark.bounded
def test_at_one_and_a_half_the_size_close_is_still_seen(tmp_path: Path) -> None:
    screen = {"name": "one", "x": 0, "y": 0, "width": 1366, "height": 768, "logicalDpi": 96, "logicalBaseDpi": 96}
    (tmp_path / "screens.json").write_text(json.dumps({"screens": [{**screen, "dpr": 1}]}))
    done = subprocess.run(
        [sys.executable, "-c", LARGE_SHEET],
        cwd=ROOT,
        env=os.environ
        | {"QT_QPA_PLATFORM": f"offscreen:configfile={tmp_path / 'screens.json'}", "QT_SCALE_FACTOR": "1.5"},
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["ratio"] == 1.5
    assert found["screen"][1] < 600
    for side in (0, 1):
        assert found["sheet"][side] < found["screen"][side], found
        assert found["close"][side] < found["sheet"][side], found


# -- messages -----------------------------------------------------------------------------------------------------


@pytest.fixture
def quick_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_bar, "EXPIRES_MS", 40)
    monkeypatch.setattr(message_bar, "TICK_MS", 10)


def point_beside_the_bar(window: MainWindow) -> None:
    """Where the mouse of another test was left, a line may come up below it, and waits."""
    QTest.mouseMove(window.canvas, window.canvas.rect().center())
    bar = window.findChild(MessageBar)
    assert bar is not None
    bar.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)


@pytest.mark.bounded
@pytest.mark.usefixtures("quick_clock")
def test_notices_expire_and_warnings_and_questions_stay(
    window: MainWindow, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Warnings three times as long: one that came back after minutes was of nothing any more."""
    point_beside_the_bar(window)
    window.messages.show("a", "Copied.")
    window.messages.show("b", "The disk is full.", "warning")
    window.messages.show("c", "Layers wait.", "info", MessageAction("Allow", lambda: None))
    qtbot.waitUntil(lambda: window.messages.line("a") is None)
    assert [line.key for line in window.messages.lines()] == ["b", "c"]
    window.messages.show("d", "The program is old.", "warning", about="program")
    monkeypatch.setattr(message_bar, "LATE_MS", 60)
    qtbot.waitUntil(lambda: window.messages.line("b") is None)
    assert [line.key for line in window.messages.lines()] == ["c", "d"], "what asks, and what holds on, stays"


@pytest.mark.bounded
@pytest.mark.usefixtures("quick_clock")
def test_a_notice_waits_while_somebody_points_at_it(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    bar = window.findChild(MessageBar)
    assert bar is not None
    window.messages.show("a", "Copied.")
    bar.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)  # as the pointer's coming does
    qtbot.wait(120)
    assert window.messages.line("a") is not None
    bar.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    qtbot.waitUntil(lambda: window.messages.line("a") is None)


@pytest.mark.bounded
def test_nothing_that_was_said_of_a_case_survives_into_the_next(
    window: MainWindow, desk: Desk, answers: Answers, qtbot: QtBot
) -> None:
    answers.unsaved_answer = Unsaved.DISCARD
    window.messages.show("program", "The settings cannot be kept.", "warning", about="program")
    press(Key.Key_C, Control | Shift)  # there is nothing to copy, or there is: both are said
    window.views.show_bounds(Bounds(0.0, 86.0, 20.0, 89.0))  # offers a polar map
    window.panel_context.report("That claim names no place on the map.")
    assert len(window.messages.lines()) > 2
    window.action_table["open_demo"].trigger()
    settle(window, qtbot)
    assert [line.key for line in window.messages.lines()] == ["program"]


# -- back by resting places ---------------------------------------------------------------------------------------


def lingered(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.canvas.motion.is_under_way)


@pytest.mark.bounded
def test_back_goes_to_where_the_map_rested(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    lingered(window, qtbot)
    first = window.canvas.viewport.view()
    for _ in range(30):
        press(Key.Key_Plus)
    lingered(window, qtbot)
    press(Key.Key_Left)
    press(Key.Key_Left, Alt)
    deep = window.canvas.viewport.view()
    press(Key.Key_Left, Alt)
    assert window.canvas.viewport.view() == first
    press(Key.Key_Right, Alt)
    assert window.canvas.viewport.view() == deep


# -- panels -------------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_the_keys_of_panels_lead_into_them_and_back_and_never_close(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    press(Key.Key_Escape)
    ids = ("layers", "sites", "claims", "sources", "responses", "details", "acquisition")
    for number, is_closed in itertools.product(range(1, 8), (False, True)):
        dock = window.docks[f"panel_{ids[number - 1]}"]
        if is_closed:
            dock.close()
        press(Key(Key.Key_0 + number), Control)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert dock.isAncestorOf(focus) or number == 7, "without a layer Acquisition has nothing to type in"
        assert dock.isVisible()
        assert window.action_table[dock.objectName()].isChecked()
        if dock.isAncestorOf(focus):
            press(Key(Key.Key_0 + number), Control)
        assert window.canvas.hasFocus()
        assert dock.isVisible()


@pytest.mark.bounded
def test_a_key_closes_the_panel_that_has_the_keyboard(window: MainWindow, desk: Desk) -> None:
    press(Key.Key_2, Control)
    press(Key.Key_F4, Control)
    assert window.docks["panel_sites"].isHidden()
    assert window.canvas.hasFocus()


# -- facts --------------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_the_names_of_all_fields_are_there_and_none_is_cut(
    window: MainWindow, desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    names = [f"a_rather_long_name_of_a_field_{number:03}" for number in range(150)]
    path = tmp_path / "many.geojson"
    point = {"type": "Point", "coordinates": [9.5, 50.2]}
    feature = {"type": "Feature", "properties": dict.fromkeys(names, 1), "geometry": point}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    opened(window, path, qtbot)
    window.action_table["layer_properties"].trigger()
    settle(window, qtbot)
    form = window.findChild(LayerPropertiesPanel)
    rows = [text for text in form.facts.findChildren(QLabel) if text.isVisible() and names[0][:-3] in text.text()]
    assert ", ".join(text.text() for text in rows).split(", ") == names
    qtbot.waitUntil(lambda: all(text.height() >= text.heightForWidth(text.width()) for text in rows))


# -- menus on the map, and the compass ----------------------------------------------------------------------------


def context_menu(window: MainWindow, at: QPoint) -> QMenu:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, window.canvas.mapToGlobal(at))
    QApplication.sendEvent(window.canvas, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, text: str) -> None:
    action = next(action for action in menu.actions() if action.text().replace("&", "") == text)
    QTest.mouseClick(menu, Left, Nothing, menu.actionGeometry(action).center())


@pytest.mark.bounded
def test_the_menu_of_a_place(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    at = desk.at(9.5, 50.2)
    choose(context_menu(window, at), "Mark a Point Here")
    (site,) = window.session.document.sites.values()
    assert (site.geometry.x, site.geometry.y) == pytest.approx((9.5, 50.2), abs=desk.degrees())
    assert named("Label") == "Label"
    choose(context_menu(window, QPoint(60, 200)), "Copy Place")
    assert QGuiApplication.clipboard().text().startswith("50.")
    place = window.canvas.viewport.lonlat(60, 200)
    choose(context_menu(window, QPoint(60, 200)), "Centre the Map Here")
    assert window.canvas.viewport.centre_lonlat() == pytest.approx(place, abs=desk.degrees(2))
    resolution = window.canvas.viewport.resolution
    choose(context_menu(window, QPoint(60, 200)), "Zoom Closer Here")
    assert window.canvas.viewport.resolution == pytest.approx(resolution / 2)


@pytest.mark.bounded
def test_the_menu_of_a_mark(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    write("Pad")
    press(Key.Key_Return)
    at = desk.at(9.5, 50.2)
    menu = context_menu(window, at)
    assert menu.actions()[0].text() == "Pad"
    choose(menu, "Duplicate")
    first, copy = window.session.document.sites.values()
    assert (copy.label, copy.status, copy.rev) == ("Pad", "draft", 1)
    assert copy.uuid != first.uuid
    assert copy.geometry.distance(first.geometry) > desk.degrees(20)
    assert window.selection.uuids == {copy.uuid}
    assert named("Label") == "Label"
    window.action_table["undo"].trigger()
    assert list(window.session.document.sites) == [first.uuid]
    choose(context_menu(window, at), "Edit Vertices")
    assert window.toolbox.in_hand == "tool_edit_vertices"
    choose(context_menu(window, at), "Zoom to the Site")
    settle(window, qtbot)
    at = desk.at(first.geometry.x, first.geometry.y)
    choose(context_menu(window, at), "Delete")
    assert not window.session.document.sites


@pytest.mark.bounded
def test_the_menu_key_is_about_the_selected_site(window: MainWindow, desk: Desk) -> None:
    press(Key.Key_P)
    desk.click(9.3, 50.4)
    press(Key.Key_Escape)
    centre = window.canvas.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, centre, window.canvas.mapToGlobal(centre))
    QApplication.sendEvent(window.canvas, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text().replace("&", "") for action in menu.actions()]
    menu.close()
    assert "Duplicate" in texts


@pytest.mark.bounded
def test_a_click_on_the_compass_turns_north_up_and_deselects_nothing(window: MainWindow, desk: Desk) -> None:
    press(Key.Key_P)
    desk.click(9.5, 50.2)
    press(Key.Key_Escape)
    window.canvas.motion.rotate_by(40.0)
    selected = window.selection.uuids
    centre = north_arrow_rect(window.canvas.viewport.view()).center().toPoint()
    QTest.mouseClick(window.canvas, Left, Nothing, centre)
    assert window.canvas.viewport.rotation_deg == 0.0
    assert window.selection.uuids == selected
