"""Tools with which a box is dragged: their shared part, and the one that zooms into the box."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from layers.grid.tile_grid import View
from viewer.canvas.gestures import paint_rubber_band, zoom_to_box
from viewer.canvas.pointer import PointerEvent
from viewer.tools.tool import Tool


class BoxTool(Tool):
    """Follows the drag of a box, paints it, and passes its corners to `take_box`."""

    _from: PointerEvent | None = None
    """Event at the start of the drag in progress; None without one."""
    _to: PointerEvent | None = None

    def take_box(self, start: PointerEvent, end: PointerEvent) -> None:
        """Use a dragged box, given by two opposite corners."""
        raise NotImplementedError

    def drag_start(self, event: PointerEvent) -> None:
        self._from = self._to = event

    def drag_move(self, event: PointerEvent) -> None:
        self._to = event
        self.canvas.update()

    def drag_end(self, event: PointerEvent) -> None:
        start, self._from = self._from, None
        if start is not None:
            self.take_box(start, event)

    def cancel(self) -> None:
        self._from = None
        self.changed()

    def paint(self, painter: QPainter, view: View) -> None:
        super().paint(painter, view)
        if self._from is not None and self._to is not None:
            start, now = QPointF(self._from.px, self._from.py), QPointF(self._to.px, self._to.py)
            paint_rubber_band(painter, QRectF(start, now).normalized(), view.ratio)


class BoxZoomTool(BoxTool):
    """Zooms to a dragged box as large as it goes."""

    name = "box_zoom"
    cursor = Qt.CursorShape.CrossCursor

    @property
    def hint(self) -> str:
        return self.tr("Drag a box around what you want to see. Esc gives it up.")

    def take_box(self, start: PointerEvent, end: PointerEvent) -> None:
        zoom_to_box(self.canvas, start.px, start.py, end.px, end.py)
