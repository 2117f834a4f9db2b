"""Reads the history of a case page by page, the newest change first, on a connection of its own that cannot write.

The history may have a million rows. A page is found by the place of the last one, so that the next page takes as long
as the first; a filter that few rows pass reads through all of them, and stops where that is cancelled.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from shapely.geometry.base import BaseGeometry

from layers.document.edit import Table
from layers.errors import CaseDamaged
from layers.project.history.recorded_change import (
    COLUMNS,
    GEOMETRY,
    ChangeKind,
    FieldChange,
    RecordedChange,
    decoded,
    fields_in,
    own_reason,
    row_name,
)
from layers.project.storage.geometry_blobs import geometries
from layers.project.storage.tables import BY_NAME

PAGE_ROWS = 200
MOST_REASONS = 20_000
"""Most reasons that are read at once, the newest: nobody types more."""
_STEPS = 20_000
"""Instructions of SQLite's machine between two looks at whether to go on: about a millisecond."""
_TAKES_BACK = "Takes back the change of "
"""Beginning of the reason of a change that takes another one back; the moment of that one follows."""
_OPPOSITE: Mapping[ChangeKind, ChangeKind] = {"insert": "delete", "delete": "insert", "update": "update"}
_LINKED_BY = {
    "claim_sites": ("claim_uuid", "site_uuid"),
    "claim_sources": ("claim_uuid", "source_uuid"),
    "claim_evidence": ("claim_uuid", "evidence_uuid"),
    "response_claims": ("response_uuid", "claim_uuid"),
    "comments": ("target_uuid",),
    "chips": ("site_uuid", "source_uuid"),
    "observations": ("site_uuid",),
    "searches": ("area_uuid",),
    "source_files": ("source_uuid",),
    "custody": ("row_uuid",),
}
"""Tables whose rows belong to others, with the columns that say to which."""


class HistoryFilter(Struct, frozen=True):
    """Conditions on changes; an empty one is passed by every change."""

    tables: tuple[str, ...] = ()
    """Names of the file's tables."""
    actor: str | None = None
    """The name of the person; an empty text: changes by nobody named."""
    column: str = ""
    """A column that was changed."""
    since: str = ""
    until: str = ""
    """The first and the last day or moment (UTC, ISO 8601): a day is meant whole."""
    only_deleted: bool = False
    row_uuid: str = ""
    """A row, with the links, chips, observations, remarks and copies that belong to it."""


class HistoryPage(Struct, frozen=True):
    """Some changes, the newest first, and the place from which the next page goes on; None at the end."""

    changes: tuple[RecordedChange, ...] = ()
    next_before: int | None = None


