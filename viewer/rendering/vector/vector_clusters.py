"""Paints the clusters of a vector layer as discs with their number, and finds them under the pointer."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from layers.grid.tile_grid import View
from layers.vector.drawing.clusters import Clusters
from layers.vector.style.symbol import Symbol
from viewer.support.fonts import font

_PAPER_COLOR = "#ffffff"


def cluster_at(clusters: Clusters | None, view: View, px: float, py: float) -> int:
    """The index of the cluster whose sign is at a place of the picture; -1 without one."""
    if clusters is None or not len(clusters.counts):
        return -1
    (x, y), resolution = view.to_world(px, py), view.grid.resolution
    away = np.hypot(*(clusters.xy - (x, y)).T) / (resolution * view.ratio)
    nearest = int(np.argmin(away))
    return nearest if away[nearest] <= cluster_radius_px(int(clusters.counts[nearest])) else -1


def paint_clusters(painter: QPainter, view: View, clusters: Clusters, symbol: Symbol, opacity: float) -> None:
    """Paint the clusters in a view as discs in the colour of `symbol`; `opacity` goes from 0 to 1."""
    margin = 40.0 * view.ratio * view.grid.resolution
    places, counts = clusters.within(view.world_bounds().expanded(margin))
    painter.save()
    painter.setOpacity(painter.opacity() * opacity)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill = QColor(symbol.fill_color or symbol.stroke_color)
    fill.setAlpha(235)
    ink = QColor("#111820" if fill.lightnessF() > 0.6 else _PAPER_COLOR)
    for (x, y), count in zip(places.tolist(), counts.tolist(), strict=True):
        px, py = view.to_pixel(x, y)
        _paint_disc(painter, px, py, count, view.ratio, fill, ink)
    painter.restore()


def cluster_radius_px(count: int) -> float:
    """Radius of a cluster's sign in logical pixels: it grows slowly with the count, and every number fits."""
    return 9.0 + 3.2 * math.log10(max(count, 1))


def count_text(count: int) -> str:
    """A number of features in few characters, such as 9.9k or 1.0M."""
    if count < 1000:
        return str(count)
    return (
        f"{count / 1000:.1f}k" if count < 9950 else f"{count / 1000:.0f}k" if count < 999_500 else f"{count / 1e6:.1f}M"
    )


def _paint_disc(painter: QPainter, px: float, py: float, count: int, ratio: float, fill: QColor, ink: QColor) -> None:
    radius = cluster_radius_px(count) * ratio
    ring = QColor(fill)
    ring.setAlpha(80)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ring)
    painter.drawEllipse(QPointF(px, py), radius + 3.5 * ratio, radius + 3.5 * ratio)
    painter.setPen(QPen(QColor(_PAPER_COLOR), 1.3 * ratio))
    painter.setBrush(fill)
    painter.drawEllipse(QPointF(px, py), radius, radius)
    painter.setFont(font(10.5 * ratio, bold=True))
    painter.setPen(ink)
    box = QRectF(px - 2 * radius, py - radius, 4 * radius, 2 * radius)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, count_text(count))
