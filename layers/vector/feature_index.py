"""Index of the features of a table: bucketed by the cell of a grid that their middle falls into."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

FEATURES_A_CELL = 64
MAX_SIDE = 255
"""Most cells a side: their numbers fit 16 bits, which sort ten times as fast."""

Edges = tuple[float, float, float, float]
"""Left, bottom, right, top, in steps."""


class FeatureIndex(Struct, frozen=True, eq=False):
    """Finds features by a rectangle: the rows of all cells that it touches, some of them too many."""

    bounds: Edges
    """Bounds of all features."""
    side: int
    order: NDArray[np.int32]
    """(n,) rows by cell, cells row by row from the lower left; ascending within a cell."""
    starts: NDArray[np.int32]
    """(side * side + 1,) where each cell begins in `order`."""
    reach: tuple[float, float]
    """Distance that a feature of a cell may stretch beyond its middle."""
    large: NDArray[np.int32]
    """Rows of features that stretch over more than a cell: near to everything."""

    @classmethod
    def of_points(cls, xy: NDArray[np.int32]) -> Self:
        """Index features that are one coordinate each."""
        none = np.zeros(0, np.int32)
        if not len(xy):
            return cls((0.0, 0.0, 0.0, 0.0), 1, none, np.zeros(2, np.int32), (0.0, 0.0), none)
        x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
        bounds = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
        side = _side(len(xy))
        order, starts = _bucketed(x, y, bounds, side)
        return cls(bounds, side, order, starts, (0.0, 0.0), none)

    @classmethod
    def of_boxes(cls, boxes: NDArray[np.int32]) -> Self:
        """Index features by their bounds, (n, 4)."""
        if not len(boxes):
            return cls.of_points(np.zeros((0, 2), np.int32))
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        side = _side(len(boxes))
        half = (boxes[:, 2:].astype(np.float64) - boxes[:, :2]) / 2
        middle = boxes[:, :2] + half
        cell = np.array([_cell(bounds, side, axis) for axis in (0, 1)])
        is_large = (half > cell / 2).any(axis=1)
        small = np.flatnonzero(~is_large).astype(np.int32)
        if not small.size:
            return cls(bounds, 1, small, np.zeros(2, np.int32), (0.0, 0.0), np.flatnonzero(is_large).astype(np.int32))
        reach = half[small].max(axis=0)
        order, starts = _bucketed(middle[small, 0], middle[small, 1], bounds, side)
        return cls(
            bounds,
            side,
            small[order],
            starts,
            (float(reach[0]), float(reach[1])),
            np.flatnonzero(is_large).astype(np.int32),
        )

    @property
    def nbytes(self) -> int:
        return int(self.order.nbytes + self.starts.nbytes + self.large.nbytes)

    def rows_near(self, edges: Edges) -> NDArray[np.int32]:
        """Every row whose feature may touch the rectangle, each once, ascending."""
        pieces = [self.order[first:last] for first, last in self._runs(edges)]
        return np.sort(np.concatenate([*pieces, self.large]))

    def count_near(self, edges: Edges) -> int:
        """Number of rows near `edges`, without making them."""
        return sum(last - first for first, last in self._runs(edges)) + int(self.large.size)

    def _runs(self, edges: Edges) -> list[tuple[int, int]]:
        """Runs of the touched cells in `order`, one for each row of cells."""
        x0, y0, x1, y1 = self.bounds
        left, right = edges[0] - self.reach[0], edges[2] + self.reach[0]
        bottom, top = edges[1] - self.reach[1], edges[3] + self.reach[1]
        if not self.order.size or left > x1 or right < x0 or bottom > y1 or top < y0:
            return []
        wide, high, last = _cell(self.bounds, self.side, 0), _cell(self.bounds, self.side, 1), self.side - 1
        first_col, last_col = (int(min(max((x - x0) / wide, 0), last)) for x in (left, right))
        first_row, last_row = (int(min(max((y - y0) / high, 0), last)) for y in (bottom, top))
        if first_col == 0 and last_col == last:
            ends = [(first_row * self.side, (last_row + 1) * self.side)]
        else:
            rows = range(first_row * self.side, (last_row + 1) * self.side, self.side)
            ends = [(row + first_col, row + last_col + 1) for row in rows]
        return [(int(self.starts[a]), int(self.starts[b])) for a, b in ends]


def _side(count: int) -> int:
    return int(min(max((count / FEATURES_A_CELL) ** 0.5, 1), MAX_SIDE))


def _cell(bounds: Edges, side: int, axis: int) -> float:
    return (bounds[axis + 2] - bounds[axis] + 1.0) / side


def _bucketed(
    x: NDArray[Any], y: NDArray[Any], bounds: Edges, side: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    col = ((x - bounds[0]) * (1.0 / _cell(bounds, side, 0))).astype(np.uint16)
    row = ((y - bounds[1]) * (1.0 / _cell(bounds, side, 1))).astype(np.uint16)
    code = row * np.uint16(side) + col
    starts = np.zeros(side * side + 1, np.int32)
    np.cumsum(np.bincount(code, minlength=side * side), out=starts[1:])
    return np.argsort(code, kind="stable").astype(np.int32), starts