@contextmanager
def opened_history(path: Path, is_cancelled: Callable[[], bool] = lambda: False) -> Iterator[sqlite3.Connection]:
    """A connection to a working copy for reading, whose statements end early once `is_cancelled`.

    Raises CaseDamaged for whatever SQLite refuses in the block.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA query_only = 1")
            connection.set_progress_handler(is_cancelled, _STEPS)
            yield connection
    except sqlite3.Error as error:
        raise CaseDamaged("The history cannot be read: {error}.", error=error) from error


def read_reasons(connection: sqlite3.Connection) -> dict[str, str]:
    """The reasons that people gave for changes, by the uuid of the row that was changed; the newest first."""
    sql = "SELECT row_uuid, reason FROM loupe_history WHERE reason <> '' ORDER BY seq DESC LIMIT ?"
    reasons: dict[str, dict[str, None]] = {}
    for uuid, text in connection.execute(sql, (MOST_REASONS,)):
        if isinstance(uuid, str) and isinstance(text, str):
            reason = own_reason(text)
            if reason and not reason.startswith(_TAKES_BACK):
                reasons.setdefault(uuid, {})[reason] = None
    return {uuid: " · ".join(texts) for uuid, texts in reasons.items()}


class GoneRow(Struct, frozen=True):
    """A row that is no longer in the case, with the name that it had when it was deleted."""

    table: Table
    uuid: str
    name: str


def read_gone(connection: sqlite3.Connection, uuids: Collection[str]) -> list[GoneRow]:
    """Find which of some rows are no longer in the case and left a trace."""
    sql = "SELECT uuid, table_name, what FROM loupe_tombstones WHERE uuid IN (SELECT value FROM json_each(?))"
    rows: list[GoneRow] = []
    for trace in connection.execute(sql, (json.dumps(list(uuids)),)).fetchall():
        uuid, table_name, what = (str(value or "") for value in trace)
        if (spec := BY_NAME.get(table_name)) is not None:
            deletion = _last_deletion(connection, table_name, uuid)
            name = "" if deletion is None else row_name(table_name, deletion.values)
            rows.append(GoneRow(spec.table, uuid, name or what))
    return rows


def read_page(
    connection: sqlite3.Connection,
    wanted: HistoryFilter,
    *,
    before: int | None = None,
    rows: int = PAGE_ROWS,
    after: int = 0,
) -> HistoryPage:
    """The newest `rows` changes that pass the filter, of those between the places `after` and `before`.

    Each change knows the name that its row had when it was last deleted.
    """
    where, values = _conditions(connection, wanted)
    if after:
        where, values = [*where, "seq > ?"], [*values, after]
    changes: list[RecordedChange] = []
    while len(changes) < rows:
        place = [] if before is None else ["seq < ?"]
        sql = f"SELECT {', '.join(COLUMNS)} FROM loupe_history WHERE {' AND '.join([*where, *place]) or '1'}"
        bound = values if before is None else [*values, before]
        batch = connection.execute(f"{sql} ORDER BY seq DESC LIMIT ?", [*bound, rows]).fetchall()
        for row in batch:
            before = int(row[0])
            change = decoded(row)
            if not wanted.column or any(field.column == wanted.column for field in change.fields):
                changes.append(change)
                if len(changes) == rows:
                    break
        if len(batch) < rows:
            return HistoryPage(_with_names(connection, changes), None if len(changes) < rows else before)
    return HistoryPage(_with_names(connection, changes), before)


def read_row(
    connection: sqlite3.Connection, table_name: str, uuid: str, rows: int = PAGE_ROWS
) -> tuple[RecordedChange, ...]:
    """The newest changes of one row alone, the newest first; an index leads to them."""
    sql = f"SELECT {', '.join(COLUMNS)} FROM loupe_history WHERE row_uuid = ? AND table_name = ?"
    return tuple(map(decoded, connection.execute(f"{sql} ORDER BY seq DESC LIMIT ?", (uuid, table_name, rows))))


def read_step(connection: sqlite3.Connection, txn_uuid: str, near: int) -> tuple[RecordedChange, ...]:
    """All changes of the step to which the change at the place `near` belongs, in their order.

    Rows of a step stand side by side, so that its neighbours are all that is read.
    """
    sql = f"SELECT {', '.join(COLUMNS)} FROM loupe_history WHERE seq"
    later = _while_of(connection.execute(f"{sql} >= ? ORDER BY seq", (near,)), txn_uuid)
    earlier = _while_of(connection.execute(f"{sql} < ? ORDER BY seq DESC", (near,)), txn_uuid)
    return _with_names(connection, [*reversed(earlier), *later])


def _while_of(cursor: sqlite3.Cursor, txn_uuid: str) -> list[RecordedChange]:
    changes = []
    for row in cursor:
        change = decoded(row)
        if change.txn_uuid != txn_uuid:
            break
        changes.append(change)
    return changes


def read_geometries(connection: sqlite3.Connection, seq: int) -> tuple[BaseGeometry | None, BaseGeometry | None]:
    """The geometries before and after a change; None for none, and for what is no sound geometry."""
    row = connection.execute("SELECT old_geom, new_geom FROM loupe_history WHERE seq = ?", (seq,)).fetchone()
    old, new = geometries(list(row or (None, None)))
    return old, new


def read_people(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Everybody who has changed the case, by name; an empty text stands for nobody named."""
    rows = connection.execute("SELECT DISTINCT coalesce(actor, '') FROM loupe_history").fetchall()
    return tuple(sorted({str(name) for (name,) in rows}, key=str.casefold))


def read_deleted(connection: sqlite3.Connection, *, before: int | None = None, rows: int = PAGE_ROWS) -> HistoryPage:
    """The rows that are no longer in the case and left a trace, as the changes that deleted them, the last one first.

    `before` is the place of the last one known, which is that of its trace.
    """
    place = ("WHERE rowid < ?", (before,)) if before is not None else ("", ())
    traces = connection.execute(
        f"SELECT rowid, uuid, table_name, deleted_at, deleted_by, sha256, what FROM loupe_tombstones {place[0]} "
        "ORDER BY rowid DESC LIMIT ?",
        (*place[1], rows),
    ).fetchall()
    changes = []
    for number, *trace in traces:
        uuid, table_name, at, actor, sha256, what = (str(value or "") for value in trace)
        change = _last_deletion(connection, table_name, uuid)
        if change is None:  # the trace alone is left
            bytes_of = (FieldChange("sha256", sha256),) if sha256 else ()
            change = RecordedChange(-int(number), "", at, actor, table_name, uuid, "delete", bytes_of)
        changes.append(replace(change, left_as=what or row_name(table_name, change.values)))
    return HistoryPage(tuple(changes), int(traces[-1][0]) if len(traces) == rows else None)


def _last_deletion(connection: sqlite3.Connection, table_name: str, uuid: str) -> RecordedChange | None:
    row = connection.execute(
        f"SELECT {', '.join(COLUMNS)} FROM loupe_history WHERE row_uuid = ? AND table_name = ? AND op = 'delete' "
        "ORDER BY seq DESC LIMIT 1",
        (uuid, table_name),
    ).fetchone()
    return None if row is None else decoded(row)


