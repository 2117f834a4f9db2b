"""Rows out of tables: every value checked for its type by SQLite itself, missing and doubled uuids repaired."""

from __future__ import annotations

import gc
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, replace
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from layers.counted import counted
from layers.document.document import Document
from layers.document.edit import Table
from layers.document.rows import Row
from layers.project.opening.guarded import audit, opened
from layers.project.storage.geometry_blobs import geometries
from layers.project.storage.schema import HISTORY_COLUMNS, RESERVED_META, TITLES, TOMBSTONE_COLUMNS
from layers.project.storage.tables import SPECS, Column, TableSpec, aliases_from_text

CHUNK_ROWS = 20_000
_STORED_AS = {
    "text": "text", "aliases": "text", "blob": "blob", "geometry": "blob", "integer": "integer", "boolean": "integer",
    "real": "real",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseRows:
    """A document, and one sentence for each kind of value that could not be taken as it was."""

    document: Document
    problems: tuple[str, ...]


def read_document(connection: sqlite3.Connection, columns: Mapping[str, frozenset[str]] | None = None) -> CaseRows:
    """Read all rows of a case. `columns` are the plain columns of each table (an audit's); None: a file of our own."""
    problems: list[str] = []
    rows: dict[Table, list[Row]] = {}
    seen: set[str] = set()
    with _collector_paused():
        for spec in SPECS:
            there = frozenset(column.name for column in spec.columns) if columns is None else columns.get(spec.name)
            if there is None:
                problems.append(f"The table {spec.name} is missing: it is taken as empty.")
                continue
            found = list(_read_table(connection, spec, there, problems))
            rows.setdefault(spec.table, []).extend(_with_own_uuids(spec, found, seen, problems))
        return CaseRows(Document(rows), tuple(problems))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Rows make no cycles, and walking all of them again and again costs a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _read_table(
    connection: sqlite3.Connection, spec: TableSpec, there: frozenset[str], problems: list[str]
) -> Iterator[Row]:
    columns = [column for column in spec.columns if column.name in there]
    missing = sorted(column.name for column in spec.columns if column.name not in there)
    if missing:
        problems.append(f"{_title(spec)}: no column {', '.join(missing)}; taken as empty.")
    if spec.geometry_type and "geom" not in there:
        return
    filled = _filled(connection, spec, columns)
    wrong = _wrong_types(connection, spec, filled)
    problems += [
        f"{_title(spec)}: {counted(count, f'value of {name} is', f'values of {name} are')} of another type; left empty."
        for name, count in wrong
    ]
    # most columns of most cases are empty: what is the same in every row is not fetched
    same = {column.field: _empty(column) for column in spec.columns if column not in filled}
    where = f" WHERE key NOT IN ({','.join('?' * len(RESERVED_META))})" if spec.table == "meta" else ""
    cursor = connection.execute(
        f"SELECT {', '.join(map(_expression, filled)) or 'NULL'} FROM {spec.name}{where} ORDER BY rowid",
        RESERVED_META if where else (),
    )
    while chunk := cursor.fetchmany(CHUNK_ROWS):
        yield from _rows(spec, filled, same, chunk, problems)


def _filled(connection: sqlite3.Connection, spec: TableSpec, columns: list[Column]) -> list[Column]:
    """The columns that hold anything at all, and the geometry."""
    counts = connection.execute(f"SELECT {', '.join(f'count({column.name})' for column in columns)} FROM {spec.name}")
    return [
        column for column, count in zip(columns, counts.fetchone(), strict=True) if count or column.kind == "geometry"
    ]


def _rows(
    spec: TableSpec,
    columns: list[Column],
    same: dict[str, Any],
    chunk: list[tuple[Any, ...]],
    problems: list[str],
) -> Iterator[Row]:
    make = cast("Any", spec.row_type)
    fields = [column.field for column in columns]
    converted: list[Any] = [list(values) for values in zip(*chunk, strict=True)]
    for index, column in enumerate(columns):
        if column.kind == "geometry":
            converted[index] = geometries(converted[index])
            lost = sum(geometry is None for geometry in converted[index])
            if lost:
                said = counted(lost, "site has no usable geometry and is", "sites have no usable geometry and are")
                problems.append(f"{_title(spec)}: {said} left out.")
        elif column.kind == "aliases":
            converted[index] = [() if not text else aliases_from_text(text) for text in converted[index]]
            lost = sum(value is None for value in converted[index])
            converted[index] = [() if value is None else value for value in converted[index]]
            if lost:
                said = counted(lost, "value of aliases_json is", "values of aliases_json are")
                problems.append(f"{_title(spec)}: {said} no list of names; left empty.")
        elif column.kind == "boolean":
            converted[index] = [bool(value) for value in converted[index]]
    place = fields.index("geometry") if "geometry" in fields else -1
    for values in zip(*converted, strict=True):
        if place < 0 or values[place] is not None:
            yield make(**dict(zip(fields, values, strict=False)), **same)


def _wrong_types(connection: sqlite3.Connection, spec: TableSpec, columns: list[Column]) -> list[tuple[str, int]]:
    if not columns:
        return []
    checks = [f"coalesce(sum({_is_wrong(column)}), 0)" for column in columns]
    counts = connection.execute(f"SELECT {', '.join(checks)} FROM {spec.name}").fetchone()
    return [(column.name, count) for column, count in zip(columns, counts, strict=True) if count]


def _is_wrong(column: Column) -> str:
    kinds = "'null','integer','real'" if column.kind == "real" else f"'null','{_STORED_AS[column.kind]}'"
    return f"typeof({column.name}) NOT IN ({kinds})"


def _expression(column: Column) -> str:
    """The column, or its empty value where what is stored is of another type or out of bounds."""
    name, empty = column.name, _sql_literal(_empty(column))
    if column.kind == "real":
        return (
            f"CASE WHEN typeof({name}) IN ('real','integer') AND abs({name}) < 1e300 THEN {name} + 0.0 ELSE {empty} END"
        )
    if column.kind == "geometry":
        return f"CASE typeof({name}) WHEN 'blob' THEN {name} END"
    return f"CASE typeof({name}) WHEN '{_STORED_AS[column.kind]}' THEN {name} ELSE {empty} END"


def _empty(column: Column) -> Any:
    """What stands for nothing said: the row's default, or an empty value of its type."""
    if column.optional:
        return None
    if column.kind in ("text", "aliases"):
        # an empty column means empty text, never the default word of a new row
        return () if column.kind == "aliases" else ""
    if column.default is not MISSING:
        return column.default
    return {"integer": 0, "real": 0.0, "boolean": False, "blob": b"", "geometry": None}[column.kind]


def _sql_literal(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool() | int():
            return str(int(value))
        case float():
            return repr(value)
        case bytes():
            return "x''"
        case _:
            return "''"


def _with_own_uuids(spec: TableSpec, rows: list[Row], seen: set[str], problems: list[str]) -> list[Row]:
    """Rows of which each has a uuid of its own in the case. Rows pasted in QGIS bring the uuid of their original."""
    if spec.table == "meta":
        return [row for row in rows if row.uuid]
    out: list[Row] = []
    repaired: Counter[str] = Counter()
    for row in rows:
        if row.uuid and row.uuid not in seen:
            seen.add(row.uuid)
            out.append(row)
            continue
        repaired["no uuid" if not row.uuid else "the uuid of another row"] += 1
        fresh = str(uuid4())
        seen.add(fresh)
        out.append(_replaced_uuid(row, fresh))
    problems += [
        f"{_title(spec)}: {counted(n, f'row had {what}; it', f'rows had {what}; they')} got a new one."
        for what, n in repaired.items()
    ]
    return out


def _replaced_uuid(row: Row, uuid: str) -> Row:
    return replace(row, uuid=uuid)


def _title(spec: TableSpec) -> str:
    return TITLES.get(spec.name, spec.name)


def copy_history(path: Path, into: sqlite3.Connection) -> None:
    """Copy history and tombstones of a case, oldest first, by allow-listed columns; what is not there stays empty."""
    with opened(path) as connection:
        seen = audit(connection)
        for table, columns in (("loupe_history", HISTORY_COLUMNS), ("loupe_tombstones", TOMBSTONE_COLUMNS)):
            if not seen.tables.get(table, frozenset()).issuperset(columns):
                continue
            names = ", ".join(columns)
            into.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})",
                connection.execute(f"SELECT {names} FROM {table} ORDER BY rowid"),
            )
