"""Geometries as a file holds them: pyogrio's rows lack the M of coordinates and have straight pieces for curves."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import replace

from layers.readers.arrow.geometry_stream import geometry_batches
from layers.readers.files import Content
from layers.readers.rows.fid_range import between
from layers.readers.rows.source_rows import Rows, VectorSource

_BATCH_ROWS = 2_000
_WITHOUT = frozenset({Content.GML, Content.JSON, Content.JSON_LINES})
"""Formats whose drivers know neither curves nor M."""
_CURVES = range(8, 13)


def as_stored(source: VectorSource, rows: Rows, *, curves: bool) -> Rows:
    """The rows with the WKB (ISO) of those geometries that lost something; with `curves` also of arcs and the like.

    Raises NotReadable.
    """
    if not source.is_ogr or source.content in _WITHOUT or not len(rows.fids):
        return rows
    wkb = list(rows.wkb)
    place = {fid: at for at, fid in enumerate(rows.fids.tolist())}
    first, last = int(rows.fids.min()), int(rows.fids.max())
    if source.content is Content.FLATGEOBUF:
        which: dict[str, Any] = {"skip_features": first - source.first} if first > source.first else {}
    else:
        which = {"where": between(source, first - source.first, last - source.first + 1)}
    for _, (fids, blobs) in geometry_batches(source, _BATCH_ROWS, **which):
        if fids[0] > last:
            break
        kinds = blobs.kinds()
        base = kinds % 1000
        lost = (kinds >= 2000) & (base <= 7)
        if curves:
            lost |= np.isin(base, _CURVES)
        for at in np.flatnonzero(lost).tolist():
            row = place.get(int(fids[at]))
            if row is not None and wkb[row] is not None:
                wkb[row] = blobs.row(at)
    return replace(rows, wkb=wkb)


def measured_name(name: str, has_z: bool) -> str:
    """OGR's name of a kind of geometry that has an M."""
    kind = name.removesuffix(" Z")
    if kind == "Unknown":
        return name
    if kind == "Point" and not has_z:
        return "PointM"
    return f"Measured {'3D ' if has_z else ''}{kind}"
