"""Row 8 of the second walk: letters run no command by mistake, messages go with their undo, the keyboard comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTabBar
from pytestqt.qtbot import QtBot
from shapely import Point

from tests.support.choices import popup
from tests.support.windows import begin_on_map, new_case, press, settle, texts
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.layers.place_dialog import PlaceDialog
from viewer.panels.shell.guide import GuideWindow


@pytest.fixture
def case(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """Seven sites, and the keyboard on the map."""
    new_case(window, qtbot)
    for number in range(7):
        place = Point(9 + number / 10, 50)
        window.session.push(add_site(window.session.document, place, actor="me", uuid=f"s{number}", label=f"s{number}"))
    settle(window, qtbot)
    begin_on_map(window, qtbot)
    return window


@pytest.mark.bounded
@pytest.mark.parametrize("key", [Qt.Key.Key_R, Qt.Key.Key_J, Qt.Key.Key_C])
def test_a_letter_makes_no_row_of_nothing(case: MainWindow, qtbot: QtBot, key: Qt.Key) -> None:
    press(key)
    settle(case, qtbot)
    document = case.session.document
    assert not document.claims
    assert not document.chips
    assert "select a site first" in case.status.hint.text()
    case.selection.set({"s1"})
    begin_on_map(case, qtbot)
    press(key)
    settle(case, qtbot)
    assert document.claims or document.chips or key == Qt.Key.Key_C


@pytest.mark.bounded
def test_the_menu_and_the_list_begin_a_claim_about_the_case_as_before(case: MainWindow, qtbot: QtBot) -> None:
    case.action_table["report"].trigger()
    settle(case, qtbot)
    assert len(case.session.document.claims) == 1


@pytest.mark.bounded
def test_the_warning_about_a_claim_goes_when_the_claim_is_undone(case: MainWindow, qtbot: QtBot) -> None:
    case.selection.set({f"s{number}" for number in range(7)})
    settle(case, qtbot)
    begin_on_map(case, qtbot)
    press(Qt.Key.Key_R)
    settle(case, qtbot)
    assert "about all 7 sites" in texts(case)
    case.action_table["undo"].trigger()
    settle(case, qtbot)
    assert not case.session.document.claims
    assert "about all 7 sites" not in texts(case)


@pytest.mark.bounded
def test_no_letter_runs_a_command_beside_a_dialog_that_asks(case: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    picture = QImage(40, 30, QImage.Format.Format_RGB32)
    picture.fill(0)
    assert picture.save(str(tmp_path / "photo.png"))
    case.opener.open([str(tmp_path / "photo.png")])
    qtbot.waitUntil(lambda: case.findChild(PlaceDialog) is not None and case.findChild(PlaceDialog).isVisible())
    case.selection.set({"s1"})
    begin_on_map(case, qtbot)
    tool = case.toolbox.in_hand
    for key in (Qt.Key.Key_R, Qt.Key.Key_P, Qt.Key.Key_T, Qt.Key.Key_M):
        press(key)
    assert not case.session.document.claims
    assert case.toolbox.in_hand == tool
    assert "waits for an answer" in case.status.hint.text()
    case.findChild(PlaceDialog).reject()
    settle(case, qtbot)
    begin_on_map(case, qtbot)
    press(Qt.Key.Key_P)
    assert case.toolbox.in_hand == "tool_point"


def test_letters_are_the_tools_beside_the_guide(case: MainWindow, qtbot: QtBot) -> None:
    case.action_table["guide"].trigger()
    qtbot.waitUntil(case.findChild(GuideWindow).isVisible)
    begin_on_map(case, qtbot)
    press(Qt.Key.Key_P)
    assert case.toolbox.in_hand == "tool_point"
    case.findChild(GuideWindow).close()


@pytest.mark.bounded
def test_after_another_tab_and_back_the_keyboard_is_in_the_field_it_was_in(case: MainWindow, qtbot: QtBot) -> None:
    case.selection.set({"s1"})
    settle(case, qtbot)
    label = next(one for one in case.docks["panel_details"].findChildren(QLineEdit) if one.text() == "s1")
    label.setFocus()
    qtbot.waitUntil(label.hasFocus)

    def click(title: str) -> None:
        bars = [bar for bar in case.findChildren(QTabBar) if bar.parentWidget() is case]
        bar, at = next((b, i) for b in bars for i in range(b.count()) if b.tabText(i).startswith(title))
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, bar.tabRect(at).center())

    click("Acquisition")
    qtbot.waitUntil(case.canvas.hasFocus)
    click("Site: s1")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is label)


@pytest.mark.bounded
@popup
def test_after_the_link_the_keyboard_is_in_the_exact_words_which_stay_where_they_were(
    case: MainWindow, qtbot: QtBot
) -> None:
    case.selection.set({"s1"})
    settle(case, qtbot)
    begin_on_map(case, qtbot)
    press(Qt.Key.Key_R)
    settle(case, qtbot)
    form = case.findChild(ClaimFormPanel)
    words = form.fields.fields["source_wording"]
    where = words.mapToGlobal(words.rect().topLeft())
    assert QApplication.focusWidget() is form.sources.picker
    QTest.keyClicks(form.sources.picker, "https://example.org/report")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(words.hasFocus)
    qtbot.waitUntil(lambda: not form.page.is_holding)
    assert len(case.session.document.sources) == 1
    assert abs(words.mapToGlobal(words.rect().topLeft()).y() - where.y()) <= 2, "what one is about to click stays"
    for letter in "The trucks":
        QTest.keyClicks(QApplication.focusWidget(), letter)
    assert words.toPlainText() == "The trucks"
    assert case.toolbox.in_hand == "tool_select"
    words.flush()
