"""The private working copy of an open case, in which every edit is durable at once."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Self
from uuid import uuid4

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import TABLES, Edit
from layers.errors import GeoloupeError, SaveFailed
from layers.phrase import Phrase
from layers.project.opening.case_reader import CaseReader
from layers.project.opening.rows import OwnTables, read_rows
from layers.project.saving.blobs import SessionBlobs
from layers.project.saving.case_writer import CaseWriter, open_work
from layers.project.saving.later_history import HistoryRow, HistoryUnderWay, copy_older, last_copied
from layers.project.saving.opened_copy import BASE, PART, OpenedCopy, whole_base
from layers.project.saving.session_file import StoredSession, delete_session, read_session, write_session
from layers.project.saving.upgrade import upgrade
from layers.project.storage.fingerprint import Fingerprint
from layers.project.storage.fsops import DISK, FileSystem
from layers.project.storage.row_writer import RowStamp, RowWriter
from layers.project.storage.save_errors import is_disk_full, save_error, shown
from layers.project.storage.schema import HISTORY_KEY, WHOLE_HISTORY, create_schema
from layers.time.utc import utc_now

_PROGRESS_S = 0.1
MOST_BASELINE = 20_000
"""Most rows that are written into the history as they stood, where it does not know them."""


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
        try:
            self._writer = CaseWriter(folder / "work.gpkg")
        except sqlite3.Error as error:
            raise save_error(error, session.target or folder / "work.gpkg") from error

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
        if self._session.later_history and not self._writer.is_stopped:
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
        """Have rows of the history written. Raises SaveFailed where they cannot be."""
        self._writer.keep_past(rows)
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
        if not self._writer.is_stopped:
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

    def read_document(self) -> Document:
        """The document as it stands in the working copy, for recovery."""
        self.drain()
        with closing(sqlite3.connect(self.path)) as connection:
            return read_rows(OwnTables(connection), None).document

    # -- edits --------------------------------------------------------------------------------------------------

    @property
    def unwritten(self) -> tuple[tuple[Edit, RowStamp], ...]:
        """Edits that it could not take, in their order; they are in the document only."""
        return self._writer.unwritten

    @property
    def failed(self) -> str:
        """Reason why the last edits are not durable; empty while all is well."""
        return self._writer.failed

    def on_failure(self, callback: Callable[[str], None], well: Callable[[], None] | None = None) -> None:
        """Call them as `CaseWriter.on_failure` does."""
        self._writer.on_failure(callback, well)

    def append(self, edit: Edit, actor: str) -> None:
        """Hand over an applied edit; it is durable about a millisecond later. Never waits for the disk."""
        self._writer.append(edit, actor)

    def give_reason(self, row_uuid: str, columns: Sequence[str], reason: str) -> None:
        """Keep the analyst's reason as `CaseWriter.give_reason` does."""
        self._writer.give_reason(row_uuid, columns, reason)

    def set_meta(self, key: str, value: str) -> None:
        """Keep a fact about the case that is no edit, as the viewport."""
        self._writer.set_meta(key, value)

    def drain(self) -> None:
        """Wait until every edit is durable, as long as the writer gets on. Raises SaveFailed (DiskFull, ...)."""
        self._writer.drain()

    # -- saves --------------------------------------------------------------------------------------------------

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
        if self._writer.is_stopped:
            return
        if keep:
            with suppress(GeoloupeError):  # then it is copied by who recovers the session
                self.await_history()
        self._begun_copying()
        self._writer.stop()
        if self._copying is not None:
            self._copying.wait() if keep or self._session.is_recovered else self._copying.stop()
        if keep:
            return
        if self._session.is_recovered:
            write_session(self.folder, self._session.closed(), self._fs)
        else:
            delete_session(self.folder, self._fs)


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
