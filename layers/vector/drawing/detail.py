"""Level of detail: the same features with fewer vertices, for a canvas that could not show them all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from layers.vector.table import FeatureTable


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
