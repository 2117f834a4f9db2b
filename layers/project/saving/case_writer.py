"""The writer of a working copy: one thread by which every edit becomes one durable transaction."""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from layers.document.edit import Edit
from layers.errors import GeoloupeError, SaveFailed
from layers.project.saving.later_history import HistoryRow, PastRows
from layers.project.storage.row_writer import RowStamp, RowWriter
from layers.project.storage.save_errors import journal_error
from layers.project.storage.schema import RESERVED_META
from layers.time.utc import utc_now

IDLE_CHECKPOINT_S = 1.0
_DRAIN_TIMEOUT_S = 10.0
"""Most seconds for which a disk is waited for that takes nothing meanwhile."""
_STOP_TIMEOUT_S = 10.0


class _Append(Struct, frozen=True):
    edit: Edit
    stamp: RowStamp


class _SetMeta(Struct, frozen=True):
    key: str
    value: str


class _GiveReason(Struct, frozen=True):
    row_uuid: str
    columns: tuple[str, ...]
    reason: str


class _Flush(Struct, frozen=True):
    done: threading.Event


class _Stop(Struct, frozen=True):
    pass


type _Work = _Append | _SetMeta | _GiveReason
type _Message = _Work | PastRows | _Flush | _Stop


class CaseWriter:
    """One thread that writes what it is handed into a working copy, in that order."""

    def __init__(self, path: Path) -> None:
        """Open the working copy at `path`. Raises sqlite3.Error."""
        self._failed = ""
        self._error: GeoloupeError | None = None
        self._waiting: deque[_Work] = deque()
        self._unwritten: tuple[_Work, ...] = ()
        self._on_failure: Callable[[str], None] | None = None
        self._on_well: Callable[[], None] | None = None
        self._messages: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self.is_stopped = False
        """True once it takes nothing any more."""
        self._written = 0
        """Number of the messages written so far, by which others see that the writer gets on."""
        self._connection = open_work(path)
        self._thread = threading.Thread(target=self._run, name="case writer", daemon=True)
        self._thread.start()

    @property
    def unwritten(self) -> tuple[tuple[Edit, RowStamp], ...]:
        """Edits that could not be written, in their order; they are in the document only."""
        return tuple((work.edit, work.stamp) for work in self._unwritten if isinstance(work, _Append))

    @property
    def failed(self) -> str:
        """Reason why the last edits are not durable; empty while all is well. Space regained is noticed by the next
        edit.
        """
        return self._failed

    def on_failure(self, callback: Callable[[str], None], well: Callable[[], None] | None = None) -> None:
        """Call `callback(sentence)` on the writer's thread each time that writing begins to fail, and `well` when all
        is written after that.
        """
        self._on_failure, self._on_well = callback, well

    # -- write --------------------------------------------------------------------------------------------------

    def append(self, edit: Edit, actor: str) -> None:
        """Hand over an applied edit; it is durable about a millisecond later. Never waits for the disk."""
        self._send(_Append(edit, RowStamp(actor, utc_now())))

    def give_reason(self, row_uuid: str, columns: Sequence[str], reason: str) -> None:
        """Keep the analyst's reason with the newest change of a row that touched one of these columns; without any,
        with its deletion.
        """
        self._send(_GiveReason(row_uuid, tuple(columns), reason))

    def set_meta(self, key: str, value: str) -> None:
        """Keep a fact about the case that is no edit, as the viewport."""
        if key in RESERVED_META:
            raise ValueError(f"{key} is the file's own")
        self._send(_SetMeta(key, value))

    def drain(self) -> None:
        """Wait until everything handed over is durable, as long as the writer gets on.

        Raises SaveFailed (DiskFull, ...) where it is not.
        """
        done = threading.Event()
        self._send(_Flush(done))
        written, end = self._written, time.monotonic() + _DRAIN_TIMEOUT_S
        while not done.wait(0.05) and self._thread.is_alive():
            now = time.monotonic()
            if self._written != written:
                written, end = self._written, now + _DRAIN_TIMEOUT_S
            elif now > end:
                raise SaveFailed(
                    "The last edits are not written after {timeout_s} s: the disk does not answer.",
                    timeout_s=f"{_DRAIN_TIMEOUT_S:g}",
                )
        if self._error is not None:
            raise self._error

    def keep_past(self, rows: Sequence[HistoryRow]) -> None:
        """Write older rows of the history between the edits, and wait for it. Raises SaveFailed where that fails."""
        past = PastRows(rows)
        self._send(past)
        past.wait(self._thread)

    def stop(self) -> None:
        """End the thread after what it holds."""
        self.is_stopped = True
        self._messages.put(_Stop())
        self._thread.join(timeout=_STOP_TIMEOUT_S)

    def _send(self, message: _Message) -> None:
        if self.is_stopped:
            raise SaveFailed("This case is closed already.")
        self._messages.put(message)

    # -- the writer's thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._serve()
        finally:
            self._connection.close()
            if not self.is_stopped:  # an error of ours: threading.excepthook reports it
                self._error = SaveFailed("The last edits are not written: writing them broke off. Use Save As now.")
                self._failed = self._error.sentence
            while not self._messages.empty():
                message = self._messages.get()
                if isinstance(message, _Flush):
                    message.done.set()

    def _serve(self) -> None:
        writer = RowWriter(self._connection)
        dirty = False
        while True:
            try:
                message = self._messages.get(timeout=IDLE_CHECKPOINT_S if dirty else None)
            except queue.Empty:
                self._write_waiting(writer)  # what the disk has refused it may take now
                dirty = not self._checkpoint() or bool(self._waiting)
                continue
            if isinstance(message, _Append | _SetMeta | _GiveReason):
                self._waiting.append(message)
            self._write_waiting(writer)
            dirty = True
            if isinstance(message, _Flush):
                message.done.set()
            elif isinstance(message, PastRows):
                message.write(self._connection)
                self._written += 1
            elif isinstance(message, _Stop):
                return

    def _checkpoint(self) -> bool:
        """Move the -wal into the database. False where that failed: all is in the -wal as before, and it is tried again
        later.
        """
        try:
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except (sqlite3.Error, MemoryError):
            return False
        return True

    def _write_waiting(self, writer: RowWriter) -> None:
        while self._waiting:
            try:
                self._roll_back()
                _write(self._connection, writer, self._waiting[0])
            except (sqlite3.Error, OSError, UnicodeError, MemoryError) as error:
                with suppress(sqlite3.Error, MemoryError):  # then the next try begins with it
                    self._roll_back()
                writer.forget_keys()
                self._unwritten = tuple(self._waiting)
                self._fail(journal_error(error))
                return
            self._waiting.popleft()
            self._written += 1
        was_failing = self._error is not None
        self._error, self._failed, self._unwritten = None, "", ()
        if was_failing and self._on_well is not None:
            self._on_well()

    def _roll_back(self) -> None:
        """Leave a transaction that failed, where SQLite has not left it already."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _fail(self, error: GeoloupeError) -> None:
        first = self._error is None
        self._error, self._failed = error, error.sentence
        if first and self._on_failure is not None:
            self._on_failure(error.sentence)


def open_work(path: Path) -> sqlite3.Connection:
    """A connection for writing: WAL, every commit on disk, checkpoints only when we say."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _explain(connection: sqlite3.Connection, explained: _GiveReason) -> None:
    """Write a reason beside the newest change of its columns, after a reason that stands there; without columns,
    beside the newest deletion of its row.
    """
    touched = " OR ".join("instr(delta_json, ?)" for _ in explained.columns)
    kind = f"op = 'update' AND ({touched})" if explained.columns else "op = 'delete'"
    row = connection.execute(
        f"SELECT seq, reason FROM loupe_history WHERE row_uuid = ? AND {kind} ORDER BY seq DESC LIMIT 1",
        (explained.row_uuid, *(json.dumps(column) for column in explained.columns)),
    ).fetchone()
    if row is not None:
        reason = f"{row[1]} · {explained.reason}" if row[1] else explained.reason
        connection.execute("UPDATE loupe_history SET reason = ? WHERE seq = ?", (reason, row[0]))


def _write(connection: sqlite3.Connection, writer: RowWriter, work: _Work) -> None:
    connection.execute("BEGIN IMMEDIATE")
    if isinstance(work, _Append):
        writer.write_edit(work.edit, work.stamp)
    elif isinstance(work, _GiveReason):
        _explain(connection, work)
    else:
        connection.execute("INSERT OR REPLACE INTO loupe_meta (key, value) VALUES (?, ?)", (work.key, work.value))
    connection.execute("COMMIT")
