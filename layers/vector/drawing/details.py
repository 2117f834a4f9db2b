"""Tables with no more vertices than a resolution shows, kept while that resolution is looked at."""

from __future__ import annotations

import threading

import numpy as np

from layers.vector.drawing.detail import shift_of, thinned
from layers.vector.table import FeatureTable

DETAIL_PX = 0.9
"""Vertices nearer to the one before than this are left out."""
KEPT_LEVELS = 2
_SAMPLE = 4096


class Details:
    """Levels by the power of two of steps that their squares have. Thread-safe; a level is made once."""

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
            found = level.get(id(table))
        if found is None:
            found = _compact(thinned(table, cell), shift)
            with self._lock:
                found = level.setdefault(id(table), found)
        return found

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
    """With coordinates of 16 bits, to a quarter of the level's squares, where the table is not too wide for that.

    No coarser than any table needs: steps may be so small that a pixel is more of them than 32 bits count.
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
