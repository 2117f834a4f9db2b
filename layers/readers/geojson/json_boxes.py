"""Turns rings of GeoJSON areas wider than half the Earth so that they agree with their own bbox.

A ring that goes back and forth between far longitudes is as drawn where it runs counterclockwise, and reaches over the
antimeridian where it runs clockwise. Many programs turn their rings the other way. A feature's own bbox says which is
meant: its west is left of its east, or beyond it where the antimeridian lies between.
"""

from __future__ import annotations

import json
import re
from typing import Any

_BBOX = re.compile(rb'"bbox"\s*:\s*\[\s*-?\d')
_WIDE_DEG = 180.0


def as_boxed(data: bytes) -> bytes:
    """The same GeoJSON with such rings turned; `data` itself where none is, and where it is no JSON."""
    if not _BBOX.search(data, max(data.find(b'"features"'), 0)):  # the box of all of them decides nothing
        return data
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return data
    features = content.get("features") if isinstance(content, dict) else None
    members = features if isinstance(features, list) else [content]
    turned = [_turned(member) for member in members if isinstance(member, dict)]
    return json.dumps(content, ensure_ascii=False).encode() if any(turned) else data


def _turned(feature: dict[str, Any]) -> bool:
    """Turn the rings of a feature, or a geometry, in place where its box wants that; True where one was."""
    geometry = feature.get("geometry") if feature.get("type") == "Feature" else feature
    if not isinstance(geometry, dict):
        return False
    box = _box(feature.get("bbox")) or _box(geometry.get("bbox"))
    coordinates = geometry.get("coordinates")
    if box is None or not isinstance(coordinates, list):
        return False
    polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(str(geometry.get("type")), [])
    turned = [_turned_polygon(polygon, *box) for polygon in polygons]
    return True in turned


def _box(bbox: Any) -> tuple[float, float] | None:
    """Return west and east; None for anything but a box."""
    if not isinstance(bbox, list) or len(bbox) not in (4, 6) or not all(_is_number(edge) for edge in bbox):
        return None
    return float(bbox[0]), float(bbox[len(bbox) // 2])


def _turned_polygon(polygon: Any, west: float, east: float) -> bool:
    if not isinstance(polygon, list) or not polygon or not isinstance(polygon[0], list):
        return False
    shell = polygon[0]
    if not all(isinstance(place, list) and len(place) >= 2 and all(map(_is_number, place[:2])) for place in shell):
        return False
    lons = [place[0] for place in shell]
    if len(shell) < 4 or max(lons) - min(lons) <= _WIDE_DEG or min(lons) < -180.0 or max(lons) > 180.0:
        return False
    if (west <= east) == _is_counterclockwise(shell):
        return False
    for ring in polygon:
        if isinstance(ring, list):
            ring.reverse()
    return True


def _is_counterclockwise(ring: list[list[float]]) -> bool:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(start[0] * end[1] - end[0] * start[1] for start, end in pairs) > 0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
