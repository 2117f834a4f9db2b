"""The files that readers of a pool may read, more as files are opened; each new process is granted all of them."""

from __future__ import annotations

import os
import threading

from layers.readers.confinement.grants import NOTHING, Grants

MOST = 4096
"""Most files that are remembered: the ones asked for last."""


class PoolGrants:
    """Grants of a pool. Thread-safe. Only the request that writes a file has the right to write it."""

    def __init__(self, always: Grants = NOTHING) -> None:
        self._always = always
        self._lock = threading.Lock()
        self._opened: dict[str, None] = {}
        self._read: dict[str, None] = {}

    def add(self, needs: Grants) -> None:
        """Add the grants of a request."""
        with self._lock:
            for known, new in ((self._opened, needs.opened), (self._read, needs.read)):
                for path in new:
                    known.pop(path, None)
                    known[path] = None
                while len(known) > MOST:
                    del known[next(iter(known))]

    def drop(self, needs: Grants) -> None:
        """Drop grants for files that did not answer: they are given again when they are asked for again."""
        with self._lock:
            for known, old in ((self._opened, needs.opened), (self._read, needs.read)):
                for path in old:
                    known.pop(path, None)

    def drop_beneath(self, folder: str) -> None:
        """Drop all grants in a folder that does not answer: they are given again when they are asked for again."""
        start = os.path.join(folder, "")
        with self._lock:
            for known in (self._opened, self._read):
                for path in [path for path in known if path == folder or path.startswith(start)]:
                    del known[path]

    def keep_only(self, needs: Grants) -> None:
        """Drop all other grants, as something in them does not answer."""
        with self._lock:
            self._always = NOTHING
            self._opened, self._read = dict.fromkeys(needs.opened), dict.fromkeys(needs.read)

    def besides(self, needs: Grants) -> Grants:
        """Grants that a process started for `needs` also gets: files opened and folders read before."""
        with self._lock:
            opened, read = frozenset(self._opened), frozenset(self._read)
        return Grants(opened - needs.opened, (read | self._always.read) - needs.read, self._always.write)
