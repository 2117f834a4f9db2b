"""Paints one site, or another mark, as a legend or a list shows it."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from PySide6.QtGui import QPainter

from layers.document.marks.mark_shape import shape_of
from layers.document.marks.measurement import MEASUREMENT
from layers.document.site import Site
from layers.grid.tile_grid import TileGrid, View
from viewer.canvas.sites.mark_painter import MarkPainter, SignAt, paint_arrow_heads
from viewer.canvas.sites.mark_signs import MarkSign, sign_of
from viewer.canvas.sites.outlines import Floats
from viewer.canvas.sites.site_painter import paint_lines
from viewer.canvas.sites.site_symbol_painter import SYMBOL_RADIUS_PX, SiteSymbolPainter
from viewer.canvas.sites.site_symbology import fill_of, line_symbol, symbol_of
from viewer.rendering.vector.qt_shapes import path_of

_LEGEND_RADIUS_PX = 9.0
_TURNS = np.radians(np.arange(0.0, 361.0, 15.0))
_CIRCLE = np.column_stack([np.cos(_TURNS), np.sin(_TURNS)])
_SAMPLES: dict[str, list[Floats]] = {
    "line": [np.array([(-10.0, 2.5), (-3.0, -2.5), (3.0, 2.5), (10.0, -2.5)])],
    "polygon": [np.array([(-9.5, 5.5), (-7.5, -4.5), (4.0, -6.5), (9.5, 0.0), (6.0, 6.5), (-9.5, 5.5)])],
    "rectangle": [np.array([(-9.0, -5.5), (9.0, -5.5), (9.0, 5.5), (-9.0, 5.5), (-9.0, -5.5)])],
    "circle": [_CIRCLE * 7.5],
    "range_ring": [_CIRCLE * 7.5, _CIRCLE * 3.5],
    "arrow": [np.array([(-10.0, 5.0), (8.0, -4.0)])],
    "measurement": [
        np.array(ends) for ends in (((-9.0, 0.0), (9.0, 0.0)), ((-9.0, -5.0), (-9.0, 5.0)), ((9.0, -5.0), (9.0, 5.0)))
    ],
}
_SIGNS = ("text", "callout", "numbered_marker", "count_tick")


def sample_of(site: Site) -> str:
    """Kind of the sample that a legend shows for a mark: its shape's, else point, line or polygon."""
    if site.mark_kind == MEASUREMENT:
        return MEASUREMENT if site.kind == "line" else site.kind
    shape = shape_of(site.shape_json) if site.shape_json else None
    if shape is None:
        return site.kind
    if shape.kind in (_SIGNS if site.kind == "point" else _SAMPLES.keys() - {MEASUREMENT}):
        return shape.kind
    return site.kind


def paint_site_symbol(painter: QPainter, site: Site, x: float, y: float, ratio: float) -> None:
    """Paint a site's symbol centred at (x, y): a point's sign, a short line or a polygon, or a small one of its shape.

    A sign is hollow where its error says so. 18 logical pixels high and, for lines and polygons, 24 wide; `ratio` is
    picture pixels a logical pixel.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(x, y)
    painter.scale(ratio, ratio)
    sample = sample_of(site)
    sign = sign_of(site, shape_of(site.shape_json)) if site.kind == "point" and sample != "point" else None
    if sign is not None:
        _paint_sign(painter, sign)
    elif site.kind == "point":
        small = _LEGEND_RADIUS_PX / SYMBOL_RADIUS_PX
        painter.scale(small, small)
        SiteSymbolPainter().paint_shapes(painter, symbol_of(site), [(0.0, 0.0)], 1.0)
    else:
        _paint_sample(painter, site, sample)
    painter.restore()


def _paint_sign(painter: QPainter, sign: MarkSign) -> None:
    text = {"text": "T", "callout": "T"}.get(sign.kind, "1")
    sign = replace(sign, text=text, size_px=13.0 if sign.kind == "text" else 10.5, anchor="centre", is_empty=False)
    MarkPainter().paint_shapes(painter, SignAt(sign, 0.0, 0.0), 1.0 if sign.kind == "text" else 0.72)


def _paint_sample(painter: QPainter, site: Site, sample: str) -> None:
    rings, symbol = _SAMPLES[sample], line_symbol(site)
    if site.kind == "polygon":
        painter.fillPath(path_of(rings), fill_of(site))
    around = View(TileGrid("EPSG:3857", 1.0), -100, -100, 200, 200)
    paint_lines(painter, around, rings, symbol, selected=False)
    if sample == "arrow":
        tail, tip = rings[0]
        paint_arrow_heads(painter, [(tip, tail)], symbol, 0.6, selected=False)
