"""The private working copy: every edit is one durable transaction in it, written by one thread of its own."""

from __future__ import annotations

import json
import os
import queue
import shutil
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import TABLES, Edit
from layers.errors import GeoloupeError, SaveFailed
from layers.phrase import Phrase
from layers.project.opening.case_reader import CaseReader
from layers.project.opening.rows import OwnTables, read_rows
from layers.project.saving.blobs import SessionBlobs
from layers.project.saving.later_history import HistoryRow, HistoryUnderWay, PastRows, copy_older, last_copied
from layers.project.saving.opened_copy import BASE, PART, OpenedCopy, whole_base
from layers.project.saving.session_file import StoredSession, delete_session, read_session, write_session
from layers.project.saving.upgrade import upgrade
from layers.project.storage.fingerprint import Fingerprint
from layers.project.storage.fsops import DISK, FileSystem
from layers.project.storage.row_writer import RowStamp, RowWriter
from layers.project.storage.save_errors import is_disk_full, journal_error, save_error, shown
from layers.project.storage.schema import HISTORY_KEY, RESERVED_META, WHOLE_HISTORY, create_schema

IDLE_CHECKPOINT_S = 1.0
_DRAIN_TIMEOUT_S = 10.0
"""Most seconds for which a disk is waited for that takes nothing meanwhile."""
_PROGRESS_S = 0.1
MOST_BASELINE = 20_000
"""Most rows that are written into the history as they stood, where it does not know them."""


