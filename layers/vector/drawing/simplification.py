"""Simplifies tables to the vertices that a resolution shows, and keeps them while that resolution is looked at."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from layers.vector.table import FeatureTable

DETAIL_PX = 0.9
"""Least distance from the vertex before at which a vertex is kept."""
KEPT_LEVELS = 2
_SAMPLE = 4096


class Details:
    """Simplified tables by level: the power of two of steps in a square's side. Thread-safe; a level is made once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._levels: dict[int, dict[int, FeatureTable]] = {}
        self._legs: dict[int, float] = {}

    def table(self, table: FeatureTable, resolution: float) -> FeatureTable:
        """The table itself where it has no more vertices than are seen at so many world units a pixel."""
        if table.is_single:
            return table
        cell = DETAIL_PX * resolution
        shift = shift_of(table, cell)
        if shift < 1 or 2.0**shift < self._usual_leg(table):
            return table
        with self._lock:
            level = self._levels.pop(shift, None)
            if level is None:
                level = {}
            self._levels[shift] = level  # the most recently used is the last
            while len(self._levels) > KEPT_LEVELS:
                self._levels.pop(next(iter(self._levels)))
            thin_table = level.get(id(table))
        if thin_table is None:
            thin_table = _compact(thinned(table, cell), shift)
            with self._lock:
                thin_table = level.setdefault(id(table), thin_table)
        return thin_table

    def clear(self) -> None:
        """Forget everything: the tables are gone."""
        with self._lock:
            self._levels, self._legs = {}, {}

    def _usual_leg(self, table: FeatureTable) -> float:
        """The median step from vertex to vertex: a level with smaller squares would leave out little."""
        known = self._legs.get(id(table))
        if known is None:
            sample = table.xy[:_SAMPLE].astype(np.int64)
            steps = np.abs(np.diff(sample, axis=0)).max(axis=1)
            known = self._legs[id(table)] = float(np.median(steps)) if steps.size else 0.0
        return known


def _compact(table: FeatureTable, shift: int) -> FeatureTable:
    """Store coordinates in 16 bits, to a quarter of the level's squares, where the table is not too wide for that.

    No table gets coarser than it needs: steps may be so small that 32 bits cannot count those of a pixel.
    """
    fine = min(max(shift - 2, 0), 16)
    left, bottom, right, top = table.index.bounds
    if max(right - left, top - bottom) / 2.0**fine >= 2**16 - 2 or not len(table.xy):
        return table
    x, y, half = (int(left) + int(right)) // 2, (int(bottom) + int(top)) // 2, (1 << fine) >> 1
    steps = np.empty(table.xy.shape, np.int16)
    for axis, middle in enumerate((x, y)):  # whole numbers and shifts: a third of the time of a division
        steps[:, axis] = (table.xy[:, axis] - np.int32(max(middle - half, -(2**31)))) >> np.int32(fine)
    return table.moved_to(steps, float(x), float(y), 2.0**fine)


def thinned(table: FeatureTable, cell: float) -> FeatureTable:
    """The table without the vertices that fall into the same square as the one before.

    Squares are the largest power of two of steps that fits `cell` world units. The ends of every part stay, and so do
    bounds, so that nothing vanishes or moves by more than a cell.
    """
    shift = shift_of(table, cell)
    count = table.xy.shape[0]
    if shift < 1 or count < 2 or table.is_single:
        return table
    starts = table.start_of
    kept = np.flatnonzero(_leads(table.xy, starts, shift))
    pairs = np.ascontiguousarray(table.xy, np.int32).view(np.int64).ravel()  # x and y moved at once
    xy = pairs[kept].view(np.int32).reshape(-1, 2)
    return table.with_coordinates(xy, np.searchsorted(kept, starts).astype(np.int32))


def shift_of(table: FeatureTable, cell: float) -> int:
    """The power of two of steps that is at most `cell` world units; negative where a step is more than that."""
    steps = cell / table.step
    return int(np.floor(np.log2(steps))) if steps > 0 else -1


def _leads(xy: NDArray[np.int32], starts: NDArray[np.int32], shift: int) -> NDArray[np.bool_]:
    """(k,) True for a vertex that is in another square than the one before, or at the end of a part."""
    squares = np.ascontiguousarray(xy >> min(shift, 31)).view(np.int64).ravel()
    keep = np.ones(len(xy), dtype=bool)
    np.not_equal(squares[1:], squares[:-1], out=keep[1:])
    filled = starts[1:] > starts[:-1]
    keep[starts[:-1][filled]] = True
    keep[starts[1:][filled] - 1] = True
    return keep
