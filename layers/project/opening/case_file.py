"""Reads one case inside a separate process: checks its schema, and gives its rows away as values."""

from __future__ import annotations

import os
import re
import secrets
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.errors import CaseDamaged, TooLarge
from layers.phrase import Phrase
from layers.pool.worker import sentence_for
from layers.project.opening.byte_check import ByteCheck
from layers.project.opening.hardened_sqlite import allow_only, hardened
from layers.project.opening.private_copy import held
from layers.project.storage.fingerprint import Fingerprint
from layers.project.storage.geometry_blobs import START_BYTES, told_boxes
from layers.project.storage.integrity import Integrity, StoredHashes, expect
from layers.project.storage.row_writer import quoted, row_number
from layers.project.storage.save_errors import shown
from layers.project.storage.schema import BLOB_PAGES_KEY, INTEGRITY_KEY, ROWS_INTEGRITY_KEY
from layers.project.storage.sqlite_file import check_sqlite, open_regular
from layers.text.counted import counted

CHUNK_ROWS = 20_000
CHUNK_BYTES = 8_000_000
"""Bytes of values in one answer; a single larger value is an answer by itself."""
MOST_CELL_BYTES = 24_000_000
"""Most bytes of a value that is sent; of a larger one only its size is."""
MOST_TABLES = 5_000
MOST_COLUMNS = 400
_LATER_NICE = 10
"""Niceness of the process while it hashes and copies what nobody waits for: that of readers."""
_FETCHED_ROWS = 25
"""Rows fetched at a time: as many of the largest values are held at once."""
_NARROW_BYTES = 64
"""Most bytes of a column's values that are not weighed one by one."""
_BYTES_OF = "octet_length({})" if sqlite3.sqlite_version_info >= (3, 43) else "length(CAST({} AS BLOB))"
_TOO_LARGE = f"too large {secrets.token_hex(8)} "
_PLAIN_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_ ]{0,30}(\(\s*\d{1,9}\s*(,\s*\d{1,9}\s*)?\))?", re.ASCII)


class TableColumn(Struct, frozen=True):
    """A plain column as the schema declares it."""

    name: str
    declared: str
    is_required: bool
    key: int
    """Position in the primary key, from 1; 0: not in it."""


class CaseSchema(Struct, frozen=True):
    """The schema of a file. `tables` are plain tables with their plain columns; the rest is only named."""

    tables: dict[str, tuple[TableColumn, ...]]
    views: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    virtual_tables: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    """Generated columns, each its table and its name with a NUL between."""
    unreadable: tuple[str, ...] = ()
    """Tables that are stored without row numbers (WITHOUT ROWID), or have too many columns."""
    indexes: tuple[tuple[str, str, bool, tuple[str, ...]], ...] = ()
    """(name, table, is unique, columns) of plain indexes that programs made."""
    odd_indexes: tuple[tuple[str, str], ...] = ()
    """(name, table) of indexes over some rows only, or over an expression."""
    defaults: tuple[tuple[str, str], ...] = ()
    """(table, column) of each column that has a default value."""
    sql: dict[str, str] = field(default_factory=dict)
    boxes: frozenset[str] = frozenset()
    """Tables in which spatial indexes keep the boxes of rows."""


