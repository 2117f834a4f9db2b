"""The outline of a picture on the Earth, from the transform that places it. Without shapely: readers need it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, is_geographic, transform_points
from layers.geo.longitudes import Place, unwrap_longitudes

STEPS = 8
"""Stretches a side: straight sides bend on the Earth."""


def picture_outline(
    crs: str, transform: tuple[float, float, float, float, float, float], size: tuple[int, int]
) -> list[Place]:
    """Longitudes, without jumps, and latitudes along the edge of a picture of (width, height), once round and not
    closed; empty where some of the edge has no place on Earth. `transform` is pixel to world.
    """
    a, b, c, d, e, f = transform
    cols, rows = (along * side for along, side in zip(_edge(), size, strict=True))
    x, y = a * cols + b * rows + c, d * cols + e * rows + f
    lon, lat = (x, y) if is_geographic(crs) and _has_greenwich_degrees(crs) else transform_points(crs, WGS84, x, y)
    return _ring(lon, lat, is_turned=is_geographic(crs))


def box_outline(lonlat: Bounds) -> list[Place]:
    """The same of a box of longitudes and latitudes."""
    cols, rows = _edge()
    lon, lat = lonlat.left + cols * lonlat.width, lonlat.bottom + rows * lonlat.height
    return _ring(lon, lat, is_turned=True)


def _has_greenwich_degrees(crs: str) -> bool:
    """True where its longitudes can be taken as they are, beyond +-180 as well: a transformation would wrap them."""
    return crs == WGS84


def _edge() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x and y, 0 to 1, once round a square."""
    step = np.arange(STEPS) / STEPS
    zero, one = np.zeros(STEPS), np.ones(STEPS)
    return np.concatenate([step, one, 1 - step, zero]), np.concatenate([zero, step, one, 1 - step])


def _ring(lon: NDArray[np.float64], lat: NDArray[np.float64], *, is_turned: bool) -> list[Place]:
    if not (np.isfinite(lon).all() and np.isfinite(lat).all() and (np.abs(lat) <= 90.0 + 1e-6).all()):
        return []
    lon = lon if is_turned else unwrap_longitudes(lon)
    lat = np.clip(lat, -90.0, 90.0)
    return [(round(float(x), 7), round(float(y), 7)) for x, y in zip(lon, lat, strict=True)]
