"""The dialog that brings a file of Google Earth home: what comes in and as what, and what stays in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPlainTextEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from layers.requests.earth_file import ROOT, EarthFile
from layers.text.counted import grouped
from viewer.commands.filing.earth_places import EarthChoice
from viewer.panels.homecoming.earth_words import account_of
from viewer.panels.words import class_choices
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

WIDTH_PX = 600
LIST_PX, WISHED_PX = 60, 640
"""Least height of the two lists, and the height of the dialog where the screen has it, in logical pixels."""
AROUND_PX = 60
"""Logical pixels of the screen for the frame of the dialog."""
OPEN_FOLDERS = 30
"""Most folders that are shown unfolded at once."""
FOLDER_VIEWS, PLACE_VIEWS = ("folder", "tour"), ("place", "overlay")
"""Elements whose views are made to be gone to, and those that each have one as Google Earth wrote it."""


class EarthDialog(QDialog):
    """Asks beside the map what of a file comes in. `chosen` carries an `EarthChoice`."""

    chosen = Signal(object)

    def __init__(self, file: EarthFile, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._file = file
        self.setWindowTitle(self.tr("Bring Home from Google Earth"))
        self.setMinimumWidth(WIDTH_PX)
        self._name = one_line(path.name, 60)
        counts = Counter(view.owner for view in file.views)
        folder_views, place_views = (sum(counts[owner] for owner in kind) for kind in (FOLDER_VIEWS, PLACE_VIEWS))
        self.sites = self._box(
            translate(
                "EarthDialog",
                "{count} placemarks as sites, in their folders",
                "{count} placemark as a site, in its folder",
                len(file.places),
            ),
            len(file.places),
        )
        self.overlays = self._box(
            translate("EarthDialog", "{count} overlays as layers", "{count} overlay as a layer", len(file.overlays)),
            len(file.overlays),
        )
        self.folder_views = self._box(
            translate(
                "EarthDialog",
                "{count} views of folders and tours as bookmarks",
                "{count} view of a folder or tour as a bookmark",
                folder_views,
            ),
            folder_views,
        )
        self.place_views = self._box(
            translate(
                "EarthDialog",
                "{count} views of placemarks as bookmarks",
                "{count} view of a placemark as a bookmark",
                place_views,
            ),
            place_views,
            is_ticked=False,
        )
        photos = sum(len(place.photos) for place in file.places)
        self.photos = self._box(
            translate(
                "EarthDialog", "{count} photos in the file as chips", "{count} photo in the file as a chip", photos
            ),
            photos,
        )
        self.class_code = ComboBox()
        for code, title in class_choices():
            self.class_code.addItem(title, code)
        self.class_code.setCurrentIndex(self.class_code.findData("other"))
        self.class_code.setAccessibleName(self.tr("Class of the sites"))
        self.tree = self._folder_tree()
        self.account = QPlainTextEdit()
        self.bring_button = QPushButton(self.tr("&Bring Home"))
        self._lay_out()
        self._show_choice()

    def _box(self, text: str, count: int, *, is_ticked: bool = True) -> QCheckBox:
        box = QCheckBox(text)
        box.setChecked(is_ticked and count > 0)
        box.setVisible(count > 0)
        box.setEnabled(count > 0)
        box.toggled.connect(self._show_choice)
        return box

    def _folder_tree(self) -> QTreeWidget:
        """The folders with the number of places and overlays in each, for reading only."""
        tree = QTreeWidget()
        tree.setColumnCount(2)
        tree.setHeaderLabels([self.tr("Folder"), self.tr("Places")])
        tree.setAccessibleName(self.tr("Folders of the file"))
        tree.setMinimumHeight(LIST_PX)
        held = Counter(place.folder for place in self._file.places)
        held.update(overlay.folder for overlay in self._file.overlays)
        items: dict[int, QTreeWidgetItem] = {}
        for number, folder in enumerate(self._file.folders):
            name = one_line(folder.name, 80) or self.tr("(without a name)")
            words = [name, grouped(held[number]) if held[number] else ""]
            above = items.get(folder.parent) if folder.parent != ROOT else None
            items[number] = item = QTreeWidgetItem(tree, words) if above is None else QTreeWidgetItem(above, words)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
        if len(items) <= OPEN_FOLDERS:
            tree.expandAll()
        tree.setColumnWidth(0, WIDTH_PX - 140)
        tree.setVisible(bool(items))
        return tree

    def _lay_out(self) -> None:
        head = plain_label(self.tr("What comes in of “{0}”").format(self._name))
        stays = plain_label(self.tr("What stays in the file, or comes as less"))
        for label in (head, stays):
            label.setObjectName("heading")
        note = plain_label(
            self.tr(
                "Times of placemarks become dates of the sites: no date of an image. Descriptions become plain notes;"
                " nothing is fetched."
            )
        )
        note.setObjectName("muted")
        note.setWordWrap(True)
        form = QFormLayout()
        form.addRow(self.tr("Class of the sites"), self.class_code)
        lines = [*account_of(self._file), *map(in_language, self._file.problems)]
        self.account.setReadOnly(True)
        self.account.setTabChangesFocus(True)
        self.account.setMinimumHeight(LIST_PX)
        self.account.setAccessibleName(self.tr("What stays in the file, or comes as less"))
        self.account.setPlainText("\n".join(lines) or self.tr("Nothing: all of it comes in."))
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.bring_button.setDefault(True)
        box.addButton(self.bring_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.accepted.connect(self._choose)
        box.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        for part in (head, self.sites, self.photos, self.overlays, self.folder_views, self.place_views):
            layout.addWidget(part)
        layout.addLayout(form)
        layout.addWidget(self.tree, 1)
        layout.addWidget(note)
        layout.addWidget(stays)
        layout.addWidget(self.account, 1)
        layout.addWidget(box)
        self.resize(WIDTH_PX, min(WISHED_PX, self.screen().availableGeometry().height() - AROUND_PX))

    def choice(self) -> EarthChoice:
        """The parts that are ticked."""
        ticked: Sequence[tuple[QCheckBox, tuple[str, ...]]] = (
            (self.folder_views, FOLDER_VIEWS),
            (self.place_views, PLACE_VIEWS),
        )
        views = tuple(owner for box, owners in ticked if box.isChecked() for owner in owners)
        return EarthChoice(
            self.class_code.currentData(),
            self.sites.isChecked(),
            self.overlays.isChecked(),
            views,
            self.photos.isChecked(),
        )

    def _show_choice(self) -> None:
        boxes = (self.sites, self.overlays, self.folder_views, self.place_views)
        self.bring_button.setEnabled(any(box.isChecked() for box in boxes))
        self.class_code.setEnabled(self.sites.isChecked())
        self.photos.setEnabled(self.sites.isChecked())

    def _choose(self) -> None:
        self.chosen.emit(self.choice())
        self.close()
