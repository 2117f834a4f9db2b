"""Fills in long legs of lines, so that they follow the Earth on any canvas; removes coordinates beyond the Earth."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.geo.antimeridian import is_as_drawn, split_geometry
from layers.geo.lon_extent import MAX_LAT, MAX_LON
from layers.geo.longitudes import unwrap_longitudes
from layers.geo.proj import pyproj

LONG_DEGREES = 0.9
"""Longest span (100 km) that is drawn as it is: the geodesic is no further off than the line is wide."""
STEP_M = 20_000.0
_STEP_DEGREES = 0.5
_MOST_STEPS = 1024
"""Most points on one leg: enough for half the Earth."""
_MOST_POINTS = 1_000_000
"""Most points that are added to one line. Longer ones are scribbles or made to fill the memory: their long legs get
fewer points.
"""
_GEOD = pyproj.Geod(ellps="WGS84")


def drawn_geometry(geometry: BaseGeometry | None, unrolled: bool, *, clockwise: bool = False) -> BaseGeometry | None:
    """The geometry that a canvas draws in longitudes and latitudes, without coordinates that are no place: long legs
    filled in, cut at the antimeridian.

    `unrolled`: the world ends at the antimeridian, and edges along meridians and parallels are straight.
    `clockwise`: areas lie to the right of their rings, as `antimeridian.split_geometry` wants to know.
    """
    if geometry is None or geometry.is_empty:
        return geometry
    placed = only_places(geometry)
    if placed.is_empty:
        return placed
    filled = _filled(placed, unrolled, clockwise)
    return split_geometry(filled, clockwise=clockwise) if unrolled else filled


def with_long_edges(geometry: BaseGeometry, *, clockwise: bool = False) -> BaseGeometry:
    """Add points to the edges of areas that are as wide as they are drawn, so that nothing takes these edges the short
    way.
    """
    if geometry.geom_type.startswith("Multi") or geometry.geom_type == "GeometryCollection":
        parts = [with_long_edges(part, clockwise=clockwise) for part in shapely.get_parts(geometry)]
        return type(geometry)(parts)
    as_drawn = geometry.geom_type == "Polygon" and is_as_drawn(geometry, clockwise=clockwise)
    return _filled(geometry, False, clockwise) if as_drawn else geometry


def _filled(geometry: BaseGeometry, unrolled: bool, clockwise: bool) -> BaseGeometry:
    kind = geometry.geom_type
    if kind.startswith("Multi") or kind == "GeometryCollection":
        return type(geometry)([_filled(part, unrolled, clockwise) for part in shapely.get_parts(geometry)])
    if kind in ("LineString", "LinearRing"):
        return shapely.LineString(along_the_earth(shapely.get_coordinates(geometry), unrolled))
    if kind == "Polygon" and not unrolled:
        short_way = not is_as_drawn(geometry, clockwise=clockwise)
        shell, *holes = (_straight(shapely.get_coordinates(ring), short_way) for ring in shapely.get_rings(geometry))
        return shapely.Polygon(shell, holes)
    return geometry


def along_the_earth(line: NDArray[np.float64], unrolled: bool) -> NDArray[np.float64]:
    """Fill in geodesics, except for legs exactly along a parallel or meridian: those are of a graticule or a frame."""
    if not np.isfinite(line).all():
        return line
    lon, lat = unwrap_longitudes(line[:, 0]), line[:, 1]
    dx, dy = np.abs(np.diff(lon)), np.abs(np.diff(lat))
    long = (dx > LONG_DEGREES) | (dy > LONG_DEGREES)
    if not long.any():
        return line
    slanted = long & (dx != 0) & (dy != 0)
    straight = long & ~slanted & (not unrolled)
    azimuth, _, length = _GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    steps = np.ones(len(line) - 1)
    steps[slanted] = np.ceil(np.asarray(length)[slanted] / STEP_M)
    steps[straight] = np.ceil(np.maximum(dx, dy)[straight] / _STEP_DEGREES)
    leg, share = _shares(steps)
    filled = np.stack([lon[leg] + (lon[leg + 1] - lon[leg]) * share, lat[leg] + (lat[leg + 1] - lat[leg]) * share], 1)
    bent = slanted[leg] & (share > 0)
    at = leg[bent]
    on_lon, on_lat, _ = _GEOD.fwd(lon[at], lat[at], np.asarray(azimuth)[at], np.asarray(length)[at] * share[bent])
    filled[bent] = np.stack([on_lon, on_lat], 1)
    filled = np.concatenate([filled, [[lon[-1], lat[-1]]]])
    filled[:, 0] = unwrap_longitudes(filled[:, 0])
    return filled


def _straight(line: NDArray[np.float64], short_way: bool) -> NDArray[np.float64]:
    """Add points to long edges, so that a canvas that bends parallels bends these edges."""
    if not np.isfinite(line).all():
        return line
    whole = np.stack([unwrap_longitudes(line[:, 0]), line[:, 1]], axis=1) if short_way else line
    legs = np.abs(np.diff(whole, axis=0)).max(axis=1)
    leg, share = _shares(np.ceil(legs / _STEP_DEGREES))
    between = whole[leg] + (whole[leg + 1] - whole[leg]) * share[:, None]
    return np.concatenate([between, whole[-1:]])


def _shares(steps: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The leg of each point and how far along it lies; with coarser steps where there would be too many points."""
    steps = np.clip(steps, 1, _MOST_STEPS)
    if (total := float(steps.sum())) > max(_MOST_POINTS, 2 * steps.size):
        steps = np.maximum(steps * (_MOST_POINTS / total), 1)
    counts = steps.astype(np.int64)
    leg = np.repeat(np.arange(counts.size), counts)
    return leg, (np.arange(leg.size) - (np.cumsum(counts) - counts)[leg]) / counts[leg]


def are_places(lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) True for each of (n, 2) longitudes and latitudes that is on Earth; nan is not."""
    with np.errstate(invalid="ignore"):
        return np.asarray((np.abs(lonlat[:, 0]) <= MAX_LON) & (np.abs(lonlat[:, 1]) <= MAX_LAT))


def only_places(geometry: BaseGeometry) -> BaseGeometry:
    """Removes coordinates that are no place: a line breaks where a point of it is nowhere, a ring goes on without it.

    The same object where all of it is on Earth; empty where nothing is.
    """
    if are_places(shapely.get_coordinates(geometry)).all():
        return geometry
    kind = geometry.geom_type
    if kind.startswith("Multi") or kind == "GeometryCollection":
        left = [part for piece in shapely.get_parts(geometry) if not (part := only_places(piece)).is_empty]
        return shapely.GeometryCollection(left)
    if kind == "Polygon":
        return _area(geometry)
    return _line(shapely.get_coordinates(geometry)) if kind in ("LineString", "LinearRing") else shapely.Point()


def _line(line: NDArray[np.float64]) -> BaseGeometry:
    good = are_places(line)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(np.int8)))
    runs = [line[first:last] for first, last in edges.reshape(-1, 2) if last - first > 1]
    return shapely.MultiLineString(runs)


def _area(area: BaseGeometry) -> BaseGeometry:
    shell, *holes = (_ring(shapely.get_coordinates(ring)) for ring in shapely.get_rings(area))
    return shapely.Polygon(shell, [hole for hole in holes if hole is not None])  # without a shell it is empty


def _ring(ring: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return a ring of those of its points that are on Earth; None where fewer than three are left."""
    good = are_places(ring)
    left = ring[:-1][good[:-1]]
    return np.concatenate([left, left[:1]]) if len(left) >= 3 else None
