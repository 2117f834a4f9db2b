"""Zoom into a box."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from layers.grid.tile_grid import View
from viewer.canvas.gestures import zoom_to_box
from viewer.canvas.pointer import PointerEvent
from viewer.tools.dragged_box import DraggedBox
from viewer.tools.tool import Tool


class BoxZoomTool(Tool):
    """Drag a box to see it as large as it goes."""

    name = "box_zoom"
    cursor = Qt.CursorShape.CrossCursor

    @cached_property
    def _box(self) -> DraggedBox:
        return DraggedBox()

    @property
    def hint(self) -> str:
        return self.tr("Drag a box around what you want to see. Esc gives it up.")

    def drag_start(self, event: PointerEvent) -> None:
        self._box.begin(event)

    def drag_move(self, event: PointerEvent) -> None:
        self._box.reach(event)
        self.canvas.update()

    def drag_end(self, event: PointerEvent) -> None:
        start = self._box.end()
        if start is not None:
            zoom_to_box(self.canvas, start.px, start.py, event.px, event.py)

    def cancel(self) -> None:
        self._box.end()
        self.canvas.update()

    def paint(self, painter: QPainter, view: View) -> None:
        self._box.paint(painter, view)
