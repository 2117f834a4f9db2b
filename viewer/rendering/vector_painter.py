"""Features painted with QPainter: as vectors onto whatever the painter paints on."""

from __future__ import annotations

import math
from collections.abc import Buffer, Sequence
from itertools import pairwise
from typing import cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from layers.grid.tile_grid import View
from layers.vector.markers import FACILITIES
from layers.vector.style import VectorStyle
from layers.vector.table import LINE, POINT, FeatureTable
from viewer.rendering.signs import symbol_path as sign_path

MAX_PIXEL = 1e6
"""Coordinates further away than this many pixels are pulled in: QPainter loses its way with larger ones."""


def paint_table(
    painter: QPainter, table: FeatureTable, chosen: NDArray[np.intp], view: View, style: VectorStyle
) -> None:
    """Paint the `chosen` features (indices), in order. The painter's coordinates are the view's pixels."""
    if not chosen.size or table.crs != view.grid.crs:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen_of(style))
    brush = QBrush(QColor(style.fill_color)) if style.fill_color else QBrush(Qt.BrushStyle.NoBrush)
    painter.setBrush(brush)
    place = _to_pixels(table, view)
    part_of, start_of, kinds = table.part_of, table.start_of, table.kind
    points = chosen[kinds[chosen] == POINT]
    for index in chosen[kinds[chosen] != POINT].tolist():
        first, last = int(part_of[index]), int(part_of[index + 1])
        starts = start_of[first : last + 1].tolist()
        pixels = _apply(place, table.xy[starts[0] : starts[-1]])
        pieces = [pixels[a - starts[0] : b - starts[0]] for a, b in pairwise(starts)]
        if kinds[index] == LINE:
            for piece in pieces:
                painter.drawPolyline(polygon_of(piece))
        elif len(pieces) == 1:
            painter.drawPolygon(polygon_of(pieces[0]), Qt.FillRule.OddEvenFill)
        else:
            painter.drawPath(_path_of(pieces))
    if points.size:
        _paint_points(painter, table, points, place, style)
    painter.restore()


def features_in(table: FeatureTable, view: View, margin_px: float = 0.0) -> NDArray[np.intp]:
    """Indices of the features whose bounds touch the view, with a margin for the width of what is drawn."""
    world = view.world_bounds().expanded(margin_px * view.grid.resolution)
    left, right = ((edge - table.origin_x) / table.step for edge in (world.left, world.right))
    bottom, top = ((edge - table.origin_y) / table.step for edge in (world.bottom, world.top))
    bounds = table.bounds
    touches = (bounds[:, 0] <= right) & (bounds[:, 2] >= left) & (bounds[:, 1] <= top) & (bounds[:, 3] >= bottom)
    return np.flatnonzero(touches)


def vertices_of(table: FeatureTable, chosen: NDArray[np.intp]) -> int:
    """How many coordinates the chosen features have."""
    ends = table.start_of[table.part_of[chosen + 1]].astype(np.int64)
    return int((ends - table.start_of[table.part_of[chosen]]).sum())


def margin_px(style: VectorStyle) -> float:
    """How far outside its bounds a feature may paint."""
    return max(style.stroke_width_px, style.size_px / 2 + style.stroke_width_px) + 1.0


def pen_of(style: VectorStyle) -> QPen:
    if style.stroke_width_px == 0:
        return QPen(Qt.PenStyle.NoPen)
    pen = QPen(QColor(style.stroke_color), style.stroke_width_px)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if style.dash else Qt.PenCapStyle.RoundCap)
    if style.dash:
        pen.setDashPattern(list(style.dash))
    return pen


def polygon_of(points: NDArray[np.float64]) -> QPolygonF:
    """A Qt polygon filled from (n, 2) at once: point by point takes a hundred times as long."""
    polygon = QPolygonF()
    if len(points):
        polygon.resize(len(points))
        address = shiboken6.getCppPointer(polygon.data())[0]
        memory = cast("Buffer", shiboken6.VoidPtr(address, len(points) * 16, True))  # type: ignore[call-arg]
        np.frombuffer(memory, dtype=np.float64).reshape(-1, 2)[:] = points
    return polygon


def symbol_path(symbol: str, size_px: float) -> QPainterPath:
    """The outline of a symbol about (0, 0)."""
    half = size_px / 2
    path = QPainterPath()
    if symbol == "square":
        path.addRect(QRectF(-half, -half, size_px, size_px))
    elif symbol == "cross":
        for dx, dy in ((half, 0.0), (0.0, half)):
            path.moveTo(-dx, -dy)
            path.lineTo(dx, dy)
    elif symbol in ("triangle", "diamond", "star"):
        path.addPolygon(QPolygonF([QPointF(x * half, y * half) for x, y in _CORNERS[symbol]]))
        path.closeSubpath()
    elif symbol in FACILITIES:
        return QTransform.fromScale(size_px / 16, size_px / 16).map(sign_path(symbol))
    else:
        path.addEllipse(QRectF(-half, -half, size_px, size_px))
    return path


def _ring(radii: Sequence[float]) -> list[tuple[float, float]]:
    turns = [2 * math.pi * i / len(radii) for i in range(len(radii))]
    return [(radius * math.sin(turn), -radius * math.cos(turn)) for radius, turn in zip(radii, turns, strict=True)]


_CORNERS = {"triangle": _ring([1.15] * 3), "diamond": _ring([1.1] * 4), "star": _ring([1.2, 0.5] * 5)}


def _to_pixels(table: FeatureTable, view: View) -> NDArray[np.float64]:
    """(2, 3): steps of the table to pixels of the view."""
    inverse, step = view.affine.inverse(), table.step
    px, py = inverse.apply(table.origin_x, table.origin_y)
    return np.array([[inverse.a * step, inverse.b * step, px], [inverse.d * step, inverse.e * step, py]])


def _apply(place: NDArray[np.float64], xy: NDArray[np.int32]) -> NDArray[np.float64]:
    pixels: NDArray[np.float64] = xy @ place[:, :2].T + place[:, 2]
    return np.clip(pixels, -MAX_PIXEL, MAX_PIXEL, out=pixels)


def _path_of(pieces: list[NDArray[np.float64]]) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for piece in pieces:
        path.addPolygon(polygon_of(piece))
        path.closeSubpath()
    return path


def _paint_points(
    painter: QPainter, table: FeatureTable, chosen: NDArray[np.intp], place: NDArray[np.float64], style: VectorStyle
) -> None:
    path = symbol_path(style.symbol, style.size_px)
    for index in chosen.tolist():
        first, last = table.start_of[table.part_of[index]], table.start_of[table.part_of[index + 1]]
        for x, y in _apply(place, table.xy[first:last]).tolist():
            painter.translate(x, y)
            painter.drawPath(path)
            painter.translate(-x, -y)
