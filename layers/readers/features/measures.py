"""Lengths and areas of features on the ellipsoid, for expressions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.errors import CannotBePlaced
from layers.geo.crs import WGS84, same_crs, transform_points
from layers.geo.measure import area_m2, segment_lengths_m
from layers.readers.features.vector_source import rows_of, source_of
from layers.readers.files import Content
from layers.readers.geometry.long_legs import with_long_edges
from layers.requests.features import Measure

CHUNK_ROWS = 20_000


def read_measures(question: Measure) -> tuple[dict[str, Any], tuple[NDArray[Any], ...]]:
    """Measure the rows that `Measure` asks for.

    Rows that have no such measure are nan: a point has neither, a line no area. The length of an area is that of its
    outline. Raises CannotBePlaced without a CRS, and what reading raises.
    """
    source = source_of(question)
    rows = rows_of(source, question.start, CHUNK_ROWS, [])
    crs = question.source_crs or rows.crs
    if not crs:
        raise CannotBePlaced("{name} does not say in which CRS it is: choose its CRS first.", name=source.name)
    shapes = shapely.from_wkb(np.array(list(rows.wkb), dtype=object), on_invalid="fix")
    if not same_crs(crs, WGS84):
        shapes = shapely.transform(shapes, lambda xy: _lonlat(crs, xy))
    for row in np.flatnonzero(shapely.bounds(shapes).reshape(-1, 4) @ (-1, 0, 1, 0) > 180.0):
        shapes[row] = with_long_edges(shapes[row], clockwise=source.content is Content.SHAPEFILE)
    values = lengths(shapes) if question.measure == "$length" else areas(shapes)
    return {"next": rows.next_fid}, (np.asarray(rows.fids, np.int64), values)


def lengths(shapes: NDArray[Any]) -> NDArray[np.float64]:
    """(n,) Metres along lines and round areas with their holes; nan where there is neither."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    parts, owner = _flat(parts, owner)
    is_area = shapely.get_type_id(parts) == 3
    rings, of = shapely.get_rings(parts[is_area], return_index=True)
    lines = np.concatenate([parts[_is_line(parts)], rings])
    owners = np.concatenate([owner[_is_line(parts)], owner[is_area][of]])
    lengths_m = np.full(len(shapes), np.nan)
    lengths_m[owners] = 0.0
    points, line = shapely.get_coordinates(lines, return_index=True)
    steps = segment_lengths_m(points[:, 0], points[:, 1])
    within = line[1:] == line[:-1]
    np.add.at(lengths_m, owners[line[1:][within]], steps[within])
    return np.where(np.isfinite(lengths_m), lengths_m, np.nan)


def areas(shapes: NDArray[Any]) -> NDArray[np.float64]:
    """(n,) Square metres of areas less their holes; nan where there is none."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    parts, owner = _flat(parts, owner)
    is_area = shapely.get_type_id(parts) == 3
    areas_m2 = np.full(len(shapes), np.nan)
    areas_m2[owner[is_area]] = 0.0
    for part, at in zip(parts[is_area].tolist(), owner[is_area].tolist(), strict=True):
        rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(part)]
        shell, *holes = (area_m2(ring[:, 0], ring[:, 1]) for ring in rings) if rings else (0.0,)
        areas_m2[at] += shell - math.fsum(holes)
    return np.where(np.isfinite(areas_m2), areas_m2, np.nan)


def _flat(parts: NDArray[Any], owner: NDArray[np.intp]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """List the members of a collection, which may hold collections."""
    while (shapely.get_type_id(parts) >= 4).any():
        parts, of = shapely.get_parts(parts, return_index=True)
        owner = owner[of]
    return parts, owner


def _is_line(parts: NDArray[Any]) -> NDArray[np.bool_]:
    return np.isin(shapely.get_type_id(parts), (1, 2))


def _lonlat(crs: str, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack(transform_points(crs, WGS84, xy[:, 0], xy[:, 1]), axis=1)
