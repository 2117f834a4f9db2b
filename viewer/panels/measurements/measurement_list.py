"""All measurements of the case as a list, with values, errors and units that can be copied into a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.marks.measurement import MEASUREMENT
from layers.document.marks.reading import Reading, reading_of
from layers.document.site import Site
from layers.geo.coordinates import format_coordinate
from layers.geo.longitudes import normalise_lon
from layers.geo.on_earth import why_off_earth
from viewer.commands.shapes.measurements import make_sites
from viewer.commands.sites import delete_sites
from viewer.panels.comments.row_menu import add_history
from viewer.panels.context import PanelContext
from viewer.panels.measurements.reading_words import copied_line, quantity_title
from viewer.panels.reviewing.review_dialog import add_review
from viewer.panels.widgets.form_page import side_by_side
from viewer.panels.widgets.row_list import RowList
from viewer.panels.widgets.row_table import ListColumn, RowTable
from viewer.support.language.text import one_line, searched, tooltip
from viewer.support.language.translation import translate

PLACE_M = 10.0
"""Metres to which the place of a measurement without a name is written, to tell it from others."""


class MeasurementListPanel(QWidget):
    """The list, whose selection is the context's selection. The values are those of the present geometries."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._readings: dict[str, tuple[Site, Reading | None]] = {}
        self._numbers: dict[str, int] = {}
        """Numbers by the order in which they were made; they do not change while a case is open."""
        columns = [
            ListColumn(self.tr("Measurement"), self._name),
            ListColumn(self.tr("Value"), self._value, self._sorted_by("value"), 70, True),
            ListColumn(
                self.tr("Error"), self._error, self._sorted_by("error"), 56, True, self.tr("Plus or minus, at least")
            ),
            ListColumn(self.tr("Unit"), self._unit, None, 40),
            ListColumn(self.tr("Measured"), self._quantity, None, 84),
            ListColumn(self.tr("Folder"), lambda site: site.folder, None, 90),
        ]
        self.model = RowTable(
            columns, lambda site: searched(site.label, site.notes, site.folder), self, dragged_as="sites"
        )
        hint = self.tr("No measurement yet: press M and click on the map along what is measured.")
        self.list = RowList(self.model, self.tr("Measurements"), first_px=90, hint=hint)
        self.list.hide_columns(5)
        self.list.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.view.customContextMenuRequested.connect(self.open_menu)
        self.copy_button, self.delete_button = QPushButton(self.tr("Copy values")), QPushButton(self.tr("Delete"))
        self.copy_button.setToolTip(
            tooltip(self.tr("Copy name, value, error and unit of the selected, or of all, as a table"))
        )
        for button in (self.copy_button, self.delete_button):
            button.setAccessibleName(button.text())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.list, 1)
        layout.addLayout(side_by_side(self.copy_button, self.delete_button))
        self.copy_button.clicked.connect(self.copy_values)
        self.delete_button.clicked.connect(self._delete)
        self.list.chosen.connect(context.selection.set)
        self.list.clicked.connect(lambda uuid: context.selection.set((uuid,)))
        self.list.activated.connect(lambda uuid: self._zoom_to([uuid]))
        self.list.delete_wanted.connect(self._delete)
        context.selection.changed.connect(self._follow_selection)
        context.selection.chosen_again.connect(self.list.scroll_to_selected)
        context.document_replaced.connect(self.list.begin_anew)
        context.document_replaced.connect(self._read)
        context.notation_changed.connect(self._write_anew)
        context.changed.connect(self._heard)
        self._read()

    def copy_values(self) -> None:
        """Put the selected rows, or all of them, on the clipboard, as a spreadsheet takes them."""
        sites = self._context.document.sites
        rows = [self.model.uuid_at(row) for row in range(self.model.rowCount())]
        chosen = [sites[uuid] for uuid in rows if uuid in self.list.selected()] or [sites[uuid] for uuid in rows]
        head = self.tr("Measurement\tMeasured\tValue\tError\tUnit")
        known = [(self._name(site), reading) for site in chosen if (reading := self._reading(site)) is not None]
        lines = [copied_line(name, reading) for name, reading in known]
        QGuiApplication.clipboard().setText("\n".join([head, *lines]))
        measured = translate("MeasurementListPanel", "{count} measurements", "{count} measurement", len(lines))
        self._context.messages.tell(self.tr("Copied: the values of {0}.").format(measured))

    def open_menu(self, place: QPoint) -> QMenu | None:
        """The menu of the selected rows; None without any."""
        uuids = sorted(self._chosen())
        if not uuids:
            return None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("&Zoom to Selection"), lambda: self._zoom_to(uuids))
        menu.addAction(self.tr("&Copy Values"), self.copy_values)
        if len(uuids) == 1:
            add_history(menu, self._context, "sites", uuids[0])
        menu.addAction(self.tr("&Make Sites of Them"), lambda: self._context.do(make_sites, uuids))
        add_review(menu, self._context, uuids, self.window())
        menu.addAction(self.tr("&Delete"), self._delete)
        menu.popup(self.list.view.viewport().mapToGlobal(place))
        return menu

    # -- cells --------------------------------------------------------------------------------------------------

    def _reading(self, site: Site) -> Reading | None:
        """The reading of a measurement, made when a cell is first shown: of thousands a screen shows ten."""
        known = self._readings.get(site.uuid)
        if known is None or known[0] is not site:
            known = self._readings[site.uuid] = site, reading_of(site)
        return known[1]

    def _name(self, site: Site) -> str:
        reading = self._reading(site)
        if reading is None:
            return one_line(site.label, 200) or self.tr("(cannot be measured)")
        return one_line(reading.name, 200) or self._placed(site, quantity_title(reading.quantity))

    def _placed(self, site: Site, title: str) -> str:
        """Title of a measurement without a name, by its number and the place of its middle."""
        title = f"{title} {self._numbers[site.uuid]}"
        if why_off_earth(site.geometry):
            return title
        left, bottom, right, top = (float(side) for side in site.geometry.bounds)
        middle = normalise_lon((left + right) / 2), (bottom + top) / 2
        return f"{title} · {format_coordinate(*middle, self._context.notation, PLACE_M)}"

    def _value(self, site: Site) -> str:
        reading = self._reading(site)
        return "" if reading is None else reading.numbers[0]

    def _error(self, site: Site) -> str:
        reading = self._reading(site)
        return "" if reading is None else reading.numbers[1]

    def _unit(self, site: Site) -> str:
        reading = self._reading(site)
        return "" if reading is None else reading.sign

    def _quantity(self, site: Site) -> str:
        reading = self._reading(site)
        return "" if reading is None else quantity_title(reading.quantity)

    def _sorted_by(self, part: str) -> Callable[[Site], float]:
        def key(site: Site) -> float:
            return float(getattr(self._reading(site), part, None) or 0.0)

        return key

    # -- following ----------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self._readings.clear()
        marks = self._context.listed_marks().of_kind(MEASUREMENT)
        self._numbers = {uuid: number for number, uuid in enumerate(marks, 1)}
        self.model.set_rows(marks)
        self._follow_selection()

    def _write_anew(self) -> None:
        """Update the names that contain a coordinate, as its notation has changed."""
        self.model.set_rows(self._context.listed_marks().of_kind(MEASUREMENT))

    def _heard(self, changes: Changes) -> None:
        if changes.everything:
            self._read()
            return
        touched, sites = changes.uuids("sites"), self._context.document.sites
        if not touched:
            return
        here = {uuid: sites[uuid] for uuid in touched if uuid in sites and sites[uuid].mark_kind == MEASUREMENT}
        for uuid in here.keys() - self._numbers.keys():
            self._numbers[uuid] = max(self._numbers.values(), default=0) + 1
        self.model.refresh(touched, here)
        for uuid in touched - here.keys():
            self._readings.pop(uuid, None)
        self._follow_selection()

    def _follow_selection(self) -> None:
        self.list.select(self._context.selection.uuids)
        self.delete_button.setEnabled(bool(self._chosen()))

    def _chosen(self) -> frozenset[str]:
        """The selected measurements, without other selected marks."""
        return self.model.known(self.list.selected())

    def _zoom_to(self, uuids: list[str]) -> None:
        self._context.zoom_to_sites([self._context.document.sites[uuid] for uuid in uuids])

    def _delete(self) -> None:
        uuids = self._chosen()
        if uuids:
            self._context.do_for_many(self.tr("Deleting measurements"), delete_sites, uuids)
