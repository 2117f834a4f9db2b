"""The boundaries of states in a locator, where its product draws boundaries: de facto, disputed ones dashed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from layers.geo.bounds import Bounds
from sample_data import credits as sample_credits
from sample_data import path as sample_path
from viewer.export.plates.maps.image_captions import data_facts
from viewer.export.plates.maps.locator import TURNS, Floats, runs_in, thin_out
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.piece import fine_pen
from viewer.rendering.vector.qt_shapes import polygon_of
from viewer.support.painting import part_of_picture

_BORDERS = "boundaries.geojson"
_WIDTH, _DASHES = 0.5, [4.0, 3.0]
"""Logical pixels of a boundary's pen; dashes and gaps of a disputed one, in widths of the pen."""


class Border(NamedTuple):
    """A part of a boundary, in logical pixels of the locator."""

    shape: QPolygonF
    is_disputed: bool


def draws_borders(maps: Sequence[MapOnPage]) -> bool:
    """True where a layer of these maps draws boundaries: whoever made the product has chosen to show them."""
    return any(fact.draws_boundaries for on_page in maps for fact in data_facts(on_page))


def paint_borders(painter: QPainter, box: QRectF, window: Bounds, style: HouseStyle) -> None:
    """Paint the boundaries of a window into the box of its locator."""
    with part_of_picture(painter):
        painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
        painter.translate(box.topLeft())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for border in borders_in(window, box.width(), box.height()):
            pen = fine_pen(painter, QColor(style.quiet), _WIDTH, Qt.PenCapStyle.FlatCap)
            if border.is_disputed:
                pen.setDashPattern(_DASHES)
            painter.setPen(pen)
            painter.drawPolyline(border.shape)


@lru_cache(maxsize=16)
def borders_in(window: Bounds, width: float, height: float) -> tuple[Border, ...]:
    """The boundaries of a window in a box of this size."""
    borders = []
    for turn in TURNS:
        corner, scale = (window.left - turn, window.top), (width / window.width, -height / window.height)
        for is_disputed, line in _lines():
            places = (line - corner) * np.array(scale)
            if (places.max(axis=0) < 0).any() or (places.min(axis=0) > (width, height)).any():
                continue
            for run in runs_in(places, width, height):
                thinned = thin_out(run)
                if len(thinned) > 1:
                    borders.append(Border(polygon_of(thinned), is_disputed))
    return tuple(borders)


@cache
def borders_credit() -> str:
    """The credit for the boundaries, which says that they are de facto."""
    return sample_credits()[_BORDERS].credit


@cache
def _lines() -> tuple[tuple[bool, Floats], ...]:
    """All shipped boundaries, each with True where it is disputed."""
    lines: list[tuple[bool, Floats]] = []
    for feature in json.loads(sample_path(_BORDERS).read_text(encoding="utf-8"))["features"]:
        geometry, is_disputed = feature["geometry"], bool(feature["properties"]["disputed"])
        parts = geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]
        lines += [(is_disputed, np.array(part, np.float64)) for part in parts]
    return tuple(lines)
