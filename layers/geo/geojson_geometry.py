"""Reads geometries from GeoJSON text of unknown origin: each value is checked before shapely sees a number."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from shapely import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from layers.errors import InvalidValue
from layers.geo.longitudes import Place

MOST_VERTICES = 500_000
_MOST_TURNS_DEG = 720.0
"""Largest longitude in running longitudes; larger ones are of another CRS, or wrong."""


def geometry_of(value: object) -> BaseGeometry:
    """A point, line, polygon, or several of a kind, in lon, lat; heights are left out. Raises InvalidValue."""
    if not isinstance(value, dict):
        raise InvalidValue("It has no geometry.")
    make = _MAKERS.get(value["type"]) if isinstance(value.get("type"), str) else None
    if make is None:
        raise InvalidValue("Its geometry is no point, line or polygon.")
    geometry = make(_Vertices(), value.get("coordinates"))
    if geometry.is_empty:
        raise InvalidValue("Its geometry is empty.")
    return geometry


class _Vertices:
    """Reads lists of coordinates, and counts them."""

    def __init__(self) -> None:
        self._count = 0

    def place(self, value: Any) -> Place:
        """Read one position."""
        self._count += 1
        if self._count > MOST_VERTICES:
            raise InvalidValue(
                "Its geometry has more than {most_vertices} vertices.", most_vertices=f"{MOST_VERTICES:,}"
            )
        if not isinstance(value, list) or not 2 <= len(value) <= 8:
            raise InvalidValue("Its geometry has a position that is none.")
        lon, lat = (_number(part) for part in value[:2])
        if abs(lon) > _MOST_TURNS_DEG or abs(lat) > 90.0:
            raise InvalidValue("Its geometry is in no longitudes and latitudes.")
        return lon, lat

    def places(self, value: Any, least: int) -> list[Place]:
        """Read the positions of a line or a ring."""
        positions = [self.place(part) for part in _items(value)]
        if len(positions) < least:
            raise InvalidValue("Its geometry has a line of too few vertices.")
        return positions

    def polygon(self, value: Any) -> Polygon:
        """Read a polygon with its holes."""
        rings = [self.places(part, 4) for part in _items(value)]
        if not rings:
            raise InvalidValue("Its geometry is empty.")
        return Polygon(rings[0], rings[1:])


def _items(value: Any) -> Iterator[Any]:
    if not isinstance(value, list):
        raise InvalidValue("Its geometry has a list of positions that is none.")
    return iter(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e9 < value < 1e9:
        raise InvalidValue("Its geometry has a position that is none.")
    number = float(value)
    assert math.isfinite(number)
    return number


_MAKERS: dict[str, Callable[[_Vertices, Any], BaseGeometry]] = {
    "Point": lambda read, value: Point(read.place(value)),
    "LineString": lambda read, value: LineString(read.places(value, 2)),
    "Polygon": lambda read, value: read.polygon(value),
    "MultiPoint": lambda read, value: MultiPoint([read.place(part) for part in _items(value)]),
    "MultiLineString": lambda read, value: MultiLineString([read.places(part, 2) for part in _items(value)]),
    "MultiPolygon": lambda read, value: MultiPolygon([read.polygon(part) for part in _items(value)]),
}
