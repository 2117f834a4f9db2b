"""Finds tiles of imagery in an SQLite file: MBTiles, or tile tables of a GeoPackage."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from typing import NamedTuple
from urllib.parse import quote

from layers.errors import UnsupportedFormat
from layers.readers.files import Content
from layers.readers.guards.geopackage_audit import REGISTERED_FEATURES
from layers.readers.vector_words import database_refused

MAX_BLOB_BYTES = 8 * 2**20
DEADLINE_S = 2.0
_STEPS_BETWEEN_LOOKS = 10_000
_MAX_TABLES = 10_000
_TILE_TABLES = """
    SELECT c.table_name FROM gpkg_contents AS c JOIN gpkg_tile_matrix_set AS m ON m.table_name = c.table_name
    WHERE c.data_type IN ('tiles', '2d-gridded-coverage') ORDER BY c.rowid LIMIT 1000
"""
_STANDARD = ("gpkg_contents", "gpkg_tile_matrix_set", "gpkg_tile_matrix", "gpkg_spatial_ref_sys")


class Tiles(NamedTuple):
    """Kind of imagery in an SQLite file: MBTILES, TILES with the tables' names, or SQLITE for none."""

    content: Content
    tables: tuple[str, ...] = ()
    has_features: bool = False


class GuardedDatabase:
    """A foreign SQLite file, read only, with a deadline for each question and bounded values.

    Its `rows` may come from views: they can cost no more than the deadline. Raises sqlite3.Error.
    """

    def __init__(self, path: str) -> None:
        self._database = sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True)
        self._database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_BLOB_BYTES)
        self._database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self._end = 0.0
        self._database.set_progress_handler(lambda: int(time.monotonic() > self._end), _STEPS_BETWEEN_LOOKS)
        try:
            self.rows("PRAGMA trusted_schema = OFF")
        except sqlite3.Error:
            self.close()
            raise

    def rows(self, question: str, values: tuple[int | str, ...] = ()) -> list[tuple[object, ...]]:
        self._end = time.monotonic() + DEADLINE_S
        return self._database.execute(question, values).fetchall()

    def close(self) -> None:
        self._database.close()


def tiles_in(path: str) -> Tiles:
    """Find the tiles of imagery in a file. Raises UnsupportedFormat for files that play tricks, NotReadable for damaged
    ones.
    """
    name = os.path.basename(path)
    try:
        with closing(GuardedDatabase(path)) as database:
            return _look(database, name)
    except (sqlite3.Error, UnicodeError) as error:
        kind = "GeoPackage" if name.lower().endswith(".gpkg") else "SQLite file"
        raise database_refused(name, str(error), kind) from error


def _look(database: GuardedDatabase, name: str) -> Tiles:
    rows = database.rows("SELECT type, name, sql FROM sqlite_master LIMIT ?", (_MAX_TABLES,))
    if len(rows) == _MAX_TABLES:
        raise UnsupportedFormat(
            "{name} has {max_tables} tables or more: it is not opened.", name=name, max_tables=_MAX_TABLES
        )
    everything = {str(n).lower() for _, n, _ in rows}
    plain = {str(n).lower() for kind, n, sql in rows if kind == "table" and _is_plain(sql)}
    if "gpkg_contents" not in everything:
        return Tiles(Content.MBTILES if {"tiles", "metadata"} <= everything else Content.SQLITE)
    has_features = "gpkg_geometry_columns" in everything and _has_features(database, plain)
    if "gpkg_tile_matrix_set" not in everything:
        return Tiles(Content.SQLITE, (), has_features)
    views = any(kind == "view" and str(n).lower().startswith(("gpkg_", "sqlite_")) for kind, n, _ in rows)
    if views or not plain.issuperset(_STANDARD):
        raise UnsupportedFormat(
            "{name} replaces a table of the GeoPackage standard by a view: it is not opened.", name=name
        )
    tables = tuple(str(n) for (n,) in database.rows(_TILE_TABLES) if str(n).lower() in plain)
    return Tiles(Content.TILES if tables else Content.SQLITE, tables, has_features)


def _has_features(database: GuardedDatabase, plain: set[str]) -> bool:
    return any(str(name).lower() in plain for (name,) in database.rows(REGISTERED_FEATURES))


def _is_plain(sql: object) -> bool:
    return isinstance(sql, str) and sql.lstrip()[:12].upper() == "CREATE TABLE"
