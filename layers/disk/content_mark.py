"""Recognises a file by its content: its size, and a hash of its head and its tail."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import Annotated

from msgspec import Meta, Struct

KEY = "content"
"""Key of a layer's source for the mark."""
ENDS_BYTES = 64 << 10
HASH_CHARS = 16


class ContentMark(Struct, frozen=True):
    """Marks of files are equal where their contents are; a rewritten file has another."""

    size: Annotated[int, Meta(ge=0)]
    ends: Annotated[str, Meta(min_length=HASH_CHARS, max_length=HASH_CHARS)]
    """The first characters of a SHA-256 over head and tail, in hexadecimal."""


def mark_of(path: str | os.PathLike[str]) -> ContentMark | None:
    """The mark of a regular file; None for folders, pipes and devices, of which nothing is read. Raises OSError."""
    # What is no regular file must not hold us up: a pipe would, until somebody writes into it.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None
        hashed = hashlib.sha256(os.read(descriptor, ENDS_BYTES))
        os.lseek(descriptor, max(ENDS_BYTES, status.st_size - ENDS_BYTES), os.SEEK_SET)
        hashed.update(os.read(descriptor, ENDS_BYTES))
    finally:
        os.close(descriptor)
    return ContentMark(status.st_size, hashed.hexdigest()[:HASH_CHARS])
