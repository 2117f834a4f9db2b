"""Tells if a file is still the one that was opened, by its bytes alone, through one open descriptor, without SQLite."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from layers.errors import FileMissing
from layers.project.storage.integrity import SLOT_BYTES, is_integrity_text
from layers.project.storage.save_errors import shown
from layers.project.storage.sqlite_file import HEADER_BYTES, Header, open_regular, side_file

_PLAYED_BACK = ("-wal", "-journal")


class Fingerprint(Struct, frozen=True):
    """A file's state. `counter` is SQLite's change counter, `integrity` the hash text at byte `at` (-1: not known).

    `sides` are (suffix, size, mtime_ns) of the journals beside it that hold anything: what they hold belongs to it.
    """

    size: int
    mtime_ns: int
    inode: int
    counter: int
    integrity: str = ""
    at: int = -1
    sides: tuple[tuple[str, int, int], ...] = ()

    def is_same(self, other: Fingerprint) -> bool:
        """True where nothing was written in between; a copy of the same saved bytes counts as the same."""
        if (self.size, self.counter, self.integrity, self.sides) != (
            other.size,
            other.counter,
            other.integrity,
            other.sides,
        ):
            return False
        return bool(self.integrity) or (self.mtime_ns, self.inode) == (other.mtime_ns, other.inode)


def fingerprint(path: Path, like: Fingerprint | None = None) -> Fingerprint:
    """The fingerprint of a case or any other file; `like` says where its hash is looked for. Raises FileMissing."""
    try:
        with open_regular(path) as file:
            return fingerprint_of(file, path, like)
    except FileNotFoundError as error:
        raise FileMissing("“{path}” is not there any more.", path=shown(path)) from error


def fingerprint_of(file: BinaryIO, path: Path, like: Fingerprint | None = None) -> Fingerprint:
    """The fingerprint of an open file; `path` leads to the journals beside it. Raises OSError."""
    file.seek(0)
    header = Header.of(file.read(HEADER_BYTES))
    status = os.fstat(file.fileno())
    integrity, at = "", -1
    if header is not None and like is not None and like.at >= 0:
        file.seek(like.at)
        text = file.read(SLOT_BYTES).decode("ascii", "replace")
        if is_integrity_text(text):
            integrity, at = text, like.at
    counter = 0 if header is None else header.counter
    return Fingerprint(status.st_size, status.st_mtime_ns, status.st_ino, counter, integrity, at, sides_of(path))


def sides_of(path: Path) -> tuple[tuple[str, int, int], ...]:
    """(suffix, size, mtime_ns) of each journal beside `path` that holds anything; nothing is opened."""
    sides = []
    for suffix in _PLAYED_BACK:
        try:
            status = side_file(path, suffix).lstat()
        except OSError:  # not there, or a name too long to be there
            continue
        if status.st_size:
            sides.append((suffix, status.st_size, status.st_mtime_ns))
    return tuple(sides)
