"""Finds the features at a place, in a box or in an area: for hovering, clicking and selecting, at any number.

Everything is in units of the canvas CRS. Filters are the caller's: what is asked here is where features are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.geo.bounds import Bounds
from layers.vector.gathering import Gathered, gathered
from layers.vector.table import POINT, POLYGON, FeatureTable


def at(tables: Sequence[FeatureTable], x: float, y: float, radius: float) -> list[int]:
    """Fids of the features within `radius` of a place, or around it; the one painted last first."""
    around = Bounds(x - radius, y - radius, x + radius, y + radius)
    fids: list[int] = []
    for table in tables:
        rows = table.rows_in(around)
        if not rows.size:
            continue
        place = np.array([(x - table.origin_x) / table.step, (y - table.origin_y) / table.step])
        rows = rows[_near(table, rows, place, radius / table.step)]
        on_top = table.kind[rows] == POINT
        fids += [*table.fids_of(rows[~on_top]).tolist(), *table.fids_of(rows[on_top]).tolist()]
    return list(dict.fromkeys(reversed(fids)))


def within_polygon(tables: Sequence[FeatureTable], ring: Sequence[tuple[float, float]]) -> NDArray[np.int64]:
    """Fids, ascending, of the features that reach into an area; nothing where the ring encloses none."""
    if len(ring) < 3:
        return np.zeros(0, np.int64)
    area = shapely.make_valid(shapely.Polygon(ring))
    return within_area(tables, area)


def within_area(tables: Sequence[FeatureTable], area: BaseGeometry) -> NDArray[np.int64]:
    """Fids, ascending, of the features that reach into a valid area; nothing where it has no extent."""
    if area.is_empty or not area.area:
        return np.zeros(0, np.int64)
    return _reaching(tables, Bounds(*area.bounds), area)


def _reaching(tables: Sequence[FeatureTable], bounds: Bounds, area: BaseGeometry) -> NDArray[np.int64]:
    shapely.prepare(area)
    is_box = area.area >= bounds.width * bounds.height * (1 - 1e-12)
    chunks = [np.zeros(0, np.int64)]
    for table in tables:
        rows = table.rows_in(bounds)
        if table.is_single:
            if not is_box:
                x, y = _world(table, table.xy[rows]).T
                rows = rows[shapely.intersects_xy(area, x, y)]
        else:
            inside = _inside_box(table, rows, bounds) if is_box else np.zeros(len(rows), bool)
            unsure = rows[~inside]
            rows = np.concatenate([rows[inside], unsure[_touching(table, unsure, area)]])
        chunks.append(table.fids_of(rows))
    fids = np.sort(np.concatenate(chunks))
    return fids[np.append(True, fids[1:] != fids[:-1])] if fids.size else fids


def _inside_box(table: FeatureTable, rows: NDArray[np.int32], bounds: Bounds) -> NDArray[np.bool_]:
    left, bottom, right, top = table.to_steps(bounds)
    box = table.bounds[rows]
    return np.asarray((box[:, 0] >= left) & (box[:, 1] >= bottom) & (box[:, 2] <= right) & (box[:, 3] <= top))


def _touching(table: FeatureTable, rows: NDArray[np.int32], area: BaseGeometry) -> NDArray[np.bool_]:
    """True for features with points, lines or edges in the area, and for polygons around it."""
    parts = gathered(table, rows)
    counts = np.diff(parts.starts)
    # A line of shapely's has two points at least.
    coordinate = np.repeat(np.arange(len(parts.xy)), np.where(np.repeat(counts == 1, counts), 2, 1))
    part = parts.of_coordinate()[coordinate]
    lines = shapely.linestrings(_world(table, parts.xy[coordinate]), indices=part)
    meets = np.zeros(len(rows), bool)
    meets[parts.owner[shapely.intersects(area, lines)]] = True
    x, y = shapely.get_coordinates(area.representative_point())[0].tolist()
    place = np.array([(x - table.origin_x) / table.step, (y - table.origin_y) / table.step])
    return np.asarray(meets | (_around(parts, place, len(rows)) & (table.kind[rows] == POLYGON)))


def _near(table: FeatureTable, rows: NDArray[np.int32], place: NDArray[np.float64], reach: float) -> NDArray[np.bool_]:
    """Marks the rows that come within `reach` steps of the place, or lie around it."""
    if table.is_single:
        away = table.xy[rows] - place
        return np.asarray((away**2).sum(axis=1) <= reach**2)
    parts = gathered(table, rows)
    away = parts.xy - place
    near = np.zeros(len(rows), bool)
    owner = parts.owner[parts.of_coordinate()]
    near[owner[(away**2).sum(axis=1) <= reach**2]] = True
    legs = parts.legs()
    legs = legs[table.kind[rows][owner[legs]] != POINT]
    start, step = away[legs], (away[legs + 1] - away[legs])
    length = (step**2).sum(axis=1)
    share = np.clip(-(start * step).sum(axis=1) / np.where(length == 0, 1, length), 0, 1)
    foot = start + step * share[:, None]
    near[owner[legs[(foot**2).sum(axis=1) <= reach**2]]] = True
    return np.asarray(near | (_around(parts, place, len(rows)) & (table.kind[rows] == POLYGON)))


def _around(parts: Gathered, place: NDArray[np.float64], count: int) -> NDArray[np.bool_]:
    """True for each of the chosen features around the place, by the odd-even rule over all its rings."""
    xy = parts.xy - place
    legs = parts.legs()
    a, b = xy[legs], xy[legs + 1]
    straddles = (a[:, 1] > 0) != (b[:, 1] > 0)
    legs, a, b = legs[straddles], a[straddles], b[straddles]
    right = a[:, 0] - a[:, 1] * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1]) > 0
    crossings = np.bincount(parts.owner[parts.of_coordinate()[legs[right]]], minlength=count)
    return np.asarray(crossings % 2 == 1)


def _world(table: FeatureTable, xy: NDArray[np.int32]) -> NDArray[np.float64]:
    return xy * table.step + np.array([table.origin_x, table.origin_y])
