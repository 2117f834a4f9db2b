"""Gathers the coordinates of some features of a table, one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.vector.table import FeatureTable, runs


class Gathered(Struct, frozen=True, eq=False):
    """Parts of the chosen features, in their order; part j's coordinates are ``xy[starts[j]:starts[j + 1]]``."""

    xy: NDArray[np.int32]
    starts: NDArray[np.int64]
    owner: NDArray[np.int64]
    """(m,) which of the chosen features each part belongs to; ascending."""

    def legs(self) -> NDArray[np.int64]:
        """Indices of the coordinates from which a leg leads to the next of the same part."""
        inner = np.ones(len(self.xy), bool)
        inner[self.starts[1:] - 1] = False
        return np.flatnonzero(inner)

    def of_coordinate(self) -> NDArray[np.int64]:
        """(k,) the part of each coordinate."""
        return np.repeat(np.arange(len(self.owner)), np.diff(self.starts))


def gathered(table: FeatureTable, rows: NDArray[Any]) -> Gathered:
    """Gather the coordinates of these rows."""
    count = len(rows)
    if table.is_single:
        return Gathered(table.xy[rows], np.arange(count + 1), np.arange(count))
    if count == len(table) and count and rows[0] == 0 and rows[-1] == count - 1:
        owner = np.repeat(np.arange(count), np.diff(table.part_of))
        return Gathered(table.xy, table.start_of.astype(np.int64), owner)
    if table.is_whole:
        first, last, owner = table.start_of[rows], table.start_of[rows + 1], np.arange(count)
    else:
        part_of = table.part_of
        parts_each = part_of[rows + 1] - part_of[rows]
        parts = runs(part_of[rows], parts_each)
        first, last, owner = table.start_of[parts], table.start_of[parts + 1], np.repeat(np.arange(count), parts_each)
    counts = (last - first).astype(np.int64)
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    pairs = table.xy.view(f"i{2 * table.xy.itemsize}").ravel()  # one by one is twice as fast as two by two
    return Gathered(pairs[runs(first, counts)].view(table.xy.dtype).reshape(-1, 2), starts, owner)
