"""Changes cases as other programs do: edits in place, and a journal left by one that died."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from layers.project.storage.sqlite_file import side_file


def change(path: Path, *statements: str) -> None:
    """Edit as another program would, without the triggers that need ST_* functions."""
    with closing(sqlite3.connect(path)) as connection:
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
        for statement in statements:
            connection.execute(statement)
        connection.commit()


LEAVE_JOURNAL = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"PRAGMA journal_mode = {sys.argv[2]}")
connection.execute("PRAGMA cache_size = 1")
connection.execute("PRAGMA wal_autocheckpoint = 0")
connection.execute("BEGIN")
connection.execute("UPDATE claims SET statement = hex(zeroblob(200000))")
if sys.argv[2] == "WAL":
    connection.execute("UPDATE claims SET statement = 'in the wal'")
    connection.execute("COMMIT")
os._exit(9)
"""


def leave_journal(case: Path, mode: str) -> Path:
    """A program died in the middle of a change."""
    subprocess.run([sys.executable, "-c", LEAVE_JOURNAL, str(case), mode], check=False)
    side = side_file(case, "-wal" if mode == "WAL" else "-journal")
    assert side.stat().st_size
    return side
