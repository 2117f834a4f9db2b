"""Checks a GeoPackage before OGR opens it: only registered, real tables are read; views are never run."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from urllib.parse import quote

from layers.errors import UnsupportedFormat
from layers.phrase import Phrase
from layers.readers.vector_words import database_refused

_DEADLINE_S = 2.0
_STEPS_BETWEEN_LOOKS = 10_000
MAX_TABLES = 10_000
_NEEDED = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys")
REGISTERED_FEATURES = """
    SELECT c.table_name FROM gpkg_contents AS c JOIN gpkg_geometry_columns AS g ON g.table_name = c.table_name
    WHERE c.data_type = 'features' AND lower(c.table_name) <> 'ogr_empty_table' ORDER BY c.rowid LIMIT 1000
"""
"""Query for the registered tables of features, except the technical one that GDAL 2 adds beside tiles so that some
older programs read them.
"""


def feature_tables(path: str) -> tuple[list[str], list[str]]:
    """The names of feature tables that may be read, and sentences about what is left out.

    Raises UnsupportedFormat for databases that are no GeoPackage or that play tricks, NotReadable for damaged ones.
    """
    name = os.path.basename(path)
    try:
        with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True)) as database:
            return _audit(database, path, name)
    except (sqlite3.Error, UnicodeError) as error:
        raise database_refused(name, str(error), "GeoPackage") from error


def missing_geometry(path: str, table: str, column: str) -> str:
    """A sentence where the table lacks the column that should hold its geometries; else empty."""
    quoted = table.replace('"', '""')
    try:
        with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            there = {str(row[1]).lower() for row in database.execute(f'PRAGMA table_info("{quoted}")')}
    except (sqlite3.Error, UnicodeError) as error:
        raise database_refused(os.path.basename(path), str(error), "GeoPackage") from error
    if not column or not there or column.lower() in there:
        return ""
    return Phrase(
        "The file says that the geometries of {table} are in its column {column}, which it does not have: nothing of "
        "it can be drawn.",
        table=table,
        column=column,
    )


def _audit(database: sqlite3.Connection, path: str, name: str) -> tuple[list[str], list[str]]:
    end = time.monotonic() + _DEADLINE_S
    database.set_progress_handler(lambda: int(time.monotonic() > end), _STEPS_BETWEEN_LOOKS)
    database.execute("PRAGMA trusted_schema = OFF")
    rows = database.execute("SELECT type, name, sql FROM sqlite_master LIMIT ?", (MAX_TABLES,)).fetchall()
    if len(rows) == MAX_TABLES:
        raise UnsupportedFormat(
            "{name} has {max_tables} tables or more: it is not opened.", name=name, max_tables=MAX_TABLES
        )
    tables = {str(n).lower() for kind, n, sql in rows if kind == "table" and _is_plain(sql)}
    everything = {str(n).lower() for _, n, _ in rows}
    if not all(needed in everything for needed in _NEEDED[:2]):
        raise UnsupportedFormat("{name} is an SQLite database but no GeoPackage with features.", name=name)
    tricks = sorted(str(n) for kind, n, _ in rows if kind == "view" and str(n).lower().startswith(("gpkg_", "sqlite_")))
    if tricks or not all(needed in tables for needed in _NEEDED):
        raise UnsupportedFormat(
            "{name} replaces a table of the GeoPackage standard by a view: it is not opened.", name=name
        )
    registered = [str(n) for (n,) in database.execute(REGISTERED_FEATURES)]
    sound = [n for n in registered if n.lower() in tables]
    problems = list[str]()
    for layer in (n for n in registered if n.lower() not in tables):
        is_view = layer.lower() in everything
        why = Phrase("is a view and is not read") if is_view else Phrase("has no table any more")
        problems.append(Phrase("The layer {layer} of {name} {why}.", layer=layer, name=name, why=why))
    wal = path + "-wal"
    if os.path.exists(wal) and os.path.getsize(wal):
        problems.append(
            Phrase("{name} is open in another program: what was not yet written into the file is not shown.", name=name)
        )
    return sound, problems


def _is_plain(sql: str | None) -> bool:
    return sql is not None and sql.lstrip()[:12].upper() == "CREATE TABLE"
