"""The corners of the map, on screen and in products: scale bar, true north, credits. All of it measured.

Rectangles are in picture pixels; sizes follow `view.ratio`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from layers.geo.crs import (
    PIXEL_SPACE,
    WGS84,
    crs_name,
    is_off_earth,
    transform_points,
    true_north_degrees,
)
from layers.geo.measure import distance_m, nice_scale_bar
from layers.grid.tile_grid import View
from viewer.canvas.fonts import letters_path, map_font
from viewer.canvas.site_look import HALO_COLOR
from viewer.rendering.qt_shapes import is_vector_device, round_pen
from viewer.support.text import LONGEST_CREDIT, one_line

INK_COLOR = "#ffffff"
_SAME_SCALE = 1.1
"""Where the scale differs by more than this over the picture, the bar says for which latitude it holds."""
MOST_CREDIT_LINES = 4
"""Of one credit."""
ARROW_ROOM_PX = 66.0
"""The upper right corner, logical pixels a side, that is the north arrow's."""


_PLANE_NAME_CHARS = 60


def paint_corners(painter: QPainter, view: View, texts: Sequence[str], unplaced: tuple[int, int]) -> None:
    """On a whole picture: scale bar at the lower left, true north at the upper right, credits at the lower right.

    Off the Earth, where there is no scale, it says how many layers and sites are `unplaced` there.
    """
    r = view.ratio
    width, height = float(view.width), float(view.height)
    lower_left = QRectF(12 * r, height - 52 * r, min(200 * r, width / 2), 40 * r)
    if is_off_earth(view.grid.crs):
        paint_pixel_note(painter, lower_left, view, *unplaced)
    else:
        paint_scale_bar(painter, lower_left, view)
    paint_north_arrow(painter, QRectF(width - 60 * r, 12 * r, 48 * r, 48 * r), view)
    paint_attribution(painter, QRectF(width * 0.3, 0, width * 0.7, height), view, texts)


def scale_at_m(view: View, px: float, py: float) -> float:
    """True metres a picture pixel spans from left to right at a place; nan off the map."""
    # A tenth of a pixel at world scale is still kilometres, a pixel in close up still far above rounding.
    half = 0.05 if view.grid.resolution > 1.0 else 0.5
    (x1, y1), (x2, y2) = view.to_world(px - half, py), view.to_world(px + half, py)
    lons, lats = transform_points(view.grid.crs, WGS84, [x1, x2], [y1, y2])
    if not np.all(np.abs(lats) <= 90.0):
        return math.nan
    metres = distance_m(float(lons[0]), float(lats[0]), float(lons[1]), float(lats[1])) / (2 * half)
    return metres if math.isfinite(metres) and metres > 0 else math.nan


def paint_scale_bar(painter: QPainter, rect: QRectF, view: View) -> None:
    """A geodesic bar at the latitude of the picture's middle, as long as fits `rect`, at its lower left.

    Nothing is painted where the middle is no place on Earth.
    """
    r = view.ratio
    middle_x, middle_y = view.width / 2, view.height / 2
    metres = scale_at_m(view, middle_x, middle_y)
    length_m, width, text = nice_scale_bar(metres, rect.width() - 8 * r)
    if not length_m:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left, bottom = rect.left() + 4 * r, rect.bottom() - 5 * r
    tick = 6 * r
    bar = QPainterPath(QPointF(left, bottom - tick))
    bar.lineTo(left, bottom)
    bar.lineTo(left + width, bottom)
    bar.lineTo(left + width, bottom - tick)
    bar.moveTo(left + width / 2, bottom)
    bar.lineTo(left + width / 2, bottom - tick * 0.6)
    painter.strokePath(bar, round_pen(_halo(), 4.6 * r))
    painter.strokePath(bar, round_pen(QColor(INK_COLOR), 1.8 * r))
    if not _scale_holds(view, metres):
        text += _latitude_note(view, middle_x, middle_y)
    paint_haloed_text(painter, QPointF(left + 4 * r, bottom - 6 * r), text, 12 * r, bold=True)
    painter.restore()


def paint_north_arrow(painter: QPainter, rect: QRectF, view: View) -> None:
    """An arrow to true north at the picture's middle; nothing where there is no north (off the map, at a pole)."""
    angle = north_angle_deg(view)
    if not math.isfinite(angle):
        return
    size = min(rect.width(), rect.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.center())
    painter.scale(size / 48.0, size / 48.0)
    disc = QColor(HALO_COLOR)
    disc.setAlpha(120)
    painter.setPen(QPen(QColor(255, 255, 255, 120), 1.0))
    painter.setBrush(disc)
    painter.drawEllipse(QPointF(0, 0), 21.5, 21.5)
    painter.rotate(angle)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(INK_COLOR))
    painter.drawPolygon(QPolygonF([QPointF(0, -11), QPointF(-5.6, 15.5), QPointF(0, 11)]))
    painter.setBrush(QColor("#9fb2c0"))
    painter.drawPolygon(QPolygonF([QPointF(0, -11), QPointF(5.6, 15.5), QPointF(0, 11)]))
    letter = map_font(9, bold=True)
    painter.setFont(letter)
    painter.setPen(QColor(INK_COLOR))
    painter.drawText(QPointF(-QFontMetricsF(letter).horizontalAdvance("N") / 2, -11.6), "N")
    painter.restore()


