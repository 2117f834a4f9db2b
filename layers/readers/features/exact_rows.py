"""Rows for the document: geometries as they are in the file, in lon, lat, with their attributes."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from msgspec.structs import asdict
from numpy.typing import NDArray

from layers.errors import CannotBePlaced
from layers.geo.crs import WGS84, same_crs, transform_points
from layers.readers.features.vector_source import rows_of, source_of
from layers.requests.features import ReadRows, RowFacts

CHUNK_ROWS = 5_000


def read_exact_rows(question: ReadRows) -> tuple[dict[str, Any], tuple[NDArray[Any], ...]]:
    """Reads rows as `ReadRows` says. Raises CannotBePlaced without a CRS, and what reading raises."""
    source = source_of(question)
    fids = None if question.fids is None else list(question.fids[:CHUNK_ROWS])
    rows = rows_of(source, question.start_fid, CHUNK_ROWS, None, fids)
    crs = question.source_crs or rows.crs
    if not crs:
        raise CannotBePlaced("{name} does not say in which CRS it is.", name=source.name)
    geometries = shapely.from_wkb(np.asarray(rows.wkb, dtype=object), on_invalid="fix")
    if not same_crs(crs, WGS84):
        geometries = shapely.transform(geometries, lambda xy: _to_lonlat(crs, xy))
    blobs = [b"" if g is None or g.is_empty else shapely.to_wkb(g, byte_order=1) for g in geometries]
    starts = np.cumsum([0, *map(len, blobs)], dtype=np.int64)
    header = asdict(RowFacts(rows.fids.tolist(), rows.columns, rows.next_fid))
    return header, (np.frombuffer(b"".join(blobs), np.uint8), starts)


def _to_lonlat(crs: str, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack(transform_points(crs, WGS84, xy[:, 0], xy[:, 1]), axis=1)
