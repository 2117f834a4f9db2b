"""The spatial index and the feature counts of a saved case, with the triggers that keep them true in other programs."""

from __future__ import annotations

import sqlite3
import struct

from layers.project.opening.case_reader import CaseReader, Chunk
from layers.project.storage.geometry_blobs import is_plain_point
from layers.project.storage.row_writer import quoted


def build_rtree(new: sqlite3.Connection, case: CaseReader, table: str, column: str, carried_as: str) -> None:
    """Make the index of a table that was carried over. Its geometries are read apart; only their boxes come here."""
    rtree = quoted(f"rtree_{carried_as}_{column}")
    new.execute(f"CREATE VIRTUAL TABLE {rtree} USING rtree(id, minx, maxx, miny, maxy)")

    def take(chunk: Chunk) -> None:
        blobs = zip(chunk.numbers, chunk.columns[column], strict=True)
        new.executemany(
            f"INSERT INTO {rtree} VALUES (?, ?, ?, ?, ?)", [(number, *_box(blob)) for number, blob in blobs if blob]
        )

    columns = case.filled(table, [column])
    if columns:
        case.each_chunk(table, columns, take, geometry=column)


def _box(blob: bytes) -> tuple[float, float, float, float]:
    """minx, maxx, miny, maxy of a blob as we write it."""
    if is_plain_point(blob):
        x, y = struct.unpack_from("<dd", blob, 13)
        return x, x, y, y
    return struct.unpack_from("<dddd", blob, 8)


def add_rtree_triggers(new: sqlite3.Connection, table: str, column: str, key: str) -> None:
    """The seven triggers of GeoPackage 1.4. They call ST_* functions, so only clients that have those can edit."""
    rtree_name = f"rtree_{table}_{column}"
    table, rtree, column, key = quoted(table), quoted(rtree_name), quoted(column), quoted(key)
    box = f"ST_MinX(NEW.{column}), ST_MaxX(NEW.{column}), ST_MinY(NEW.{column}), ST_MaxY(NEW.{column})"
    new_there = f"(NEW.{column} NOTNULL AND NOT ST_IsEmpty(NEW.{column}))"
    new_empty = f"(NEW.{column} ISNULL OR ST_IsEmpty(NEW.{column}))"
    old_there = f"(OLD.{column} NOTNULL AND NOT ST_IsEmpty(OLD.{column}))"
    old_empty = f"(OLD.{column} ISNULL OR ST_IsEmpty(OLD.{column}))"
    same, other = f"OLD.{key} = NEW.{key}", f"OLD.{key} != NEW.{key}"
    put = f"INSERT OR REPLACE INTO {rtree} VALUES (NEW.{key}, {box})"
    drop = f"DELETE FROM {rtree} WHERE id = OLD.{key}"
    of_geom = f"AFTER UPDATE OF {column} ON {table}"
    move = (
        f"UPDATE {rtree} SET minx = ST_MinX(NEW.{column}), maxx = ST_MaxX(NEW.{column}), "
        f"miny = ST_MinY(NEW.{column}), maxy = ST_MaxY(NEW.{column}) WHERE id = NEW.{key}"
    )
    bodies = {
        "insert": f"AFTER INSERT ON {table} WHEN {new_there} BEGIN {put}; END",
        "update2": f"{of_geom} WHEN {same} AND {new_empty} BEGIN {drop}; END",
        "update4": f"AFTER UPDATE ON {table} WHEN {other} AND {new_empty} "
        f"BEGIN DELETE FROM {rtree} WHERE id IN (OLD.{key}, NEW.{key}); END",
        "update5": f"AFTER UPDATE ON {table} WHEN {other} AND {new_there} BEGIN {drop}; {put}; END",
        "update6": f"{of_geom} WHEN {same} AND {new_there} AND {old_there} BEGIN {move}; END",
        "update7": f"{of_geom} WHEN {same} AND {new_there} AND {old_empty} "
        f"BEGIN INSERT INTO {rtree} VALUES (NEW.{key}, {box}); END",
        "delete": f"AFTER DELETE ON {table} WHEN OLD.{column} NOT NULL BEGIN {drop}; END",
    }
    for name, body in bodies.items():
        new.execute(f"CREATE TRIGGER {quoted(f'{rtree_name}_{name}')} {body}")


def count_features(new: sqlite3.Connection, table: str) -> None:
    """The feature count of a table as GDAL keeps it, with the triggers that keep it true."""
    text = "'" + table.replace("'", "''") + "'"
    new.execute(f"INSERT OR REPLACE INTO gpkg_ogr_contents SELECT {text}, count(*) FROM {quoted(table)}")
    for event, sign in (("insert", "+"), ("delete", "-")):
        new.execute(
            f"CREATE TRIGGER {quoted(f'trigger_{event}_feature_count_{table}')} AFTER {event.upper()} ON "
            f"{quoted(table)} BEGIN UPDATE gpkg_ogr_contents SET feature_count = feature_count {sign} 1 "
            f"WHERE lower(table_name) = lower({text}); END"
        )
