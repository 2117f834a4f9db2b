"""Decides whether a text field or the window gets a key that both could use.

Undo and redo go to the field while it has typing of its own, else to the case. Ctrl+E makes a product everywhere; in
Qt's fields it moves to the end of the line on some systems, for which End remains.
"""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from viewer.support.focus_filter import FocusFilter

type _Text = QLineEdit | QPlainTextEdit | QTextEdit

_REDO = QKeySequence("Ctrl+Y")
_PRODUCT = QKeySequence("Ctrl+E")


class UndoKeys(FocusFilter):
    """Filters undo, redo and Ctrl+E in text fields: Qt's fields keep these keys even with nothing to undo."""

    @override
    def concerns(self, widget: QWidget) -> bool:
        return isinstance(widget, QAbstractSpinBox) or _text_of(widget) is not None

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        text = _text_of(watched)
        if event.type() == QEvent.Type.ShortcutOverride and QKeySequence(event.keyCombination()) == _PRODUCT:
            event.ignore()
            return True
        is_undo, is_redo = event.matches(QKeySequence.StandardKey.Undo), _is_redo(event)
        if text is None or not (is_undo or is_redo):
            return False
        has_own = _can_undo(text) if is_undo else _can_redo(text)
        if event.type() == QEvent.Type.ShortcutOverride:
            event.setAccepted(has_own)
            return True
        if event.type() == QEvent.Type.KeyPress and is_redo and has_own:
            text.redo()  # Qt knows only one of its two keys
            return True
        return False


def _text_of(widget: QWidget) -> _Text | None:
    if isinstance(widget, QComboBox):
        return widget.lineEdit()
    return widget if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit) else None


def _can_undo(text: _Text) -> bool:
    return text.isUndoAvailable() if isinstance(text, QLineEdit) else text.document().isUndoAvailable()


def _can_redo(text: _Text) -> bool:
    return text.isRedoAvailable() if isinstance(text, QLineEdit) else text.document().isRedoAvailable()


def _is_redo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Redo) or QKeySequence(event.keyCombination()) == _REDO
