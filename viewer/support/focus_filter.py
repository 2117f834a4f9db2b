"""An event filter that follows the keyboard focus: it is installed on the focused widget only."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject
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
