"""Go to a coordinate, in any notation, with what it was understood as."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
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
from layers.geo.coordinates import (
    Datum,
    Notation,
    ParsedCoordinate,
    format_coordinate,
    parse_candidates,
    parse_coordinate,
)
from viewer.panels.search_providers import metres
from viewer.support.text import plain_label

MOST_READINGS = 6


class GoToDialog(QDialog):
    """Shows every reading of what is typed while it is typed; Enter takes the chosen one."""

    place_chosen = Signal(float, float, float)
    """Lon, lat, and the error in metres that the digits and the datum imply."""

    def __init__(self, notation: Notation, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Go to coordinate"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._notation = notation
        self._readings: list[ParsedCoordinate] = []
        self._input = QLineEdit(self)
        self._input.setPlaceholderText(self.tr("51.884 N, 128.334 E  ·  52U DC 54160 48346  ·  51°53'02\" N …"))
        self._input.setAccessibleName(self.tr("Coordinate"))
        self._input.setMinimumWidth(420)
        self._says = plain_label("", self)
        self._says.setObjectName("muted")
        self._says.setWordWrap(True)
        self._list = QListWidget(self)
        self._list.setAccessibleName(self.tr("Readings of the coordinate"))
        self._list.setFixedHeight(96)
        self._list.itemDoubleClicked.connect(self.accept)
        self._datum = QComboBox(self)
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
        """The lines that are offered."""
        return [self._list.item(row).text() for row in range(self._list.count())]

    def sentence(self) -> str:
        """What is said about the text."""
        return self._says.text()

    def accept(self) -> None:
        row = self._list.currentRow()
        if 0 <= row < len(self._readings):
            place = self._readings[row]
            self.place_chosen.emit(place.lon, place.lat, place.radius_m)
            super().accept()

    def _read(self, text: str) -> None:
        datum = Datum(self._datum.currentData())
        self._readings = parse_candidates(text, datum)[:MOST_READINGS]
        self._list.clear()
        for place in self._readings:
            shown = format_coordinate(place.lon, place.lat, self._notation, place.error_m)
            read_as = self.tr("read as {0}, {1}, good to {2}").format(
                place.notation, place.datum, metres(place.radius_m)
            )
            self._list.addItem(QListWidgetItem(f"{shown}   ({read_as})"))
        self._list.setCurrentRow(0)
        self._go.setEnabled(bool(self._readings))
        self._says.setText(self._sentence(text))

    def _sentence(self, text: str) -> str:
        if not text.strip():
            return self.tr("Degrees, UTM, MGRS, or the address of a web map.")
        if len(self._readings) > 1:
            return self.tr("This can be read in {0} ways; the likeliest is first.").format(len(self._readings))
        try:
            parse_coordinate(text)
        except BadCoordinate as error:
            return error.sentence
        return ""
