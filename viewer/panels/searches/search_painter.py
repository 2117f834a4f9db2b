"""Paints the cells of a search above the map: each state has a hatch and a sign, told apart without colours too."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import View
from layers.observing.search_cells import CANNOT_TELL, FOUND, NOTHING, SearchCell, SearchSheet
from layers.observing.search_grid import CellPlace
from viewer.canvas.furniture.overlays import paint_haloed_text

NOTHING_COLOR, FOUND_COLOR, OBSCURED_COLOR = QColor("#3fb68b"), QColor("#ff5d8f"), QColor("#f2b134")
OPEN_COLOR, HERE_COLOR, HALO = QColor("#c9d3dc"), QColor("#ffffff"), QColor(11, 20, 28, 170)
HATCH_PX, DOTS_PX = 11.0, 14.0
"""Distance of the lines of a hatch, and of its dots, in logical pixels."""
SIGN_PX = 15.0
SIGNS = {NOTHING: "\N{MINUS SIGN}", FOUND: "+", CANNOT_TELL: "?"}
"""Signs of the answers: they are those of the keys of a sheet of observations."""
_LEAST_PX = 22.0
"""Least side of a cell on the screen that gets a sign."""


def paint_search(
    painter: QPainter, view: View, sheet: SearchSheet, places: Iterable[CellPlace], here: tuple[int, int] | None = None
) -> None:
    """Paint the cells of a search in a view; of the one in hand, `here`, no more than the outline."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = QRectF(0, 0, view.width, view.height)
    outlines = [(place, _outline(sheet, view, place)) for place in places]
    shown = [(place, outline) for place, outline in outlines if outline.boundingRect().intersects(frame)]
    for place, outline in shown:
        if place[:2] != here:
            _paint_cell(painter, view, sheet.cell(place.row, place.column), outline)
    for place, outline in shown:
        if place[:2] == here:
            _paint_here(painter, view, outline)
    painter.restore()


def _outline(sheet: SearchSheet, view: View, place: CellPlace) -> QPolygonF:
    lon, lat = np.array(sheet.grid.outline(place.row, place.column).exterior.coords).T
    x, y = transform_points(WGS84, view.grid.crs, lon, lat)
    pixels = [view.to_pixel(float(east), float(north)) for east, north in zip(x, y, strict=True)]
    is_seen = all(math.isfinite(px) and math.isfinite(py) for px, py in pixels)
    return QPolygonF([QPointF(px, py) for px, py in pixels]) if is_seen else QPolygonF()


def _paint_cell(painter: QPainter, view: View, cell: SearchCell, outline: QPolygonF) -> None:
    ratio, box = view.ratio, outline.boundingRect()
    color = {NOTHING: NOTHING_COLOR, FOUND: FOUND_COLOR, CANNOT_TELL: OBSCURED_COLOR}.get(cell.answer, OPEN_COLOR)
    if cell.answer == CANNOT_TELL:
        paint_lines(painter, outline, color, HATCH_PX * ratio, 1.4 * ratio)
    elif cell.answer not in (NOTHING, FOUND) or not cell.is_searched:
        paint_dots(painter, outline, color, DOTS_PX * ratio, 1.3 * ratio)
    pen = QPen(HALO, 3.0 * ratio)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawPolygon(outline)
    painter.setPen(QPen(color, (2.2 if cell.answer == FOUND else 1.2) * ratio))
    painter.drawPolygon(outline)
    sign = SIGNS.get(cell.answer, "")
    if sign and min(box.width(), box.height()) >= _LEAST_PX * ratio:
        at = box.center() - QPointF(SIGN_PX * ratio * 0.3, -SIGN_PX * ratio * 0.35)
        paint_haloed_text(painter, at, sign, SIGN_PX * ratio, bold=True)


def _paint_here(painter: QPainter, view: View, outline: QPolygonF) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((HALO, 5.0), (HERE_COLOR, 2.4)):
        painter.setPen(QPen(color, width * view.ratio))
        painter.drawPolygon(outline)


def paint_lines(painter: QPainter, outline: QPolygonF, color: QColor, step: float, width: float) -> None:
    """Hatch an outline with slanting lines: looked at, and cannot be told."""
    painter.save()
    painter.setClipPath(_path(outline), Qt.ClipOperation.IntersectClip)
    box = outline.boundingRect().intersected(painter.clipBoundingRect())
    begin = math.floor((box.left() - box.bottom()) / step) * step
    count = max(0, math.ceil((box.width() + box.height()) / step) + 2)
    lines = [
        QLineF(box.bottom() + begin + at * step, box.bottom(), box.top() + begin + at * step, box.top())
        for at in range(count)
    ]
    for pen in (QPen(HALO, 2.2 * width), QPen(color, width)):
        painter.setPen(pen)
        painter.drawLines(lines)
    painter.restore()


def paint_dots(painter: QPainter, outline: QPolygonF, color: QColor, step: float, radius: float) -> None:
    """Fill an outline with dots: nobody looked there."""
    painter.save()
    painter.setClipPath(_path(outline), Qt.ClipOperation.IntersectClip)
    box = outline.boundingRect().intersected(painter.clipBoundingRect())
    across = np.arange(math.floor(box.left() / step), math.ceil(box.right() / step) + 1)
    down = np.arange(math.floor(box.top() / step), math.ceil(box.bottom() / step) + 1)
    dots = [QPointF((x + 0.5 * (y % 2)) * step, y * step) for y in down.tolist() for x in across.tolist()]
    for color_of, size in ((HALO, radius * 3.4), (color, radius * 2.0)):
        painter.setPen(QPen(color_of, size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints(dots)
    painter.restore()


def _path(outline: QPolygonF) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(outline)
    path.closeSubpath()
    return path
