"""The locator of a product: a small map of where on the Earth its maps lie, drawn from the shipped coasts."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF, QTransform

from layers.geo.bounds import Bounds
from sample_data import credits as sample_credits
from sample_data import path as sample_path
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.piece import fine_pen, sharp_rect
from viewer.rendering.vector.qt_shapes import is_vector_device, polygon_of
from viewer.support.painting import part_of_picture

Floats = NDArray[np.float64]
WIDEST_DEG = 90.0
"""Width in degrees above which a map needs no locator."""
_LEAST_DEG, _TIMES = 24.0, 14.0
_SOUTH, _NORTH = -60.0, 85.0
"""Latitudes between which a locator shows the whole Earth: the inhabited land."""
ASPECT = 1.5
_COASTS = "coast.geojson"
PLACES_AT_ONCE = 1_200
"""Most places of a coast that are painted onto pixels in one call."""
_BAND_PLACES, _BAND_REACH = 500, 4.0
"""Places of a long coast painted at once, and pen widths beyond an edge up to which places are painted too."""
_BEYOND, _LAND_FINE, _LEAST_RING = 4.0, 1.0, 4
"""Logical pixels that filled land reaches beyond the box, and between two of its places;
the most places of an island that is left out, as its coast covers it.
"""
_LEAST_COAST = 12
"""Least places of coasts in a locator's window."""
TURNS = (-360.0, 0.0, 360.0)
"""Turns in degrees, as a window may reach over the antimeridian."""
_COAST, _FINE = 0.7, 0.5
"""Logical pixels: the width of a coast's pen, and the distance between two of its places."""


def locator_window(frames: Sequence[Bounds]) -> Bounds | None:
    """The part of the Earth (lon, lat) that a locator of these frames shows: all of it where they are far apart.

    None where a frame shows a continent itself.
    """
    left, right = min(frame.left for frame in frames), max(frame.right for frame in frames)
    bottom, top = min(frame.bottom for frame in frames), max(frame.top for frame in frames)
    if any(frame.width > WIDEST_DEG for frame in frames):
        return None
    if right - left > WIDEST_DEG or top - bottom > WIDEST_DEG / ASPECT:
        middle = (left + right) / 2
        return Bounds(middle - 180.0, min(bottom, _SOUTH), middle + 180.0, max(top, _NORTH))
    width = min(max(_LEAST_DEG, _TIMES * (right - left), _TIMES * ASPECT * (top - bottom)), 360.0)
    place = (left + right) / 2, (bottom + top) / 2
    while width < WIDEST_DEG and not _shows_coast(_window_about(place, 0.8 * width)):
        width = min(1.4 * width, WIDEST_DEG)
    return _window_about(place, width)


def _window_about(middle: tuple[float, float], width: float) -> Bounds:
    x, y = middle
    height = width / ASPECT * _squeeze(y)
    low = min(max(y - height / 2, -90.0), 90.0 - min(height, 180.0))
    return Bounds(x - width / 2, low, x + width / 2, min(low + height, 90.0))


def _shows_coast(window: Bounds) -> bool:
    """True where a coast that is not a speck is in a window: a box of land or sea alone says nothing."""
    for turn in TURNS:
        places = _coast_places()
        x, y = places[:, 0] + turn, places[:, 1]
        inside = (x > window.left) & (x < window.right) & (y > window.bottom) & (y < window.top)
        if np.count_nonzero(inside) >= _LEAST_COAST:
            return True
    return False


@cache
def _coast_places() -> Floats:
    """Places of the large coasts in lon, lat."""
    return np.concatenate([line for line in _coast(2).lines if len(line) > 100])


def paint_locator(
    painter: QPainter,
    box: QRectF,
    window: Bounds,
    frames: Sequence[Bounds],
    style: HouseStyle,
    paint_on_land: Callable[[QPainter], None] | None = None,
) -> None:
    """Paint coasts, and the frames as boxes, or as crosses where they are too small.

    `paint_on_land`: paints what lies between coasts and frames.
    """
    with part_of_picture(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(box, QColor(style.locator_ground))
        painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
        with part_of_picture(painter):
            painter.translate(box.topLeft())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_land_color(style))
            painter.drawPath(land_in(window, box.width(), box.height()))
            painter.setPen(fine_pen(painter, style.locator_land, _COAST))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            _paint_coasts(painter, window, box)
        if paint_on_land is not None:
            paint_on_land(painter)
        x_scale, y_scale = box.width() / window.width, box.height() / window.height
        for frame in frames:
            rect = QRectF(
                box.left() + (frame.left - window.left) * x_scale,
                box.top() + (window.top - frame.top) * y_scale,
                frame.width * x_scale,
                frame.height * y_scale,
            )
            _paint_frame(painter, rect, QColor(style.accent))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(sharp_rect(painter, box, style.line, 0.8))


