"""Level of detail: the same features with fewer vertices, for a canvas that could not show them all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from layers.vector.table import FeatureTable


def thinned(table: FeatureTable, cell: float) -> FeatureTable:
    """The table without the vertices that fall into the same square of `cell` world units as the one before.

    The ends of every part stay, and so do bounds, so that nothing vanishes or moves by more than a cell.
    """
    steps = cell / table.step
    count = table.xy.shape[0]
    if steps < 2.0 or count < 2:
        return table
    squares = np.floor_divide(table.xy, int(steps))
    keep = np.ones(count, dtype=bool)
    keep[1:] = (squares[1:] != squares[:-1]).any(axis=1)
    starts = table.start_of
    filled = starts[1:] > starts[:-1]
    keep[starts[:-1][filled]] = True
    keep[starts[1:][filled] - 1] = True
    before: NDArray[np.int64] = np.concatenate(([0], np.cumsum(keep)))
    return replace(table, xy=table.xy[keep], start_of=before[starts].astype(np.int32))
