"""The fids of a GeoPackage's table: the first and the last, so that readers can share its rows, and those between."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from urllib.parse import quote

from layers.errors import NotReadable
from layers.readers.ogr_rows import VectorSource


def fid_range(source: VectorSource) -> tuple[int, int]:
    """(first, last); (0, -1) for an empty table. The table was audited. Raises NotReadable."""
    column, table = (name.replace('"', '""') for name in (source.fid_column, source.layer))
    try:
        uri = f"file:{quote(source.path)}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            # One by one: SQLite looks an end up, but goes through all rows for both at once.
            ends = [
                database.execute(f'SELECT {end}("{column}") FROM "{table}"').fetchone()[0] for end in ("min", "max")
            ]
    except (sqlite3.Error, UnicodeError) as error:
        raise NotReadable(f"{source.name} is a damaged GeoPackage: {error}.") from error
    if not all(isinstance(end, int) for end in ends):
        return 0, -1
    return int(ends[0]), int(ends[1])


def between(source: VectorSource, start: int | None, end: int | None) -> str:
    """The SQL condition of fids from `start` on and before `end`; "" where neither is given."""
    column = source.fid_column.replace('"', '""')
    parts = [f'"{column}" >= {start}'] if start else []
    parts += [f'"{column}" < {end}'] if end is not None else []
    return " AND ".join(parts)
