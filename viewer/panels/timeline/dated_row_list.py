"""The list beside the timeline: rows of one mark that no zoom tells apart, or all rows without a date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, override

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout, QWidget

from layers.finding.case_timeline import TimelineRow
from viewer.panels.context import PanelContext
from viewer.panels.timeline.timeline_words import kind_title, row_lines, row_title, short_date
from viewer.panels.widgets.icon_button import IconButton
from viewer.support.elided import ElidedLabel
from viewer.support.language.text import tooltip

type Index = QModelIndex | QPersistentModelIndex

NOWHERE = QModelIndex()


class _Rows(QAbstractListModel):
    """The rows; their words are made when they are painted."""

    def __init__(self, context: PanelContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.rows: tuple[TimelineRow, ...] = ()

    def show_rows(self, rows: Sequence[TimelineRow]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.rows):
            return None
        row, document = self.rows[index.row()], self._context.document
        if role == Qt.ItemDataRole.DisplayRole:
            date = short_date(row) if row.span is not None else kind_title(document, row)
            return f"{date}  {row_title(document, row)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip("\n".join(row_lines(document, row)))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(row_lines(document, row))
        return None


class _RowView(QListView):
    """The list: a click opens a row, as Enter does; Esc closes the list."""

    left = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class DatedRowList(QWidget):
    """The list with its heading. `opened` carries the `TimelineRow` that was clicked or entered."""

    opened = Signal(object)
    closed = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = ElidedLabel()
        self.close_button = IconButton("close", self.tr("Close this list"))
        self.model = _Rows(context, self)
        self.view = _RowView()
        self.view.setModel(self.model)
        self.view.setUniformItemSizes(True)
        self.view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setAccessibleName(self.tr("Listed rows"))
        self.setFocusProxy(self.view)
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)
        self.view.clicked.connect(self._open)
        self.view.activated.connect(self._open)
        self.view.left.connect(self.close_list)
        self.close_button.clicked.connect(self.close_list)

    def show_rows(self, heading: str, rows: Sequence[TimelineRow]) -> None:
        """List rows, with the keyboard at the first."""
        self.heading.say(heading)
        self.model.show_rows(rows)
        self.show()
        if rows:
            self.view.setCurrentIndex(self.model.index(0))
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep_up(self, heading: str, rows: Sequence[TimelineRow]) -> None:
        """List other rows after an edit; the current one stays current where it is still there."""
        at = self.view.currentIndex().row()
        key = self.model.rows[at].key if 0 <= at < len(self.model.rows) else None
        self.heading.say(heading)
        self.model.show_rows(rows)
        if rows:
            same = (place for place, row in enumerate(rows) if row.key == key)
            self.view.setCurrentIndex(self.model.index(next(same, min(max(at, 0), len(rows) - 1))))

    def close_list(self) -> None:
        """Hide the list, and forget its rows."""
        self.model.show_rows(())
        self.hide()
        self.closed.emit()

    def _open(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self.model.rows):
            self.opened.emit(self.model.rows[index.row()])
