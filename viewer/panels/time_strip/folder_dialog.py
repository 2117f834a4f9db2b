"""The list of scene folders: their state, with buttons to add, remove and search again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import override

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from viewer.panels.time_strip.scene_folders import SceneFolders
from viewer.panels.widgets.form_page import side_by_side, wrapped
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language

_FOLDER = Qt.ItemDataRole.UserRole


class FolderDialog(QDialog):
    """The dialog beside the map. `ask` asks for a folder to add."""

    def __init__(self, folders: SceneFolders, ask: Callable[[], Path | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Folders of Scenes"))
        self._folders, self._ask = folders, ask
        says = wrapped(
            self.tr(
                "Geoloupe searches these folders, and all folders in them, for images and satellite deliveries. It "
                "reads them where they lie: nothing is copied into a case, and nothing leaves this computer."
            )
        )
        self.list = _FolderList(self.remove)
        self.list.setAccessibleName(self.tr("Folders of scenes"))
        self.said = wrapped("")
        self.said.setAccessibleName(self.tr("Left out"))
        self.add_button = QPushButton(self.tr("&Add Folder…"))
        self.remove_button = QPushButton(self.tr("&Remove"))
        self.again_button = QPushButton(self.tr("&Look Again"))
        self.remove_button.setToolTip(tooltip(self.tr("Forget the folder; its files stay as they are")))
        self.again_button.setToolTip(tooltip(self.tr("Look for new, changed and removed scenes now")))
        self.add_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self.remove)
        self.again_button.clicked.connect(folders.look_again)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(says)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.said)
        layout.addLayout(side_by_side(self.add_button, self.remove_button, self.again_button))
        layout.addWidget(buttons)
        self.list.currentItemChanged.connect(lambda *_: self._show_said())
        folders.folders_changed.connect(self._read)
        self.resize(560, 360)
        self._read()

    def add(self) -> None:
        """Ask for a folder and add it."""
        folder = self._ask()
        if folder is not None:
            self._folders.add(str(folder))

    def remove(self) -> None:
        """Remove the current folder from the list."""
        item = self.list.currentItem()
        if item is not None:
            self._folders.remove(item.data(_FOLDER))

    def _read(self) -> None:
        current = self.list.currentItem()
        chosen = current.data(_FOLDER) if current is not None else ""
        folders = self._folders.folders
        self.list.blockSignals(True)
        while self.list.count() > len(folders):
            self.list.takeItem(self.list.count() - 1)
        for at, folder in enumerate(folders):
            item = self.list.item(at)
            if item is None:
                item = QListWidgetItem()
                self.list.addItem(item)
            item.setData(_FOLDER, folder)
            item.setText(f"{one_line(folder, 120)}\n{self._folders.state_of(folder)}")
            item.setToolTip(tooltip(folder))
            if folder == chosen or (not chosen and at == 0):
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        self._show_said()

    def _show_said(self) -> None:
        item = self.list.currentItem()
        remarks = " ".join(map(in_language, self._folders.said_of(item.data(_FOLDER)))) if item is not None else ""
        self.said.setText(one_line(remarks, 600))
        self.said.setVisible(bool(remarks))
        self.remove_button.setEnabled(item is not None)
        self.again_button.setEnabled(item is not None)


class _FolderList(QListWidget):
    """The list, in which Delete removes the current folder."""

    def __init__(self, remove: Callable[[], None]) -> None:
        super().__init__()
        self._remove = remove

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self._remove()
        else:
            super().keyPressEvent(event)
