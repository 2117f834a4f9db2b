"""A box under way: from where a drag began to where the pointer is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from layers.grid.tile_grid import View
from viewer.canvas.gestures import paint_rubber_band
from viewer.canvas.pointer import PointerEvent


class DraggedBox:
    """A tool `begin`s it, `reach`es further and `end`s it."""

    def __init__(self) -> None:
        self._from: PointerEvent | None = None
        self._to: PointerEvent | None = None

    def begin(self, event: PointerEvent) -> None:
        self._from = self._to = event

    def reach(self, event: PointerEvent) -> None:
        self._to = event

    def end(self) -> PointerEvent | None:
        """End the drag, and give the place where it began; None where nothing was under way."""
        start, self._from = self._from, None
        return start

    def paint(self, painter: QPainter, view: View) -> None:
        if self._from is not None and self._to is not None:
            start, now = QPointF(self._from.px, self._from.py), QPointF(self._to.px, self._to.py)
            paint_rubber_band(painter, QRectF(start, now).normalized(), view.ratio)
