"""Finds the place of a site in a chip, and marks it on the picture that is shown, never on the one that is kept."""

from __future__ import annotations

import json
import math

from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from layers.document.chip import Chip
from layers.errors import GeoloupeError
from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import Affine
from viewer.support.painting import painting

_MOST_CHARS = 2000
NEAR_PX, FAR_PX = 8.0, 20.0
"""Distances in pixels of the ticks' ends from the place, which stays free."""
_RIM, _INK = QColor("#101820"), QColor("#ffd23f")


def place_in(chip: Chip, lon: float, lat: float) -> tuple[float, float] | None:
    """A place in degrees as parts of a chip's width and height; None where it is outside, or the chip has no place."""
    affine = _affine(chip.transform_json)
    if affine is None or chip.width <= 0 or chip.height <= 0:
        return None
    try:
        xs, ys = transform_points(WGS84, f"EPSG:{chip.srs_id}" if chip.srs_id else chip.crs_wkt, lon, lat)
    except GeoloupeError:
        return None
    px, py = affine.inverse().apply(float(xs), float(ys))
    across, down = px / chip.width, py / chip.height
    return (across, down) if 0 <= across <= 1 and 0 <= down <= 1 else None


def ticked(picture: QImage, place: tuple[float, float]) -> QImage:
    """A copy with four ticks about a place, given as parts of its width and height."""
    marked = picture.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    x, y = place[0] * marked.width(), place[1] * marked.height()
    lines = [
        QLineF(x + NEAR_PX * dx, y + NEAR_PX * dy, x + FAR_PX * dx, y + FAR_PX * dy)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
    ]
    with painting(marked) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for color, width in ((_RIM, 4.0), (_INK, 2.0)):
            painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLines(lines)
    return marked


def _affine(text: str) -> Affine | None:
    """The six numbers of an invertible transform; None for any other text."""
    if len(text) > _MOST_CHARS:
        return None
    try:
        decoded = json.loads(text)
        numbers = tuple(map(float, decoded)) if isinstance(decoded, list) and len(decoded) == 6 else ()
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    if len(numbers) != 6 or not all(map(math.isfinite, numbers)):
        return None
    affine = Affine(*numbers)
    area = affine.a * affine.e - affine.b * affine.d
    return affine if math.isfinite(area) and area != 0 else None
