"""The extent of a vector layer, from the rows whose coordinates its CRS can have: one bad row spoils nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray

from layers.geo.antimeridian import boxes_of
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, is_geographic, lonlat_bounds, transform_bounds
from layers.geo.lon_extent import LARGEST_UNIT, MAX_LAT, MAX_LON, narrowest

_MOST, _NEARLY_ALL = 0.5, 0.9
"""Least share of the rows with numbers that fit the CRS that the file names; and that fit degrees, if it names none."""
_DEGREES = np.array([-MAX_LON, -MAX_LAT, MAX_LON, MAX_LAT]), (-180.0, -90.0, 180.0, 90.0)
_UNITS = LARGEST_UNIT * np.array([-1.0, -1.0, 1.0, 1.0]), None


class LayerExtent(Struct, frozen=True, eq=False):
    """`bounds` in the layer's CRS; None where nothing says where it lies."""

    bounds: Bounds | None
    shapes: NDArray[Any]
    """Shapes of the rows looked at that fit the CRS; with `is_all` these are all of the layer."""
    is_all: bool
    outside: int
    """Number of the rows looked at that do not fit."""
    fits: bool
    """False where the numbers cannot be of the CRS."""

    def lonlat(self, crs: str, *, clockwise: bool = False) -> Bounds | None:
        """Bounds in which it is drawn, over the antimeridian where that is the narrower way. Raises CannotBePlaced.

        `clockwise`: areas lie to the right of their rings.
        """
        if self.bounds is None:
            return None
        if not is_geographic(crs):
            return transform_bounds(crs, WGS84, self.bounds)
        if not self.fits:
            return None
        if not (self.is_all and len(self.shapes)):
            return lonlat_bounds(crs, self.bounds)
        return transform_bounds(crs, WGS84, narrowest(boxes_of(self.shapes, clockwise=clockwise)))


def extent_of(shapes: NDArray[Any], crs: str, total: Any = None, *, is_all: bool = True) -> LayerExtent:
    """Compute the extent from the rows looked at. `total`: the bounds of all rows that the file states; `is_all`: these
    are all rows.
    """
    whole = None if total is None else np.asarray(total, dtype=np.float64)
    if whole is not None and not is_all and _are_within(whole[None], _limits(crs)[0][0]).all():
        return LayerExtent(Bounds(*whole.tolist()), shapes[:0], False, 0, True)  # the first picture waits for this
    placed = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if is_all and not len(placed):
        return LayerExtent(None, placed, True, 0, True)  # shapefiles say then that they lie at 0, 0
    boxes = shapely.bounds(placed).reshape(-1, 4)
    witnesses = int(_are_within(boxes, _UNITS[0]).sum())  # a mark for no place says nothing about the CRS
    for limits, edge in _limits(crs):
        good = _are_within(boxes, limits)
        if whole is not None and good.all() and _are_within(whole[None], limits).all():
            return LayerExtent(Bounds(*whole.tolist()), placed, is_all, 0, True)
        if good.sum() > (_MOST if crs else _NEARLY_ALL) * witnesses:
            bounds = _around(boxes[good])
            if not is_all and whole is not None:
                bounds = _with_the_others(bounds, whole, limits, edge)
            return LayerExtent(bounds, placed[good], is_all, int((~good).sum()), True)
    if whole is None or not np.isfinite(whole).all():
        known = boxes[np.isfinite(boxes).all(axis=1)]
        return LayerExtent(_around(known) if len(known) else None, placed[:0], False, 0, not len(known))
    return LayerExtent(Bounds(*whole.tolist()), placed[:0], False, 0, False)


def _limits(crs: str) -> list[tuple[NDArray[np.float64], tuple[float, ...] | None]]:
    return [_DEGREES, _UNITS] if not crs else [_DEGREES] if is_geographic(crs) else [_UNITS]


def _are_within(boxes: NDArray[np.float64], limits: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) True for boxes within the limits; nan and infinity are not."""
    with np.errstate(invalid="ignore"):
        inside = np.abs(boxes) <= np.abs(limits)
    return np.asarray(inside.all(axis=1))


def _around(boxes: NDArray[np.float64]) -> Bounds:
    return Bounds(*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())


def _with_the_others(
    seen: Bounds, whole: NDArray[np.float64], limits: NDArray[np.float64], edge: tuple[float, ...] | None
) -> Bounds:
    """Widen the bounds by the rows not looked at: to those that the file states where these are possible, else to the
    edge of the map.
    """
    sides = [
        side if abs(side) <= abs(limit) else seen[at] if edge is None else edge[at]
        for at, (side, limit) in enumerate(zip(whole.tolist(), limits.tolist(), strict=True))
    ]
    return seen.union(Bounds(*sides))
