"""SQLite with everything off that a file could use against its reader."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

SQLITE_MAGIC = b"SQLite format 3\x00"
MAX_VALUE_BYTES = 256_000_000
MAX_SQL_BYTES = 100_000
_STEPS_BETWEEN_LOOKS = 20_000


@contextmanager
def hardened(uri: str, deadline_s: float) -> Iterator[sqlite3.Connection]:
    """A connection whose every statement ends before the deadline. Raises sqlite3.Error."""
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=2)
    try:
        harden(connection)
        end = time.monotonic() + deadline_s
        connection.set_progress_handler(lambda: int(time.monotonic() > end), _STEPS_BETWEEN_LOOKS)
        yield connection
    finally:
        connection.close()


def harden(connection: sqlite3.Connection) -> None:
    """Triggers and views off, values and statements limited, no trust in functions that the schema calls."""
    connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
    connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
    connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_VIEW, False)
    connection.setconfig(sqlite3.SQLITE_DBCONFIG_TRUSTED_SCHEMA, False)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, MAX_SQL_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 50)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA mmap_size = 0")
    connection.execute("PRAGMA trusted_schema = OFF")
