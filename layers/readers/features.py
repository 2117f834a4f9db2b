"""Features for the canvas: a chunk of rows, projected, as int32 steps in columns; and their attributes."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.errors import CannotBePlaced
from layers.geo.crs import WEB_MERCATOR, is_geographic, same_crs, transform_points
from layers.readers.environment import ANSWER_BYTES
from layers.readers.shapes import Shapes, grouped, shapes_of
from layers.readers.vector_source import Rows, read_rows
from layers.vector.table import LINE

CHUNK_FEATURES = 50_000
CHUNK_ATTRIBUTES = 20_000
_SPARE_BYTES = 2**16
_STEP_DEGREES = 1e-7
_STEP_UNITS = 0.01
_MAX_STEPS = 2**31 - 1


def read_features(params: dict[str, Any]) -> tuple[dict[str, Any], tuple[NDArray[Any], ...]]:
    """One chunk of a layer in the canvas CRS: the columns of `FeatureTable` in its order, from `kind` to `bounds`.

    Header: crs, origin, step, columns, skipped (rows that have no place), next_fid (for the next chunk), done.
    Raises CannotBePlaced where the layer has no CRS and `source_crs` names none.
    """
    canvas = str(params["crs"])
    limit = min(int(params.get("limit") or CHUNK_FEATURES), CHUNK_FEATURES)
    start = int(params.get("start_fid") or 0)
    path, layer = str(params["path"]), str(params.get("layer", ""))
    rows = read_rows(path, layer, start, limit, params.get("columns", []))
    source = str(params.get("source_crs", "")) or rows.crs
    if not source:
        raise CannotBePlaced(f"{layer or os.path.basename(path)} does not say in which CRS it is: choose its CRS.")
    unrolled = is_geographic(canvas) or same_crs(canvas, WEB_MERCATOR)
    shapes = shapes_of(rows.wkb, split=is_geographic(source) and unrolled)
    step = _STEP_DEGREES if is_geographic(canvas) else _STEP_UNITS
    shapes, steps = _projected(shapes, source, canvas, step)
    count = _rows_that_fit(shapes, len(rows.wkb))
    if count < len(rows.wkb):
        shapes = shapes.until(count)
        steps = steps[: shapes.xy.shape[0]]
    cut = {name: values[:count] for name, values in rows.columns.items()}
    header = {
        "crs": canvas, "origin": [0.0, 0.0], "step": step,
        "columns": {name: [values[row] for row in shapes.row.tolist()] for name, values in cut.items()},
        "skipped": count - int(np.unique(shapes.row).size), **_continuation(rows, count, start),
    }  # fmt: skip
    columns = (
        shapes.kind,
        rows.fids[shapes.row],
        shapes.part_of.astype(np.int32),
        shapes.start_of.astype(np.int32),
        steps,
        _bounds(shapes, steps),
    )
    return header, columns


def read_attributes(params: dict[str, Any]) -> tuple[dict[str, Any], tuple[NDArray[Any], ...]]:
    """Header: fids, columns (JSON values by name), next_fid, done; of `fids`, or of a chunk from `start_fid` on."""
    fids = params.get("fids")
    limit = min(int(params.get("limit") or CHUNK_ATTRIBUTES), CHUNK_ATTRIBUTES)
    start = int(params.get("start_fid") or 0)
    wanted = None if fids is None else [int(fid) for fid in fids[:limit]]
    rows = read_rows(str(params["path"]), str(params.get("layer", "")), start, limit, params.get("columns"), wanted)
    more = {"next_fid": rows.next_fid, "done": rows.next_fid is None}
    return {"fids": rows.fids.tolist(), "columns": rows.columns, **more}, ()


def _projected(shapes: Shapes, source: str, canvas: str, step: float) -> tuple[Shapes, NDArray[np.int32]]:
    """The shapes in steps of the canvas CRS. Coordinates without a place are left out; a line breaks there."""
    x, y = transform_points(source, canvas, shapes.xy[:, 0], shapes.xy[:, 1])
    world = np.stack([x, y], axis=1) / step
    good = np.isfinite(world).all(axis=1) & (np.abs(world) < _MAX_STEPS).all(axis=1)
    if good.all():
        return shapes, np.rint(world).astype(np.int32)
    part = shapes.part_of_coordinate()
    breaks = np.ones(good.size, bool)
    if good.size:
        is_line = (shapes.kind[shapes.feature_of_part()] == LINE)[part]
        breaks[1:] = is_line[1:] & ~good[:-1]
    runs = np.cumsum(breaks)[good]
    part = part[good]
    new = np.ones(part.size, bool)
    new[1:] = (part[1:] != part[:-1]) | (runs[1:] != runs[:-1])
    first = np.flatnonzero(new)
    counts = np.diff(np.append(first, part.size))
    feature = shapes.feature_of_part()[part[first]]
    left = grouped(feature, counts, shapes.kind, shapes.row, shapes.xy[good])
    return left, np.rint(world[good]).astype(np.int32)


def _rows_that_fit(shapes: Shapes, rows: int) -> int:
    """How many leading rows fit a block; at least one, even if the answer is then refused as too large."""
    ends = shapes.start_of[shapes.part_of[1:]] * 8 + shapes.part_of[1:] * 4 + np.arange(1, len(shapes) + 1) * 29
    fitting = int(np.searchsorted(ends, ANSWER_BYTES - _SPARE_BYTES, side="right"))
    return rows if fitting == len(shapes) else max(int(shapes.row[fitting]), 1)


def _continuation(rows: Rows, count: int, start: int) -> dict[str, Any]:
    """Where the next chunk starts: fids in a GeoPackage, positions in files that are read as a whole."""
    if count == len(rows.wkb):
        return {"next_fid": rows.next_fid, "done": rows.next_fid is None}
    return {"next_fid": int(rows.fids[count]) if rows.by_fid else start + count, "done": False}


def _bounds(shapes: Shapes, steps: NDArray[np.int32]) -> NDArray[np.int32]:
    if not len(shapes):
        return np.zeros((0, 4), np.int32)
    first = shapes.start_of[shapes.part_of[:-1]]
    return np.concatenate([np.minimum.reduceat(steps, first), np.maximum.reduceat(steps, first)], axis=1)