def _paint_coasts(painter: QPainter, window: Bounds, box: QRectF) -> None:
    seen, keeps_lines = painter.clipBoundingRect(), is_vector_device(painter)
    for line in coasts_in(window, box.width(), box.height()):
        if not line.around.intersects(seen):  # a page may be painted in strips, and few lines touch one
            continue
        if keeps_lines or len(line.places) <= PLACES_AT_ONCE:
            painter.drawPolyline(line.shape)
        else:
            _paint_in_bands(painter, line)


def _paint_in_bands(painter: QPainter, line: CoastLine) -> None:
    """Paint a long line onto pixels in bands of rows, with the same result as at once: no call to Qt takes long.

    All that reaches into a band is one path, so that the pen covers nothing twice.
    """
    here = painter.worldTransform()
    around, height = here.mapRect(line.around).toAlignedRect(), line.places[:, 1] * here.m22() + here.dy()
    low, high = np.minimum(height[:-1], height[1:]), np.maximum(height[:-1], height[1:])
    reach = _BAND_REACH * _COAST * here.m22()
    rows = math.ceil(around.height() * _BAND_PLACES / len(line.places))
    for top in range(around.top(), around.bottom() + 1, rows):
        near = np.flatnonzero((high >= top - reach) & (low <= top + rows + reach))
        path = QPainterPath()
        for run in np.split(near, np.flatnonzero(np.diff(near) > 1) + 1):
            if len(run):
                path.addPolygon(polygon_of(line.places[run[0] : run[-1] + 2]))
        with part_of_picture(painter):
            painter.setWorldTransform(QTransform())
            painter.setClipRect(QRect(around.left(), top, around.width(), rows), Qt.ClipOperation.IntersectClip)
            painter.setWorldTransform(here)
            painter.drawPath(path)


