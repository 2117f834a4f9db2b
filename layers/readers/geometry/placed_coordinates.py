"""Geometries in degrees without the coordinates that are no place: infinite ones, beyond a pole, many turns away."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.geo.lon_extent import MAX_LAT, MAX_LON


def are_places(lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) True for each of (n, 2) longitudes and latitudes that is on Earth; nan is not."""
    with np.errstate(invalid="ignore"):
        return np.asarray((np.abs(lonlat[:, 0]) <= MAX_LON) & (np.abs(lonlat[:, 1]) <= MAX_LAT))


def only_places(geometry: BaseGeometry) -> BaseGeometry:
    """What is left of a geometry: a line breaks where a point of it is nowhere, a ring goes on without it.

    The same object where all of it is on Earth; empty where nothing is.
    """
    if are_places(shapely.get_coordinates(geometry)).all():
        return geometry
    kind = geometry.geom_type
    if kind.startswith("Multi") or kind == "GeometryCollection":
        left = [part for one in shapely.get_parts(geometry) if not (part := only_places(one)).is_empty]
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
    """None where too little is left of it to be one."""
    good = are_places(ring)
    left = ring[:-1][good[:-1]]
    return np.concatenate([left, left[:1]]) if len(left) >= 3 else None
