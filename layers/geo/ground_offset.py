"""Offsets on the ground in metres, true east and true north, and the places that they lead to."""

from __future__ import annotations

import math

from layers.geo.crs import WGS84, transform_points
from layers.geo.measure import azimuth_deg, destination, distance_m


def offset_m(lon: float, lat: float, to_lon: float, to_lat: float) -> tuple[float, float]:
    """The geodesic from one place to another, as metres east and north at the first."""
    far, turn = distance_m(lon, lat, to_lon, to_lat), math.radians(azimuth_deg(lon, lat, to_lon, to_lat))
    return far * math.sin(turn), far * math.cos(turn)


def moved(lon: float, lat: float, east_m: float, north_m: float) -> tuple[float, float]:
    """The place so far from another: the inverse of `offset_m`. The longitude stays near the given one."""
    far = math.hypot(east_m, north_m)
    return destination(lon, lat, math.degrees(math.atan2(east_m, north_m)) % 360.0, far) if far else (lon, lat)


def world_offset(crs: str, lon: float, lat: float, east_m: float, north_m: float) -> tuple[float, float]:
    """The step on a map of this CRS that is so many metres on the ground at a place; nan where it has none there."""
    to_lon, to_lat = moved(lon, lat, east_m, north_m)
    (x, to_x), (y, to_y) = (v.tolist() for v in transform_points(WGS84, crs, [lon, to_lon], [lat, to_lat]))
    return to_x - x, to_y - y


def ground_offset(crs: str, x: float, y: float, dx: float, dy: float) -> tuple[float, float]:
    """Metres east and north of a step on a map of this CRS; nan where that has no place on the Earth."""
    lon, lat = (v.tolist() for v in transform_points(crs, WGS84, [x, x + dx], [y, y + dy]))
    if not all(map(math.isfinite, (*lon, *lat))):
        return math.nan, math.nan
    return offset_m(lon[0], lat[0], lon[1], lat[1])
