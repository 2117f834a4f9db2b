"""The window of a match plate: the photograph and the map side by side, the list of pairs, and the picture of both."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from layers.document.changes import Changes
from layers.document.imagery.match_plate import (
    MatchPlate,
    Pair,
    next_on_map,
    next_on_photo,
    pairs_of,
    plate_of_photo,
)
from layers.geo.coordinates import format_coordinate
from viewer.app.match_plate.plate_panes import MapPane, PhotoPane, PlateSource
from viewer.canvas.sites.photo_numbers import NumberAt
from viewer.commands.imagery.match_plates import (
    remove_map_number,
    remove_photo_number,
    set_map_number,
    set_photo_number,
)
from viewer.commands.stamps import new_uuid
from viewer.export.image import save_image
from viewer.export.made_on import today
from viewer.export.match_plate import CAPTION, PlatePicture, PlateSide
from viewer.panels.companion import make_companion
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import muted
from viewer.rendering.layer_date import UNDATED
from viewer.support.language.translation import in_language, translate
from viewer.support.text import one_line, plain

SIZE = (1180, 660)
TABLE_PX = 138
_FINE_M = 0.5


class MatchPlateDialog(QDialog):
    """Not modal, one a photograph. Each number that is set, moved or taken away is an undo step of the case.

    `marked` carries the uuid of a marker that was just set on the map.
    """

    marked = Signal(str)

    def __init__(
        self,
        panels: PanelContext,
        photo: str,
        source: PlateSource,
        ask_path: Callable[[Path], Path | None],
        suggestion: Path,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        make_companion(self)
        self._panels, self.photo = panels, photo
        self._ask_path, self._suggestion = ask_path, suggestion
        self._pairs: list[Pair] = []
        self._chosen = 0
        """The number that stands out."""
        self._is_asked = False
        """True where the analyst has chosen that number to be set next."""
        layer = panels.document.layers[photo]
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setWindowTitle(self.tr("Match Plate: {0}").format(one_line(layer.name, 80)))
        self.resize(*SIZE)
        self.photo_pane = PhotoPane(layer, source, self.tr("Photograph"), self.say)
        self.map_pane = MapPane(layer, source, self.tr("Map"), self.say)
        self.panes = QSplitter(Qt.Orientation.Horizontal)
        for pane in (self.photo_pane, self.map_pane):
            self.panes.addWidget(pane)
            pane.canvas.tool_given_up.connect(self.close)
        self.panes.setChildrenCollapsible(False)
        self.table = self._make_table()
        self.note = muted(translate("MatchPlate", CAPTION))
        layout = QVBoxLayout(self)
        layout.addWidget(self.panes, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.table)
        layout.addLayout(self._make_buttons())
        self._connect()
        self._show()

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 4)
        titles = [self.tr("Number"), self.tr("On the photograph"), self.tr("On the map"), self.tr("Remark")]
        table.setHorizontalHeaderLabels(titles)
        table.setAccessibleName(self.tr("Pairs of numbers"))
        table.setFixedHeight(TABLE_PX)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        return table

    def _make_buttons(self) -> QHBoxLayout:
        self.photo_button = QPushButton(self.tr("Remove from the photograph"))
        self.map_button = QPushButton(self.tr("Delete on the map"))
        self.fit_button = QPushButton(self.tr("Show the whole photograph"))
        self.copy_button, self.save_button = QPushButton(self.tr("Copy the plate")), QPushButton(self.tr("Save…"))
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        for button in (self.photo_button, self.map_button, self.fit_button):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.copy_button, self.save_button, close):
            row.addWidget(button)
        for button in (self.photo_button, self.map_button, self.fit_button, self.copy_button, self.save_button, close):
            button.setAutoDefault(False)  # Enter sets numbers
            button.setAccessibleName(button.text().rstrip("…"))
        return row

    def _connect(self) -> None:
        photo, other = self.photo_pane.tool, self.map_pane.tool
        photo.placed.connect(self._set_on_photo)
        photo.moved.connect(self._move_on_photo)
        other.placed.connect(self._set_on_map)
        other.moved.connect(self._move_on_map)
        for tool, remove in ((photo, self._remove_from_photo), (other, self._remove_from_map)):
            tool.picked.connect(self.choose)
            tool.removal_wanted.connect(remove)
        self.table.itemSelectionChanged.connect(self._choose_row)
        self.photo_button.clicked.connect(self._remove_from_photo)
        self.map_button.clicked.connect(self._remove_from_map)
        self.fit_button.clicked.connect(self.photo_pane.fit)
        self.copy_button.clicked.connect(self._copy)
        self.save_button.clicked.connect(self._save)
        self._panels.changed.connect(self._heard)
        self._panels.document_replaced.connect(self.close)
        self._panels.notation_changed.connect(self._show)
        self.finished.connect(self._end)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.panes.setSizes([self.width() // 2] * 2)
        self.photo_pane.fit_once()
        self.map_pane.begin()
        self.photo_pane.canvas.setFocus()

    def is_idle(self) -> bool:
        """True when both sides are painted whole."""
        panes = (self.photo_pane, self.map_pane)
        return all(pane.scene.is_complete(pane.canvas.viewport.view()) for pane in panes)

    # -- showing ------------------------------------------------------------------------------------------------

    def say(self, sentence: str) -> None:
        """One sentence below the panes."""
        self.note.setText(plain(sentence))

    def _plate(self) -> MatchPlate:
        found = plate_of_photo(self._panels.document, self.photo)
        return MatchPlate(self.photo) if found is None else found[1]

    def _heard(self, changes: Changes) -> None:
        if self.photo not in self._panels.document.layers:
            self.close()
        elif changes.everything or changes.touches("products", "sites"):
            self._show()

    def _show(self) -> None:
        self._pairs = pairs_of(self._plate(), self._panels.document)
        if self._chosen not in {pair.number for pair in self._pairs}:
            self._chosen = 0
        self._fill_table()
        self._show_numbers()

    def _show_numbers(self) -> None:
        on_photo = [NumberAt(*pair.photo) for pair in self._pairs if pair.photo is not None]
        on_map = [NumberAt(pair.number, site.place.x, site.place.y) for pair in self._pairs for site in pair.markers]
        self.photo_pane.tool.show(on_photo, self._coming(on_photo=True), self._chosen)
        self.map_pane.tool.show(on_map, self._coming(on_photo=False), self._chosen)
        markers = {site.uuid for pair in self._pairs if pair.number == self._chosen for site in pair.markers}
        self.map_pane.canvas.selection.set(markers)
        pair = self._pair()
        self.photo_button.setEnabled(pair is not None and pair.photo is not None)
        self.map_button.setEnabled(pair is not None and bool(pair.markers))

    def _coming(self, *, on_photo: bool) -> int:
        """The number that a click sets: one that the analyst chose where it is lacking there, else the next."""
        pair = self._pair() if self._is_asked else None
        if pair is not None and (pair.photo is None if on_photo else not pair.markers):
            return pair.number
        return next_on_photo(self._pairs) if on_photo else next_on_map(self._pairs)

    def _pair(self) -> Pair | None:
        return next((pair for pair in self._pairs if pair.number == self._chosen), None)

    def _fill_table(self) -> None:
        self.table.blockSignals(True)
        self.table.setRowCount(len(self._pairs))
        for row, pair in enumerate(self._pairs):
            for column, text in enumerate(self._cells(pair)):
                self.table.setItem(row, column, QTableWidgetItem(text))
            if pair.number == self._chosen:
                self.table.selectRow(row)
        if not self._chosen:
            self.table.clearSelection()
        self.table.blockSignals(False)

    def _cells(self, pair: Pair) -> tuple[str, str, str, str]:
        photo = "" if pair.photo is None else f"{pair.photo.x:.0f}, {pair.photo.y:.0f} px"
        places = [format_coordinate(s.place.x, s.place.y, self._panels.notation, _FINE_M) for s in pair.markers[:3]]
        remark = self.tr("on both") if pair.is_whole else self.tr("missing on the map")
        if pair.photo is None:
            remark = self.tr("missing on the photograph")
        elif len(pair.markers) > 1:
            remark = self.tr("{0} times on the map").format(len(pair.markers))
        return str(pair.number), photo, "; ".join(places), remark

    # -- gestures -----------------------------------------------------------------------------------------------

    def choose(self, number: int) -> None:
        """Let a number stand out on both sides, and be set next where it is lacking."""
        self._chosen, self._is_asked = number, True
        self._fill_table()
        self._show_numbers()

    def _choose_row(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        self._chosen, self._is_asked = self._pairs[rows[0].row()].number if rows else 0, bool(rows)
        self._show_numbers()

    def _set_on_photo(self, x: float, y: float) -> None:
        number = self._coming(on_photo=True)
        self._do(set_photo_number, self.photo, number, x, y, chosen=number)

    def _move_on_photo(self, number: int, x: float, y: float) -> None:
        self._do(set_photo_number, self.photo, number, x, y, chosen=number)

    def _set_on_map(self, lon: float, lat: float) -> None:
        number, uuid = self._coming(on_photo=False), new_uuid()
        if self._do(set_map_number, number, lon, lat, chosen=number, uuid=uuid):
            self.marked.emit(uuid)

    def _move_on_map(self, number: int, lon: float, lat: float) -> None:
        self._do(set_map_number, number, lon, lat, chosen=number)

    def _remove_from_photo(self) -> None:
        found, pair = plate_of_photo(self._panels.document, self.photo), self._pair()
        if found is not None and pair is not None and pair.photo is not None:
            self._do(remove_photo_number, found[0].uuid, pair.number, chosen=pair.number, stays=True)

    def _remove_from_map(self) -> None:
        pair = self._pair()
        if pair is not None and pair.markers:
            self._do(remove_map_number, pair.number, chosen=pair.number, stays=True)

    def _do(
        self, command: Callable[..., object], *args: object, chosen: int, stays: bool = False, **fields: object
    ) -> bool:
        """Push an edit; its number stands out, and is set next where it `stays`. What was refused is said below."""
        before = self._chosen, self._is_asked
        self._chosen, self._is_asked = chosen, stays
        refusal = self._panels.attempt(command, *args, **fields)  # type: ignore[arg-type]
        if refusal:
            self._chosen, self._is_asked = before
        self.say(refusal or translate("MatchPlate", CAPTION))
        return not refusal

    # -- the picture --------------------------------------------------------------------------------------------

    def picture(self) -> PlatePicture:
        """The plate as both sides are seen now."""
        document, layer = self._panels.document, self._panels.document.layers[self.photo]
        drawing = self.photo_pane.drawing
        credit = "" if drawing is None else drawing.attribution
        numbers = [NumberAt(*one) for one in self._plate().numbers]
        photo = PlateSide(
            self.photo_pane.scene,
            self.photo_pane.canvas.viewport.view(),
            self.tr("Photograph: {0}").format(one_line(layer.name, 80)),
            (credit or f"{one_line(layer.name, 80)} ({in_language(UNDATED)})",),
            numbers,
        )
        view, scene = self.map_pane.canvas.viewport.view(), self.map_pane.scene
        shown = PlateSide(scene, view, self.tr("Map"), scene.attributions(view), is_map=True)
        made = self.tr("Numbers set by the analyst, {0}; made with Geoloupe.")
        return PlatePicture(
            self.tr("Match plate: {0}").format(one_line(layer.name, 80)),
            photo,
            shown,
            self._pairs,
            marking=document.meta("marking"),
            made=made.format(today()),
        )

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(self._image())
        self.say(self.tr("The plate is on the clipboard."))

    def _save(self) -> None:
        target = self._ask_path(self._suggestion)
        if target is not None:
            done = partial(self._saved, target.name)
            self._panels.run(partial(save_image, self._image(), target), done, self.tr("Saving the match plate"))

    def _saved(self, name: str, _nothing: None) -> None:
        self._panels.report(self.tr("The match plate is in {0}.").format(name))

    def _image(self) -> QImage:
        return self.picture().image()

    def _end(self) -> None:
        for pane in (self.photo_pane, self.map_pane):
            pane.close_scene()
