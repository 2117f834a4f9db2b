"""The table view of attributes: selects whole rows, any number of them, by mouse and keyboard."""

from __future__ import annotations

from typing import cast, override

import numpy as np
from PySide6.QtCore import QEvent, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from viewer.panels.attributes.attribute_model import AttributeModel

LEAST_PX, MOST_PX = 60, 320
SAMPLED_ROWS, SAMPLED_CELLS = 40, 4000
_MODIFIER = Qt.KeyboardModifier
_OWN_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Space, Qt.Key.Key_Escape)


class AttributeView(QTableView):
    """A view that keeps the selection as a mask in its model; `chosen` is emitted when the user changes it.

    Qt's own selection keeps a range for each run of rows, which is slow where every other row is selected.
    """

    chosen = Signal()
    entered_row = Signal()
    copy_wanted = Signal()
    header_menu_wanted = Signal(int, QPoint)
    """Emitted with the section of a column, and a place on the screen."""

    def __init__(self, model: AttributeModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._anchor = -1
        self._before = model.selected
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self._set_up_headers()

    def _set_up_headers(self) -> None:
        rows, header = self.verticalHeader(), self.horizontalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 7)
        rows.setSectionsClickable(False)
        rows.setAccessibleName(self.tr("Feature numbers"))
        header.setAccessibleName(self.tr("Columns"))
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        header.setSortIndicatorShown(True)
        header.setSectionsClickable(True)
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(36)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._header_menu)

    def fit_columns(self) -> None:
        """Set widths by the titles and the first rows: measuring a million cells would take minutes."""
        metrics, header = self.fontMetrics(), self.horizontalHeader()
        most = max(2, min(SAMPLED_ROWS, SAMPLED_CELLS // max(self._model.columnCount(), 1)))
        rows = self._model.rows[:most].tolist()
        for section in range(self._model.columnCount()):
            column = self._model.column(section)
            widest = metrics.horizontalAdvance(column.name[:60]) + 22
            for row in rows:
                widest = max(widest, metrics.horizontalAdvance(column.shown(row, 60)))
            header.resizeSection(section, max(LEAST_PX, min(widest + 16, MOST_PX)))
        table = self._model.table
        largest = str(int(table.fids.max())) if table is not None and len(table) else "0"
        self.verticalHeader().setFixedWidth(metrics.horizontalAdvance(largest + "0") + 10)

    @override
    def sizeHint(self) -> QSize:
        return QSize(700, 220)

    # -- selecting ----------------------------------------------------------------------------------------------

    def select_all_shown(self) -> None:
        mask = np.zeros_like(self._model.selected)
        mask[self._model.rows] = True
        self._choose(mask)

    def _choose(self, mask: np.ndarray) -> None:
        if not np.array_equal(mask, self._model.selected):
            self._model.select(mask)
            self.chosen.emit()

    def _click(self, row: int, modifiers: Qt.KeyboardModifier) -> None:
        model = self._model
        if modifiers & _MODIFIER.ShiftModifier and self._anchor >= 0:
            self._reach(row, adding=bool(modifiers & _MODIFIER.ControlModifier))
            return
        self._anchor = row
        mask = model.selected.copy() if modifiers & _MODIFIER.ControlModifier else np.zeros_like(model.selected)
        at = model.rows[row]
        mask[at] = not mask[at] if modifiers & _MODIFIER.ControlModifier else True
        self._before = mask.copy()
        self._choose(mask)

    def _reach(self, row: int, *, adding: bool = False) -> None:
        """Select the rows from the last click without Shift to this one; `adding` keeps those selected before."""
        low, high = sorted((min(self._anchor, len(self._model.rows) - 1), row))
        fits = adding and len(self._before) == len(self._model.selected)
        mask = self._before.copy() if fits else np.zeros_like(self._model.selected)
        mask[self._model.rows[low : high + 1]] = True
        self._choose(mask)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            self.setCurrentIndex(index)
            self._click(index.row(), event.modifiers())
            event.accept()
        else:
            super().mousePressEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._anchor >= 0:
            place = event.position().toPoint()
            # A hand that drags over the edge goes on with the rows there.
            index = self.indexAt(QPoint(max(place.x(), 1), place.y()))
            if index.isValid():
                self.setCurrentIndex(index)
                self._reach(index.row(), adding=bool(event.modifiers() & _MODIFIER.ControlModifier))
            return
        super().mouseMoveEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        # Ctrl+A and Delete would be about the sites, Space and Escape about the map.
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if is_key and _is_own(cast("QKeyEvent", event)):
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all_shown()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_row.emit()
        elif event.key() == Qt.Key.Key_Space and row >= 0:
            control = event.modifiers() & _MODIFIER.ControlModifier
            self._click(row, _MODIFIER.ControlModifier if control else _MODIFIER.NoModifier)
        elif event.key() == Qt.Key.Key_Escape and self._model.selected.any():
            self._choose(np.zeros_like(self._model.selected))
        else:
            super().keyPressEvent(event)
            self._follow_keys(row, event.modifiers())

    def _follow_keys(self, before: int, modifiers: Qt.KeyboardModifier) -> None:
        """Select with the arrow keys: single rows, with Shift a range, with Control none."""
        row = self.currentIndex().row()
        if row in (before, -1) or modifiers & _MODIFIER.ControlModifier:
            return
        if modifiers & _MODIFIER.ShiftModifier:
            self._anchor = before if self._anchor < 0 else self._anchor
            self._reach(row)
        else:
            self._click(row, _MODIFIER.NoModifier)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.indexAt(event.position().toPoint()).isValid():
            self.entered_row.emit()

    def rows_changed(self) -> None:
        """Begin a new range, as other rows are shown now."""
        self._anchor = -1

    def scroll_to_row(self, row: int) -> None:
        index: QModelIndex = self._model.index(row, max(self.currentIndex().column(), 0))
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def _header_menu(self, place: QPoint) -> None:
        section = self.horizontalHeader().logicalIndexAt(place)
        self.header_menu_wanted.emit(section, self.horizontalHeader().mapToGlobal(place))


def _is_own(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.SelectAll) or event.key() in _OWN_KEYS
