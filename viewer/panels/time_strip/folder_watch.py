"""Watches folders for new, changed and removed files: told by the system where it can, else by looking now and then."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

SETTLE_MS = 1500
"""Files that are being copied come in many pieces: it is looked once they have stopped coming."""
POLL_MS = 60_000
"""Drives on a network tell nothing, and no system tells that a file was written anew in its place."""
MOST_WATCHED = 1000
"""The system has but so many watches; the folders beyond are looked at now and then."""
AT_ONCE = 20
"""Folders that are handed to the system in one turn of the event loop."""


class FolderWatch(QObject):
    """`changed`: something may be new beneath the folders. The window's thread only."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None, settle_ms: int = SETTLE_MS, poll_ms: int = POLL_MS) -> None:
        super().__init__(parent)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._heard)
        self._waiting: list[str] = []
        self._settle = QTimer(self, singleShot=True, interval=settle_ms)
        self._settle.timeout.connect(self.changed)
        self._poll = QTimer(self, interval=poll_ms)
        self._poll.timeout.connect(self.changed)
        self._feed = QTimer(self, interval=0)
        self._feed.timeout.connect(self._hand_over)

    @property
    def watched(self) -> list[str]:
        """The folders that the system tells of."""
        return self._watcher.directories()

    @property
    def is_due(self) -> bool:
        """True while folders are still to be handed to the system, or something was heard of."""
        return self._feed.isActive() or self._settle.isActive()

    def watch(self, folders: Sequence[str]) -> None:
        """These from now on, and no others."""
        wanted = dict.fromkeys(folders[:MOST_WATCHED])
        gone = [folder for folder in self.watched if folder not in wanted]
        if gone:
            self._watcher.removePaths(gone)
        known = set(self.watched)
        self._waiting = [folder for folder in wanted if folder not in known]
        if self._waiting:
            self._feed.start()
        if folders:
            self._poll.start()
        else:
            self._poll.stop()
            self._settle.stop()

    def _hand_over(self) -> None:
        some, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        if some:
            self._watcher.addPaths(some)  # those that the system refuses are looked at now and then
        if not self._waiting:
            self._feed.stop()

    def _heard(self, _folder: str) -> None:
        self._settle.start()
