"""Finds the coordinates in the well-known binary of many geometries at once: numpy on the bytes, no object for each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.vector.table import LINE, POINT, POLYGON

HEAD = 5
_KIND_OF = np.array([0, POINT, LINE, POLYGON, POINT, LINE, POLYGON, 0], np.uint8)
_MOST_STEPS = 20_000
"""Most parts and rings of a row that are followed, one after the other in all rows at once; longer rows are left to
shapely.
"""


class Blobs(Struct, frozen=True, eq=False):
    """Geometries one after the other: row i is ``data[starts[i]:starts[i + 1]]``, nothing for NULL."""

    data: NDArray[np.uint8]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def row(self, index: int) -> bytes:
        return self.data[self.starts[index] : self.starts[index + 1]].tobytes()

    def kinds(self) -> NDArray[np.int64]:
        """(n,) the type number of each, 0 for those that are not little-endian or hold nothing."""
        known = np.zeros(len(self), np.int64)
        rows = np.flatnonzero(np.diff(self.starts) >= HEAD)
        rows = rows[self.data[self.starts[rows]] == 1]
        known[rows] = _Words(self.data).at(self.starts[rows] + 1)
        return known


class Parts(Struct, frozen=True, eq=False):
    """Parts in the order of rows: points, lines, rings."""

    row: NDArray[np.int64]
    """(m,) the row of each part; parts of a multipoint are one point each."""
    kind: NDArray[np.uint8]
    counts: NDArray[np.int64]
    """(m,) coordinates of each part."""
    xy: NDArray[np.float64]
    """(k, 2) of all of them."""
    left: NDArray[np.int64]
    """Rows that need a general reader: curves, collections, foreign byte order, anything damaged."""


def parts_of(blobs: Blobs) -> Parts:
    """The parts of all rows that are understood. Rows that hold nothing have no part and are not left either."""
    ends, starts = blobs.starts[1:], blobs.starts[:-1]
    same = _all_points(blobs)
    if same is not None:
        return same
    rows = np.flatnonzero(ends - starts >= HEAD + 4)
    damaged = np.flatnonzero((ends > starts) & (ends - starts < HEAD + 4))
    words = _Words(blobs.data)
    head = words.at(starts[rows] + 1)
    base, size = head % 1000, np.array([16, 24, 24, 32])[np.minimum(head // 1000, 3)]
    known = (blobs.data[starts[rows]] == 1) & (base >= 1) & (base <= 6) & (head < 4000)
    damaged = np.concatenate([damaged, rows[~known]])
    walk = _Walk(words, starts[rows[known]], ends[rows[known]], head[known], size[known])
    walk.run()
    rows = rows[known]
    damaged = np.concatenate([damaged, rows[walk.bad]])
    owner, place, counts = walk.found()
    good = ~walk.bad[owner] & (counts > 0)
    owner, place, counts = owner[good], place[good], counts[good]
    xy = _coordinates(blobs.data, place, counts, walk.size[owner])
    kind = _KIND_OF[walk.base[owner]]
    row, single = rows[owner], kind == POINT
    if single.any() and not (hollow := ~np.isfinite(xy).all(axis=1)).any():
        return Parts(row, kind, counts, xy, np.sort(damaged))
    if single.any():
        # An empty point is written as nan, nan.
        empty = single & hollow[np.cumsum(counts) - counts]
        xy = xy[~np.repeat(empty, counts)]
        row, kind, counts = row[~empty], kind[~empty], counts[~empty]
    return Parts(row, kind, counts, xy, np.sort(damaged))


def _all_points(blobs: Blobs) -> Parts | None:
    """Read the most usual layer, plain points only, at once."""
    n = len(blobs)
    if not n or len(blobs.data) != 21 * n or (np.diff(blobs.starts) != 21).any():
        return None
    table = blobs.data.reshape(n, 21)
    if (table[:, :HEAD] != np.array([1, 1, 0, 0, 0], np.uint8)).any():
        return None
    xy = table[:, HEAD:].copy().view(np.float64)
    if np.isnan(xy.sum()):
        return None
    return Parts(np.arange(n), np.full(n, POINT, np.uint8), np.ones(n, np.int64), xy, np.zeros(0, np.int64))


class _Words:
    """The 32-bit words of a buffer at any byte."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self._words = np.ndarray((max(len(data) - 3, 0),), np.uint32, data, strides=(1,)) if len(data) > 3 else None

    def at(self, place: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.zeros(0, np.int64) if self._words is None else self._words[place].astype(np.int64)


class _Walk:
    """Follows parts and rings: the first of all rows, then the second of those that have one, ..."""

    def __init__(
        self,
        words: _Words,
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
        head: NDArray[np.int64],
        size: NDArray[np.int64],
    ) -> None:
        self.base, self.size = head % 1000, size
        self._part_head = np.where(self.base > 3, head - 3, head)
        self.bad = np.zeros(len(starts), bool)
        self._words, self._ends = words, ends
        self._at = starts.copy()
        self._pieces: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []
        self._steps = 0

    def run(self) -> None:
        everything = np.arange(len(self._at))
        simple = self.base <= 3
        self._parts(everything[simple])
        self._repeat(everything[~simple], self._parts)

    def found(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return for each part, by row: the index of its row, the byte where it begins, its number of coordinates."""
        if not self._pieces:
            none = np.zeros(0, np.int64)
            return none, none, none
        if len(self._pieces) == 1:
            return self._pieces[0]
        owner, place, counts = (np.concatenate(values) for values in zip(*self._pieces, strict=True))
        order = np.argsort(owner, kind="stable")
        return owner[order], place[order], counts[order]

    def _parts(self, which: NDArray[np.int64]) -> None:
        """The part that begins where each of these rows stands: a point, a line or a polygon with its rings."""
        which = which[self._fits(which, HEAD + 4)]
        expected = self._words.at(self._at[which] + 1) == self._part_head[which]
        self.bad[which[~expected]] = True
        which = which[expected]
        kind = self.base[which] % 3
        points = which[kind == 1]
        points = points[self._fits(points, HEAD + self.size[points])]
        self._take(points, self._at[points] + HEAD, np.ones(len(points), np.int64))
        lines = which[kind == 2]
        self._at[lines] += HEAD
        self._run_of(lines)
        self._repeat(which[kind == 0], self._run_of)

    def _repeat(self, which: NDArray[np.int64], take: Callable[[NDArray[np.int64]], None]) -> None:
        """Take parts or rings, as many of each row as it counts; rows that would have too many are bad."""
        left = self._count(which, HEAD)
        while which.size:
            more = (left > 0) & ~self.bad[which]
            which, left = which[more], left[more] - 1
            if not which.size or self._is_long():
                break
            take(which)
        self.bad[which] = True

    def _run_of(self, which: NDArray[np.int64]) -> None:
        """Return a number of coordinates, and the coordinates."""
        which = which[self._fits(which, 4)]
        counts = self._words.at(self._at[which])
        fits = self._fits(which, 4 + counts * self.size[which])
        which, counts = which[fits], counts[fits]
        self._take(which, self._at[which] + 4, counts)

    def _take(self, which: NDArray[np.int64], place: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
        self._at[which] = place + counts * self.size[which]
        self._pieces.append((which, place, counts))

    def _count(self, which: NDArray[np.int64], after: int) -> NDArray[np.int64]:
        """The number that stands so many bytes on; rows stand behind it then."""
        self.bad[which[self._at[which] + after + 4 > self._ends[which]]] = True
        counts = np.where(self.bad[which], 0, self._words.at(np.where(self.bad[which], 0, self._at[which] + after)))
        self._at[which] += after + 4
        return counts

    def _fits(self, which: NDArray[np.int64], nbytes: NDArray[np.int64] | int) -> NDArray[np.bool_]:
        fits = self._at[which] + nbytes <= self._ends[which]
        self.bad[which[~fits]] = True
        return np.asarray(fits)

    def _is_long(self) -> bool:
        self._steps += 1
        return self._steps > _MOST_STEPS


def _coordinates(
    data: NDArray[np.uint8], place: NDArray[np.int64], counts: NDArray[np.int64], size: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The x and y of runs of coordinates of `size` bytes that begin at `place`."""
    total = int(counts.sum())
    if not total:
        return np.zeros((0, 2))
    first = np.cumsum(counts) - counts
    if (size == size[0]).all():
        steps = np.arange(total) * int(size[0]) + np.repeat(place - first * size, counts)
    else:
        steps = np.arange(total) * np.repeat(size, counts) + np.repeat(place - first * size, counts)
    pairs = np.ndarray((len(data) - 15,), np.complex128, data, strides=(1,))
    return pairs[steps].view(np.float64).reshape(-1, 2)
