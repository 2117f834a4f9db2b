"""The furniture of the map, on screen and in products: scale bar, true north, credits. All of it measured.

Rectangles are in picture pixels; sizes follow `view.ratio`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from layers.geo.crs import WGS84, transform_points, true_north_degrees
from layers.geo.measure import distance_m, nice_scale_bar
from layers.grid.tile_grid import View
from viewer.canvas.labels.fonts import letters_path, map_font
from viewer.canvas.sites.site_symbology import HALO_COLOR
from viewer.rendering.vector.qt_shapes import is_vector_device, round_pen
from viewer.support.text import LONGEST_CREDIT, one_line

INK_COLOR = "#ffffff"
_SAME_SCALE = 1.1
"""Ratio of scales over the picture above which the bar says for which latitude it holds."""
MOST_CREDIT_LINES = 4
"""Of one credit."""
ARROW_ROOM_PX = 66.0
"""The upper right corner, logical pixels a side, that is the north arrow's."""


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


def north_arrow_rect(view: View) -> QRectF:
    """The place of the north arrow on the screen, in picture pixels, whether there is a north or not."""
    r = view.ratio
    return QRectF(view.width - 60 * r, 12 * r, 48 * r, 48 * r)


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


def paint_attribution(painter: QPainter, rect: QRectF, view: View, texts: Sequence[str]) -> QRectF:
    """The credits in one line at the lower right of `rect`, on a quiet band; more lines where they do not fit one.

    Returns the band, which is empty where there are no credits.
    """
    texts = list(dict.fromkeys(one_line(text, LONGEST_CREDIT) for text in texts if text))
    if not texts:
        return QRectF(rect.bottomRight(), QSizeF())
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
    return band


def north_angle_deg(view: View) -> float:
    """Direction of true north in the picture, degrees clockwise from up; nan where there is no answer."""
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


def haloed_text_box(text: str, size_px: float, *, bold: bool = False) -> QRectF:
    """The box that `paint_haloed_text` paints on, with the halo, about the beginning of the baseline."""
    half = size_px * 0.15
    return letters_path(QPointF(), map_font(size_px, bold=bold), text).boundingRect().adjusted(-half, -half, half, half)


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
    return [part for line in lines for part in wrapped_lines(line, metrics, room, MOST_CREDIT_LINES)]


def wrapped_lines(text: str, metrics: QFontMetricsF, room: float, most: int) -> list[str]:
    """A text that is wider than its room, in lines of whole words; what needs more than `most` ends in an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and metrics.horizontalAdvance(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(metrics.elidedText(word, Qt.TextElideMode.ElideRight, room))
    if len(lines) > most:
        last = " ".join(lines[most - 1 :])
        lines[most - 1 :] = [metrics.elidedText(last, Qt.TextElideMode.ElideRight, room)]
    return lines or [""]


def _halo() -> QColor:
    halo = QColor(HALO_COLOR)
    halo.setAlpha(200)
    return halo
