"""The keys of undo and redo in a text field: they are the field's while it has typing of its own, else the case's."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from viewer.support.focus_filter import FocusFilter

type _Text = QLineEdit | QPlainTextEdit | QTextEdit

_REDO = QKeySequence("Ctrl+Y")


class UndoKeys(FocusFilter):
    """Watches texts: Qt's fields keep these keys also where they have nothing to undo."""

    @override
    def concerns(self, widget: QWidget) -> bool:
        return _text_of(widget) is not None

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        text = _text_of(watched)
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
