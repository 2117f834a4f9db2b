"""Who holds the file of the open case: this program, by a lock beside it, or somebody else."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from layers.project.saving.lock import CaseLock
from viewer.app.case_files import lock_anyway
from viewer.app.file_work import FileWork
from viewer.support.messages import MessageAction, Messages
from viewer.support.patience import within

KEY = "lock"
RELEASE_S = 0.15
"""Less than a person notices."""


class CaseHold(QObject):
    """A case without a file, and one that nobody may write, is held by nobody."""

    changed = Signal()
    take_over_wanted = Signal()
    """The analyst would rather save a case that somebody else has open: warn, then `take_over`."""

    def __init__(self, files: FileWork, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._files, self._messages = files, messages
        self._path: Path | None = None
        self._lock: CaseLock | None = None
        self._holder = ""

    @property
    def holder(self) -> str:
        """Who else has the case open, as far as that is known; empty for nobody, and once it was taken over."""
        return self._holder

    def lock_of(self, path: Path) -> CaseLock | None:
        """Our lock of this file; None where we have none."""
        return self._lock if path == self._path else None

    def hold(self, path: Path | None, lock: CaseLock | None, holder: str = "") -> None:
        """The case is in this file now, by our lock or while `holder` has it; what was held before is let go."""
        is_the_same = lock is not None and self._lock is not None and lock.path == self._lock.path
        if not is_the_same:  # else the file that says so would be gone
            self.release()
        self._path, self._lock, self._holder = path, lock, holder
        self._messages.clear(KEY)
        if holder:
            self.say_held()

    def release(self) -> None:
        """Let go of the file. A drive that is gone is not waited for: a lock of a dead process is nobody's."""
        lock, self._lock = self._lock, None
        if lock is not None:
            with suppress(TimeoutError):
                within(RELEASE_S, lock.release)

    def take_over(self) -> None:
        """Hold the case that somebody else has open: it is saved here from now on, never over a save unasked."""
        path, holder = self._path, self._holder
        if path is None or not holder:
            return

        def done(lock: CaseLock) -> None:
            if self._path != path or not self._holder:
                lock.release()  # another case is open by now
                return
            self._lock, self._holder = lock, ""
            said = self.tr("Taken over from {0}. Should both save, the later of the two is asked first.")
            self._messages.show(KEY, said.format(holder), "info")
            self.changed.emit()

        self._files.run(KEY, lambda: lock_anyway(path), done, title=self.tr("Taking over"))

    def say_held(self) -> None:
        """That somebody else has the case, and what can be done about it."""
        sentence = self.tr("This case is open elsewhere ({0}): it can be read here, and saved under another name.")
        take = MessageAction(self.tr("Take Over…"), self.take_over_wanted.emit)
        self._messages.show(KEY, sentence.format(self._holder), "warning", take)
