"""The dialog that relinks layers to moved files: found beside the case, in a chosen folder, or chosen one by one."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import override

from msgspec import Struct
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
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

from layers.project.opening.layer_paths import is_below, parts_of
from layers.project.opening.missing_files import FileSearch, FoundFile, Sameness, common_folder, likely_folders
from viewer.commands.relink import LostFile, NewPlace
from viewer.panels.widgets.form_page import heading, muted, side_by_side, wrapped
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

SIZE = QSize(860, 520)
LAYER, BEFORE, HERE = range(3)

type Searching = Callable[[str, str, Callable[[FileSearch], None]], None]
"""Searches a folder here (first) for files that were below a folder of the case (second, empty: anywhere)."""


class Ways(Struct, frozen=True):
    """Functions that search files, ask for a folder or a file (None: cancelled), and compare a file with a lost one."""

    search: Searching
    choose_folder: Callable[[], str | None]
    choose_file: Callable[[str], str | None]
    """Choose a file, given the name that is looked for."""
    describe: Callable[[LostFile, str, Callable[[FoundFile], None]], None]


class RelinkDialog(QDialog):
    """The dialog beside the map; `decided` carries a dict of new places by layer uuid and old path.

    It is not emitted where the dialog was cancelled.
    """

    decided = Signal(object)

    def __init__(
        self, lost: Sequence[LostFile], search: FileSearch, home: str, ways: Ways, parent: QWidget | None = None
    ) -> None:
        """`search` holds the files that are found already, `home` is the folder of the case."""
        super().__init__(parent)
        self._lost, self._found, self._home, self._ways = list(lost), dict(search.found), home, ways
        self._single: dict[int, FoundFile] = {}
        """File chosen for a row, by the row's number."""
        self._is_over = self._is_searching = self._is_filling = False
        self._is_cut = search.is_cut
        self.setWindowTitle(self.tr("Relink Files"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._build()
        self.resize(SIZE)
        self._fill()
        self.tree.setFocus()

    # -- building ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.says = wrapped("")
        self.says.setObjectName("bigFact")
        self.note = muted("")
        self.tree = QTreeWidget()
        self._set_up_tree()
        self.file_button = QPushButton(self.tr("Choose a &File…"))
        self.file_button.setToolTip(tooltip(self.tr("Choose the file of the selected layer")))
        self.file_button.clicked.connect(self._choose_file)
        self.old_folder = ComboBox()
        self.old_folder.setEditable(True)
        self.old_folder.setAccessibleName(self.tr("Folder in the case"))
        self.old_folder.addItems(self._old_folders())
        self.old_folder.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.new_folder = QLineEdit()
        self.new_folder.setReadOnly(True)
        self.new_folder.setAccessibleName(self.tr("Folder here"))
        self.new_folder.setPlaceholderText(self.tr("not chosen"))
        self.folder_button = QPushButton(self.tr("Choose a F&older…"))
        self.folder_button.setToolTip(
            tooltip(self.tr("Look there for all files that lay below the folder in the case"))
        )
        self.folder_button.clicked.connect(self._choose_folder)
        for button in (self.file_button, self.folder_button):
            button.setAutoDefault(False)  # Enter relinks
        remap = side_by_side(
            self.old_folder, plain_label(self.tr("is here:")), self.new_folder, self.folder_button, stretch=0
        )
        remap.setStretch(2, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.says)
        layout.addWidget(self.note)
        layout.addWidget(self.tree, 1)
        layout.addLayout(side_by_side(self.file_button))
        layout.addWidget(heading(self.tr("One folder for all")))
        layout.addLayout(remap)
        layout.addWidget(self._buttons())

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        self.relink_button = buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.relink_button.setDefault(True)
        buttons.accepted.connect(self._relink)
        buttons.rejected.connect(self.reject)
        return buttons

    def _set_up_tree(self) -> None:
        tree = self.tree
        tree.setHeaderLabels([self.tr("Layer"), self.tr("In the case"), self.tr("On this computer")])
        tree.setAccessibleName(self.tr("Files of layers"))
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.header().setStretchLastSection(False)
        for column, mode in ((LAYER, "Interactive"), (BEFORE, "Stretch"), (HERE, "Stretch")):
            tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode[mode])
        tree.header().resizeSection(LAYER, 200)
        tree.itemChanged.connect(self._count)
        tree.currentItemChanged.connect(lambda *_: self._offer_file())

    def _old_folders(self) -> list[str]:
        """Old folders of the lost files; those of files not yet found come first."""
        texts = [lost.text for lost in self._lost]
        left = [text for text in texts if text not in self._found]
        return list(dict.fromkeys([*likely_folders(left), *likely_folders(texts)]))

    # -- showing ----------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Fill one row for each file. Files found are ticked, but not those of the same name with other content."""
        selected = max(self._current, 0)
        self._is_filling = True
        self.tree.clear()
        for number, lost in enumerate(self._lost):
            file = self._file_of(number)
            item = QTreeWidgetItem([one_line(lost.layer, 80), one_line(lost.text, 400), self._here(file)])
            flag = Qt.ItemFlag
            item.setFlags(flag.ItemIsEnabled | flag.ItemIsSelectable | (flag.ItemIsUserCheckable if file else flag(0)))
            if file is not None:
                is_sure = number in self._single or file.sameness is not Sameness.OTHER_CONTENT
                item.setCheckState(LAYER, Qt.CheckState.Checked if is_sure else Qt.CheckState.Unchecked)
            item.setToolTip(BEFORE, tooltip(lost.text))
            item.setToolTip(HERE, tooltip(file.path if file is not None else ""))
            self.tree.addTopLevelItem(item)
        if self._lost:
            self.tree.setCurrentItem(self._item(selected))
        self._is_filling = False
        self._count()
        self._offer_file()

    def _file_of(self, number: int) -> FoundFile | None:
        return self._single.get(number) or self._found.get(self._lost[number].text)

    def _here(self, file: FoundFile | None) -> str:
        if file is None:
            return self.tr("looking …") if self._is_searching else self.tr("not found")
        shown = file.path
        if self._home and is_below(shown, self._home):
            shown = os.path.relpath(shown, self._home)
        if file.sameness is Sameness.OTHER_CONTENT:
            return self.tr("{0}, with other content").format(one_line(shown, 400))
        return one_line(shown, 400)

    def _count(self, *_: object) -> None:
        if self._is_filling:
            return
        ticked = self.ticked()
        there = [file for number in range(len(self._lost)) if (file := self._file_of(number)) is not None]
        self.says.setText(self._sentence(there))
        notes = [self.tr("The folder holds more files than were searched.")] if self._is_cut else []
        if any(file.sameness is Sameness.NAME for file in there):
            notes.append(self.tr("Where the case has no checksum, files are recognised by their names only."))
        self.note.setText(" ".join(notes))
        self.note.setVisible(bool(notes))
        layers = len({lost.uuid for lost in ticked})
        text = self.tr("&Relink {0}").format(translate("RelinkDialog", "{count} Layers", "{count} Layer", layers))
        self.relink_button.setText(text)
        self.relink_button.setEnabled(layers > 0 and not self._is_searching)

    def _sentence(self, there: Sequence[FoundFile]) -> str:
        files = translate("RelinkDialog", "{count} files", "{count} file", len(self._lost))
        if self._is_searching:
            return self.tr("Looking for {0} …").format(files)
        if not there:
            return self.tr("Not found: {0}.").format(files)
        return self.tr("{0} of {1} found in {2}").format(len(there), len(self._lost), found_in(there, self._home))

    def _offer_file(self) -> None:
        self.file_button.setEnabled(self._current >= 0)

    @property
    def _current(self) -> int:
        """The number of the selected row; -1 for none."""
        item = self.tree.currentItem()
        return -1 if item is None else self.tree.indexOfTopLevelItem(item)

    def ticked(self) -> list[LostFile]:
        """The files that would be relinked now."""
        rows = range(self.tree.topLevelItemCount())
        return [self._lost[row] for row in rows if self._item(row).checkState(LAYER) is Qt.CheckState.Checked]

    def _item(self, row: int) -> QTreeWidgetItem:
        item = self.tree.topLevelItem(row)
        assert item is not None
        return item

    # -- finding ----------------------------------------------------------------------------------------------------

    def _choose_folder(self) -> None:
        folder = self._ways.choose_folder()
        if folder is None:
            return
        self.new_folder.setText(folder)
        self._is_searching = True
        self._fill()
        self._ways.search(folder, self.old_folder.currentText().strip(), self._searched)

    def _searched(self, search: FileSearch) -> None:
        if self._is_over:
            return
        self._is_searching, self._is_cut = False, search.is_cut
        self._found |= search.found
        self._fill()

    def _choose_file(self) -> None:
        number = self._current
        lost = self._lost[number]
        path = self._ways.choose_file((parts_of(lost.text) or [""])[-1])
        if path is None:
            return

        def described(file: FoundFile) -> None:
            if not self._is_over:
                self._single[number] = file
                self._fill()

        self._ways.describe(lost, path, described)

    def _relink(self) -> None:
        chosen: dict[str, dict[str, NewPlace]] = {}
        for number, lost in enumerate(self._lost):
            file = self._file_of(number)
            if file is not None and self._item(number).checkState(LAYER) is Qt.CheckState.Checked:
                chosen.setdefault(lost.uuid, {})[lost.text] = NewPlace(file.path, file.mark)
        self.decided.emit(chosen)
        self.accept()

    @override
    def done(self, result: int) -> None:
        self._is_over = True  # a search may still be on its way
        super().done(result)


def found_in(there: Sequence[FoundFile], home: str) -> str:
    """The folder of all files found, relative to the case's where it is below that."""
    folder = common_folder([file.path for file in there])
    if home and is_below(folder, home):
        below = os.path.relpath(folder, home)
        return "./" if below == os.curdir else f"{below}/"
    return folder or "/"
