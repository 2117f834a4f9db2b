"""Zoom into a box."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from layers.grid.tile_grid import View
from viewer.canvas.gestures import paint_rubber_band, zoom_to_box
from viewer.canvas.pointer import PointerEvent
from viewer.tools.tool import Tool


class BoxZoomTool(Tool):
    """Drag a box to see it as large as it goes."""

    name = "box_zoom"
    cursor = Qt.CursorShape.CrossCursor

    _from: PointerEvent | None = None
    _to: PointerEvent | None = None

    @property
    def hint(self) -> str:
        return self.tr("Drag a box around what you want to see. Esc gives it up.")

    def drag_start(self, event: PointerEvent) -> None:
        self._from = self._to = event

    def drag_move(self, event: PointerEvent) -> None:
        self._to = event
        self.canvas.update()

    def drag_end(self, event: PointerEvent) -> None:
        start, self._from = self._from, None
        if start is not None:
            zoom_to_box(self.canvas, start.px, start.py, event.px, event.py)

    def cancel(self) -> None:
        self._from = None
        self.canvas.update()

    def paint(self, painter: QPainter, view: View) -> None:
        if self._from is not None and self._to is not None:
            start, now = QPointF(self._from.px, self._from.py), QPointF(self._to.px, self._to.py)
            paint_rubber_band(painter, QRectF(start, now).normalized(), view.ratio)
