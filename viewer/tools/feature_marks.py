"""Paints the marks of feature tools above the map: the feature under the pointer, and areas being drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from layers.grid.tile_grid import View
from layers.vector.table import LINE, POINT, FeatureTable
from viewer.canvas.sites.site_symbology import HALO_COLOR, SELECTED_COLOR
from viewer.rendering.vector.qt_shapes import polygon_of

MOST_VERTICES = 20_000
POINT_PX = 8.0


def paint_feature(painter: QPainter, view: View, tables: Sequence[FeatureTable], fid: int) -> None:
    """Paint the outline of a feature; for very many vertices only its bounding box."""
    r = view.ratio
    outline = QPainterPath()
    for table in tables:
        if table.crs != view.grid.crs:
            continue
        for row in table.rows_of(np.array([fid])).tolist():
            _add(outline, table, row, view)
    if outline.isEmpty():
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((HALO_COLOR, 5.0), (SELECTED_COLOR, 2.4)):
        painter.setPen(QPen(QColor(color), width * r, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPath(outline)
    painter.restore()


def paint_area(painter: QPainter, view: View, pixels: Sequence[tuple[float, float]]) -> None:
    """Paint an area that is being drawn, closed."""
    shape = QPolygonF([QPointF(x, y) for x, y in pixels])
    fill = QColor(SELECTED_COLOR)
    fill.setAlpha(40)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill)
    for color, width in ((HALO_COLOR, 3.4), (SELECTED_COLOR, 1.6)):
        painter.setPen(QPen(QColor(color), width * view.ratio, Qt.PenStyle.SolidLine))
        painter.drawPolygon(shape)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.restore()


def _add(outline: QPainterPath, table: FeatureTable, row: int, view: View) -> None:
    to_pixel = view.affine.inverse()
    starts = [row, row + 1]
    if not table.is_single:
        parts = table.part_of[row : row + 2].tolist()
        starts = table.start_of[parts[0] : parts[1] + 1].tolist()
    kind, radius = int(table.kind[row]), POINT_PX * view.ratio
    for a, b in pairwise(starts):
        x = table.origin_x + table.xy[a:b, 0] * table.step
        y = table.origin_y + table.xy[a:b, 1] * table.step
        px = to_pixel.a * x + to_pixel.b * y + to_pixel.c
        py = to_pixel.d * x + to_pixel.e * y + to_pixel.f
        if kind == POINT:
            for cx, cy in zip(px[:1000].tolist(), py[:1000].tolist(), strict=True):
                outline.addEllipse(QPointF(cx, cy), radius, radius)
        elif b - a > MOST_VERTICES:
            outline.addRect(float(px.min()), float(py.min()), float(np.ptp(px)), float(np.ptp(py)))
        else:
            outline.addPolygon(polygon_of(np.clip(np.stack([px, py], axis=1), -1e6, 1e6)))
            if kind != LINE:
                outline.closeSubpath()
