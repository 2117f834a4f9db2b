"""Sets numbers on one side of a match plate: on a photograph by its pixels, or on a map."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPainter

from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import View
from viewer.canvas.pointer import PointerEvent
from viewer.canvas.sites.photo_numbers import NumberAt, paint_number_at, paint_numbers
from viewer.tools.sketch import paint_crosshair
from viewer.tools.tool import Tool, ToolContext

REACH_PX = 13.0
"""Logical pixels from the middle of a number within which a press takes it."""


class NumberPaneTool(Tool):
    """A click, or Enter at the crosshair, sets the next number; a drag moves one; Delete takes the chosen one away.

    `placed` carries a position, `moved` a number and a position, `picked` and `removal_wanted` a number.
    """

    placed = Signal(float, float)
    moved = Signal(int, float, float)
    picked = Signal(int)
    removal_wanted = Signal()
    name = "number pane"
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, context: ToolContext, *, is_photo: bool, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self._is_photo = is_photo
        self.size = (0, 0)
        """Columns and rows of the photograph, once they are known."""
        self._numbers: Sequence[NumberAt] = ()
        self._next = self._chosen = 0
        self._dragged: NumberAt | None = None
        self._to: tuple[float, float] | None = None

    @property
    def hint(self) -> str:
        where = self.tr("on the photograph") if self._is_photo else self.tr("on the map")
        ways = self.tr("A click, or Enter at the crosshair, sets number {0} {1}. Drag to move it.")
        return ways.format(self._next, where)

    @property
    def own_keys(self) -> frozenset[int]:
        return frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete})

    def show(self, numbers: Sequence[NumberAt], coming: int, chosen: int) -> None:
        """Show these numbers; `coming` is set next, `chosen` stands out."""
        self._numbers, self._next, self._chosen = numbers, coming, chosen
        self.changed()

    # -- gestures -----------------------------------------------------------------------------------------------

    def click(self, event: PointerEvent) -> None:
        touched = self._touched(event)
        if touched is not None:
            self.picked.emit(touched.number)
        else:
            self._set(self.position(event.px, event.py))

    def drag_start(self, event: PointerEvent) -> None:
        self._dragged = self._touched(event)

    def drag_move(self, event: PointerEvent) -> None:
        position = self.position(event.px, event.py)
        if self._dragged is not None and position is not None:
            self._to = position
            self.canvas.update()

    def drag_end(self, event: PointerEvent) -> None:
        self.drag_move(event)
        dragged, to = self._dragged, self._to
        self.cancel()
        if dragged is not None and to is not None:
            self.moved.emit(dragged.number, *to)
        elif dragged is None:
            self.click(event)  # a hand that slips while it clicks still means the click

    def cancel(self) -> None:
        self._dragged = self._to = None
        self.canvas.update()

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            width, height = self.canvas.viewport.size
            self._set(self.position(width / 2, height / 2))
        elif key == Qt.Key.Key_Delete:
            self.removal_wanted.emit()
        else:
            return False
        return True

    def position(self, px: float, py: float) -> tuple[float, float] | None:
        """The position under a pixel of the view; None beside the photograph, or off the map."""
        if not self._is_photo:
            lon, lat = self.canvas.viewport.lonlat(px, py)
            return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None
        x, y = self.canvas.viewport.view().to_world(px, py)
        width, height = self.size
        return (x, -y) if 0 <= x <= width and 0 <= -y <= height else None

    def _set(self, position: tuple[float, float] | None) -> None:
        if position is not None:
            self.placed.emit(*position)
        elif self._is_photo:
            self.context.message(self.tr("That is beside the photograph: set the number on it."))
        else:
            self.context.message(self.tr("There is no place on the map there."))

    def _touched(self, event: PointerEvent) -> NumberAt | None:
        view = self.canvas.viewport.view()
        found = [(math.dist(self._pixel(view, one.x, one.y), (event.px, event.py)), one) for one in self._numbers]
        way, number = min(found, key=lambda pair: pair[0], default=(math.inf, None))
        return number if way <= REACH_PX * view.ratio else None

    def _pixel(self, view: View, x: float, y: float) -> tuple[float, float]:
        """The pixel of the view at which a position is; far out where it is nowhere."""
        if self._is_photo:
            return view.to_pixel(x, -y)
        found_x, found_y = (float(value) for value in transform_points(WGS84, view.grid.crs, x, y))
        pixel = view.to_pixel(found_x, found_y)
        return pixel if all(map(math.isfinite, pixel)) else (-1e9, -1e9)

    # -- painting -----------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, view: View) -> None:
        """On a map the numbers are marks of the case, which the map itself paints."""
        if self._is_photo:
            paint_numbers(painter, view, [one for one in self._numbers if one is not self._dragged], self._chosen)
        if self._dragged is not None and self._to is not None:
            number = NumberAt(self._dragged.number, *self._to)
            px, py = self._pixel(view, number.x, number.y)
            paint_number_at(painter, view, number.number, px, py)
        if self.canvas.hasFocus():
            paint_crosshair(painter, view)
