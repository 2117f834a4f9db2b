"""Copies of documents on disk, for work without a network: one file each, the oldest go when there are too many."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from layers.decoding import decoded_or_none, encoded
from viewer.network.answer import HttpAnswer

MOST_BYTES = 256 << 20
MOST_FILES = 20_000
SWEPT_EVERY = 200
"""Number of copies that are kept between two looks at all of them: a crawl keeps thousands."""
_STORED_HEADERS = ("content-type", "etag", "last-modified")


class DocumentStore:
    """Keeps the answers to some addresses. Its functions read and write files: they are called on another thread.

    An address stands nowhere in a file: a file is called by the hash of its address, which may be anybody's secret.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES, most_files: int = MOST_FILES) -> None:
        self._folder, self._most_bytes, self._most_files = folder, most_bytes, most_files
        self._unswept = SWEPT_EVERY  # the first copy has the folder looked at

    def kept(self, address: str) -> HttpAnswer | None:
        """The copy of the answer to an address; None without one, or where it is damaged."""
        try:
            head, _, body = self._file(address).read_bytes().partition(b"\n")
        except OSError:
            return None
        try:
            values = decoded_or_none(json.loads(head), _Head)
        except ValueError:
            return None
        if values is None or values.digest != _digest(body):
            return None
        return HttpAnswer(body, address, 200, values.headers, values.stored_at)

    def keep(self, address: str, answer: HttpAnswer) -> None:
        """Keep the answer to an address; a disk that is full costs the copy only."""
        headers = {name: answer.headers[name] for name in _STORED_HEADERS if name in answer.headers}
        head = _Head(headers, time.time(), _digest(answer.body))
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, path = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(json.dumps(encoded(head)).encode() + b"\n" + answer.body)
                os.replace(path, self._file(address))
            except OSError:
                with suppress(OSError):
                    os.unlink(path)
                raise
            # A large copy counts for many: all are looked at after an eighth of the room, too.
            self._unswept += 1 + SWEPT_EVERY * len(answer.body) * 8 // self._most_bytes
            if self._unswept >= SWEPT_EVERY:
                self._unswept = 0
                self._drop_oldest()

    def _file(self, address: str) -> Path:
        return self._folder / f"{_digest(address.encode('utf-8', 'replace'))}.doc"

    def _drop_oldest(self) -> None:
        files = []
        for entry in os.scandir(self._folder):
            with suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                files.append((status.st_mtime, status.st_size, entry.path))
        left = self._most_bytes
        for number, (_, size, path) in enumerate(sorted(files, reverse=True)):
            left -= size
            if left < 0 or number >= self._most_files:
                with suppress(OSError):
                    os.unlink(path)


class _Head(Struct):
    headers: dict[str, str]
    stored_at: float
    digest: str


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:40]
