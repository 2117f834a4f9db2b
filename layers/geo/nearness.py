"""Areas within a geodesic distance of points, lines and polygons, on the WGS 84 ellipsoid.

Lines are cut into pieces, and the azimuthal equidistant projection about the middle of each is true to 0.05 %. For
distances too large for such pieces, circles are set along the lines, close enough for the same precision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.geo.antimeridian import split_geometry
from layers.geo.measure import segment_lengths_m
from layers.geo.proj import pyproj

_GEOD = pyproj.Geod(ellps="WGS84")
PIECE_M = 100_000.0
"""Longest piece into which a line is cut; twice this is the greatest distance for which the cut is made."""
_CIRCLES_A_RADIUS = 20
_LEG = 100.0
"""Longest leg, in metres, as a multiple of the root of the distance. A leg that is straight in degrees bends off the
projection's by the square of its length: at this length by 0.05 % of the distance.
"""
_CIRCLE_POINTS = 360
_QUARTER_POINTS = 90
_POINTS_AT_ONCE = 500

Floats = NDArray[np.float64]


def around(
    geometries: Iterable[BaseGeometry], metres: float, cancel_token: Callable[[], None] = lambda: None
) -> BaseGeometry:
    """Return the area within `metres` of any of these, in lon and lat inside -180..180, cut at the antimeridian.

    `cancel_token` is called now and then, and raises to cancel.
    """
    points: list[Floats] = []
    areas: list[BaseGeometry] = []
    for geometry in geometries:
        for part in _simple_parts(geometry):
            cancel_token()
            if part.geom_type == "Point":
                points.append(shapely.get_coordinates(part))
                continue
            areas += [part] if part.geom_type == "Polygon" else []
            for ring in shapely.get_rings(part) if part.geom_type == "Polygon" else [part]:
                line = _with_short_legs(shapely.get_coordinates(ring), min(_LEG * metres**0.5, PIECE_M))
                if metres > 2 * PIECE_M:
                    points.append(_thinned(line, metres / _CIRCLES_A_RADIUS))
                else:
                    areas += [_about(piece, metres) for piece in _pieces(line)]
    middles = np.concatenate(points) if points else np.empty((0, 2))
    for first in range(0, len(middles), _POINTS_AT_ONCE):
        cancel_token()
        areas += _circles(middles[first : first + _POINTS_AT_ONCE], metres)
    split = [shapely.make_valid(split_geometry(area)) for area in areas]
    cancel_token()
    return shapely.union_all(split)


def _simple_parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    parts = shapely.get_parts(geometry)
    if any(part.geom_type.startswith(("Multi", "GeometryC")) for part in parts):
        return [simple for part in parts for simple in _simple_parts(part)]
    return [part for part in parts if not part.is_empty]


def _circles(middles: Floats, metres: float) -> list[BaseGeometry]:
    turns = np.linspace(0.0, 360.0, _CIRCLE_POINTS, endpoint=False)
    lon, lat = (np.repeat(column, len(turns)) for column in middles.T)
    x, y, _ = _GEOD.fwd(lon, lat, np.tile(turns, len(middles)), np.full(len(lon), metres))
    rings = np.stack([x, y], axis=1).reshape(len(middles), len(turns), 2)
    return list(shapely.polygons(np.concatenate([rings, rings[:, :1]], axis=1)))


def _with_short_legs(line: Floats, longest_m: float) -> Floats:
    """Add places to long legs, along them as they are drawn: straight in degrees, the short way round."""
    lengths = segment_lengths_m(line[:, 0], line[:, 1])
    counts = np.maximum(np.ceil(lengths / longest_m), 1).astype(np.int64)
    leg = np.repeat(np.arange(len(counts)), counts)
    share = ((np.arange(len(leg)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[leg])[:, None]
    steps = np.diff(line, axis=0)
    steps[:, 0] = (steps[:, 0] + 180.0) % 360.0 - 180.0
    places = np.concatenate([line[leg] + steps[leg] * share, line[-1:]])
    places[:, 0] = (places[:, 0] + 180.0) % 360.0 - 180.0
    return np.asarray(places)


def _thinned(line: Floats, apart_m: float) -> Floats:
    """Places no further apart than that, both ends among them, where the line has closer ones."""
    gone = np.concatenate([[0.0], np.cumsum(segment_lengths_m(line[:, 0], line[:, 1]))])
    leads = np.append(True, np.diff(np.floor(gone / (apart_m / 2))) > 0)
    leads[-1] = True
    return line[leads]


def _pieces(line: Floats) -> list[Floats]:
    """The line cut where it has gone `PIECE_M`; each piece begins where the last ends."""
    gone = np.concatenate([[0.0], np.cumsum(segment_lengths_m(line[:, 0], line[:, 1]))])
    cuts = np.flatnonzero(np.diff(np.floor(gone / PIECE_M))).tolist()
    ends = sorted({0, *cuts, len(line) - 1})
    return [line[a : b + 1] for a, b in pairwise(ends)] or [line]


def _about(piece: Floats, metres: float) -> BaseGeometry:
    middle = piece[len(piece) // 2]
    lon, lat = np.full(len(piece), middle[0]), np.full(len(piece), middle[1])
    turn, _, away = _GEOD.inv(lon, lat, piece[:, 0], piece[:, 1])
    flat = np.stack([away * np.sin(np.radians(turn)), away * np.cos(np.radians(turn))], axis=1)
    line = shapely.LineString(flat) if len(flat) > 1 else shapely.Point(flat[0])
    area = shapely.buffer(line, metres, quad_segs=_QUARTER_POINTS)

    def back(xy: Floats) -> Floats:
        x, y, _ = _GEOD.fwd(
            np.full(len(xy), middle[0]),
            np.full(len(xy), middle[1]),
            np.degrees(np.arctan2(xy[:, 0], xy[:, 1])),
            np.hypot(xy[:, 0], xy[:, 1]),
        )
        return np.stack([x, y], axis=1)

    return shapely.transform(area, back)
