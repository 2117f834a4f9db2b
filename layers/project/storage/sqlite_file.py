"""The file format of SQLite, as far as Geoloupe reads it by itself: the header, and the names in the schema.

Nothing here runs SQLite, so that the window's process can recognise files that others made.
https://www.sqlite.org/fileformat2.html
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from layers.errors import CaseDamaged, FileMissing, NotAFile, NotAllowed, UnsupportedFormat
from layers.project.storage.save_errors import shown
from layers.text.counted import counted

SQLITE_MAGIC = b"SQLite format 3\x00"
SIDE_FILES = ("-wal", "-journal", "-shm")
HEADER_BYTES = 100
_MOST_PAGES = 2_000
"""Most pages of a schema, enough for thousands of tables; a larger one is no case's."""
_INTERIOR, _LEAF = 0x05, 0x0D


class Header(Struct, frozen=True):
    """The first 100 bytes. `counter` goes up with each change in a rollback mode."""

    page_bytes: int
    is_wal: bool
    counter: int
    user_version: int
    application_id: int

    @classmethod
    def of(cls, data: bytes) -> Header | None:
        """Parse the header; None where `data` is no header of SQLite."""
        if len(data) < HEADER_BYTES or not data.startswith(SQLITE_MAGIC):
            return None
        page_bytes = int.from_bytes(data[16:18], "big")
        return cls(
            65536 if page_bytes == 1 else page_bytes,
            data[18] == 2 or data[19] == 2,
            int.from_bytes(data[24:28], "big"),
            int.from_bytes(data[60:64], "big"),
            int.from_bytes(data[68:72], "big"),
        )


def side_file(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def side_files(path: Path) -> list[Path]:
    """Files, links and folders beside a database under the names of its journals; nothing is opened."""
    files = []
    for suffix in SIDE_FILES:
        side = side_file(path, suffix)
        try:
            side.lstat()
        except OSError:  # not there, or a name too long to be there
            continue
        files.append(side)
    return files


def check_regular_file(path: Path) -> None:
    """Raises FileMissing, NotAFile (folder, pipe, device; judged before anything is opened) or NotAllowed."""
    name = shown(path)
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise FileMissing("“{name}” does not exist. Check the path.", name=name) from error
    except NotADirectoryError as error:
        raise FileMissing(
            "“{name}” does not exist: a part of its path is a file. Check the path.", name=name
        ) from error
    except PermissionError as error:
        raise NotAllowed("“{name}” may not be read. Ask its owner for the right to read it.", name=name) from error
    except (OSError, ValueError) as error:  # too long, null bytes, a dead network drive
        raise FileMissing("“{name}” cannot be reached ({error}). Check the path.", name=name, error=error) from error
    if stat.S_ISDIR(status.st_mode):
        raise NotAFile("“{name}” is a folder. Choose a file in it.", name=name)
    if not stat.S_ISREG(status.st_mode):
        raise NotAFile("“{name}” is a pipe or a device, no file. Choose a regular file.", name=name)


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading; a pipe that has taken its place is not waited for. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(f"{path.name} is no regular file")
    return os.fdopen(handle, "rb")


def check_sqlite(path: Path) -> Header:
    """The header of an SQLite file. Raises as `check_regular_file`, and UnsupportedFormat or CaseDamaged."""
    check_regular_file(path)
    try:
        with open_regular(path) as file:
            data = file.read(HEADER_BYTES)
    except PermissionError as error:
        raise NotAllowed(
            "“{path}” may not be read. Ask its owner for the right to read it.", path=shown(path)
        ) from error
    except OSError as error:
        raise FileMissing(
            "“{path}” cannot be read ({strerror}). Check the disk.", path=shown(path), strerror=error.strerror or error
        ) from error
    if not data:
        raise CaseDamaged(
            "“{path}” is empty: nothing was ever written into it, or all of it is lost.", path=shown(path)
        )
    if not data.startswith(SQLITE_MAGIC):
        raise UnsupportedFormat(
            "“{path}” is no GeoPackage, whatever its name says. Choose another file.", path=shown(path)
        )
    header = Header.of(data)
    if header is None:
        raise CaseDamaged(
            "“{path}” is cut short: only {bytes} left of it.",
            path=shown(path),
            bytes=counted(len(data), "byte is", "bytes are"),
        )
    return header


def is_case(path: Path) -> bool:
    """True for an SQLite file with our loupe_meta; False for everything else, also what is not there.

    Told without SQLite, in milliseconds; of a file with journals beside it only what stands in the file itself.
    """
    return has_table(path, "loupe_meta")


def has_table(path: Path, name: str) -> bool:
    """True where the schema of a regular SQLite file has a table of this name; False for a file that cannot be read.

    Tables that are only in a -wal are not seen.
    """
    try:
        with open_regular(path) as file:
            header = Header.of(file.read(HEADER_BYTES))
            return header is not None and any(table == name for table in _tables(file, header.page_bytes))
    except (OSError, ValueError):
        return False


def _tables(file: BinaryIO, page_bytes: int) -> Iterator[str]:
    """The names of tables in the schema, which is the b-tree that begins on page 1."""
    if page_bytes < 512:
        raise ValueError("no page size of SQLite")
    waiting, seen = [1], set[int]()
    while waiting:
        number = waiting.pop()
        if number < 1 or number in seen or len(seen) >= _MOST_PAGES:
            continue
        seen.add(number)
        file.seek((number - 1) * page_bytes)
        page = file.read(page_bytes)
        start = HEADER_BYTES if number == 1 else 0
        kind = page[start] if len(page) == page_bytes else 0
        cells = int.from_bytes(page[start + 3 : start + 5], "big")
        first = start + (12 if kind == _INTERIOR else 8)
        offsets = [int.from_bytes(page[at : at + 2], "big") for at in range(first, first + 2 * cells, 2)]
        if kind == _INTERIOR:
            waiting += [int.from_bytes(page[at : at + 4], "big") for at in offsets]
            waiting.append(int.from_bytes(page[start + 8 : start + 12], "big"))
        elif kind == _LEAF:
            yield from (name for at in offsets if (name := _table_in(page, at)))


def _table_in(page: bytes, at: int) -> str:
    """The name in a row (type, name, ...) of the schema that is a table; empty for any other row."""
    _payload, at = varint(page, at)
    _rowid, at = varint(page, at)
    head_bytes, values = varint(page, at)
    body = at + head_bytes
    kind_code, values = varint(page, values)
    name_code, values = varint(page, values)
    if kind_code < 13 or name_code < 13 or not (kind_code & name_code & 1):
        return ""
    kind_bytes, name_bytes = (kind_code - 13) // 2, (name_code - 13) // 2
    is_table = page[body : body + kind_bytes] == b"table"
    return page[body + kind_bytes : body + kind_bytes + name_bytes].decode("utf-8", "replace") if is_table else ""


def varint(page: bytes, at: int) -> tuple[int, int]:
    """(value, where it ends) of a variable-length integer of at most nine bytes."""
    value = 0
    for index in range(9):
        byte = page[at + index] if at + index < len(page) else 0
        if index == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return value, at + index + 1
    raise AssertionError("a varint has nine bytes at most")
