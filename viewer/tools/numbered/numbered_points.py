"""Sets numbered points on a picture, in its pixels, or on a map: the gestures and keys of all such panes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QPointF, Qt, Signal

from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import View
from viewer.canvas.pointer import PointerEvent
from viewer.rendering.world_copies import world_copies
from viewer.tools.tool import Tool, ToolContext

type Position = tuple[float, float]
"""Column and row of a picture, or longitude and latitude of a map."""


class NumberedPoint(Protocol):
    """A point as a pane shows it."""

    @property
    def number(self) -> int: ...

    @property
    def at(self) -> Position: ...


class NumberedPointsTool[P: NumberedPoint](Tool):
    """Sets a position by a click, or by Enter at the crosshair; a drag moves the point that was pressed.

    `placed` carries the position that was set; `moved` the number of a point and its new position, `picked` the number
    of a point that was clicked; `removal_wanted` nothing.
    """

    placed = Signal(float, float)
    moved = Signal(int, float, float)
    picked = Signal(int)
    removal_wanted = Signal()
    cursor = Qt.CursorShape.CrossCursor
    reach_px = 9.0
    """Logical pixels from a point within which a press drags it."""

    def __init__(
        self, context: ToolContext, size: tuple[int, int] | None = None, parent: QObject | None = None
    ) -> None:
        """Make the tool. `size`: columns and rows of the picture, (0, 0) until they are known; None for a map."""
        super().__init__(context, parent)
        self.size = size
        self.points: Sequence[P] = ()
        self.dragged: P | None = None
        self.to: Position | None = None
        """Present position of the dragged point, once it has moved."""

    @property
    def beside(self) -> str:
        """The sentence for a position outside the picture."""
        raise NotImplementedError

    @property
    def own_keys(self) -> frozenset[int]:
        return frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete})

    # -- gestures -----------------------------------------------------------------------------------------------

    def click(self, event: PointerEvent) -> None:
        touched = self._touched(event)
        if touched is not None:
            self.picked.emit(touched.number)
        else:
            self._set(self._position(event.px, event.py))

    def drag_start(self, event: PointerEvent) -> None:
        self.dragged = self._touched(event)

    def drag_move(self, event: PointerEvent) -> None:
        position = self._position(event.px, event.py)
        if self.dragged is not None and position is not None:
            self.to = position
            self.canvas.update()

    def drag_end(self, event: PointerEvent) -> None:
        self.drag_move(event)
        dragged, to = self.dragged, self.to
        self.cancel()
        if dragged is None:
            self.click(event)  # a hand that slips while it clicks still means the click
        elif to is not None:
            self.moved.emit(dragged.number, *to)

    def cancel(self) -> None:
        self.dragged = self.to = None
        self.canvas.update()

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            width, height = self.canvas.viewport.size
            self._set(self._position(width / 2, height / 2))
        elif key == Qt.Key.Key_Delete:
            self.removal_wanted.emit()
        else:
            return False
        return True

    # -- places -------------------------------------------------------------------------------------------------

    def pixels_of(self, view: View, position: Position) -> list[QPointF]:
        """The pixels of the view that show a position, also on wrapped copies of the world."""
        if self.size is not None:
            found = [view.to_pixel(position[0], -position[1])]
        else:
            x, y = (float(value) for value in transform_points(WGS84, view.grid.crs, *position))
            found = [seen.to_pixel(x, y) for seen in (view, *world_copies(view))]
        return [QPointF(*pixel) for pixel in found if all(map(math.isfinite, pixel))]

    def _set(self, position: Position | None) -> None:
        if position is not None:
            self.placed.emit(*position)
        elif self.size is not None:
            self.context.message(self.beside)
        else:
            self.context.message(self.tr("There is no place on the map there."))

    def _position(self, px: float, py: float) -> Position | None:
        """The position under a pixel of the view; None outside the picture, or off the map."""
        if self.size is None:
            lon, lat = self.canvas.viewport.lonlat(px, py)
            return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None
        x, y = self.canvas.viewport.view().to_world(px, py)
        return (x, -y) if 0 <= x <= self.size[0] and 0 <= -y <= self.size[1] else None

    def _touched(self, event: PointerEvent) -> P | None:
        view = self.canvas.viewport.view()
        found = [
            (math.hypot(at.x() - event.px, at.y() - event.py), point)
            for point in self.points
            for at in self.pixels_of(view, point.at)
        ]
        way, point = min(found, key=lambda pair: pair[0], default=(math.inf, None))
        return point if way <= self.reach_px * view.ratio else None
