"""MBTiles files as SQLite sees them: opened so that nothing foreign in them runs, and with errors in sentences."""

from __future__ import annotations

import math
import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from layers.errors import DiskFull, FileMissing, NotAFile, NotReadable, SaveFailed
from layers.phrase import Phrase

MOST_TILE_BYTES = 4 << 20
DEADLINE_S = 5.0
"""Seconds after which a question to a file is given up: honest ones take milliseconds."""
READING_S = 10.0
"""Seconds for which one opened file is read at most: hundreds of tiles take a tenth of one."""
BUSY_S = 10.0
"""Seconds for which another program that writes into the file is waited for."""
MOST_PAGES = 2**32 - 2
"""Most pages of a file, of 4 kB each: SQLite's own limit."""
_STEPS_BETWEEN_LOOKS = 10_000


class PackDatabase:
    """A connection to an MBTiles file, for any thread, one at a time.

    Triggers never run, values are bounded, and each question has a deadline. Raises sqlite3.Error.
    """

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        """Open a file that is there, or with `writable` a new one."""
        mode = "rwc" if writable else "ro"
        self._connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode={mode}",
            uri=True,
            timeout=BUSY_S,
            isolation_level=None,
            check_same_thread=False,
        )
        self._end = 0.0
        self._last = math.inf if writable else time.monotonic() + READING_S
        try:
            self._guard()
        except sqlite3.Error:
            self.close()
            raise

    def _guard(self) -> None:
        database = self._connection
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_TILE_BYTES)
        database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        database.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
        database.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
        database.setconfig(sqlite3.SQLITE_DBCONFIG_TRUSTED_SCHEMA, False)
        database.set_progress_handler(lambda: int(time.monotonic() > self._end), _STEPS_BETWEEN_LOOKS)
        self.rows("PRAGMA cell_size_check = ON")
        self.rows(f"PRAGMA max_page_count = {MOST_PAGES:d}")

    def rows(self, question: str, values: tuple[int | str, ...] = ()) -> list[tuple[object, ...]]:
        """All rows of the answer."""
        self._end = min(time.monotonic() + DEADLINE_S, self._last)
        return self._connection.execute(question, values).fetchall()

    def write(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        """Run a statement for each row, within a transaction."""
        self._end = time.monotonic() + 60 * DEADLINE_S
        self._connection.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written within becomes durable at the end, or none of it."""
        self._end = time.monotonic() + 60 * DEADLINE_S
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        self._connection.close()


def check_regular(path: Path) -> None:
    """Check that a file may be opened, without opening it. Raises FileMissing, and NotAFile for a pipe or a device."""
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        raise FileMissing("The offline pack {name} is not there: check its folder.", name=path.name) from error
    if not stat.S_ISREG(mode):
        raise NotAFile("{name} is no regular file: it is not opened as an offline pack.", name=path.name)


def unreadable(path: Path, error: Exception) -> NotReadable:
    """The error for a file that is no sound MBTiles file."""
    return NotReadable(
        "The offline pack {name} is damaged, or no MBTiles file ({error}): make it again.", name=path.name, error=error
    )


def unwritable(path: Path, error: Exception) -> SaveFailed:
    """The error for a file into which nothing can be written."""
    folder = str(path.parent)
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
        return DiskFull(
            "The disk is full: {name} keeps the tiles that it has. Make room in {folder}, then go on.",
            name=path.name,
            folder=folder,
        )
    why = Phrase("another program holds it") if "locked" in str(error) else str(error)
    return SaveFailed("{name} could not be written in {folder} ({why}).", name=path.name, folder=folder, why=why)
