"""The Qt model of the sheet: sites by images, read from the desk as cells are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, override

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from layers.observing.observation_rows import written_count
from layers.observing.seen_words import DAY_LENGTH
from viewer.panels.observations.cell_words import SIGNS, cell_words, image_date, image_words
from viewer.panels.observations.sheet_desk import SheetDesk, SheetPlace
from viewer.panels.widgets.row_drag import ROWS_TYPE, rows_data
from viewer.panels.words import site_name
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line, tooltip

type Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
LONGEST_HEAD = 60
"""Most characters of a line in the head of a column."""


class SheetModel(QAbstractTableModel):
    """Cells as words; the delegate paints them by their rows, which it asks the desk for."""

    def __init__(self, desk: SheetDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.shorten: Callable[[str], str] = str
        """Cuts a line of a column's head to the width that it has."""
        desk.sheet_changed.connect(self._begin_anew)
        desk.rows_changed.connect(self._show_rows)

    def _begin_anew(self) -> None:
        self.beginResetModel()
        self.endResetModel()

    def _show_rows(self) -> None:
        if self.rowCount() and self.columnCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.desk.sheet.sites)

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.desk.sheet.images)

    @override
    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self.desk.cell(SheetPlace(index.row(), index.column()))
        if role == _ROLE.DisplayRole:
            own = cell.own
            if own is None:
                return ""
            count = written_count(own.count_low, own.count_high)
            return " ".join(filter(None, (SIGNS.get(own.presence, "·"), count, one_line(own.words, 40))))
        if role in (_ROLE.ToolTipRole, _ROLE.AccessibleDescriptionRole):
            return tooltip(cell_words(cell, self.desk.context.document))
        if role == _ROLE.AccessibleTextRole:
            site, image = self.desk.site(index.row()), self.desk.sheet.images[index.column()]
            name = "" if site is None else site_name(site, self.desk.context.document)
            return f"{name}, {image_date(image)}: {cell_words(cell, self.desk.context.document)}"
        return None

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        at = SheetPlace(index.row(), index.column())
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() and self.desk.row_of(at) is not None else flags

    @override
    def mimeTypes(self) -> list[str]:
        return [ROWS_TYPE]

    @override
    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The rows of dragged or copied cells, for a claim that they become evidence of."""
        rows = (self.desk.row_of(SheetPlace(index.row(), index.column())) for index in indexes)
        return rows_data(("observations", row.uuid) for row in rows if row is not None)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            site = self.desk.site(section)
            if site is None or role not in (_ROLE.DisplayRole, _ROLE.ToolTipRole):
                return None
            name = site_name(site, self.desk.context.document)
            return one_line(name, 60) if role == _ROLE.DisplayRole else tooltip(name)
        if not 0 <= section < self.columnCount():
            return None
        image = self.desk.sheet.images[section]
        view = self.desk.view_of(image)
        if role == _ROLE.DisplayRole:
            named = one_line(image.sensor or image.title, LONGEST_HEAD)
            date = image_date(image) if image.acquired_at or image.date_kind == "composite" else self.tr("undated")
            if self.shorten(date) != date and image.is_dated:
                date = image.acquired_at.partition("/")[0][:DAY_LENGTH]  # whole in figures rather than cut in words
            lines = date, named, word(view) if view else self.tr("how clear?")
            return "\n".join(map(self.shorten, dict.fromkeys(filter(None, lines))))
        if role in (_ROLE.ToolTipRole, _ROLE.AccessibleTextRole):
            return tooltip(image_words(image, view))
        return None
