"""Points that stand close together become one sign with their number."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from layers.geo.bounds import Bounds
from layers.vector.content import VectorContent

type Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Clusters:
    """Two points or more each: the middle of them in canvas CRS units, and how many they are."""

    cell: float
    """Points in one square of this side, in canvas CRS units, are one cluster."""
    xy: Floats
    """(n, 2)"""
    counts: NDArray[np.int64]

    def within(self, bounds: Bounds) -> tuple[Floats, NDArray[np.int64]]:
        x, y = self.xy[:, 0], self.xy[:, 1]
        inside = (x >= bounds.left) & (x <= bounds.right) & (y >= bounds.bottom) & (y <= bounds.top)
        return self.xy[inside], self.counts[inside]


def clustered(content: VectorContent, cell: float) -> tuple[VectorContent, Clusters]:
    """The content without the points that are in a cluster, and the clusters. Squares lie still when the map is moved.

    Takes tens of milliseconds for a hundred thousand points: do it in a job.
    """
    kept, places, fids = [], [], []
    for table in content.tables:
        rows = np.arange(len(table)) if content.shown is None else table.rows_of(content.shown)
        if not table.is_single:
            kept.append(table.fids_of(rows))
            continue
        codes = content.codes_of(table, rows)
        if codes is not None:
            drawn = np.array([look is not None for look in content.looks])
            rows = rows[drawn[codes]]
        places.append(table.xy[rows] * table.step + (table.origin_x, table.origin_y))
        fids.append(table.fids_of(rows))
    xy = np.concatenate(places) if places else np.empty((0, 2))
    fid = np.concatenate(fids) if fids else np.empty(0, np.int64)
    squares = np.floor(xy / cell).astype(np.int64)
    key = squares[:, 0] * (1 << 31) + squares[:, 1]
    _, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
    inverse = inverse.reshape(-1)
    many = counts > 1
    middle = np.stack([np.bincount(inverse, xy[:, i], len(counts)) / counts for i in (0, 1)], axis=1) if len(xy) else xy
    kept.append(fid[~many[inverse]])
    shown = np.unique(np.concatenate(kept))
    return replace(content, shown=shown, _known={}).prepared(), Clusters(cell, middle[many], counts[many])
