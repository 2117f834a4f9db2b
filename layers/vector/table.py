"""Features in columns: a vector layer as a reader sends it, ready to paint."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from layers.geo.bounds import Bounds
from layers.vector.feature_index import Edges, FeatureIndex

POINT, LINE, POLYGON = 1, 2, 3


class VectorInfo(Struct, frozen=True):
    """One vector layer of a source file."""

    path: str
    driver: str
    name: str
    geometry: str
    """OGC name: Point, LineString, Polygon, Unknown, ... as the file says."""
    features: int
    crs: str
    fields: tuple[tuple[str, str], ...]
    """(name, type) pairs; types are integer, real, text, date, datetime, time, boolean, list, json, other."""
    bounds: Bounds | None
    """Bounds in `crs`; None for an empty layer."""
    bounds_lonlat: Bounds | None
    problems: tuple[str, ...] = ()
    style: dict[str, Any] = field(default_factory=dict)
    """A `VectorStyle` in JSON that the file itself gives; empty: none."""
    reading: dict[str, Any] = field(default_factory=dict)
    """Facts of reading the file: encoding and encoding_evidence; for tables also delimiter, header, header_row (the
    number of the row of names, 0: none), columns (what says where the rows are), names (all columns), preview (the
    first rows as text), rows, placed, swapped (latitudes look like longitudes: nothing is placed)."""

    @property
    def is_clockwise(self) -> bool:
        """True where areas lie to the right of their rings."""
        return self.driver == "ESRI Shapefile"


class StepGrid(Struct, frozen=True):
    """The grid on which a table's coordinates lie: int32 steps from an origin in a canvas CRS.

    world = origin + steps * step (Web Mercator: 9 mm a step).
    """

    crs: str
    origin_x: float
    origin_y: float
    step: float
    """Length of a step in units of the CRS."""


class FeatureTable:
    """A chunk of features, projected to one canvas CRS; never changed once made.

    Features own parts (a point, a line's piece, a ring), parts own coordinates:
    feature i's parts are ``part_of[i]:part_of[i + 1]``, part j's coordinates ``xy[start_of[j]:start_of[j + 1]]``.
    `xy` are steps on the table's `grid`.
    Polygons fill by the odd-even rule over all parts of a feature.

    What follows from the rest is not kept but made when asked for: a million points are 8 MB, not 41.
    """

    __slots__ = (
        "_areas",
        "_bounds",
        "_fid",
        "_index",
        "_kind",
        "_part_of",
        "_start_of",
        "attributes",
        "grid",
        "xy",
    )

    def __init__(
        self,
        grid: StepGrid,
        kind: NDArray[np.uint8] | int,
        fid: NDArray[Any] | int,
        part_of: NDArray[np.int32] | None,
        start_of: NDArray[np.int32] | None,
        xy: NDArray[np.int32],
        bounds: NDArray[np.int32] | None = None,
        attributes: dict[str, list[Any]] | None = None,
    ) -> None:
        """Create a table. `kind` as a number: all features are of it; `fid` as a number: fids ascend by one from there;
        no `part_of`: one part each; no `start_of`: one coordinate a part (points); no `bounds`: they are computed on
        demand.
        """
        self.grid = grid
        self._kind, self._fid, self._part_of, self._start_of = kind, fid, part_of, start_of
        self.xy = xy
        """(k, 2)"""
        self._bounds = bounds
        self._index: FeatureIndex | None = None
        self._areas: NDArray[np.float32] | None = None
        self.attributes = attributes if attributes is not None else {}
        """Column name to n values (None = NULL), where attributes were asked for."""

    @classmethod
    def empty(cls, crs: str) -> FeatureTable:
        """Return a table without features."""
        return cls(StepGrid(crs, 0.0, 0.0, 1.0), POINT, 0, None, None, np.zeros((0, 2), np.int32))

    def taken(self, rows: NDArray[Any]) -> FeatureTable:
        """A table of some of the features."""
        kind = self._kind if isinstance(self._kind, int) else self._kind[rows]
        head = self.grid, kind, self.fids_of(rows)
        if self.is_single:
            return FeatureTable(*head, None, None, self.xy[rows])
        part_of, start_of = self.part_of, self.start_of
        parts_each = part_of[rows + 1] - part_of[rows]
        parts = runs(part_of[rows], parts_each)
        counts = start_of[parts + 1] - start_of[parts]
        new_part_of, new_start_of = (
            np.concatenate([[0], np.cumsum(each)]).astype(np.int32) for each in (parts_each, counts)
        )
        return FeatureTable(*head, new_part_of, new_start_of, self.xy[runs(start_of[parts], counts)], self.bounds[rows])

    @property
    def crs(self) -> str:
        return self.grid.crs

    @property
    def origin_x(self) -> float:
        return self.grid.origin_x

    @property
    def origin_y(self) -> float:
        return self.grid.origin_y

    @property
    def step(self) -> float:
        return self.grid.step

    def __len__(self) -> int:
        ladder = self._part_of if self._part_of is not None else self._start_of
        return int(self.xy.shape[0] if ladder is None else ladder.shape[0] - 1)

    @property
    def kind(self) -> NDArray[np.uint8]:
        """(n,) POINT, LINE or POLYGON."""
        return np.broadcast_to(np.uint8(self._kind), len(self)) if isinstance(self._kind, int) else self._kind

    @property
    def only_kind(self) -> int | None:
        """The kind of all features, where it is known to be one."""
        return self._kind if isinstance(self._kind, int) else None

    @property
    def fid(self) -> NDArray[Any]:
        """(n,) whole numbers."""
        if isinstance(self._fid, int):
            return np.arange(self._fid, self._fid + len(self), dtype=np.int64)
        return self._fid

    def fids_of(self, rows: NDArray[Any]) -> NDArray[np.int64]:
        """The fids of some features, without making those of all."""
        return rows.astype(np.int64) + self._fid if isinstance(self._fid, int) else self._fid[rows].astype(np.int64)

    def rows_of(self, fids: NDArray[np.int64]) -> NDArray[np.intp]:
        """Features that have one of these (sorted) fids, ascending; a fid may have several features, or none."""
        if not fids.size or not len(self):
            return np.zeros(0, np.intp)
        if isinstance(self._fid, int):
            first, last = np.searchsorted(fids, (self._fid, self._fid + len(self)))
            return (fids[first:last] - self._fid).astype(np.intp)
        at = np.minimum(np.searchsorted(fids, self._fid), fids.size - 1)
        return np.flatnonzero(fids[at] == self._fid)

    @property
    def is_single(self) -> bool:
        """True where each feature is one coordinate: row i is ``xy[i]``."""
        return self._part_of is None and self._start_of is None

    @property
    def is_whole(self) -> bool:
        """True where each feature is one part: row i is part i."""
        return self._part_of is None

    @property
    def part_of(self) -> NDArray[np.int32]:
        """(n + 1,)"""
        return np.arange(len(self) + 1, dtype=np.int32) if self._part_of is None else self._part_of

    @property
    def start_of(self) -> NDArray[np.int32]:
        """(m + 1,)"""
        return np.arange(len(self.xy) + 1, dtype=np.int32) if self._start_of is None else self._start_of

    @property
    def bounds(self) -> NDArray[np.int32]:
        """(n, 4) left, bottom, right, top in steps."""
        if self.is_single:
            return np.concatenate([self.xy, self.xy], axis=1)
        if self._bounds is None:
            self._bounds = bounds_of(self.xy, self.start_of[self.part_of[:-1]])
        return self._bounds

    @property
    def index(self) -> FeatureIndex:
        """Index of the features' places; made once."""
        if self._index is None:
            self._index = FeatureIndex.of_points(self.xy) if self.is_single else FeatureIndex.of_boxes(self.bounds)
        return self._index

    @property
    def areas(self) -> NDArray[np.float32]:
        """(n,) square steps that the rings of each feature enclose, holes that run the other way apart; made once."""
        if self._areas is None:
            self._areas = _areas_of(self.xy, self.start_of, self.part_of)
        return self._areas

    @property
    def nbytes(self) -> int:
        columns = (self._kind, self._fid, self._part_of, self._start_of, self.xy, self._bounds, self._areas)
        own = sum(int(column.nbytes) for column in columns if isinstance(column, np.ndarray))
        return own + (self._index.nbytes if self._index is not None else 0)

    def coordinates_of(self, rows: NDArray[Any]) -> NDArray[np.int64]:
        """(len(rows),) how many coordinates each of these features has."""
        if self.is_single:
            return np.ones(len(rows), np.int64)
        part_of, start_of = self.part_of, self.start_of
        return (start_of[part_of[rows + 1]] - start_of[part_of[rows]]).astype(np.int64)

    def with_coordinates(self, xy: NDArray[np.int32], start_of: NDArray[np.int32]) -> FeatureTable:
        """The same features and parts with fewer coordinates; bounds and index stay those of the whole ones."""
        bounds = None if self.is_single else self.bounds
        new = FeatureTable(self.grid, self._kind, self._fid, self._part_of, start_of, xy, bounds, self.attributes)
        new._index, new._areas = self._index, self._areas
        return new

    def moved_to(self, xy: NDArray[Any], x: float, y: float, size: float) -> FeatureTable:
        """Return the table with coordinates in larger steps, each of `size` present ones, counted from (x, y) in
        present steps.

        It is for painting only: bounds, areas and index stay in the present steps.
        """
        new = self.with_coordinates(xy, self.start_of)
        grid = self.grid
        new.grid = StepGrid(grid.crs, grid.origin_x + x * grid.step, grid.origin_y + y * grid.step, grid.step * size)
        return new

    def to_steps(self, bounds: Bounds) -> Edges:
        """World bounds in the table's steps."""
        return (
            (bounds.left - self.origin_x) / self.step,
            (bounds.bottom - self.origin_y) / self.step,
            (bounds.right - self.origin_x) / self.step,
            (bounds.top - self.origin_y) / self.step,
        )

    def rows_in(self, bounds: Bounds) -> NDArray[np.int32]:
        """The features whose bounds touch world bounds, ascending."""
        left, bottom, right, top = edges = self.to_steps(bounds)
        found = self.index.rows_near(edges)
        if self.is_single:
            x, y = self.xy[found, 0], self.xy[found, 1]
            return found[(x >= left) & (x <= right) & (y >= bottom) & (y <= top)]
        box = self.bounds[found]
        return found[(box[:, 0] <= right) & (box[:, 2] >= left) & (box[:, 1] <= top) & (box[:, 3] >= bottom)]

    def world_bounds(self) -> Bounds | None:
        """Bounds of all features in canvas CRS units."""
        if not len(self):
            return None
        left, bottom, right, top = self.index.bounds
        return Bounds(
            self.origin_x + left * self.step,
            self.origin_y + bottom * self.step,
            self.origin_x + right * self.step,
            self.origin_y + top * self.step,
        )


def bounds_of(xy: NDArray[np.int32], first: NDArray[Any]) -> NDArray[np.int32]:
    """(n, 4) of features whose coordinates begin at `first` (ascending, none empty) and end where the next begin."""
    if not len(first):
        return np.zeros((0, 4), np.int32)
    x, y = xy[:, 0], xy[:, 1]
    edges = [rule.reduceat(column, first) for rule in (np.minimum, np.maximum) for column in (x, y)]
    return np.stack(edges, axis=1)


def _areas_of(xy: NDArray[np.int32], start_of: NDArray[np.int32], part_of: NDArray[np.int32]) -> NDArray[np.float32]:
    """The shoelace formula, from the first coordinate of each part, so that no digits are lost."""
    if len(xy) < 2:
        return np.zeros(len(part_of) - 1, np.float32)
    near = (xy - np.repeat(xy[start_of[:-1]], np.diff(start_of), axis=0)).astype(np.float32)
    cross = np.zeros(len(xy), np.float32)
    np.subtract(near[:-1, 0] * near[1:, 1], near[1:, 0] * near[:-1, 1], out=cross[:-1])
    cross[start_of[1:] - 1] = 0
    return np.abs(np.add.reduceat(cross, start_of[part_of[:-1]])) * np.float32(0.5)


def runs(first: NDArray[Any], counts: NDArray[Any]) -> NDArray[np.int64]:
    """first[0], first[0] + 1, ... counts[0] of them, then those of first[1], ..."""
    ends = np.cumsum(counts, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(first - (ends - counts), counts)
