"""Identifies the features and images under the pointer, in all layers."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter

from layers.geo.crs import is_off_earth, transform_points
from layers.grid.tile_grid import View
from viewer.canvas.furniture.overlays import paint_crosshair
from viewer.canvas.image_below import PlaceHits, images_at
from viewer.canvas.pointer import PointerEvent
from viewer.tools.select_features import FeatureTool
from viewer.tools.sketch import paint_pointed_at


class IdentifyTool(FeatureTool):
    """Finds features and images at a click, or at the crosshair on Enter; `identified` carries them, topmost first."""

    identified = Signal(object, object)
    """A list of FeatureHit, and `PlaceHits`, the images."""
    name = "identify"
    has_crosshair = True
    cursor = Qt.CursorShape.WhatsThisCursor
    takes_shift = False
    _pointed: tuple[str, tuple[float, float]] | None = None
    """CRS and coordinates of the last identified place, which is marked while the tool is in use."""

    @property
    def hint(self) -> str:
        return self.tr("Click a feature or an image to see its values; all layers under the pointer are listed.")

    @property
    def layer_meant(self) -> str:
        return ""  # all of them

    def click(self, event: PointerEvent) -> None:
        view = self.view
        images = images_at(self.canvas.pane.shown, view, event.px, event.py)
        place = PlaceHits(view.grid.crs, view.to_world(event.px, event.py), tuple(images), view.grid.resolution)
        self._pointed = place.crs, place.at
        self.canvas.update()
        self.identified.emit(self.hits(event) + self.cluster_hits(event), place)

    def drag_end(self, event: PointerEvent) -> None:
        # A hand that slips while it clicks still means the click.
        self.click(event)

    def paint(self, painter: QPainter, view: View) -> None:
        super().paint(painter, view)
        paint_crosshair(painter, view)
        at = self._pointed_px(view)
        if at is not None:
            paint_pointed_at(painter, view, *at)

    def cancel(self) -> None:
        super().cancel()
        self._pointed = None

    def _pointed_px(self, view: View) -> tuple[float, float] | None:
        """The pixel of the identified place; None where it is not on this map."""
        if self._pointed is None:
            return None
        crs, at = self._pointed
        if crs != view.grid.crs:
            if is_off_earth(crs) or is_off_earth(view.grid.crs):
                return None
            x, y = transform_points(crs, view.grid.crs, *at)
            at = float(x), float(y)
        px, py = view.to_pixel(*at)
        return (px, py) if math.isfinite(px) and math.isfinite(py) else None

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        view, place = self.view, self.canvas.viewport.centre_lonlat()
        self.click(PointerEvent(view.width / 2, view.height / 2, *place))
        return True
