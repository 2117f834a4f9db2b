"""Moves, turns or scales a geometry as a whole on the ellipsoid, so that its sizes on the ground are true anywhere.

Each place is taken by its distance and direction from an anchor, and set down again from where the anchor is now. So
nothing is stretched towards the poles, and the antimeridian is a meridian like any other.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.geo.antimeridian import is_as_drawn, split_geometry
from layers.geo.longitudes import Place, shift_near, unwrap_longitudes
from layers.geo.measure import GEOD

_SMALL_DEG = 30.0
"""Extent of geometries that need no closer look: all of it is close enough to any place inside."""
LARGEST_M = 5_000_000.0
"""Greatest distance of a geometry from its anchor: directions turn beyond a quarter of the Earth, and would tear it."""


def can_lay(geometry: BaseGeometry, anchor: Place) -> bool:
    """True for a geometry that is small beside the Earth, and has no edge that goes the long way round."""
    parts = shapely.get_parts(geometry)
    left, bottom, right, top = shapely.bounds(geometry).tolist()
    if not len(parts) or bool(shapely.is_empty(parts).any()):
        return False
    if not all(map(math.isfinite, (left, bottom, right, top, *anchor))) or bottom < -90.0 or top > 90.0:
        return False
    if right - left <= _SMALL_DEG and top - bottom <= _SMALL_DEG and left <= anchor[0] <= right:
        return bottom <= anchor[1] <= top
    if any(part.geom_type == "Polygon" and is_as_drawn(part) for part in parts):
        return False
    return float(_seen_from(anchor, shapely.get_coordinates(geometry))[1].max()) <= LARGEST_M


def laid_place(place: Place, anchor: Place, to: Place, *, turn_deg: float = 0.0, factor: float = 1.0) -> Place:
    """One place, as `laid` does it."""
    lon, lat = _laid(np.array([place]), anchor, to, turn_deg, factor)[0].tolist()
    return lon, lat


def laid(
    geometry: BaseGeometry, anchor: Place, to: Place, *, turn_deg: float = 0.0, factor: float = 1.0
) -> BaseGeometry:
    """Return the geometry moved with its anchor to `to`, turned clockwise about it, and scaled.

    A polygon that comes to lie round a pole is closed by way of it.
    """
    laid_parts = [_laid_part(part, anchor, to, turn_deg, factor) for part in shapely.get_parts(geometry)]
    parts = [piece for part in laid_parts for piece in shapely.get_parts(part)]
    if geometry.geom_type.startswith("Multi"):
        return type(geometry)(parts)
    return laid_parts[0]


def _laid_part(part: BaseGeometry, anchor: Place, to: Place, turn_deg: float, factor: float) -> BaseGeometry:
    if part.geom_type == "Polygon":
        shell, *holes = (
            _laid(shapely.get_coordinates(ring)[:-1], anchor, to, turn_deg, factor) for ring in shapely.get_rings(part)
        )
        polygon = shapely.Polygon(shell, holes)
        round_again = shift_near(float(shell[0, 0]), float(shell[-1, 0]))
        return split_geometry(polygon) if abs(round_again - shell[0, 0]) >= 180.0 else polygon
    places = _laid(shapely.get_coordinates(part), anchor, to, turn_deg, factor)
    return shapely.Point(places[0]) if part.geom_type == "Point" else shapely.LineString(places)


def _laid(places: NDArray[np.float64], anchor: Place, to: Place, turn_deg: float, factor: float) -> NDArray[np.float64]:
    azimuths, far = _seen_from(anchor, places)
    same = np.ones(len(places))
    lons, lats, _ = GEOD.fwd(same * to[0], same * to[1], azimuths + turn_deg, far * factor)
    # What is at the anchor is then exactly at `to`: two marks that share a place share it to the last digit.
    lons = np.where(far == 0.0, to[0], np.asarray(lons, dtype=np.float64))
    lats = np.where(far == 0.0, to[1], np.asarray(lats, dtype=np.float64))
    lons[0] = shift_near(float(lons[0]), to[0])
    return np.column_stack([unwrap_longitudes(lons), lats])


def _seen_from(anchor: Place, places: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Directions in degrees and distances in metres."""
    same = np.ones(len(places))
    azimuths, _, far = GEOD.inv(same * anchor[0], same * anchor[1], places[:, 0], places[:, 1])
    return np.asarray(azimuths, dtype=np.float64), np.asarray(far, dtype=np.float64)
