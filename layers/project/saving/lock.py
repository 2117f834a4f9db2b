"""A lock file beside the case, so that two people see each other. Advisory: the guard at saving stays."""

from __future__ import annotations

import getpass
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from layers.project.storage.fsops import DISK, FileSystem
from layers.project.storage.processes import Owner

STALE_S = 12 * 3600
"""A lock of another host, whose processes we cannot see, is believed for so long after its last sign of life."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the case."""

    user: str
    owner: Owner
    at: float
    """Seconds since 1970, by the holder's clock."""

    def __str__(self) -> str:
        return f"{self.user or 'somebody'} on {self.owner.host or 'an unknown computer'}"


class CaseLock:
    """`name.gpkg.lock`. The same lock whatever link leads to the case; none where the folder takes no files."""

    def __init__(self, path: Path, fs: FileSystem = DISK) -> None:
        place = Path(os.path.realpath(path))
        self.path = place.with_name(place.name + ".lock")
        self._fs = fs
        self._is_mine = False

    @property
    def is_mine(self) -> bool:
        """True where this one was taken, and not given up."""
        return self._is_mine

    def acquire(self) -> Holder | None:
        """Take the lock; returns who holds it, or None where it is ours now (or cannot be had by anybody)."""
        holder = self.holder()
        if holder is not None and holder.owner != Owner.of_this_process():
            return holder
        self.take_over()
        return None

    def take_over(self) -> None:
        """Take the lock whoever holds it."""
        try:
            user = getpass.getuser()
        except (OSError, KeyError, ImportError):
            user = ""
        data = {"user": user, "owner": Owner.of_this_process().to_json(), "at": time.time()}
        try:
            with self._fs.open(self.path, "wb") as file:
                self._fs.write_all(file, json.dumps(data).encode("utf-8"))
            self._is_mine = True
        except OSError:  # a read-only folder: nobody can save there, so nobody needs the lock
            self._is_mine = False

    def release(self) -> None:
        """Give it up, unless somebody took it over meanwhile."""
        if not self._is_mine:
            return
        self._is_mine = False
        holder = self.holder()
        if holder is not None and holder.owner != Owner.of_this_process():
            return
        try:
            self._fs.unlink(self.path)
        except OSError:  # the next one sees that this process is gone
            return

    def holder(self) -> Holder | None:
        """Who holds it; None for nobody, for a process that is gone, and for what is no lock of ours."""
        try:
            data = json.loads(self.path.read_bytes()[:10_000])
            owner = Owner.from_json(data["owner"])
            holder = Holder(str(data["user"])[:100], owner, float(data["at"])) if owner is not None else None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if holder is None or not holder.owner.is_alive:
            return None
        is_old = abs(time.time() - holder.at) > STALE_S
        return None if is_old and not holder.owner.is_local else holder
