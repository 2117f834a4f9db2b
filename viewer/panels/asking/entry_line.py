"""The line in which a count or words are typed, in a cell or on a plate; keys that lead out of it enter the text."""

from __future__ import annotations

from enum import Enum, auto
from typing import override

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from viewer.panels.widgets.fields import LONGEST_LINE

_STEPS = {Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Tab: (0, 1), Qt.Key.Key_Backtab: (0, -1)}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Entry(Enum):
    """The meaning of what is typed."""

    COUNT = auto()
    WORDS = auto()
    REASON = auto()
    """Words of the row that say why it cannot be told."""


class EntryLine(QLineEdit):
    """The line. `entered` carries its text and the cells to move down and right; `given_up` ends it without one."""

    entered = Signal(str, int, int)
    given_up = Signal()

    def __init__(self, parent: QWidget, text: str, entry: Entry) -> None:
        super().__init__(parent)
        self._is_count, self._is_over = entry is Entry.COUNT, False
        self.setMaxLength(24 if self._is_count else LONGEST_LINE)
        self.setText(text)
        names = {
            Entry.COUNT: self.tr("Count, such as 3 or 3-5"),
            Entry.WORDS: self.tr("Words on what is seen"),
            Entry.REASON: self.tr("Why it cannot be told, in words"),
        }
        hints = {
            Entry.WORDS: self.tr("What is seen, in words"),
            Entry.REASON: self.tr("Why it cannot be told, in words"),
        }
        self.setAccessibleName(names[entry])
        self.setPlaceholderText(hints.get(entry, ""))

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _STEPS:
            self._end(*_STEPS[Qt.Key(event.key())])  # Tab never comes as a key that is pressed in the line
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self._end(0, 0)
        elif event.key() == Qt.Key.Key_Escape:
            self._give_up()
        elif self._is_count and event.key() == Qt.Key.Key_Right and self.cursorPosition() == len(self.text()):
            self._end(0, 1)
        elif self._is_count and event.key() == Qt.Key.Key_Left and self.cursorPosition() == 0:
            self._end(0, -1)
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._end(0, 0)

    def _end(self, down: int, right: int) -> None:
        if not self._is_over:
            self._is_over = True
            self.entered.emit(self.text(), down, right)

    def _give_up(self) -> None:
        if not self._is_over:
            self._is_over = True
            self.given_up.emit()
