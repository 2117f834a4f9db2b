"""A hash over a case's own bytes, kept in a slot inside the file that counts as zeros.

The text in loupe_meta is ``sha256 <64 hex digits> <change counter, 10 digits>``. Hash differs and counter is equal: the
bytes were damaged. Counter moved: somebody else edited the file.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, NamedTuple

from layers.phrase import Phrase
from layers.project.storage.fsops import FileSystem

CHUNK_BYTES = 1 << 22
"""Bytes between two turns of a thread that hashes: in each it may have to wait for those that make rows."""
_FORM = re.compile(r"sha256 [0-9a-f]{64} \d{10}", re.ASCII)
SLOT_BYTES = len("sha256 ") + 64 + 1 + 10


class Integrity(StrEnum):
    """A file's state, judged by the hash of its bytes."""

    INTACT = "intact"
    EDITED = "edited by another program"
    DAMAGED = "damaged"
    UNKNOWN = "without a hash"


class Seal(NamedTuple):
    """The hash text of a file, and the byte at which it stands."""

    text: str
    at: int


def is_integrity_text(text: str) -> bool:
    return _FORM.fullmatch(text) is not None


def empty_slot() -> str:
    """A text of the slot's length that occurs nowhere else, so that it can be found in the file."""
    return f"sha256 {secrets.token_hex(32)} 0000000000"


def seal(path: Path, slot: str, fs: FileSystem) -> Seal:
    """Put the hash of the finished file in place of `slot`, from `empty_slot`. Raises OSError."""
    with fs.open(path, "rb+") as file:
        digest, at = _digest(file, slot.encode("ascii"))
        if at < 0:
            raise OSError(Phrase("the place for the hash is not in the file"))
        text = f"sha256 {digest} {_counter(file):010d}"
        file.seek(at)
        fs.write_all(file, text.encode("ascii"))
    return Seal(text, at)


def expect(file: BinaryIO, stored: str) -> Integrity:
    """The state of an open file without its hash: INTACT where the hash alone can tell if it is damaged. Raises
    OSError.
    """
    if not is_integrity_text(stored):
        return Integrity.UNKNOWN
    return Integrity.INTACT if _counter(file) == int(stored[-10:]) else Integrity.EDITED


def examine(file: BinaryIO, stored: str, is_over: Callable[[], bool] = lambda: False) -> tuple[Integrity, int]:
    """Compare an open file with the integrity text that stands in it: (answer, the byte at which it stands or -1).

    Once `is_over` says so, the rest is not read, and the answer is of no use. Raises OSError.
    """
    expected = expect(file, stored)
    if expected is Integrity.UNKNOWN:
        return expected, -1
    digest, at = _digest(file, stored.encode("ascii"), is_over)
    if expected is Integrity.EDITED:
        return expected, at
    return (Integrity.INTACT if digest == stored.split()[1] else Integrity.DAMAGED), at


def _counter(file: BinaryIO) -> int:
    """SQLite's change counter."""
    file.seek(24)
    return int.from_bytes(file.read(4), "big")


def _digest(file: BinaryIO, slot: bytes, is_over: Callable[[], bool] = lambda: False) -> tuple[str, int]:
    """(hash with the first `slot` zeroed, offset of the slot or -1)."""
    digest = hashlib.sha256()
    at, before, kept = -1, 0, b""
    for piece in _pieces(file, is_over):
        if at >= 0:
            digest.update(piece)
            continue
        data = kept + piece
        place = data.find(slot)
        if place >= 0:
            at = before + place
            data = data[:place] + bytes(len(slot)) + data[place + len(slot) :]
        # the slot may lie across two pieces
        keep = len(slot) if at < 0 else 0
        digest.update(data[: len(data) - keep])
        before += len(data) - keep
        kept = data[len(data) - keep :]
    digest.update(kept)
    return digest.hexdigest(), at


def _pieces(file: BinaryIO, is_over: Callable[[], bool]) -> Iterator[memoryview]:
    """The bytes of a file in memory that is used again for each piece: new memory takes longer than the hash."""
    file.seek(0)
    room = memoryview(bytearray(CHUNK_BYTES))
    while not is_over() and (size := file.readinto(room)):  # type: ignore[attr-defined]  # every binary file has it
        yield room[:size]
