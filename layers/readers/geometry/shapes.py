"""Geometries in columns: parts and coordinates of many at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray

from layers.vector.table import LINE, POINT, POLYGON

_KIND_OF_TYPE = {0: POINT, 1: LINE, 2: LINE, 3: POLYGON}
_COLLECTIONS = (4, 5, 6, 7)


class Shapes(Struct, frozen=True, eq=False):
    """Geometries in the columns of `FeatureTable`, in world coordinates: features own parts, parts own coordinates.

    Rows are ascending. A row of mixed kinds gives one feature a kind; a row without geometry gives none.
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

    def without(self, features: NDArray[np.intp]) -> Shapes:
        """All features but these."""
        kept = np.ones(len(self), bool)
        kept[features] = False
        parts = kept[self.feature_of_part()]
        coordinates = np.repeat(parts, np.diff(self.start_of))
        part_of = _starts(np.diff(self.part_of)[kept])
        start_of = _starts(np.diff(self.start_of)[parts])
        return Shapes(self.kind[kept], self.row[kept], part_of, start_of, self.xy[coordinates])


def grouped(part_feature: NDArray[Any], counts: NDArray[Any], kind: NDArray[Any], row: NDArray[Any], xy: Any) -> Shapes:
    """Shapes from parts in order: each part's feature (ascending, gaps allowed) and number of coordinates."""
    used, part_counts = np.unique(part_feature, return_counts=True)
    return Shapes(kind[used].astype(np.uint8), row[used], _starts(part_counts), _starts(counts), xy)


def general_shapes(geometries: NDArray[Any], rows: NDArray[np.int64]) -> Shapes:
    """The shapes of shapely geometries; None and empty ones have none. `rows`: the row of each."""
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
