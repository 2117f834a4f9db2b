"""The furniture of the map, on screen and in products: scale bar, north arrow and credits, computed from the view.

Rectangles are in picture pixels; sizes follow `view.ratio`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from layers.geo.crs import WGS84, transform_points, true_north_degrees
from layers.geo.measure import distance_m, nice_scale_bar
from layers.grid.tile_grid import View
from viewer.canvas.furniture.kept_steps import PaintStep, PaintSteps, fill, paint_kept, stroke
from viewer.canvas.labels.fonts import letters_path, map_font
from viewer.canvas.sites.site_symbology import HALO_COLOR
from viewer.rendering.vector.qt_shapes import is_vector_device, round_pen
from viewer.support.language.text import LONGEST_CREDIT, one_line
from viewer.support.language.translation import translate

INK_COLOR = "#ffffff"
_SAME_SCALE = 1.1
"""Ratio of scales over the picture above which the bar names the latitude for which it holds."""
CREDIT_SIZES_PX = (10.5, 9.5, 8.5, 7.5)
"""Heights of the letters of credits in logical pixels, tried from the largest."""
MOST_CREDIT_HEIGHT = 0.4
"""Greatest height of the credits, as a part of the picture's."""
CROSSHAIR_PX = 4.0, 22.0
"""Begin and end of the crosshair's arms in logical pixels from the middle of the map, beyond a selected symbol there.
"""
_ARM_PX = 3.0
"""Half the width of the crosshair's arms with their halos, in logical pixels."""
ARROW_ROOM_PX = 66.0
"""Side of the square in the upper right corner that is left to the north arrow, in logical pixels."""


def _scales_m(view: View, places: Sequence[tuple[float, float]]) -> list[float]:
    """True metres that a picture pixel spans from left to right at each of several places; nan off the map."""
    # A tenth of a pixel at world scale is still kilometres, a pixel in close up still far above rounding.
    half = 0.05 if view.grid.resolution > 1.0 else 0.5
    ends = [view.to_world(px + way, py) for px, py in places for way in (-half, half)]
    lons, lats = transform_points(view.grid.crs, WGS84, *zip(*ends, strict=True))
    on_map = (np.abs(lats) <= 90.0).reshape(-1, 2).all(axis=1).tolist()
    scales_m = []
    for at, is_there in enumerate(on_map):
        (lon, lon2), (lat, lat2) = lons[2 * at : 2 * at + 2].tolist(), lats[2 * at : 2 * at + 2].tolist()
        metres = distance_m(lon, lat, lon2, lat2) / (2 * half) if is_there else math.nan
        scales_m.append(metres if math.isfinite(metres) and metres > 0 else math.nan)
    return scales_m


@lru_cache(maxsize=8)
def _scale_of(view: View) -> tuple[float, float | None]:
    """(metres a pixel in the middle, the latitude there where the scale differs over the picture).

    Kept, since each frame of a map that rests needs it, and each pane of one that moves.
    """
    middle = view.width / 2, view.height / 2
    parts = (0.05, 0.5, 0.95)
    metres, *scales = _scales_m(view, [middle, *((view.width * x, view.height * y) for x in parts for y in parts)])
    if all(math.isfinite(scale) and 1 / _SAME_SCALE <= scale / metres <= _SAME_SCALE for scale in scales):
        return metres, None
    return metres, _middle_latitude(view)


def _middle_latitude(view: View) -> float:
    return float(transform_points(view.grid.crs, WGS84, *view.to_world(view.width / 2, view.height / 2))[1])


class ScaleBar(NamedTuple):
    """A scale bar.

    `words` state its length, and the latitude for which it holds where the scale differs over the picture.
    """

    length_m: float
    width_px: float
    words: str
    latitude: float | None


def scale_bar_of(view: View, room_px: float, wide_m: float = math.inf) -> ScaleBar | None:
    """The longest geodesic bar that fits, at the latitude of the picture's middle; None off the Earth.

    A picture whose ground is at least `wide_m` wide states that latitude in any case.
    """
    metres, lat = _scale_of(view)
    length_m, width, words = nice_scale_bar(metres, room_px)
    if not length_m:
        return None
    if lat is None and metres * view.width >= wide_m:
        lat = _middle_latitude(view)
    return ScaleBar(length_m, width, words if lat is None else words + _latitude_note(lat), lat)


def paint_scale_bar(painter: QPainter, rect: QRectF, view: View) -> None:
    """Paint the longest geodesic bar that fits `rect` at its lower left, for the latitude of the picture's middle.

    Nothing is painted where the middle is no place on Earth.
    """
    r = view.ratio
    bar = scale_bar_of(view, rect.width() - 8 * r)
    if bar is None:
        return
    width, text = bar.width_px, bar.words
    left, bottom = rect.left() + 4 * r, rect.bottom() - 5 * r
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_kept(painter, _bar_steps, left, bottom, width, r)
    paint_haloed_text(painter, QPointF(left + 4 * r, bottom - 6 * r), text, 12 * r, bold=True)
    painter.restore()


