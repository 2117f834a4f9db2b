"""Keys of the widget with the keyboard: a filter that is installed on it alone, and Delete, which lists keep."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

TAKES_LETTERS = "takes letters"
"""The property of a table in which single letters and digits are entries: no filter may take them from it."""


class FocusFilter(QObject):
    """Filters the events of the focused widget, where `concerns` accepts it; all other events skip Python."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._moved)

    def concerns(self, widget: QWidget) -> bool:
        """True where the events of this widget, which now has the focus, are to be filtered."""
        raise NotImplementedError

    def _moved(self, before: QWidget | None, now: QWidget | None) -> None:
        if before is not None and shiboken6.isValid(before):
            before.removeEventFilter(self)
        if now is not None and self.concerns(now):
            now.installEventFilter(self)


def keeps_delete(event: QEvent) -> bool:
    """Accept the question whether Delete is a shortcut, so that a list gets the key itself: the menu's command would
    delete the selected marks.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.key() != Qt.Key.Key_Delete or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return False
    event.accept()
    return True
