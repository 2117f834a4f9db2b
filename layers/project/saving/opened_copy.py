"""The copy of a case as it was opened, which a large case gets while it is shown already.

The process that reads the case holds it still until the copy is whole. As long as it is not, it stands under a name of
its own in the session's folder: whoever needs the copy waits for it, or it is made anew from the case. What is shown
before was judged: the rows. Pictures and kept files are read from the copy, which is there once their bytes are judged.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from layers.errors import GeoloupeError, SaveFailed
from layers.project.opening.case_reader import CaseReader
from layers.project.storage.fingerprint import Fingerprint, fingerprint
from layers.project.storage.fsops import FileSystem
from layers.project.storage.integrity import Integrity, examine
from layers.project.storage.save_errors import disk_full, save_error, shown
from layers.project.storage.sqlite_file import open_regular, side_files

BASE = "base.gpkg"
PART = "base.part"
"""Name of the copy in a session's folder as long as it is not whole."""
LOOK_S = 0.05
"""Seconds between two looks how far the copy is."""
SOON_COPIED_BYTES = 1 << 26
"""Most bytes of a case whose copy is waited for before it is shown: they are copied in a few hundredths of a second."""


def copied_later(place: Path) -> bool:
    """True for a case that is shown before its copy is whole: a large one, without journals to be played back."""
    try:
        return place.stat().st_size > SOON_COPIED_BYTES and not any(side_files(place))
    except OSError:
        return False


def begin_part(folder: Path, place: Path, fs: FileSystem) -> None:
    """Set a name for the copy that is about to be made. Raises DiskFull where there is no room for it, and OSError."""
    needed = place.stat().st_size
    if fs.free_bytes(folder) < needed:
        raise disk_full(place, needed)
    fs.create(folder / PART, 0o600)


class OpenedCopy:
    """A copy that is still to be made, while the case is shown. All bytes of the case are judged before.

    Its part stands in its place once it is whole, unless the case is damaged.
    """

    def __init__(
        self, reader: CaseReader, reading: ExitStack, interrupt: Callable[[], None], folder: Path, fs: FileSystem
    ) -> None:
        """`reading` closes `reader`, `interrupt` ends it from another thread."""
        self._reader, self._reading, self._interrupt = reader, reading, interrupt
        self._folder, self._fs = folder, fs
        self._thread = threading.Thread(target=self._run, name="copy of the case", daemon=True)
        self._beginning, self._is_begun = threading.Lock(), False
        self._is_stopped = False
        self._first: Callable[[CaseReader], None] = _nothing
        self.share_done = 0.0
        """Share of the bytes that are hashed and copied, 0 to 1."""
        self.is_damaged = False
        """True once bytes of pictures or kept files are known not to be those that were saved."""

    def begin(self, first: Callable[[CaseReader], None]) -> None:
        """Begin to judge and to copy the bytes, unless that has begun; `first` reads what else is still to be read."""
        with self._beginning:
            if self._is_begun:
                return
            self._is_begun, self._first = True, first
        try:
            self._thread.start()
        except RuntimeError:  # the system lets no more threads run
            self._run()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the copy is whole, or cannot be made; False where it is still being made. Begin it before."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def stop(self) -> None:
        """End the copying: nobody will need the copy."""
        self._is_stopped = True
        self.begin(_nothing)
        if self._thread.is_alive():
            self._interrupt()
        self.wait()

    def _run(self) -> None:
        try:
            with self._reading:
                if self._is_stopped or not self._is_copied():
                    return
            self._fs.replace(self._folder / PART, self._folder / BASE)
        except (GeoloupeError, OSError):
            return  # then it is made anew by whoever needs it

    def _is_copied(self) -> bool:
        """Judge and copy all bytes; False where the case is damaged."""
        self._first(self._reader)
        self._reader.go_on()
        size = self._reader.opened.mark.size
        while not (rest := self._reader.rest()).is_done:
            self.share_done = min(rest.done_bytes / (2 * size), 1.0)
            time.sleep(LOOK_S)
        self.is_damaged = rest.integrity is not Integrity.INTACT
        return not self.is_damaged


def _nothing(reader: CaseReader) -> None:
    """Read nothing before the bytes."""


def whole_base(folder: Path, target: Path | None, mark: Fingerprint | None, fs: FileSystem) -> Path | None:
    """The copy in a session's folder, made anew where it was not finished; None for a case that has none.

    `target` is the case that was opened, `mark` its fingerprint as it was then. Raises SaveFailed, DiskFull or
    NotAllowed where the copy cannot be made: a case saved without it would lose its pictures.
    """
    place = folder / BASE
    if not place.is_file() and (folder / PART).is_file():
        if target is None or mark is None or not _copied_anew(folder / PART, target, mark, fs):
            raise SaveFailed(
                "The pictures and kept files of “{target}” cannot be read: it is not there as it was opened. Put it "
                "back from a backup, then try again; your edits are kept.",
                target=shown(target or folder),
            )
        fs.replace(folder / PART, place)
    return place if place.is_file() else None


def _copied_anew(part: Path, target: Path, mark: Fingerprint, fs: FileSystem) -> bool:
    """Copy a case that is as it was opened; False where it is not."""
    try:
        if not fingerprint(target, mark).is_same(mark):
            return False
        fs.copy(target, part)
        os.chmod(part, 0o600)
        with open_regular(part) as file:  # a program that was killed may not have read all its bytes
            is_whole = not mark.integrity or examine(file, mark.integrity)[0] is Integrity.INTACT
        return is_whole and fingerprint(target, mark).is_same(mark)
    except GeoloupeError:
        return False
    except OSError as error:
        raise save_error(error, target) from error
