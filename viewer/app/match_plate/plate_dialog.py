"""The window of a match plate: the photograph and the map side by side, the list of pairs, and the picture of both."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from layers.document.changes import Changes
from layers.document.imagery.match_plate import Pair
from layers.document.layer_terms import may_leave
from layers.geo.coordinates import format_coordinate
from viewer.app.match_plate.plate_numbers import PlateNumbers
from viewer.app.match_plate.plate_sides import PlateSource, heading, map_side, photo_side
from viewer.app.paired_points.point_pane import PointPane
from viewer.app.paired_points.two_panes import TwoPanes
from viewer.canvas.sites.photo_numbers import NumberAt
from viewer.export.image import save_image
from viewer.export.made_on import today
from viewer.export.plates.match_plate import CAPTION, PlatePicture, PlateSide
from viewer.panels.companion import make_companion
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import muted
from viewer.rendering.layer_date import UNDATED
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import in_language, translate

SIZE = (1180, 660)
TABLE_PX = 138
_FINE_M = 0.5


class MatchPlateDialog(QDialog):
    """Shows a photograph and the map beside the window, and takes the same numbers on both.

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
        self.numbers = PlateNumbers(panels, photo, self)
        layer = panels.document.layers[photo]
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setWindowTitle(self.tr("Match Plate: {0}").format(one_line(layer.name, 80)))
        self.resize(*SIZE)
        self.photo_pane = PointPane(photo_side(layer, source, self.numbers), heading(self.tr("Photograph")), self.say)
        self.map_pane = PointPane(map_side(layer, source, self.numbers), heading(self.tr("Map")), self.say)
        self.panes = TwoPanes(self.photo_pane, self.map_pane)
        self.table = self._make_table()
        self.note = muted(translate("MatchPlate", CAPTION))
        layout = QVBoxLayout(self)
        layout.addWidget(self.panes, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.table)
        layout.addLayout(self._make_buttons())
        self._connect()
        self.numbers.refresh()

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
        numbers = self.numbers
        numbers.changed.connect(self._show)
        numbers.chosen_changed.connect(self._show_chosen)
        numbers.answered.connect(self._answer)
        numbers.marked.connect(self.marked)
        self.table.itemSelectionChanged.connect(self._choose_row)
        self.photo_button.clicked.connect(numbers.remove_from_photo)
        self.map_button.clicked.connect(numbers.remove_from_map)
        self.fit_button.clicked.connect(self.photo_pane.begin)
        self.copy_button.clicked.connect(self._copy)
        self.save_button.clicked.connect(self._save)
        self._panels.changed.connect(self._follow)
        self._panels.document_replaced.connect(self.close)
        self._panels.notation_changed.connect(self._show)
        self.panes.given_up.connect(self.close)
        self.finished.connect(self.panes.close_scenes)

    def is_idle(self) -> bool:
        """True when both sides are painted completely."""
        return self.panes.is_idle()

    # -- showing ------------------------------------------------------------------------------------------------

    def say(self, sentence: str) -> None:
        """Show one sentence below the panes."""
        self.note.setText(plain(sentence))

    def _answer(self, refusal: str) -> None:
        self.say(refusal or translate("MatchPlate", CAPTION))

    def _follow(self, changes: Changes) -> None:
        if self.photo not in self._panels.document.layers:
            self.close()
        elif changes.everything or changes.touches("products", "sites"):
            self.numbers.refresh()

    def _show(self) -> None:
        with QSignalBlocker(self.table):
            self.table.setRowCount(len(self.numbers.pairs))
            for row, pair in enumerate(self.numbers.pairs):
                for column, text in enumerate(self._cells(pair)):
                    self.table.setItem(row, column, QTableWidgetItem(text))
        self._show_chosen()

    def _show_chosen(self) -> None:
        numbers, pair = self.numbers, self.numbers.pair
        with QSignalBlocker(self.table):
            if pair is None:
                self.table.clearSelection()
            else:
                self.table.selectRow(numbers.pairs.index(pair))
        self.panes.show_points()
        self.map_pane.canvas.selection.set(set() if pair is None else {site.uuid for site in pair.markers})
        self.photo_button.setEnabled(pair is not None and pair.photo is not None)
        self.map_button.setEnabled(pair is not None and bool(pair.markers))

    def _cells(self, pair: Pair) -> tuple[str, str, str, str]:
        photo = "" if pair.photo is None else f"{pair.photo.x:.0f}, {pair.photo.y:.0f} px"
        places = [format_coordinate(s.place.x, s.place.y, self._panels.notation, _FINE_M) for s in pair.markers[:3]]
        remark = self.tr("on both") if pair.is_whole else self.tr("missing on the map")
        if pair.photo is None:
            remark = self.tr("missing on the photograph")
        elif len(pair.markers) > 1:
            remark = self.tr("{0} times on the map").format(len(pair.markers))
        return str(pair.number), photo, "; ".join(places), remark

    def choose(self, number: int) -> None:
        """Highlight a number on both sides; where it is missing, it is set next."""
        self.numbers.choose(number)

    def _choose_row(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        self.numbers.choose(self.numbers.pairs[rows[0].row()].number if rows else 0)

    # -- the picture --------------------------------------------------------------------------------------------

    def picture(self) -> PlatePicture:
        """Paint a picture of the plate as both sides are seen now."""
        document, layer = self._panels.document, self._panels.document.layers[self.photo]
        numbers = [NumberAt(*number) for number in self.numbers.plate.numbers]
        credit = next((drawing.attribution for drawing in self.photo_pane.scene.drawings.values()), "")
        photo = PlateSide(
            self.photo_pane.scene,
            self.photo_pane.canvas.viewport.view(),
            self.tr("Photograph: {0}").format(one_line(layer.name, 80)),
            (credit or f"{one_line(layer.name, 80)} ({in_language(UNDATED)})",),
            numbers,
        )
        view, scene = self.map_pane.canvas.viewport.view(), self.map_pane.scene
        shown = PlateSide(scene, view, self.tr("Map"), scene.stack.credits(view), is_map=True)
        made = self.tr("Numbers set by the analyst, {0}; made with Geoloupe.")
        return PlatePicture(
            self.tr("Match plate: {0}").format(one_line(layer.name, 80)),
            photo,
            shown,
            self.numbers.pairs,
            marking=document.meta("marking"),
            made=made.format(today()),
        )

    def _is_withheld(self) -> bool:
        """Say which layer on a side may not leave; False where all may."""
        shown = self.map_pane.scene.stack.in_view(self.map_pane.canvas.viewport.view())
        rows = (self._panels.document.layers.get(uuid) for uuid in (self.photo, *shown))
        withheld = [row for row in rows if row is not None and not may_leave(row)]
        if withheld:
            sentence = self.tr("The terms of “{0}” do not allow its pictures in a file: hide it.")
            self.say(sentence.format(one_line(withheld[0].name, 60)))
        return bool(withheld)

    def _copy(self) -> None:
        if self._is_withheld():
            return
        QGuiApplication.clipboard().setImage(self._image())
        self.say(self.tr("The plate is on the clipboard."))

    def _save(self) -> None:
        if self._is_withheld():
            return
        target = self._ask_path(self._suggestion)
        if target is not None:
            done = partial(self._saved, target.name)
            self._panels.run(partial(save_image, self._image(), target), done, self.tr("Saving the match plate"))

    def _saved(self, name: str, _nothing: None) -> None:
        self._panels.messages.tell(self.tr("The match plate is in {0}.").format(name))

    def _image(self) -> QImage:
        return self.picture().image()