def _bar_steps(left: float, bottom: float, width: float, r: float) -> PaintSteps:
    tick = 6 * r
    bar = QPainterPath(QPointF(left, bottom - tick))
    bar.lineTo(left, bottom)
    bar.lineTo(left + width, bottom)
    bar.lineTo(left + width, bottom - tick)
    bar.moveTo(left + width / 2, bottom)
    bar.lineTo(left + width / 2, bottom - tick * 0.6)
    passes = round_pen(_halo(), 4.6 * r), round_pen(QColor(INK_COLOR), 1.8 * r)
    edge = 2.3 * r
    box = bar.boundingRect().adjusted(-edge, -edge, edge, edge)
    return PaintSteps(box, tuple(stroke(bar, pen) for pen in passes))


def north_arrow_rect(view: View) -> QRectF:
    """The square of the north arrow on the screen, in picture pixels, whether there is a north or not."""
    r = view.ratio
    return QRectF(view.width - 60 * r, 12 * r, 48 * r, 48 * r)


def paint_north_arrow(painter: QPainter, rect: QRectF, view: View) -> None:
    """Paint an arrow to true north at the picture's middle; nothing off the map and at a pole, where there is none."""
    angle = north_angle_deg(view)
    if not math.isfinite(angle):
        return
    size, middle = min(rect.width(), rect.height()), rect.center()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_kept(painter, _disc_steps, middle.x(), middle.y(), size)
    # Qt strokes it in many short lines, which meet: no step that sets each pixel once.
    _placed(painter, _ring, middle.x(), middle.y(), size, 0.0, QPen(QColor(255, 255, 255, 120), 1.0), QBrush())
    paint_kept(painter, _needle_steps, middle.x(), middle.y(), size, angle)
    painter.restore()


def _disc_steps(x: float, y: float, size: float) -> PaintSteps:
    disc = QColor(HALO_COLOR)
    disc.setAlpha(120)
    step = partial(
        _placed, paint=_ring, x=x, y=y, size=size, angle=0.0, pen=QPen(Qt.PenStyle.NoPen), brush=QBrush(disc)
    )
    return PaintSteps(_around(x, y, size), (step,))


def _needle_steps(x: float, y: float, size: float, angle: float) -> PaintSteps:
    left = QPolygonF([QPointF(0, -11), QPointF(-5.6, 15.5), QPointF(0, 11)])
    right = QPolygonF([QPointF(0, -11), QPointF(5.6, 15.5), QPointF(0, 11)])
    no_pen, ink, shade = QPen(Qt.PenStyle.NoPen), QColor(INK_COLOR), QColor("#9fb2c0")
    placed = partial(_placed, x=x, y=y, size=size, angle=angle)
    steps = (
        partial(placed, paint=lambda painter: painter.drawPolygon(left), pen=no_pen, brush=QBrush(ink)),
        partial(placed, paint=lambda painter: painter.drawPolygon(right), pen=no_pen, brush=QBrush(shade)),
        partial(placed, paint=_letter, pen=QPen(ink), brush=QBrush(shade)),
    )
    return PaintSteps(_around(x, y, size), steps)


def _around(x: float, y: float, size: float) -> QRectF:
    return QRectF(x - size / 2, y - size / 2, size, size)


def _placed(
    painter: QPainter, paint: PaintStep, x: float, y: float, size: float, angle: float, pen: QPen, brush: QBrush
) -> None:
    """Paint in units of the arrow, 48 of which are `size` pixels, from its middle."""
    painter.save()
    painter.translate(x, y)
    painter.scale(size / 48.0, size / 48.0)
    painter.rotate(angle)
    painter.setPen(pen)
    painter.setBrush(brush)
    paint(painter)
    painter.restore()


def _ring(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(0, 0), 21.5, 21.5)


def _letter(painter: QPainter) -> None:
    chosen = map_font(9, bold=True)
    painter.setFont(chosen)
    painter.drawText(QPointF(-QFontMetricsF(chosen).horizontalAdvance("N") / 2, -11.6), "N")


