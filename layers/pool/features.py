"""Converts a reader's answer into a `FeatureTable`, and checks it, because the reader is not trusted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.errors import NotReadable
from layers.pool.protocol import Answer
from layers.requests.features import FeatureFacts
from layers.vector.table import LINE, POINT, POLYGON, FeatureTable, StepGrid


def table_from_answer(answer: Answer) -> FeatureTable:
    """The table of a "features" answer; raises NotReadable when its columns do not fit together."""
    facts: FeatureFacts = answer.facts
    columns = _columns(facts.form, answer.arrays)
    if columns is None:
        raise NotReadable("The reader sent features that do not fit together: reload the layer.")
    kind, fid, part_of, start_of, xy, bounds = columns
    grid = StepGrid(facts.crs, *facts.origin, facts.step)
    table = FeatureTable(grid, kind, fid, part_of, start_of, xy, bounds, facts.columns)
    ends_beyond = isinstance(fid, int) and fid + len(table) > 2**63
    if ends_beyond or any(len(values) != len(table) for values in facts.columns.values()):
        raise NotReadable("The reader sent features that do not fit together: reload the layer.")
    return table


def _columns(form: dict[str, int], arrays: tuple[NDArray[Any], ...]) -> tuple[Any, ...] | None:
    """kind, fid, part_of, start_of, xy, bounds as `FeatureTable` takes them; None where they do not fit together."""
    names = [name for name in ("kind", "fid") if name not in form]
    if not form.get("single"):
        names += ([] if form.get("whole") else ["part_of"]) + ["start_of"]
    names += ["xy"] if form.get("single") else ["xy", "bounds"]
    if len(names) != len(arrays) or form.get("kind", POINT) not in (POINT, LINE, POLYGON):
        return None
    columns = dict(zip(names, arrays, strict=True))
    if not all(_is_of(array, name) for name, array in columns.items()):
        return None
    xy, part_of, start_of, bounds = (
        columns["xy"],
        columns.get("part_of"),
        columns.get("start_of"),
        columns.get("bounds"),
    )
    ladder = part_of if part_of is not None else start_of
    count = len(xy) if ladder is None else len(ladder) - 1
    fits = (
        all(name not in columns or len(columns[name]) == count for name in ("kind", "fid", "bounds"))
        and (part_of is None or start_of is None or _is_ladder(part_of, len(start_of) - 1))
        and (start_of is None or _is_ladder(start_of, len(xy)))
    )
    if not fits:
        return None
    return form.get("kind", columns.get("kind")), form.get("fid", columns.get("fid")), part_of, start_of, xy, bounds


def _is_of(array: NDArray[Any], name: str) -> bool:
    if name in ("xy", "bounds"):
        return array.dtype == np.int32 and array.ndim == 2 and array.shape[1] == (2 if name == "xy" else 4)
    dtypes = {"kind": (np.uint8,), "fid": (np.int32, np.int64)}.get(name, (np.int32,))
    return array.ndim == 1 and array.dtype in dtypes


def _is_ladder(starts: NDArray[Any], end: int) -> bool:
    """Ascending from 0 to `end`, no step left out: each feature has a part and each part a coordinate."""
    return bool(starts.shape[0] and starts[0] == 0 and starts[-1] == end and (np.diff(starts) > 0).all())
