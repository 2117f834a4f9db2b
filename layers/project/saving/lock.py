"""A lock file beside the case, so that two people see each other. Advisory: the guard at saving stays.

What stands under its name is foreign input: links are not followed, pipes not waited for, little is read.
"""

from __future__ import annotations

import json
import os
import stat
import threading
import time
from pathlib import Path
from uuid import uuid4

from msgspec import Struct

from layers.decoding import decoded_or_none, encoded
from layers.phrase import Phrase
from layers.project.storage.fsops import DISK, FileSystem, temporary_beside
from layers.project.storage.processes import Owner

STALE_S = 12 * 3600
"""Seconds for which a lock of another host is believed after its last sign of life, as we cannot see its processes."""
_MOST_BYTES = 10_000
_MOST_NAME = 100


class Holder(Struct, frozen=True):
    """The user and process that hold the case."""

    user: str
    owner: Owner
    at: float
    """Seconds since 1970, by the holder's clock."""
    token: str = ""
    """Random text that distinguishes locks of one process."""

    def __str__(self) -> str:
        user = self.user[:_MOST_NAME] or Phrase("somebody")
        host = self.owner.host[:_MOST_NAME] or Phrase("an unknown computer")
        return Phrase("{user} on {host}", user=user, host=host)


class LockLoss(Struct, frozen=True):
    """A lock of ours that was taken over, with its new holder; None where that has let go since, and the lock is ours
    again.
    """

    holder: Holder | None


class CaseLock:
    """`name.gpkg.lock`. The same lock whatever link leads to the case; none where the folder takes no files."""

    def __init__(self, path: Path, fs: FileSystem = DISK, *, user: str = "") -> None:
        """`user`: the name by which others see its holder; empty for nobody named."""
        place = Path(os.path.realpath(path))
        self.path = place.with_name(place.name + ".lock")
        self._fs, self._user = fs, user
        self._token = str(uuid4())
        self._tokens = {self._token}
        """Tokens of the locks that this one stands for: its own, and those of `stand_for`."""
        self._is_mine = False
        self._turn = threading.RLock()
        """Held while the lock changes, so that a look from another thread restores none that is being released."""

    @property
    def is_mine(self) -> bool:
        """True where this lock was taken, and not given up."""
        return self._is_mine

    def acquire(self) -> Holder | None:
        """Take the lock; return its holder, or None where it is ours now (or where nobody can have one)."""
        if self._put(replace=False):
            return None
        holder = self.holder()
        if holder is not None and holder.owner != Owner.of_this_process():
            return holder
        return self.take_over()

    def take_over(self) -> Holder | None:
        """Take the lock whoever holds it; return the holder where somebody was quicker."""
        if not self._put(replace=True):
            return None
        holder = self.holder()
        self._is_mine = holder is None or holder.owner == Owner.of_this_process()
        return None if self._is_mine else holder

    def lost(self) -> LockLoss | None:
        """The loss of a lock of ours that is gone; None while it is there, and where the drive is gone."""
        with self._turn:
            if not self._is_mine:
                return None
            holder = self.holder()
            if holder is not None:
                return None if holder.owner == Owner.of_this_process() else LockLoss(holder)
            if not self._was_let_go():
                return None
            holder = self.acquire()
            if holder is not None:
                self._is_mine = True  # who is told of it goes on as one who was taken over
            return LockLoss(holder)

    def _was_let_go(self) -> bool:
        try:
            text = _read(self.path)
            return not any(token.encode() in text for token in self._tokens)
        except FileNotFoundError:
            return self.path.parent.is_dir()
        except OSError:
            return False

    def stand_for(self, other: CaseLock) -> None:
        """Count the file of another lock of this process on the same case as ours: that lock is kept no longer."""
        with self._turn:
            self._tokens |= other._tokens

    def release(self) -> None:
        """Give it up, unless somebody took it over meanwhile, or a later lock of this process did."""
        with self._turn:
            if not self._is_mine:
                return
            self._is_mine = False
            holder = self.holder()
            if holder is None or holder.owner != Owner.of_this_process() or holder.token not in self._tokens:
                return
            try:
                self._fs.unlink(self.path)
            except OSError:  # the next one sees that this process is gone
                return

    def holder(self) -> Holder | None:
        """The holder of the lock; None without one, for a process that is gone, and for a file that is no lock."""
        try:
            holder = decoded_or_none(json.loads(_read(self.path)), Holder)
        except (OSError, ValueError, RecursionError):
            return None
        if holder is None or not holder.owner.is_alive:
            return None
        is_old = abs(time.time() - holder.at) > STALE_S
        return None if is_old and not holder.owner.is_local else holder

    def _put(self, *, replace: bool) -> bool:
        """Write our lock, complete from the first moment on; False where one exists already, or cannot be made."""
        holder = Holder(self._user, Owner.of_this_process(), time.time(), self._token)
        try:
            with temporary_beside(self.path, self._fs) as new:
                with self._fs.open(new, "wb") as file:
                    self._fs.write_all(file, json.dumps(encoded(holder)).encode("utf-8"))
                if replace:
                    self._fs.replace(new, self.path)  # what stands there, a link for instance, is not followed
                elif os.path.lexists(self.path):
                    return False
                else:
                    self._fs.link(new, self.path)
            self._is_mine = True
        except OSError:  # somebody was quicker; or a read-only folder: nobody can save there, so nobody needs the lock
            self._is_mine = False
        return self._is_mine


def _read(path: Path) -> bytes:
    """The first bytes of a regular file that is no link. Raises OSError."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(Phrase("no regular file"))
        return os.read(handle, _MOST_BYTES)
    finally:
        os.close(handle)
