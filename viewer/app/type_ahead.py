"""Letters typed into a list or a closed choice find an entry there; where a list has a filter they are the tools'."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QWidget

from viewer.panels.widgets.row_list import RowTableView

_Modifier = Qt.KeyboardModifier


class TypeAhead(QObject):
    """Watches only the widget that has the focus, so that no event of the map comes by here."""

    def __init__(self, tree: QAbstractItemView, parent: QObject) -> None:
        """`tree` is the layer tree. It has a filter instead, as lists of rows have: letters are the tools' there."""
        super().__init__(parent)
        self._tree = tree
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._moved)

    def _moved(self, before: QWidget | None, now: QWidget | None) -> None:
        if isinstance(before, QAbstractItemView | QComboBox):
            before.removeEventFilter(self)
        has_filter = now is self._tree or isinstance(now, RowTableView)
        if isinstance(now, QAbstractItemView | QComboBox) and not has_filter:
            now.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_letter(event):
            event.accept()
            return True
        return False


def _is_letter(event: QKeyEvent) -> bool:
    plain = not event.modifiers() & ~(_Modifier.ShiftModifier | _Modifier.KeypadModifier)
    return plain and event.text().isalnum()
