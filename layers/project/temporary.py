"""Unfinished files beside their target: named after the process that writes them, so that left-overs can be told."""

from __future__ import annotations

import os
import re
import secrets
import socket
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from layers.project.fsops import FileSystem
from layers.project.processes import Owner

_FORM = re.compile(r"\..*\.tmp-(\d+)-([0-9a-f]{8})[0-9a-f]{8}")


@contextmanager
def temporary_beside(place: Path, fs: FileSystem) -> Iterator[Path]:
    """A new empty file in the folder of `place`, with its permissions; gone at the end unless moved."""
    new = place.with_name(f".{place.name[:40]}.tmp-{os.getpid()}-{_host()}{secrets.token_hex(4)}")
    fs.create(new, fs.stat(place).st_mode & 0o777 if place.exists() else None)
    try:
        yield new
    finally:
        fs.unlink(new)


def sweep(folder: Path, fs: FileSystem) -> None:
    """Delete what processes of this host that are gone left behind."""
    for path in list(fs.listdir(folder)):
        match = _FORM.fullmatch(path.name)
        if match and match[2] == _host() and not Owner(int(match[1]), "", socket.gethostname()).is_alive:
            fs.unlink(path)


def _host() -> str:
    return f"{zlib.crc32(socket.gethostname().encode()):08x}"
