"""Checks before a file is replaced: nobody has it open, nothing beside it plays old rows back, it is the one we opened.

Renaming over a case that has a left-over -wal or a hot -journal silently brings the old rows back.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import BinaryIO

from layers.errors import CaseChangedOnDisk, CaseDamaged, NotAFile, TooLarge, UnsupportedFormat
from layers.project.opening.case_reader import CaseReader
from layers.project.storage.fingerprint import Fingerprint, fingerprint, fingerprint_of, sides_of
from layers.project.storage.fsops import FileSystem, temporary_beside
from layers.project.storage.save_errors import in_use, shown
from layers.project.storage.sqlite_file import side_file, side_files
from layers.project.storage.sqlite_lock import LockedElsewhere, exclusive

WAIT_S = 2.0
_TRIES = 20


@contextmanager
def guarded_target(place: Path, expected: Sequence[Fingerprint] | None, fs: FileSystem) -> Iterator[None]:
    """Hold `place` exclusively, settled: no journal beside it has anything to play back.

    Raises CaseInUse, or CaseChangedOnDisk where the file is none of `expected` (None: any file may be replaced).
    """
    if not place.exists():
        _put_side_files_aside(place, fs)
        yield
        return
    if sides_of(place):
        expected = _settled(place, expected, fs)
    with _locked(place) as file:
        if sides_of(place) or (
            expected is not None and not any(known.is_same(fingerprint_of(file, place, known)) for known in expected)
        ):
            raise _changed(place)
        for side in side_files(place):  # empty ones, and what a program keeps there for its own use
            fs.unlink(side)
        yield


@contextmanager
def _locked(place: Path) -> Iterator[BinaryIO]:
    """Open the file at `place` with SQLite's lock for writers. Raises CaseInUse."""
    for _ in range(_TRIES):
        with ExitStack() as stack:
            file = stack.enter_context(place.open("rb+"))
            try:
                stack.enter_context(exclusive(file.fileno(), WAIT_S))
            except LockedElsewhere as error:
                raise in_use(place) from error
            if os.path.samestat(os.fstat(file.fileno()), place.stat()):
                yield file
                return
            # somebody has put another file in its place while we waited: that one has to be held
    raise in_use(place)


def _settled(place: Path, expected: Sequence[Fingerprint] | None, fs: FileSystem) -> list[Fingerprint] | None:
    """Play the journals beside the case into it, on a copy that replaces it; return the fingerprints now expected.

    Wherever this is interrupted, the file and its journals have the same content as before.
    """
    with temporary_beside(place, fs) as whole:
        try:
            with CaseReader.open(place, copy=whole) as case:
                mark = case.read_bytes().mark
                case.wait_copied()
        except (CaseDamaged, UnsupportedFormat, TooLarge, NotAFile):
            if expected is not None:
                raise
            _put_side_files_aside(place, fs)
            return None
        if expected is not None and not any(known.is_same(mark) for known in expected):
            raise _changed(place)
        with _locked(place) as file:
            if fingerprint_of(file, place) != mark:
                raise in_use(place)
            fs.fsync_file(whole)
            fs.replace(whole, place)
            fs.fsync_folder(place.parent)
    for side in side_files(place):
        fs.unlink(side)
    fs.fsync_folder(place.parent)
    return [fingerprint(place)]


def _changed(place: Path) -> CaseChangedOnDisk:
    return CaseChangedOnDisk(
        "“{place}” was changed by another program since it was opened. Save under another name, or reload it.",
        place=shown(place),
    )


def _put_side_files_aside(place: Path, fs: FileSystem) -> None:
    """Rename the side files of a database that is gone or broken, so that they are kept, and not played into the new
    one.
    """
    for side in side_files(place):
        names = (side_file(side, f".orphan{n if n > 1 else ''}") for n in count(1))
        fs.replace(side, next(name for name in names if not os.path.lexists(name)))
