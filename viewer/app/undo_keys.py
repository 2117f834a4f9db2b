"""The keys of undo and redo in a text field: they are the field's while it has typing of its own, else the case's."""

from __future__ import annotations

from typing import override

import shiboken6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

type _Text = QLineEdit | QPlainTextEdit | QTextEdit

_REDO = QKeySequence("Ctrl+Y")


class UndoKeys(QObject):
    """Watches only the text that has the focus. Qt's fields keep these keys also where they have nothing to undo."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._moved)

    def _moved(self, before: QWidget | None, now: QWidget | None) -> None:
        if before is not None and shiboken6.isValid(before):
            before.removeEventFilter(self)
        if now is not None and _text_of(now) is not None:
            now.installEventFilter(self)

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
