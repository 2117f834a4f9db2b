"""The vertices of a geometry one by one, by their part and their number in it; geometries rebuilt from them."""

from __future__ import annotations

import shapely
from shapely.geometry.base import BaseGeometry

type Ring = list[tuple[float, float]]


def rings_of(geometry: BaseGeometry) -> list[Ring]:
    """The vertices of every line or ring in order (rings without their closing one), each point by itself."""
    kind = geometry.geom_type
    if "Point" in kind:
        return [[(x, y)] for x, y in shapely.get_coordinates(geometry).tolist()]
    if "Polygon" in kind:
        rings = [ring for part in shapely.get_parts(geometry) for ring in shapely.get_rings(part)]
        return [[(x, y) for x, y in shapely.get_coordinates(ring)[:-1].tolist()] for ring in rings]
    return [[(x, y) for x, y in shapely.get_coordinates(part).tolist()] for part in shapely.get_parts(geometry)]


def with_rings(geometry: BaseGeometry, rings: list[Ring]) -> BaseGeometry:
    """Return a geometry of the same kind with other vertices."""
    kind, waiting = geometry.geom_type, iter(rings)
    if "Point" in kind:
        points = [shapely.Point(ring[0]) for ring in rings]
        return points[0] if kind == "Point" else shapely.MultiPoint(points)
    if "Polygon" in kind:
        polygons = []
        for part in shapely.get_parts(geometry):
            shell, *holes = (next(waiting) for _ in shapely.get_rings(part))
            polygons.append(shapely.Polygon(shell, holes))
        return polygons[0] if kind == "Polygon" else shapely.MultiPolygon(polygons)
    lines = [shapely.LineString(ring) for ring in rings]
    return lines[0] if kind == "LineString" else shapely.MultiLineString(lines)


def least_vertices(geometry: BaseGeometry) -> int:
    """Return the fewest vertices that each line or ring of this kind of geometry has."""
    return 1 if "Point" in geometry.geom_type else 3 if "Polygon" in geometry.geom_type else 2