def paint_attribution(
    painter: QPainter, rect: QRectF, view: View, texts: Sequence[str], links: Collection[str] = ()
) -> QRectF:
    """Paint the credits whole at the lower right of `rect`, on a quiet band; those of `links` are underlined.

    They take more lines, the whole width of the picture and smaller letters where needed. Where even that is too small
    for all, the number of those left out is stated. Returns the band, which is empty without credits.
    """
    texts = _one_each(texts)
    if not texts:
        return QRectF(rect.bottomRight(), QSizeF())
    r = view.ratio
    size_px, lines = _set_credits(texts, rect.width(), view)
    font = map_font(size_px * r)
    metrics = QFontMetricsF(font)
    band = _credit_band(lines, metrics, rect, r)
    painter.save()
    painter.fillRect(band, QColor(11, 20, 28, 150))
    painter.setFont(font)
    ink = QColor(255, 255, 255, 225)
    painter.setPen(ink)
    for number, line in enumerate(lines):
        baseline = band.top() + 2 * r + metrics.ascent() + number * metrics.height()
        painter.drawText(QPointF(_line_left(line, metrics, band, r), baseline), _text_of(line))
        for at, box in _piece_boxes(line, number, metrics, band, r):
            if at < len(texts) and texts[at] in links:
                painter.fillRect(QRectF(box.left(), baseline + metrics.underlinePos(), box.width(), r), ink)
    painter.restore()
    return band


def credit_at(rect: QRectF, view: View, texts: Sequence[str], at: QPointF) -> str:
    """The credit, in one line, that `paint_attribution` paints at a pixel; empty beside them."""
    texts = _one_each(texts)
    if not texts:
        return ""
    size_px, lines = _set_credits(texts, rect.width(), view)
    metrics = QFontMetricsF(map_font(size_px * view.ratio))
    band = _credit_band(lines, metrics, rect, view.ratio)
    if not band.contains(at):
        return ""
    boxes = (box for row, line in enumerate(lines) for box in _piece_boxes(line, row, metrics, band, view.ratio))
    number = next((number for number, box in boxes if box.contains(at)), len(texts))
    return texts[number] if number < len(texts) else ""


type _Line = tuple[tuple[int, str], ...]
"""A line of the credits: pieces of their texts, each with the number of its text."""
_BETWEEN = "  ·  "


def _one_each(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one_line(text, LONGEST_CREDIT) for text in texts if text))


def _text_of(line: _Line) -> str:
    return _BETWEEN.join(piece for _, piece in line)


def _set_credits(texts: tuple[str, ...], room: float, view: View) -> tuple[float, tuple[_Line, ...]]:
    left_out = translate("overlays", "and {0} more"), translate("overlays", "{0} credits: there is no room for them")
    return _credit_lines(texts, left_out, room, view.width, view.height, view.ratio)


def _credit_band(lines: Sequence[_Line], metrics: QFontMetricsF, rect: QRectF, r: float) -> QRectF:
    width = max(metrics.horizontalAdvance(_text_of(line)) for line in lines) + 12 * r
    height = metrics.height() * len(lines) + 4 * r
    return QRectF(rect.right() - width, rect.bottom() - height, width, height)


def _line_left(line: _Line, metrics: QFontMetricsF, band: QRectF, r: float) -> float:
    return band.right() - 6 * r - metrics.horizontalAdvance(_text_of(line))


def _piece_boxes(line: _Line, row: int, metrics: QFontMetricsF, band: QRectF, r: float) -> Iterator[tuple[int, QRectF]]:
    """The pieces of a line of the band, by the numbers of their texts, with their boxes in picture pixels."""
    left, top = _line_left(line, metrics, band, r), band.top() + 2 * r + row * metrics.height()
    for at, (number, piece) in enumerate(line):
        start = metrics.horizontalAdvance(_text_of(line[:at]) + _BETWEEN) if at else 0.0
        yield number, QRectF(left + start, top, metrics.horizontalAdvance(piece), metrics.height())


_MOST_CREDITS = 40
"""Most credits that are measured, as no band holds more; further ones are only counted."""


@lru_cache(maxsize=16)
def _credit_lines(
    texts: tuple[str, ...], left_out: tuple[str, str], room: float, width: int, height: int, r: float
) -> tuple[float, tuple[_Line, ...]]:
    """Size of the letters in logical pixels, and the lines: the largest letters in the narrowest band that hold all.

    Kept, as each frame needs them and measuring many credits takes milliseconds. `left_out` are the sentences for some
    credits that are left out, and for all.
    """
    most = MOST_CREDIT_HEIGHT * height
    tried = [(CREDIT_SIZES_PX[0], room), *((size_px, float(width)) for size_px in CREDIT_SIZES_PX)]
    for size_px, across in tried if len(texts) <= _MOST_CREDITS else ():
        lines = _joined_lines(texts, QFontMetricsF(map_font(size_px * r)), across - 12 * r)
        if _height_of(len(lines), size_px, r) <= most:
            return size_px, tuple(lines)
    size_px = CREDIT_SIZES_PX[-1]
    metrics = QFontMetricsF(map_font(size_px * r))
    for count in range(min(len(texts) - 1, _MOST_CREDITS), -1, -1):
        left = len(texts) - count
        more = left_out[0 if count else 1].format(left)
        lines = _joined_lines([*texts[:count], more], metrics, width - 12 * r)
        lines = [tuple((len(texts) if at == count else at, piece) for at, piece in line) for line in lines]
        if _height_of(len(lines), size_px, r) <= most or not count:
            return size_px, tuple(lines)
    raise AssertionError("the last one is always taken")


