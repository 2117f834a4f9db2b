"""A table of points with typed places: its selection, its editing, and its Tab key."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget


class PlaceTable(QTableView):
    """The table. One row is selected at a time; a double click, F2 or a digit begins an entry, and Tab leaves it.

    A letter begins none, so that the keys of tools still work after a click on a row.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)
        self.setTabKeyNavigation(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    @property
    def is_edited(self) -> bool:
        """True while a cell is being edited, which takes all keys."""
        return self.state() == QAbstractItemView.State.EditingState

    @override
    def event(self, event: QEvent) -> bool:
        # Delete is about the point here: the window, whose key it is too, would delete the whole mark.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Delete
        ):
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.is_edited or not event.text()[:1].isalpha():
            super().keyPressEvent(event)
