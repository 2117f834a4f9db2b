"""Small areas by the hundred thousand: how much of each pixel they cover, all in one pass over their edges.

Each edge adds, in the pixel it passes, the part of the pixel to its right, and in all pixels further right its height:
summed up along the rows that is the area, exactly. What covers twice counts twice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from layers.vector.strokes import Floats, Legs

_MARGIN = 2


def filled(width: int, height: int, legs: Legs, sign: Floats) -> Floats:
    """(height, width) the number of areas over each pixel, parts of pixels as parts of one.

    `legs` are the edges of rings; `sign` is 1 for those of rings that run clockwise on the screen, -1 for others.
    """
    wide = width + 2 * _MARGIN + 1
    sums = np.zeros(height * wide, np.float32)
    row, x0, x1, rise = _cut_at_rows(height, legs, sign)
    x0, x1 = (np.clip(x + _MARGIN, 0, wide - 2 + 0.999) for x in (x0, x1))
    place, part, rise = _cut_at_columns(row * wide, x0, x1, rise)
    np.add.at(sums, place, rise * (1 - part))
    np.add.at(sums, place + 1, rise * part)
    whole = np.cumsum(sums.reshape(height, wide), axis=1)
    return whole[:, _MARGIN : _MARGIN + width]


def signed_areas(x: Floats, y: Floats, starts: NDArray[np.int64]) -> Floats:
    """(m,) of closed rings, positive for those that run clockwise on the screen (y downwards)."""
    cross = np.zeros(len(x), np.float64)
    cross[:-1] = x[:-1].astype(np.float64) * y[1:] - x[1:].astype(np.float64) * y[:-1]
    cross[starts[1:] - 1] = 0
    return (np.add.reduceat(cross, starts[:-1]) / 2).astype(np.float32)


def _cut_at_rows(height: int, legs: Legs, sign: Floats) -> tuple[NDArray[np.int64], Floats, Floats, Floats]:
    """Row, x where it enters, x where it leaves, signed height of every piece of an edge within one row of pixels."""
    down = legs.y1 >= legs.y0
    xa, ya = np.where(down, legs.x0, legs.x1), np.where(down, legs.y0, legs.y1)
    xb, yb = np.where(down, legs.x1, legs.x0), np.where(down, legs.y1, legs.y0)
    # Down the screen on the right of a clockwise ring: what lies left of it is inside.
    sign = np.where(down, -sign, sign)
    slope = (xb - xa) / np.where(yb == ya, 1, yb - ya)
    first, last = np.maximum(np.floor(ya), 0).astype(np.int64), np.minimum(np.ceil(yb), height).astype(np.int64)
    count = np.maximum(last - first, 0)
    leg = np.repeat(np.arange(len(count)), count)
    row = np.arange(len(leg)) - np.repeat(np.cumsum(count) - count, count) + first[leg]
    ya, yb, xa, slope = ya[leg], yb[leg], xa[leg], slope[leg]
    top, bottom = np.maximum(ya, row).astype(np.float32), np.minimum(yb, row + 1).astype(np.float32)
    return row, xa + slope * (top - ya), xa + slope * (bottom - ya), (bottom - top) * sign[leg]


def _cut_at_columns(
    base: NDArray[np.int64], x0: Floats, x1: Floats, rise: Floats
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Pixel, the part of it left of the edge, signed height of every piece of an edge within one pixel."""
    low, high = np.minimum(x0, x1), np.maximum(x0, x1)
    first = np.floor(low).astype(np.int64)
    count = np.maximum(np.ceil(high).astype(np.int64) - first, 1)
    if (count == 1).all():
        return base + first, (low + high) / 2 - first, rise
    piece = np.repeat(np.arange(len(count)), count)
    column = np.arange(len(piece)) - np.repeat(np.cumsum(count) - count, count) + first[piece]
    a, b = np.maximum(low[piece], column), np.minimum(high[piece], column + 1)
    span = np.maximum(high - low, 1e-9)[piece]
    share = np.where(count[piece] == 1, 1.0, (b - a) / span)
    return base[piece] + column, ((a + b) / 2 - column).astype(np.float32), (rise[piece] * share).astype(np.float32)