def _height_of(lines: int, size_px: float, ratio: float) -> float:
    return QFontMetricsF(map_font(size_px * ratio)).height() * lines + 4 * ratio


def north_angle_deg(view: View) -> float:
    """Direction of true north in the picture, in degrees clockwise from up; nan where it has none."""
    x, y = view.to_world(view.width / 2, view.height / 2)
    return true_north_degrees(view.grid.crs, x, y) + view.grid.rotation_deg


def paint_haloed_text(painter: QPainter, at: QPointF, text: str, size_px: float, *, bold: bool = False) -> None:
    """Paint white letters on a dark halo, `at` their baseline; they stay text in PDF and SVG."""
    if is_vector_device(painter):
        font = map_font(size_px, bold=bold)
        painter.strokePath(letters_path(at, font, text), round_pen(_halo(), size_px * 0.3))
        painter.setFont(font)
        painter.setPen(QColor(INK_COLOR))
        painter.drawText(at, text)
    else:
        paint_kept(painter, _text_steps, at.x(), at.y(), text, size_px, bold)


def _text_steps(x: float, y: float, text: str, size_px: float, bold: bool) -> PaintSteps:
    outline = letters_path(QPointF(x, y), map_font(size_px, bold=bold), text)
    edge = size_px * 0.15
    halo, ink = stroke(outline, round_pen(_halo(), size_px * 0.3)), fill(outline, QColor(INK_COLOR))
    return PaintSteps(outline.boundingRect().adjusted(-edge, -edge, edge, edge), (halo, ink))


def haloed_text_box(text: str, size_px: float, *, bold: bool = False) -> QRectF:
    """The box that `paint_haloed_text` paints on, halo included, relative to the beginning of the baseline."""
    half = size_px * 0.15
    return letters_path(QPointF(), map_font(size_px, bold=bold), text).boundingRect().adjusted(-half, -half, half, half)


def _latitude_note(lat: float) -> str:
    hemisphere = translate("overlays", "N") if lat >= 0 else translate("overlays", "S")
    return " " + translate("overlays", "at {latitude}").format(latitude=f"{abs(lat):.0f}° {hemisphere}")


def _joined_lines(texts: Sequence[str], metrics: QFontMetricsF, room: float) -> list[_Line]:
    lines: list[_Line] = []
    for number, text in enumerate(texts):
        longer = (*lines[-1], (number, text)) if lines else ((number, text),)
        if metrics.horizontalAdvance(_text_of(longer)) <= room:
            lines[-1:] = [longer]
        else:
            lines += [((number, line),) for line in _whole_lines(text, metrics, room)]
    return lines


def _whole_lines(text: str, metrics: QFontMetricsF, room: float) -> list[str]:
    """Break a whole text into lines of whole words; a word wider than a line continues in the next."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if metrics.horizontalAdvance(longer) <= room:
            lines[-1:] = [longer]
            continue
        lines.append("")
        for letter in word:
            if lines[-1] and metrics.horizontalAdvance(lines[-1] + letter) > room:
                lines.append("")
            lines[-1] += letter
    return lines or [""]


def wrapped_lines(text: str, metrics: QFontMetricsF, room: float, most: int) -> list[str]:
    """Break a text into at most `most` lines of whole words that fit the room; a longer one ends in an ellipsis."""
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


def crosshair_arms(view: View) -> tuple[QRectF, QRectF]:
    """The boxes of the two bars of the crosshair in the middle of a picture, halos included."""
    far, half = CROSSHAIR_PX[1] * view.ratio, _ARM_PX * view.ratio
    x, y = view.width / 2, view.height / 2
    return QRectF(x - far, y - half, 2 * far, 2 * half), QRectF(x - half, y - far, 2 * half, 2 * far)


def paint_crosshair(painter: QPainter, view: View) -> None:
    """Paint a small cross, open in its middle, at the middle of the map, where a key sets something."""
    r, x, y = view.ratio, view.width / 2, view.height / 2
    near_px, far_px = CROSSHAIR_PX[0] * r, CROSSHAIR_PX[1] * r
    arms = [
        QLineF(x + dx * near_px, y + dy * near_px, x + dx * far_px, y + dy * far_px)
        for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1))
    ]
    painter.save()
    for color, width in ((HALO_COLOR, 3.4), (INK_COLOR, 1.4)):
        painter.setPen(QPen(QColor(color), width * r))
        painter.drawLines(arms)
    painter.restore()
