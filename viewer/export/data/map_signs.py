"""Reads what stands on a zoomed map and beside it: signs, circles of places, legend, projection and scale."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from layers.document.document import Document
from layers.document.site import Site
from layers.geo.crs import WGS84, transform_points, true_north_degrees
from layers.geo.measure import circle, ground_resolution_m
from layers.grid.tile_grid import View
from layers.product.publishing import Publishing
from viewer.canvas.furniture.overlays import scale_bar_of
from viewer.canvas.scene import MapScene
from viewer.canvas.sites.site_symbol import paint_site_symbol
from viewer.canvas.sites.site_symbology import symbol_of
from viewer.export.data.map_reading import LegendLine, MapReading, ScaleAt
from viewer.export.data.picture_bytes import png_bytes
from viewer.export.plates.maps.legend_content import LegendRow, layer_rows, legend_rows
from viewer.export.plates.maps.legend_rows import paint_sign
from viewer.export.plates.plate_words import crs_words
from viewer.support.painting import painting

SIGN_PX = 26
"""Side of the picture of a sign, in pixels of the page; the sign itself is 18 high."""
KEY_PX = 28, 22
"""Width and height of a sign in the legend, in pixels of the page."""
SHARP = 3
"""Pixels of a picture of a sign for each pixel of the page: for print, and for screens of small pixels."""
SCALE_STEPS = 9
"""Places along each side of the map at which its scale is known."""
_TORN = 30.0
"""Length of a step along a circle, relative to the others, at which it crosses the edge of a projection."""
_BAR_PART = 0.3
"""Most of the map's width that its scale bar takes."""


def map_reading(
    scene: MapScene, view: View, document: Document, inside: Sequence[str], rules: Publishing
) -> MapReading:
    """Reading of a map in `view`; `inside`: uuids of the marks in it. The scene has to hold still."""
    sites = [document.sites[uuid] for uuid in inside]
    points = [site for site in sites if is_sign(site)]
    bar = scale_bar_of(view, view.width * _BAR_PART)
    rows = [*legend_rows(document, inside), *layer_rows(scene, view)]
    return MapReading(
        ratio=view.ratio,
        signs=_signs(points),
        circles={site.uuid: rings for site in points if site.is_area and (rings := _rings(site, view))},
        legend=[_legend_line(row, rules) for row in rows],
        projection=crs_words(view.grid.crs),
        bar="" if bar is None else bar.words,
        bar_px=0.0 if bar is None else bar.width_px,
        scale=_scales(view),
    )


def picture_scale(view: View) -> tuple[str, float, float]:
    """Words of a scale bar, its length as a part of the width, true north in degrees; no words off the Earth."""
    bar = scale_bar_of(view, view.width * _BAR_PART)
    if bar is None:
        return "", 0.0, 0.0
    north = true_north_degrees(view.grid.crs, *view.to_world(view.width / 2, view.height / 2))
    return bar.words, round(bar.width_px / view.width, 4), round(north, 1)


def is_sign(site: Site) -> bool:
    """True for a mark whose sign keeps its size while the map is zoomed: a site at a point."""
    return site.is_site and site.geometry.geom_type == "Point"


def pixel_of(view: View, lon: float, lat: float) -> tuple[float, float] | None:
    """The pixel of a place in the view, in the world's copy that is seen; None where it is outside."""
    for turn in (0.0, 360.0, -360.0):
        x, y = transform_points(WGS84, view.grid.crs, lon + turn, lat)
        px, py = view.to_pixel(float(x), float(y))
        if 0 <= px < view.width and 0 <= py < view.height:
            return px, py
    return None


def _signs(sites: Iterable[Site]) -> dict[str, bytes]:
    """Pictures of the signs; equal ones are painted once."""
    painted: dict[object, bytes] = {}
    signs = {}
    for site in sites:
        key = symbol_of(site)
        if key not in painted:
            painted[key] = _picture(SIGN_PX, SIGN_PX, partial(_paint_sign, site=site))
        signs[site.uuid] = painted[key]
    return signs


def _paint_sign(painter: QPainter, site: Site) -> None:
    paint_site_symbol(painter, site, SIGN_PX / 2, SIGN_PX / 2, 1.0)


def _legend_line(row: LegendRow, rules: Publishing) -> LegendLine:
    text = rules.words(f"{row.text} ({row.count})" if row.count > 1 else row.text)
    if row.sample is None and row.look is None and not row.hatch:
        return LegendLine(text, is_note=row.is_note)
    wide, high = KEY_PX
    paint = partial(paint_sign, box=QRectF(1.5, 0.0, wide, high), row=row, height=float(high))
    return LegendLine(text, _picture(wide, high, paint), row.is_note)


def _picture(wide: int, high: int, paint: Callable[[QPainter], None]) -> bytes:
    picture = QImage(wide * SHARP, high * SHARP, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(0)
    with painting(picture) as painter:
        painter.scale(SHARP, SHARP)
        paint(painter)
    return png_bytes(picture)


def _rings(site: Site, view: View) -> list[list[tuple[float, float]]]:
    """The circle of a loosely known place."""
    assert site.least_error_m is not None
    return ring_on(view, site.place.x, site.place.y, site.least_error_m)


def ring_on(view: View, lon: float, lat: float, radius_m: float) -> list[list[tuple[float, float]]]:
    """A circle on the ground in pixels: one closed ring, or open pieces where the edge of the projection cuts it.

    Empty where a part of it has no place in the projection.
    """
    xs, ys = transform_points(WGS84, view.grid.crs, *circle(lon, lat, radius_m))
    ring = [view.to_pixel(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
    if not all(math.isfinite(px) and math.isfinite(py) for px, py in ring):
        return []
    ring.append(ring[0])
    steps = [math.dist(start, end) for start, end in pairwise(ring)]
    most = _TORN * sorted(steps)[len(steps) // 2]
    pieces = [[ring[0]]]
    for step, point in zip(steps, ring[1:], strict=True):
        if step > most:
            pieces.append([])
        pieces[-1].append(point)
    return pieces if len(pieces) > 1 else [ring[:-1]]


def _scales(view: View) -> list[ScaleAt]:
    last = SCALE_STEPS - 1
    return [
        _scale_at(view, view.width * column / last, view.height * row / last)
        for row in range(SCALE_STEPS)
        for column in range(SCALE_STEPS)
    ]


def _scale_at(view: View, px: float, py: float) -> ScaleAt:
    x, y = view.to_world(px, py)
    metres = ground_resolution_m(view.grid.crs, x, y, view.grid.resolution)
    _, lat = transform_points(view.grid.crs, WGS84, x, y)
    north = true_north_degrees(view.grid.crs, x, y)
    known = all(map(math.isfinite, (metres, float(lat), north)))
    return ScaleAt(round(metres, 4), round(float(lat), 1), round(north, 1)) if known else ScaleAt(-1.0, 0.0, 0.0)
