"""Finds the vertex and the edge of features that are nearest to a place, for snapping."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from layers.geo.bounds import Bounds
from layers.vector.gathering import gathered
from layers.vector.table import POINT, FeatureTable

MOST_VERTICES = 400_000
"""Most vertices around a place that are searched: it takes some milliseconds."""

type Fids = NDArray[np.int64]


class Near(NamedTuple):
    """A place in units of the table's CRS, its distance from the place asked for, and the fid of its feature."""

    far: float
    x: float
    y: float
    fid: int


def nearest(
    tables: Sequence[FeatureTable], x: float, y: float, radius: float, shown: Callable[[Fids], Fids] = lambda fids: fids
) -> tuple[Near | None, Near | None]:
    """Find the nearest vertex and the nearest place on an edge within `radius`, among features that pass `shown`."""
    around = Bounds(x - radius, y - radius, x + radius, y + radius)
    vertices: list[Near] = []
    edges: list[Near] = []
    for table in tables:
        rows = table.rows_in(around)
        if not rows.size:
            continue
        rows = rows[np.isin(table.fids_of(rows), shown(np.unique(table.fids_of(rows))))]
        parts = gathered(table, rows) if rows.size else None
        if parts is None or len(parts.xy) > MOST_VERTICES:
            continue
        place = np.array([(x - table.origin_x) / table.step, (y - table.origin_y) / table.step])
        away = parts.xy - place
        owner = parts.owner[parts.of_coordinate()]
        squares = (away**2).sum(axis=1)
        at = int(np.argmin(squares))
        reach = (radius / table.step) ** 2

        def near_at(offset: NDArray[np.float64], row: int, table: FeatureTable = table) -> Near:
            step_x, step_y = (offset * table.step).tolist()
            (fid,) = table.fids_of(np.array([row])).tolist()
            return Near(float(np.hypot(step_x, step_y)), x + step_x, y + step_y, fid)

        if squares[at] <= reach:
            vertices.append(near_at(away[at], int(rows[owner[at]])))
        legs = parts.legs() if not table.is_single else np.zeros(0, np.int64)
        legs = legs[table.kind[rows][owner[legs]] != POINT]
        if not legs.size:
            continue
        start, step = away[legs], away[legs + 1] - away[legs]
        length = (step**2).sum(axis=1)
        share = np.clip(-(start * step).sum(axis=1) / np.where(length == 0, 1, length), 0, 1)
        foot = start + step * share[:, None]
        squares = (foot**2).sum(axis=1)
        leg = int(np.argmin(squares))
        if squares[leg] <= reach:
            edges.append(near_at(foot[leg], int(rows[owner[legs[leg]]])))
    return min(vertices, default=None), min(edges, default=None)
