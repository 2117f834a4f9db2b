"""Rows into tables: inserts in bulk, single changes, the spatial index, history, tombstones. Never commits."""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

import numpy as np

from layers.document.document import Document
from layers.document.edit import TABLES, Change, Edit
from layers.document.rows import Row
from layers.document.site import Site
from layers.project.storage.geometry_blobs import blob, blobs
from layers.project.storage.schema import HISTORY_COLUMNS, RESERVED_META
from layers.project.storage.tables import TableSpec, aliases_text, spec_of, stored_values

_HISTORY_SQL = (
    f"INSERT INTO loupe_history ({', '.join(HISTORY_COLUMNS)}) VALUES ({', '.join('?' * len(HISTORY_COLUMNS))})"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who and when, of one edit."""

    actor: str
    at: str


class RowWriter:
    """Keeps the next free key of each table, so that the spatial index can be filled in bulk."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._next_keys: dict[str, int] = {}

    def write_document(self, document: Document) -> None:
        """Insert every row of the document, without history."""
        for table in TABLES:
            by_spec: dict[str, tuple[TableSpec, list[Row]]] = {}
            for row in document.table(table).values():
                spec = spec_of(table, row)
                by_spec.setdefault(spec.name, (spec, []))[1].append(row)
            for spec, rows in by_spec.values():
                self.insert(spec, rows)

    def write_edit(self, edit: Edit, stamp: Stamp) -> None:
        """Apply an edit with one history row a changed row; deletes leave a tombstone, their undo takes it away."""
        txn_uuid = str(uuid4())
        inserts: list[Change] = []
        history: list[tuple[Any, ...]] = []
        for change in edit.changes:
            if change.before is None and _is_new_table(inserts, change):
                inserts = self._flush(inserts)
            if change.before is None:
                inserts.append(change)
            else:
                inserts = self._flush(inserts)
                self._change(change, stamp)
            history += _history_rows(change, txn_uuid, stamp)
        self._flush(inserts)
        self._connection.executemany(_HISTORY_SQL, history)

    def insert(self, spec: TableSpec, rows: Sequence[Row]) -> None:
        """Add rows, and their boxes to the spatial index."""
        if spec.table == "meta":
            rows = [row for row in rows if row.uuid not in RESERVED_META]
        values = stored_values(spec, rows)
        sql = spec.insert_sql()
        if not spec.key:
            self._connection.executemany(sql.replace("INSERT", "INSERT OR REPLACE", 1), values)
            return
        first = self._take_keys(spec, len(rows))
        keys = range(first, first + len(rows))
        if not spec.geometry_type:
            self._connection.executemany(sql, [(key, *row) for key, row in zip(keys, values, strict=True)])
            return
        geometry, bounds = blobs([cast("Site", row).geometry for row in rows])
        self._connection.executemany(
            sql, [(key, geom, *row) for key, geom, row in zip(keys, geometry, values, strict=True)]
        )
        filled = ~np.isnan(bounds[:, 0])
        boxes = bounds[filled][:, [0, 2, 1, 3]].tolist()
        numbers = np.arange(first, first + len(rows))[filled].tolist()
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
        """After a rollback."""
        self._next_keys.clear()

    def _flush(self, inserts: list[Change]) -> list[Change]:
        if inserts:
            spec = spec_of(inserts[0].table, inserts[0].row)
            self.insert(spec, [change.row for change in inserts])
            self._connection.executemany(
                "DELETE FROM loupe_tombstones WHERE uuid = ?", [(change.uuid,) for change in inserts]
            )
        return []

    def _change(self, change: Change, stamp: Stamp) -> None:
        assert change.before is not None
        old = spec_of(change.table, change.before)
        if change.after is None:
            self._delete(old, change.uuid)
            self._connection.execute(
                "INSERT INTO loupe_tombstones VALUES (?, ?, ?, ?)", (change.uuid, old.name, stamp.at, stamp.actor)
            )
            return
        new = spec_of(change.table, change.after)
        if new is not old:
            self._delete(old, change.uuid)
            self.insert(new, [change.after])
        else:
            self._update(new, change.before, change.after)

    def _update(self, spec: TableSpec, before: Row, after: Row) -> None:
        if spec.table == "meta":
            self.insert(spec, [after])
            return
        (values,) = stored_values(spec, [after])
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

    def _delete(self, spec: TableSpec, uuid: str) -> None:
        if spec.geometry_type:
            self._connection.execute(
                f"DELETE FROM {spec.rtree} WHERE id IN (SELECT fid FROM {spec.name} WHERE uuid = ?)", (uuid,)
            )
        self._connection.execute(f"DELETE FROM {spec.name} WHERE {spec.uuid_column} = ?", (uuid,))


def _is_new_table(inserts: list[Change], change: Change) -> bool:
    return bool(inserts) and spec_of(inserts[0].table, inserts[0].row) is not spec_of(change.table, change.row)


def _history_rows(change: Change, txn_uuid: str, stamp: Stamp) -> list[tuple[Any, ...]]:
    before, after = change.before, change.after
    if before is not None and after is not None and spec_of(change.table, before) is not spec_of(change.table, after):
        # a site that became a line or an area leaves one table for another
        halves = Change(change.table, before, None), Change(change.table, None, after)
        return [row for half in halves for row in _history_rows(half, txn_uuid, stamp)]
    spec = spec_of(change.table, change.row)
    old_geometry = before.geometry if isinstance(before, Site) else None
    new_geometry = after.geometry if isinstance(after, Site) else None
    if old_geometry is not None and new_geometry is not None and old_geometry == new_geometry:
        old_geometry = new_geometry = None
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
            json.dumps(_delta(spec, before, after), ensure_ascii=False),
            None if old_geometry is None else blob(old_geometry),
            None if new_geometry is None else blob(new_geometry),
        )
    ]


def _delta(spec: TableSpec, before: Row | None, after: Row | None) -> dict[str, list[Any]]:
    """Changed columns as [old, new]."""
    delta: dict[str, list[Any]] = {}
    for column in spec.plain_columns:
        # empty text and no row say the same: nothing
        old = None if before is None or getattr(before, column.field) in ("", ()) else getattr(before, column.field)
        new = None if after is None or getattr(after, column.field) in ("", ()) else getattr(after, column.field)
        if old != new:
            # bytes are kept whole only where nothing else keeps them: in the row that goes
            delta[column.name] = [_json_value(old, whole=True), _json_value(new, whole=False)]
    return delta


def _json_value(value: Any, *, whole: bool) -> Any:
    if isinstance(value, bytes):
        if whole:
            return {"base64": base64.b64encode(value).decode("ascii")}
        return {"sha256": hashlib.sha256(value).hexdigest(), "bytes": len(value)}
    if isinstance(value, tuple):
        return aliases_text(value)
    return value
