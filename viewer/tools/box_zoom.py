"""Zooms into a dragged box."""

from __future__ import annotations

from PySide6.QtCore import Qt

from viewer.canvas.gestures import zoom_to_box
from viewer.canvas.pointer import PointerEvent
from viewer.tools.dragged_box import BoxTool


class BoxZoomTool(BoxTool):
    """Zooms to a dragged box as large as it goes."""

    name = "box_zoom"
    cursor = Qt.CursorShape.CrossCursor

    @property
    def hint(self) -> str:
        return self.tr("Drag a box around what you want to see. Esc gives it up.")

    def take_box(self, start: PointerEvent, end: PointerEvent) -> None:
        zoom_to_box(self.canvas, start.px, start.py, end.px, end.py)
