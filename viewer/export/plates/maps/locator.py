"""The locator of a product: where on the Earth its maps lie, drawn from the coasts that are shipped."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from layers.geo.bounds import Bounds
from sample_data import credits as sample_credits
from sample_data import path as sample_path
from viewer.export.plates.house_style import HouseStyle
from viewer.export.plates.setting.piece import fine_pen, sharp_rect
from viewer.rendering.vector.qt_shapes import polygon_of

Floats = NDArray[np.float64]
WIDEST_DEG = 90.0
"""A map that shows more than this needs no locator."""
_LEAST_DEG, _TIMES = 24.0, 14.0
ASPECT = 1.5
_COASTS = "coast.geojson"
PLACES_A_STEP = 1_200
"""Of coasts that are painted in one step, which a PDF also has to pack."""
_TURNS = (-360.0, 0.0, 360.0)
"""Degrees: a window may reach over the antimeridian."""
_COAST, _FINE = 0.7, 0.5
"""Logical pixels: the pen of a coast, and how far apart two of its places are."""


def locator_window(frames: Sequence[Bounds]) -> Bounds | None:
    """The part of the Earth that a locator of these frames shows; None where they show continents themselves."""
    left, right = min(one.left for one in frames), max(one.right for one in frames)
    bottom, top = min(one.bottom for one in frames), max(one.top for one in frames)
    if right - left > WIDEST_DEG or top - bottom > WIDEST_DEG / ASPECT:
        return None
    width = min(max(_LEAST_DEG, _TIMES * (right - left), _TIMES * ASPECT * (top - bottom)), 360.0)
    height = width / ASPECT * _squeeze((bottom + top) / 2)
    middle_x, middle_y = (left + right) / 2, (bottom + top) / 2
    low = min(max(middle_y - height / 2, -90.0), 90.0 - min(height, 180.0))
    return Bounds(middle_x - width / 2, low, middle_x + width / 2, min(low + height, 90.0))


def locator_in_steps(
    painter: QPainter, box: QRectF, window: Bounds, frames: Sequence[Bounds], style: HouseStyle
) -> Iterator[None]:
    """Coasts, and the frames as boxes, or as a cross where they are too small to be seen; a few milliseconds a step."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(box, QColor(style.locator_ground))
    painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
    painter.save()
    painter.setPen(fine_pen(painter, style.locator_land, _COAST))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.translate(box.topLeft())
    seen, places = painter.clipBoundingRect(), 0
    for turn in _TURNS:
        for around, line in _coasts_of(window, turn, box.width(), box.height()):
            if around.intersects(seen):  # a preview is painted in strips, and few lines touch one
                painter.drawPolyline(line)
                places += line.size()
            if places >= PLACES_A_STEP:
                places = 0
                yield
        yield
    painter.restore()
    x_scale, y_scale = box.width() / window.width, box.height() / window.height
    for frame in frames:
        rect = QRectF(
            box.left() + (frame.left - window.left) * x_scale,
            box.top() + (window.top - frame.top) * y_scale,
            frame.width * x_scale,
            frame.height * y_scale,
        )
        _paint_frame(painter, rect, QColor(style.accent))
    painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(sharp_rect(painter, box, style.line, 0.8))


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


def coasts_in(window: Bounds, width: float, height: float) -> tuple[tuple[QRectF, QPolygonF], ...]:
    """The coasts of a window in a box so large, each with the box about it."""
    return tuple(one for turn in _TURNS for one in _coasts_of(window, turn, width, height))


@lru_cache(maxsize=48)
def _coasts_of(window: Bounds, turn: float, width: float, height: float) -> tuple[tuple[QRectF, QPolygonF], ...]:
    """The same of the Earth turned by some degrees. Kept, and only what is seen: of the whole world a hundred thousand
    places would be painted again in each strip of a page.
    """
    coast = _coast(max(math.floor(math.log2(360.0 / window.width)), 0))
    left, right = window.left - turn, window.right - turn
    shown = (coast.low[:, 0] <= right) & (coast.high[:, 0] >= left)
    shown &= (coast.low[:, 1] <= window.top) & (coast.high[:, 1] >= window.bottom)
    found: list[Floats] = []
    for at in np.flatnonzero(shown).tolist():
        places = (coast.lines[at] - (left, window.top)) * (width / window.width, -height / window.height)
        found += [_thinned(run) for run in _runs_in(places, width, height)]
    reach = 2 * _COAST
    lines = [polygon_of(line) for line in found if len(line) > 1]
    return tuple((line.boundingRect().adjusted(-reach, -reach, reach, reach), line) for line in lines)


def _runs_in(places: Floats, width: float, height: float) -> Iterator[Floats]:
    """The parts of a line whose sections touch a box from the origin on, grown by what a pen covers."""
    low, high = np.minimum(places[:-1], places[1:]), np.maximum(places[:-1], places[1:])
    touches = (high > -_COAST).all(axis=1) & (low < (width + _COAST, height + _COAST)).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], touches, [False]])))
    for begin, end in edges.reshape(-1, 2).tolist():
        yield places[begin : end + 1]


def _thinned(line: Floats) -> Floats:
    """Without places so close to each other that the pen covers both; none is moved."""
    cells = np.floor(line / _FINE)
    kept = np.concatenate([[True], (cells[1:] != cells[:-1]).any(axis=1)])
    kept[-1] = True
    thinned: Floats = line[kept]
    return thinned


class _Coast(NamedTuple):
    """Lines in lon, lat, and the corners of the boxes about them."""

    lines: tuple[Floats, ...]
    low: Floats
    high: Floats


@cache
def _coast(zoom: int) -> _Coast:
    """The lines that a map of so many doublings of the world's width shows."""
    lines = tuple(line for least, line in coast_lines() if least <= zoom + 2.0)
    return _Coast(lines, np.array([line.min(axis=0) for line in lines]), np.array([line.max(axis=0) for line in lines]))


@cache
def coast_credit() -> str:
    """The credit that is owed to the coasts."""
    return sample_credits()[_COASTS].credit


@cache
def coast_lines() -> tuple[tuple[float, Floats], ...]:
    """All coasts that are shipped, each with the least zoom at which it is shown. Read once, which takes 50 ms."""
    data = json.loads(sample_path(_COASTS).read_text(encoding="utf-8"))
    found: list[tuple[float, Floats]] = []
    for feature in data["features"]:
        least = float(feature["properties"].get("min_zoom", 0.0))
        geometry = feature["geometry"]
        lines = geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]
        found += [(least, np.array(line, np.float64)) for line in lines]
    return tuple(found)


def _squeeze(lat: float) -> float:
    """Degrees of latitude that look as long as one of longitude."""
    return max(math.cos(math.radians(lat)), 0.2)
