"""Keeps the content of a map still on the screen while the map's widget moves or changes its size."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF

from layers.geo.crs import WGS84, is_off_earth, transform_points
from layers.grid.tile_grid import View
from viewer.canvas.widget import MapCanvas

MARGIN_PX = 48
"""Distance in logical pixels that is kept between the selected mark and an edge of the map that would hide it."""


def hold_still(canvas: MapCanvas) -> Callable[[], None]:
    """Return a function that puts the view back to its place on the screen, to be called after the canvas has moved.

    A view that was turned, zoomed or replaced meanwhile, and several panes side by side, stay as they are. A single
    selected mark that was in sight stays in sight.
    """
    before, place, count = canvas.viewport.view(), canvas.mapToGlobal(QPoint()), len(canvas.panes)

    def put_back() -> None:
        now, moved = canvas.viewport.view(), canvas.mapToGlobal(QPoint()) - place
        if now.grid != before.grid or len(canvas.panes) > 1 or count > 1 or not canvas.isVisible():
            return
        left = before.left + round(moved.x() * now.ratio)
        top = before.top + round(moved.y() * now.ratio)
        mark = _selected_mark(canvas)
        if mark is not None and _is_in(before, before.left, before.top, mark):
            was = mark - QPointF(before.left, before.top)
            left += _way_in(mark.x() - left, now.width, now.ratio, was.x(), before.width)
            top += _way_in(mark.y() - top, now.height, now.ratio, was.y(), before.height)
        if (left, top) != (now.left, now.top):
            canvas.motion.pan_by(left - now.left, top - now.top)

    return put_back


def _selected_mark(canvas: MapCanvas) -> QPointF | None:
    """Middle of the selected mark, where it is the only one, in pixels of the view's grid; else None."""
    bounds = canvas.scene.marks.bounds(canvas.selection.uuids) if len(canvas.selection) == 1 else None
    view = canvas.viewport.view()
    if bounds is None or is_off_earth(view.grid.crs):
        return None
    lon, lat = (bounds.left + bounds.right) / 2, (bounds.bottom + bounds.top) / 2
    x, y = view.to_pixel(*(float(coordinate) for coordinate in transform_points(WGS84, view.grid.crs, lon, lat)))
    return QPointF(x + view.left, y + view.top) if math.isfinite(x) and math.isfinite(y) else None


def _is_in(view: View, left: int, top: int, mark: QPointF) -> bool:
    return 0 <= mark.x() - left < view.width and 0 <= mark.y() - top < view.height


def _way_in(px: float, length_px: int, ratio: float, was_px: float, was_length_px: int) -> int:
    """Pixels to move a view along one axis so that a place keeps the margin from both edges.

    `px`, `length_px`: the place and the view's length now; `was_px`, `was_length_px`: before. A place that was
    nearer to an edge may stay so.
    """
    margin = min(MARGIN_PX * ratio, length_px / 2)
    return round(px - min(max(px, min(margin, was_px)), length_px - min(margin, was_length_px - was_px)))
