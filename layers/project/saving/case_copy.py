"""Opens a case for work: a separate process reads it, and only we write the working copy made from its rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from msgspec.structs import replace

from layers.document.edit import TABLES
from layers.document.rows import Row
from layers.errors import CaseDamaged, TooLarge
from layers.project.opening.case_paths import CaseHome, bring_home
from layers.project.opening.case_process import Asks, CaseProcess, ended_by_refusal
from layers.project.opening.case_reader import CaseReader, Chunk
from layers.project.opening.intake import Intake, UnjudgedCase, take_rows
from layers.project.opening.left_out_keys import leave_keys_out_of_history, leave_out_keys
from layers.project.opening.migrations import REPAIRS, migrate
from layers.project.opening.opening_watch import OpeningWatch
from layers.project.opening.outside_edits import ELSEWHERE, OutsideEdit, SavedRevisions, back_to_draft, summary
from layers.project.opening.rows import CaseRows, RepairedRow
from layers.project.saving.blobs import SessionBlobs, blob_columns
from layers.project.saving.case_writer import open_work
from layers.project.saving.later_history import copy_newest, own_values, rows_for_later
from layers.project.saving.opened_copy import BASE, PART, OpenedCopy, begin_part, copied_later
from layers.project.saving.session_file import StoredSession, write_session
from layers.project.saving.working_copy import (
    WorkingCopy,
    begin_history,
    session_folder,
    with_all_saved,
)
from layers.project.storage.fsops import DISK, FileSystem
from layers.project.storage.integrity import Integrity
from layers.project.storage.row_writer import RowStamp, RowWriter
from layers.project.storage.save_errors import shown
from layers.project.storage.schema import (
    CARRIED_KEY,
    HISTORY_COLUMNS,
    HISTORY_KEY,
    SCHEMA_VERSION,
    TOMBSTONE_COLUMNS,
    WHOLE_HISTORY,
    create_schema,
    without_history_index,
)
from layers.project.storage.sqlite_file import check_sqlite
from layers.project.storage.tables import BY_NAME, spec_of
from layers.project.storage.versions import later_columns
from layers.text.counted import counted
from layers.time.utc import utc_now

_TOLD_ROWS = 5_000
"""Rows written between two looks whether the work is still wanted."""
NONE, WHOLE = -1, 0
"""Extent of the history in a new working copy: none, all, or else the number of the only row that is copied at once."""
MOST_KEY = 2**53
_MOST_KEPT_TEXT = 100_000
"""Characters of a replaced value that the history keeps."""


class OpenedForWork(NamedTuple):
    """A case as it was read, its working copy, and the folder to which its layers' paths refer."""

    intake: Intake
    work: WorkingCopy
    home: CaseHome


def open_for_work(
    sessions: Path,
    path: Path,
    *,
    as_copy: bool = False,
    accept_damage: bool = False,
    fs: FileSystem = DISK,
    asks: Asks | None = None,
    watch: OpeningWatch | None = None,
) -> OpenedForWork:
    """Read a case and make a working copy of it under `sessions`; `as_copy` makes it a new case without a file.
    `watch` sees how far it is, and ends it by what it raises.

    What another program changed in it becomes history; paths of layers are absolute from here on. Raises what
    `read_case` raises, and SaveFailed, DiskFull or NotAllowed where there is no room for a working copy.
    """
    with ended_by_refusal(asks):
        check_sqlite(path)
    place = Path(path).absolute()
    session = StoredSession(None if as_copy else place, None, str(uuid4()))
    is_later = not as_copy and isinstance(asks, CaseProcess) and copied_later(place)
    with ExitStack() as later:
        with ended_by_refusal(asks), session_folder(sessions, session, fs) as folder, ExitStack() as reading:
            if is_later:
                begin_part(folder, place, fs)
            copy = folder / (PART if is_later else BASE)
            rows_first = is_later and not accept_damage
            reader = reading.enter_context(CaseReader.open(path, copy=copy, asks=asks, rows_first=rows_first))
            unjudged = take_rows(path, reader, accept_damage=accept_damage, watch=watch)
            if is_later:
                session = replace(session, later_history=rows_for_later(reader, unjudged.intake))
            made = _made(folder, session, reader, unjudged, place, fs, as_copy=as_copy)
            write_session(folder, made.session, fs)
            if is_later:
                later.enter_context(reading.pop_all())
            else:
                reader.wait_copied()
        copying = None
        if is_later and isinstance(asks, CaseProcess):
            copying = OpenedCopy(reader, later.pop_all(), asks.interrupt, folder, fs)
    return OpenedForWork(made.intake, WorkingCopy(folder, made.session, fs, copying), made.home)


