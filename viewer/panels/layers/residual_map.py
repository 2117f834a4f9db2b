"""Arrows over the map for the shifts that remain between two images after one is moved onto the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import View
from viewer.rendering.world_copies import wrapped_views

AGREES_COLOR, DIFFERS_COLOR = "#3ddc84", "#ff6b5e"
_HALO_COLOR = "#101418"
_DOT_PX, _HEAD_PX, _WIDTH_PX = 5.0, 7.0, 2.2
_LONGEST_PX = 90.0
"""Greatest length of an arrow; those of parts that match nowhere would be longer."""


class ShownResidual(NamedTuple):
    """One part of an image: its place on the map, and its shift east and north in metres besides the common shift."""

    lon: float
    lat: float
    east_m: float
    north_m: float
    agrees: bool


def paint_residuals(painter: QPainter, view: View, residuals: Sequence[ShownResidual], px_per_m: float) -> None:
    """Paint a dot for each part, round where it agrees and square where not, with an arrow of `px_per_m` logical pixels
    a metre.
    """
    turn = math.radians(view.grid.rotation_deg)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for seen in wrapped_views(view):
        for residual in residuals:
            at = _pixel_of(seen, residual)
            if not (math.isfinite(at.x()) and -100 < at.x() < view.width + 100 and -100 < at.y() < view.height + 100):
                continue
            right, down = residual.east_m * px_per_m, -residual.north_m * px_per_m
            step = QPointF(
                right * math.cos(turn) - down * math.sin(turn), right * math.sin(turn) + down * math.cos(turn)
            )
            _paint_residual(painter, at, step, residual.agrees, view.ratio)
    painter.restore()


def places_of(view: View, residuals: Sequence[ShownResidual]) -> list[tuple[float, float]]:
    """Pixels of the parts that are in the view."""
    at = [_pixel_of(seen, residual) for seen in wrapped_views(view) for residual in residuals]
    return [(point.x(), point.y()) for point in at if 0 <= point.x() <= view.width and 0 <= point.y() <= view.height]


def _pixel_of(view: View, residual: ShownResidual) -> QPointF:
    x, y = (float(v) for v in transform_points(WGS84, view.grid.crs, residual.lon, residual.lat))
    return QPointF(*view.to_pixel(x, y))


def _paint_residual(painter: QPainter, at: QPointF, step: QPointF, agrees: bool, ratio: float) -> None:
    length = math.hypot(step.x(), step.y())
    end = at + step * (min(length, _LONGEST_PX) / length * ratio) if length > 1 else at
    for color, wider in ((_HALO_COLOR, 3.0), (AGREES_COLOR if agrees else DIFFERS_COLOR, 0.0)):
        painter.setPen(QPen(QColor(color), (_WIDTH_PX + wider) * ratio, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.setBrush(QColor(color))
        half = (_DOT_PX if not wider else _DOT_PX + 0.5) * ratio / 2
        if agrees:
            painter.drawEllipse(at, half, half)
        else:
            painter.drawRect(int(at.x() - half), int(at.y() - half), int(2 * half), int(2 * half))
        if length > 1:
            painter.drawLine(at, end)
        if length > _HEAD_PX * 1.5:
            for side in (0.8, -0.8):
                way = math.atan2(step.y(), step.x()) + math.pi + side * 0.6
                painter.drawLine(end, end + QPointF(math.cos(way), math.sin(way)) * (_HEAD_PX * ratio))
