"""The corners of the map on the screen: scale bar or note, true north, credits; nothing stands on anything else."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from layers.geo.crs import is_off_earth
from layers.grid.tile_grid import View
from viewer.canvas.corner_note import CornerNote, corner_note
from viewer.canvas.overlays import ARROW_ROOM_PX, paint_attribution, paint_north_arrow, paint_scale_bar
from viewer.canvas.sites.unplaced import Unplaced

_SCALE_PX = 36.0
"""So much height the scale bar and its text need."""


def paint_corners(painter: QPainter, view: View, texts: Sequence[str], unplaced: Unplaced) -> CornerNote | None:
    """On a whole picture: scale bar at the lower left, true north at the upper right, credits at the lower right.

    Above the scale bar, or off the Earth in its place, is what the canvas cannot show: the note that is returned.
    """
    r = view.ratio
    width, height = float(view.width), float(view.height)
    band = paint_attribution(painter, QRectF(width * 0.3, 0, width * 0.7, height), view, texts)
    bar = QRectF(12 * r, height - 52 * r, min(200 * r, width / 2), 40 * r)
    if bar.height() < band.top() < bar.bottom() and band.left() < bar.right():
        bar.moveBottom(band.top())
    corner, arrow = QPointF(bar.left() + 4 * r, bar.bottom() - 2 * r), QRectF()
    if not is_off_earth(view.grid.crs):
        paint_scale_bar(painter, bar, view)
        paint_north_arrow(painter, QRectF(width - 60 * r, 12 * r, 48 * r, 48 * r), view)
        corner -= QPointF(0, _SCALE_PX * r)
        arrow = QRectF(width - ARROW_ROOM_PX * r, 0, ARROW_ROOM_PX * r, ARROW_ROOM_PX * r)
    room = width - corner.x() - 12 * r
    note = corner_note(view, unplaced, corner, room)
    if note is not None and note.rect.intersects(band):
        corner.setY(band.top() - 2 * r)
        note = corner_note(view, unplaced, corner, room)
    if note is not None and note.rect.intersects(arrow):
        note = corner_note(view, unplaced, corner, arrow.left() - corner.x())
    if note is not None:
        note.paint(painter, r)
    return note
