"""Recognises a file by its content: its size, and a hash of its head and its tail."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from typing import Any, Self

from msgspec import Struct

KEY = "content"
"""Under which the source of a layer keeps it."""
ENDS_BYTES = 64 << 10
HASH_CHARS = 16


class ContentMark(Struct, frozen=True):
    """Equal for equal files; a file that was written anew has another."""

    size: int
    ends: str
    """The first characters of a SHA-256 over head and tail, in hexadecimal."""

    def to_json(self) -> dict[str, Any]:
        return {"size": self.size, "ends": self.ends}

    @classmethod
    def from_json(cls, data: object) -> Self | None:
        """None for anything that `to_json` did not write."""
        if not isinstance(data, Mapping):
            return None
        size, ends = data.get("size"), data.get("ends")
        if type(size) is not int or size < 0 or not isinstance(ends, str) or len(ends) != HASH_CHARS:
            return None
        return cls(size, ends)


def mark_of(path: str | os.PathLike[str]) -> ContentMark | None:
    """The mark of a regular file; None for folders, pipes and devices, of which nothing is read. Raises OSError."""
    # What is no regular file must not hold us up: a pipe would, until somebody writes into it.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return None
        hashed = hashlib.sha256(os.read(descriptor, ENDS_BYTES))
        os.lseek(descriptor, max(ENDS_BYTES, found.st_size - ENDS_BYTES), os.SEEK_SET)
        hashed.update(os.read(descriptor, ENDS_BYTES))
    finally:
        os.close(descriptor)
    return ContentMark(found.st_size, hashed.hexdigest()[:HASH_CHARS])
