"""The fields for the area of an offline pack: the view, the surroundings of the selected sites, or typed bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFormLayout, QGridLayout, QWidget

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_MAX_LAT, lonlat_bounds
from viewer.canvas.sites.site_index import bounds_of_sites
from viewer.panels.context import PanelContext
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox, DecimalBox

VIEW, SITES, TYPED, OF_PACK = "view", "sites", "typed", "pack"
KM_A_DEGREE = 111.32
FIRST_KM = 5.0
DECIMALS = 5
"""Decimals of a degree, about a metre."""


class PackArea(QWidget):
    """The fields. `changed` is emitted with each change of the areas; a typed bound makes the choice "These bounds"."""

    changed = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._of_pack: tuple[Bounds, ...] = ()
        self.choice = ComboBox()
        self.choice.setAccessibleName(self.tr("Area"))
        self.choice.addItem(self.tr("The view on the map"), VIEW)
        self.choice.addItem(self.tr("Around the selected sites"), SITES)
        self.choice.addItem(self.tr("These bounds"), TYPED)
        self.around = DecimalBox()
        self.around.setAccessibleName(self.tr("Distance around the sites"))
        self.around.setRange(0.1, 500.0)
        self.around.setDecimals(1)
        self.around.setValue(FIRST_KM)
        self.around.setSuffix(self.tr(" km"))
        names = (self.tr("West"), self.tr("South"), self.tr("East"), self.tr("North"))
        self.edges = [self._edge(name, most) for name, most in zip(names, (180.0, 90.0, 360.0, 90.0), strict=True)]
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        for at, (name, place) in enumerate(zip(names, ((0, 0), (1, 0), (0, 2), (1, 2)), strict=True)):
            label = plain_label(name)
            label.setBuddy(self.edges[at])
            grid.addWidget(label, *place)
            grid.addWidget(self.edges[at], place[0], place[1] + 1)
        for column in (1, 3):
            grid.setColumnStretch(column, 1)
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.form.addRow(self._label(self.tr("Area"), self.choice), self.choice)
        self.form.addRow(self._label(self.tr("Around them"), self.around), self.around)
        self.form.addRow(plain_label(self.tr("Bounds, degrees")), grid)
        if context.selection.uuids:
            self.choice.setCurrentIndex(self.choice.findData(SITES))
        self.choice.currentIndexChanged.connect(self._choose)
        self.around.valueChanged.connect(self._choose)
        for edge in self.edges:
            edge.valueChanged.connect(self._typed)
        self._choose()

    def areas(self) -> tuple[Bounds, ...]:
        """The areas in longitudes and latitudes; empty where there is none, as without a selected site."""
        match self.choice.currentData():
            case "sites":
                return self._around_sites()
            case "pack":
                return self._of_pack
            case "view":
                return self._of_view()
        return (Bounds(*(edge.value() for edge in self.edges)),)

    def show_areas(self, areas: Sequence[Bounds]) -> None:
        """Choose the areas for which a pack was begun."""
        self._of_pack = tuple(areas)
        with QSignalBlocker(self.choice):
            if self.choice.findData(OF_PACK) < 0:
                self.choice.addItem(self.tr("The area of the pack"), OF_PACK)
            self.choice.setCurrentIndex(self.choice.findData(OF_PACK))
        self._choose()

    def _edge(self, name: str, most: float) -> DecimalBox:
        edge = DecimalBox()
        edge.setAccessibleName(name)
        edge.setRange(-180.0 if most > 90 else -90.0, most)
        edge.setDecimals(DECIMALS)
        return edge

    def _label(self, text: str, buddy: QWidget) -> QWidget:
        label = plain_label(text)
        label.setBuddy(buddy)
        return label

    def _choose(self) -> None:
        """Show the bounds of the choice, and tell."""
        is_of_sites = self.choice.currentData() == SITES
        self.form.setRowVisible(self.around, is_of_sites)
        areas = self.areas()
        if areas and self.choice.currentData() != TYPED:
            whole = areas[0]
            for area in areas[1:]:
                whole = whole.union(area)
            for edge, value in zip(self.edges, whole, strict=True):
                with QSignalBlocker(edge):
                    edge.setValue(value)
        self.changed.emit()

    def _typed(self) -> None:
        with QSignalBlocker(self.choice):
            self.choice.setCurrentIndex(self.choice.findData(TYPED))
        self.form.setRowVisible(self.around, False)
        self.changed.emit()

    def _of_view(self) -> tuple[Bounds, ...]:
        view = self._context.view.shown()
        try:
            bounds = lonlat_bounds(view.grid.crs, view.world_bounds())
        except GeoloupeError:
            return ()
        return (_within_a_turn(bounds),) if bounds.is_finite() else ()

    def _around_sites(self) -> tuple[Bounds, ...]:
        sites = self._context.document.sites
        boxes = [bounds_of_sites([sites[uuid]]) for uuid in sorted(self._context.selection.uuids) if uuid in sites]
        return tuple(_widened(box, self.around.value()) for box in boxes if box is not None)


def _widened(box: Bounds, km: float) -> Bounds:
    """Bounds with so many kilometres more on each side."""
    up = km / KM_A_DEGREE
    widest = min(max(abs(box.bottom), abs(box.top)) + up, MERCATOR_MAX_LAT)
    aside = min(up / math.cos(math.radians(widest)), 180.0)
    south, north = max(box.bottom - up, -MERCATOR_MAX_LAT), min(box.top + up, MERCATOR_MAX_LAT)
    return _within_a_turn(Bounds(box.left - aside, south, box.right + aside, north))


def _within_a_turn(box: Bounds) -> Bounds:
    """Bounds that begin between -180 and 180 and are no wider than the world."""
    if box.width >= 360.0:
        return Bounds(-180.0, box.bottom, 180.0, box.top)
    turns = math.floor((box.left + 180.0) / 360.0) * 360.0
    return Bounds(box.left - turns, box.bottom, box.right - turns, box.top)
