"""The vertices of a line or an area, one a row, whose coordinates can be typed in any notation."""

from __future__ import annotations

from typing import Any, override

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QWidget
from shapely.geometry.base import BaseGeometry

from layers.geo.coordinates import format_coordinate
from layers.geo.coordinates.notation import Notation
from layers.geo.vertices import Ring, rings_of
from viewer.panels.sites.place_table import PlaceTable

ROWS_SEEN = 5
FINE_M = 0.1
"""Metres to which vertices and centres are shown; entering one unchanged moves nothing."""

type Vertex = tuple[int, int]
"""The number of a vertex's line or ring, and its number in that, from 0."""


class VertexModel(QAbstractTableModel):
    """The model. `typed` carries the part, the vertex and its entered text; nothing is changed here."""

    typed = Signal(int, int, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rings: list[Ring] = []
        self._rows: list[Vertex] = []
        self._notation = Notation.DD

    def show_geometry(self, geometry: BaseGeometry | None, notation: Notation) -> None:
        rings = rings_of(geometry) if geometry is not None else []
        rows = [(part, vertex) for part, ring in enumerate(rings) for vertex in range(len(ring))]
        if rows == self._rows and rows:
            self._rings, self._notation = rings, notation
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, 0))
            return
        self.beginResetModel()
        self._rings, self._rows, self._notation = rings, rows, notation
        self.endResetModel()

    def vertex_at(self, row: int) -> Vertex | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - as Qt has it
        return 0 if parent.isValid() else 1

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        part, vertex = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return format_coordinate(*self._rings[part][vertex], self._notation, FINE_M)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            place = format_coordinate(*self._rings[part][vertex], self._notation, FINE_M)
            return self.tr("Vertex {0}: {1}").format(self._name(index.row()), place)
        return None

    @override
    def setData(
        self, index: QModelIndex | QPersistentModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        if role != Qt.ItemDataRole.EditRole or str(value).strip() == self.data(index):
            return False
        part, vertex = self._rows[index.row()]
        self.typed.emit(part, vertex, str(value).strip())
        return True

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._name(section) if orientation == Qt.Orientation.Vertical else self.tr("Vertices")

    @override
    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def _name(self, row: int) -> str:
        """Name of a vertex, counted from 1; with the number of the part where there are several."""
        part, vertex = self._rows[row]
        return str(vertex + 1) if len(self._rings) == 1 else f"{part + 1}.{vertex + 1}"


class VertexTable(PlaceTable):
    """The table. Enter, F2 or a digit begins an entry, Enter ends it; Delete removes the current vertex, never the
    mark.

    `vertex_changed` is emitted when another one is current.
    """

    vertex_changed = Signal()
    removal_wanted = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.vertices = VertexModel(self)
        self.setModel(self.vertices)
        self.setAccessibleName(self.tr("Vertices"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        self.selectionModel().currentChanged.connect(lambda _now, _before: self.vertex_changed.emit())

    def show_geometry(self, geometry: BaseGeometry | None, notation: Notation) -> None:
        """Show the vertices of a geometry; the current one stays current if it can."""
        row = self.currentIndex().row()
        self.vertices.show_geometry(geometry, notation)
        count = self.vertices.rowCount()
        if count and not self.currentIndex().isValid():
            self.setCurrentIndex(self.vertices.index(min(row, count - 1) if row >= 0 else count - 1, 0))
        seen = min(max(count, 1), ROWS_SEEN)
        self.setFixedHeight(seen * self.verticalHeader().defaultSectionSize() + 2 * self.frameWidth())

    def current_vertex(self) -> Vertex | None:
        return self.vertices.vertex_at(self.currentIndex().row())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        vertex, is_edited = self.current_vertex(), self.is_edited
        if event.key() == Qt.Key.Key_Delete and vertex is not None and not is_edited:
            self.removal_wanted.emit(*vertex)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not is_edited:
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)
