"""The classes of a style as a Qt model: one row for each class, then the row of all others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, override

from msgspec.structs import replace
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from layers.errors import InvalidValue
from layers.text.counted import grouped
from layers.vector.style.classes import StyleClass
from layers.vector.style.layer_style import VectorStyle
from layers.vector.style.rules import check_rule
from layers.vector.style.template import value_text
from layers.vector.table import VectorInfo
from viewer.rendering.vector.symbol_sample import sample_icon
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language

type Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
LABEL, VALUE, COUNT = range(3)


class ClassRows(QAbstractTableModel):
    """The model. `commit` takes the changed style and returns the reason of a refusal.

    `refused` carries the reason why the text of a cell is invalid.
    """

    refused = Signal(str)

    def __init__(self, commit: Callable[[VectorStyle], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commit = commit
        self.style = VectorStyle()
        self.geometry = ""
        self.columns: tuple[str, ...] = ()
        """Columns that rules can use."""
        self.counts: tuple[int, ...] | None = None

    def show_style(self, style: VectorStyle, info: VectorInfo) -> None:
        """Show a style. Rows are reset only where their number changes, so that a selection stays."""
        same = len(style.classes) == len(self.style.classes) and style.mode == self.style.mode
        if not same:
            self.beginResetModel()
        self.style, self.geometry = style, info.geometry
        self.columns = tuple(name for name, _ in info.fields)
        if not same:
            self.endResetModel()
        else:
            self._all_changed()

    def show_counts(self, counts: tuple[int, ...] | None) -> None:
        self.counts = counts
        self._all_changed()

    def _all_changed(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, COUNT))

    def is_other(self, row: int) -> bool:
        return row == len(self.style.classes)

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.style.classes) + 1

    @override
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else 3

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == _ROLE.DisplayRole:
            values = {"graduated": self.tr("Range"), "rules": self.tr("Rule")}.get(self.style.mode, self.tr("Value"))
            return (self.tr("Class"), values, self.tr("Count"))[section]
        if role == _ROLE.TextAlignmentRole and section == COUNT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        row, column = index.row(), index.column()
        other = self.is_other(row)
        match role:
            case _ROLE.DisplayRole | _ROLE.EditRole:
                text = self._text(row, column)
                return one_line(text) if role == _ROLE.DisplayRole else text
            case _ROLE.CheckStateRole if column == LABEL:
                shown = self.style.show_other if other else self.style.classes[row].shown
                return Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked
            case _ROLE.DecorationRole if column == LABEL:
                look = self.style.other_symbol if other else self.style.classes[row].symbol
                return sample_icon(look, self.geometry)
            case _ROLE.TextAlignmentRole if column == COUNT:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _ROLE.ToolTipRole if column == VALUE and self.style.mode == "rules" and not other:
                return self.tr("As: height > 100 and kind = 'port'; the first rule that is true counts")
        return None

    def _text(self, row: int, column: int) -> str:
        if column == COUNT:
            return grouped(self.counts[row]) if self.counts is not None and row < len(self.counts) else ""
        if self.is_other(row):
            return self.tr("All others") if column == LABEL else ""
        style_class = self.style.classes[row]
        if column == LABEL:
            return style_class.title(self.style.mode)
        if self.style.mode == "graduated":
            return f"{value_text(style_class.lower)} – {value_text(style_class.upper)}"
        return style_class.rule if self.style.mode == "rules" else style_class.value

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.NoItemFlags
        flags = flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemNeverHasChildren
        if index.column() == LABEL:
            flags |= flag.ItemIsUserCheckable
        if index.column() != COUNT and not self.is_other(index.row()):
            flags |= flag.ItemIsEditable
        return flags

    @override
    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        if not index.isValid():
            return False
        row = index.row()
        if role == _ROLE.CheckStateRole:
            shown = Qt.CheckState(value) == Qt.CheckState.Checked
            if self.is_other(row):
                return not self._commit(replace(self.style, show_other=shown))
            return not self._commit(self.style.with_class(row, replace(self.style.classes[row], shown=shown)))
        if role != _ROLE.EditRole or self.is_other(row) or str(value) == self._text(row, index.column()):
            return False
        try:
            changed = self._edited(self.style.classes[row], index.column(), str(value).strip())
        except InvalidValue as error:
            self.refused.emit(in_language(error.sentence))
            return False
        return not self._commit(self.style.with_class(row, changed))

    def _edited(self, style_class: StyleClass, column: int, text: str) -> StyleClass:
        """The class with a changed cell. Raises InvalidValue."""
        if column == LABEL:
            return replace(
                style_class, label="" if text == replace(style_class, label="").title(self.style.mode) else text
            )
        if self.style.mode == "rules":
            check_rule(text, self.columns)
            return replace(style_class, rule=text)
        if self.style.mode == "graduated":
            lower, upper = _limits(text)
            return replace(style_class, lower=lower, upper=upper)
        return replace(style_class, value=text)


def _limits(text: str) -> tuple[float, float]:
    """Parse the limits of a range such as "1 – 5". Raises InvalidValue."""
    parts = text.replace("−", "-").replace("…", "–").split("–")
    try:
        lower, upper = (float(part.replace(" ", "").replace(",", ".")) for part in parts)
    except ValueError:
        raise InvalidValue("A range is two numbers with a dash between, as in 1 – 5.") from None
    return (lower, upper) if lower <= upper else (upper, lower)
