"""Control points painted on both panes of the georeferencing dialog, with arrows for their residuals."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from layers.grid.tile_grid import View
from viewer.app.georeferencing.point_draft import PointDraft
from viewer.app.paired_points.point_tool import PointTool, Position
from viewer.canvas.furniture.overlays import paint_haloed_text
from viewer.support.language.translation import translate

RADIUS_PX, CROSS_PX = 6.0, 14.0
LONGEST_ARROW_PX = 60.0
"""Greatest length of the largest residual's arrow."""
ARROW_COLOR, POINT_COLOR, CURRENT_COLOR, OFF_COLOR, HALO_COLOR = "#ff5a4f", "#ffd166", "#5cc8ff", "#9aa5ad", "#0b141c"


class PointMark(NamedTuple):
    """A control point as painted on a pane."""

    number: int
    at: Position
    is_on: bool = True
    is_current: bool = False
    fitted: Position | None = None
    """Position of the point by the fit, to which its residual arrow leads; None without a residual."""


def marks_on_picture(draft: PointDraft) -> list[PointMark]:
    """Points with a pixel, at that pixel."""
    return [
        PointMark(row + 1, point.pixel, point.is_on, row == draft.current, draft.fitted_pixel(row))
        for row, point in enumerate(draft.rows)
        if point.pixel is not None
    ]


def marks_on_map(draft: PointDraft) -> list[PointMark]:
    """Points with a place, at that place."""
    return [
        PointMark(row + 1, point.place, point.is_on, row == draft.current, draft.fitted_place(row))
        for row, point in enumerate(draft.rows)
        if point.place is not None
    ]


def paint_points(tool: PointTool[PointMark], painter: QPainter, view: View) -> None:
    """Paint each point, with an arrow to its fitted position; a dragged point has no arrow."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    factor = _factor(tool, view)
    for mark in tool.points:
        at = tool.to if tool.dragged is not None and mark.number == tool.dragged.number and tool.to else mark.at
        for pixel in tool.pixels_of(view, at):
            ends = tool.pixels_of(view, mark.fitted) if mark.fitted is not None and at is mark.at else []
            if ends:
                nearest = min(ends, key=lambda end: (end - pixel).manhattanLength())
                _paint_arrow(painter, pixel, pixel + (nearest - pixel) * factor, view.ratio)
            _paint_point(painter, pixel, mark, view.ratio)
    if factor > 1.0:
        words = translate("PointMark", "Residuals drawn {0:g} times as long").format(factor)
        paint_haloed_text(painter, QPointF(10 * view.ratio, 20 * view.ratio), words, 11 * view.ratio)
    if tool.canvas.hasFocus():
        _paint_crosshair(painter, view)


def _factor(tool: PointTool[PointMark], view: View) -> float:
    """Factor by which arrows are drawn longer: 1, 2, 5, 10 ..., the largest that keeps the longest one short enough."""
    longest = 0.0
    for mark in tool.points:
        if mark.fitted is not None:
            for start, end in zip(tool.pixels_of(view, mark.at), tool.pixels_of(view, mark.fitted), strict=False):
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
    length = math.hypot(end.x() - start.x(), end.y() - start.y())
    if length < 1.0:
        return
    along = (end - start) / length
    across = QPointF(-along.y(), along.x())
    head = min(7.0 * ratio, length / 2)
    for width, ink in ((4.0, HALO_COLOR), (2.0, ARROW_COLOR)):
        painter.setPen(QPen(QColor(ink), width * ratio))
        painter.drawLine(start, end)
        for side in (1.0, -1.0):
            painter.drawLine(end, end - along * head + across * (side * head / 2))


def _paint_crosshair(painter: QPainter, view: View) -> None:
    """Paint the crosshair in the middle of the view, where Enter sets a point, and a frame around the view."""
    middle, arm, gap = QPointF(view.width / 2, view.height / 2), CROSS_PX * view.ratio, 3.0 * view.ratio
    for width, ink in ((3.0, HALO_COLOR), (1.0, "#ffffff")):
        painter.setPen(QPen(QColor(ink), width * view.ratio))
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(middle + QPointF(dx, dy) * gap, middle + QPointF(dx, dy) * arm)
    painter.setPen(QPen(QColor(CURRENT_COLOR), 2.0 * view.ratio))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(1, 1, view.width - 2, view.height - 2))
