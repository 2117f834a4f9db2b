"""Finds the extent of things on the circle of longitudes: the narrower of the two ways round. Without shapely."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.geo.bounds import Bounds

MAX_LON, MAX_LAT = 540.0, 90.001
"""Largest longitude and latitude taken as degrees; a route in running longitudes may go on into the next turn."""
_ROUNDING = 1e-9
"""Degrees by which two ways round may differ and still be as narrow as each other."""
LARGEST_UNIT = 1e9
"""Largest coordinate of a place on Earth, in any unit: larger ones are a file's marks for no place."""


def are_degrees(boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) which of (n, 4) boxes, left, bottom, right, top, are places in degrees; nan is none."""
    with np.errstate(invalid="ignore"):
        inside = np.abs(boxes) <= np.array([MAX_LON, MAX_LAT, MAX_LON, MAX_LAT])
    return np.asarray(inside.all(axis=1))


def around(boxes: Iterable[Bounds]) -> Bounds | None:
    """Return the `narrowest` bounds around boxes; None for no boxes."""
    all_boxes = list(boxes)
    return narrowest(all_boxes) if all_boxes else None


def narrowest(boxes: ArrayLike) -> Bounds:
    """The bounds of everything in (n, 4) lon, lat boxes, n > 0, with their middle inside -180..180.

    They run on over the antimeridian (172 to 187, or -188 to -173) where that way round is less than half the Earth
    and the narrower one; else they end there. Longitudes may be of any turn. Values must be finite.
    """
    table = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    bottom, top = float(table[:, 1].min()), float(table[:, 3].max())
    width = table[:, 2] - table[:, 0]
    if (width >= 360.0).any():
        return Bounds(-180.0, bottom, 180.0, top)
    turned = _turned(table[:, 0], width)
    left, right = table[:, 0] + turned, table[:, 2] + turned
    plain = (float(left.min()), float(right.max())) if (left >= -180.0).all() and (right <= 180.0).all() else None
    span = _over(left, right)
    if span is None or (plain is not None and plain[1] - plain[0] <= span[1] - span[0] + _ROUNDING):
        span = plain or (-180.0, 180.0)
    return Bounds(span[0], bottom, span[1], top)


def _turned(left: NDArray[np.float64], width: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees by which to move boxes, in whole turns, where they lie beyond -180..180, if only with their middle."""
    right, middle = left + width, left + width / 2
    beyond = ((left < -180.0) | (right > 180.0)) & (np.abs(middle) > 180.0)
    return np.where(beyond, -360.0 * np.ceil((middle - 180.0) / 360.0), 0.0)


def _over(left: NDArray[np.float64], right: NDArray[np.float64]) -> tuple[float, float] | None:
    """West and east of all boxes, leaving out the widest gap; None where that gap is not over 180 degrees."""
    # Both ends move by the same whole turns: what has no width keeps having none, whatever is rounded.
    home = -360.0 * np.floor((left + 180.0) / 360.0)
    order = np.argsort(left + home, kind="stable")
    moved = (np.array([[-360.0], [0.0], [360.0]]) + home[order]).ravel()
    box = np.tile(order, 3)
    start, end = left[box] + moved, right[box] + moved
    reached = np.maximum.accumulate(end)
    # What reaches into the first turn is not among these.
    gaps = np.where(start[1:] >= -180.0, start[1:] - reached[:-1], 0.0)
    widest = int(np.argmax(gaps))
    if gaps[widest] <= 180.0:
        return None
    first, last = widest + 1, int(np.argmax(end[: widest + 1]))
    middle = (float(start[first]) + float(end[last]) + 360.0) / 2
    turn = 360.0 * math.ceil((middle - 180.0) / 360.0)
    west = float(left[box[first]] + (moved[first] - turn))
    east = float(right[box[last]] + (moved[last] + 360.0 - turn))
    return west, max(west, east)