def _paint_frame(painter: QPainter, rect: QRectF, color: QColor) -> None:
    painter.setPen(fine_pen(painter, color, 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if max(rect.width(), rect.height()) >= 5.0:
        painter.drawRect(rect)
        return
    at = rect.center()
    painter.drawRect(QRectF(at.x() - 3.0, at.y() - 3.0, 6.0, 6.0))
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        painter.drawLine(QPointF(at.x() + 3 * dx, at.y() + 3 * dy), QPointF(at.x() + 7 * dx, at.y() + 7 * dy))


def room_in(box: QRectF) -> QRectF:
    """The part of a box that a locator fills."""
    return QRectF(box.left(), box.top(), min(box.width(), box.height() * ASPECT), box.height())


class CoastLine(NamedTuple):
    """A line of a coast, in logical pixels of the locator, and its bounding box with the pen."""

    around: QRectF
    shape: QPolygonF
    places: Floats


@lru_cache(maxsize=16)
def coasts_in(window: Bounds, width: float, height: float) -> tuple[CoastLine, ...]:
    """The coasts of a window in a box of this size.

    They are kept for all strips of a page: the whole world would have a hundred thousand places.
    """
    return tuple(line for turn in TURNS for line in _turned_coasts(window, turn, width, height))


@lru_cache(maxsize=16)
def land_in(window: Bounds, width: float, height: float) -> QPainterPath:
    """The land of a window in a box of this size; seas within it are left out."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    coast = _coast(max(math.floor(math.log2(360.0 / window.width)), 0))
    scale = (width / window.width, -height / window.height)
    for turn in TURNS:
        left, right = window.left - turn, window.right - turn
        shown = (coast.low[:, 0] <= right) & (coast.high[:, 0] >= left)
        shown &= (coast.low[:, 1] <= window.top) & (coast.high[:, 1] >= window.bottom)
        for at in np.flatnonzero(shown).tolist():
            places = (_closed(coast.lines[at]) - (left, window.top)) * np.array(scale)
            # Far places are brought to the edge of a larger box: what is filled in the window stays the same.
            places = np.clip(places, -_BEYOND, np.array([width + _BEYOND, height + _BEYOND]))
            thinned = thin_out(places / _LAND_FINE * _FINE) * (_LAND_FINE / _FINE)
            if len(thinned) > _LEAST_RING:
                path.addPolygon(polygon_of(thinned))
    return path


def _closed(line: Floats) -> Floats:
    """A coast as a ring; that of the Antarctic goes round by the pole."""
    if line[0, 1] == line[-1, 1] and abs(line[0, 0] - line[-1, 0]) == 360.0:
        corners = np.array([[line[-1, 0], -90.0], [line[0, 0], -90.0]])
        return np.concatenate([line, corners, line[:1]])
    return np.concatenate([line, line[:1]])


def _land_color(style: HouseStyle) -> QColor:
    """The ground of land, between those of the sea and the coast."""
    ground, coast = QColor(style.locator_ground), QColor(style.locator_land)
    pairs = (ground.red(), coast.red()), (ground.green(), coast.green()), (ground.blue(), coast.blue())
    return QColor(*(round(0.68 * sea + 0.32 * line) for sea, line in pairs))


def _turned_coasts(window: Bounds, turn: float, width: float, height: float) -> Iterator[CoastLine]:
    """Coasts in view on the Earth turned by some degrees."""
    coast = _coast(max(math.floor(math.log2(360.0 / window.width)), 0))
    left, right = window.left - turn, window.right - turn
    shown = (coast.low[:, 0] <= right) & (coast.high[:, 0] >= left)
    shown &= (coast.low[:, 1] <= window.top) & (coast.high[:, 1] >= window.bottom)
    reach = 2 * _COAST
    for at in np.flatnonzero(shown).tolist():
        places = (coast.lines[at] - (left, window.top)) * (width / window.width, -height / window.height)
        for run in runs_in(places, width, height):
            thinned = thin_out(run)
            if len(thinned) > 1:
                shape = polygon_of(thinned)
                around = shape.boundingRect().adjusted(-reach, -reach, reach, reach)
                yield CoastLine(around, shape, thinned)


def runs_in(places: Floats, width: float, height: float) -> Iterator[Floats]:
    """The parts of a line whose sections touch a box at the origin, enlarged by the width of the pen."""
    low, high = np.minimum(places[:-1], places[1:]), np.maximum(places[:-1], places[1:])
    touches = (high > -_COAST).all(axis=1) & (low < (width + _COAST, height + _COAST)).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], touches, [False]])))
    for begin, end in edges.reshape(-1, 2).tolist():
        yield places[begin : end + 1]


def thin_out(line: Floats) -> Floats:
    """A line without places so close to each other that the pen covers both; the others do not move."""
    cells = np.floor(line / _FINE)
    kept = np.concatenate([[True], (cells[1:] != cells[:-1]).any(axis=1)])
    kept[-1] = True
    thinned: Floats = line[kept]
    return thinned


class _Coast(NamedTuple):
    """Lines in lon, lat, and the corners of their bounding boxes."""

    lines: tuple[Floats, ...]
    low: Floats
    high: Floats


@cache
def _coast(zoom: int) -> _Coast:
    """The coasts to be shown at a zoom, where the world's width has doubled `zoom` times."""
    lines = tuple(_joined(line for least, line in coast_lines() if least <= zoom + 2.0))
    starts = np.cumsum([0, *map(len, lines[:-1])])
    places = np.concatenate(lines)
    return _Coast(lines, np.minimum.reduceat(places, starts), np.maximum.reduceat(places, starts))


def _joined(lines: Iterator[Floats]) -> Iterator[Floats]:
    """The coasts with those joined that meet at their ends: a ring of several lines encloses land as one."""
    open_lines: list[Floats] = []
    for line in lines:
        if (line[0] == line[-1]).all():
            yield line
        else:
            open_lines.append(line)
    while open_lines:
        line = open_lines.pop()
        while (
            at := next((at for at, other in enumerate(open_lines) if (other[0] == line[-1]).all()), None)
        ) is not None:
            line = np.concatenate([line, open_lines.pop(at)[1:]])
        while (
            at := next((at for at, other in enumerate(open_lines) if (other[-1] == line[0]).all()), None)
        ) is not None:
            line = np.concatenate([open_lines.pop(at), line[1:]])
        yield line


@cache
def coast_credit() -> str:
    """The credit for the coasts."""
    return sample_credits()[_COASTS].credit


@cache
def coast_lines() -> tuple[tuple[float, Floats], ...]:
    """All shipped coasts, each with the least zoom at which it is shown. Read once, which takes 50 ms."""
    data = json.loads(sample_path(_COASTS).read_text(encoding="utf-8"))
    coasts: list[tuple[float, Floats]] = []
    for feature in data["features"]:
        least = float(feature["properties"].get("min_zoom", 0.0))
        geometry = feature["geometry"]
        lines = geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]
        coasts += [(least, np.array(line, np.float64)) for line in lines]
    return tuple(coasts)


def _squeeze(lat: float) -> float:
    """Degrees of latitude as long on the ground as a degree of longitude at this latitude, at least 0.2."""
    return max(math.cos(math.radians(lat)), 0.2)
