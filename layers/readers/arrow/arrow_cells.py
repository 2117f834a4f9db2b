"""Columns that pyogrio's rows cannot hold, read as OGR streams them: lists of truth values, and impossible dates."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyogrio

from layers.readers.arrow.arrow_stream import batches

_LISTS = ("OFTIntegerList", "OFSTBoolean")
_BATCH_ROWS = 20_000
_OF_ROWS = ("where", "skip_features")


def difficult_columns(dataset: str | bytes, **options: Any) -> tuple[list[str], dict[str, tuple[str, str]]]:
    """(all fields, the types of those that rows may fail on) of a layer."""
    info = pyogrio.read_info(dataset, **options)
    kinds = {
        str(name): (str(kind), str(subtype))
        for name, kind, subtype in zip(info["fields"], info["ogr_types"], info["ogr_subtypes"], strict=True)
    }
    return list(kinds), {name: kind for name, kind in kinds.items() if kind == _LISTS or kind[0] == "OFTDate"}


def with_streamed(
    read: tuple[Any, Any, Any, Any],
    dataset: str | bytes,
    streamed: dict[str, tuple[str, str]],
    order: list[str],
    which: dict[str, Any],
    **options: Any,
) -> tuple[Any, Any, Any, Any]:
    """The result of `ogr_rows` for the rows `which`, with the columns `streamed` added, in `order`."""
    meta, fids, wkb, cells = read
    values: dict[str, dict[int, Any]] = {name: {} for name in streamed}
    rows = {key: value for key, value in which.items() if key in _OF_ROWS}
    with pyogrio.open_arrow(
        dataset,
        columns=list(streamed),
        read_geometry=False,
        return_fids=True,
        batch_size=_BATCH_ROWS,
        **rows,
        **options,
    ) as (_, stream):
        for own, *columns in batches(stream):
            for column in columns:
                values[column.name] |= {int(own.value(at)): column.value(at) for at in range(len(column))}
            if len(own) and len(fids) and int(own.value(len(own) - 1)) >= fids[-1]:
                break  # a stream cannot be told how many rows are wanted
    known = dict(zip((str(name) for name in meta["fields"]), cells, strict=True))
    kinds = dict(zip(known, zip(meta["ogr_types"], meta["ogr_subtypes"], strict=True), strict=True)) | streamed
    for name, kind in streamed.items():
        known[name] = np.empty(len(fids), object)
        for at, fid in enumerate(fids.tolist()):  # one by one: lists of one length would become a table
            text = values[name].get(fid)
            known[name][at] = np.array(json.loads(text), object) if kind == _LISTS and text is not None else text
    kept = [name for name in order if name in known]
    more = {
        "fields": kept,
        "ogr_types": [kinds[name][0] for name in kept],
        "ogr_subtypes": [kinds[name][1] for name in kept],
    }
    return (
        {**meta, **{key: np.array(value, object) for key, value in more.items()}},
        fids,
        wkb,
        [known[n] for n in kept],
    )
