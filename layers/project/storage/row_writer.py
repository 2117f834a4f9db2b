"""Writes rows into tables: inserts in bulk, single changes, spatial index, history, tombstones. Never commits."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import uuid4

import numpy as np
from msgspec import Struct

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.edit import ONLY_INSERTED, TABLES, Change, Edit
from layers.document.rows import Row
from layers.document.site import Site
from layers.document.source import SourceFile
from layers.project.storage.geometry_blobs import blob, blobs
from layers.project.storage.schema import HISTORY_COLUMNS, RESERVED_META, TOMBSTONE_COLUMNS
from layers.project.storage.tables import TableSpec, aliases_text, spec_of, stored_columns, stored_values, told_value

_HISTORY_SQL = (
    f"INSERT INTO loupe_history ({', '.join(HISTORY_COLUMNS)}) VALUES ({', '.join('?' * len(HISTORY_COLUMNS))})"
)
_TOMBSTONE_SQL = (
    f"INSERT INTO loupe_tombstones ({', '.join(TOMBSTONE_COLUMNS)}) VALUES ({', '.join('?' * len(TOMBSTONE_COLUMNS))})"
)


class RowStamp(Struct, frozen=True):
    """The author and the time of one edit."""

    actor: str
    at: str


class RowWriter:
    """Keeps the next free key of each table, so that the spatial index can be filled in bulk."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._next_keys: dict[str, int] = {}
        self._foreign: dict[str, tuple[str, ...]] = {}

    def write_document(self, document: Document) -> None:
        """Insert every row of the document, without history."""
        for table in TABLES:
            by_spec: dict[str, tuple[TableSpec, list[Row]]] = {}
            for row in document.table(table).values():
                spec = spec_of(table, row)
                by_spec.setdefault(spec.name, (spec, []))[1].append(row)
            for spec, rows in by_spec.values():
                self.insert(spec, rows)

    def write_edit(self, edit: Edit, stamp: RowStamp) -> None:
        """Apply an edit with one history row a changed row; deletes leave a tombstone, their undo takes it away."""
        txn_uuid = str(uuid4())
        inserts: list[Change] = []
        history: list[tuple[Any, ...]] = []
        for change in edit.changes:
            if change.table in ONLY_INSERTED and self._is_there(change):
                continue  # an undo left the row here, and the edit was done again
            if change.before is None and _is_new_table(inserts, change):
                inserts = self._flush(inserts)
            gone: dict[str, Any] = {}
            if change.before is None:
                inserts.append(change)
            else:
                inserts = self._flush(inserts)
                gone = self._change(change, stamp)
            history += _history_rows(change, txn_uuid, stamp, gone, edit.reason)
        self._flush(inserts)
        self._connection.executemany(_HISTORY_SQL, history)

    def write_baseline(self, document: Document, tables: Collection[tuple[str, str]] = ()) -> None:
        """Write each row as it stands now into the history, except those whose (table, uuid) it knows already."""
        txn_uuid = str(uuid4())
        history = []
        for table in TABLES:
            for row in document.table(table).values():
                if (spec_of(table, row).name, row.uuid) not in tables and row.uuid not in RESERVED_META:
                    (entry,) = _history_rows(
                        Change(table, None, row), txn_uuid, RowStamp(row.created_by, row.created_at), {}
                    )
                    history.append((*entry[:6], "baseline", *entry[7:]))
        self._connection.executemany(_HISTORY_SQL, history)

    def write_told(self, edit: Edit, stamp: RowStamp) -> None:
        """Write the history of an edit whose rows are written already."""
        txn_uuid = str(uuid4())
        history = (row for change in edit.changes for row in _history_rows(change, txn_uuid, stamp, {}, edit.reason))
        self._connection.executemany(_HISTORY_SQL, history)

    def write_history(self, rows: Sequence[Sequence[Any]]) -> None:
        """Rows of history as they are, in the order of `HISTORY_COLUMNS`."""
        self._connection.executemany(_HISTORY_SQL, rows)

    def insert_fields(self, spec: TableSpec, fields: Mapping[str, Any]) -> None:
        """Add a row without a geometry, which is no site."""
        values = [
            aliases_text(value) if isinstance(value, tuple) else value
            for value in (fields[column.field] for column in spec.plain_columns)
        ]
        self._connection.execute(spec.insert_sql(), (self._take_keys(spec, 1), None, *values))

    def insert(self, spec: TableSpec, rows: Sequence[Row], keys: Sequence[int] | None = None) -> None:
        """Add rows, and their boxes to the spatial index; under the next free keys, or under `keys`."""
        if spec.table == "meta":
            rows = [row for row in rows if row.uuid not in RESERVED_META]
        if not rows:
            return
        columns, values = stored_columns(spec, rows)
        sql = spec.insert_sql(columns)
        if not spec.key:
            self._connection.executemany(sql.replace("INSERT", "INSERT OR REPLACE", 1), zip(*values, strict=True))
            return
        if keys is None:
            first = self._take_keys(spec, len(rows))
            keys = range(first, first + len(rows))
        else:
            self._next_keys.pop(spec.name, None)
        if not spec.geometry_type:
            self._connection.executemany(sql, zip(keys, *values, strict=True))
            return
        geometry, bounds = blobs([cast("Site", row).geometry for row in rows])
        self._connection.executemany(sql, zip(keys, geometry, *values, strict=True))
        filled = ~np.isnan(bounds[:, 0])
        boxes = bounds[filled][:, [0, 2, 1, 3]].tolist()
        numbers = np.asarray(keys, dtype=np.int64)[filled].tolist()
        self._connection.executemany(
            f"INSERT INTO {spec.rtree} VALUES (?, ?, ?, ?, ?)",
            [(number, *box) for number, box in zip(numbers, boxes, strict=True)],
        )

    def _take_keys(self, spec: TableSpec, count: int) -> int:
        first = self._next_keys.get(spec.name)
        if first is None:
            (used,) = self._connection.execute(
                f"SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0), "
                f"coalesce((SELECT max({spec.key}) FROM {spec.name}), 0))",
                (spec.name,),
            ).fetchone()
            first = int(used) + 1
        self._next_keys[spec.name] = first + count
        return first

    def forget_keys(self) -> None:
        """Forget the keys that a rollback undid."""
        self._next_keys.clear()

    def _flush(self, inserts: list[Change]) -> list[Change]:
        if inserts:
            spec = spec_of(inserts[0].table, inserts[0].row)
            self.insert(spec, [change.row for change in inserts])
            if self._foreign_columns(spec):
                for change in inserts:
                    self._put_foreign(spec, change.uuid, self._last_foreign(spec, change.uuid))
            self._connection.executemany(
                "DELETE FROM loupe_tombstones WHERE uuid = ?", [(change.uuid,) for change in inserts]
            )
        return []

    def _change(self, change: Change, stamp: RowStamp) -> dict[str, Any]:
        """Change a row; return its values in columns that are not ours."""
        assert change.before is not None
        old = spec_of(change.table, change.before)
        gone: dict[str, Any] = {}
        if change.after is None:
            gone = self._delete(old, change.uuid)
            self._connection.execute(_TOMBSTONE_SQL, _tombstone(old, change.before, stamp))
            return gone
        new = spec_of(change.table, change.after)
        if new is not old:
            gone = self._delete(old, change.uuid)
            self.insert(new, [change.after])
            self._put_foreign(new, change.uuid, gone or self._last_foreign(new, change.uuid))
        else:
            self._update(new, change.before, change.after)
        return gone

    def _is_there(self, change: Change) -> bool:
        name = spec_of(change.table, change.row).name
        cursor = self._connection.execute(f"SELECT 1 FROM {name} WHERE uuid = ?", (change.uuid,))
        return cursor.fetchone() is not None

    def _update(self, spec: TableSpec, before: Row, after: Row) -> None:
        if spec.table == "meta":
            self.insert(spec, [after])
            return
        values = stored_values(spec, after)
        names = [
            f"{column.name} = " + ("NULLIF(?,'')" if column.kind in ("text", "aliases") else "?")
            for column in spec.plain_columns
        ]
        self._connection.execute(f"UPDATE {spec.name} SET {', '.join(names)} WHERE uuid = ?", (*values, before.uuid))
        if isinstance(before, Site) and isinstance(after, Site) and before.geometry != after.geometry:
            (geometry,), bounds = blobs([after.geometry])
            left, bottom, right, top = bounds[0].tolist()
            (key,) = self._connection.execute(
                f"UPDATE {spec.name} SET geom = ? WHERE uuid = ? RETURNING fid", (geometry, after.uuid)
            ).fetchone()
            self._connection.execute(
                f"INSERT OR REPLACE INTO {spec.rtree} VALUES (?, ?, ?, ?, ?)", (key, left, right, bottom, top)
            )

    def _delete(self, spec: TableSpec, uuid: str) -> dict[str, Any]:
        """Delete a row; return its values in columns that are not ours."""
        gone: dict[str, Any] = {}
        foreign = self._foreign_columns(spec)
        if foreign:
            names = ", ".join(map(quoted, foreign))
            row = self._connection.execute(f"SELECT {names} FROM {spec.name} WHERE uuid = ?", (uuid,)).fetchone()
            gone = {name: value for name, value in zip(foreign, row or (), strict=False) if value is not None}
        if spec.geometry_type:
            self._connection.execute(
                f"DELETE FROM {spec.rtree} WHERE id IN (SELECT fid FROM {spec.name} WHERE uuid = ?)", (uuid,)
            )
        self._connection.execute(f"DELETE FROM {spec.name} WHERE {spec.uuid_column} = ?", (uuid,))
        return gone

    # -- columns of other programs, which the document does not know ---------------------------------------------

    def add_foreign_columns(self, spec: TableSpec, columns: Sequence[tuple[str, str]]) -> None:
        """Add (name, type) columns that are not ours to a table of ours."""
        for name, kind in columns:
            self._connection.execute(f"ALTER TABLE {spec.name} ADD COLUMN {quoted(name)} {kind}")
        self._foreign.pop(spec.name, None)

    def fill_foreign(self, spec: TableSpec, columns: Sequence[str], rows: Mapping[str, Sequence[Any]]) -> None:
        """Write values of `columns` by the uuids of their rows."""
        names = ", ".join(f"{quoted(name)} = ?" for name in columns)
        self._connection.executemany(
            f"UPDATE {spec.name} SET {names} WHERE uuid = ?", [(*values, uuid) for uuid, values in rows.items()]
        )

    def _foreign_columns(self, spec: TableSpec) -> tuple[str, ...]:
        if not spec.key:
            return ()
        columns = self._foreign.get(spec.name)
        if columns is None:
            ours = {column.name for column in spec.columns} | {spec.key, "geom", *spec.blobs}
            rows = self._connection.execute(f"PRAGMA table_info({spec.name})").fetchall()
            columns = self._foreign[spec.name] = tuple(row[1] for row in rows if row[1] not in ours)
        return columns

    def _put_foreign(self, spec: TableSpec, uuid: str, values: Mapping[str, Any]) -> None:
        there = [name for name in self._foreign_columns(spec) if name in values]
        if there:
            self.fill_foreign(spec, there, {uuid: [values[name] for name in there]})

    def _last_foreign(self, spec: TableSpec, uuid: str) -> dict[str, Any]:
        """Values of foreign columns from when the row was last deleted: they come back with it."""
        row = self._connection.execute(
            "SELECT delta_json FROM loupe_history WHERE row_uuid = ? AND table_name = ? AND op = 'delete' "
            "ORDER BY seq DESC LIMIT 1",
            (uuid, spec.name),
        ).fetchone()
        # the history is as foreign as the case: what is no delta of ours brings nothing back
        try:
            delta = json.loads(row[0]) if row else {}
            return {name: _from_json(delta[name][0]) for name in self._foreign_columns(spec) if name in delta}
        except (TypeError, LookupError, ValueError, RecursionError):
            return {}


