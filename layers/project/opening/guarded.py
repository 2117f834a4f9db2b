"""Opening an SQLite file that somebody else may have made: nothing of its schema is executed.

Triggers and views are off, only SELECT on named tables is allowed, and a deadline stops whatever takes too long.
"""

from __future__ import annotations

import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from layers.errors import CaseDamaged, CaseInUse, FileMissing, NotAFile, NotAllowed, UnsupportedFormat
from layers.project.storage.hardened import SQLITE_MAGIC, harden, hardened
from layers.project.storage.save_errors import shown

SIDE_FILES = ("-wal", "-journal", "-shm")
_PRAGMAS = ("table_list", "table_xinfo", "quick_check")


@dataclass(frozen=True, slots=True)
class Audit:
    """What stands in a file's schema. `tables` are plain tables with their plain columns; the rest is only named."""

    tables: dict[str, frozenset[str]]
    views: tuple[str, ...]
    triggers: tuple[str, ...]
    virtual_tables: tuple[str, ...]


def check_regular_file(path: Path) -> None:
    """Raises FileMissing, NotAFile (folder, pipe, device; judged before anything is opened) or NotAllowed."""
    name = shown(path)
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise FileMissing(f"“{name}” does not exist. Check the path.") from error
    except NotADirectoryError as error:
        raise FileMissing(f"“{name}” does not exist: a part of its path is a file. Check the path.") from error
    except PermissionError as error:
        raise NotAllowed(f"“{name}” may not be read. Ask its owner for the right to read it.") from error
    except (OSError, ValueError) as error:  # too long, null bytes, a dead network drive
        raise FileMissing(f"“{name}” cannot be reached ({error}). Check the path.") from error
    if stat.S_ISDIR(status.st_mode):
        raise NotAFile(f"“{name}” is a folder. Choose a file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise NotAFile(f"“{name}” is a pipe or a device, no file. Choose a regular file.")


def read_header(path: Path) -> bytes:
    """The first 100 bytes of a regular file. Raises as `check_regular_file`."""
    check_regular_file(path)
    try:
        with path.open("rb") as file:
            return file.read(100)
    except PermissionError as error:
        raise NotAllowed(f"“{shown(path)}” may not be read. Ask its owner for the right to read it.") from error
    except OSError as error:
        raise FileMissing(f"“{shown(path)}” cannot be read ({error.strerror}). Check the disk.") from error


def check_sqlite(path: Path) -> bytes:
    """The header of an SQLite file. Raises UnsupportedFormat or CaseDamaged where it is none."""
    header = read_header(path)
    if not header:
        raise CaseDamaged(f"“{shown(path)}” is empty: nothing was ever written into it, or all of it is lost.")
    if not header.startswith(SQLITE_MAGIC):
        raise UnsupportedFormat(f"“{shown(path)}” is no GeoPackage, whatever its name says. Choose another file.")
    if len(header) < 100:
        raise CaseDamaged(f"“{shown(path)}” is cut short: only {len(header)} bytes are left of it.")
    return header


@contextmanager
def opened(path: Path, deadline_s: float = 60) -> Iterator[sqlite3.Connection]:
    """A read-only connection that executes nothing of the file's own.

    Left-over side files (-wal, -journal) are recovered on a private copy. sqlite3 errors inside the block become
    CaseDamaged or CaseInUse. Raises what `check_sqlite` raises.
    """
    header = check_sqlite(path)
    beside = [side for side in (path.with_name(path.name + suffix) for suffix in SIDE_FILES) if side.exists()]
    try:
        if not beside and header[18] != 2 and header[19] != 2:
            with hardened(f"{path.absolute().as_uri()}?mode=ro", deadline_s) as connection:
                yield connection
            return
        with tempfile.TemporaryDirectory(prefix="geoloupe-") as folder:
            copy = Path(folder) / "case.gpkg"
            shutil.copyfile(path, copy)
            for side in beside:
                if not side.name.endswith("-shm"):
                    shutil.copyfile(side, copy.with_name(copy.name + side.name.removeprefix(path.name)))
            _recover(copy)
            with hardened(f"{copy.as_uri()}?mode=ro&immutable=1", deadline_s) as connection:
                yield connection
    except UnicodeDecodeError as error:  # quick_check and column names of damaged files
        raise damaged(path, "its text is no text any more") from error
    except sqlite3.Error as error:
        if "locked" in str(error) or "busy" in str(error):
            raise CaseInUse(f"“{shown(path)}” is being written by another program. Try again in a moment.") from error
        raise damaged(path, str(error)) from error


def damaged(path: Path, reason: str) -> CaseDamaged:
    """The error for a file that cannot be read, which names the backup where there is one."""
    backups = [path.with_name(f"{path.name}.bak{number}") for number in (1, 2, 3)]
    there = next((shown(backup) for backup in backups if backup.is_file()), "")
    advice = f"Open its backup “{there}”." if there else "Look for an older copy of it."
    return CaseDamaged(f"“{shown(path)}” is damaged ({reason}). {advice}")


def _recover(copy: Path) -> None:
    """Let SQLite play back what stands beside a private copy."""
    connection = sqlite3.connect(copy)
    try:
        harden(connection)
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    finally:
        connection.close()


def audit(connection: sqlite3.Connection) -> Audit:
    """What the schema holds, read without executing any of it."""
    plain: dict[str, frozenset[str]] = {}
    views, virtual = [], []
    for name, kind in connection.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main'").fetchall():
        if kind == "view":
            views.append(name)
        elif kind == "virtual":
            virtual.append(name)
        elif kind == "table":
            rows = connection.execute("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0", (name,)).fetchall()
            plain[name] = frozenset(column for (column,) in rows)
    triggers = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    return Audit(plain, tuple(views), tuple(triggers), tuple(virtual))


def allow_only(connection: sqlite3.Connection, tables: Collection[str]) -> None:
    """From now on the connection may only SELECT, and only from `tables`."""
    allowed = frozenset(tables)
    harmless = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION}

    def judge(action: int, first: str | None, _second: str | None, _database: str | None, _inner: str | None) -> int:
        if action in harmless or (action == sqlite3.SQLITE_READ and first in allowed):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    connection.set_authorizer(judge)
