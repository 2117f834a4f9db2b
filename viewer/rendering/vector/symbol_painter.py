"""Paints a symbol onto any painter: one sign, a line with casing, dashes and arrowheads, or an area.

Shapes are painted throughout, so that they stay shapes in PDF and SVG.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from layers.checkpoint import Checkpoint, unchecked
from layers.vector.style.markers import FACILITIES
from layers.vector.style.symbol import Symbol
from viewer.rendering.vector.signs import sign_path

type Floats = NDArray[np.float64]

ARROW_EVERY_PX = 90.0
"""Distance between the arrowheads along a line, in logical pixels."""
_BADGE_UNITS = 21.0
"""Width of the badge under a sign, in units of the sign's box of 16."""


def paint_marker(painter: QPainter, symbol: Symbol, scale: float = 1.0) -> None:
    """Paint the sign of a point about (0, 0). `scale` is picture pixels in a logical pixel."""
    size = symbol.size_px * scale
    pen = stroke_pen(symbol, scale)
    if symbol.marker in FACILITIES:
        _paint_badge(painter, symbol, size, pen)
        return
    painter.setPen(pen)
    painter.setBrush(brush_of(symbol))
    painter.drawPath(shape_path(symbol.marker, size))


def _paint_badge(painter: QPainter, symbol: Symbol, size: float, pen: QPen) -> None:
    """Paint a disc with the sign in it, as for sites; without a fill the sign alone, in the colour of the stroke."""
    sign = QTransform.fromScale(size / _BADGE_UNITS, size / _BADGE_UNITS).map(sign_path(symbol.marker))
    if not symbol.fill_color:
        painter.fillPath(QTransform.fromScale(1.3, 1.3).map(sign), QColor(symbol.stroke_color))
        return
    painter.setPen(pen)
    painter.setBrush(QColor(symbol.fill_color))
    painter.drawEllipse(QRectF(-size / 2, -size / 2, size, size))
    painter.fillPath(sign, QColor(symbol.stroke_color if symbol.stroke_width_px else "#ffffff"))


def paint_lines(
    painter: QPainter,
    symbol: Symbol,
    lines: Sequence[QPolygonF | QPainterPath],
    scale: float = 1.0,
    corners: float = math.inf,
    checkpoint: Checkpoint = unchecked,
) -> None:
    """Paint casing, ground and stroke, each over all lines, so that no casing covers a line where they meet.

    `checkpoint` is called after each `corners` corners, between whole lines.
    """
    pens = []
    if symbol.casing_color and symbol.casing_width_px > 0:
        width = symbol.stroke_width_px + 2 * symbol.casing_width_px
        pens.append(_solid(symbol.casing_color, width * scale))
    if symbol.ground_color:
        pens.append(_solid(symbol.ground_color, symbol.stroke_width_px * scale))
    pens.append(stroke_pen(symbol, scale))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painted = 0
    for pen in pens:
        painter.setPen(pen)
        for line in lines:
            if isinstance(line, QPainterPath):
                painter.drawPath(line)
                painted += line.elementCount()
            else:
                painter.drawPolyline(line)
                painted += line.size()
            if painted >= corners:
                painted = 0
                checkpoint()
    if painted:
        checkpoint()


def paint_arrows(painter: QPainter, symbol: Symbol, lines: Sequence[Floats], scale: float = 1.0) -> None:
    """Paint the arrowheads of lines given as (n, 2) picture pixels."""
    heads = QPainterPath()
    for points in lines:
        for x, y, angle in arrow_places(points, symbol.arrow, ARROW_EVERY_PX * scale):
            turn = QTransform.fromTranslate(x, y).rotateRadians(angle)
            heads.addPath(turn.map(_head(symbol, scale)))
    if heads.isEmpty():
        return
    if symbol.casing_color:
        painter.strokePath(heads, _solid(symbol.casing_color, 2 * symbol.casing_width_px * scale))
    painter.fillPath(heads, QBrush(QColor(symbol.stroke_color)))


