"""Esc in the fields of forms: what was typed is taken back, the map has the keyboard, and undo brings the typing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from shapely import LineString, Point

from layers.document.claim import Claim
from tests.support.choices import popup
from tests.support.windows import new_case, press, settle, texts
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.widgets.fields import REST_MS
from viewer.panels.widgets.refusal import refusals_in
from viewer.support.elided import ElidedLabel

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard")

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier
SENTENCE = "Two gantries stand, one of them new"


@pytest.fixture
def form(window: MainWindow, qtbot: QtBot) -> SiteFormPanel:
    """Of a road, beside a pad whose place is given to a millionth of a degree but known to no better than 7 km."""
    new_case(window, qtbot)
    document, push = window.session.document, window.session.push
    pad = Point(128.3551234567, 51.8758123456)
    push(add_site(document, pad, actor="me", uuid="pad", label="Pad", position_error_m=7000.0))
    road = LineString([(128.3, 51.8), (128.4, 51.8)])
    push(add_site(document, road, actor="me", uuid="road", label="Road"))
    window.selection.set({"pad"})
    settle(window, qtbot)
    found = window.findChild(SiteFormPanel)
    assert found is not None
    return found


def write(text: str) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClicks(widget, text)


def retype(field: QLineEdit, text: str) -> None:
    field.setFocus()
    press(Key.Key_A, Control)
    write(text)


def claim_in(window: MainWindow) -> Claim:
    (claim,) = window.session.document.claims.values()
    return claim


@pytest.mark.bounded
def test_a_statement_is_taken_back_and_brought_again(window: MainWindow, form: SiteFormPanel, qtbot: QtBot) -> None:
    press(Key.Key_J)
    statement = window.findChild(ClaimFormPanel).fields.fields["statement"]
    qtbot.waitUntil(statement.hasFocus)
    write(SENTENCE)
    press(Key.Key_Escape)
    assert window.canvas.hasFocus()
    assert (claim_in(window).statement, statement.toPlainText()) == ("", "")
    press(Key.Key_Z, Control)
    assert (claim_in(window).statement, statement.toPlainText()) == (SENTENCE, SENTENCE)


def test_only_what_was_typed_since_the_keyboard_came_is_taken_back(
    window: MainWindow, form: SiteFormPanel, qtbot: QtBot
) -> None:
    notes = form.fields.fields["notes"]
    notes.setFocus()
    write("One.")
    window.canvas.setFocus()
    notes.setFocus()
    press(Key.Key_End, Control)
    write(" Two.")
    notes.rest.timeout.emit()
    write(" Three.")
    press(Key.Key_Escape)
    assert window.session.document.sites["pad"].notes == notes.toPlainText() == "One."
    press(Key.Key_Z, Control)
    assert window.session.document.sites["pad"].notes == "One. Two. Three."


@pytest.mark.bounded
def test_a_place_is_given_back_to_its_last_digit(window: MainWindow, form: SiteFormPanel) -> None:
    before, shown = window.session.document.sites["pad"], form.place.line.text()
    retype(form.place.line, "51.7, 128.2")
    press(Key.Key_Escape)
    assert window.canvas.hasFocus()
    assert window.session.document.sites["pad"] == before
    assert form.place.line.text() == shown
    press(Key.Key_Z, Control)
    assert window.session.document.sites["pad"].geometry.coords[0] == (128.2, 51.7)


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("column", ["place", "observed_at", "position_error_m"])
@pytest.mark.parametrize("is_refused", [False, True])
def test_what_is_no_value_is_taken_back_without_a_step(
    window: MainWindow, form: SiteFormPanel, qtbot: QtBot, column: str, is_refused: bool
) -> None:
    form.dates_part.set_folded(False)
    field = form.place.line if column == "place" else form.fields.fields[column]
    shown, steps = field.text(), window.session.history.stack.index()
    retype(field, "soon enough")
    if is_refused:
        press(Key.Key_Return)
        assert refusals_in(form)
        assert field.hasFocus()
    press(Key.Key_Escape)
    assert window.canvas.hasFocus(), "as from any other field"
    qtbot.wait(20)
    assert not refusals_in(form)
    assert field.text() == shown
    assert window.session.history.stack.index() == steps
    assert "Not kept" not in texts(window)


@pytest.mark.bounded
def test_a_number_of_a_shape_is_taken_when_it_is_whole(window: MainWindow, form: SiteFormPanel, qtbot: QtBot) -> None:
    """The mark turned by 1° while "15" was typed with a pause, and then by 5° more."""
    window.selection.set({"road"})
    form.shape_part.set_folded(False)
    before, steps = window.session.document.sites["road"], window.session.history.stack.index()
    turn = form.shape_part.fields.fields["turn_by"]
    qtbot.waitUntil(turn.isVisible)
    turn.setFocus()
    write("1")
    QTest.qWait(2 * REST_MS)
    assert window.session.document.sites["road"] == before
    write("5")
    assert turn.text() == "15"
    press(Key.Key_Escape)
    assert window.session.document.sites["road"] == before
    press(Key.Key_Z, Control)
    assert window.session.document.sites["road"].geometry != before.geometry
    assert window.session.history.stack.index() == steps + 1


@pytest.mark.bounded
@popup
@pytest.mark.parametrize("way", ["map", "esc", "chosen"])
def test_letters_are_the_tools_after_an_open_choice_is_clicked_away(
    window: MainWindow, form: SiteFormPanel, qtbot: QtBot, way: str
) -> None:
    choice = form.fields.fields["class_code"]
    QTest.mouseClick(choice, Qt.MouseButton.LeftButton)
    rows = choice.view()
    qtbot.waitUntil(rows.isVisible)
    if way == "map":
        QTest.mouseClick(rows.window(), Qt.MouseButton.LeftButton, pos=QPoint(-200, 50))
    elif way == "esc":
        press(Key.Key_Escape)
    else:
        QTest.keyClick(rows, Key.Key_Down)
        QTest.keyClick(rows, Key.Key_Return)
    assert not rows.isVisible()
    window.activateWindow()  # as a window manager does
    qtbot.waitUntil(lambda: window.focusWidget() is (window.canvas if way == "map" else choice))
    qtbot.wait(20)
    press(Key.Key_P)
    assert window.toolbox.in_hand == ("tool_point" if way == "map" else "tool_select")


@pytest.mark.bounded
@popup
def test_a_choice_that_can_be_typed_in_is_left_by_a_click_elsewhere(
    window: MainWindow, form: SiteFormPanel, qtbot: QtBot
) -> None:
    marking = form.fields.fields["marking"]
    marking.setFocus()
    marking.showPopup()
    rows = marking.view()
    qtbot.waitUntil(rows.isVisible)
    QTest.mouseClick(rows.window(), Qt.MouseButton.LeftButton, pos=QPoint(-200, 50))
    assert not rows.isVisible()
    window.activateWindow()  # as a window manager does
    qtbot.waitUntil(window.canvas.hasFocus)
    before = marking.currentText()
    press(Key.Key_M)
    assert (window.toolbox.in_hand, marking.currentText()) == ("tool_measure", before)


@pytest.mark.bounded
def test_letters_after_a_click_into_the_corners_of_a_shape_are_the_tools(
    window: MainWindow, form: SiteFormPanel, qtbot: QtBot
) -> None:
    window.selection.set({"road"})
    form.shape_part.set_folded(False)
    table = form.shape_part.vertices
    qtbot.waitUntil(table.isVisible)
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.vertices.index(0, 0)).center()
    )
    assert table.hasFocus()
    press(Key.Key_5)
    assert isinstance(QApplication.focusWidget(), QLineEdit), "a number is being typed into the table"
    press(Key.Key_Escape)
    qtbot.waitUntil(table.hasFocus)
    press(Key.Key_M)
    assert window.toolbox.in_hand == "tool_measure"


@pytest.mark.bounded
def test_what_was_refused_is_named_when_it_is_taken_back(window: MainWindow, form: SiteFormPanel, qtbot: QtBot) -> None:
    """Nothing was said, and the undo that followed took the step before."""
    form.dates_part.set_folded(False)
    retype(form.fields.fields["observed_at"], "soon")
    press(Key.Key_Escape)
    qtbot.waitUntil(lambda: "“soon” in Observed" in said_below(window))
    assert "undo does not bring it" in said_below(window)
    retype(form.fields.fields["label"], "Pad 2")
    press(Key.Key_Escape)
    qtbot.waitUntil(lambda: "Undo (Ctrl+Z) brings it again" in said_below(window))


def said_below(window: MainWindow) -> str:
    return " | ".join(label.text() for label in window.status.findChildren(ElidedLabel))
