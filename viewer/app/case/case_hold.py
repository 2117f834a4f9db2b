"""The lock on the file of the open case, held by this program or by another holder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from layers.disk.patience import within
from layers.project.saving.lock import CaseLock, LockLoss
from viewer.app.case.case_files import let_go, lock_anyway
from viewer.app.case.file_work import FileWork
from viewer.support.language.translation import in_language
from viewer.support.messages import MessageAction, Messages

KEY = "lock"
LOOK_MS = 3000
RELEASE_S = 0.15
"""Longest wait for a drive when a lock is released: shorter than a person notices."""


class CaseHold(QObject):
    """Holds the lock of the open case and watches for a take-over by another holder.

    A case without a file, or in a file that cannot be written, has no holder.
    """

    changed = Signal()
    take_over_wanted = Signal()
    """The analyst wants to save a case that another holder has open: warn, then call `take_over`."""

    def __init__(self, files: FileWork, messages: Messages, named: Callable[[], str], parent: QObject) -> None:
        """`named`: returns the name by which others see who holds the case."""
        super().__init__(parent)
        self._files, self._messages, self._named = files, messages, named
        self._path: Path | None = None
        self._lock: CaseLock | None = None
        self._holder = ""
        self._is_looking = False
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self.look_again)

    @property
    def holder(self) -> str:
        """Name of another holder who has the case open; empty for none, and once the case was taken over."""
        return self._holder

    def lock_of(self, path: Path) -> CaseLock | None:
        """Our lock of this file; None where we have none."""
        return self._lock if path == self._path else None

    def hold(self, path: Path | None, lock: CaseLock | None, holder: str = "") -> None:
        """Hold another file for the case, by our `lock` or while `holder` has it. The file before is released."""
        if lock is not None and self._lock is not None and lock.path == self._lock.path:
            lock.stand_for(self._lock)  # released, the file that says so would be gone
        else:
            self.release()
        self._path, self._lock, self._holder = path, lock, holder
        if lock is not None:
            self._look.start()
        self._messages.clear(KEY)
        if holder:
            self.say_held()

    def look_again(self) -> None:
        """Check whether another holder has taken the case over, and say so once."""
        lock = self._lock
        if lock is None or self._is_looking:
            return
        self._is_looking = True

        def looked(loss: LockLoss | None) -> None:
            self._is_looking = False
            if loss is not None and self._lock is lock:
                self._say_lost(loss)

        self._files.look(lock.lost, looked)

    def _say_lost(self, loss: LockLoss) -> None:
        if loss.holder is None:
            sentence = self.tr(
                "Somebody else had this case open, or removed its lock, and has let go of it: it is held here again. "
                "Should they have saved it, you are asked before your save replaces theirs."
            )
            self._messages.show(KEY, sentence, "warning")
            return
        self._look.stop()
        sentence = self.tr(
            "{0} has taken this case over. Save it under another name, or agree who goes on: of two who save, the "
            "later is asked first."
        )
        self._messages.show(KEY, sentence.format(in_language(str(loss.holder))), "warning")

    def release(self) -> None:
        """Release the lock. It does not wait for a drive that is gone: the lock of a dead process binds nobody."""
        self._look.stop()
        lock, self._lock = self._lock, None
        if lock is not None:
            with suppress(TimeoutError):
                within(RELEASE_S, lock.release)

    def let_go(self, path: Path, lock: CaseLock) -> None:
        """Release a lock that came when another case was open by now; where that is in the same file, its own stays."""
        let_go(lock, self.lock_of(path))

    def take_over(self) -> None:
        """Take the case over from its holder, to save it here. Replacing a save of the holder still asks first."""
        path, holder, user = self._path, self._holder, self._named()
        if path is None or not holder:
            return

        def done(lock: CaseLock) -> None:
            if self._path != path or not self._holder:
                self.let_go(path, lock)
                return
            self._lock, self._holder = lock, ""
            self._look.start()
            sentence = self.tr("Taken over from {0}. If both save, the second is asked first.")
            self._messages.show(KEY, sentence.format(in_language(holder)), "info")
            self.changed.emit()

        self._files.run(KEY, lambda: lock_anyway(path, user), done, title=self.tr("Taking over"))

    def say_held(self) -> None:
        """Say that another holder has the case open, and offer to take it over."""
        sentence = self.tr("This case is open elsewhere ({0}): it can be read here, and saved under another name.")
        take = MessageAction(self.tr("Take Over…"), self.take_over_wanted.emit)
        self._messages.show(KEY, sentence.format(in_language(self._holder)), "warning", take)
