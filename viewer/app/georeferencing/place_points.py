"""Sets control points in a picture, or their places on a map; both panes of the georeferencing dialog use it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import View
from viewer.canvas.overlays import paint_haloed_text
from viewer.canvas.pointer import PointerEvent
from viewer.rendering.world_copies import world_copies
from viewer.tools.tool import Tool, ToolContext

REACH_PX = 9.0
"""Logical pixels from a point within which a press takes it."""
RADIUS_PX, CROSS_PX = 6.0, 14.0
LONGEST_ARROW_PX = 60.0
"""Of the largest residual, as it is drawn."""
ARROW_COLOR, POINT_COLOR, CURRENT_COLOR, OFF_COLOR, HALO_COLOR = "#ff5a4f", "#ffd166", "#5cc8ff", "#9aa5ad", "#0b141c"

type Position = tuple[float, float]
"""Column and row of a picture, or longitude and latitude of a map."""


class PointMark(NamedTuple):
    """A point as a pane shows it."""

    number: int
    at: Position
    is_on: bool = True
    is_current: bool = False
    fitted: Position | None = None
    """The position that the fit gives it; the residual leads there."""


class PlacePointsTool(Tool):
    """A click, or Enter at the crosshair, sets a position; a drag moves the point that was pressed.

    `placed` carries the position that was set; `moved` the number of a point and where it went, `picked` the number of
    one that was clicked; `removal_wanted` and `given_up` nothing.
    """

    placed = Signal(float, float)
    moved = Signal(int, float, float)
    picked = Signal(int)
    removal_wanted = Signal()
    given_up = Signal()
    name = "place points"
    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self, context: ToolContext, size: tuple[int, int] | None = None, parent: QObject | None = None
    ) -> None:
        """`size`: of the picture, for the pane that shows one; None for a map."""
        super().__init__(context, parent)
        self._size = size
        self._marks: Sequence[PointMark] = ()
        self._magnified = 1.0
        self._dragged: PointMark | None = None
        self._to: Position | None = None

    @property
    def hint(self) -> str:
        if self._size is not None:
            return self.tr(
                "Click a pixel that you know on the map, or Enter at the crosshair. Drag a point to move it."
            )
        return self.tr("Click the place of that pixel, or Enter at the crosshair.")

    @property
    def own_keys(self) -> frozenset[int]:
        return frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete})

    def show(self, marks: Sequence[PointMark]) -> None:
        """Show these points."""
        self._marks = marks
        self.changed()

    # -- gestures -----------------------------------------------------------------------------------------------

    def click(self, event: PointerEvent) -> None:
        mark = self._mark_at(event)
        if mark is not None:
            self.picked.emit(mark.number)
        else:
            self._set(self._position(event.px, event.py))

    def drag_start(self, event: PointerEvent) -> None:
        self._dragged = self._mark_at(event)

    def drag_move(self, event: PointerEvent) -> None:
        position = self._position(event.px, event.py)
        if self._dragged is not None and position is not None:
            self._to = position
            self.canvas.update()

    def drag_end(self, event: PointerEvent) -> None:
        self.drag_move(event)
        dragged, to = self._dragged, self._to
        self._dragged = self._to = None
        if dragged is not None and to is not None:
            self.moved.emit(dragged.number, *to)
        self.canvas.update()

    def cancel(self) -> None:
        self._dragged = self._to = None

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            width, height = self.canvas.viewport.size
            self._set(self._position(width / 2, height / 2))
        elif key == Qt.Key.Key_Delete:
            self.removal_wanted.emit()
        elif key == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            return False
        return True

    def _set(self, position: Position | None) -> None:
        if position is None:
            beside = self.tr("That is beside the picture: set the point on it.")
            self.context.message(beside if self._size is not None else self.tr("There is no place on the map there."))
        else:
            self.placed.emit(*position)

    def _position(self, px: float, py: float) -> Position | None:
        """The position under a pixel of the view; None beside the picture, or off the map."""
        if self._size is None:
            lon, lat = self.canvas.viewport.lonlat(px, py)
            return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None
        x, y = self.canvas.viewport.view().to_world(px, py)
        return (x, -y) if 0 <= x <= self._size[0] and 0 <= -y <= self._size[1] else None

    def _mark_at(self, event: PointerEvent) -> PointMark | None:
        view = self.canvas.viewport.view()
        found = [
            (math.hypot(at.x() - event.px, at.y() - event.py), mark)
            for mark in self._marks
            for at in self._pixels_of(view, mark.at)
        ]
        way, mark = min(found, key=lambda pair: pair[0], default=(math.inf, None))
        return mark if way <= REACH_PX * view.ratio else None

    def _pixels_of(self, view: View, position: Position) -> list[QPointF]:
        """The pixels of the view where it is shown, also on wrapped copies of the world."""
        if self._size is not None:
            found = [view.to_pixel(position[0], -position[1])]
        else:
            x, y = (float(value) for value in transform_points(WGS84, view.grid.crs, *position))
            found = [seen.to_pixel(x, y) for seen in (view, *world_copies(view))]
        return [QPointF(*pixel) for pixel in found if all(map(math.isfinite, pixel))]

    # -- painting -----------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, view: View) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        factor = self._factor(view)
        for mark in self._marks:
            at = self._to if self._dragged is not None and mark.number == self._dragged.number and self._to else mark.at
            for pixel in self._pixels_of(view, at):
                ends = self._pixels_of(view, mark.fitted) if mark.fitted is not None and at is mark.at else []
                if ends:
                    nearest = min(ends, key=lambda end: (end - pixel).manhattanLength())
                    _paint_arrow(painter, pixel, pixel + (nearest - pixel) * factor, view.ratio)
                _paint_point(painter, pixel, mark, view.ratio)
        if factor > 1.0:
            words = self.tr("Residuals drawn {0:g} times as long").format(factor)
            paint_haloed_text(painter, QPointF(10 * view.ratio, 20 * view.ratio), words, 11 * view.ratio)
        if self.canvas.hasFocus():
            _paint_crosshair(painter, view)

    def _factor(self, view: View) -> float:
        """So many times as long the arrows are drawn: 1, 2, 5, 10 ... until the longest can be seen well."""
        longest = 0.0
        for mark in self._marks:
            if mark.fitted is not None:
                for start, end in zip(self._pixels_of(view, mark.at), self._pixels_of(view, mark.fitted), strict=False):
                    longest = max(longest, math.hypot(end.x() - start.x(), end.y() - start.y()))
        if not longest > 1e-6:
            return 1.0
        wanted = LONGEST_ARROW_PX * view.ratio / longest
        steps = [step * 10.0**power for power in range(6) for step in (1, 2, 5)]
        return max((step for step in steps if step <= wanted), default=1.0)


def _paint_point(painter: QPainter, at: QPointF, mark: PointMark, ratio: float) -> None:
    color = CURRENT_COLOR if mark.is_current else POINT_COLOR if mark.is_on else OFF_COLOR
    radius = RADIUS_PX * ratio
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, ink in ((4.0, HALO_COLOR), (2.0, color)):
        painter.setPen(QPen(QColor(ink), width * ratio))
        painter.drawEllipse(at, radius, radius)
        painter.drawLine(at - QPointF(radius, 0), at + QPointF(radius, 0))
        painter.drawLine(at - QPointF(0, radius), at + QPointF(0, radius))
    paint_haloed_text(painter, at + QPointF(radius + 3 * ratio, -radius), str(mark.number), 12 * ratio, bold=True)


def _paint_arrow(painter: QPainter, start: QPointF, end: QPointF, ratio: float) -> None:
    way = math.hypot(end.x() - start.x(), end.y() - start.y())
    if way < 1.0:
        return
    along = (end - start) / way
    across = QPointF(-along.y(), along.x())
    head = min(7.0 * ratio, way / 2)
    for width, ink in ((4.0, HALO_COLOR), (2.0, ARROW_COLOR)):
        painter.setPen(QPen(QColor(ink), width * ratio))
        painter.drawLine(start, end)
        for side in (1.0, -1.0):
            painter.drawLine(end, end - along * head + across * (side * head / 2))


def _paint_crosshair(painter: QPainter, view: View) -> None:
    """In the middle, where Enter sets a point."""
    middle, arm, gap = QPointF(view.width / 2, view.height / 2), CROSS_PX * view.ratio, 3.0 * view.ratio
    for width, ink in ((3.0, HALO_COLOR), (1.0, "#ffffff")):
        painter.setPen(QPen(QColor(ink), width * view.ratio))
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(middle + QPointF(dx, dy) * gap, middle + QPointF(dx, dy) * arm)
    painter.setPen(QPen(QColor(CURRENT_COLOR), 2.0 * view.ratio))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(1, 1, view.width - 2, view.height - 2))
