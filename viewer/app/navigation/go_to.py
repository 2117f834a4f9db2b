"""The dialog that goes to a coordinate in any notation, and shows how it was understood."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from layers.errors import BadCoordinate
from layers.geo.coordinates import Datum, Notation
from layers.geo.coordinates.parse import parse_coordinate
from viewer.panels.search.hits import Hit
from viewer.panels.search.search_providers import CoordinateProvider
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox


class GoToDialog(QDialog):
    """Shows each interpretation of the typed text during typing; Enter takes the chosen one."""

    place_chosen = Signal(float, float, float)
    """Lon, lat, and the error in metres implied by the digits and the datum."""
    extent_chosen = Signal(object)
    """Bounds in lon, lat of a shape in WKT, or of the address of a web map."""

    def __init__(self, notation: Notation, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Go to coordinate"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._provider = CoordinateProvider()
        self._provider.notation = notation
        self._readings: list[Hit] = []
        self._input = QLineEdit(self)
        self._input.setPlaceholderText(self.tr("e.g. 51.884 N, 128.334 E  ·  52U DC 54160 48346  ·  51°53'02\" N …"))
        self._input.setAccessibleName(self.tr("Coordinate"))
        self._input.setMinimumWidth(420)
        self._says = plain_label("", self)
        self._says.setObjectName("muted")
        self._says.setWordWrap(True)
        self._list = QListWidget(self)
        self._list.setAccessibleName(self.tr("Readings of the coordinate"))
        self._list.setFixedHeight(96)
        self._list.itemDoubleClicked.connect(self.accept)
        self._datum = ComboBox(self)
        for datum in Datum:
            self._datum.addItem(str(datum), datum)
        self._datum.setAccessibleName(self.tr("Datum of the coordinate"))
        self._datum.currentIndexChanged.connect(lambda: self._read(self._input.text()))
        counted_on = QFormLayout()
        counted_on.addRow(self.tr("&Datum"), self._datum)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self._go = buttons.addButton(self.tr("Go"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._input)
        layout.addLayout(counted_on)
        for part in (self._list, self._says, buttons):
            layout.addWidget(part)
        self._input.textChanged.connect(self._read)
        self._input.setText(text)
        self._read(text)

    def readings(self) -> list[str]:
        """Lines of the offered interpretations."""
        return [self._list.item(row).text() for row in range(self._list.count())]

    def sentence(self) -> str:
        """Sentence about the typed text."""
        return self._says.text()

    def accept(self) -> None:
        row = self._list.currentRow()
        if 0 <= row < len(self._readings):
            place = self._readings[row]
            if place.bounds is not None:
                self.extent_chosen.emit(place.bounds)
            elif place.lon is not None and place.lat is not None:
                self.place_chosen.emit(place.lon, place.lat, place.error_m)
            super().accept()

    def _read(self, text: str) -> None:
        self._provider.datum = Datum(self._datum.currentData())
        try:
            self._readings, wrong = self._provider.search(text), ""
        except BadCoordinate as error:
            self._readings, wrong = [], error.sentence
        self._list.clear()
        for place in self._readings:
            self._list.addItem(QListWidgetItem(f"{place.text}   ({place.note})"))
        self._list.setCurrentRow(0)
        self._go.setEnabled(bool(self._readings))
        self._says.setText(wrong or self._sentence(text))

    def _sentence(self, text: str) -> str:
        if not text.strip():
            return self.tr("Degrees, UTM, MGRS, a shape in WKT, or the address of a web map.")
        if len(self._readings) > 1:
            return self.tr("This can be read in {0}; the likeliest is first.").format(
                translate("GoToDialog", "{count} ways", "{count} way", len(self._readings))
            )
        if self._readings:
            return ""
        try:
            parse_coordinate(text)
        except BadCoordinate as error:
            return error.sentence
        return ""
