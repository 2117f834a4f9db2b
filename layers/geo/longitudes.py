"""Arithmetic of longitudes on their circle. Without shapely: a reader of rasters needs these, and no geometries."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Place = tuple[float, float]
"""Longitude, latitude, in degrees."""


def normalise_lon(lon: float) -> float:
    """The same meridian within -180..180; a value already there, 180 itself included, stays exactly as it is."""
    if -180.0 <= lon <= 180.0 or not math.isfinite(lon):
        return lon
    return (lon + 180.0) % 360.0 - 180.0


def shift_near(lon: float, reference_lon: float) -> float:
    """`lon` plus the multiple of 360 that brings it nearest to `reference_lon` (unchanged within 180 of it)."""
    offset = lon - reference_lon
    return lon - math.copysign(360.0 * math.ceil((abs(offset) - 180.0) / 360.0), offset)


def all_near(lons: NDArray[np.float64], reference: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """`shift_near` of each of them. One that is not finite is not a number then."""
    return lons + 360.0 * np.round((reference - lons) / 360.0)


def unwrap_longitudes(lons: ArrayLike) -> NDArray[np.float64]:
    """Longitudes without jumps: each step takes the short way round; the first value stays.

    A step of exactly 180 is kept as given. Longitudes must be finite.
    """
    values = np.array(lons, dtype=np.float64)
    if values.size < 2:
        return values
    steps = np.diff(values)
    turns = np.sign(steps) * np.ceil((np.abs(steps) - 180.0) / 360.0).clip(min=0.0)
    values[1:] -= 360.0 * np.cumsum(turns)
    return values
