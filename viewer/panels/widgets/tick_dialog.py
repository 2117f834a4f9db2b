"""A small window with a list of things to tick, and a button that takes the ticked ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.panels.widgets.form_page import side_by_side, wrapped
from viewer.support.language.text import tooltip

NAME = 0
"""The column with the box."""
MOST_UNSOUGHT = 12
"""Number of rows above which a list has a line to search them."""


class TickRow(NamedTuple):
    """A row that can be ticked: a text for each column, and its value."""

    cells: list[str]
    value: Any
    is_ticked: bool = True
    tip: str = ""


class TickDialog(QDialog):
    """The dialog beside the map; `chosen` carries the ticked values, and is not emitted where it was cancelled.

    `take_text` gives the text of the button for a number of ticked rows.
    """

    chosen = Signal(object)

    def __init__(
        self,
        says: str,
        columns: Sequence[str],
        rows: Sequence[TickRow],
        take_text: Callable[[int], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._rows, self._take_text = list(rows), take_text
        self._least, self._most = 1, len(self._rows)
        explanation = wrapped(says)
        explanation.setObjectName("bigFact")
        self.list = QTreeWidget()
        self.list.setAccessibleName(columns[0])
        self._fill(columns)
        self.find_line = QLineEdit()
        self.find_line.setPlaceholderText(self.tr("Find"))
        self.find_line.setAccessibleName(self.tr("Find"))
        self.find_line.setClearButtonEnabled(True)
        self.find_line.setVisible(len(self._rows) > MOST_UNSOUGHT)
        self.find_line.textChanged.connect(self._find)
        self.all_button, self.none_button = QPushButton(self.tr("Select &All")), QPushButton(self.tr("Select &None"))
        self.all_button.clicked.connect(lambda: self._tick(True))
        self.none_button.clicked.connect(lambda: self._tick(False))
        buttons = QDialogButtonBox()
        self.take_button = buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(explanation)
        layout.addWidget(self.find_line)
        layout.addWidget(self.list, 1)
        layout.addLayout(side_by_side(self.all_button, self.none_button))
        layout.addWidget(buttons)
        self.list.itemChanged.connect(self._count)
        self.list.itemDoubleClicked.connect(self._toggle)
        self._count()

    def _fill(self, columns: Sequence[str]) -> None:
        self.list.setHeaderLabels(list(columns))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row in self._rows:
            item = QTreeWidgetItem(row.cells)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setToolTip(NAME, tooltip(row.tip))
            item.setCheckState(NAME, Qt.CheckState.Checked if row.is_ticked else Qt.CheckState.Unchecked)
            item.setTextAlignment(len(columns) - 1, right)
            self.list.addTopLevelItem(item)
        if self._rows:
            self.list.setCurrentItem(self._item(0))
        self.list.header().setStretchLastSection(False)
        for column in range(len(columns)):
            how = QHeaderView.ResizeMode.Stretch if column == NAME else QHeaderView.ResizeMode.ResizeToContents
            self.list.header().setSectionResizeMode(column, how)

    def set_range(self, least: int, most: int) -> None:
        """Set the least and the greatest number of ticked rows."""
        self._least, self._most = least, most
        self._count()

    def ticked(self) -> list[Any]:
        """The values that would be taken now."""
        on = Qt.CheckState.Checked
        return [row.value for at, row in enumerate(self._rows) if self._item(at).checkState(NAME) is on]

    def _item(self, row: int) -> QTreeWidgetItem:
        item = self.list.topLevelItem(row)
        assert item is not None
        return item

    def _find(self, words: str) -> None:
        """Show only the rows with these letters; ticks stay."""
        wanted = words.strip().casefold()
        for at, row in enumerate(self._rows):
            self._item(at).setHidden(not any(wanted in cell.casefold() for cell in row.cells))

    def _tick(self, on: bool) -> None:
        """Tick all visible rows, or none."""
        state = Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        for row in range(self.list.topLevelItemCount()):
            if not self._item(row).isHidden():
                self._item(row).setCheckState(NAME, state)

    def _toggle(self, item: QTreeWidgetItem, column: int) -> None:
        """Toggle a row by a double click, but not on the box itself, which has toggled twice already."""
        if column != NAME:
            on = item.checkState(NAME) is Qt.CheckState.Checked
            item.setCheckState(NAME, Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)

    def _count(self, *_: object) -> None:
        count = len(self.ticked())
        self.take_button.setEnabled(self._least <= count <= self._most)
        self.take_button.setText(self._take_text(count))

    def _choose(self) -> None:
        self.chosen.emit(self.ticked())
        self.accept()
