"""The program's modal questions, including those for files to save a case or a product to, and in which format.

Tests put another object in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QWidget

from layers.project.saving.recovery import RecoverableSession
from layers.text.counted import grouped
from viewer.app.desktop.dialog_filters import name_filters, table_filters
from viewer.panels.shell.start_page import local_moment
from viewer.panels.words import marks_counted
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate


class Unsaved(StrEnum):
    """Answers about unsaved changes."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


class Changed(StrEnum):
    """Answers about a case whose file on disk has changed since it was opened."""

    RELOAD = "reload"
    SAVE_AS = "save as"
    OVERWRITE = "overwrite"
    CANCEL = "cancel"


class Recovery(StrEnum):
    """Answers about a case to be opened of which a crash has left unsaved edits."""

    RECOVER = "recover"
    AS_SAVED = "as saved"
    DISCARD = "discard"
    CANCEL = "cancel"


class Which(StrEnum):
    """Parts of the features of a layer."""

    ALL = "all"
    SHOWN = "shown"
    """Features that pass the layer's filter."""
    SELECTED = "selected"


class Questions(QObject):
    """Modal dialogs over `window`."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def unsaved(self, title: str) -> Unsaved:
        box = self._box(self.tr("Save the changes to “{0}”?").format(one_line(title, 80)))
        box.setInformativeText(self.tr("Without saving, they are lost."))
        save = box.addButton(self.tr("&Save"), QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton(self.tr("&Discard"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(save)
        answers = {save: Unsaved.SAVE, discard: Unsaved.DISCARD}
        return self._answer(box, answers, Unsaved.CANCEL)

    def changed_on_disk(self, title: str) -> Changed:
        box = self._box(self.tr("“{0}” was saved by somebody else meanwhile.").format(one_line(title, 80)))
        box.setInformativeText(
            self.tr("Save yours under another name, take theirs and lose your changes, or replace theirs with yours.")
        )
        save_as = box.addButton(self.tr("Save &Mine As…"), QMessageBox.ButtonRole.AcceptRole)
        reload_ = box.addButton(self.tr("&Take Theirs"), QMessageBox.ButtonRole.DestructiveRole)
        overwrite = box.addButton(self.tr("&Replace Theirs"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(save_as)
        answers = {save_as: Changed.SAVE_AS, reload_: Changed.RELOAD, overwrite: Changed.OVERWRITE}
        return self._answer(box, answers, Changed.CANCEL)

    def recovery(self, name: str, session: RecoverableSession) -> Recovery:
        """Ask what to do with the edits that a crash has left of a case, before it is opened."""
        box = self._box(self.tr("Recover the unsaved edits of “{0}”?").format(one_line(name, 80)))
        left_out = self.tr(
            "If you open it as saved, these edits are left out; they are offered again until you discard them."
        )
        box.setInformativeText(f"{self._words_of_edits(session)}\n\n{left_out}")
        recover = box.addButton(self.tr("&Recover"), QMessageBox.ButtonRole.AcceptRole)
        as_saved = box.addButton(self.tr("&Open as Saved"), QMessageBox.ButtonRole.ActionRole)
        discard = box.addButton(self.tr("&Discard Edits"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(recover)
        answers = {recover: Recovery.RECOVER, as_saved: Recovery.AS_SAVED, discard: Recovery.DISCARD}
        return self._answer(box, answers, Recovery.CANCEL)

    def _words_of_edits(self, session: RecoverableSession) -> str:
        """Sentence on the kept edits: their number and times, and the marks of the case with them."""
        first, last = local_moment(session.first_edit_at), local_moment(session.last_edit_at)
        if not session.edits:
            sentence = self.tr("The file is not what was saved last, at {2}. That is kept; with it the case has {3}.")
        elif session.edits == 1:
            sentence = self.tr(
                "Geoloupe closed unexpectedly. {0}, made at {2}, is kept, but not in the file; with it the case has "
                "{3}."
            )
        elif first == last:
            sentence = self.tr(
                "Geoloupe closed unexpectedly. {0}, made at {2}, are kept, but not in the file; with them the case has "
                "{3}."
            )
        else:
            sentence = self.tr(
                "Geoloupe closed unexpectedly. {0}, made from {1} to {2}, are kept, but not in the file; with them the "
                "case has {3}."
            )
        edits = translate("Questions", "{count} edits", "{count} edit", session.edits)
        return sentence.format(edits, first, last, marks_counted(*session.marks))

    def take_over(self, title: str, holder: str) -> bool:
        """Ask whether to save a case here that somebody else has open. True to take it over."""
        box = self._box(self.tr("Take “{0}” over from {1}?").format(one_line(title, 80), one_line(holder, 80)))
        box.setIcon(QMessageBox.Icon.Warning)
        box.setInformativeText(
            self.tr(
                "Two people would work on one case then, each without the other's changes. Ask them first to save and "
                "close it, unless it was only left open. If both save, the second is asked whether to "
                "replace the other's work; nothing is replaced unasked."
            )
        )
        take = box.addButton(self.tr("&Take Over"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        return self._answer(box, {take: True}, otherwise=False)

    def paths_to_open(self, folder: Path) -> list[str]:
        paths, _ = QFileDialog.getOpenFileNames(self._window, self.tr("Open"), str(folder), name_filters())
        return paths

    def folder_to_look_in(self, folder: Path) -> Path | None:
        """Ask for the folder that holds the layers' missing files."""
        title = self.tr("Choose the folder of the files")
        text = QFileDialog.getExistingDirectory(self._window, title, str(folder))
        return Path(text) if text else None

    def folder_of_scenes(self) -> Path | None:
        """Ask for a folder to search for scenes."""
        title = self.tr("Choose a folder of images or satellite deliveries")
        text = QFileDialog.getExistingDirectory(self._window, title, str(Path.home()))
        return Path(text) if text else None

    def file_in_place_of(self, name: str, folder: Path) -> Path | None:
        """Ask for the file that a layer should use in place of a missing one."""
        title = self.tr("Choose the file for {0}").format(one_line(name, 60))
        text, _ = QFileDialog.getOpenFileName(self._window, title, str(folder))
        return Path(text) if text else None

    def case_to_write(self, suggestion: Path) -> Path | None:
        return self._path_to_write(self.tr("Save the case as"), suggestion, self.tr("Geoloupe case (*.gpkg)"))

    def picture_to_write(self, suggestion: Path) -> Path | None:
        return self._path_to_write(self.tr("Export the map as a picture"), suggestion, self.tr("PNG picture (*.png)"))

    def product_to_write(self, suggestion: Path, over: QWidget | None = None) -> Path | None:
        """Ask for the file of a product: a document, a picture or a GeoTIFF. The suggestion's own kind comes first.

        `over`: the window of the product, as parent of the dialog. With another parent the dialog would bring that
        window to the front and hide this one.
        """
        kinds = {
            ".pdf": self.tr("PDF document (*.pdf)"),
            ".png": self.tr("PNG picture (*.png)"),
            ".jpg": self.tr("JPEG picture (*.jpg)"),
            ".webp": self.tr("WebP picture (*.webp)"),
            ".svg": self.tr("SVG drawing (*.svg)"),
            ".tif": self.tr("GeoTIFF (*.tif)"),
        }
        return self._path_to_write(self.tr("Export the product"), suggestion, _in_order(kinds, suggestion), over)

    def sheet_to_write(self, suggestion: Path, over: QWidget | None = None) -> Path | None:
        """Ask for the file of a fact-check sheet. `over` as of `product_to_write`."""
        kinds = {".html": self.tr("Sheet to tick in a browser (*.html)"), ".pdf": self.tr("PDF document (*.pdf)")}
        return self._path_to_write(
            self.tr("Write the fact-check sheet"), suggestion, _in_order(kinds, suggestion), over
        )

    def sheet_to_open(self, folder: Path, *, is_ticked: bool = False) -> Path | None:
        """Ask for an earlier fact-check sheet, or for one that comes home ticked."""
        earlier, ticked = self.tr("Choose the earlier fact-check sheet"), self.tr("Choose the ticked fact-check sheet")
        title, kinds = ticked if is_ticked else earlier, self.tr("Fact-check sheet (*.html *.htm)")
        text, _ = QFileDialog.getOpenFileName(self._window, title, str(folder), kinds)
        return Path(text) if text else None

    def data_to_write(self, suggestion: Path) -> Path | None:
        """Ask for a file for other programs. The suggestion's own kind is offered first."""
        kinds = {
            ".kmz": self.tr("Google Earth (*.kmz)"),
            ".html": self.tr("Web story (*.html)"),
            ".xlsx": self.tr("Spreadsheet (*.xlsx)"),
            ".geojson": self.tr("GeoJSON (*.geojson)"),
            ".csv": self.tr("Table (*.csv)"),
            ".gpkg": self.tr("Geoloupe case (*.gpkg)"),
            ".tif": self.tr("Pixels of the topmost image (*.tif)"),
        }
        return self._path_to_write(self.tr("Export the data"), suggestion, _in_order(kinds, suggestion))

    def measurements_to_write(self, suggestion: Path) -> Path | None:
        kinds = self.tr("GeoJSON (*.geojson);;Table (*.csv)")
        return self._path_to_write(self.tr("Export the measurements"), suggestion, kinds)

    def observations_to_open(self, folder: Path) -> Path | None:
        title, kinds = self.tr("Import observations"), self.tr("Spreadsheets (*.csv *.tsv *.txt *.xlsx)")
        text, _ = QFileDialog.getOpenFileName(self._window, title, str(folder), kinds)
        return Path(text) if text else None

    def earth_file_to_open(self, folder: Path) -> Path | None:
        title, kinds = self.tr("Bring home from Google Earth"), self.tr("Google Earth files (*.kml *.kmz)")
        text, _ = QFileDialog.getOpenFileName(self._window, title, str(folder), kinds)
        return Path(text) if text else None

    def site_file_to_open(self, folder: Path) -> Path | None:
        text, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Add sites from a table"), str(folder), table_filters()
        )
        return Path(text) if text else None

    def observations_to_write(self, suggestion: Path) -> Path | None:
        kinds = self.tr("Table (*.csv);;Spreadsheet (*.xlsx)")
        return self._path_to_write(self.tr("Export the observations"), suggestion, kinds)

    def folder_of_products(self) -> Path | None:
        """Ask for the folder to write a batch of products to."""
        title = self.tr("Choose the folder of the products")
        text = QFileDialog.getExistingDirectory(self._window, title, str(Path.home()))
        return Path(text) if text else None

    def layer_to_write(self, suggestion: Path) -> Path | None:
        kinds = self.tr("GeoPackage (*.gpkg);;FlatGeobuf (*.fgb);;GeoJSON (*.geojson);;Table (*.csv)")
        return self._path_to_write(self.tr("Save the layer as"), suggestion, kinds)

    def which_features(self, title: str, counts: Mapping[Which, int]) -> Which | None:
        """Ask which features of a layer to save; None to save nothing. Called only where there is a choice."""
        box = self._box(self.tr("Which features of “{0}” are saved?").format(one_line(title, 80)))
        words = {
            Which.ALL: self.tr("&All ({0})"),
            Which.SHOWN: self.tr("Those the &Filter Shows ({0})"),
            Which.SELECTED: self.tr("The &Selected ({0})"),
        }
        answers = {}
        for which, count in counts.items():
            button = box.addButton(words[which].format(grouped(count)), QMessageBox.ButtonRole.AcceptRole)
            button.setEnabled(count > 0)
            answers[button] = which
        box.addButton(QMessageBox.StandardButton.Cancel)
        return self._answer(box, answers, None)

    def style_to_write(self, suggestion: Path) -> Path | None:
        return self._path_to_write(self.tr("Save the style as"), suggestion, self.tr("QGIS style (*.qml)"))

    def style_to_open(self, folder: Path) -> Path | None:
        title, kinds = self.tr("Load a style"), self.tr("QGIS style (*.qml)")
        text, _ = QFileDialog.getOpenFileName(self._window, title, str(folder), kinds)
        return Path(text) if text else None

    def templates_to_write(self, suggestion: Path) -> Path | None:
        return self._path_to_write(self.tr("Save the templates as"), suggestion, self.tr("Templates (*.json)"))

    def templates_to_open(self, folder: Path) -> Path | None:
        title, kinds = self.tr("Import templates"), self.tr("Templates (*.json)")
        text, _ = QFileDialog.getOpenFileName(self._window, title, str(folder), kinds)
        return Path(text) if text else None

    def _path_to_write(self, title: str, suggestion: Path, kinds: str, over: QWidget | None = None) -> Path | None:
        text, kind = QFileDialog.getSaveFileName(over or self._window, title, str(suggestion), kinds)
        if not text:
            return None
        path = Path(text)
        return path if path.suffix else path.with_suffix(kind.rpartition("*")[2].rstrip(")") or suggestion.suffix)

    def _box(self, text: str) -> QMessageBox:
        box = QMessageBox(self._window)
        box.setWindowTitle("Geoloupe")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(text)
        return box

    def _answer[T, U](self, box: QMessageBox, answers: dict[QPushButton, T], otherwise: U) -> T | U:
        box.exec()
        clicked = box.clickedButton()
        box.deleteLater()
        return next((answer for button, answer in answers.items() if button is clicked), otherwise)


def _in_order(kinds: Mapping[str, str], suggestion: Path) -> str:
    """Kinds of files as filters for the dialog, the suggestion's own first."""
    first = suggestion.suffix.lower()
    return ";;".join(kinds[suffix] for suffix in sorted(kinds, key=lambda suffix: suffix != first))
