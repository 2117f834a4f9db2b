"""Geometries in columns: from WKB to parts and coordinates, without an object for each where they are all alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.geo.antimeridian import split_geometry
from layers.vector.table import LINE, POINT, POLYGON

_POINT_BYTES = 21
_KIND_OF_TYPE = {0: POINT, 1: LINE, 2: LINE, 3: POLYGON}
_COLLECTIONS = (4, 5, 6, 7)


@dataclass(frozen=True, eq=False, slots=True)
class Shapes:
    """As in `FeatureTable`, in world coordinates: features own parts, parts own coordinates. Rows are ascending.

    A row of mixed kinds gives one feature a kind; a row without geometry gives none.
    """

    kind: NDArray[np.uint8]
    row: NDArray[np.int64]
    """(n,) the index of the geometry each feature came from."""
    part_of: NDArray[np.int64]
    start_of: NDArray[np.int64]
    xy: NDArray[np.float64]

    def __len__(self) -> int:
        return int(self.kind.shape[0])

    def feature_of_part(self) -> NDArray[np.int64]:
        """(m,) the index of each part's feature."""
        return np.repeat(np.arange(len(self)), np.diff(self.part_of))

    def part_of_coordinate(self) -> NDArray[np.int64]:
        """(k,) the index of each coordinate's part."""
        return np.repeat(np.arange(self.start_of.size - 1), np.diff(self.start_of))

    def until(self, row: int) -> Shapes:
        """The features of rows before `row`."""
        n = int(np.searchsorted(self.row, row))
        m = int(self.part_of[n])
        k = int(self.start_of[m])
        return Shapes(self.kind[:n], self.row[:n], self.part_of[: n + 1], self.start_of[: m + 1], self.xy[:k])


def shapes_of(wkb: Sequence[bytes | None], *, split: bool) -> Shapes:
    """The shapes of geometries; None, empty and undecodable ones are left out.

    With `split`, coordinates are longitudes and latitudes, and what crosses the antimeridian is cut there.
    """
    rows = np.array([i for i, w in enumerate(wkb) if w is not None], np.int64)
    present = [w for w in wkb if w is not None]
    fast = _uniform(present, rows) if present else None
    if fast is not None and not (split and _crosses(fast)):
        return fast
    geometries = shapely.from_wkb(np.array(present, object), on_invalid="ignore")
    if split:
        bounds = shapely.bounds(geometries)
        suspects = (bounds[:, 0] < -180) | (bounds[:, 2] > 180) | (bounds[:, 2] - bounds[:, 0] > 180)
        for index in np.flatnonzero(suspects):
            geometries[index] = split_geometry(geometries[index])
    return _general(geometries, rows)


def grouped(part_feature: NDArray[Any], counts: NDArray[Any], kind: NDArray[Any], row: NDArray[Any], xy: Any) -> Shapes:
    """Shapes from parts in order: each part's feature (ascending, gaps allowed) and number of coordinates."""
    used, part_counts = np.unique(part_feature, return_counts=True)
    return Shapes(kind[used].astype(np.uint8), row[used], _starts(part_counts), _starts(counts), xy)


def _uniform(wkb: list[bytes], rows: NDArray[np.int64]) -> Shapes | None:
    """Little-endian 2D points, lines, or polygons of one ring, if all are of one such kind."""
    start = b"".join([w[:5] for w in wkb])
    if len(start) != 5 * len(wkb):
        return None
    heads = np.frombuffer(start, np.uint8).reshape(-1, 5)
    if (heads != heads[0]).any() or heads[0, 0] != 1:
        return None
    kind = int.from_bytes(heads[0, 1:].tobytes(), "little")
    if kind == POINT:
        counts, body = np.ones(len(wkb), np.int64), b"".join([w[5:] for w in wkb])
    elif kind == LINE:
        counts, body = _counts(wkb, 5), b"".join([w[9:] for w in wkb])
    elif kind == POLYGON and all(w[5:9] == b"\x01\0\0\0" for w in wkb):
        counts, body = _counts(wkb, 9), b"".join([w[13:] for w in wkb])
    else:
        return None
    if len(body) != 16 * int(counts.sum()) or (counts == 0).any():
        return None
    xy = np.frombuffer(body, np.float64).reshape(-1, 2)
    return Shapes(np.full(len(wkb), kind, np.uint8), rows, np.arange(len(wkb) + 1), _starts(counts), xy)


def _counts(wkb: list[bytes], at: int) -> NDArray[np.int64]:
    return np.frombuffer(b"".join([w[at : at + 4] for w in wkb]), np.uint32).astype(np.int64)


def _crosses(shapes: Shapes) -> bool:
    lon = shapes.xy[:, 0]
    if bool((np.abs(lon) > 180).any()):
        return True
    jumps = np.abs(np.diff(lon)) > 180
    inside = np.ones(max(lon.size - 1, 0), bool)
    inside[shapes.start_of[1:-1] - 1] = False  # from one part to the next
    return bool((jumps & inside).any())


def _general(geometries: NDArray[Any], rows: NDArray[np.int64]) -> Shapes:
    parts, index = shapely.get_parts(geometries, return_index=True)
    types = shapely.get_type_id(parts)
    while np.isin(types, _COLLECTIONS).any():
        parts, deeper = shapely.get_parts(parts, return_index=True)
        index, types = index[deeper], shapely.get_type_id(parts)
    is_polygon, is_other = types == 3, np.isin(types, (0, 1, 2))
    rings, polygon = shapely.get_rings(parts[is_polygon], return_index=True)
    pieces = np.concatenate([parts[is_other], rings])
    kinds = np.array([_KIND_OF_TYPE.get(int(t), 0) for t in types[is_other]], np.int64)
    kinds = np.concatenate([kinds, np.full(len(rings), POLYGON)])
    owner = np.concatenate([index[is_other], index[is_polygon][polygon]]).astype(np.int64)
    order = np.argsort(owner * 4 + kinds, kind="stable")
    pieces, key = pieces[order], (owner * 4 + kinds)[order]
    counts = shapely.get_num_coordinates(pieces)
    pieces, key, counts = pieces[counts > 0], key[counts > 0], counts[counts > 0]
    used, part_feature = np.unique(key, return_inverse=True)
    return grouped(part_feature, counts, used % 4, rows[used // 4], shapely.get_coordinates(pieces))


def _starts(counts: NDArray[Any]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
