"""Words for places of the history, in degrees of longitude and latitude: geometries of marks, and bounds of chips."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import shapely
from shapely.geometry.base import BaseGeometry

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.project.history.recorded_change import ToldValue
from viewer.support.language.translation import translate

_MOST_CHARS = 2000


def geometry_words(geometry: BaseGeometry | None) -> str:
    """The place of a point, or the number of vertices and the corners of another geometry; empty for none."""
    if geometry is None or geometry.is_empty:
        return ""
    if geometry.geom_type == "Point":
        return _place(*shapely.get_coordinates(geometry)[0])
    count = shapely.count_coordinates(geometry)
    vertices = translate("History", "{count} vertices", "{count} vertex", int(count))
    return f"{vertices}, {_corners(Bounds(*geometry.bounds))}"


def chip_bounds_words(values: Mapping[str, ToldValue]) -> str:
    """The corners of a chip with these values; empty where it has no place, or one in an unknown CRS."""
    bounds = _bounds(values.get("bounds_json"))
    crs = f"EPSG:{values['srs_id']}" if values.get("srs_id") else values.get("crs_wkt")
    if bounds is None or not isinstance(crs, str):
        return ""
    left, bottom, right, top = bounds
    try:
        lons, lats = transform_points(crs, WGS84, [left, right, right, left], [bottom, bottom, top, top])
    except GeoloupeError:
        return ""
    corners = Bounds(float(min(lons)), float(min(lats)), float(max(lons)), float(max(lats)))
    return _corners(corners) if all(map(math.isfinite, corners)) else ""


def _bounds(text: ToldValue) -> Bounds | None:
    if not isinstance(text, str) or len(text) > _MOST_CHARS:
        return None
    try:
        decoded = json.loads(text)
        numbers = tuple(map(float, decoded)) if isinstance(decoded, list) else ()
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    return Bounds(*numbers) if len(numbers) == 4 else None


def _corners(bounds: Bounds) -> str:
    left, bottom, right, top = bounds
    return translate("History", "{0} to {1}").format(_place(left, bottom), _place(right, top))


def _place(lon: float, lat: float) -> str:
    return f"{_degrees(lon)}, {_degrees(lat)}"


def _degrees(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
