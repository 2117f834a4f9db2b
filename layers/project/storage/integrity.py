"""Hashes over a case's own bytes, kept in slots inside the file that count as zeros.

The text in loupe_meta is ``sha256 <64 hex digits> <change counter, 10 digits>``. Hash differs and counter is equal: the
bytes were damaged. Counter moved: somebody else edited the file.

A large case has a second hash of that form, over the pages that its rows are read from: all but those that hold
nothing but bytes of pictures and kept files. It is known long before all bytes are read.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, NamedTuple

from layers.phrase import Phrase
from layers.project.storage.blob_pages import Runs, from_text, others
from layers.project.storage.fsops import FileSystem
from layers.project.storage.sqlite_file import HEADER_BYTES, Header

CHUNK_BYTES = 1 << 22
"""Bytes between two turns of a thread that hashes: in each it may have to wait for those that make rows."""
_FORM = re.compile(r"sha256 [0-9a-f]{64} \d{10}", re.ASCII)
SLOT_BYTES = len("sha256 ") + 64 + 1 + 10
_PAGES_AT_ONCE = 256


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


class StoredHashes(NamedTuple):
    """The hash texts in a case: of all its bytes, and of the pages of its rows, which are all but `blob_pages`.

    The last two are empty in a case without them: a small one, or one of an older version.
    """

    whole: str
    rows: str = ""
    blob_pages: str = ""


def is_integrity_text(text: str) -> bool:
    return _FORM.fullmatch(text) is not None


def empty_slot() -> str:
    """A text of the slot's length that occurs nowhere else, so that it can be found in the file."""
    return f"sha256 {secrets.token_hex(32)} 0000000000"


def seal(
    path: Path,
    slot: str,
    fs: FileSystem,
    rows_slot: str = "",
    blob_runs: Runs = (),
    tell: Callable[[int], None] = lambda size: None,
) -> Seal:
    """Put the hash of the finished file in place of `slot`, from `empty_slot`; before that the hash of all pages but
    `blob_runs` in place of `rows_slot`, where there is one. `tell` takes the bytes of each piece that was read. Raises
    OSError.
    """
    with fs.open(path, "rb+") as file:
        if rows_slot:
            digest, places = _rows_digest(file, blob_runs, (slot, rows_slot))
            _fill_slot(file, fs, digest, places[rows_slot])
        digest, at = _digest(file, slot.encode("ascii"), tell=tell)
        return Seal(_fill_slot(file, fs, digest, at), at)


def _fill_slot(file: BinaryIO, fs: FileSystem, digest: str, at: int) -> str:
    """Write the text for a hash at this byte of a file, and return it."""
    if at < 0:
        raise OSError(Phrase("the place for the hash is not in the file"))
    text = f"sha256 {digest} {_counter(file):010d}"
    file.seek(at)
    fs.write_all(file, text.encode("ascii"))
    return text


def expect(file: BinaryIO, stored: str) -> Integrity:
    """The state of an open file without its hash: INTACT where the hash alone can tell if it is damaged. Raises
    OSError.
    """
    if not is_integrity_text(stored):
        return Integrity.UNKNOWN
    return Integrity.INTACT if _counter(file) == int(stored[-10:]) else Integrity.EDITED


def examine(
    file: BinaryIO,
    stored: str,
    is_over: Callable[[], bool] = lambda: False,
    tell: Callable[[int], None] = lambda size: None,
) -> tuple[Integrity, int]:
    """Compare an open file with the integrity text that stands in it: (answer, the byte at which it stands or -1).

    Once `is_over` says so, the rest is not read, and the answer is of no use. `tell` takes the bytes of each piece that
    was read. Raises OSError.
    """
    expected = expect(file, stored)
    if expected is Integrity.UNKNOWN:
        return expected, -1
    digest, at = _digest(file, stored.encode("ascii"), is_over, tell)
    if expected is Integrity.EDITED:
        return expected, at
    return (Integrity.INTACT if digest == stored.split()[1] else Integrity.DAMAGED), at


def examine_rows(file: BinaryIO, stored: StoredHashes) -> tuple[Integrity, int] | None:
    """Compare the pages that rows are read from with the hash of these: (INTACT, the byte at which the hash of the
    whole file stands).

    None where they do not tell that the rows are as they were saved: then the whole file is examined. Raises OSError.
    """
    file.seek(0)
    header = Header.of(file.read(HEADER_BYTES))
    if (
        header is None
        or expect(file, stored.whole) is not Integrity.INTACT
        or expect(file, stored.rows) is not Integrity.INTACT
    ):
        return None
    pages, rest = divmod(os.fstat(file.fileno()).st_size, header.page_bytes)
    runs = from_text(stored.blob_pages, pages)
    if rest or runs is None:  # cut short, or no list of pages of this file
        return None
    digest, places = _rows_digest(file, runs, (stored.whole, stored.rows))
    is_intact = digest == stored.rows.split()[1] and min(places.values()) >= 0
    return (Integrity.INTACT, places[stored.whole]) if is_intact else None


def _rows_digest(file: BinaryIO, blob_runs: Runs, slots: tuple[str, str]) -> tuple[str, dict[str, int]]:
    """(hash of all pages but these, with the first of each slot zeroed; the bytes at which the slots stand, or -1)."""
    file.seek(0)
    header = Header.of(file.read(HEADER_BYTES))
    if header is None:
        raise OSError(Phrase("the place for the hash is not in the file"))
    page_bytes, digest = header.page_bytes, hashlib.sha256()
    places = dict.fromkeys(slots, -1)
    pages = os.fstat(file.fileno()).st_size // page_bytes
    for first, count in others(blob_runs, pages):
        for start in range(first, first + count, _PAGES_AT_ONCE):
            at = (start - 1) * page_bytes
            file.seek(at)
            data = bytearray(file.read(min(_PAGES_AT_ONCE, first + count - start) * page_bytes))
            for slot in slots:  # on one page each, as all rows that are so short
                place = data.find(slot.encode("ascii")) if places[slot] < 0 else -1
                if place >= 0:
                    places[slot] = at + place
                    data[place : place + SLOT_BYTES] = bytes(SLOT_BYTES)
            digest.update(data)
    return digest.hexdigest(), places


def _counter(file: BinaryIO) -> int:
    """SQLite's change counter."""
    file.seek(24)
    return int.from_bytes(file.read(4), "big")


def _digest(
    file: BinaryIO,
    slot: bytes,
    is_over: Callable[[], bool] = lambda: False,
    tell: Callable[[int], None] = lambda size: None,
) -> tuple[str, int]:
    """(hash with the first `slot` zeroed, offset of the slot or -1)."""
    digest = hashlib.sha256()
    at, before, kept = -1, 0, b""
    for piece in _pieces(file, is_over):
        tell(len(piece))
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
