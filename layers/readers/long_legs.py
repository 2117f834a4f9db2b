"""Lines whose points lie far apart run along the Earth, whatever the canvas; polygons keep their straight edges."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.geo.antimeridian import split_geometry
from layers.geo.longitudes import unwrap_longitudes
from layers.geo.measure import densify

LONG_DEGREES = 0.9
"""What spans less (100 km) is drawn as it is: the geodesic is no further off than its line is wide."""
STEP_M = 20_000.0
_STEP_DEGREES = 0.5


def drawn_geometry(geometry: BaseGeometry | None, unrolled: bool) -> BaseGeometry | None:
    """What a canvas shows of a geometry in longitudes and latitudes: long legs filled in, cut at the antimeridian.

    `unrolled`: the world ends at the antimeridian, and edges along meridians and parallels are straight.
    """
    if geometry is None or geometry.is_empty:
        return geometry
    filled = _filled(geometry, unrolled)
    return split_geometry(filled) if unrolled else filled


def _filled(geometry: BaseGeometry, unrolled: bool) -> BaseGeometry:
    kind = geometry.geom_type
    if kind.startswith("Multi") or kind == "GeometryCollection":
        return type(geometry)([_filled(part, unrolled) for part in shapely.get_parts(geometry)])
    if kind in ("LineString", "LinearRing"):
        return shapely.LineString(_along_the_earth(shapely.get_coordinates(geometry), unrolled))
    if kind == "Polygon" and not unrolled:
        shell, *holes = (_straight(shapely.get_coordinates(ring)) for ring in shapely.get_rings(geometry))
        return shapely.Polygon(shell, holes)
    return geometry


def _along_the_earth(line: NDArray[np.float64], unrolled: bool) -> NDArray[np.float64]:
    """Geodesics, but for legs along a parallel or meridian to the last digit: those are of a graticule or a frame."""
    if not np.isfinite(line).all():
        return line
    lon, lat = unwrap_longitudes(line[:, 0]), line[:, 1]
    dx, dy = np.abs(np.diff(lon)), np.abs(np.diff(lat))
    long = (dx > LONG_DEGREES) | (dy > LONG_DEGREES)
    if not long.any():
        return line
    slanted = (dx != 0) & (dy != 0)
    pieces = []
    for leg in range(len(line) - 1):
        ends = np.stack([lon[leg : leg + 2], lat[leg : leg + 2]], axis=1)
        if long[leg] and slanted[leg]:
            ends = np.stack(densify(ends[:, 0], ends[:, 1], STEP_M), axis=1)
        elif long[leg] and not unrolled:
            ends = _straight(ends)
        pieces.append(ends[:-1])
    return np.concatenate([*pieces, [[lon[-1], lat[-1]]]])


def _straight(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """With points on long edges, so that a canvas that bends parallels bends them."""
    if not np.isfinite(line).all():
        return line
    whole = np.stack([unwrap_longitudes(line[:, 0]), line[:, 1]], axis=1)
    legs = np.abs(np.diff(whole, axis=0)).max(axis=1)
    steps = np.clip(np.ceil(legs / _STEP_DEGREES), 1, 1000).astype(np.int64)
    leg = np.repeat(np.arange(len(steps)), steps)
    share = (np.arange(len(leg)) - (np.cumsum(steps) - steps)[leg]) / steps[leg]
    between = whole[leg] + (whole[leg + 1] - whole[leg]) * share[:, None]
    return np.concatenate([between, whole[-1:]])
