"""Finds sessions that a crash left behind: their owner is gone, and no file holds their last edits."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from layers.document.marks.measurement import MEASUREMENT
from layers.document.site import SITE_KINDS
from layers.errors import CaseDamaged, GeoloupeError
from layers.project.opening.case_reader import CaseReader, Chunk
from layers.project.saving.opened_copy import BASE, PART, whole_base
from layers.project.saving.session_file import NAME, StoredSession, read_session, write_session
from layers.project.saving.working_copy import session_folder
from layers.project.storage.fingerprint import fingerprint
from layers.project.storage.fsops import DISK, scratch_folder, sweep
from layers.project.storage.processes import Life, Owner
from layers.project.storage.tables import SITE_SPECS

KEPT = 10
MAKING_S = 3600.0
"""Seconds for which an empty session folder is left alone."""


class MarkCounts(NamedTuple):
    """The marks of a case, counted as its lists list them."""

    sites: int
    measurements: int


class RecoverableSession(Struct, frozen=True):
    """A session to offer. `edits` are those that the target does not hold; `last_edit_at` is UTC, ISO 8601."""

    folder: Path
    target: Path | None
    title: str
    last_edit_at: str
    edits: int
    marks: MarkCounts
    first_edit_at: str = ""
    """Time of the first of these edits, as `last_edit_at`."""
    perhaps_open_on: str = ""
    """The name of the computer on which it may be open now: it is recovered as a copy. Empty: its owner is gone."""
    is_save_lost: bool = False
    """True where the target was saved, but is not the saved file: a power cut may have undone the save."""


def recoverable(sessions: Path) -> list[RecoverableSession]:
    """Sessions worth offering, the newest first: all of them, as nobody has been asked about any.

    Those that were never finished, those whose target holds all of them, and of those that a person has recovered and
    closed all beyond ten, are deleted.
    """
    sweep(Path(tempfile.gettempdir()), DISK)
    offers: list[RecoverableSession] = []
    closed: list[Path] = []
    here = Owner.of_this_process().known_in(sessions)
    for folder in sorted(sessions.iterdir()) if sessions.is_dir() else []:
        try:
            session = read_session(folder)
        except CaseDamaged:
            # its owner may be about to write it; otherwise what it holds is for a person to look at
            if _is_abandoned(folder):
                _delete(folder)
            continue
        life = session.owner.life_seen_by(here)
        if session.is_closed:
            closed.append(folder)
        elif life is Life.GONE and not session.is_made:
            _delete(folder)
        elif life is not Life.ALIVE and session.is_made:
            seen = _seen(folder, session, life)
            if seen is not None and (seen.edits or seen.is_save_lost):
                offers.append(seen)
            elif seen is not None and life is Life.GONE:
                _delete(folder)
    offers.sort(key=lambda session: session.last_edit_at, reverse=True)
    closed.sort(key=lambda folder: (folder / NAME).stat().st_mtime, reverse=True)
    for folder in closed[KEPT:]:
        _delete(folder)
    return offers


def recoverable_of(sessions: Path, case: Path) -> RecoverableSession | None:
    """The newest session worth offering before `case` is opened; None for none. Nothing is deleted."""
    offers: list[RecoverableSession] = []
    here = Owner.of_this_process().known_in(sessions)
    for folder in sorted(sessions.iterdir()) if sessions.is_dir() else []:
        try:
            session = read_session(folder)
        except CaseDamaged:
            continue
        is_left = session.is_made and not session.is_closed and session.owner.life_seen_by(here) is Life.GONE
        if is_left and session.target is not None and _is_same_file(session.target, case):
            seen = _seen(folder, session, Life.GONE)
            if seen is not None and (seen.edits or seen.is_save_lost):
                offers.append(seen)
    return max(offers, key=lambda session: session.last_edit_at, default=None)


def copy_of_session(folder: Path) -> Path:
    """A copy of a session that may be open on another computer, as a case without a file; its folder.

    Raises SaveFailed, DiskFull or NotAllowed, and CaseDamaged where it cannot be read.
    """
    left = read_session(folder)
    session = replace(left, target=None, fingerprint=None, owner=Owner.of_this_process(), placing=None)
    with session_folder(folder.parent, session, DISK) as new:
        _copy_database(folder, new)
        if not (folder / BASE).is_file() and (folder / PART).is_file():
            DISK.create(new / PART, 0o600)
            whole_base(new, left.target, left.fingerprint, DISK)
        for name in (BASE, "blobs"):
            part = folder / name
            if part.is_dir():
                shutil.copytree(part, new / name)
            elif part.is_file():
                shutil.copyfile(part, new / name)
        write_session(new, session, DISK)
    return new


def may_be_open_elsewhere(folder: Path) -> bool:
    """True for a session whose owner is on another computer, as far as is known. Raises CaseDamaged."""
    here = Owner.of_this_process().known_in(folder.parent)
    return read_session(folder).owner.life_seen_by(here) is Life.ELSEWHERE


def _seen(folder: Path, session: StoredSession, life: Life) -> RecoverableSession | None:
    """A session as it is offered; None where its database cannot be read. One that may be open elsewhere is not
    touched: SQLite would settle its journal.
    """
    if life is Life.GONE:
        seen = _look(folder, session)
        if seen is not None and not seen.edits and not _target_holds_it(session):
            seen = replace(seen, is_save_lost=True)
        return seen
    with scratch_folder() as scratch:
        try:
            _copy_database(folder, scratch)
        except OSError:
            return None
        seen = _look(scratch, session)
    return None if seen is None else replace(seen, folder=folder, perhaps_open_on=session.owner.host or "?")


def _copy_database(folder: Path, to: Path) -> None:
    for name in ("work.gpkg", "work.gpkg-wal"):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, to / name)


def _is_same_file(path: Path, other: Path) -> bool:
    """Links are followed only where the last name is the same: any other path may lie on a drive that is gone."""
    return path == other or (path.name == other.name and os.path.realpath(path) == os.path.realpath(other))


def _is_abandoned(folder: Path) -> bool:
    """True for a folder in which nobody has edited anything, and which is not being made any more."""
    work = folder / "work.gpkg"
    try:
        is_old = time.time() - folder.stat().st_mtime > MAKING_S
        return is_old and (not work.exists() or work.stat().st_size == 0)
    except OSError:
        return False


def _target_holds_it(session: StoredSession) -> bool:
    """True where the target is the file that this session saved, or was made from it since."""
    if session.target is None or session.fingerprint is None:
        return True
    try:
        if fingerprint(session.target, session.fingerprint).is_same(session.fingerprint):
            return True
        return has_change(session.target, session.last_change)
    except (GeoloupeError, OSError):
        return False


def has_change(target: Path, change_uuid: str) -> bool:
    """True where the history of a case holds a change; a case without any history is taken as it is."""
    has_it = not change_uuid

    def take(chunk: Chunk) -> None:
        nonlocal has_it
        has_it = has_it or change_uuid in chunk.columns["change_uuid"]

    with CaseReader.open(target, is_judged=False) as case:
        if "change_uuid" in case.opened.tables.get("loupe_history", frozenset()):
            case.each_chunk("loupe_history", {"change_uuid": 100}, take)
    return has_it


def _delete(folder: Path) -> None:
    """Delete a folder; where that fails now, the next start tries again."""
    shutil.rmtree(folder, ignore_errors=True)


def _look(folder: Path, session: StoredSession) -> RecoverableSession | None:
    """Read a dead session's numbers; None where its database cannot be read."""
    work = folder / "work.gpkg"
    if not work.is_file():
        return None
    with closing(sqlite3.connect(work)) as connection:
        try:
            edits, first, last = connection.execute(
                "SELECT count(DISTINCT txn_uuid), min(at), max(at) FROM loupe_history WHERE seq > ?",
                (session.saved_seq,),
            ).fetchone()
            marks = _counted_marks(connection)
            row = connection.execute("SELECT value FROM loupe_meta WHERE key = 'title'").fetchone()
        except sqlite3.DatabaseError:
            return None
    fallback = session.target.stem if session.target is not None else ""
    title = row[0] if row and isinstance(row[0], str) and row[0] else fallback
    return RecoverableSession(folder, session.target, title, last or "", edits, marks, first or "")


def _counted_marks(connection: sqlite3.Connection) -> MarkCounts:
    """The marks of a working copy, which may be of an older version."""
    kinds: Counter[str] = Counter()
    for spec in SITE_SPECS:
        columns = {row[1] for row in connection.execute(f"PRAGMA table_info({spec.name})")}
        kind = "mark_kind" if "mark_kind" in columns else "''"
        kinds.update(dict(connection.execute(f"SELECT coalesce({kind}, ''), count(*) FROM {spec.name} GROUP BY 1")))
    return MarkCounts(sum(kinds[kind] for kind in SITE_KINDS), kinds[MEASUREMENT])