def count_deleted(connection: sqlite3.Connection, table_name: str) -> int:
    """The number of rows of a table that are no longer in the case and left a trace."""
    sql = "SELECT count(*) FROM loupe_tombstones WHERE table_name = ?"
    return int(connection.execute(sql, (table_name,)).fetchone()[0])


def _marked_back(connection: sqlite3.Connection, changes: Sequence[RecordedChange]) -> tuple[RecordedChange, ...]:
    """The changes, with those marked that were taken back."""
    firsts: dict[str, int] = {}
    for change in changes:
        firsts[change.row_uuid] = min(change.seq, firsts.get(change.row_uuid, change.seq))
    of_row = "FROM loupe_history WHERE row_uuid = ? AND seq > ?"
    later: dict[str, list[RecordedChange]] = {}
    for place in firsts.items():
        if connection.execute(f"SELECT 1 {of_row} AND reason LIKE ? LIMIT 1", (*place, f"{_TAKES_BACK}%")).fetchone():
            rows = connection.execute(f"SELECT {', '.join(COLUMNS)} {of_row} ORDER BY seq", place)
            later[place[0]] = [decoded(row) for row in rows]
    return tuple(
        replace(change, is_taken_back=True) if _is_taken_back(change, later.get(change.row_uuid, ())) else change
        for change in changes
    )


def _is_taken_back(change: RecordedChange, later: Sequence[RecordedChange]) -> bool:
    """True where one of the later changes of its row takes it back, and no Undo makes it again. What somebody does
    anew later, such as another deletion, is a change of its own.
    """
    is_back, before = False, {item.column: item.before for item in change.fields}
    after = {item.column: item.after for item in change.fields}
    for other in later:
        if other.seq <= change.seq or other.table_name != change.table_name:
            continue
        left = {item.column: item.after for item in other.fields}.items()
        if own_reason(other.reason) == f"{_TAKES_BACK}{change.at}" and other.kind == _OPPOSITE.get(change.kind):
            is_back = is_back or change.kind != "update" or before.items() <= left
        elif other.way == "undone" and other.kind == change.kind:
            came = {item.column: item.before for item in other.fields}.items()
            is_redone = after.items() <= left and before.items() <= came
            is_back = is_back and not (change.kind != "update" or is_redone)
    return is_back


def _with_names(connection: sqlite3.Connection, changes: Sequence[RecordedChange]) -> tuple[RecordedChange, ...]:
    """The changes with the names that their rows left, and with those marked that were taken back."""
    names: dict[tuple[str, str], str] = {}
    for change in changes:
        key = change.table_name, change.row_uuid
        if key not in names:
            deletion = _last_deletion(connection, *key)
            names[key] = "" if deletion is None else row_name(change.table_name, deletion.values)
    return tuple(
        replace(change, left_as=name) if (name := names[change.table_name, change.row_uuid]) else change
        for change in _marked_back(connection, changes)
    )


def _conditions(connection: sqlite3.Connection, wanted: HistoryFilter) -> tuple[list[str], list[Any]]:
    """Conditions of SQL, with the values to bind; the last check of a column is made on the decoded change."""
    where, values = list[str](), list[Any]()
    if wanted.tables:
        where.append(f"table_name IN ({', '.join('?' * len(wanted.tables))})")
        values += wanted.tables
    if wanted.actor is not None:
        where.append("coalesce(actor, '') = ?")
        values.append(wanted.actor)
    if wanted.since:
        where.append("at >= ?")
        values.append(wanted.since)
    if wanted.until:
        where.append("at < ?")
        values.append(f"{wanted.until}\U0010ffff")  # after every moment of that day
    if wanted.only_deleted:
        where.append("op = 'delete'")
    if wanted.column == GEOMETRY:
        where.append("(old_geom IS NOT NULL OR new_geom IS NOT NULL)")
    elif wanted.column:
        where.append("instr(delta_json, ?)")
        values.append(json.dumps(wanted.column))
    if wanted.row_uuid:
        where.append("row_uuid IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(sorted(_rows_about(connection, wanted.row_uuid))))
    return where, values


def _rows_about(connection: sqlite3.Connection, uuid: str) -> set[str]:
    """The row, and all that ever belonged to it, deleted ones included."""
    holders = ", ".join("?" * len(_LINKED_BY))
    rows = connection.execute(
        f"SELECT row_uuid, table_name, delta_json FROM loupe_history WHERE table_name IN ({holders}) "
        "AND op != 'update' AND instr(delta_json, ?)",
        (*_LINKED_BY, json.dumps(uuid, ensure_ascii=False)),
    )
    about = {uuid}
    for row_uuid, table_name, delta in rows:
        ends = (field for field in fields_in(delta) if field.column in _LINKED_BY[table_name])
        if any(uuid in (field.before, field.after) for field in ends):
            about.add(str(row_uuid))
    return about