def utc_now() -> str:
    """The present time in UTC: ISO 8601 with a Z, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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


class WorkingCopy:
    """One open case in `folder`: work.gpkg, base.gpkg (the case as it was opened or last saved) and session.json."""

    def __init__(
        self, folder: Path, session: StoredSession, fs: FileSystem = DISK, copying: OpenedCopy | None = None
    ) -> None:
        """`copying` makes base.gpkg meanwhile; None where it is whole, or there is none."""
        self.folder = folder
        self._copying, self._base_lock = copying, threading.Lock()
        self._session = session
        self._past_copied = 0
        self._fs = fs
        self._failed = ""
        self._error: GeoloupeError | None = None
        self._waiting: deque[_Work] = deque()
        self._unwritten: tuple[_Work, ...] = ()
        self._on_failure: Callable[[str], None] | None = None
        self._on_well: Callable[[], None] | None = None
        self._messages: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self._closed = False
        self._written = 0
        """Number of the messages written so far, by which others see that the writer gets on."""
        try:
            self._connection = open_work(folder / "work.gpkg")
        except sqlite3.Error as error:
            raise save_error(error, session.target or folder / "work.gpkg") from error
        self._thread = threading.Thread(target=self._run, name="case writer", daemon=True)
        self._thread.start()

    # -- make ---------------------------------------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        sessions: Path,
        document: Document,
        *,
        target: Path | None = None,
        project_uuid: str = "",
        fs: FileSystem = DISK,
    ) -> Self:
        """A working copy of a document that no file holds yet. Raises SaveFailed, DiskFull or NotAllowed."""
        target = None if target is None else Path(os.path.abspath(target))
        session = StoredSession(target, None, project_uuid or str(uuid4()))
        with session_folder(sessions, session, fs) as folder:
            with closing(open_work(folder / "work.gpkg")) as connection:
                fill_case(connection, document, session.project_uuid)
                connection.execute("COMMIT")
                session = with_all_saved(session, connection, None)
            write_session(folder, session, fs)
        return cls(folder, session, fs)

    @classmethod
    def resume(cls, folder: Path, fs: FileSystem = DISK) -> Self:
        """Take over a session that its owner left behind. Raises CaseDamaged where it cannot be read."""
        session = read_session(folder).recovered_here()
        try:
            write_session(folder, session, fs)
        except OSError as error:
            raise save_error(error, folder / "session.json") from error
        try:
            with closing(open_work(folder / "work.gpkg")) as connection:
                upgrade(connection, shown(session.target or folder), utc_now())
        except sqlite3.Error as error:
            raise save_error(error, session.target or folder / "work.gpkg") from error
        return cls(folder, session, fs)

    # -- what it is ---------------------------------------------------------------------------------------------

    @property
    def path(self) -> Path:
        return self.folder / "work.gpkg"

    @property
    def target(self) -> Path | None:
        return self._session.target

    @property
    def fingerprint(self) -> Fingerprint | None:
        """Mark of the target as it was opened or last saved."""
        return self._session.fingerprint

    @property
    def own_marks(self) -> list[Fingerprint]:
        """Marks that the target may have without a change by anybody else."""
        return [mark for mark in (self._session.fingerprint, self._session.placing) if mark is not None]

    @property
    def project_uuid(self) -> str:
        return self._session.project_uuid

    @property
    def base(self) -> Path | None:
        """The case as it was opened or last saved, as foreign as the case itself; None for one that has no file yet.

        It waits for a copy that is under way, and for the older history: never ask for it in the window's thread.
        Raises SaveFailed, DiskFull or NotAllowed where the copy cannot be made.
        """
        if (copying := self._begun_copying()) is not None:
            copying.wait()
        with self._base_lock:
            self._keep_damage()
            base = whole_base(self.folder, self._session.target, self._session.fingerprint, self._fs)
            if self._session.later_history and base is not None:
                with CaseReader.open(base, is_judged=False) as reader:
                    self._copy_history(reader)
            return base

    @property
    def history_under_way(self) -> HistoryUnderWay | None:
        """The older rows of a long history that are still being copied; None once it is whole."""
        newest = self._session.later_history
        return HistoryUnderWay(newest, self._past_copied) if newest else None

    def await_history(self) -> None:
        """Wait until the history is whole, with all edits; the older rows of a long one follow. Raises as `base`, and
        CaseDamaged.
        """
        copying = self._begun_copying()
        while self._session.later_history and copying is not None and not copying.wait(_PROGRESS_S):
            pass
        if self._session.later_history and not self._closed:
            _ = self.base
        self.drain()

    def _begun_copying(self) -> OpenedCopy | None:
        """The copying of the case, begun; None where nothing is copied any more."""
        if self._copying is not None:
            self._copying.begin(self._copy_history)
        return self._copying

    def _copy_history(self, reader: CaseReader) -> None:
        """Copy the older rows of the history, from where that was left. Raises SaveFailed, or as the reader."""
        newest = self._session.later_history
        if not newest:
            return
        with closing(sqlite3.connect(self.path)) as connection:
            self._past_copied = last_copied(connection, newest)
        copy_older(reader, self._past_copied, newest, self._keep_past)
        self._session = replace(self._session, later_history=0)
        try:
            write_session(self.folder, self._session, self._fs)
        except OSError as error:
            raise save_error(error, self.folder / "session.json") from error

    def _keep_past(self, rows: Sequence[HistoryRow]) -> None:
        """Have the writer write rows of the history, and wait for it. Raises SaveFailed where it cannot."""
        past = PastRows(rows)
        self._send(past)
        past.wait(self._thread)
        self._past_copied = rows[-1][0]

    @property
    def is_damaged(self) -> bool:
        """True where bytes of pictures or kept files in the target are not those that were saved: it must not be
        replaced. It is known once the copy is whole, which `base` waits for.
        """
        return self._session.is_damaged

    def judge_rest(self, progress: Callable[[float], None]) -> None:
        """Judge and copy the bytes of pictures and kept files that were not read before the case was shown, where there
        are any; `progress` takes the share that is done. Blocks.

        Raises CaseDamaged where they are not those that were saved, and as `base`.
        """
        copying = self._begun_copying()
        if copying is None:
            return
        while not copying.wait(_PROGRESS_S):
            progress(copying.share_done)
        if not self._closed:
            _ = self.base
        if self.is_damaged:
            from layers.project.opening.case_file import damaged  # for start-up time

            reason = Phrase("bytes of its pictures or kept files are not what was saved")
            raise damaged(self._session.target or self.folder, reason)

    def _keep_damage(self) -> None:
        """Note that the case is damaged, before its copy is in its place: whoever recovers the session has to know."""
        part = self.folder / PART
        if self._copying is None or not self._copying.is_damaged or not part.is_file():
            return
        self._session = replace(self._session, is_damaged=True)
        try:
            write_session(self.folder, self._session, self._fs)
            self._fs.replace(part, self.folder / BASE)
        except OSError as error:
            raise save_error(error, self._session.target or part) from error

    def awaited_base(self) -> Path | None:
        """Return `base`, for who asks for it later and elsewhere."""
        return self.base

    @property
    def carries(self) -> bool:
        """True where `base` holds content of other programs that the next save has to carry over."""
        return self._session.carries

    @property
    def was_edited(self) -> bool:
        """True where the target holds content that no save of ours has."""
        return self._session.was_edited

    @property
    def blobs(self) -> SessionBlobs:
        """Bytes of chips and kept files that `base` does not hold."""
        return SessionBlobs(self.folder / "blobs", self._fs)

    @property
    def unwritten(self) -> tuple[tuple[Edit, RowStamp], ...]:
        """Edits that the working copy could not take, in their order; they are in the document only."""
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

    def read_document(self) -> Document:
        """The document as it stands in the working copy, for recovery."""
        self.drain()
        with closing(sqlite3.connect(self.path)) as connection:
            return read_rows(OwnTables(connection), None).document

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

    def _send(self, message: _Message) -> None:
        if self._closed:
            raise SaveFailed("This case is closed already.")
        self._messages.put(message)

    def placing(self, mark: Fingerprint) -> None:
        """Note that a save is about to put a file of this mark in the target's place. Raises OSError."""
        self._session = replace(self._session, placing=mark)
        try:
            write_session(self.folder, self._session, self._fs)
        except OSError as error:
            if not is_disk_full(error):  # then the save goes on: after a crash it would only be asked about
                raise

    def published(
        self,
        target: Path,
        fingerprint: Fingerprint,
        seq: int,
        last_change: str,
        tell: Callable[[int], None] = lambda size: None,
    ) -> None:
        """Note that `target` now holds all edits up to history row `seq`, durably; `tell` takes the bytes of each piece
        that is copied. Raises SaveFailed.
        """
        self._session = self._session.with_saved(target, fingerprint, seq, last_change)
        try:
            write_session(self.folder, self._session, self._fs)
            self._fs.copy(target, self.folder / "base.new", tell)
            self._fs.chmod(self.folder / "base.new", 0o600)
            self._fs.replace(self.folder / "base.new", self.folder / BASE)
        except OSError as error:
            raise SaveFailed(
                "“{target}” is saved, but the working copy could not be brought up to date "
                "({strerror}). Free some space on the disk of your home folder.",
                target=shown(target),
                strerror=error.strerror or error,
            ) from error

    def disk_bytes(self) -> int:
        """The bytes of its files on the disk, as far as they can be looked at."""
        size = 0
        with suppress(OSError):
            for path in self._fs.listdir(self.folder):
                size += path.stat().st_size
        return size

    def close(self, keep: bool = False) -> None:
        """End the writer after what it holds. `keep` leaves the session for recovery, else it goes.

        A session that was itself recovered is only marked as closed: `recoverable` keeps the last ten of those.
        """
        if self._closed:
            return
        if keep:
            with suppress(GeoloupeError):  # then it is copied by who recovers the session
                self.await_history()
        self._begun_copying()
        self._messages.put(_Stop())
        self._closed = True
        self._thread.join(timeout=10)
        if self._copying is not None:
            self._copying.wait() if keep or self._session.is_recovered else self._copying.stop()
        if keep:
            return
        if self._session.is_recovered:
            write_session(self.folder, self._session.closed(), self._fs)
        else:
            delete_session(self.folder, self._fs)

    # -- the writer's thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._serve()
        finally:
            self._connection.close()
            if not self._closed:  # an error of ours: threading.excepthook reports it
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


