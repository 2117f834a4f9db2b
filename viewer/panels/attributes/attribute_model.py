"""The Qt model of an attribute table: it reads the columns in place, and its rows are indexes into them."""

from __future__ import annotations

from typing import Any, override

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QFont, QPalette

from layers.vector.columns import Attributes, Column, Kind
from viewer.support.language.text import one_line, tooltip

type Index = QModelIndex | QPersistentModelIndex

_ROLE = Qt.ItemDataRole
LONGEST_CELL = 200
LONGEST_TIP = 2000
NULL_TEXT = "NULL"


class AttributeModel(QAbstractTableModel):
    """Shows the rows of the table whose indexes are in `rows`, in that order, with the columns named in `columns`.

    The row header shows fids.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: Attributes | None = None
        self.rows: NDArray[np.intp] = np.empty(0, np.intp)
        self.columns: list[str] = []
        self.selected: NDArray[np.bool_] = np.empty(0, bool)
        """(n,) Mask of the selected rows, over all rows of the table."""
        self._nulls = QFont()
        self._nulls.setItalic(True)
        self._palette = QPalette()

    def show_table(self, table: Attributes | None) -> None:
        """Show all rows of another table, with nothing selected."""
        self.beginResetModel()
        self.table = table
        self.columns = list(table.names) if table is not None else []
        self.rows = np.arange(len(table) if table is not None else 0)
        self.selected = np.zeros(len(self.rows), bool)
        self.endResetModel()

    def show_rows(self, rows: NDArray[np.intp]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def select(self, selected: NDArray[np.bool_]) -> None:
        self.selected = selected
        if len(self.rows):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, max(len(self.columns) - 1, 0)))

    def set_palette(self, palette: QPalette) -> None:
        self._palette = palette

    def column(self, section: int) -> Column:
        assert self.table is not None
        return self.table.columns[self.columns[section]]

    def selected_fids(self) -> NDArray[np.int64]:
        assert self.table is not None
        return self.table.fids[self.selected]

    def cell(self, index: Index) -> Any:
        """The exact value of a cell."""
        return self.column(index.column()).value(int(self.rows[index.row()]))

    # -- Qt's side ----------------------------------------------------------------------------------------------

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        if not index.isValid() or self.table is None:
            return None
        row, column = int(self.rows[index.row()]), self.column(index.column())
        match role:
            case _ROLE.DisplayRole:
                return NULL_TEXT if column.is_null(row) else one_line(column.shown(row, LONGEST_CELL), LONGEST_CELL)
            case _ROLE.ToolTipRole:
                return None if column.is_null(row) else tooltip(column.shown(row, LONGEST_TIP))
            case _ROLE.TextAlignmentRole if column.kind.is_number:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _ROLE.FontRole if column.is_null(row):
                return self._nulls
            case _ROLE.ForegroundRole if self.selected[row]:
                return QBrush(self._palette.color(QPalette.ColorRole.HighlightedText))
            case _ROLE.ForegroundRole if column.is_null(row):
                return QBrush(self._palette.color(QPalette.ColorRole.PlaceholderText))
            case _ROLE.BackgroundRole if self.selected[row]:
                return QBrush(self._palette.color(QPalette.ColorRole.Highlight))
            case _ROLE.AccessibleDescriptionRole if self.selected[row]:
                return self.tr("selected")
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        if self.table is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            if role == _ROLE.DisplayRole and section < len(self.rows):
                return str(self.table.fids[self.rows[section]])
            return None
        if not 0 <= section < len(self.columns):
            return None
        column = self.column(section)
        if role == _ROLE.DisplayRole:
            return one_line(column.name, 60)
        if role == _ROLE.ToolTipRole:
            return tooltip(f"{column.name}\n{self.kind_word(column.kind)}")
        if role == _ROLE.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.kind.is_number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def kind_word(self, kind: Kind) -> str:
        return {
            Kind.INTEGER: self.tr("Whole number"),
            Kind.REAL: self.tr("Number"),
            Kind.BOOLEAN: self.tr("True or false"),
            Kind.DATE: self.tr("Date"),
            Kind.DATETIME: self.tr("Date and time"),
            Kind.TEXT: self.tr("Text"),
        }[kind]
