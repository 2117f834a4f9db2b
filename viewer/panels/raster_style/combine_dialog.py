"""The dialog that combines bands of open images to red, green and blue, as a new layer."""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QGridLayout, QLabel, QVBoxLayout, QWidget

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.raster.combined import CombinedPart, combined_acquisition
from layers.raster.presets import band_titles
from viewer.commands.combine import Channel, combine_layers, part_of
from viewer.panels.context import PanelContext
from viewer.panels.widgets.fields import ChoiceField, LineField
from viewer.panels.widgets.form_page import muted
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.text import plain
from viewer.support.plain_label import plain_label


class _Image(Struct, frozen=True, eq=False):
    """A layer that can be combined: its bands by number, and those that it shows now."""

    layer: Layer
    drawing: RasterDrawing
    part: CombinedPart
    bands: tuple[tuple[int, str], ...]
    shown: tuple[int, ...]


class CombineDialog(QDialog):
    """The dialog; `combined`, after it was accepted, is the new layer's uuid."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Combine bands of layers"))
        self._context = context
        self._images = images_to_combine(context)
        self.combined = ""
        self.layers: list[ChoiceField] = []
        self.bands: list[ChoiceField] = []
        self._values: list[tuple[str, int]] = self._first_choice()
        grid = self._grid()
        self.name = LineField()
        self.name.setAccessibleName(self.tr("Name of the new layer"))
        form = QFormLayout()
        form.addRow(plain_label(self.tr("Name")), self.name)
        self.note, self.refusal = muted(), plain_label()
        self.refusal.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.combine_button = self.buttons.addButton(self.tr("Combine"), QDialogButtonBox.ButtonRole.ActionRole)
        self.combine_button.setDefault(True)
        self.combine_button.clicked.connect(self.combine)
        self.buttons.rejected.connect(self.reject)
        for button in self.buttons.buttons():
            button.setAccessibleName(button.text().replace("&", ""))
        note = muted(self.tr("A new layer of what these images have in common. Their own layers stay as they are."))
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(note)
        layout.addLayout(grid)
        layout.addLayout(form)
        for widget in (self.note, self.refusal):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self.resize(560, 330)
        self._show()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 2)
        for column, text in ((1, self.tr("Layer")), (2, self.tr("Band"))):
            grid.addWidget(plain_label(text), 0, column)
        names = [(uuid, image.layer.name) for uuid, image in self._images.items()]
        for place, title in enumerate((self.tr("Red"), self.tr("Green"), self.tr("Blue"))):
            layer, band = ChoiceField(names), ChoiceField()
            layer.setAccessibleName(self.tr("{0}: layer").format(title))
            band.setAccessibleName(self.tr("{0}: band").format(title))
            layer.committed.connect(lambda uuid, place=place: self._choose_layer(place, uuid))
            band.committed.connect(lambda number, place=place: self._choose_band(place, number))
            label: QLabel = plain_label(title)
            label.setBuddy(layer)
            for column, widget in enumerate((label, layer, band)):
                grid.addWidget(widget, place + 1, column)
            self.layers.append(layer)
            self.bands.append(band)
        return grid

    def _first_choice(self) -> list[tuple[str, int]]:
        """The current layer and those below it; for a single layer, the bands that it shows."""
        order = list(self._images)
        current = self._context.layer_uuid
        if current in order:
            order = order[order.index(current) :] + order[: order.index(current)]
        if len(order) == 1:
            shown = self._images[order[0]].shown
            return [(order[0], number) for number in (shown if len(shown) == 3 else shown[:1] * 3)]
        return [(uuid, self._images[uuid].shown[0]) for uuid in (*order, order[-1])[:3]] if order else []

    # -- choosing -----------------------------------------------------------------------------------------------

    def _choose_layer(self, place: int, uuid: str) -> None:
        """Keep the band's number for another layer, where it has a band of that number."""
        number = min(self._values[place][1], len(self._images[uuid].bands))
        self._values[place] = (uuid, number)
        self._show()

    def _choose_band(self, place: int, number: int) -> None:
        self._values[place] = (self._values[place][0], number)
        self._show()

    def _channels(self) -> list[Channel]:
        return [(self._images[uuid].part, number) for uuid, number in self._values]

    def _show(self) -> None:
        for place, (uuid, number) in enumerate(self._values):
            self.layers[place].show_value(uuid)
            self.bands[place].set_choices(self._images[uuid].bands)
            self.bands[place].show_value(number)
        self.name.setPlaceholderText(self._suggested())
        used = [self._images[uuid] for uuid in dict.fromkeys(uuid for uuid, _ in self._values)]
        known = combined_acquisition([(i.layer.name, i.drawing.acquisition) for i in used]) if used else None
        differ = known is not None and len(used) > 1 and known.notes
        self.note.setText(plain(known.notes[0]) if known is not None and differ else "")
        self.refusal.setText(plain(self._refusal()))
        self.combine_button.setEnabled(not self.refusal.text())

    def _suggested(self) -> str:
        names = dict.fromkeys(self._images[uuid].layer.name for uuid, _ in self._values)
        return self.tr("Combined {0}").format(", ".join(names))

    def _refusal(self) -> str:
        if not self._values:
            return self.tr("No image is open whose bands are known: add one, or wait until it is read.")
        try:
            combine_layers(self._context.document, self._channels(), self._suggested(), actor=self._context.case.actor)
        except GeoloupeError as error:
            return error.sentence
        return ""

    def combine(self) -> None:
        """Add the layer, make it the current one, and close the dialog."""
        before = set(self._context.document.layers)
        name = self.name.text().strip() or self._suggested()
        sentence = self._context.attempt(combine_layers, self._channels(), name)
        if sentence:
            self.refusal.setText(plain(sentence))
            return
        (self.combined,) = set(self._context.document.layers) - before
        self._context.show_layer(self.combined, raise_form=True)
        self.accept()


def images_to_combine(context: PanelContext) -> dict[str, _Image]:
    """The layers of images that have been read, topmost first, by uuid."""
    images = {}
    for layer in reversed(context.document.layers_in_order()):
        drawing = context.layers.drawing_of(layer.uuid)
        if not isinstance(drawing, RasterDrawing) or drawing.info is None or drawing.style is None:
            continue
        scene = drawing.source.scene
        try:
            part = part_of(layer, drawing.info, scene)
        except GeoloupeError:
            continue  # combined already, or placed by control points
        images[layer.uuid] = _Image(
            layer, drawing, part, tuple(band_titles(scene or drawing.info)), drawing.style.bands
        )
    return images


def open_combine_dialog(context: PanelContext, window: QWidget) -> None:
    """Open the dialog over a window, which can be used again when it is closed."""
    dialog = CombineDialog(context, window)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