def fill_case(
    connection: sqlite3.Connection, document: Document, project_uuid: str, *, with_history: bool = True
) -> None:
    """The schema and every row of `document`, in an open transaction; its history begins with them, or is empty."""
    create_schema(connection, project_uuid)
    writer = RowWriter(connection)
    writer.write_document(document)
    if with_history:
        begin_history(connection, writer, document)


def begin_history(
    connection: sqlite3.Connection,
    writer: RowWriter,
    document: Document,
    known: Collection[tuple[str, str]] = (),
) -> None:
    """Write each row's creation into the history, unless they are too many; it knows the rows of `known` already."""
    rows = sum(len(document.table(table)) for table in TABLES)
    if rows - len(known) <= MOST_BASELINE:
        writer.write_baseline(document, known)
        connection.execute("INSERT OR REPLACE INTO loupe_meta (key, value) VALUES (?, ?)", (HISTORY_KEY, WHOLE_HISTORY))


@contextmanager
def session_folder(sessions: Path, session: StoredSession, fs: FileSystem) -> Iterator[Path]:
    """Make a new folder that only its owner may read; it is removed where filling it fails.

    Raises SaveFailed, DiskFull or NotAllowed for the system's errors in the block.
    """
    folder = sessions / str(uuid4())
    try:
        fs.mkdir(sessions, 0o700)
        fs.mkdir(folder, 0o700)
        # whoever finds the folder after a crash knows that nothing of a person's is in it yet
        write_session(folder, replace(session, is_made=False), fs)
        fs.create(folder / "work.gpkg", 0o600)
        yield folder
        fs.fsync_folder(folder)
        fs.fsync_folder(sessions)
    except (OSError, sqlite3.Error, UnicodeError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise save_error(error, session.target or folder / "work.gpkg") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def with_all_saved(
    session: StoredSession, connection: sqlite3.Connection, fingerprint: Fingerprint | None
) -> StoredSession:
    """The session of a working copy whose edits are all in its target."""
    seq, last_change = last_history(connection)
    was_edited = session.was_edited
    return replace(session.with_saved(session.target, fingerprint, seq, last_change), was_edited=was_edited)


def last_history(connection: sqlite3.Connection) -> tuple[int, str]:
    """(seq, change_uuid) of the newest row of the history."""
    row = connection.execute("SELECT seq, change_uuid FROM loupe_history ORDER BY seq DESC LIMIT 1").fetchone()
    return (0, "") if row is None else (int(row[0]), str(row[1] or ""))


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
