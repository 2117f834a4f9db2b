"""Chooses in a closed combo box by keys alone, as one does who sees its list; `popup` marks a test that opens one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

popup = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every popup offscreen


def choose_by_keys(box: QComboBox, text: str) -> None:
    """Open the list with Down, go to the first row that begins so, and take it with Enter."""
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    rows = box.view()
    assert rows.isVisible(), f"{box.accessibleName()} does not open"
    QTest.keyClick(rows, Qt.Key.Key_Home)
    for _ in range(box.count()):
        if str(rows.currentIndex().data()).casefold().startswith(text.casefold()):
            break
        QTest.keyClick(rows, Qt.Key.Key_Down)
    assert str(rows.currentIndex().data()).casefold().startswith(text.casefold()), f"{text} is not offered"
    QTest.keyClick(rows, Qt.Key.Key_Return)
    assert not rows.isVisible()
    box.window().activateWindow()  # as a window manager does
