"""Small areas by the hundred thousand: how much of each pixel they cover, all in one pass over their edges.

Each edge adds, in the pixel it passes, the part of the pixel to its right, and in all pixels further right its height:
summed up along the rows that is the area, exactly. What covers twice counts twice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.vector.drawing.strokes import Floats


class Fills:
    """A picture of areas under way: `add` the edges of rings, then take the `sums`."""

    def __init__(self, width: int, height: int) -> None:
        self._size, self._wide = (width, height), width + 2
        self._changes = np.zeros(height * self._wide, np.float32)

    def add(self, x: Floats, y: Floats, starts: NDArray[Any]) -> None:
        """Closed rings in pixels, whichever way round: ring j's coordinates are ``starts[j]`` to ``starts[j + 1]``."""
        if len(x) < 2:
            return
        sign = np.sign(signed_areas(x, y, starts)).astype(np.float32)
        inner = np.ones(len(x) - 1, bool)
        inner[starts[1:-1] - 1] = False
        at = np.flatnonzero(inner & (y[1:] != y[:-1]))
        ring = np.repeat(np.arange(len(sign)), np.diff(starts))[at]
        row, x0, x1, rise = _cut_at_rows(self._size[1], x, y, at, sign[ring])
        place, part, rise = _cut_at_columns(self._wide - 1, row * np.int32(self._wide), x0, x1, rise)
        right = rise * part
        np.add.at(self._changes, place, rise - right)
        np.add.at(self._changes, place + 1, right)

    def add_tiny(self, x: Floats, y: Floats, area: Floats) -> None:
        """Areas of about a pixel, by their middles: each is shared among the four pixels around."""
        left, top = np.floor(x - np.float32(0.5)), np.floor(y - np.float32(0.5))
        right_part, low_part = x - np.float32(0.5) - left, y - np.float32(0.5) - top
        col, row = left.astype(np.int32), top.astype(np.int32)
        for down in (0, 1):
            share = area * (low_part if down else 1 - low_part)
            at = row + down
            seen = np.flatnonzero((at >= 0) & (at < self._size[1]) & (col >= -1) & (col < self._size[0]))
            base, c, s, r = at[seen] * np.int32(self._wide), col[seen], share[seen], right_part[seen]
            # Each pixel's share begins in it and ends in the next.
            for step, value in ((0, s * (1 - r)), (1, s * (2 * r - 1)), (2, -s * r)):
                np.add.at(self._changes, base + np.clip(c + step, 0, self._wide - 1), value)

    def sums(self) -> NDArray[np.float32]:
        """(height, width) the number of areas over each pixel, parts of pixels as parts of one."""
        width, height = self._size
        whole = np.cumsum(self._changes.reshape(height, self._wide), axis=1)
        return whole[:, :width]


def signed_areas(x: Floats, y: Floats, starts: NDArray[Any]) -> NDArray[np.float64]:
    """(m,) of closed rings, positive for those that run clockwise on the screen (y downwards)."""
    # About the first point of all, so that float32 products keep their digits.
    x, y = x - x[0], y - y[0]
    cross = np.zeros(len(x), np.float64)
    np.subtract(x[:-1] * y[1:], x[1:] * y[:-1], out=cross[:-1])
    cross[starts[1:] - 1] = 0
    return np.add.reduceat(cross, starts[:-1]) / 2


def _cut_at_rows(
    height: int, x: Floats, y: Floats, at: NDArray[np.intp], sign: Floats
) -> tuple[NDArray[np.int32], Floats, Floats, Floats]:
    """Cut edges into pieces within one row of pixels: row, x where it enters, x where it leaves, signed height."""
    x0, y0, x1, y1 = x[at], y[at], x[at + 1], y[at + 1]
    # Down the screen on the right of a clockwise ring: what lies left of it is inside.
    rise = (y0 - y1) * sign
    upper, lower = np.minimum(y0, y1), np.maximum(y0, y1)
    first, last = np.floor(upper).astype(np.int32), np.ceil(lower).astype(np.int32)
    count = last - first
    whole = np.flatnonzero((count == 1) & (first >= 0) & (last <= height))
    cut = np.flatnonzero((count > 1) & (last > 0) & (first < height))
    slope = (x1[cut] - x0[cut]) / (y1[cut] - y0[cut])
    first, last = np.maximum(first[cut], 0), np.minimum(last[cut], height)
    each = last - first
    leg = np.repeat(np.arange(len(each), dtype=np.int32), each)
    row = np.arange(len(leg), dtype=np.int32) - np.repeat((np.cumsum(each) - each - first).astype(np.int32), each)
    of = cut[leg]
    top, bottom = np.maximum(upper[of], row), np.minimum(lower[of], row + np.int32(1))
    base, slope = (x0[cut] - slope * y0[cut])[leg], slope[leg]
    turn = np.where(rise[cut] < 0, -1, 1).astype(np.float32)
    return (
        np.concatenate([np.floor(upper[whole]).astype(np.int32), row]),
        np.concatenate([x0[whole], base + slope * top.astype(np.float32)]),
        np.concatenate([x1[whole], base + slope * bottom.astype(np.float32)]),
        np.concatenate([rise[whole], (bottom - top).astype(np.float32) * turn[leg]]),
    )


def _cut_at_columns(
    width: int, base: NDArray[np.int32], x0: Floats, x1: Floats, rise: Floats
) -> tuple[NDArray[np.int32], Floats, Floats]:
    """Cut edges within one row into pieces within one pixel: the pixel, the part of it left of the edge, signed height.

    Pieces left of the picture count as its left edge, those right of it as nothing.
    """
    low, high = np.minimum(x0, x1), np.maximum(x0, x1)
    first = np.floor(low)
    wide = high > first + 1
    whole = np.flatnonzero(~wide & (first < width))
    begin = first[whole]
    outside = begin < 0
    place = base[whole] + np.where(outside, 0, begin).astype(np.int32)
    part = np.where(outside, 0, (low[whole] + high[whole]) * np.float32(0.5) - begin).astype(np.float32)
    cut = np.flatnonzero(wide & (low < width))
    if not cut.size:
        return place, part, rise[whole]
    low, high, base = low[cut], high[cut], base[cut]
    steep = rise[cut] / (high - low)
    begin = np.maximum(np.floor(low), 0).astype(np.int32)
    each = np.maximum(np.minimum(np.ceil(high), width).astype(np.int32) - begin, 0)
    piece = np.repeat(np.arange(len(each), dtype=np.int32), each)
    column = np.arange(len(piece), dtype=np.int32) - np.repeat((np.cumsum(each) - each - begin).astype(np.int32), each)
    a, b = np.maximum(low[piece], column), np.minimum(high[piece], column + np.int32(1))
    left = np.flatnonzero(low < 0)
    return (
        np.concatenate([place, base[piece] + column, base[left]]),
        np.concatenate([part, ((a + b) * 0.5 - column).astype(np.float32), np.zeros(len(left), np.float32)]),
        np.concatenate(
            [
                rise[whole],
                ((b - a) * steep[piece]).astype(np.float32),
                (np.minimum(high, 0) - low)[left] * steep[left],
            ]
        ),
    )
