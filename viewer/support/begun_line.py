"""A line edit that shows the beginning of a text too long for it, where Qt's own shows the end."""

from __future__ import annotations

from typing import override

from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class BegunLine(QLineEdit):
    """Stays at the first letter when the text is set, when focus selects all of it, and when focus leaves."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setCursorPosition(0)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.selectedText() == self.text():
            self.deselect()  # Qt takes the same selection from the other end for none new
            self.setSelection(len(self.text()), -len(self.text()))

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setCursorPosition(0)
