"""A filter of the events of one widget alone: the one that has the keyboard."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget


class FocusFilter(QObject):
    """Watches only the widget that has the focus, where it concerns that, so that no event of the map comes by."""

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
