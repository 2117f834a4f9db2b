"""The view of a map that a case or a bookmark keeps: its middle and scale, or an extent."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from msgspec import Struct

from layers.document.json_fields import finite_numbers, json_object
from layers.errors import GeoloupeError, InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, check_map_crs
from layers.geo.lon_extent import LARGEST_UNIT, are_degrees
from layers.phrase import Phrase

FINEST, COARSEST = 1e-9, 1e7
"""Smallest and largest size of a pixel in units of a CRS, metres or degrees."""
_WHAT = Phrase("The view of the case")


class KeptView(Struct, frozen=True):
    """`resolution` is in units of the CRS for a logical pixel. With `bounds_lonlat` the rest does not count."""

    crs: str
    x: float = 0.0
    y: float = 0.0
    resolution: float = 1.0
    rotation_deg: float = 0.0
    bounds_lonlat: Bounds | None = None

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Decode a view. Raises InvalidValue for anything else: no numbers, places beyond the Earth, an unknown CRS."""
        data = json_object(text, _WHAT)
        crs = data.get("crs")
        if not isinstance(crs, str):
            raise InvalidValue("{what} names no CRS.", what=_WHAT)
        if crs != PIXEL_SPACE:
            try:
                check_map_crs(crs)
            except GeoloupeError as error:
                raise InvalidValue("{what} cannot be shown: {why}", what=_WHAT, why=error.sentence) from error
        if "bounds_lonlat" in data:
            return cls(crs, bounds_lonlat=_extent(data["bounds_lonlat"]))
        x, y, resolution, rotation_deg = finite_numbers(data, ("x", "y", "resolution", "rotation_deg"), _WHAT)
        if max(abs(x), abs(y)) > LARGEST_UNIT or not FINEST <= resolution <= COARSEST:
            raise InvalidValue("{what} is none of the Earth.", what=_WHAT)
        return cls(crs, x, y, resolution, rotation_deg % 360.0)


def _extent(value: Any) -> Bounds:
    """Four degrees: left, bottom, right, top."""
    sides = ("left", "bottom", "right", "top")
    edges = dict(zip(sides, value, strict=True)) if isinstance(value, list) and len(value) == 4 else {}
    left, bottom, right, top = finite_numbers(edges, sides, _WHAT)
    if not (left < right and bottom < top and are_degrees(np.array([[left, bottom, right, top]])).all()):
        raise InvalidValue("{what} is none of the Earth.", what=_WHAT)
    return Bounds(left, bottom, right, top)
