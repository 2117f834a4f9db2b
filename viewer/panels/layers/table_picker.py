"""Picks the layers of a file of several that become layers of the case."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.commands.found_layers import FoundLayer
from viewer.panels.widgets.form_page import side_by_side, wrapped
from viewer.support.text import one_line

NAME, GEOMETRY, FEATURES = range(3)


class TablePicker(QDialog):
    """Stays beside the map; `chosen` carries the layers that were ticked, nothing where it was given up."""

    chosen = Signal(object)

    def __init__(self, file_name: str, layers: Sequence[FoundLayer], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr, role = self.tr, QDialogButtonBox.ButtonRole
        self._layers = list(layers)
        self.setWindowTitle(tr("Layers of {0}").format(one_line(file_name, 60)))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        says = wrapped(tr("{0} holds {1} layers. Which should be added?").format(one_line(file_name, 80), len(layers)))
        says.setObjectName("bigFact")
        self.list = QTreeWidget()
        self._fill(file_name)
        self.all_button, self.none_button = QPushButton(tr("Select &All")), QPushButton(tr("Select &None"))
        self.all_button.setToolTip(tr("Tick all layers"))
        self.none_button.setToolTip(tr("Tick no layer"))
        self.all_button.clicked.connect(lambda: self._tick(True))
        self.none_button.clicked.connect(lambda: self._tick(False))
        buttons = QDialogButtonBox()
        self.add_button = buttons.addButton("", role.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(says)
        layout.addWidget(self.list, 1)
        layout.addLayout(side_by_side(self.all_button, self.none_button))
        layout.addWidget(buttons)
        self.list.itemChanged.connect(self._count)
        self.list.itemDoubleClicked.connect(self._toggle)
        self._count()
        self.resize(520, 380)

    def _fill(self, file_name: str) -> None:
        stem = file_name.rpartition(".")[0]
        are_pictures = all(layer.is_alternative for layer in self._layers)
        kind, count = (self.tr("Size"), "") if are_pictures else (self.tr("Geometry"), self.tr("Features"))
        self.list.setHeaderLabels([self.tr("Name"), kind, count])
        self.list.setAccessibleName(self.tr("Layers of the file"))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        for at, layer in enumerate(self._layers):
            name = layer.name.removeprefix(f"{stem}: ")
            item = QTreeWidgetItem([one_line(name, 120), one_line(layer.details[0], 40), layer.details[1]])
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            item.setToolTip(NAME, one_line(layer.source.get("part", ""), 200))
            is_ticked = at == 0 or not layer.is_alternative
            item.setCheckState(NAME, Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
            item.setTextAlignment(FEATURES, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.list.addTopLevelItem(item)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(GEOMETRY, QHeaderView.ResizeMode.ResizeToContents)
        self.list.header().setSectionResizeMode(FEATURES, QHeaderView.ResizeMode.ResizeToContents)

    def ticked(self) -> list[FoundLayer]:
        """The layers that would be added now."""
        rows = range(self.list.topLevelItemCount())
        return [self._layers[row] for row in rows if self._item(row).checkState(NAME) is Qt.CheckState.Checked]

    def _item(self, row: int) -> QTreeWidgetItem:
        item = self.list.topLevelItem(row)
        assert item is not None
        return item

    def _tick(self, on: bool) -> None:
        state = Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        for row in range(self.list.topLevelItemCount()):
            self._item(row).setCheckState(NAME, state)

    def _toggle(self, item: QTreeWidgetItem, column: int) -> None:
        """A double click on the box itself has toggled twice already."""
        if column != NAME:
            on = item.checkState(NAME) is Qt.CheckState.Checked
            item.setCheckState(NAME, Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)

    def _count(self, *_: object) -> None:
        count = len(self.ticked())
        self.add_button.setEnabled(count > 0)
        self.add_button.setText(self.tr("A&dd 1 layer") if count == 1 else self.tr("A&dd {0} layers").format(count))

    def _choose(self) -> None:
        self.chosen.emit(self.ticked())
        self.accept()
