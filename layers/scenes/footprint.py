"""Footprints: rings of longitudes and latitudes as areas on the Earth, and how much of one area another covers.

Areas are compared in longitude and the sine of latitude, where equal areas of the Earth are equal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.geo.antimeridian import split_geometry
from layers.geo.bounds import Bounds

EMPTY = shapely.Polygon()
ALL = 0.9995
"""Share of an area from which all of it is covered, but for rounding."""


def footprint_of_ring(ring: Sequence[tuple[float, float]]) -> BaseGeometry:
    """The area inside a ring whose longitudes run on without jumps, in parts within -180..180; empty without one.

    A ring round a pole is closed by way of it; one that is 360 degrees wide goes round the Earth.
    """
    if len(ring) < 3:
        return EMPTY
    places = np.array(ring, dtype=np.float64)
    if not np.isfinite(places).all():
        return EMPTY
    width = float(places[:, 0].max() - places[:, 0].min())
    closing = abs(float(places[-1, 0] - places[0, 0]))
    if width >= 360.0 - 1e-9 and closing < 180.0:
        return shapely.box(-180.0, float(places[:, 1].min()), 180.0, float(places[:, 1].max()))
    if closing < 180.0:
        return _in_turns(shapely.Polygon(places))
    return _valid(split_geometry(shapely.Polygon(_wrapped(places))))


def footprint_of_box(lonlat: Bounds) -> BaseGeometry:
    """The area of a box whose longitudes may be of any turn."""
    if lonlat.is_empty or not lonlat.is_finite():
        return EMPTY
    if lonlat.width >= 360.0:
        return shapely.box(-180.0, lonlat.bottom, 180.0, lonlat.top)
    return _in_turns(shapely.box(*lonlat))


def _in_turns(area: BaseGeometry) -> BaseGeometry:
    """An area whose longitudes run on beyond +-180, cut there and brought back."""
    area = _valid(area)
    left, _, right, _ = area.bounds if not area.is_empty else (0.0, 0.0, 0.0, 0.0)
    if left >= -180.0 and right <= 180.0:
        return area
    first, last = math.floor((left + 180.0) / 360.0), math.ceil((right - 180.0) / 360.0)
    parts = []
    for turn in range(first, last + 1):
        cut = shapely.clip_by_rect(area, 360.0 * turn - 180.0, -90.0, 360.0 * turn + 180.0, 90.0)
        if not cut.is_empty:
            parts.append(shapely.transform(cut, lambda xy, turn=turn: xy - (360.0 * turn, 0.0)))
    return shapely.union_all(parts) if parts else EMPTY


def _wrapped(places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([(places[:, 0] + 180.0) % 360.0 - 180.0, places[:, 1]])


def _valid(area: BaseGeometry) -> BaseGeometry:
    """Polygons alone: a ring that crosses itself becomes the areas that it goes round."""
    if not area.is_valid:
        area = shapely.make_valid(area)
    parts = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon" and not part.is_empty]
    if area.geom_type in ("Polygon", "MultiPolygon"):
        return area
    return shapely.union_all(parts) if parts else EMPTY


def in_equal_areas[Areas](areas: Areas) -> Areas:
    """The same, of one geometry or an array of many, in longitude and the sine of latitude, in degrees."""
    return cast(Areas, shapely.transform(areas, _to_equal_areas))


def _to_equal_areas(places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([places[:, 0], np.degrees(np.sin(np.radians(places[:, 1])))])


def rounded_part(part: float) -> float:
    """A part, 0 to 1, where all but rounding is all."""
    return 1.0 if part >= ALL else max(part, 0.0)
