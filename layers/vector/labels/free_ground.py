"""The free ground of a map in small cells: where the middle of a symbol, of a number or a line may be."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from layers.vector.labels.label_layout import Box

type Floats = NDArray[np.float64]
type Mask = NDArray[np.bool_]
type Counts = NDArray[np.int16]

_MOST_CELLS, _FINEST = 1_500_000, 0.5
"""Most cells of a map, and the least side of one in logical pixels."""


class FreeGround:
    """Knows for things of a few sizes where their middles may be.

    Each box that is blocked is marked larger by their size, so that a place is judged by looking at one cell.
    """

    def __init__(self, room: Box, sizes: tuple[tuple[float, float], ...], cell: float) -> None:
        """`sizes`: half the width and height of the things; the last is that of a line, a point."""
        area = max((room.right - room.left) * (room.bottom - room.top), 1.0)
        self._cell = max(cell, _FINEST, math.sqrt(area / _MOST_CELLS))
        self._room, self._sizes = room, sizes
        wide, high = (
            math.ceil((room.right - room.left) / self._cell) + 1,
            math.ceil((room.bottom - room.top) / self._cell) + 1,
        )
        self._taken = np.zeros((len(sizes), max(high, 1), max(wide, 1)), np.int16)
        for blocked, (half_x, half_y) in zip(self._taken, sizes, strict=True):
            x, y = math.ceil(half_x / self._cell), math.ceil(half_y / self._cell)
            blocked[:y] += 1
            blocked[blocked.shape[0] - y - 1 :] += 1
            blocked[:, :x] += 1
            blocked[:, blocked.shape[1] - x - 1 :] += 1

    def copy(self) -> FreeGround:
        other = FreeGround.__new__(FreeGround)
        other._cell, other._room, other._sizes = self._cell, self._room, self._sizes
        other._taken = self._taken.copy()
        return other

    def take_box(self, box: Box, gap: float = 0.0, sizes: slice = slice(None), times: int = 1) -> None:
        """Take the ground of a box for things of these sizes; release it with `times` of -1."""
        for blocked, (half_x, half_y) in zip(self._taken[sizes], self._sizes[sizes], strict=True):
            left, top = self._at(box.left - half_x - gap, box.top - half_y - gap)
            right, bottom = self._at(box.right + half_x + gap, box.bottom + half_y + gap)
            blocked[max(top, 0) : max(bottom + 1, 0), max(left, 0) : max(right + 1, 0)] += times

    def take_line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        gap: float,
        sizes: slice = slice(None),
        times: int = 1,
    ) -> None:
        """Take the ground along a line, as `take_box` that of a box."""
        length = math.hypot(end[0] - start[0], end[1] - start[1])
        steps = max(1, math.ceil(length / (2 * self._cell)))
        for at in range(steps + 1):
            x, y = start[0] + (end[0] - start[0]) * at / steps, start[1] + (end[1] - start[1]) * at / steps
            self.take_box(Box(x, y, x, y), gap, sizes, times)

    def is_taken(self, size: int, x: Floats, y: Floats) -> Mask:
        """(n,) True where a thing of size number `size` with its middle there would stand on something, or outside."""
        mask: Mask = self.counts(size, x, y) > 0
        return mask

    def counts(self, size: int, x: Floats, y: Floats) -> Counts:
        """(n,) How many things a thing of size number `size` with its middle there would stand on; outside one more."""
        blocked = self._taken[size]
        col = np.floor((x - self._room.left) / self._cell).astype(np.int64)
        row = np.floor((y - self._room.top) / self._cell).astype(np.int64)
        inside = (col >= 0) & (row >= 0) & (col < blocked.shape[1]) & (row < blocked.shape[0])
        counts = np.ones(len(x), np.int16)
        counts[inside] = blocked[row[inside], col[inside]]
        return counts

    def _at(self, x: float, y: float) -> tuple[int, int]:
        return math.floor((x - self._room.left) / self._cell), math.floor((y - self._room.top) / self._cell)
