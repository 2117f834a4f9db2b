"""The dialog that brings a file of Google Earth home: what comes in and as what, and what stays in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from layers.document.site import Site
from layers.requests.earth_file import ROOT, EarthFile
from layers.text.counted import grouped
from viewer.commands.filing.earth_known import KnownParts
from viewer.commands.filing.earth_own import is_beside, is_own
from viewer.commands.filing.earth_places import KEEP, EarthChoice
from viewer.panels.homecoming.changed_places import ChangedPlaces
from viewer.panels.homecoming.earth_words import account_of, left_out_lines, own_lines
from viewer.panels.words import class_choices
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

WIDTH_PX, WISHED_PX = 660, (940, 640)
"""Least width of the dialog; its width and height where the screen has room for these, in logical pixels."""
LIST_PX = 90
"""Least height of a list."""
BETWEEN_PX = 16
AROUND_PX = 60
"""Logical pixels of the screen for the frame of the dialog."""
COUNT_PX = 72
"""Width of the column of a number, in logical pixels."""
MOST_PLACE_VIEWS = 20
"""Most views of placemarks that come unless they are unticked: Google Earth writes one for each."""
OPEN_FOLDERS = 30
"""Most folders that are shown unfolded at once."""
FOLDER_VIEWS, PLACE_VIEWS = ("folder", "tour"), ("place", "overlay")
"""Elements whose views are made to be gone to, and those that each have one as Google Earth wrote it."""


class EarthDialog(QDialog):
    """Asks beside the map what of a file comes in. `chosen` carries an `EarthChoice`."""

    chosen = Signal(object)

    def __init__(
        self, file: EarthFile, path: Path, known: KnownParts, sites: Mapping[str, Site], parent: QWidget
    ) -> None:
        """`known`: what the case has of the file already; `sites`: its sites, by uuid."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._file, self._known = file, known
        self.setWindowTitle(self.tr("Bring Home from Google Earth"))
        self.setMinimumWidth(WIDTH_PX)
        self._name = one_line(path.name, 60)
        counts = Counter(view.owner for view in file.views)
        folder_views, place_views = (sum(counts[owner] for owner in kind) for kind in (FOLDER_VIEWS, PLACE_VIEWS))
        self.sites = self._box("", len(file.places))  # its words follow the ticks of folders
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
            is_ticked=place_views <= MOST_PLACE_VIEWS,
        )
        photos = sum(len(place.photos) for place in file.places)
        self.photos = self._box(
            translate(
                "EarthDialog", "{count} photos in the file as chips", "{count} photo in the file as a chip", photos
            ),
            photos,
        )
        self.leave_known = self._known_box()
        self.as_written = self._own_box()
        self.class_code = _class_box()
        self.class_code.setAccessibleName(self.tr("Class of the sites"))
        self.nothing_new = plain_label("")
        self.changes = ChangedPlaces(file, sites)
        self.changes.answered.connect(self._show_choice)
        self.tree = self._folder_tree()
        self.account = QPlainTextEdit()
        self.bring_button = QPushButton(self.tr("&Bring Home"))
        self._lay_out()
        self.show_known(known)

    def _known_box(self) -> QCheckBox:
        box = QCheckBox()
        box.setChecked(True)
        box.setToolTip(self.tr("Placemarks of the same name at the same place, overlays and views alike"))
        box.toggled.connect(self._show_choice)
        return box

    def _own_box(self) -> QCheckBox:
        """The offer for a file that Geoloupe wrote; hidden for any other."""
        box = QCheckBox(self.tr("Written by Geoloupe: bring back as the same sites"))
        box.setToolTip(
            self.tr("With their class, role and names; what stands beside them in the file does not become sites")
        )
        is_ours = is_own(self._file)
        box.setChecked(is_ours)
        box.setVisible(is_ours)
        box.toggled.connect(self._show_choice)
        return box

    def show_known(self, known: KnownParts) -> None:
        """Offer to leave out what the case has already; it may have more or less by now."""
        self._known = known
        self.leave_known.setVisible(bool(known))
        self.changes.show_changes(known.changed)
        self._show_choice()

    def _known_words(self) -> str:
        """The offer to leave out what the case has, with numbers; what Geoloupe wrote beside marks is not counted."""
        known, is_written = self._known, self.as_written.isChecked()
        places = sum(not (is_written and is_beside(self._file.places[number])) for number in known.places)
        parts = [
            translate("EarthDialog", "{count} placemarks", "{count} placemark", places) if places else "",
            translate("EarthDialog", "{count} overlays", "{count} overlay", len(known.overlays))
            if known.overlays
            else "",
            translate("EarthDialog", "{count} views", "{count} view", len(known.views)) if known.views else "",
        ]
        here = ", ".join(filter(None, parts))
        if not here:
            return self.tr("Recognise what this case has already")
        return self.tr("Leave out what this case has already: {0}").format(here)

    def _box(self, text: str, count: int, *, is_ticked: bool = True) -> QCheckBox:
        box = QCheckBox(text)
        box.setChecked(is_ticked and count > 0)
        box.setVisible(count > 0)
        box.setEnabled(count > 0)
        box.toggled.connect(self._show_choice)
        return box

    def _folder_tree(self) -> QTreeWidget:
        """The folders with the number of places and overlays in each: what is unticked stays in the file."""
        tree = QTreeWidget()
        held = [Counter(place.folder for place in self._file.places)]
        titles = [self.tr("Folder"), self.tr("Places")]
        if self._file.overlays:
            held.append(Counter(overlay.folder for overlay in self._file.overlays))
            titles.append(self.tr("Overlays"))
        tree.setColumnCount(len(titles))
        tree.setHeaderLabels(titles)
        tree.setAccessibleName(self.tr("Folders of the file"))
        tree.setMinimumHeight(LIST_PX)
        items: dict[int, QTreeWidgetItem] = {}
        in_none = [count[ROOT] for count in held]
        if any(in_none) and self._file.folders:
            words = [self.tr("(in no folder)"), *(grouped(count) if count else "" for count in in_none)]
            items[ROOT] = QTreeWidgetItem(tree, words)
        for number, folder in enumerate(self._file.folders):
            name = one_line(folder.name, 80) or self.tr("(without a name)")
            words = [name, *(grouped(count[number]) if count[number] else "" for count in held)]
            above = items.get(folder.parent) if folder.parent != ROOT else None
            items[number] = item = QTreeWidgetItem(tree, words) if above is None else QTreeWidgetItem(above, words)
        for item in items.values():
            for column in range(1, len(titles)):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, Qt.CheckState.Checked)
        self._items = items
        tree.itemChanged.connect(self._follow_tick)
        if len(items) <= OPEN_FOLDERS:
            tree.expandAll()
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(titles)):
            header.resizeSection(column, COUNT_PX)
        tree.setVisible(bool(items))
        return tree

    def _follow_tick(self, item: QTreeWidgetItem) -> None:
        """Tick the folders in a folder with it, and no other: what lies in a folder itself is ticked by its own row."""
        blocker, inside = QSignalBlocker(self.tree), [item]
        while inside:
            folder = inside.pop()
            folder.setCheckState(0, item.checkState(0))
            inside += filter(None, map(folder.child, range(folder.childCount())))
        blocker.unblock()
        self._show_choice()

    def _folders_out(self) -> frozenset[int]:
        return frozenset(
            number for number, item in self._items.items() if item.checkState(0) is Qt.CheckState.Unchecked
        )

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
        self.tree.setToolTip(self.tr("Untick a folder to leave out what lies in it"))
        form = QFormLayout()
        form.addRow(self.tr("Class of the sites"), self.class_code)
        self.account.setReadOnly(True)
        self.account.setTabChangesFocus(True)
        self.account.setMinimumHeight(LIST_PX)
        self.account.setAccessibleName(self.tr("What stays in the file, or comes as less"))
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.bring_button.setDefault(True)
        box.addButton(self.bring_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.accepted.connect(self._choose)
        box.rejected.connect(self.close)
        self.nothing_new.setObjectName("muted")
        self.nothing_new.setWordWrap(True)
        left, right = QVBoxLayout(), QVBoxLayout()
        ticks = (self.as_written, self.sites, self.photos, self.overlays, self.folder_views, self.place_views)
        for part in (head, *ticks, self.leave_known, self.nothing_new):
            left.addWidget(part)
        left.addLayout(form)
        left.addWidget(self.tree, 1)
        right.addWidget(self.changes, 1)
        right.addWidget(stays)
        right.addWidget(self.account, 1)
        right.addWidget(note)
        columns = QHBoxLayout()
        columns.setSpacing(BETWEEN_PX)
        columns.addLayout(left, 2)
        columns.addLayout(right, 3)
        layout = QVBoxLayout(self)
        layout.addLayout(columns, 1)
        layout.addWidget(box)
        screen, (width, height) = self.screen().availableGeometry(), WISHED_PX
        self.resize(min(width, screen.width() - AROUND_PX), min(height, screen.height() - AROUND_PX))

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
            self.leave_known.isChecked(),
            as_written=self.as_written.isChecked(),
            folders_out=self._folders_out(),
            answers=self.changes.answers(),
            account="\n".join(self._lines()),
        )

    def _lines(self) -> list[str]:
        """The account of what stays in the file or comes as less, by what is ticked."""
        lines = own_lines(self._file, self._known.reworded) if self.as_written.isChecked() else []
        lines += left_out_lines(self._file, self._folders_out())
        return [*lines, *account_of(self._file), *map(in_language, self._file.problems)]

    def _show_choice(self) -> None:
        choice = self.choice()
        self.account.setPlainText(choice.account or self.tr("Nothing: all of it comes in."))
        self.sites.setText(self._sites_words(choice))
        self.leave_known.setText(self._known_words())
        is_chosen = choice.sites or choice.overlays or bool(choice.views)
        has_new = self._has_new(choice)
        self.bring_button.setEnabled(is_chosen and has_new)
        self.nothing_new.setText(self._nothing_words())
        self.nothing_new.setVisible(is_chosen and not has_new)
        self.changes.setEnabled(choice.sites and choice.leaves_known)
        is_asked = any(place.own is None or not choice.as_written for place in self._file.places)
        self.class_code.setEnabled(self.sites.isChecked() and is_asked)
        self.photos.setEnabled(self.sites.isChecked())

    def _has_new(self, choice: EarthChoice) -> bool:
        """True where something of the choice is not in the case yet, or what it has comes once more."""
        file, known = self._file, self._known if choice.leaves_known else KnownParts()
        kept = {change.number for change in known.changed if choice.answers.get(change.number, KEEP) == KEEP}
        here = known.places | kept
        places = (number for number, place in enumerate(file.places) if choice.takes_place(place))
        overlays = (number for number, overlay in enumerate(file.overlays) if choice.takes_overlay(overlay))
        views = (number for number, view in enumerate(file.views) if choice.takes_view(view))
        return (
            any(number not in here for number in places)
            or any(number not in known.overlays for number in overlays)
            or any(number not in known.views for number in views)
        )

    def _nothing_words(self) -> str:
        if self._known.changed:
            return self.tr("Nothing comes in yet: say what becomes of the changed sites.")
        return self.tr("Nothing else is chosen: untick this to bring it in once more.")

    def _sites_words(self, choice: EarthChoice) -> str:
        """The number of placemarks that are not left out by their folders."""
        wanted = replace(choice, sites=True)
        return translate(
            "EarthDialog",
            "{count} placemarks as sites, in their folders",
            "{count} placemark as a site, in its folder",
            sum(map(wanted.takes_place, self._file.places)),
        )

    def _choose(self) -> None:
        self.chosen.emit(self.choice())
        self.close()


def _class_box() -> ComboBox:
    box = ComboBox()
    for code, title in class_choices():
        box.addItem(title, code)
    box.setCurrentIndex(box.findData("other"))
    return box