class _Made(NamedTuple):
    intake: Intake
    session: StoredSession
    home: CaseHome


def _made(
    folder: Path,
    session: StoredSession,
    reader: CaseReader,
    unjudged: UnjudgedCase,
    place: Path,
    fs: FileSystem,
    *,
    as_copy: bool,
) -> _Made:
    """Make the working copy in `folder`, and wait until the bytes of the case are judged."""
    is_as_saved = unjudged.intake.integrity is Integrity.INTACT
    if not is_as_saved:  # what others have changed decides about the rows
        unjudged = unjudged._replace(intake=unjudged.judged())
    if not as_copy:
        session = replace(session, project_uuid=unjudged.intake.project_uuid or session.project_uuid)
    blobs = SessionBlobs(folder / "blobs", fs)
    for table, column in blob_columns(reader):  # rows whose uuid is new are found by it from now on
        for number, uuid in unjudged.intake.rows.renamed.get(table, {}).items():
            blobs.keep(table, uuid, reader.value(table, column, number), column)
    with closing(open_work(folder / "work.gpkg")) as connection:
        create_schema(connection, session.project_uuid)
        history = NONE if as_copy else session.later_history or WHOLE
        home, problems = _filled(connection, unjudged, reader, place, history)
        connection.execute("COMMIT")
        intake = unjudged.judged() if is_as_saved else unjudged.intake
        session = _marked(session, intake, reader)
        session = with_all_saved(session, connection, None if as_copy else intake.fingerprint)
    return _Made(replace(intake, problems=(*intake.problems, *problems)), session, home)


def _marked(session: StoredSession, intake: Intake, reader: CaseReader) -> StoredSession:
    """The session with what its case holds of other programs, and if it holds what no save of ours has."""
    is_foreign = intake.integrity is not Integrity.INTACT
    return replace(
        session,
        carries=is_foreign or intake.foreign.is_carried or CARRIED_KEY in reader.opened.meta,
        was_edited=(
            is_foreign
            or intake.schema_version < SCHEMA_VERSION
            or bool(intake.rows.repaired or intake.foreign.lost or intake.held_code)
        ),
    )


def _filled(
    connection: sqlite3.Connection, unjudged: UnjudgedCase, reader: CaseReader, place: Path, history: int
) -> tuple[CaseHome, list[str]]:
    """Write all as `_fill` does. Raises CaseDamaged where rows cannot be written because the bytes are damaged."""
    try:
        return _fill(connection, unjudged, reader, place, history)
    except (CaseDamaged, TooLarge, sqlite3.Error, ArithmeticError, LookupError, TypeError, ValueError):
        unjudged.judged()
        raise


