"""Hands on a window: what is typed goes where the keyboard is, and only what can be seen is clicked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


def write(text: str) -> None:
    """Type a text, wherever the keyboard is."""
    for letter in text:
        widget = QApplication.focusWidget()
        assert widget is not None
        QTest.keyClicks(widget, letter)


def click(widget: QWidget | None) -> None:
    """Click the middle of a widget, which has to be in sight."""
    assert widget is not None
    assert widget.isVisible(), f"nobody sees {widget.accessibleName()}"
    assert widget.visibleRegion().contains(widget.rect().center()), f"{widget.accessibleName()} is scrolled away"
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
