"""Finds the place for a dialog where it hides least of the map, on which its effect is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize

EDGE_PX = 12
NEAR_PX = 40
"""Room that a sign on the map needs around its place, in pixels."""


def place_beside(size: QSize, window: QRect, map_rect: QRect, signs: Sequence[QPoint] = ()) -> QPoint:
    """Find the upper left corner for a dialog of this size, along the edges of a window.

    It covers the fewest `signs`, and among such places the least of the map. All coordinates are logical pixels of one
    system.
    """
    inner = window.adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
    columns = inner.right() - size.width() + 1, inner.left()
    middle = inner.center().y() - size.height() // 2
    top = max(inner.top(), min(map_rect.top(), inner.bottom() - size.height() + 1))
    rows = top, middle, inner.bottom() - size.height() + 1
    places = [QPoint(max(x, window.left()), max(y, window.top())) for x in columns for y in rows]
    return min(places, key=lambda place: _cost(QRect(place, size), map_rect, signs))


def _cost(dialog: QRect, map_rect: QRect, signs: Sequence[QPoint]) -> tuple[int, int]:
    around = dialog.adjusted(-NEAR_PX, -NEAR_PX, NEAR_PX, NEAR_PX)
    hidden = dialog.intersected(map_rect)
    return sum(around.contains(sign) for sign in signs), max(hidden.width(), 0) * max(hidden.height(), 0)
