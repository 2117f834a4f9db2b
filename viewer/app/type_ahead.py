"""Letters typed into a list or a closed choice find an entry there; where a list has a filter they are the tools'."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QWidget

from viewer.panels.widgets.row_list import RowTableView
from viewer.support.focus_filter import FocusFilter

_Modifier = Qt.KeyboardModifier


class TypeAhead(FocusFilter):
    """Watches lists without a filter, and choices."""

    def __init__(self, tree: QAbstractItemView, parent: QObject) -> None:
        """`tree` is the layer tree. It has a filter instead, as lists of rows have: letters are the tools' there."""
        super().__init__(parent)
        self._tree = tree

    @override
    def concerns(self, widget: QWidget) -> bool:
        has_filter = widget is self._tree or isinstance(widget, RowTableView)
        return isinstance(widget, QAbstractItemView | QComboBox) and not has_filter

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_letter(event):
            event.accept()
            return True
        return False


def _is_letter(event: QKeyEvent) -> bool:
    plain = not event.modifiers() & ~(_Modifier.ShiftModifier | _Modifier.KeypadModifier)
    return plain and event.text().isalnum()
