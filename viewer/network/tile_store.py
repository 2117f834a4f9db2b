"""The disk cache of tiles: those without an expiry date are kept for some days, and the oldest go when it is full."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import override

from PySide6.QtCore import QDateTime, QIODevice, QObject, QThreadPool, QUrl
from PySide6.QtNetwork import QNetworkCacheMetaData, QNetworkDiskCache

MOST_BYTES = 1 << 30
MOST_FILES = 100_000
SWEPT_TO = 0.9
"""Part of a limit to which a store above the limit is swept."""
SWEEP_EVERY_BYTES = 32 << 20
LEAST_FREE_BYTES = 256 << 20
"""Free bytes of a disk below which no tile is stored: a nearly full disk is for the analyst's work."""
ROOM_BELIEVED_S = 2.0
ENDING = ".d"
"""Ending of a stored tile; a tile whose storing was interrupted has more characters after it."""


class TileStore(QNetworkDiskCache):
    """One folder of tiles for all windows, stored as the terms of use of their hosts ask.

    Qt would look at every file of the folder before it stores the first tile, and delete thousands at once, in the
    window's thread: here a thread of its own does both.
    """

    def __init__(
        self, folder: Path, parent: QObject | None = None, most_bytes: int = MOST_BYTES, most_files: int = MOST_FILES
    ) -> None:
        super().__init__(parent)
        self.setCacheDirectory(str(folder))
        self.setMaximumCacheSize(2 * most_bytes)
        self._min_days: dict[str, float] = {}
        self._never: set[str] = set()
        """Hosts whose terms do not allow their tiles to be stored."""
        self.default_days = 7.0
        self.without_key: Callable[[QUrl], QUrl] = lambda url: url
        """Takes the key out of the address under which a tile is stored."""
        self._folder, self._most = folder, (most_bytes, most_files)
        self._unswept = SWEEP_EVERY_BYTES  # the first tile has the folder looked at
        self._has_room, self._room_seen_at = True, -ROOM_BELIEVED_S
        self._is_closed = threading.Event()
        self._sweeper = QThreadPool(self)
        self._sweeper.setMaxThreadCount(1)

    def prepare(self, meta: QNetworkCacheMetaData) -> QIODevice | None:  # type: ignore[override] # None: not stored
        host = host_of_url(meta.url())
        if host in self._never or not self._is_room():
            return None
        meta.setUrl(self.without_key(meta.url()))
        if not meta.expirationDate().isValid():
            days = self._min_days.get(host, self.default_days)
            meta.setExpirationDate(QDateTime.currentDateTimeUtc().addSecs(int(days * 86400)))
        return super().prepare(meta)

    def respect(self, host: str, min_days: float, *, may_cache: bool) -> None:
        """Store the tiles of a host as its terms ask: for so many days where it does not state how long, or never."""
        if min_days > 0:
            self._min_days[host] = max(min_days, self._min_days.get(host, 0.0))
        if not may_cache:
            self._never.add(host)

    def insert(self, device: QIODevice) -> None:
        self._unswept += device.size()
        super().insert(device)
        if self._unswept >= SWEEP_EVERY_BYTES:
            self._unswept = 0
            folder, (most_bytes, most_files), is_closed = self._folder, self._most, self._is_closed.is_set
            self._sweeper.start(lambda: sweep(folder, most_bytes, most_files, is_closed))

    @override
    def expire(self) -> int:
        """The bytes that Qt takes as stored, few enough that it never looks through the folder."""
        return 1

    def wait_for_sweep(self) -> None:
        """Wait until the folder is within its limits."""
        self._sweeper.waitForDone()

    def close(self) -> None:
        """Stop sweeping."""
        self._is_closed.set()
        self._sweeper.waitForDone()

    def _is_room(self) -> bool:
        now = time.monotonic()
        if now - self._room_seen_at >= ROOM_BELIEVED_S:
            self._room_seen_at = now
            try:
                self._has_room = shutil.disk_usage(self._folder).free >= LEAST_FREE_BYTES
            except OSError:
                self._has_room = False
        return self._has_room


def sweep(folder: Path, most_bytes: int, most_files: int, is_stopped: Callable[[], bool] = lambda: False) -> None:
    """Delete the oldest tiles of a folder above its limits; on any thread. Files that cannot be deleted stay."""
    leaves = list(_leaves(folder))
    sizes, files = 0, 0
    for leaf in leaves:
        if is_stopped():
            return
        for _, size, _ in _stored(leaf):
            sizes, files = sizes + size, files + 1
    kept_bytes, kept_files = most_bytes / max(sizes, 1), most_files / max(files, 1)
    if kept_bytes >= 1.0 and kept_files >= 1.0:
        return
    for leaf in leaves:  # tiles lie in them by a hash: each has its share of the old ones
        if is_stopped():
            return
        _drop_oldest(leaf, kept_bytes * SWEPT_TO, kept_files * SWEPT_TO)


def _leaves(folder: Path) -> Iterator[Path]:
    for leaf, _, files in os.walk(folder):
        if files:
            yield Path(leaf)


def _stored(leaf: Path) -> Iterator[tuple[float, int, str]]:
    """(time of writing or last use, bytes, path) of each tile in a folder."""
    try:
        with os.scandir(leaf) as entries:
            for entry in entries:
                if ENDING in entry.name and entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    yield max(status.st_mtime, status.st_atime), status.st_size, entry.path
    except OSError:  # another window sweeps too
        return


def _drop_oldest(leaf: Path, kept_bytes: float, kept_files: float) -> None:
    """Delete the oldest files of a folder down to these shares of its bytes and files."""
    tiles = sorted(_stored(leaf))
    bytes_left, files_left = sum(size for _, size, _ in tiles) * kept_bytes, len(tiles) * kept_files
    for _, size, path in reversed(tiles):
        bytes_left, files_left = bytes_left - size, files_left - 1
        if bytes_left < 0 or files_left < 0:
            with suppress(OSError):  # it is being read, or gone already
                os.unlink(path)


def host_of_url(url: QUrl) -> str:
    """ "name" or "name:port", as `viewer.network.consent` writes hosts: in ASCII."""
    host = url.host(QUrl.ComponentFormattingOption.FullyEncoded).lower()
    host = f"[{host}]" if ":" in host else host
    return host if url.port() < 0 else f"{host}:{url.port()}"
