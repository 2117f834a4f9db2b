"""Names of zones and 100 km squares, each in a corner of the part of it that is in the frame, the lower left first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import shapely

from layers.geo.bounds import Bounds
from layers.geo.coordinates.utm_mgrs import write_mgrs
from layers.geo.crs import WGS84, transform_bounds, transform_points
from layers.geo.longitudes import all_near, shift_near
from layers.grid.graticules.edge_labels import GAP_PX, SizeOf
from layers.grid.graticules.frame import Floats, FrameView
from layers.grid.graticules.grid_line import CellName, TakenBox
from layers.grid.graticules.round_steps import SQUARE_M, multiples
from layers.grid.graticules.zones import ZoneBox

_POINTS = 17
MOST_SQUARES = 600
FEW_ZONES = 3
"""Most zones with which there is room to say that a number is a zone's."""
MOST_ZONES = 150
"""Most zones that are named: more are too small to hold their names."""


def cell_names(
    frame: FrameView, notation: str, step: float | None, size_of: SizeOf, avoid: Sequence[TakenBox] = ()
) -> list[CellName]:
    """Name the squares where the lines are theirs, else the zones; zones of UTM by number. No name lies on a box to
    avoid.
    """
    if frame.lonlat is None or notation not in ("UTM", "MGRS"):
        return []
    zones = [zone for zone in frame.zones if notation == "MGRS" or not zone.is_polar]
    if len(zones) > MOST_ZONES:
        return []
    few = len({zone.number for zone in zones}) <= FEW_ZONES
    names: list[CellName] = []
    seen: set[str] = set()
    for zone in zones:
        if notation == "MGRS" and step is not None and step >= SQUARE_M:
            cells = _squares(frame, zone)
        elif notation == "UTM":
            text = f"UTM {zone.number}" if few else f"{zone.number}"
            cells = iter([(text, _outline(frame, zone.bounds))]) if text not in seen else iter(())
        else:
            cells = iter([(zone.name, _outline(frame, zone.bounds))])
        for text, polygon in cells:
            name = _placed(frame, text, polygon, size_of, avoid)
            if name is not None:
                seen.add(text)
                names.append(name)
    return _apart(names, frame.view.ratio)


def _outline(frame: FrameView, box: Bounds) -> shapely.Polygon | None:
    """The part of a box in lon, lat that is in the frame, in pixels."""
    part = frame.part_of(box)
    if part is None:
        return None
    left, bottom, right, top = part
    xs, ys = np.linspace(left, right, _POINTS), np.linspace(bottom, top, _POINTS)
    lon = np.concatenate([xs, np.full(_POINTS, right), xs[::-1], np.full(_POINTS, left)])
    lat = np.concatenate([np.full(_POINTS, bottom), ys, np.full(_POINTS, top), ys[::-1]])
    return _polygon(frame.pixels(lon, lat))


def _squares(frame: FrameView, zone: ZoneBox) -> Iterator[tuple[str, shapely.Polygon | None]]:
    part = frame.part_of(zone.bounds)
    if part is None:
        return
    metric = transform_bounds(WGS84, zone.crs, part)
    inside = _outline(frame, part)
    columns = multiples(SQUARE_M, metric.left - SQUARE_M, metric.right, MOST_SQUARES)
    rows = multiples(SQUARE_M, metric.bottom - SQUARE_M, metric.top, MOST_SQUARES)
    if inside is None or len(columns) * len(rows) > MOST_SQUARES:
        return
    columns_of, rows_of = (grid.ravel() * SQUARE_M for grid in np.meshgrid(columns, rows, indexing="ij"))
    ring_x, ring_y = _ring()
    x, y = columns_of[:, None] + ring_x * SQUARE_M, rows_of[:, None] + ring_y * SQUARE_M
    lon, lat = transform_points(zone.crs, WGS84, x, y)
    pixels = frame.pixels(all_near(lon.ravel(), part.centre[0]), lat.ravel()).reshape(len(x), -1, 2)
    width, height = frame.view.width, frame.view.height
    for at, points in enumerate(pixels):
        low, high = np.nanmin(points, axis=0, initial=np.inf), np.nanmax(points, axis=0, initial=-np.inf)
        if high[0] < 0 or high[1] < 0 or low[0] > width or low[1] > height:
            continue
        polygon = _polygon(points)
        both = shapely.intersection(polygon, inside) if polygon is not None else None
        if both is not None and not both.is_empty:
            largest = max(shapely.get_parts(both), key=lambda piece: piece.area)
            if isinstance(largest, shapely.Polygon):
                yield _letters(zone, float(columns_of[at]), float(rows_of[at])), largest


@lru_cache(maxsize=1)
def _ring() -> tuple[Floats, Floats]:
    """The outline of a square of side 1."""
    side, none, one = np.linspace(0.0, 1.0, _POINTS), np.zeros(_POINTS), np.ones(_POINTS)
    return np.concatenate([side, one, side[::-1], none]), np.concatenate([none, side, one, side[::-1]])


def _letters(zone: ZoneBox, left: float, bottom: float) -> str:
    """The letters of a square by a place of it that lies in its zone: a zone's edge may cut off its middle."""
    box = zone.bounds
    for spots in (np.array([0.5]), np.linspace(0.04, 0.96, 9)):
        x, y = (grid.ravel() for grid in np.meshgrid(left + spots * SQUARE_M, bottom + spots * SQUARE_M))
        lons, lats = transform_points(zone.crs, WGS84, x, y)
        for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True):
            if not math.isfinite(lon):
                continue
            if box.left < shift_near(lon, box.centre[0]) < box.right and box.bottom < lat < box.top:
                return write_mgrs(lon, lat, 0)[-2:]
    return ""


def _polygon(points: Floats) -> shapely.Polygon | None:
    sound = points[np.isfinite(points).all(axis=1)]
    if len(sound) < 3:
        return None
    polygon = shapely.Polygon(sound)
    return polygon if polygon.is_valid else polygon.buffer(0)


def _placed(
    frame: FrameView, text: str, polygon: shapely.Polygon | None, size_of: SizeOf, avoid: Sequence[TakenBox]
) -> CellName | None:
    if polygon is None or not text:
        return None
    view = frame.view
    seen = shapely.clip_by_rect(polygon, 0.0, 0.0, float(view.width), float(view.height))
    if seen.is_empty or seen.area <= 0:
        return None
    part = max(shapely.get_parts(seen), key=lambda piece: piece.area)
    width, height = size_of(text)
    gap = 2 * GAP_PX * view.ratio
    left, top, right, bottom = part.bounds
    if right - left < width + gap or bottom - top < height + gap:
        return None
    middle = part.centroid
    shapely.prepare(part)
    low, high = bottom - gap - height, top + gap
    corners = [(x, y) for y in (low, high) for x in (left + gap, right - gap - width)]
    corners.append((middle.x - width / 2, middle.y - height / 2))
    for x, y in corners:
        if any(TakenBox(x, y, width, height).meets(box, gap / 2) for box in avoid):
            continue
        if part.contains(shapely.box(x, y, x + width, y + height)):
            return CellName(text, x, y, width, height)
    return None


def _apart(names: Sequence[CellName], ratio: float) -> list[CellName]:
    kept: list[CellName] = []
    for name in names:
        if not any(name.box.meets(other.box, GAP_PX * ratio) for other in kept):
            kept.append(name)
    return kept
