"""The dialog that asks which data of a case to export for other programs, and for which readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from types import MappingProxyType

from msgspec import Struct
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from layers.product.marking import CLASSIFICATION, TLP
from layers.product.publishing import DRAFT, PUBLISHED, State
from viewer.app.products.data.taken_away import TakenAway
from viewer.app.products.state_question import state_names
from viewer.panels.history.change_words import shortened
from viewer.panels.widgets.form_page import muted
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate
from viewer.support.still_boxes import ComboBox

PIXELS = ".tif"
LONGEST_FOLDER = 48
"""Most characters of a folder's path; the middle of a longer one is left out."""
NO_FOLDERS: Mapping[str, int] = MappingProxyType({})
WHOLE, SHOWN, SELECTED = "whole", "shown", "selected"
IN_FOLDER = "folder "
"""Beginning of a part that is a folder of the case; its path follows."""
MOST_FOLDERS = 500
"""Most folders that are offered."""


class DataWish(Struct, frozen=True):
    """Choices for an export: the file's ending, the part of the case, for readers outside or not, marking and state."""

    suffix: str
    part: str = WHOLE
    publish: bool = False
    marking: str = ""
    state: State = DRAFT


class DataDialog(QDialog):
    """Asks for the choices beside the map. `chosen` carries a `DataWish`, and so does `wished` at each change."""

    chosen = Signal(object)
    wished = Signal(object)

    def __init__(
        self,
        sites: int,
        selected: int,
        first: DataWish,
        folders: Mapping[str, int] = NO_FOLDERS,
        parent: QWidget | None = None,
    ) -> None:
        """`folders`: those of the case by their paths, with the number of marks in each."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Export Data"))
        self.format = _combo(self.tr("Format"), self._formats(), first.suffix)
        self._whole = self.tr("The whole case ({0})").format(
            translate("DataDialog", "{count} marks", "{count} mark", sites)
        )
        self.part = _combo(self.tr("Part"), self._parts(selected, folders), first.part)
        self.publish = QCheckBox(self.tr("For readers &outside"))
        self.publish.setChecked(first.publish)
        self.publish.setAccessibleName(self.tr("For readers outside"))
        self.publish.toggled.connect(self._say)
        self.state = _combo(self.tr("State"), [(name, state) for state, name in state_names().items()], DRAFT)
        self.state.currentIndexChanged.connect(self._follow_state)
        self.taken_away = TakenAway()
        self.marking = ComboBox()
        self.marking.setEditable(True)
        self.marking.addItems(["", *CLASSIFICATION, *TLP])
        self.marking.setCurrentText(first.marking)
        self.marking.setAccessibleName(self.tr("Marking"))
        self.marking.currentTextChanged.connect(lambda _text: self.wished.emit(self.wish()))
        self.note = muted()
        for choice in (self.format, self.part):
            choice.currentIndexChanged.connect(self._say)
        buttons = QDialogButtonBox()
        self.take_button = buttons.addButton(self.tr("&Export…"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow(self.tr("&Format"), self.format)
        form.addRow(self.tr("&Part"), self.part)
        form.addRow(self.tr("&Marking"), self.marking)
        form.addRow(self.tr("&State"), self.state)
        form.addRow("", self.publish)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addWidget(self.taken_away)
        layout.addWidget(buttons)
        self.setMinimumWidth(440)
        self._say()

    def wish(self) -> DataWish:
        """The present choices."""
        return DataWish(
            self.format.currentData(),
            self.part.currentData(),
            self.publish.isChecked(),
            self.marking.currentText().strip(),
            self.state.currentData() if self.state.isEnabled() else DRAFT,
        )

    def _follow_state(self) -> None:
        """Tick the box for readers outside, and fix it, while the state is published."""
        is_published = self.state.currentData() == PUBLISHED
        self.publish.setEnabled(not is_published)
        self.publish.setChecked(is_published or self.publish.isChecked())
        self._say()

    def _parts(self, selected: int, folders: Mapping[str, int]) -> Sequence[tuple[str, str]]:
        """The parts of the case that can go out, with their words; the selection only where there is one."""
        parts = [
            (self._whole, WHOLE),
            (self.tr("What the map shows"), SHOWN),
        ]
        if selected:
            words = translate("DataDialog", "{count} marks", "{count} mark", selected)
            parts.append((self.tr("What is selected ({0})").format(words), SELECTED))
        for path, count in islice(folders.items(), MOST_FOLDERS):
            words = translate("DataDialog", "{count} marks", "{count} mark", count)
            name = shortened(one_line(path), LONGEST_FOLDER)
            parts.append((self.tr("Folder “{0}” ({1})").format(name, words), f"{IN_FOLDER}{path}"))
        return parts

    def _formats(self) -> Sequence[tuple[str, str]]:
        return (
            (self.tr("Google Earth (KMZ)"), ".kmz"),
            (self.tr("Web story for a browser and for print (HTML)"), ".html"),
            (self.tr("Spreadsheet (XLSX)"), ".xlsx"),
            (self.tr("Sites as GeoJSON"), ".geojson"),
            (self.tr("Sites as a table (CSV)"), ".csv"),
            (self.tr("A case of its own (GeoPackage)"), ".gpkg"),
            (self.tr("Pixels of the topmost image (GeoTIFF)"), PIXELS),
        )

    def _say(self) -> None:
        outside = self.tr(
            "Left out: drafts and what nobody reviewed, sources and marks that are marked higher, notes, names of "
            "people, folders of this machine."
        )
        inside = self.tr("All rows are included, also drafts and internal sources; their history is left out.")
        pixels = self.tr("The image on top of the map as its file has it: all bands, on its own grid, without marks.")
        sentence = outside if self.publish.isChecked() else inside
        is_pixels = self.format.currentData() == PIXELS
        self.note.setText(pixels if is_pixels else f"{sentence} {self._state_words()}")
        self.state.setEnabled(not is_pixels)
        self.part.setItemText(0, self.tr("The whole image") if is_pixels else self._whole)
        if is_pixels and self.part.currentData() not in (WHOLE, SHOWN):  # of marks: an image has none
            self.part.setCurrentIndex(self.part.findData(SHOWN))
        line = self.marking.lineEdit()
        assert isinstance(line, QLineEdit)
        self.wished.emit(self.wish())
        line.setPlaceholderText(self.tr("that of the case") if is_pixels else self.tr("the highest of what is in it"))

    def _state_words(self) -> str:
        if self.state.currentData() == DRAFT:
            return self.tr("A draft is not numbered, and says so in the file.")
        return self.tr("It is numbered and kept in the case; a blocking finding stops it, and no file is written then.")

    def _choose(self) -> None:
        self.chosen.emit(self.wish())
        self.accept()


def _combo(name: str, rows: Sequence[tuple[str, str]], first: str) -> ComboBox:
    box = ComboBox()
    box.setAccessibleName(name)
    for text, data in rows:
        box.addItem(text, data)
    box.setCurrentIndex(max(box.findData(first), 0))
    return box


def folder_of(part: str) -> str:
    """The path of the folder that a part of the case is; empty for another part."""
    return part.removeprefix(IN_FOLDER) if part.startswith(IN_FOLDER) else ""
