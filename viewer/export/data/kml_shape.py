"""Writes geometries as KML."""

from __future__ import annotations

from collections.abc import Iterator

from shapely import get_parts, get_rings
from shapely.geometry.base import BaseGeometry


def kml_shape(shape: BaseGeometry, digits: int) -> str:
    """An element for a point, line or polygon, or several, in lon, lat with that many decimals."""
    parts = list(get_parts(shape))
    if len(parts) != 1:
        return f"<MultiGeometry>{''.join(kml_shape(part, digits) for part in parts)}</MultiGeometry>"
    (part,) = parts
    if part.geom_type == "Polygon":
        outer, *inner = (_coordinates(ring, digits) for ring in get_rings(part))
        rings = [f"<outerBoundaryIs><LinearRing>{outer}</LinearRing></outerBoundaryIs>"]
        rings += [f"<innerBoundaryIs><LinearRing>{ring}</LinearRing></innerBoundaryIs>" for ring in inner]
        return f"<Polygon>{''.join(rings)}</Polygon>"
    if part.geom_type == "LineString":
        return f"<LineString><tessellate>1</tessellate>{_coordinates(part, digits)}</LineString>"
    return f"<Point>{_coordinates(part, digits)}</Point>"


def _coordinates(part: BaseGeometry, digits: int) -> str:
    return f"<coordinates>{' '.join(_pairs(part, digits))}</coordinates>"


def _pairs(part: BaseGeometry, digits: int) -> Iterator[str]:
    for x, y, *_ in part.coords:
        yield f"{x:.{digits}f},{y:.{digits}f}"