def paint_pixel_note(painter: QPainter, rect: QRectF, view: View, layers: int, sites: int) -> None:
    """Off the Earth, at the lower left, in the scale bar's place: what it is, and what it cannot show."""
    tr = QCoreApplication.translate
    r = view.ratio
    at = QPointF(rect.left() + 4 * r, rect.bottom() - 5 * r)
    hidden = [
        text
        for count, text in (
            (layers, tr("overlays", "1 layer") if layers == 1 else tr("overlays", "{0} layers").format(layers)),
            (sites, tr("overlays", "1 site") if sites == 1 else tr("overlays", "{0} sites").format(sites)),
        )
        if count
    ]
    if hidden:
        words = tr("overlays", " and ").join(hidden)
        paint_haloed_text(
            painter, at, tr("overlays", "Not drawn here, as they lie on the Earth: {0}").format(words), 11 * r
        )
        at -= QPointF(0, 17 * r)
    if view.grid.crs == PIXEL_SPACE:
        name = tr("overlays", "Pixel space")
    else:
        name = one_line(crs_name(view.grid.crs), _PLANE_NAME_CHARS)
    paint_haloed_text(painter, at, tr("overlays", "{0}: no scale, no north").format(name), 12 * r, bold=True)


def paint_attribution(painter: QPainter, rect: QRectF, view: View, texts: Sequence[str]) -> None:
    """The credits in one line at the lower right of `rect`, on a quiet band; more lines where they do not fit one."""
    texts = list(dict.fromkeys(one_line(text, LONGEST_CREDIT) for text in texts if text))
    if not texts:
        return
    r = view.ratio
    font = map_font(10.5 * r)
    metrics = QFontMetricsF(font)
    lines = _joined_lines(texts, metrics, rect.width() - 12 * r)
    width = max(metrics.horizontalAdvance(line) for line in lines) + 12 * r
    height = metrics.height() * len(lines) + 4 * r
    band = QRectF(rect.right() - width, rect.bottom() - height, width, height)
    painter.save()
    painter.fillRect(band, QColor(11, 20, 28, 150))
    painter.setFont(font)
    painter.setPen(QColor(255, 255, 255, 225))
    for number, line in enumerate(lines):
        baseline = band.top() + 2 * r + metrics.ascent() + number * metrics.height()
        painter.drawText(QPointF(band.right() - 6 * r - metrics.horizontalAdvance(line), baseline), line)
    painter.restore()


def north_angle_deg(view: View) -> float:
    """Where true north points in the picture, degrees clockwise from up; nan where there is no answer."""
    x, y = view.to_world(view.width / 2, view.height / 2)
    return true_north_degrees(view.grid.crs, x, y) + view.grid.rotation_deg


def paint_haloed_text(painter: QPainter, at: QPointF, text: str, size_px: float, *, bold: bool = False) -> None:
    """White letters on a dark halo, `at` their baseline; onto PDF and SVG they stay text."""
    font = map_font(size_px, bold=bold)
    outline = letters_path(at, font, text)
    painter.strokePath(outline, round_pen(_halo(), size_px * 0.3))
    if is_vector_device(painter):
        painter.setFont(font)
        painter.setPen(QColor(INK_COLOR))
        painter.drawText(at, text)
    else:
        painter.fillPath(outline, QColor(INK_COLOR))


def _scale_holds(view: View, metres: float) -> bool:
    """True where one scale is true all over the picture."""
    xs, ys = (0.05, 0.5, 0.95), (0.05, 0.5, 0.95)
    scales = [scale_at_m(view, view.width * x, view.height * y) for x in xs for y in ys]
    return all(math.isfinite(s) and 1 / _SAME_SCALE <= s / metres <= _SAME_SCALE for s in scales)


def _latitude_note(view: View, px: float, py: float) -> str:
    x, y = view.to_world(px, py)
    lat = float(transform_points(view.grid.crs, WGS84, x, y)[1])
    hemisphere = (
        QCoreApplication.translate("overlays", "N") if lat >= 0 else QCoreApplication.translate("overlays", "S")
    )
    return " " + QCoreApplication.translate("overlays", "at {latitude}").format(
        latitude=f"{abs(lat):.0f}° {hemisphere}"
    )


def _joined_lines(texts: Sequence[str], metrics: QFontMetricsF, room: float) -> list[str]:
    lines = [texts[0]]
    for text in texts[1:]:
        longer = f"{lines[-1]}  ·  {text}"
        if metrics.horizontalAdvance(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(text)
    return [part for line in lines for part in _wrapped(line, metrics, room)]


def _wrapped(text: str, metrics: QFontMetricsF, room: float) -> list[str]:
    """A credit that is wider than its room, in lines of whole words; one without end ends in an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and metrics.horizontalAdvance(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(metrics.elidedText(word, Qt.TextElideMode.ElideRight, room))
    if len(lines) > MOST_CREDIT_LINES:
        last = " ".join(lines[MOST_CREDIT_LINES - 1 :])
        lines[MOST_CREDIT_LINES - 1 :] = [metrics.elidedText(last, Qt.TextElideMode.ElideRight, room)]
    return lines or [""]


def _halo() -> QColor:
    halo = QColor(HALO_COLOR)
    halo.setAlpha(200)
    return halo
