"""The model of a list of named rows, shared by all such lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, override

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from layers.document.rows import Bookmark, Comparison, Product
from layers.document.search import Search
from viewer.commands.named_order import LONGEST_NAME
from viewer.panels.words import no_name
from viewer.support.language.text import one_line, tooltip

type Index = QModelIndex | QPersistentModelIndex

NOWHERE = QModelIndex()
EDGE_PX = 3
BEFORE_DAY, DAY_GAP_PX = "\t", 8
"""Mark before a day at the end of a line, and the pixels between that day and a name that is cut."""
"""Margin beside the text of a row, in logical pixels."""


class NamedRows[R: (Bookmark, Comparison, Product, Search)](QAbstractListModel):
    """Rows in the order of the list; subclasses say what each shows. `name_typed` carries a uuid and the typed name."""

    name_typed = Signal(str, str)

    def __init__(self, in_order: Callable[[], list[R]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._in_order: Callable[[], list[R]] = in_order
        self.rows: list[R] = []

    def read(self) -> None:
        """Read the rows of the document. An open editor stays open where the rows are the same."""
        rows = self._in_order()
        is_same = [row.uuid for row in rows] == [row.uuid for row in self.rows]
        if not is_same:
            self.beginResetModel()
        self.rows = rows
        self.taken()
        if not is_same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def taken(self) -> None:
        """Hook for subclasses, called when `rows` have changed and before they are shown."""

    def uuid_at(self, row: int) -> str:
        return self.rows[row].uuid

    def row_of(self, uuid: str) -> int:
        """Row of a uuid; -1 without one."""
        return next((at for at, row in enumerate(self.rows) if row.uuid == uuid), -1)

    def name_of(self, row: R) -> str:
        """The name as it is shown."""
        return one_line(_name_in(row)) or no_name()

    def facts_of(self, row: R) -> str:
        """Facts on a row in one line, beside its name."""
        raise NotImplementedError

    def day_of(self, row: R) -> str:
        """The day that stands at the end of the line of its name; empty for none."""
        return ""

    def shown(self, at: int, row: R, role: int) -> Any:
        """Data of a row for a role: its name with its day, and its facts below."""
        name, facts, day = self.name_of(row), self.facts_of(row), self.day_of(row)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{name}{BEFORE_DAY}{day}\n{facts}" if day else f"{name}\n{facts}"
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(f"{name}\n" + " · ".join(filter(None, (facts, day))))
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(filter(None, (name, facts, day)))
        return None

    @override
    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        return _name_in(row) if role == Qt.ItemDataRole.EditRole else self.shown(index.row(), row, role)

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        self.name_typed.emit(self.uuid_at(index.row()), str(value))
        return True

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        return flag.ItemIsSelectable | flag.ItemIsEnabled | flag.ItemIsEditable if index.isValid() else flag.NoItemFlags


def _name_in(row: Bookmark | Comparison | Product | Search) -> str:
    """The name that a row holds; empty for a search, which is called by what it is for."""
    return "" if isinstance(row, Search) else row.name


class NameDelegate(QStyledItemDelegate):
    """Edits names in a line that is limited to the length of a name."""

    def __init__(self, parent: QWidget, name_of_editor: str) -> None:
        super().__init__(parent)
        self._name_of_editor = name_of_editor

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint each line in its own part of the row: Qt drops the second line below a name in Chinese, which is
        taller.
        """
        self.initStyleOption(option, index)
        lines, option.text = option.text.splitlines(), ""
        option.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.Text
        painter.save()
        painter.setFont(option.font)
        painter.setPen(option.palette.color(role))
        room, high = option.rect.adjusted(EDGE_PX, 0, -EDGE_PX, 0), option.rect.height() / max(len(lines), 1)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        for at, line in enumerate(lines):
            place = QRectF(room.left(), room.top() + at * high, room.width(), high)
            text, _, day = line.partition(BEFORE_DAY)
            taken_px = option.fontMetrics.horizontalAdvance(day) + DAY_GAP_PX if day else 0
            cut = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width() - taken_px)
            painter.drawText(place, middle, cut)
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, day)
        painter.restore()

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(LONGEST_NAME)
        editor.setAccessibleName(self._name_of_editor)
        return editor
