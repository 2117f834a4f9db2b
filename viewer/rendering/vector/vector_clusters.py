"""The clusters of one vector layer: made anew for each resolution off the window's thread, painted as discs."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from layers.grid.tile_grid import View
from layers.vector.content import VectorContent
from layers.vector.drawing.clusters import Clusters, clustered
from layers.vector.style.symbol import Symbol
from viewer.support.fonts import font
from viewer.support.jobs import Jobs
from viewer.support.newest_job import NewestJob

_PAPER_COLOR = "#ffffff"


class VectorClusters:
    """`show` takes the content without what is in clusters, and whether stand-ins may serve until it is painted."""

    def __init__(self, jobs: Jobs, show: Callable[[VectorContent, bool], None]) -> None:
        self._show = show
        self.content = VectorContent()
        """The whole, clusters or not."""
        self.found: Clusters | None = None
        self._cell = 0.0
        self._clustering = NewestJob(jobs)

    def set_content(self, content: VectorContent, cell: float, keep: bool) -> None:
        """`cell`: points in a square of so many world units are one; 0: every point is drawn."""
        self.content = content
        if not cell:
            self._cell, self.found = 0.0, None
            self._clustering.drop()
            self._show(content, keep)
            return
        self._want(cell, keep)

    def set_cell(self, cell: float) -> None:
        """Another resolution is looked at."""
        if self._cell and cell and self._cell != cell:
            self._want(cell, keep=True)

    @property
    def is_settled(self) -> bool:
        return not self._clustering.is_under_way

    def _want(self, cell: float, keep: bool) -> None:
        self._cell = cell

        def done(result: tuple[VectorContent, Clusters]) -> None:
            content, self.found = result
            self._show(content, keep)

        self._clustering.run(partial(clustered, self.content, cell), done)

    def at(self, view: View, px: float, py: float) -> int:
        """The index of the cluster whose sign is at a place of the picture; -1: none."""
        if self.found is None or not len(self.found.counts):
            return -1
        (x, y), resolution = view.to_world(px, py), view.grid.resolution
        away = np.hypot(*(self.found.xy - (x, y)).T) / (resolution * view.ratio)
        nearest = int(np.argmin(away))
        return nearest if away[nearest] <= cluster_radius_px(int(self.found.counts[nearest])) else -1

    def members(self, index: int) -> NDArray[np.int64]:
        """Ascending fids of a cluster."""
        return np.empty(0, np.int64) if self.found is None else self.found.members_of(index)

    def paint(self, painter: QPainter, view: View, look: Symbol | None, opacity: float) -> None:
        if self.found is None or look is None:
            return
        margin = 40.0 * view.ratio * view.grid.resolution
        places, counts = self.found.within(view.world_bounds().expanded(margin))
        painter.save()
        painter.setOpacity(painter.opacity() * opacity)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = QColor(look.fill_color or look.stroke_color)
        fill.setAlpha(235)
        ink = QColor("#111820" if fill.lightnessF() > 0.6 else _PAPER_COLOR)
        for (x, y), count in zip(places.tolist(), counts.tolist(), strict=True):
            px, py = view.to_pixel(x, y)
            _paint_disc(painter, px, py, count, view.ratio, fill, ink)
        painter.restore()


def cluster_radius_px(count: int) -> float:
    """In logical pixels: twice as many hundreds are a little larger, and every number fits."""
    return 9.0 + 3.2 * math.log10(max(count, 1))


def count_text(count: int) -> str:
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