def arrow_places(points: Floats, arrow: str, every_px: float = ARROW_EVERY_PX) -> list[tuple[float, float, float]]:
    """(x, y, angle in radians) of the heads of one line, in the direction it is drawn."""
    if arrow == "none" or len(points) < 2:
        return []
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    total = float(along[-1])
    if not total > 1.0:
        return []
    places = []
    if arrow in ("end", "both"):
        places.append((*points[-1].tolist(), _direction(points, along, total - min(8.0, total), total)))
    if arrow == "both":
        places.append((*points[0].tolist(), _direction(points, along, 0.0, min(8.0, total)) + math.pi))
    if arrow == "along" and total > every_px / 2:
        count = max(1, round(total / every_px))
        for at in [(number + 0.5) * total / count for number in range(min(count, 400))]:
            x, y = float(np.interp(at, along, points[:, 0])), float(np.interp(at, along, points[:, 1]))
            places.append((x, y, _direction(points, along, max(0.0, at - 4), min(total, at + 4))))
    return places


def paint_area(painter: QPainter, symbol: Symbol, path: QPainterPath, scale: float = 1.0) -> None:
    """Paint an area with its outline."""
    if symbol.fill_color:
        painter.fillPath(path, QColor(symbol.fill_color))
    paint_lines(painter, symbol, [path], scale)


def stroke_pen(symbol: Symbol, scale: float = 1.0) -> QPen:
    """The pen of a symbol's stroke; `scale` is picture pixels a logical pixel."""
    if symbol.stroke_width_px == 0:
        return QPen(Qt.PenStyle.NoPen)
    pen = _solid(symbol.stroke_color, symbol.stroke_width_px * scale)
    if symbol.dash:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern(list(symbol.dash))
    return pen


def brush_of(symbol: Symbol) -> QBrush:
    return QBrush(QColor(symbol.fill_color)) if symbol.fill_color else QBrush(Qt.BrushStyle.NoBrush)


def shape_path(shape: str, size: float) -> QPainterPath:
    """The outline of a plain shape about (0, 0)."""
    half = size / 2
    path = QPainterPath()
    if shape == "square":
        path.addRect(QRectF(-half, -half, size, size))
    elif shape == "cross":
        for dx, dy in ((half, 0.0), (0.0, half)):
            path.moveTo(-dx, -dy)
            path.lineTo(dx, dy)
    elif shape in _CORNERS:
        path.addPolygon(QPolygonF([QPointF(x * half, y * half) for x, y in _CORNERS[shape]]))
        path.closeSubpath()
    else:
        path.addEllipse(QRectF(-half, -half, size, size))
    return path


def _ring(radii: Sequence[float]) -> list[tuple[float, float]]:
    turns = [2 * math.pi * number / len(radii) for number in range(len(radii))]
    return [(radius * math.sin(turn), -radius * math.cos(turn)) for radius, turn in zip(radii, turns, strict=True)]


_CORNERS = {"triangle": _ring([1.15] * 3), "diamond": _ring([1.1] * 4), "star": _ring([1.2, 0.5] * 5)}


def _head(symbol: Symbol, scale: float) -> QPainterPath:
    """An arrowhead whose tip is a little before (0, 0)."""
    length = (5.0 + 2.2 * symbol.stroke_width_px) * scale
    path = QPainterPath(QPointF(length * 0.45, 0))
    for x, y in ((-0.55, -0.5), (-0.3, 0.0), (-0.55, 0.5)):
        path.lineTo(x * length, y * length)
    path.closeSubpath()
    return path


def _direction(points: Floats, along: Floats, start: float, end: float) -> float:
    x = np.interp([start, end], along, points[:, 0])
    y = np.interp([start, end], along, points[:, 1])
    return math.atan2(y[1] - y[0], x[1] - x[0])


def _solid(color: str, width: float) -> QPen:
    pen = QPen(QColor(color), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
