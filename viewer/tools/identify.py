"""Identify: what is known of the features and images under the pointer, in all layers."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter

from layers.grid.tile_grid import View
from viewer.canvas.image_below import PlaceHits, images_at
from viewer.canvas.pointer import PointerEvent
from viewer.tools.select_features import FeatureTool
from viewer.tools.sketch import paint_crosshair


class IdentifyTool(FeatureTool):
    """Click a place, or Enter at the crosshair: `identified` carries all features and images there, topmost first."""

    identified = Signal(object, object)
    """A list of FeatureHit, and `PlaceHits`, the images."""
    name = "identify"
    cursor = Qt.CursorShape.WhatsThisCursor
    takes_shift = False

    @property
    def hint(self) -> str:
        return self.tr("Click a feature or an image to see its values; all layers under the pointer are listed.")

    @property
    def layer_meant(self) -> str:
        return ""  # all of them

    def click(self, event: PointerEvent) -> None:
        view = self.view
        images = images_at(self.canvas.scene, view, event.px, event.py)
        place = PlaceHits(view.grid.crs, view.to_world(event.px, event.py), tuple(images))
        self.identified.emit(self.hits(event) + self.cluster_hits(event), place)

    def drag_end(self, event: PointerEvent) -> None:
        # A hand that slips while it clicks still means the click.
        self.click(event)

    def paint(self, painter: QPainter, view: View) -> None:
        super().paint(painter, view)
        paint_crosshair(painter, view)

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        view, place = self.view, self.canvas.crosshair_place()
        self.click(PointerEvent(view.width / 2, view.height / 2, *place))
        return True
