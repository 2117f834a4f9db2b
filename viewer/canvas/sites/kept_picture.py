"""The picture of very many marks, kept while one pans: only what comes into view is painted.

A map moves by whole pixels, so that a picture which goes along and one that is painted anew are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter

from layers.grid.tile_grid import TileGrid, View
from viewer.canvas.sites.site_frame import SiteFrame
from viewer.canvas.sites.site_index import SiteIndex
from viewer.support.painting import painting

_EDGE_PX = 8
"""So near to the edge Qt may cut what it paints a little otherwise: it is painted anew when the edge is elsewhere."""
type Paint = Callable[[QPainter, SiteFrame, frozenset[str]], bool]
"""Paints a frame; False where something was left out for now."""


class _Key(NamedTuple):
    """All but the place that the picture is a function of."""

    index_id: int
    revision: int
    grid: TileGrid
    width: int
    height: int
    ratio: float
    selection: frozenset[str]


class KeptPicture:
    """Holds the picture painted last, as far as nothing is left out of it."""

    def __init__(self, paint: Paint) -> None:
        """`paint` has to paint the same at each place of the ground, wherever the frame's edges are."""
        self._paint = paint
        self._picture = QImage()
        self._spare = QImage()
        """Of the same size, to go along into: memory anew for each frame takes longer than to paint it."""
        self._key: _Key | None = None
        self._index: SiteIndex | None = None
        """Kept, so that no other index gets its identity."""
        self._view: View | None = None

    def paint(self, painter: QPainter, frame: SiteFrame, selection: frozenset[str]) -> bool:
        """Onto a picture. False where something was left out for now."""
        view, index = frame.view, frame.index
        key = _Key(id(index), index.revision, view.grid, view.width, view.height, view.ratio, selection)
        dx, dy = (self._view.left - view.left, self._view.top - view.top) if self._view is not None else (0, 0)
        if key == self._key and abs(dx) < view.width and abs(dy) < view.height:
            is_whole = self._go_along(frame, selection, dx, dy)
        else:
            self._picture = QImage(view.width, view.height, QImage.Format.Format_ARGB32_Premultiplied)
            is_whole = self._paint_part(frame, selection, QRect(0, 0, view.width, view.height))
        painter.drawImage(0, 0, self._picture)
        if is_whole:
            self._key, self._index, self._view = key, index, view
        else:
            self.forget()
        return is_whole

    def forget(self) -> None:
        """Let go of the picture."""
        if not self._picture.isNull():
            self._picture, self._spare, self._key, self._index, self._view = QImage(), QImage(), None, None, None

    def _go_along(self, frame: SiteFrame, selection: frozenset[str], dx: int, dy: int) -> bool:
        if not dx and not dy:
            return True
        view, before, is_whole = frame.view, self._picture, True
        fits = self._spare.size() == before.size()
        self._picture = self._spare if fits else QImage(before.size(), before.format())
        self._spare = before
        with painting(self._picture) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.drawImage(dx, dy, before)
        width, height = min(abs(dx) + _EDGE_PX, view.width), min(abs(dy) + _EDGE_PX, view.height)
        if dx:
            left = 0 if dx > 0 else view.width - width
            is_whole &= self._paint_part(frame, selection, QRect(left, 0, width, view.height))
        if dy:
            top = 0 if dy > 0 else view.height - height
            is_whole &= self._paint_part(frame, selection, QRect(0, top, view.width, height))
        return is_whole

    def _paint_part(self, frame: SiteFrame, selection: frozenset[str], part: QRect) -> bool:
        view = frame.view
        piece = View(view.grid, view.left + part.x(), view.top + part.y(), part.width(), part.height(), view.ratio)
        here = frame if piece == view else SiteFrame.of(frame.index, piece)
        with painting(self._picture) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.fillRect(part, Qt.GlobalColor.transparent)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(part)
            painter.translate(part.topLeft())
            return self._paint(painter, here, selection)
