"""The command palette: type some letters of what is wanted, press Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, QSize, QSortFilterProxyModel, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPalette, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

SHORTCUT_ROLE = Qt.ItemDataRole.UserRole
GROUP_ROLE = Qt.ItemDataRole.UserRole + 1
ROW_PX = 30


@dataclass(frozen=True)
class PaletteEntry:
    """One command: `group` is the menu it stands in."""

    text: str
    group: str
    shortcut: str
    icon: QIcon
    enabled: bool
    run: Callable[[], None]


def match_score(wanted: str, text: str) -> float | None:
    """How well the letters of `wanted` stand in `text` in their order: lower is better, None where they do not.

    Letters that follow each other or begin a word cost nothing, gaps cost their length.
    """
    letters, words = text.casefold(), wanted.casefold().replace(" ", "")
    at, cost = -1, 0.0
    for letter in words:
        begins = [i for i in range(at + 1, len(letters)) if letters[i] == letter]
        if not begins:
            return None
        starts = [i for i in begins if i == 0 or not letters[i - 1].isalnum()]
        best = at + 1 if at + 1 == begins[0] else (starts or begins)[0]
        if best != at + 1 and best not in starts:
            cost += 1 + (best - at) * 0.5
        elif best != at + 1:
            cost += 0.5
        at = best
    return cost + len(letters) * 0.01


class CommandPalette(QDialog):
    """A list over the map; Escape or a click elsewhere closes it. What cannot run now is shown, not chosen."""

    def __init__(self, entries: Sequence[PaletteEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("palette")
        self.setWindowTitle(self.tr("Find a command"))
        self._entries = list(entries)
        self._input = QLineEdit(self)
        self._input.setPlaceholderText(self.tr("Find a command…"))
        self._input.setAccessibleName(self.tr("Find a command"))
        self._model = QStandardItemModel(self)
        for entry in self._entries:
            self._model.appendRow(_item(entry))
        self._matches = _Matches(self)
        self._matches.setSourceModel(self._model)
        self._list = QListView(self)
        self._list.setModel(self._matches)
        self._list.setItemDelegate(_EntryDelegate(self._list))
        self._list.setAccessibleName(self.tr("Commands"))
        self._list.setUniformItemSizes(True)
        self._list.clicked.connect(self._run)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self._input)
        layout.addWidget(self._list)
        self._input.textChanged.connect(self._filter)
        self._input.installEventFilter(self)
        self._filter("")

    def show_over(self, widget: QWidget) -> None:
        """Open in the upper middle of `widget`."""
        width, room = min(560, widget.width() - 40), widget.height() - 100 - self._input.sizeHint().height()
        self._list.setFixedHeight(max(3, min(12, room // ROW_PX)) * ROW_PX + 2)
        height = self.sizeHint().height()
        corner = widget.mapToGlobal(widget.rect().topLeft())
        self.setGeometry(QRect(corner.x() + (widget.width() - width) // 2, corner.y() + 44, width, height))
        self.show()
        self._input.setFocus()

    def shown_texts(self) -> list[str]:
        """What is listed now, the best first."""
        return [self._matches.index(row, 0).data() for row in range(self._matches.rowCount())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._input and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self._list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.close()
        super().changeEvent(event)

    def _filter(self, text: str) -> None:
        self._matches.look_for(text)
        self._list.setCurrentIndex(self._matches.index(0, 0))

    def _step(self, by: int) -> None:
        rows = self._matches.rowCount()
        if rows:
            row = (self._list.currentIndex().row() + by) % rows
            self._list.setCurrentIndex(self._matches.index(row, 0))

    def _run(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        entry = self._entries[self._matches.mapToSource(index).row()]
        if entry.enabled:
            self.close()
            entry.run()


class _Matches(QSortFilterProxyModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted = ""

    def look_for(self, wanted: str) -> None:
        self._wanted = wanted
        self.invalidate()
        self.sort(0)

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:  # type: ignore[override]
        return self._score(self.sourceModel().index(row, 0, parent)) is not None

    def lessThan(self, left: QModelIndex, right: QModelIndex) -> bool:  # type: ignore[override]
        if not self._wanted:
            return left.row() < right.row()
        a, b = self._score(left), self._score(right)
        return (a if a is not None else 1e9) < (b if b is not None else 1e9)

    def _score(self, index: QModelIndex) -> float | None:
        own = match_score(self._wanted, index.data())
        if own is not None:
            return own
        wider = match_score(self._wanted, f"{index.data(GROUP_ROLE)} {index.data()}")
        return None if wider is None else wider + 2


class _EntryDelegate(QStyledItemDelegate):
    """The shortcut stands at the right of its line."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        super().paint(painter, option, index)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.PlaceholderText
        painter.save()
        painter.setPen(option.palette.color(role))
        right = option.rect.adjusted(0, 0, -12, 0)
        text = "   ".join(part for part in (index.data(GROUP_ROLE), index.data(SHORTCUT_ROLE)) if part)
        painter.drawText(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # type: ignore[override]
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), ROW_PX)


def _item(entry: PaletteEntry) -> QStandardItem:
    item = QStandardItem(entry.icon, entry.text)
    item.setEditable(False)
    item.setEnabled(entry.enabled)
    item.setData(entry.shortcut, SHORTCUT_ROLE)
    item.setData(entry.group, GROUP_ROLE)
    spoken = f"{entry.text}, {entry.shortcut}" if entry.shortcut else entry.text
    item.setData(spoken, Qt.ItemDataRole.AccessibleTextRole)
    return item
