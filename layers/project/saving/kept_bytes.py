"""Kept copies of sources and image chips as bytes: taken in, hashed anew, and written out, a piece at a time.

A copy is never opened, rendered or run: its bytes are read, and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from msgspec import Struct

from layers.disk.kept_kinds import HEAD_BYTES, check_proof, content_type_of
from layers.document.source import SourceFile
from layers.errors import FileMissing, NotAFile, SaveFailed, TooLarge
from layers.phrase import Phrase
from layers.project.opening.case_bytes import rows_by_uuid
from layers.project.opening.case_reader import CaseReader
from layers.project.saving.blobs import SessionBlobs
from layers.project.storage.fsops import DISK, FileSystem, temporary_beside
from layers.project.storage.save_errors import save_error
from layers.project.storage.tables import DATA
from layers.text.counted import grouped

MOST_BYTES = 240_000_000
"""Largest kept copy: a case whose values are larger is not opened again."""
MOST_PROOF_BYTES = 64 << 10
PIECE_BYTES = 1 << 22
_LONGEST_NAME = 200

type ShareDone = Callable[[float], None]
"""Called with the share of the bytes that are done, 0 to 1; it may raise, which ends the work."""


def no_progress(_share: float) -> None:
    """Report nothing: the progress of work that nobody watches."""


class KeptBytes(Struct, frozen=True):
    """The bytes of one open case: those of its session, and those of the case as it was opened. Every method blocks."""

    session: SessionBlobs
    base: Callable[[], Path | None]
    """Gives the case as it was opened, once its copy is whole; None for a case that has no file yet."""
    fs: FileSystem = DISK

    def keep_file(self, path: Path, progress: ShareDone = no_progress) -> SourceFile:
        """Take a copy of a file into the case, durably; return the row that names it, which still lacks its source.

        Raises UnsupportedFormat, NotAFile, FileMissing, TooLarge or SaveFailed, and what `progress` raises.
        """
        name = shown_name(path)
        with _opened(path, name, MOST_BYTES) as (file, size):
            head = file.read(HEAD_BYTES)
            content_type = content_type_of(name, head)
            file.seek(0)
            uuid, hashed = str(uuid4()), hashlib.sha256()
            try:
                self.session.put_pieces("source_files", uuid, _counted(file, size, hashed.update, progress))
            except OSError as error:
                raise SaveFailed(
                    "{name} cannot be kept: {strerror}. Free some space, try again.",
                    name=name,
                    strerror=error.strerror or error,
                ) from error
        return SourceFile(uuid=uuid, source_uuid="", name=name, content_type=content_type, sha256=hashed.hexdigest())

    def hash_of(self, table: str, uuid: str, progress: ShareDone = no_progress) -> str:
        """The SHA-256 of the bytes as they stand now. Raises FileMissing where there are none."""
        hashed = hashlib.sha256()
        with self._pieces(table, uuid) as (pieces, size):
            done = 0
            for piece in pieces:
                hashed.update(piece)
                done += len(piece)
                progress(done / max(size, 1))
        return hashed.hexdigest()

    def write_to(self, table: str, uuid: str, target: Path, progress: ShareDone = no_progress) -> str:
        """Write the bytes as a file, whole or not at all; return their SHA-256. Raises FileMissing or SaveFailed."""
        hashed = hashlib.sha256()
        with self._pieces(table, uuid) as (pieces, size):
            try:
                with temporary_beside(target, self.fs) as new:
                    with self.fs.open(new, "wb") as file:
                        done = 0
                        for piece in pieces:
                            hashed.update(piece)
                            self.fs.write_all(file, piece)
                            done += len(piece)
                            progress(done / max(size, 1))
                    self.fs.fsync_file(new)
                    self.fs.replace(new, target)
            except OSError as error:
                raise save_error(error, target) from error
        return hashed.hexdigest()

    @contextmanager
    def _pieces(self, table: str, uuid: str) -> Iterator[tuple[Iterator[bytes], int]]:
        """The bytes of a row in pieces, and their number. Raises FileMissing where there are none."""
        place = self.session.find(table, uuid)
        if place is not None:
            try:
                with place.open("rb") as file:
                    yield iter(lambda: file.read(PIECE_BYTES), b""), os.fstat(file.fileno()).st_size
            except OSError as error:
                raise _lost(error.strerror or str(error)) from error
            return
        base = self.base()
        if base is None:
            raise _lost(Phrase("the case does not hold them"))
        with CaseReader.open(base, is_judged=False) as case:
            number = rows_by_uuid(case, table).get(uuid)
            value = case.value(table, DATA, number) if number is not None else None
            if value is None or not value.size:
                raise _lost(Phrase("the case does not hold them"))
            yield value.pieces, value.size


def _lost(why: str) -> FileMissing:
    return FileMissing("The bytes cannot be read: {why}. Take them from a backup of the case.", why=why)


def read_proof(path: Path) -> tuple[str, bytes]:
    """The name and the bytes of a proof of time, which are not verified.

    Raises UnsupportedFormat, NotAFile, FileMissing or TooLarge.
    """
    name = shown_name(path)
    with _opened(path, name, MOST_PROOF_BYTES) as (file, size):
        data = file.read(size)
    check_proof(name, data)
    return name, data


def shown_name(path: Path) -> str:
    """The name of a file in one line, without its folders."""
    return " ".join(path.name.split())[:_LONGEST_NAME] or Phrase("The file")


@contextmanager
def _opened(path: Path, name: str, most: int) -> Iterator[tuple[BinaryIO, int]]:
    """A regular file that is open for reading, and its size. Links are followed; pipes and devices never opened."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise FileMissing("{name} cannot be kept: {strerror}.", name=name, strerror=error.strerror or error) from error
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise NotAFile("{name} is no file: choose a PDF, an HTML file, a picture, a WARC or a WACZ.", name=name)
    with os.fdopen(handle, "rb") as file:
        if status.st_size > most:
            raise TooLarge(
                "{name} is not kept: it has more than {limit} kB. Cite it by its link or title instead.",
                name=name,
                limit=grouped(most // 1000),
            )
        yield file, status.st_size


def _counted(file: BinaryIO, size: int, update: Callable[[bytes], None], progress: ShareDone) -> Iterator[bytes]:
    """The pieces of a file that does not grow beyond its size meanwhile, each hashed and counted."""
    done = 0
    while piece := file.read(min(PIECE_BYTES, size - done)):
        update(piece)
        done += len(piece)
        progress(done / max(size, 1))
        yield piece
