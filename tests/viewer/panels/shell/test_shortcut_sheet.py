"""Every key is on the sheet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from viewer.panels.shell.shortcut_sheet import ShortcutSheet


def test_every_key_is_on_the_sheet(qtbot: QtBot) -> None:
    groups = {f"Menu {n}": [(f"Action {n}.{m}", f"Ctrl+{m}") for m in range(n + 1)] for n in range(8)}
    sheet = ShortcutSheet(groups)
    qtbot.addWidget(sheet)
    texts = [label.text() for label in sheet.findChildren(QLabel)]
    for title, rows in groups.items():
        assert title in texts
        assert all(text in texts for text, _keys in rows)
    assert texts.count("Ctrl+0") == 8


def test_typed_words_leave_the_keys_that_have_them(qtbot: QtBot) -> None:
    groups = {"Edit": [("Undo", "Ctrl+Z"), ("Copy Marks", "Ctrl+C")], "Measure": [("Length", "M"), ("Area", "Shift+M")]}
    sheet = ShortcutSheet(groups)
    qtbot.addWidget(sheet)
    sheet.show()
    qtbot.waitUntil(sheet.search.hasFocus)
    QTest.keyClicks(sheet.search, "measure AREA")
    assert sheet.shown_rows() == [("Area", "Shift+M")]
    QTest.keyClick(sheet.search, Qt.Key.Key_Return)
    assert sheet.isVisible(), "Enter closes no help that is being searched"
    sheet.search.clear()
    QTest.keyClicks(sheet.search, "ctrl+z")
    assert sheet.shown_rows() == [("Undo", "Ctrl+Z")]
    QTest.keyClicks(sheet.search, "zz")
    assert sheet.shown_rows() == []
    assert sheet.nothing.isVisible()
    sheet.search.clear()
    assert len(sheet.shown_rows()) == 4
    assert not sheet.nothing.isVisible()
