"""Points that stand close together become one sign with their number."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.geo.bounds import Bounds
from layers.vector.drawing.content import VectorContent

type Floats = NDArray[np.float64]

_ROW = 1 << 31
"""Amount by which a square's key rises from one column to the next."""


_MOST_PAIRS = 100_000
"""Most pairs of near squares that are joined: with more, no sign would be legible anyway."""
_AROUND = ((1, -1), (1, 0), (1, 1), (0, 1))
"""The half of a square's neighbours that makes each pair once."""


class Clusters(Struct, frozen=True, eq=False):
    """Two points or more each: the middle of them in canvas CRS units, and how many they are."""

    cell: float
    """Least distance between the middles of two clusters, in canvas CRS units."""
    xy: Floats
    """(n, 2)"""
    counts: NDArray[np.int64]
    members: NDArray[np.int64]
    """The fids of all, cluster by cluster."""

    def within(self, bounds: Bounds) -> tuple[Floats, NDArray[np.int64]]:
        x, y = self.xy[:, 0], self.xy[:, 1]
        inside = (x >= bounds.left) & (x <= bounds.right) & (y >= bounds.bottom) & (y <= bounds.top)
        return self.xy[inside], self.counts[inside]

    def members_of(self, index: int) -> NDArray[np.int64]:
        """Return the fids of a cluster, ascending."""
        first = int(self.counts[:index].sum())
        return np.sort(self.members[first : first + int(self.counts[index])])


def clustered(content: VectorContent, cell: float) -> tuple[VectorContent, Clusters]:
    """The content without the points that are in a cluster, and the clusters. They lie still when the map is moved.

    Points in one square of a fixed grid are one, and so are neighbouring squares whose middles are nearer than a
    square's side. Takes tens of milliseconds for a hundred thousand points: do it in a job.
    """
    kept, xy, fid = _points(content)
    squares = np.floor(xy / cell).astype(np.int64)
    keys, inverse, counts = np.unique(squares[:, 0] * _ROW + squares[:, 1], return_inverse=True, return_counts=True)
    inverse = inverse.reshape(-1)
    middle = _middles(xy, inverse, len(counts))
    pairs = _near_pairs(keys, middle, cell)
    if 0 < len(pairs) <= _MOST_PAIRS:
        inverse = _joined(pairs, counts)[inverse]
        _, inverse, counts = np.unique(inverse, return_inverse=True, return_counts=True)
        inverse = inverse.reshape(-1)
        middle = _middles(xy, inverse, len(counts))
    many = counts > 1
    in_one = many[inverse]
    shown = np.unique(np.concatenate([*kept, fid[~in_one]]))
    order = np.argsort(inverse[in_one], kind="stable")
    clusters = Clusters(cell, middle[many], counts[many], fid[in_one][order])
    return replace(content, shown=shown, _known={}).prepared(), clusters


def _points(content: VectorContent) -> tuple[list[NDArray[np.int64]], Floats, NDArray[np.int64]]:
    """Return the fids of features other than single points, the places of the points that are drawn, and their fids."""
    kept: list[NDArray[np.int64]] = []
    places: list[Floats] = [np.empty((0, 2))]
    fids = [np.empty(0, np.int64)]
    for table in content.tables:
        rows = np.arange(len(table)) if content.shown is None else table.rows_of(content.shown)
        if not table.is_single:
            kept.append(table.fids_of(rows))
            continue
        codes = content.codes_of(table, rows)
        if codes is not None:
            drawn = np.array([symbol is not None for symbol in content.symbols])
            rows = rows[drawn[codes]]
        places.append(np.asarray(table.xy[rows] * table.step + (table.origin_x, table.origin_y), np.float64))
        fids.append(table.fids_of(rows))
    return kept, np.concatenate(places), np.concatenate(fids)


def _middles(xy: Floats, group: NDArray[np.int64], count: int) -> Floats:
    if not len(xy):
        return xy
    each = np.bincount(group, minlength=count)
    return np.stack([np.bincount(group, xy[:, axis], count) / each for axis in (0, 1)], axis=1)


def _near_pairs(keys: NDArray[np.int64], middle: Floats, cell: float) -> NDArray[np.int64]:
    """(p, 2) indices of neighbouring squares (`keys` ascend) whose middles are nearer than a side."""
    pairs = [np.empty((0, 2), np.int64)]
    for col, row in _AROUND:
        wanted = keys + col * _ROW + row
        at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
        first = np.flatnonzero(keys[at] == wanted) if len(keys) else np.empty(0, np.int64)
        second = at[first] if len(keys) else first
        near = np.hypot(*(middle[first] - middle[second]).T) < cell
        pairs.append(np.stack([first[near], second[near]], axis=1))
    return np.concatenate(pairs)


def _joined(pairs: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each square the one that it is joined to: the larger takes the smaller, the largest of all first."""
    owner = np.arange(len(counts))
    has_taken = np.zeros(len(counts), bool)
    order = np.argsort(-counts[pairs].max(axis=1), kind="stable")
    for a, b in pairs[order].tolist():
        large, small = (a, b) if counts[a] >= counts[b] else (b, a)
        if owner[large] == large and owner[small] == small and not has_taken[small]:
            owner[small] = large
            has_taken[large] = True
    return owner
