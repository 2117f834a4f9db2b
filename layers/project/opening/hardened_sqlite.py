"""SQLite with everything switched off that a file could use against its reader."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

MAX_VALUE_BYTES = 256_000_000
MAX_SQL_BYTES = 100_000
_STEPS_BETWEEN_LOOKS = 20_000
_PRAGMAS = frozenset({"table_list", "table_xinfo", "index_list", "index_xinfo", "quick_check"})


@contextmanager
def hardened(path: Path, deadline_s: float) -> Iterator[sqlite3.Connection]:
    """Connect to a file that nobody changes meanwhile; every statement ends before the deadline.

    It takes no lock and looks for no journal. Raises sqlite3.Error.
    """
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    try:
        harden(connection)
        end = time.monotonic() + deadline_s
        connection.set_progress_handler(lambda: int(time.monotonic() > end), _STEPS_BETWEEN_LOOKS)
        yield connection
    finally:
        connection.close()


def harden(connection: sqlite3.Connection) -> None:
    """Switch triggers and views off, limit values and statements, and trust no function that the schema calls."""
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
    connection.execute("PRAGMA ignore_check_constraints = ON")


def allow_only(connection: sqlite3.Connection, tables: Collection[str]) -> None:
    """Restrict the connection to SELECT, and to `tables`, from now on."""
    allowed = frozenset(tables)
    harmless = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION}

    def judge(action: int, first: str | None, _second: str | None, _database: str | None, _inner: str | None) -> int:
        if action in harmless or (action == sqlite3.SQLITE_READ and first in allowed):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    connection.set_authorizer(judge)
