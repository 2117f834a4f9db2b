"""Is the file still the one that was opened?"""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from layers.errors import FileMissing
from layers.project.storage.hardened import SQLITE_MAGIC, hardened
from layers.project.storage.save_errors import shown


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a file was. `counter` is SQLite's change counter, `integrity` the hash text in loupe_meta ("" for none)."""

    size: int
    mtime_ns: int
    inode: int
    counter: int
    integrity: str

    def is_same(self, other: Fingerprint) -> bool:
        """True where nothing was written in between; a copy of the same saved bytes counts as the same."""
        if (self.size, self.counter, self.integrity) != (other.size, other.counter, other.integrity):
            return False
        return bool(self.integrity) or (self.mtime_ns, self.inode) == (other.mtime_ns, other.inode)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> Self | None:
        """None where `data` is no fingerprint."""
        if not isinstance(data, dict):
            return None
        try:
            return cls(
                int(data["size"]),
                int(data["mtime_ns"]),
                int(data["inode"]),
                int(data["counter"]),
                str(data["integrity"]),
            )
        except (KeyError, TypeError, ValueError):
            return None


def fingerprint(path: Path) -> Fingerprint:
    """The fingerprint of a case or any other file. Raises FileMissing."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
        status = path.stat()
    except FileNotFoundError as error:
        raise FileMissing(f"“{shown(path)}” is not there any more.") from error
    counter, integrity = 0, ""
    if header.startswith(SQLITE_MAGIC) and len(header) == 100:
        counter = int.from_bytes(header[24:28], "big")
        integrity = _stored_integrity(path)
    return Fingerprint(status.st_size, status.st_mtime_ns, status.st_ino, counter, integrity)


def _stored_integrity(path: Path) -> str:
    """loupe_meta's integrity text; empty where there is none to be read."""
    try:
        with hardened(f"{path.absolute().as_uri()}?mode=ro&immutable=1", deadline_s=2) as connection:
            row = connection.execute("SELECT value FROM loupe_meta WHERE key = 'integrity'").fetchone()
    except (sqlite3.Error, UnicodeDecodeError):
        return ""
    return row[0] if row and isinstance(row[0], str) else ""
