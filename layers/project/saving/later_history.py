"""The history of a large case, which is copied into the working copy while the case is shown already.

Opening copies its newest row only, under its own number: what is edited from then on is numbered behind it. The older
rows follow in pieces, each under its number, written by the working copy's own writer between the edits. Whoever needs
the history, as the next save does, waits for them; after a crash they are copied from the case as it was opened.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from layers.errors import GeoloupeError, SaveFailed
from layers.project.opening.case_reader import CaseReader, Chunk
from layers.project.storage.integrity import Integrity
from layers.project.storage.save_errors import journal_error
from layers.project.storage.schema import HISTORY_COLUMNS, HISTORY_KEY, SCHEMA_VERSION, WHOLE_HISTORY

if TYPE_CHECKING:
    from layers.project.opening.intake import Intake

MANY_ROWS = 50_000
"""Fewest rows of a history that are copied later: fewer take less than half a second."""
PIECE_ROWS = 2_000
"""Rows written in one transaction: an edit waits for no more, about 20 ms."""
_LOOK_S = 0.1
_TABLE_AT, _DELTA_AT = (HISTORY_COLUMNS.index(name) for name in ("table_name", "delta_json"))
_INSERT = f"INSERT INTO loupe_history (seq, {', '.join(HISTORY_COLUMNS)}) VALUES (?{', ?' * len(HISTORY_COLUMNS)})"

type HistoryRow = tuple[Any, ...]


class HistoryUnderWay(Struct, frozen=True):
    """A history whose older rows are still being copied."""

    newest: int
    """The number of the newest of these rows, which is how many they are: rows of higher numbers are there."""
    copied: int
    """The number up to which they are copied."""

    @property
    def share(self) -> float:
        """The share that is copied, 0 to 1."""
        return min(self.copied / self.newest, 1.0)


class RecordedHistory(Struct, frozen=True):
    """The history of the open case, for whoever reads it in a job."""

    path: Path
    """The working copy, which holds the history."""
    under_way: Callable[[], HistoryUnderWay | None] = lambda: None
    """Returns what is still being copied; None once the history is whole."""
    wait: Callable[[], None] = lambda: None
    """Wait until the history is whole. Raises SaveFailed, CaseDamaged, ... where it cannot be copied."""


class PastRows(Struct):
    """Rows of the history of a case as it was opened, for the writer of its working copy."""

    rows: Sequence[HistoryRow]
    done: threading.Event = field(default_factory=threading.Event)
    error: GeoloupeError | None = None
    """The reason why they could not be written."""

    def write(self, connection: sqlite3.Connection) -> None:
        """Write them as one transaction; what fails is for who waits."""
        try:
            connection.execute("BEGIN IMMEDIATE")
            insert_rows(connection, self.rows)
            connection.execute("COMMIT")
        except (sqlite3.Error, OSError, UnicodeError, MemoryError) as error:
            with suppress(sqlite3.Error, MemoryError):  # the next transaction tries again
                connection.execute("ROLLBACK")
            self.error = journal_error(error)
        self.done.set()

    def wait(self, writer: threading.Thread) -> None:
        """Wait until they are written. Raises SaveFailed (DiskFull, ...) where they cannot be."""
        while not self.done.wait(_LOOK_S) and writer.is_alive():
            pass
        if self.error is not None:
            raise self.error
        if not self.done.is_set():
            raise SaveFailed("This case is closed already.")


def rows_for_later(reader: CaseReader, intake: Intake) -> int:
    """Number of rows of a history that can be copied later; 0 for one that has to be there at once.

    That is a short one, one that is looked into at opening (of a case that another program has edited, or of an older
    version), and one whose rows are not numbered from 1 on without a gap.
    """
    meta, columns = reader.opened.meta, reader.opened.tables.get("loupe_history", frozenset())
    is_own = intake.integrity is Integrity.INTACT and intake.schema_version == SCHEMA_VERSION
    if not is_own or meta.get(HISTORY_KEY) != WHOLE_HISTORY or not columns.issuperset(HISTORY_COLUMNS):
        return 0
    count = reader.count("loupe_history")
    if count < MANY_ROWS:
        return 0
    beyond: list[int] = []
    reader.each_chunk("loupe_history", {}, lambda chunk: beyond.extend(chunk.numbers), after=count - 1)
    return count if beyond == [count] else 0


def copy_newest(connection: sqlite3.Connection, reader: CaseReader, number: int) -> None:
    """Copy the newest row of the history, `number`, by which later ones are numbered."""
    filled = reader.filled("loupe_history", HISTORY_COLUMNS, [number])
    reader.each_chunk("loupe_history", filled, lambda chunk: insert_rows(connection, _rows(chunk)), only=[number])


def copy_older(reader: CaseReader, done: int, newest: int, write: Callable[[Sequence[HistoryRow]], None]) -> None:
    """Give the rows between the numbers `done` and `newest` to `write`, in pieces and in their order."""

    def take(chunk: Chunk) -> None:
        for piece in batched((row for row in _rows(chunk) if row[0] < newest), PIECE_ROWS):
            write(piece)

    filled = reader.filled("loupe_history", HISTORY_COLUMNS)
    reader.each_chunk("loupe_history", filled, take, after=done)


def insert_rows(connection: sqlite3.Connection, rows: Sequence[HistoryRow]) -> None:
    """Write rows of a history under their numbers, in an open transaction."""
    connection.executemany(_INSERT, rows)


def last_copied(connection: sqlite3.Connection, newest: int) -> int:
    """The number of the last row that is copied before `newest`; 0 for none."""
    (last,) = connection.execute("SELECT max(seq) FROM loupe_history WHERE seq < ?", (newest,)).fetchone()
    return last or 0


def own_values(name: str, values: Sequence[Any]) -> list[Any]:
    """Values of a column, of the type that we write there; None for others."""
    kind: type = int if name.endswith("_rev") else bytes if name.endswith("_geom") else str
    if set(map(type, values)) <= {kind, type(None)}:
        return list(values)
    return [value if isinstance(value, kind) else None for value in values]


def _rows(chunk: Chunk) -> list[HistoryRow]:
    """The rows with their numbers, without keys in addresses."""
    from layers.project.opening.left_out_keys import HELD_IN, text_without_keys  # for start-up time

    nothing = [None] * len(chunk.numbers)
    columns = [own_values(name, chunk.columns.get(name, nothing)) for name in HISTORY_COLUMNS]
    tables, deltas = columns[_TABLE_AT], columns[_DELTA_AT]
    for index, table in enumerate(tables):
        if table in HELD_IN and deltas[index]:
            deltas[index] = text_without_keys(deltas[index])
    return list(zip(chunk.numbers, *columns, strict=True))