class CaseFile:
    """An open case, held still until `close`. Errors of sqlite3 are raised as CaseDamaged."""

    def __init__(self, place: Path, copy: Path | None, scratch: Path, deadline_s: float) -> None:
        check_sqlite(place)
        self.place = place
        self._stack = ExitStack()
        try:
            self._held = self._stack.enter_context(held(place, copy, scratch))
            self._connection = self._stack.enter_context(hardened(self._held.path, deadline_s))
            self.schema = read_schema(self._connection)
            allow_only(self._connection, [*self.schema.tables, *self.schema.boxes])
            self.meta = self._meta()
            self._check: ByteCheck | None = None
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._stack.close()
            raise damaged(place, _reason(error)) from error
        except BaseException:
            self._stack.close()
            raise

    def close(self) -> None:
        self._stack.close()

    def begin_check(self, *, rows_first: bool = False) -> None:
        """Begin to read all bytes for `mark`, beside what is asked meanwhile; those that no row is read from later,
        once `go_on` is called, where `rows_first` is wished and the case can be judged so.
        """
        stored = StoredHashes(*(self.meta.get(key, "") for key in (INTEGRITY_KEY, ROWS_INTEGRITY_KEY, BLOB_PAGES_KEY)))
        check = ByteCheck(self._held.path, stored, self._held.copy, rows_first=rows_first)
        self._check = self._stack.enter_context(check)

    def expected(self) -> Integrity:
        """The case's state by its header: INTACT where only the hash of its bytes can tell that it is damaged."""
        try:
            with open_regular(self._held.path) as file:
                return expect(file, self.meta.get(INTEGRITY_KEY, ""))
        except OSError as error:
            raise sentence_for(error, str(self.place)) from error

    @property
    def held_mark(self) -> Fingerprint:
        """The case's fingerprint, without its hash."""
        return self._held.mark

    @property
    def problems(self) -> tuple[str, ...]:
        """Sentences about journals and other files beside the case."""
        return self._held.problems

    def _meta(self) -> dict[str, str]:
        """Read the facts of loupe_meta that are text; none where the file is no case."""
        if not {"key", "value"} <= {column.name for column in self.schema.tables.get("loupe_meta", ())}:
            return {}
        rows = self._query('SELECT "key", "value" FROM "loupe_meta"').fetchmany(10_000)
        return {str(key): value for key, value in rows if isinstance(key, str) and isinstance(value, str)}

    def mark(self) -> tuple[Fingerprint, Integrity]:
        """The case's fingerprint and its state by its bytes, once all of them are read."""
        if self._check is None:
            self.begin_check()
        assert self._check is not None
        try:
            mark, (state, at) = self._held.mark, self._check.result()
        except OSError as error:
            raise sentence_for(error, str(self.place)) from error
        self._held.check()
        if at >= 0 and not mark.sides:
            mark = replace(mark, integrity=self.meta[INTEGRITY_KEY], at=at)
        return mark, state

    def wait_copied(self) -> None:
        """Wait until the copy is whole, where one is made; raise CaseInUse where the case was written meanwhile."""
        if self._check is None:
            self.begin_check()
        assert self._check is not None
        try:
            self._check.wait_copied()
        except OSError as error:
            raise sentence_for(error, str(self.place)) from error
        self._held.check()

    def go_on(self) -> None:
        """Read the bytes that are not judged yet, and make the copy, behind all other work of this computer."""
        if sys.platform != "win32":
            with suppress(OSError):  # where it is not allowed
                os.nice(_LATER_NICE)
        if self._check is None:
            self.begin_check()
        assert self._check is not None
        self._check.go_on()

    def rest(self) -> tuple[int, bool, Integrity | None]:
        """(bytes hashed or copied so far, True once all is done, the case's state by all its bytes once known).

        Raises CaseInUse where the case was written meanwhile.
        """
        assert self._check is not None, "ask it to go on first"
        try:
            is_done = self._check.is_done()
        except OSError as error:
            raise sentence_for(error, str(self.place)) from error
        if is_done:
            self._held.check()
        return self._check.done_bytes, is_done, self._check.of_all

    @property
    def known(self) -> Integrity | None:
        """The case's state by its bytes, where all of them are read already."""
        return None if self._check is None else self._check.known

    def check(self, tables: Sequence[str]) -> bool:
        """Run SQLite's own quick check on those of `tables` that compute nothing; True where it finds no fault."""
        computed = {name.partition("\0")[0] for name in self.schema.computed}
        for table in tables:
            if table not in self.schema.tables or table in computed:
                continue
            if self._query(f"PRAGMA quick_check({quoted(table)})").fetchone() != ("ok",):
                return False
        return True

    def count_boxes(self, rtree: str) -> int | None:
        """Number of boxes in a spatial index, by its plain table of them; None where there is none."""
        return self.count(f"{rtree}_rowid") if f"{rtree}_rowid" in self.schema.boxes else None

    def count(self, table: str) -> int:
        (number,) = self._query(f"SELECT count(*) FROM {quoted(table)} NOT INDEXED").fetchone()
        return int(number)

    def filled(self, table: str, columns: Sequence[str], only: Sequence[int] | None = None) -> dict[str, int]:
        """Columns among `columns` that hold anything at all, with the bytes of the largest value; `only` some rows."""
        if not columns:
            return {}
        sizes = ", ".join(f"max({_BYTES_OF.format(quoted(name))})" for name in columns)
        where = "" if only is None else f"WHERE {self._row_number(table)} IN ({', '.join('?' * len(only))})"
        row = self._query(f"SELECT {sizes} FROM {quoted(table)} NOT INDEXED {where}", only or ()).fetchone()
        return {name: int(size) for name, size in zip(columns, row, strict=True) if size is not None}

    def near(self, table: str, bounds: Sequence[float] | None, most: int) -> tuple[list[int], int]:
        """Return row numbers of geometries whose boxes touch bounds in lon, lat, and the number of all rows that have a
        box.

        `bounds` are left, bottom, right, top; None for all. Of more than `most` an even sample is returned.
        """
        number = self._row_number(table)
        sql = f'SELECT {number}, substr("geom", 1, {START_BYTES}) FROM {quoted(table)} NOT INDEXED ORDER BY {number}'
        cursor, near_rows, count = self._query(sql), [], 0
        while rows := cursor.fetchmany(CHUNK_ROWS):
            numbers, starts = zip(*rows, strict=True)
            boxes = told_boxes(starts)
            count += int(np.count_nonzero(~np.isnan(boxes[:, 0])))
            near_rows += np.array(numbers)[_touching(boxes, bounds)].tolist()
        return near_rows[:: -(-len(near_rows) // most)] if near_rows else [], count

    def rows(
        self, table: str, columns: Mapping[str, int], after: int | None, only: Sequence[int] | None = None
    ) -> tuple[list[tuple[Any, ...]], bool]:
        """Return row numbers and values of rows behind `after`, in the file's order, and True where these are the last.

        `only`: these rows alone. `columns` are as `filled` gives them. `TooLong` stands for a value that is too large,
        `Spoiled` for text that is no UTF-8.
        """
        number = self._row_number(table)
        names = [quoted(name) if size <= MOST_CELL_BYTES else _guarded(name) for name, size in columns.items()]
        narrow = sum(size for size in columns.values() if size <= _NARROW_BYTES) + 16
        wide = [_BYTES_OF.format(quoted(name)) for name, size in columns.items() if size > _NARROW_BYTES]
        weight = " + ".join([str(narrow), *(f"coalesce(min({size}, {MOST_CELL_BYTES}), 0)" for size in wide)])
        those = "" if only is None else f"AND {number} IN ({', '.join('?' * len(only))})"
        where = f"WHERE {number} > ? {those}" if after is not None else those.replace("AND", "WHERE", 1)
        sql = f"SELECT {', '.join((weight, number, *names))} FROM {quoted(table)} NOT INDEXED {where} ORDER BY {number}"
        values = [*(() if after is None else (after,)), *(only or ())]
        try:
            try:
                return self._chunk(sql, values)
            except sqlite3.OperationalError as error:
                if "decode" not in str(error):
                    raise
            self._connection.text_factory = _text_or_spoiled
            return self._chunk(sql, values)
        except sqlite3.Error as error:
            raise damaged(self.place, _reason(error)) from error
        finally:
            self._connection.text_factory = str

    def _chunk(self, sql: str, values: Sequence[Any]) -> tuple[list[tuple[Any, ...]], bool]:
        """Return rows without their weight, which is the first value of each."""
        out: list[tuple[Any, ...]] = []
        size = 0
        cursor = self._connection.execute(sql, values)
        while rows := cursor.fetchmany(_FETCHED_ROWS):
            size += sum(row[0] for row in rows)
            if out and (size > CHUNK_BYTES or len(out) + len(rows) > CHUNK_ROWS):
                return out, False
            out += [row[1:] for row in rows]
        return out, True

    def _row_number(self, table: str) -> str:
        """The name of row numbers in a table, which is none of its columns'."""
        free = row_number(column.name for column in self.schema.tables[table])
        key = [column for column in self.schema.tables[table] if column.key]
        if free:
            return free
        if len(key) == 1 and key[0].declared.upper() == "INTEGER":
            return quoted(key[0].name)
        raise damaged(self.place, Phrase("its table {table} hides its rows", table=table))

    def piece(self, table: str, column: str, row: int, offset: int, length: int) -> tuple[bytes, int, bool]:
        """(a piece of a text's or blob's bytes, the size of the whole, True where it is a text)."""
        value, number = quoted(column), self._row_number(table)
        data = f"CAST({value} AS BLOB)"
        sql = (
            f"SELECT substr({data}, ?, ?), length({data}), typeof({value}) = 'text' "
            f"FROM {quoted(table)} NOT INDEXED WHERE {number} = ?"
        )
        answer = self._query(sql, (offset + 1, length, row)).fetchone()
        if answer is None or not isinstance(answer[0], bytes):
            return b"", 0, False
        return answer[0], int(answer[1]), bool(answer[2])

    def _query(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, values)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise damaged(self.place, _reason(error)) from error


def _touching(boxes: NDArray[np.float64], bounds: Sequence[float] | None) -> NDArray[np.bool_]:
    """True for boxes in lon, lat that touch bounds, which may reach over the antimeridian; NaN touches nothing."""
    left, bottom, right, top = boxes.T
    if bounds is None:
        return ~np.isnan(left)
    across = np.zeros(len(boxes), np.bool_)
    for turn in (-360.0, 0.0, 360.0):
        across |= (left + turn <= bounds[2]) & (right + turn >= bounds[0])
    return across & (bottom <= bounds[3]) & (top >= bounds[1])


def damaged(path: Path, reason: str) -> CaseDamaged:
    """The error for a file that cannot be read, which names the backup where there is one."""
    backups = [path.with_name(f"{path.name}.bak{number}") for number in (1, 2, 3)]
    there = next((shown(backup) for backup in backups if backup.is_file()), "")
    advice = Phrase("Open its backup “{there}”.", there=there) if there else Phrase("Look for an older copy of it.")
    return CaseDamaged("“{path}” is damaged ({reason}). {advice}", path=shown(path), reason=reason, advice=advice)


def read_schema(connection: sqlite3.Connection) -> CaseSchema:
    """The schema of an open file, read without executing any of it."""
    tables: dict[str, tuple[TableColumn, ...]] = {}
    views, virtual, computed, unreadable, defaults, boxes = [], [], [], [], [], set()
    listed = connection.execute("SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main'").fetchall()
    if len(listed) > MOST_TABLES:
        raise TooLarge(
            "The file has {tables}: Geoloupe reads at most {most_tables}.",
            tables=counted(len(listed), "table"),
            most_tables=f"{MOST_TABLES:,}",
        )
    for name, kind, is_without_rowid in listed:
        if kind == "view":
            views.append(name)
        elif kind == "virtual":
            virtual.append(name)
        elif kind == "shadow" and name.startswith("rtree_") and name.endswith("_rowid"):
            boxes.add(name)
        elif kind == "table" and not name.startswith("sqlite_"):
            rows = connection.execute(
                'SELECT name, type, "notnull", pk, hidden, dflt_value IS NOT NULL FROM pragma_table_xinfo(?)', (name,)
            ).fetchall()
            computed += [f"{name}\0{column}" for column, _type, _required, _key, hidden, _default in rows if hidden]
            if is_without_rowid or len(rows) > MOST_COLUMNS:
                unreadable.append(name)
                continue
            tables[name] = tuple(
                TableColumn(column, declared if _PLAIN_TYPE.fullmatch(declared) else "", bool(required), int(key))
                for column, declared, required, key, hidden, _default in rows
                if not hidden
            )
            defaults += [(name, column) for column, *_, has_default in rows if has_default]
    triggers, indexes, sql = [], [], {}
    for kind, name, table, text in connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall():
        if kind == "trigger":
            triggers.append(name)
        elif kind == "index" and text and table in tables:
            indexes.append((name, table, text))
        elif kind == "table" and isinstance(text, str):
            sql[name] = text
    plain = list(_plain_indexes(connection, indexes))
    known = {index for index, *_ in plain}
    return CaseSchema(
        tables,
        tuple(views),
        tuple(triggers),
        tuple(virtual),
        tuple(computed),
        tuple(unreadable),
        tuple(plain),
        tuple((name, table) for name, table, _text in indexes if name not in known),
        tuple(defaults),
        sql,
        frozenset(boxes),
    )


def _plain_indexes(
    connection: sqlite3.Connection, indexes: Sequence[tuple[str, str, str]]
) -> Iterator[tuple[str, str, bool, tuple[str, ...]]]:
    """Indexes over columns alone, without a condition."""
    partial = {
        index
        for table in {table for _name, table, _text in indexes}
        for _at, index, _unique, _origin, is_partial in connection.execute(f"PRAGMA index_list({quoted(table)})")
        if is_partial
    }
    for name, table, text in indexes:
        columns = [row[2] for row in connection.execute(f"PRAGMA index_xinfo({quoted(name)})") if row[5]]
        if columns and None not in columns and name not in partial:
            yield name, table, text.lstrip().lower().startswith("create unique"), tuple(columns)


def _guarded(name: str) -> str:
    """SQL for the column, or for the size of a too large value as a text of its own."""
    column = quoted(name)
    size = _BYTES_OF.format(column)
    return f"CASE WHEN {size} > {MOST_CELL_BYTES} THEN CAST('{_TOO_LARGE}' || {size} AS TEXT) ELSE {column} END"


class Spoiled(Struct, frozen=True):
    """Text whose bytes are no UTF-8, read as far as it goes."""

    text: str


class TooLong(Struct, frozen=True):
    """A value that is not sent; its size in bytes."""

    size: int


def _text_or_spoiled(data: bytes) -> str | Spoiled:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return Spoiled(data.decode("utf-8", "replace"))


def in_full(value: Any) -> Any:
    """A value of a column that holds too large ones, with `TooLong` in place of the text that says so."""
    if isinstance(value, str) and value.startswith(_TOO_LARGE):
        return TooLong(int(value.removeprefix(_TOO_LARGE)))
    return value


def _reason(error: sqlite3.Error | UnicodeDecodeError) -> str:
    return "its text is no text any more" if isinstance(error, UnicodeDecodeError) else str(error)
