"""Rows by their fids: the range of a GeoPackage's table, so that readers can share it, and rows of given fids."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from layers.readers.rows.source_rows import VectorSource
from layers.readers.vector_words import database_refused

_COUNTED = "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = ?"
_SPARSE = 8
_ENDS = -(2**31), 2**31
"""Limits of the fids that pyogrio takes."""


def fid_range(source: VectorSource) -> tuple[int, int, int]:
    """(first, last, about how many rows); (0, -1, 0) for an empty table. The table was audited. Raises NotReadable."""
    column, table = (name.replace('"', '""') for name in (source.fid_column, source.layer))
    try:
        uri = f"file:{quote(source.path)}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            # One by one: SQLite looks an end up, but goes through all rows for both at once.
            ends = [
                database.execute(f'SELECT {end}("{column}") FROM "{table}"').fetchone()[0] for end in ("min", "max")
            ]
            if not all(isinstance(end, int) for end in ends):
                return 0, -1, 0
            first, last = map(int, ends)
            count = last - first + 1
            with suppress(sqlite3.Error):  # not every writer counts
                row = database.execute(_COUNTED, (source.layer,)).fetchone()
                if row and isinstance(row[0], int) and row[0] > 0:
                    count = min(count, row[0])
            return first, last, count
    except (sqlite3.Error, UnicodeError) as error:
        raise database_refused(source.name, str(error), "GeoPackage") from error


def between(source: VectorSource, start: int | None, end: int | None) -> str:
    """The SQL condition of fids from `start` on and before `end`; "" where neither is given."""
    column = source.fid_column.replace('"', '""')
    parts = [f'"{column}" >= {start}'] if start else []
    parts += [f'"{column}" < {end}'] if end is not None else []
    return " AND ".join(parts)


def among(fids: NDArray[np.int64]) -> tuple[str, tuple[Any, ...]]:
    """The end of an SQL condition, and its parameters, that holds for these fids, and perhaps for some between."""
    first, last = int(fids.min()), int(fids.max())
    if len(fids) * _SPARSE > last - first:
        return "BETWEEN ? AND ?", (first, last)
    return "IN (SELECT value FROM json_each(?))", (json.dumps(fids.tolist()),)


def these(source: VectorSource, fids: Iterable[int]) -> dict[str, Any]:
    """The keywords that ask pyogrio for the rows of these fids, of any size."""
    wanted = [int(fid) for fid in fids]
    if all(_ENDS[0] <= fid < _ENDS[1] for fid in wanted):
        return {"fids": wanted}
    column = source.fid_column.replace('"', '""')
    return {"where": f'"{column}" IN ({", ".join(map(str, wanted))})'}
