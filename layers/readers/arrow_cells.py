"""Columns that pyogrio's rows cannot hold, read as OGR streams them: lists of truth values."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyogrio

from layers.readers.arrow_stream import batches

_LISTS = ("OFTIntegerList", "OFSTBoolean")


def boolean_lists(dataset: str | bytes, **asked: Any) -> tuple[list[str], list[str]]:
    """(all fields, those that are lists of truth values) of a layer."""
    info = pyogrio.read_info(dataset, **asked)
    kinds = zip(info["fields"], info["ogr_types"], info["ogr_subtypes"], strict=True)
    return [str(name) for name in info["fields"]], [str(name) for name, *kind in kinds if tuple(kind) == _LISTS]


def with_boolean_lists(
    read: tuple[Any, Any, Any, Any], dataset: str | bytes, names: list[str], order: list[str], **asked: Any
) -> tuple[Any, Any, Any, Any]:
    """What `ogr_rows` has read, and the columns `names` besides, in `order`."""
    meta, fids, wkb, cells = read
    found: dict[str, dict[int, Any]] = {name: {} for name in names}
    with pyogrio.open_arrow(dataset, columns=names, read_geometry=False, return_fids=True, **asked) as (_, stream):
        for own, *columns in batches(stream):
            for column in columns:
                found[column.name] |= {int(own.value(at)): column.value(at) for at in range(len(column))}
    known = dict(zip((str(name) for name in meta["fields"]), cells, strict=True))
    kinds = {str(name): meta["ogr_types"][at] for at, name in enumerate(meta["fields"])}
    subtypes = {str(name): meta["ogr_subtypes"][at] for at, name in enumerate(meta["fields"])}
    for name in names:
        known[name] = np.empty(len(fids), object)
        for at, fid in enumerate(fids.tolist()):  # one by one: lists of one length would become a table
            text = found[name].get(fid)
            known[name][at] = None if text is None else np.array(json.loads(text), object)
        kinds[name], subtypes[name] = _LISTS
    kept = [name for name in order if name in known]
    more = {"fields": kept, "ogr_types": [kinds[n] for n in kept], "ogr_subtypes": [subtypes[n] for n in kept]}
    return (
        {**meta, **{key: np.array(value, object) for key, value in more.items()}},
        fids,
        wkb,
        [known[n] for n in kept],
    )
