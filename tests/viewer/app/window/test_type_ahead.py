"""Letters in lists and choices find entries; on the map, and with Ctrl, they are shortcuts."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QListWidget
from pytestqt.qtbot import QtBot

from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow


def test_a_letter_in_a_choice_or_a_list_takes_no_tool(window: MainWindow, qtbot: QtBot) -> None:
    choice, rows = QComboBox(window), QListWidget(window)
    for widget in (choice, rows):
        widget.addItems(["Alpha", "Line", "Point"])
        widget.show()
    window.activateWindow()
    window.file_menu.new_case()
    settle(window, qtbot)
    line = window.action_table["tool_line"]
    for widget, chosen in ((choice, choice.currentText), (rows, lambda: rows.currentItem().text())):
        widget.setFocus()
        qtbot.waitUntil(widget.hasFocus)
        QTest.keyClick(widget, Qt.Key.Key_L)
        assert chosen() == "Line"
        assert not line.isChecked()
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.hasFocus)
    QTest.keyClick(window.canvas, Qt.Key.Key_L)
    assert line.isChecked()
