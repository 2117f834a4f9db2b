"""The choice of the dimensions of an offered layer other than time, such as its elevation: a list for each."""

from __future__ import annotations

import re

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QSizePolicy, QWidget

from layers.services.listed.offered_entries import choosable_dimensions, in_dimension
from layers.services.offers.offer import OfferedLayer
from layers.services.tile_service import TileService
from viewer.support.language.text import one_line
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

MOST_DIMENSIONS = 4
MOST_VALUES = 500
_IS_CODE = re.compile(r"ISO|EPSG:|CRS:", re.IGNORECASE)
"""Units that say how values are written, and are none."""


class DimensionChoice(QWidget):
    """The lists; hidden where a layer has no such dimension. `changed` is emitted when another value is chosen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layer: OfferedLayer | None = None
        self.boxes: dict[str, ComboBox] = {}
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.hide()

    def offer(self, layer: OfferedLayer | None) -> None:
        """Offer the dimensions of a layer, each at the value that is asked for at first."""
        while self._form.rowCount():
            self._form.removeRow(0)
        self._layer, self.boxes = layer, {}
        dimensions = choosable_dimensions(layer)[:MOST_DIMENSIONS] if layer is not None else ()
        for dimension in dimensions:
            box = ComboBox()
            box.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            for value in dimension.values[:MOST_VALUES]:
                units = "" if _IS_CODE.match(dimension.units) else dimension.units
                box.addItem(one_line(f"{value} {units}".strip(), 60), value)
            box.setCurrentIndex(max(box.findData(dimension.default), 0))
            name = one_line(dimension.name.replace("_", " ").capitalize(), 40)
            box.setAccessibleName(name)
            box.currentIndexChanged.connect(self.changed)
            label = plain_label(name)
            label.setBuddy(box)
            self._form.addRow(label, box)
            self.boxes[dimension.name] = box
        self.setVisible(bool(dimensions))

    def applied(self, service: TileService) -> TileService:
        """The service at the chosen values."""
        for name, box in self.boxes.items():
            value = box.currentData()
            if self._layer is not None and isinstance(value, str):
                service = in_dimension(self._layer, service, name, value) or service
        return service
