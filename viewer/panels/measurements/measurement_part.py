"""The part of the site form on a measurement: its result with the error, its quantity and its unit."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QFormLayout, QPushButton, QWidget

from layers.document.marks.mark_shape import shape_of
from layers.document.marks.measurement import QUANTITIES, Measurement, measured, places_of
from layers.document.marks.reading import Reading, reading_of
from layers.document.site import Site
from layers.geo.cross_track import cross_track
from layers.text.measured_values import FACTORS, LENGTH, unit_for, value_text
from viewer.commands.shapes.measurements import is_free, make_sites, quantities_of, set_quantity, set_unit
from viewer.panels.context import PanelContext
from viewer.panels.measurements.reading_words import error_words, quantity_title, unit_choices
from viewer.panels.widgets.fact_rows import FactRows
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.widgets.fold_section import FoldSection
from viewer.panels.widgets.form_page import muted
from viewer.support.language.text import plain, tooltip
from viewer.support.language.translation import translate


class MeasurementPart(FoldSection):
    """The part; hidden for marks without a measurement."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.header.setText(self.tr("Measurement"))
        self.header.setAccessibleName(self.tr("Measurement"))
        self._context, self._uuid, self._kinds = context, "", ("", "")
        self.facts = FactRows()
        self.content.addWidget(self.facts)
        self.note = muted()
        self.note.setAccessibleName(self.tr("Error of the measurement"))
        self.content.addWidget(self.note)
        self._form = QFormLayout()
        self.fields = FieldSet(self._form, self._commit, self)
        add = self.fields.add
        add("quantity", self.tr("Measured"), ChoiceField([]), self.tr("What is measured of the same places"))
        add("unit", self.tr("Unit"), ChoiceField([]), self.tr("The unit of the result, here and on the map"))
        self.content.addLayout(self._form)
        self.site_button = QPushButton(self.tr("Make a &Site of It"))
        self.site_button.setAccessibleName(self.tr("Make a site of the measurement"))
        self.site_button.setToolTip(tooltip(self.tr("Count, list and export it as a site; undo brings it back")))
        self.site_button.clicked.connect(self._make_site)
        self.content.addWidget(self.site_button)
        self.hide()

    def show_site(self, site: Site) -> None:
        """Show the measurement of a mark."""
        self._uuid, reading = site.uuid, reading_of(site)
        if reading is not None and reading.quantity not in QUANTITIES:
            reading = None  # a height from a shadow has a part of its own
        self.setVisible(reading is not None)
        if reading is None:
            return
        self.facts.show_facts(_facts(site, reading))
        self.note.setText(plain(error_words(reading)))
        fields, free = self.fields.fields, is_free(site)
        if self._kinds != (site.uuid, reading.quantity):
            self._kinds = site.uuid, reading.quantity
            kinds = quantities_of(site) if free else [reading.quantity]
            fields["quantity"].set_choices([(kind, quantity_title(kind)) for kind in kinds])
            fields["unit"].show_value("")  # the unit of the mark shown before may be none of this quantity
            fields["unit"].set_choices(unit_choices(reading.dimension))
        shape = shape_of(site.shape_json)
        fields["quantity"].show_value(reading.quantity)
        chosen = shape.unit if isinstance(shape, Measurement) else ""
        fields["unit"].show_value(chosen if chosen in FACTORS[reading.dimension] else "")
        fields["quantity"].setEnabled(free and fields["quantity"].count() > 1)
        fields["unit"].setEnabled(free and len(unit_choices(reading.dimension)) > 2)

    def _commit(self, column: str, value: Any) -> str:
        command = set_quantity if column == "quantity" else set_unit
        return self._context.attempt(command, self._uuid, str(value or ""))

    def _make_site(self) -> None:
        self._context.do(make_sites, [self._uuid])


def _facts(site: Site, reading: Reading) -> list[tuple[str, str]]:
    """The result, and further quantities of the same places, in the unit of the result where that is a length."""
    facts = [(quantity_title(reading.quantity), reading.text)]
    geometry = site.geometry

    def other(quantity: str) -> tuple[str, str]:
        value, error = measured(quantity, geometry, reading.pick_m)
        dimension = QUANTITIES[quantity].dimension
        unit = reading.unit if reading.dimension == dimension else unit_for(dimension, value)
        return quantity_title(quantity), value_text(dimension, value, error, unit)

    if reading.quantity == "area":
        facts.append(other("perimeter"))
    elif reading.quantity == "perimeter":
        facts.append(other("area"))
    elif reading.quantity == "bearing":
        facts.append(other("length"))
    elif reading.quantity == "cross-track":
        off = cross_track(*places_of(geometry))
        right, left = translate("Readings", "Right of the line"), translate("Readings", "Left of the line")
        side = right if off.offset_m > 0 else left
        along = translate("Readings", "Along the line")
        facts += [("", side), (along, value_text(LENGTH, off.along_m, None, reading.unit))]
    elif reading.quantity in ("length", "radius") and Measurement("bearing").is_of(geometry):
        facts.append(other("bearing"))
    return facts
