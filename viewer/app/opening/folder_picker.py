"""Picks the files of a folder that are opened."""

from __future__ import annotations

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

from layers.text.counted import counted, grouped
from viewer.app.opening.folder_files import FolderFiles
from viewer.panels.widgets.form_page import side_by_side, wrapped
from viewer.support.text import one_line, tooltip

NAME, SIZE = range(2)
MOST_TICKED = 20
"""More are rarely wanted all at once: then none is ticked."""
KB = 1024


class FolderPicker(QDialog):
    """Stays beside the map; `chosen` carries the paths that were ticked, as text."""

    chosen = Signal(object)

    def __init__(self, folder_name: str, found: FolderFiles, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr, role = self.tr, QDialogButtonBox.ButtonRole
        self._files = found.files
        self.setWindowTitle(tr("Files of {0}").format(one_line(folder_name, 60)))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        count = counted(len(found.files), tr("file"), tr("files"))
        said = tr("{0} holds {1} that may be opened. Which should be?").format(one_line(folder_name, 80), count)
        says = wrapped(f"{said} {tr('There are more: only the first are listed.')}" if found.is_cut else said)
        says.setObjectName("bigFact")
        self.list = QTreeWidget()
        self._fill()
        self.all_button, self.none_button = QPushButton(tr("Select &All")), QPushButton(tr("Select &None"))
        self.all_button.setToolTip(tr("Tick all files"))
        self.none_button.setToolTip(tr("Tick no file"))
        self.all_button.clicked.connect(lambda: self._tick(True))
        self.none_button.clicked.connect(lambda: self._tick(False))
        buttons = QDialogButtonBox()
        self.open_button = buttons.addButton("", role.AcceptRole)
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
        self._count()
        self.resize(560, 420)

    def _fill(self) -> None:
        self.list.setHeaderLabels([self.tr("Name"), self.tr("Size")])
        self.list.setAccessibleName(self.tr("Files of the folder"))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        likely = sum(file.is_likely for file in self._files)
        for file in self._files:
            item = QTreeWidgetItem([one_line(file.name, 160), _size_text(file.size)])
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setToolTip(NAME, tooltip(file.name))
            is_ticked = file.is_likely and likely <= MOST_TICKED
            item.setCheckState(NAME, Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
            item.setTextAlignment(SIZE, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.list.addTopLevelItem(item)
        if self._files:
            self.list.setCurrentItem(self._item(0))
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(SIZE, QHeaderView.ResizeMode.ResizeToContents)

    def ticked(self) -> list[str]:
        """The paths that would be opened now."""
        rows = range(self.list.topLevelItemCount())
        return [str(self._files[row].path) for row in rows if self._item(row).checkState(NAME) is Qt.CheckState.Checked]

    def _item(self, row: int) -> QTreeWidgetItem:
        item = self.list.topLevelItem(row)
        assert item is not None
        return item

    def _tick(self, on: bool) -> None:
        state = Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        for row in range(self.list.topLevelItemCount()):
            self._item(row).setCheckState(NAME, state)

    def _count(self, *_: object) -> None:
        count = len(self.ticked())
        self.open_button.setEnabled(count > 0)
        self.open_button.setText(self.tr("&Open 1 file") if count == 1 else self.tr("&Open {0} files").format(count))

    def _choose(self) -> None:
        self.chosen.emit(self.ticked())
        self.accept()


def _size_text(size: int) -> str:
    if size >= KB * KB:
        return f"{grouped(round(size / KB / KB))} MB"
    return f"{grouped(max(1, round(size / KB)))} kB"
