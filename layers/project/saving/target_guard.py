"""Before a file is replaced: nobody else has it open, nothing beside it plays old rows back, it is the one we opened.

Renaming over a case that has a left-over -wal or a hot -journal silently brings the old rows back.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from layers.errors import CaseChangedOnDisk
from layers.project.opening.guarded import SIDE_FILES
from layers.project.storage.fingerprint import Fingerprint, fingerprint
from layers.project.storage.fsops import FileSystem
from layers.project.storage.hardened import SQLITE_MAGIC, harden
from layers.project.storage.save_errors import in_use, shown

WAIT_S = 2.0


@contextmanager
def guarded_target(place: Path, expected: Fingerprint | None, fs: FileSystem) -> Iterator[Callable[[], None]]:
    """Hold `place` exclusively; yields a call that lets go where the system needs that before a replace.

    Raises CaseInUse, or CaseChangedOnDisk where it is not as `expected` (None: whatever stands there may go).
    """
    connection = _exclusive(place) if place.exists() else None
    try:
        if connection is None:
            _put_side_files_aside(place, fs)
        if expected is not None and place.exists() and not expected.is_same(fingerprint(place)):
            raise CaseChangedOnDisk(
                f"“{shown(place)}” was changed by another program since it was opened. "
                "Save under another name, or reload it."
            )

        def release() -> None:
            if connection is not None and os.name == "nt":
                connection.close()

        yield release
    finally:
        if connection is not None:
            connection.close()


def _exclusive(place: Path) -> sqlite3.Connection | None:
    """A connection that alone has the file, its side files played back; None for what is no sound SQLite file."""
    with place.open("rb") as file:
        if file.read(16) != SQLITE_MAGIC:
            return None
    connection = sqlite3.connect(f"{place.as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=WAIT_S)
    try:
        harden(connection)
        # BEGIN IMMEDIATE alone does not notice a reader in WAL mode
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        connection.close()
        if "locked" in str(error) or "busy" in str(error):
            raise in_use(place) from error
        raise
    except sqlite3.DatabaseError:  # damaged: it may be replaced, and its backup keeps what is left
        connection.close()
        return None
    return connection


def _put_side_files_aside(place: Path, fs: FileSystem) -> None:
    """Side files of a database that is gone or broken must not be played into the new one; they are kept."""
    for suffix in SIDE_FILES:
        side = place.with_name(place.name + suffix)
        if side.exists():
            fs.replace(side, side.with_name(side.name + ".orphan"))
