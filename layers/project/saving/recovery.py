"""What a crash left behind: sessions whose owner is gone and whose last edits no file holds."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from layers.errors import CaseDamaged
from layers.project.saving.session_file import NAME, Session, read_session
from layers.project.storage.tables import SITE_SPECS

KEPT = 10


@dataclass(frozen=True, slots=True)
class RecoverableSession:
    """A session to offer. `edits` are those that the target does not hold; `last_edit_at` is UTC, ISO 8601."""

    folder: Path
    target: Path | None
    title: str
    last_edit_at: str
    edits: int
    sites: int


def recoverable(sessions: Path) -> list[RecoverableSession]:
    """Sessions worth offering, the newest first. Those without an unsaved edit, and all beyond ten, are deleted."""
    found: list[RecoverableSession] = []
    closed: list[Path] = []
    for folder in sorted(sessions.iterdir()) if sessions.is_dir() else []:
        try:
            session = read_session(folder)
        except CaseDamaged:
            # its owner may be about to write it; otherwise what it holds is for a person to look at
            continue
        if session.is_closed:
            closed.append(folder)
        elif not session.owner.is_alive:
            seen = _look(folder, session)
            if seen is not None and seen.edits:
                found.append(seen)
            elif seen is not None:
                _delete(folder)
    found.sort(key=lambda session: session.last_edit_at, reverse=True)
    closed.sort(key=lambda folder: (folder / NAME).stat().st_mtime, reverse=True)
    for folder in [*(session.folder for session in found[KEPT:]), *closed[KEPT:]]:
        _delete(folder)
    return found[:KEPT]


def _delete(folder: Path) -> None:
    """What cannot be deleted now is met again at the next start."""
    shutil.rmtree(folder, ignore_errors=True)


def _look(folder: Path, session: Session) -> RecoverableSession | None:
    """Read a dead session's numbers; None where its database cannot be read."""
    work = folder / "work.gpkg"
    if not work.is_file():
        return None
    with closing(sqlite3.connect(work)) as connection:
        try:
            edits, last = connection.execute(
                "SELECT count(DISTINCT txn_uuid), max(at) FROM loupe_history WHERE seq > ?", (session.saved_seq,)
            ).fetchone()
            counts = [connection.execute(f"SELECT count(*) FROM {spec.name}").fetchone()[0] for spec in SITE_SPECS]
            row = connection.execute("SELECT value FROM loupe_meta WHERE key = 'title'").fetchone()
        except sqlite3.DatabaseError:
            return None
    fallback = session.target.stem if session.target is not None else ""
    title = row[0] if row and isinstance(row[0], str) and row[0] else fallback
    return RecoverableSession(folder, session.target, title, last or "", edits, sum(counts))
