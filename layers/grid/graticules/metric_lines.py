"""Lines of UTM and MGRS: eastings and northings of every zone in view, cut at its edges, and those edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import shapely

from layers.errors import CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds, transform_points
from layers.geo.longitudes import all_near
from layers.geo.measure import ground_resolution_m
from layers.grid.graticules.frame import Floats, FrameView
from layers.grid.graticules.grid_line import GridLine
from layers.grid.graticules.round_steps import (
    METRE_STEPS,
    MOST_STEP_M,
    SQUARE_M,
    metres_text,
    multiples,
    power_of_two,
    square_digits,
    step_of,
)
from layers.grid.graticules.zones import NORTHERNMOST, SOUTHERNMOST, ZoneBox

MOST_LINES = 300
MOST_ZONES = 2600
_POINTS = 129


def metric_lines(frame: FrameView, notation: str, aim_px: float) -> list[GridLine]:
    """Edges of zones first, then the lines inside them; only the edges where lines would have to be too far apart."""
    if frame.lonlat is None:
        return []
    zones = frame.zones
    step = metre_step(frame, aim_px)
    if len(zones) > MOST_ZONES:
        return []
    if notation == "UTM":
        zones = [zone for zone in zones if not zone.is_polar]
    lines = list(_edges(frame, zones, has_bands=notation == "MGRS"))
    if step is None:
        return lines
    for zone in zones:
        lines += _inside(frame, zone, step, notation)
    return lines


def metre_step(frame: FrameView, aim_px: float) -> float | None:
    """Metres between lines; None where only zones can be drawn."""
    view = frame.view
    middle = view.to_world(view.width / 2, view.height / 2)
    metres = ground_resolution_m(view.grid.crs, *middle, view.grid.resolution)
    least = metres * aim_px
    return None if not np.isfinite(least) or least > MOST_STEP_M else step_of(METRE_STEPS, least)


def _edges(frame: FrameView, zones: list[ZoneBox], has_bands: bool) -> Iterator[GridLine]:
    """The edges of zones, those in one line as one. Without bands, which are no part of UTM, only the equator and the
    ends of the zones lie across.
    """
    seen = frame.lonlat
    assert seen is not None
    upright: dict[float, list[tuple[float, float]]] = {}
    across: dict[float, list[tuple[float, float]]] = {}
    for zone in zones:
        west, south, east, north = zone.bounds
        upright.setdefault(west, []).append((south, north))
        for lat in (south, north):
            if abs(lat) < 90.0 and (has_bands or lat in (SOUTHERNMOST, 0.0, NORTHERNMOST)):
                across.setdefault(lat, []).append((west, east))
    for lon, spans in sorted(upright.items()):
        if seen.left < lon < seen.right:
            for low, high in _joined(spans, seen.bottom, seen.top):
                yield from _edge(frame, lon, (lon, lon, low, high))
    for lat, spans in sorted(across.items()):
        if seen.bottom < lat < seen.top:
            for left, right in _joined(spans, seen.left, seen.right):
                yield from _edge(frame, lat, (left, right, lat, lat))


def _joined(spans: list[tuple[float, float]], least: float, most: float) -> list[tuple[float, float]]:
    """Spans joined where they meet, cut at the ends of the visible part."""
    unions: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if unions and low <= unions[-1][1]:
            unions[-1] = unions[-1][0], max(unions[-1][1], high)
        else:
            unions.append((low, high))
    cut = [(max(low, least), min(high, most)) for low, high in unions]
    return [(low, high) for low, high in cut if low < high]


def _edge(frame: FrameView, value: float, ends: tuple[float, float, float, float]) -> Iterator[GridLine]:
    x0, x1, y0, y1 = ends

    def places(shares: Floats) -> tuple[Floats, Floats]:
        return x0 + shares * (x1 - x0), y0 + shares * (y1 - y0)

    pieces = frame.line(places, frame.is_straight)
    if pieces:
        yield GridLine("edge", value, "", tuple(pieces))


def _inside(frame: FrameView, zone: ZoneBox, step: float, notation: str) -> Iterator[GridLine]:
    part = frame.part_of(zone.bounds)
    if part is None:
        return
    try:
        metric = transform_bounds(WGS84, zone.crs, part)
    except CannotBePlaced:
        return
    for kind in ("easting", "northing"):
        low, high = (metric.left, metric.right) if kind == "easting" else (metric.bottom, metric.top)
        for n in multiples(step, low, high, MOST_LINES):
            value = n * step
            pieces = _pieces(frame, zone, part, metric, kind, value)
            if not pieces:
                continue
            is_square = notation == "MGRS" and value % SQUARE_M == 0
            text = _text(kind, value, step, notation)
            yield GridLine(kind, value, text, tuple(pieces), power_of_two(n), zone.name, zone.crs, is_square)


def _pieces(frame: FrameView, zone: ZoneBox, part: Bounds, metric: Bounds, kind: str, value: float) -> list[Floats]:
    """The line cut at the zone's edges in lon, lat, then at the frame's."""
    along = (metric.bottom, metric.top) if kind == "easting" else (metric.left, metric.right)
    way = np.linspace(*along, _POINTS)
    same = np.full_like(way, value)
    lon, lat = transform_points(zone.crs, WGS84, *((same, way) if kind == "easting" else (way, same)))
    lon = all_near(lon, part.centre[0])
    good = np.isfinite(lon) & np.isfinite(lat)
    lines: list[Floats] = []
    for run in _runs(lon, lat, good):
        cut = shapely.clip_by_rect(shapely.LineString(run), part.left, part.bottom, part.right, part.top)
        for piece in shapely.get_parts(cut):
            if piece.geom_type == "LineString" and not piece.is_empty:
                lines += frame.line(_along(shapely.get_coordinates(piece)))
    return lines


def _runs(lon: Floats, lat: Floats, good: np.ndarray) -> Iterator[Floats]:
    """Stretches of a line that do not jump round the Earth."""
    points = np.column_stack((lon, lat))
    breaks = np.flatnonzero(~good[:-1] | ~good[1:] | (np.abs(np.diff(np.where(good, lon, 0.0))) > 180.0)) + 1
    for run in np.split(points, breaks):
        sound = run[np.isfinite(run).all(axis=1)]
        if len(sound) >= 2:
            yield sound


def _along(points: Floats) -> Callable[[Floats], tuple[Floats, Floats]]:
    """The places at shares of a line of points, evenly by their number."""
    at = np.linspace(0.0, 1.0, len(points))

    def places(shares: Floats) -> tuple[Floats, Floats]:
        return np.interp(shares, at, points[:, 0]), np.interp(shares, at, points[:, 1])

    return places


def _text(kind: str, value: float, step: float, notation: str) -> str:
    if notation == "UTM":
        return metres_text(value, step, "E" if kind == "easting" else "N")
    return "" if step >= SQUARE_M else square_digits(value, step)
