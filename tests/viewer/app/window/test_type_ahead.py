"""Letters in lists and choices find entries; on the map, and with Ctrl, they are shortcuts."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.support.still_boxes import ComboBox


def test_a_letter_in_a_choice_or_a_list_takes_no_tool(window: MainWindow, qtbot: QtBot) -> None:
    choice, rows = ComboBox(window), QListWidget(window)
    for widget in (choice, rows):
        widget.addItems(["Alpha", "Line", "Point"])
        widget.show()
    window.activateWindow()
    window.file_menu.new_case()
    settle(window, qtbot)
    line = window.action_table["tool_line"]
    found = {choice: ("Alpha", choice.currentText), rows: ("Line", lambda: rows.currentItem().text())}
    for widget, (wanted, chosen) in found.items():
        widget.setFocus()
        qtbot.waitUntil(widget.hasFocus)
        QTest.keyClick(widget, Qt.Key.Key_L)
        assert chosen() == wanted, "a closed choice lists nothing that one could find"
        assert not line.isChecked()
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.hasFocus)
    QTest.keyClick(window.canvas, Qt.Key.Key_L)
    assert line.isChecked()
