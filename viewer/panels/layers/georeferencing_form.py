"""The form of a layer's place: its CRS, the height of an RPC, and the accuracy of the placement."""

from __future__ import annotations

from typing import Any, override

from PySide6.QtWidgets import QFormLayout, QPushButton, QVBoxLayout, QWidget

from layers.document.layer import Layer
from layers.document.placing.control_points import read_control_points
from layers.document.placing.page_origin import page_origin_of
from layers.geo.crs import PIXEL_SPACE
from layers.raster.info import RasterInfo
from layers.vector.table import VectorInfo
from viewer.commands.imagery.placed_layers import can_have_points
from viewer.commands.layers import set_height, update_layer
from viewer.panels.context import PanelContext
from viewer.panels.layers.camera_place import mark_camera_of_layer, photograph_of
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import LineField, NumberField
from viewer.panels.widgets.form_page import muted
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.text import tooltip
from viewer.support.language.translation import in_language, translate


class CrsField(LineField):
    """A field for a CRS, or the words "pixel space"."""

    says_something_midway = False

    @override
    def as_text(self, value: Any) -> str:
        return self.tr("pixel space") if value == PIXEL_SPACE else str(value)

    @override
    def as_value(self, text: str) -> Any:
        is_pixels = text.strip().casefold() in (self.tr("pixel space").casefold(), PIXEL_SPACE)
        return PIXEL_SPACE if is_pixels else text.strip()


class GeoreferencingForm(QWidget):
    """The form; it edits one layer of the context's case."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._uuid = context, ""
        form = QFormLayout()
        self.fields = FieldSet(form, self._commit, self)
        context.tell_dropped("layers", self.fields)
        crs = CrsField()
        crs.setPlaceholderText(self.tr("as the file says"))
        self.fields.add("crs", self.tr("CRS"), crs, self.tr("Only where the file does not say: EPSG:32652"))
        self.ask_button = QPushButton(self.tr("Choose the CRS…"))
        self.ask_button.setAccessibleName(self.ask_button.text())
        self.ask_button.setToolTip(tooltip(self.tr("Search a CRS and see where the layer would lie in it")))
        self.ask_button.clicked.connect(lambda: context.layer_verbs.ask_place.emit(self._uuid))
        self.height_field = NumberField(unit="m")
        self.note = muted()
        self.fields.add(
            "height_m",
            self.tr("Height, m"),
            self.height_field,
            self.tr("Above the ellipsoid, not above the sea: where the RPC places the image. Empty: the RPC’s own"),
        )
        self.points_button = QPushButton(self.tr("Georeference…"))
        self.points_button.setAccessibleName(self.points_button.text())
        self.points_button.setToolTip(tooltip(self.tr("Place the picture by control points")))
        self.points_button.clicked.connect(lambda: context.layer_verbs.georeference.emit(self._uuid))
        self.camera_button = QPushButton(self.tr("Mark the Camera’s Place"))
        self.camera_button.setAccessibleName(self.camera_button.text())
        self.camera_button.setToolTip(
            tooltip(self.tr("Mark where the camera of this photograph was, as its EXIF says"))
        )
        self.camera_button.clicked.connect(lambda: mark_camera_of_layer(context, self._uuid))
        self.reset_button = QPushButton(self.tr("As the File Says"))
        self.reset_button.setAccessibleName(self.reset_button.text())
        self.reset_button.setToolTip(tooltip(self.tr("Take the control points away")))
        self.reset_button.clicked.connect(lambda: context.layer_verbs.place_by_file.emit(self._uuid))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addWidget(self.ask_button)
        layout.addWidget(self.points_button)
        layout.addWidget(self.camera_button)
        layout.addWidget(self.reset_button)

    def show_layer(self, layer: Layer, info: RasterInfo | VectorInfo | None, anew: bool = False) -> None:
        """Show a layer; `anew` is True where another one was shown before, whose typing is dropped."""
        self._uuid = layer.uuid
        if anew:
            self.fields.show_other(layer)
        self.fields.show_row(layer)
        self.ask_button.setVisible(layer.kind != "tiles" and info is not None and "path" in layer.source)
        drawing = self._context.layers.drawing_of(layer.uuid)
        is_picture = isinstance(drawing, RasterDrawing) and drawing.source.scene is None and can_have_points(layer)
        has_points = read_control_points(layer.control_points_json) is not None
        self.points_button.setVisible(is_picture and info is not None)
        self.camera_button.setVisible(photograph_of(info) is not None)
        self.reset_button.setVisible(has_points)
        if has_points:
            self.ask_button.hide()  # the CRS is that of the fit
        for widget in (self.fields.fields["crs"], self.fields.labels["crs"]):
            widget.setVisible(not has_points)
        own = info.own_height_m if isinstance(info, RasterInfo) else None
        for widget in (self.height_field, self.fields.labels["height_m"]):
            widget.setVisible(own is not None)
        self.height_field.setPlaceholderText("" if own is None else self.tr("{0}, the RPC’s own").format(f"{own:.0f}"))
        self.note.setText(_note(layer, info) if layer.crs != PIXEL_SPACE else self.tr("Shown in pixel space only."))
        self.note.setVisible(bool(self.note.text()))

    def flush(self) -> None:
        """Commit typing."""
        self.fields.flush()

    def _commit(self, column: str, value: Any) -> str:
        if self._uuid not in self._context.document.layers:
            return ""
        if column == "height_m":
            return self._context.attempt(set_height, self._uuid, value)
        return self._context.attempt(update_layer, self._uuid, **{column: value})


def _note(layer: Layer, info: RasterInfo | VectorInfo | None) -> str:
    """A sentence on what places an image, and how accurately; empty where it has a plain transform."""
    page = page_origin_of(layer)
    if page is not None:
        sentence = translate("GeoreferencingForm", "Placed by {0}. Control points place it better.")
        return sentence.format(in_language(page.words))
    if not isinstance(info, RasterInfo) or not info.georeferencing_note:
        return ""
    return translate("GeoreferencingForm", "Placed by {0}.").format(in_language(info.georeferencing_note))
