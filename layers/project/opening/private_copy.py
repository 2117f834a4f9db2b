"""A case as foreign input: held still while it is read, or copied with its journals and recovered on the copy.

SQLite never sees the journals beside somebody's case: a rollback journal may name a further file, which SQLite would
delete when it plays the journal back.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from layers.errors import CaseDamaged, CaseInUse, NotAFile, TooLarge
from layers.phrase import Phrase
from layers.project.opening.hardened_sqlite import harden
from layers.project.storage.file_copy import copy_bytes
from layers.project.storage.fingerprint import Fingerprint, fingerprint_of, sides_of
from layers.project.storage.save_errors import shown
from layers.project.storage.sqlite_file import HEADER_BYTES, Header, open_regular, side_file, side_files
from layers.project.storage.sqlite_lock import LockedElsewhere, shared

WAIT_S = 2.0
MOST_SIDE_BYTES = 2**30
_TRIES = 3
_NO_SUPER_JOURNAL = bytes(16)
"""Zeros appended to a rollback journal, so that SQLite finds no name of a further file in its last bytes."""
_SUPER_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")


class Held(Struct, frozen=True):
    """A case that nobody changes. `path` is the case itself, or its recovered copy; `mark` is always the case's."""

    path: Path
    mark: Fingerprint
    problems: tuple[str, ...] = ()
    copy: Path | None = None
    """Place of a copy that is still to be made, by who reads all bytes of the case; None for none."""
    mark_now: Callable[[], Fingerprint] | None = None
    """Reads the fingerprint again of a case that is held in place."""

    def check(self) -> None:
        """Raise CaseInUse where a program wrote in spite of the lock: what was read is of two states then."""
        if self.mark_now is not None and self.mark_now() != self.mark:
            raise _in_use(self.path)


@contextmanager
def held(place: Path, copy: Path | None, scratch: Path) -> Iterator[Held]:
    """Hold the case at `place` (no link), in place where it can be read as it stands, else as a copy.

    Where there are journals to play back, the copy is made at once, at `copy` or in `scratch`. Else the case is read in
    place, and the copy at `copy` is left to who reads all its bytes: they may be very many, in pictures and kept files.
    Raises CaseInUse, CaseDamaged, NotAFile or TooLarge.
    """
    journals = _journals(place)
    try:
        with open_regular(place) as file:
            header = Header.of(file.read(HEADER_BYTES))
            if not journals and header is not None and not header.is_wal:
                with shared(file.fileno(), WAIT_S):
                    mark = fingerprint_of(file, place)
                    yield Held(place, mark, copy=copy, mark_now=partial(fingerprint_of, file, place))
                return
            target = copy if copy is not None else scratch / "case.gpkg"
            held_copy = _copied(file, place, journals, target, header)
    except LockedElsewhere as error:
        raise _in_use(place) from error
    yield held_copy


def _in_use(place: Path) -> CaseInUse:
    return CaseInUse("“{place}” is being written by another program. Try again in a moment.", place=shown(place))


def _journals(place: Path) -> list[str]:
    """Return the suffixes of journals that are not empty. Raises NotAFile or TooLarge for a file that is no journal."""
    suffixes = []
    for side in side_files(place):
        status = side.lstat()
        if not stat.S_ISREG(status.st_mode):
            kind = "link" if stat.S_ISLNK(status.st_mode) else "folder" if stat.S_ISDIR(status.st_mode) else "pipe"
            raise NotAFile(
                "“{side}” beside the case is a {kind}, no journal of it. Move it away.", side=shown(side), kind=kind
            )
        if side.name.endswith("-shm") or not status.st_size:
            continue
        if status.st_size > MOST_SIDE_BYTES:
            raise TooLarge(
                "“{side}” beside the case is larger than a journal may be ({most_side_bytes} MB). "
                "Open the case in the program that made it, and close it there.",
                side=shown(side),
                most_side_bytes=f"{MOST_SIDE_BYTES >> 20:,}",
            )
        suffixes.append(side.name.removeprefix(place.name))
    return suffixes


def _copied(file: BinaryIO, place: Path, journals: list[str], copy: Path, header: Header | None) -> Held:
    """Return a consistent copy, recovered; it is copied again where somebody wrote meanwhile."""
    for _ in range(_TRIES):
        with shared(file.fileno(), WAIT_S):
            mark = fingerprint_of(file, place)
            copy_bytes(file, copy)
            problems = [sentence for suffix in journals if (sentence := _copy_journal(place, suffix, copy))]
            is_still_so = fingerprint_of(file, place) == mark
        if is_still_so and [suffix for suffix, *_ in sides_of(place)] == _in_order(journals):
            if journals or header is None or header.is_wal:
                _recover(copy, place, has_journals=bool(journals))
            return Held(copy, mark, problems=tuple(problems))
        journals = _journals(place)
    raise _in_use(place)


def _in_order(journals: list[str]) -> list[str]:
    return [suffix for suffix in ("-wal", "-journal") if suffix in journals]


def _copy_journal(place: Path, suffix: str, copy: Path) -> str:
    """Copy a journal; a sentence where it named a further file, which is not followed."""
    side = side_file(place, suffix)
    with open_regular(side) as file:
        if os.fstat(file.fileno()).st_size > MOST_SIDE_BYTES:
            raise TooLarge("“{side}” beside the case is larger than a journal may be.", side=shown(side))
        to = side_file(copy, suffix)
        copy_bytes(file, to)
    if suffix != "-journal":
        return ""
    with to.open("rb+") as journal:
        journal.seek(-min(8, journal.seek(0, os.SEEK_END)), os.SEEK_END)
        names_a_file = journal.read() == _SUPER_JOURNAL_MAGIC
        journal.write(_NO_SUPER_JOURNAL)
    if not names_a_file:
        return ""
    return Phrase(
        "“{side}” names a further file, which was left alone: the last change of its program is undone.",
        side=shown(side),
    )


def _recover(copy: Path, place: Path, *, has_journals: bool) -> None:
    """Let SQLite play back the journals of a private copy, which then is in no WAL mode, and has none."""
    try:
        connection = sqlite3.connect(copy, isolation_level=None, timeout=1)
        try:
            harden(connection)
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        if has_journals:
            raise CaseDamaged(
                "“{place}” is damaged (what stands beside it cannot be played back: {error}). "
                "Look for an older copy of it.",
                place=shown(place),
                error=error,
            ) from error
    for side in side_files(copy):
        side.unlink()