def quoted(name: str) -> str:
    """A name as SQL has it, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'


def row_number(columns: Iterable[str]) -> str:
    """The name of row numbers in a table of these columns, none of which has taken it; empty where all are taken."""
    in_use = {name.lower() for name in columns}
    return next((name for name in ("rowid", "_rowid_", "oid") if name not in in_use), "")


def _is_new_table(inserts: list[Change], change: Change) -> bool:
    return bool(inserts) and spec_of(inserts[0].table, inserts[0].row) is not spec_of(change.table, change.row)


def _tombstone(spec: TableSpec, row: Row, stamp: RowStamp) -> tuple[str | None, ...]:
    """Make the trace of a deleted row; for a row with bytes it tells which they were."""
    sha256 = what = None
    if isinstance(row, Chip | SourceFile):
        sha256, what = row.sha256 or None, row.what
    return row.uuid, spec.name, stamp.at, stamp.actor, sha256, what


def _history_rows(
    change: Change, txn_uuid: str, stamp: RowStamp, gone: Mapping[str, Any], reason: str = ""
) -> list[tuple[Any, ...]]:
    """`gone` are values of columns that are not ours, which go with the row."""
    before, after = change.before, change.after
    if before is not None and after is not None and spec_of(change.table, before) is not spec_of(change.table, after):
        # a site that became a line or an area leaves one table for another
        halves = Change(change.table, before, None), Change(change.table, None, after)
        return [row for half in halves for row in _history_rows(half, txn_uuid, stamp, gone, reason)]
    spec = spec_of(change.table, change.row)
    old_geometry = before.geometry if isinstance(before, Site) else None
    new_geometry = after.geometry if isinstance(after, Site) else None
    if old_geometry is not None and new_geometry is not None and old_geometry == new_geometry:
        old_geometry = new_geometry = None
    delta = _delta(spec, before, after)
    if after is None:
        delta |= {name: [_to_json(value), None] for name, value in gone.items()}
    return [
        (
            str(uuid4()),
            txn_uuid,
            stamp.at,
            stamp.actor,
            spec.name,
            change.uuid,
            change.kind,
            None if before is None else before.rev,
            None if after is None else after.rev,
            json.dumps(delta, ensure_ascii=False),
            None if old_geometry is None else blob(old_geometry),
            None if new_geometry is None else blob(new_geometry),
            reason or None,
        )
    ]


def _delta(spec: TableSpec, before: Row | None, after: Row | None) -> dict[str, list[Any]]:
    """Changed columns as [old, new]."""
    delta: dict[str, list[Any]] = {}
    for column in spec.plain_columns:
        old = None if before is None else told_value(getattr(before, column.field))
        new = None if after is None else told_value(getattr(after, column.field))
        if old != new:
            delta[column.name] = [old, new]
    return delta


def _to_json(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode("ascii")} if isinstance(value, bytes) else value


def _from_json(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value
