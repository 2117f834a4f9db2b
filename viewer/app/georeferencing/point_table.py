"""The table of control points: numbers, pixels, places in any notation, residuals."""

from __future__ import annotations

import re
from typing import Any, override

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from layers.errors import BadCoordinate
from layers.geo.coordinates import format_coordinate
from layers.geo.coordinates.notation import Notation
from layers.geo.coordinates.parse import parse_coordinate
from layers.text.counted import grouped_number
from viewer.app.georeferencing.point_draft import DraftPoint, PointDraft
from viewer.panels.sites.place_table import PlaceTable
from viewer.support.language.translation import in_language

FINE_M = 0.1
COUNTS, PIXEL, PLACE, METRES, PIXELS = range(5)
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_ROLE = Qt.ItemDataRole

type Index = QModelIndex | QPersistentModelIndex


class PointModel(QAbstractTableModel):
    """Table model of a draft: an entry changes its row. `refused` carries the sentence on an unreadable entry."""

    refused = Signal(str)

    def __init__(self, draft: PointDraft, notation: Notation, parent: QWidget) -> None:
        super().__init__(parent)
        self._draft, self._notation = draft, notation
        self._count = len(draft.rows)

    def show_draft(self) -> None:
        """Refresh the rows from the draft."""
        if len(self._draft.rows) != self._count:
            self.beginResetModel()
            self._count = len(self._draft.rows)
            self.endResetModel()
        elif self._count:
            self.dataChanged.emit(self.index(0, 0), self.index(self._count - 1, PIXELS))

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return 0 if parent.isValid() else self._count

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return 0 if parent.isValid() else PIXELS + 1

    @override
    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        row, column = self._draft.rows[index.row()], index.column()
        if role == _ROLE.CheckStateRole and column == COUNTS:
            return Qt.CheckState.Checked if row.is_on else Qt.CheckState.Unchecked
        if role in (_ROLE.DisplayRole, _ROLE.EditRole):
            return self._text(index.row(), row, column)
        if role == _ROLE.AccessibleTextRole:
            text = self._text(index.row(), row, column) or self.tr("not set")
            return self.tr("Point {0}, {1}: {2}").format(index.row() + 1, self._titles()[column], text)
        if role == _ROLE.TextAlignmentRole and column in (METRES, PIXELS):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == _ROLE.ToolTipRole and column in (METRES, PIXELS):
            return self._says_of_residual(index.row(), row)
        return None

    def _text(self, number: int, row: DraftPoint, column: int) -> str:
        if column == COUNTS:
            return self.tr("counts") if row.is_on else self.tr("checks only")
        if column == PIXEL:
            return "" if row.pixel is None else f"{row.pixel[0]:.1f}, {row.pixel[1]:.1f}"
        if column == PLACE:
            return "" if row.place is None else format_coordinate(*row.place, self._notation, FINE_M)
        residual = self._draft.residual(number)
        if residual is None:
            return "–" if row.is_whole else ""
        amount = residual.metres if column == METRES else residual.pixels
        return grouped_number(f"{amount:.1f}" if amount < 1000 else f"{amount:.0f}")

    def _says_of_residual(self, number: int, row: DraftPoint) -> str:
        if self._draft.residual(number) is None:
            return self.tr("Unchecked: no other point tells whether this one is right") if row.is_whole else ""
        return ""

    @override
    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        if role == _ROLE.CheckStateRole and index.column() == COUNTS:
            self._draft.change(index.row(), is_on=Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        text = str(value).strip()
        if role != _ROLE.EditRole or text == self.data(index):
            return False
        if index.column() == PIXEL:
            return self._take_pixel(index.row(), text)
        try:
            read = parse_coordinate(text)
        except BadCoordinate as error:
            self.refused.emit(in_language(error.sentence))
            return False
        self._draft.change(index.row(), place=(read.lon, read.lat))
        return True

    def _take_pixel(self, row: int, text: str) -> bool:
        # A comma with a space after it parts two numbers; one within digits is a decimal one.
        numbers = [float(word.replace(",", ".")) for word in _NUMBER.findall(text)]
        if re.fullmatch(r"\d+,\d+", text):
            numbers = [float(word) for word in text.split(",")]
        wide, high = self._draft.size
        if len(numbers) != 2 or not (0 <= numbers[0] <= wide and 0 <= numbers[1] <= high):
            self.refused.emit(self.tr("A pixel is a column and a row within {0} × {1}: 120.5, 88.").format(wide, high))
            return False
        self._draft.change(row, pixel=(numbers[0], numbers[1]))
        return True

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        if role != _ROLE.DisplayRole:
            return None
        return str(section + 1) if orientation == Qt.Orientation.Vertical else self._titles()[section]

    def _titles(self) -> tuple[str, ...]:
        return (
            self.tr("Use"),
            self.tr("Pixel (column, row)"),
            self.tr("Place"),
            self.tr("Residual, m"),
            self.tr("Residual, px"),
        )

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == COUNTS:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in (PIXEL, PLACE) else flags


class PointTable(PlaceTable):
    """Table of a draft's points: Enter, F2 or a digit edits a cell, Space turns a point on or off, Delete removes."""

    row_chosen = Signal(int)
    removal_wanted = Signal()

    def __init__(self, draft: PointDraft, notation: Notation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._is_following = False
        self.points = PointModel(draft, notation, self)
        self.setModel(self.points)
        self.setAccessibleName(self.tr("Control points"))
        self.setAccessibleDescription(
            self.tr("Enter types a pixel or a place, Space turns a point off, Delete removes it")
        )
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(PLACE, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        draft.changed.connect(self._follow)
        self.selectionModel().currentChanged.connect(self._chosen)

    def _follow(self) -> None:
        """Show the changed draft, with its current row."""
        column = max(self.currentIndex().column(), 0)
        self._is_following = True
        self.points.show_draft()
        current = self._draft.current
        if 0 <= current < self.points.rowCount() and current != self.currentIndex().row():
            self.setCurrentIndex(self.points.index(current, column))
        self._is_following = False

    def _chosen(self, now: QModelIndex, _before: QModelIndex) -> None:
        if not self._is_following and now.isValid():
            self.row_chosen.emit(now.row())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_edited, index = self.is_edited, self.currentIndex()
        if event.key() == Qt.Key.Key_Delete and not is_edited:
            self.removal_wanted.emit()
        elif event.key() == Qt.Key.Key_Space and not is_edited and index.isValid():
            self._draft.change(index.row(), is_on=not self._draft.rows[index.row()].is_on)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not is_edited:
            if index.isValid() and index.column() in (PIXEL, PLACE):
                self.edit(index)
        else:
            super().keyPressEvent(event)