def _fill(
    connection: sqlite3.Connection, unjudged: UnjudgedCase, reader: CaseReader, place: Path, history: int
) -> tuple[CaseHome, list[str]]:
    """Write the rows of a case and all that belongs to them; return its home, and sentences about repairs.

    `history`: NONE, WHOLE, or the number of the newest row, of a history whose older rows are copied later.
    """
    intake, rows, writer = unjudged.intake, unjudged.intake.rows, RowWriter(connection)
    with_history = history != NONE
    outside = _outside_edits(intake, reader) if with_history else []
    drafts = back_to_draft(rows.document, outside)
    migrations = migrate(rows.document, intake.schema_version, shown(place))
    left_out = leave_out_keys(rows.document)
    home = bring_home(rows.document, place.parent)
    _write_rows(writer, rows, unjudged.tell_copied)
    for unplaced in rows.unplaced:
        writer.insert_fields(unplaced.spec, unplaced.fields)
    for table, columns in intake.foreign.columns.items():
        spec = BY_NAME[table]
        names = [intake.foreign.column_name(table, column.name) for column in columns]
        writer.add_foreign_columns(spec, [(name, column.declared) for name, column in zip(names, columns, strict=True)])
        writer.fill_foreign(spec, names, rows.foreign.get(table, {}))
    if with_history:
        _copy_table(connection, reader, "loupe_tombstones", TOMBSTONE_COLUMNS, intake.schema_version)
    if history == WHOLE:
        with without_history_index(connection):
            _copy_table(connection, reader, "loupe_history", HISTORY_COLUMNS, intake.schema_version)
    elif with_history:
        copy_newest(connection, reader, history)
    if intake.integrity is Integrity.EDITED:
        at = datetime.fromtimestamp(intake.fingerprint.mtime_ns / 1e9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        writer.write_history(_history_rows(outside, ELSEWHERE, at))
    for edit in migrations:
        writer.write_told(edit, RowStamp(REPAIRS, utc_now()))
    writer.write_history(_history_rows(drafts, REPAIRS, utc_now()))
    writer.write_history(_history_rows(map(_as_edit, rows.repaired), REPAIRS, utc_now()))
    writer.write_history(_history_rows(_lost_places(rows), REPAIRS, utc_now()))
    if reader.opened.meta.get(HISTORY_KEY) == WHOLE_HISTORY and with_history:
        connection.execute("INSERT INTO loupe_meta (key, value) VALUES (?, ?)", (HISTORY_KEY, WHOLE_HISTORY))
    else:
        known = connection.execute(
            "SELECT DISTINCT table_name, row_uuid FROM loupe_history WHERE op IN ('insert', 'baseline')"
        ).fetchall()
        begin_history(connection, writer, rows.document, frozenset(known))
    leave_keys_out_of_history(connection)
    return home, [*summary(outside, drafts), *left_out]


def _outside_edits(intake: Intake, reader: CaseReader) -> list[OutsideEdit]:
    if intake.integrity is not Integrity.EDITED:
        return []
    history = SavedRevisions.of(reader)
    is_whole = reader.opened.meta.get(HISTORY_KEY) == WHOLE_HISTORY
    return [] if history is None else list(history.differences(intake.document, is_whole=is_whole))


def _write_rows(writer: RowWriter, rows: CaseRows, tell_copied: Callable[[int, int], None]) -> None:
    """Write all rows under their numbers in the file: other programs may rely on these."""
    written, sites = 0, len(rows.document.sites)
    for table in TABLES:
        by_spec: dict[str, list[Row]] = {}
        for row in rows.document.table(table).values():
            by_spec.setdefault(spec_of(table, row).name, []).append(row)
        for name, own_rows in by_spec.items():
            numbers = rows.numbers.get(name, {})
            keys = [numbers.get(row.uuid, 0) for row in own_rows]
            is_usable = len(set(keys)) == len(keys) and min(keys) > 0 and max(keys) < MOST_KEY
            for start in range(0, len(own_rows), _TOLD_ROWS):
                part = slice(start, start + _TOLD_ROWS)
                writer.insert(BY_NAME[name], own_rows[part], keys[part] if is_usable else None)
                written += len(own_rows[part]) if table == "sites" else 0
                tell_copied(written, sites)


def _copy_table(
    connection: sqlite3.Connection, reader: CaseReader, table: str, of_table: Sequence[str], schema_version: int
) -> None:
    """History or tombstones, by columns that are ours and of the types that we write."""
    newer = later_columns(schema_version, table)
    columns = [column for column in of_table if column not in newer]
    if not reader.opened.tables.get(table, frozenset()).issuperset(columns):
        return
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"

    def take(chunk: Chunk) -> None:
        values = [own_values(name, chunk.columns.get(name, [None] * len(chunk.numbers))) for name in columns]
        connection.executemany(sql, zip(*values, strict=True))

    filled = reader.filled(table, columns)
    if filled:
        reader.each_chunk(table, filled, take)


def _history_rows(edits: Iterable[OutsideEdit], actor: str, at: str) -> list[tuple[Any, ...]]:
    """Rows of history, all of one transaction."""
    txn_uuid = str(uuid4())
    return [
        (
            str(uuid4()),
            txn_uuid,
            at,
            actor,
            edit.table,
            edit.uuid,
            edit.op,
            _revision(edit, 0),
            _revision(edit, 1),
            json.dumps(edit.delta, ensure_ascii=False, default=repr),
            edit.old_geometry,
            edit.new_geometry,
            None,
        )
        for edit in edits
    ]


def _revision(edit: OutsideEdit, side: int) -> int | None:
    value = edit.delta.get("rev", (None, None))[side]
    return value if isinstance(value, int) else None


def _as_edit(repaired: RepairedRow) -> OutsideEdit:
    delta = {name: [_kept(repaired.old[name]), _kept(repaired.new[name])] for name in repaired.old}
    return OutsideEdit(repaired.table, repaired.uuid, "update", delta)


def _kept(value: Any) -> Any:
    """A value as the history keeps it, whatever it was."""
    if isinstance(value, bytes):
        return f"{counted(len(value), 'byte')}: {value[:50].hex()}"
    if isinstance(value, str) and len(value) > _MOST_KEPT_TEXT:
        return f"{value[:_MOST_KEPT_TEXT]}… ({counted(len(value), 'character')})"
    if isinstance(value, float) and not abs(value) < 1e308:
        return str(value)
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


def _lost_places(rows: CaseRows) -> list[OutsideEdit]:
    """Geometries that no guard lets pass, as they stood."""
    return [
        OutsideEdit(unplaced.spec.name, unplaced.fields["uuid"], "update", {}, old_geometry=unplaced.geometry)
        for unplaced in rows.unplaced
        if isinstance(unplaced.geometry, bytes)
    ]
