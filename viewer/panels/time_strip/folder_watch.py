"""Watches folders for new, changed and removed files, by notices of the system, else by polling."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

SETTLE_MS = 1500
"""Milliseconds without a notice before `changed`, as copied files come in many pieces."""
POLL_MS = 60_000
"""Milliseconds between polls: network drives send no notices, and a file rewritten in place has none."""
MOST_WATCHED = 1000
"""Most folders watched by the system, which limits them; the others are polled."""
AT_ONCE = 20
"""Folders that are given to the system in one turn of the event loop."""


class FolderWatch(QObject):
    """Watches folders. `changed` is emitted when something may be new below them. For the window's thread only."""

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
        """The folders with notices of the system."""
        return self._watcher.directories()

    @property
    def is_due(self) -> bool:
        """True while folders are still to be given to the system, or a notice is pending."""
        return self._feed.isActive() or self._settle.isActive()

    def watch(self, folders: Sequence[str]) -> None:
        """Watch these folders from now on, and no others."""
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
        batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        if batch:
            self._watcher.addPaths(batch)  # those that the system refuses are looked at now and then
        if not self._waiting:
            self._feed.stop()

    def _heard(self, _folder: str) -> None:
        self._settle.start()
