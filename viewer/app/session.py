"""The open case: its document, its history, its working copy, and the file they are saved to.

All file work is done by jobs; a call returns at once and its end is told by signals, by `then`, or by a message line.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from layers.document.document import Document
from layers.document.edit import Edit
from layers.errors import CaseChangedOnDisk, GeoloupeError
from layers.project.lock import CaseLock
from layers.project.recovery import RecoverableSession, recoverable
from layers.project.working_copy import WorkingCopy
from viewer.app.case_files import OpenedCase, SaveWish, lock_anyway, publish_and_lock, read_and_lock
from viewer.app.journal import CaseJournal
from viewer.commands.history import History
from viewer.support.jobs import JobContext, Jobs
from viewer.support.messages import MessageAction, Messages
from viewer.support.settings import Settings

type Then = Callable[[], None]


class Session(QObject):
    """One case at a time. `sessions` None keeps no working copy and no list of recent cases: for pictures."""

    opening = Signal(object)
    """The Path of a case that is about to be read."""
    document_replaced = Signal()
    state_changed = Signal()
    """Title, dirtiness, what can be undone, or work in progress."""
    changed_on_disk = Signal()
    """A save was refused because somebody else has saved the file: the analyst must choose."""
    take_over_wanted = Signal()
    """The analyst would rather save a case that somebody else has open: warn, then `take_over`."""

    def __init__(
        self,
        jobs: Jobs,
        messages: Messages,
        settings: Settings,
        sessions: Path | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs, self._messages, self._settings, self._sessions = jobs, messages, settings, sessions
        self._target: Path | None = None
        self._lock: CaseLock | None = None
        self._title = self._holder = ""
        self._is_begun = self._is_recovered = self._is_read_only = False
        self._work_under_way = 0
        self.document = Document()
        self._journal = CaseJournal(self._make_working_copy)
        self.history = History(self.document, self._journal, self.actor, self)
        self.history.changed.connect(self.state_changed)
        self.viewport_json: Callable[[], str] = str
        """What a save keeps of the map's place; given by the window."""
        self.before_save: Callable[[], None] = lambda: None
        """Commits what is typed but not entered; given by the window."""

    # -- what stands -------------------------------------------------------------------------------------------

    @property
    def actor(self) -> str:
        """Who edits: the name of the settings, else the login name."""
        return self._settings.get("author") or _login_name()

    @property
    def target(self) -> Path | None:
        """The file a save goes to; None before the first."""
        return self._target

    @property
    def title(self) -> str:
        if self._title:
            return self._title
        named = self.document.meta("title")
        return named or (self._target.stem if self._target else self.tr("New case"))

    @property
    def working_copy(self) -> WorkingCopy | None:
        return self._journal.work

    @property
    def is_dirty(self) -> bool:
        """True where closing would lose something that no file holds."""
        return self._is_recovered or not self.history.is_clean()

    @property
    def is_read_only(self) -> bool:
        """True where the file may be read but not replaced: a save asks for another name."""
        return self._is_read_only

    @property
    def holder(self) -> str:
        """Who else has the case open, as far as that is known; empty for nobody, and once it was taken over."""
        return self._holder

    @property
    def is_begun(self) -> bool:
        """False as long as nobody has opened, made or added anything."""
        return self._is_begun or self.history.stack.count() > 0

    @property
    def is_idle(self) -> bool:
        return self._work_under_way == 0

    @property
    def base_folder(self) -> Path | None:
        """What relative paths of layers are relative to."""
        return self._target.parent if self._target else None

    # -- edits -------------------------------------------------------------------------------------------------

    def push(self, edit: Edit) -> None:
        """Apply an edit as one undo step. Raises InvalidEdit, with nothing changed."""
        self.history.push(edit)

    def push_or_say(self, edit: Edit) -> None:
        """`push` for tools: a refusal goes to the message line."""
        try:
            self.push(edit)
        except GeoloupeError as error:
            self._messages.show("edit", error.sentence, "warning")

    def undo(self) -> None:
        self._walk(self.history.undo)

    def redo(self) -> None:
        self._walk(self.history.redo)

    def _walk(self, step: Then) -> None:
        try:
            step()
        except GeoloupeError as error:
            self._messages.show("edit", error.sentence, "warning")

    # -- begin -------------------------------------------------------------------------------------------------

    def new_case(self) -> None:
        """An empty case without a file."""
        self._release()
        self._adopt(Document(), None)
        self._is_begun = True
        self._make_working_copy()  # now, so that the first edit is as durable as the second
        self.document_replaced.emit()
        self.state_changed.emit()

    def open_case(
        self,
        path: Path,
        then: Then | None = None,
        failed: Callable[[GeoloupeError], None] | None = None,
        *,
        copy_title: str = "",
    ) -> None:
        """Read a case and make it the open one. With `copy_title` it is an unsaved copy under that title."""

        def read(context: JobContext) -> OpenedCase:
            return read_and_lock(path, None if copy_title else path, self._sessions)

        def done(opened: OpenedCase) -> None:
            self._end_work()
            self._install(opened, None if copy_title else path, copy_title)
            if then is not None:
                then()

        self.opening.emit(path)
        self._run(read, done, "open", self.tr("Opening {0}").format(path.name), failed)

    def recover(self, folder: Path, then: Then | None = None) -> None:
        """Take up a crashed session: open as it was, recovered and unsaved."""

        def resume(context: JobContext) -> tuple[WorkingCopy, Document]:
            work = WorkingCopy.resume(folder)
            return work, work.read_document()

        def done(found: tuple[WorkingCopy, Document]) -> None:
            work, document = found
            self._end_work()
            self._release()
            self._adopt(document, work.target)
            self._attach(work)
            self._is_begun = self._is_recovered = True
            self.document_replaced.emit()
            self.state_changed.emit()
            self._messages.show("recovered", self.tr("Recovered, not yet saved: look it over, then save it."), "info")
            if then is not None:
                then()

        self._run(resume, done, "open", self.tr("Recovering"))

    def find_recoverable(self, found: Callable[[list[RecoverableSession]], None]) -> None:
        """Look for crashed sessions and hand them to `found`."""
        sessions = self._sessions
        if sessions is None:
            return

        def done(cases: list[RecoverableSession]) -> None:
            self._end_work()
            found(cases)

        self._run(lambda context: recoverable(sessions), done, "recover", "")

    # -- save --------------------------------------------------------------------------------------------------

    def save(self, then: Then | None = None, *, overwrite: bool = False) -> None:
        """Publish to the target; `overwrite` also where somebody else has saved it since.

        Without a target, or where it may not be replaced, use `save_as`.
        """
        assert self._target is not None, "save needs a target; ask for a name and call save_as"
        self._publish(self._target, then, overwrite)

    def save_as(self, path: Path, then: Then | None = None) -> None:
        """Publish to another file and go on with that one."""
        self._publish(path, then)

    def _publish(self, path: Path, then: Then | None, overwrite: bool = False) -> None:
        self.before_save()
        if self._journal.work is None:
            self._make_working_copy(lambda: self._publish(path, then, overwrite))
            return
        wish = SaveWish(path, self.viewport_json(), overwrite, self._lock if path == self._target else None)
        work, state = self._journal.work, self.history.state()

        def write(context: JobContext) -> CaseLock:
            return publish_and_lock(work, wish)

        def done(held: CaseLock) -> None:
            self._end_work()
            self._saved(path, state, held)
            if then is not None:
                then()

        self._run(write, done, "save", self.tr("Saving {0}").format(path.name))

    def _saved(self, path: Path, state: int, held: CaseLock) -> None:
        if self._lock is not None and self._lock is not held:
            self._lock.release()
        self._lock, self._target, self._title = held, path, ""
        self._is_recovered, self._is_read_only, self._holder = False, False, ""
        for key in ("save", "lock"):
            self._messages.clear(key)
        self._messages.clear("recovered")
        self._remember(path)
        self.history.mark_saved(state)

    def take_over(self) -> None:
        """Hold the case that somebody else has open: it is saved here from now on, never over a save unasked."""
        target, holder = self._target, self._holder
        if target is None or not holder:
            return

        def done(lock: CaseLock) -> None:
            self._end_work()
            if self._target != target or not self._holder:
                lock.release()  # another case is open by now
                return
            self._lock, self._holder, self._is_read_only = lock, "", False
            said = self.tr("Taken over from {0}. Should both save, the later of the two is asked first.")
            self._messages.show("lock", said.format(holder), "info")
            self.state_changed.emit()

        self._run(lambda context: lock_anyway(target), done, "lock", self.tr("Taking over"))

    def say_held(self) -> None:
        """That somebody else has the case, and what can be done about it."""
        sentence = self.tr("This case is open elsewhere ({0}): it can be read here, and saved under another name.")
        take = MessageAction(self.tr("Take Over…"), self.take_over_wanted.emit)
        self._messages.show("lock", sentence.format(self._holder), "warning", take)

    # -- end ---------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Give the case up; what was not saved is gone (the window has asked)."""
        self._release()
        self._adopt(Document(), None)
        self.document_replaced.emit()
        self.state_changed.emit()

    def shutdown(self, *, keep: bool) -> None:
        """The last act: make all edits durable and let go of the files. `keep` leaves a session to recover."""
        self._release(keep=keep)

    # ----------------------------------------------------------------------------------------------------------

    def _install(self, opened: OpenedCase, target: Path | None, title: str) -> None:
        self._release()
        self._adopt(opened.intake.document, target)
        if opened.work is not None:
            self._attach(opened.work)
        self._lock, self._title = opened.lock, title
        self._is_begun, self._is_read_only = True, opened.intake.read_only or bool(opened.holder)
        self._messages.clear("open")
        self._holder = opened.holder
        if opened.holder:
            self.say_held()
        for number, problem in enumerate(opened.intake.problems):
            self._messages.show(f"intake-{number}", problem, "warning")
        if target is not None:
            self._remember(target)
        self.document_replaced.emit()
        self.state_changed.emit()

    def _adopt(self, document: Document, target: Path | None) -> None:
        self.document, self._target, self._title, self._holder = document, target, "", ""
        self._messages.clear("lock")
        self._is_begun = self._is_recovered = self._is_read_only = False
        self._journal = CaseJournal(self._make_working_copy)
        self.history.attach(document, self._journal, self.actor)

    def _release(self, *, keep: bool = False) -> None:
        work = self._journal.detach()
        if work is not None:
            work.close(keep=keep)
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _make_working_copy(self, then: Then | None = None) -> None:
        """For a case that has none yet; edits wait in the journal meanwhile. One is made, however often it is asked."""
        sessions, journal, target = self._sessions, self._journal, self._target
        if sessions is None:
            return
        if then is not None:
            journal.then.append(then)
        if journal.is_being_made:
            return
        journal.is_being_made = True
        empty = Document()  # all edits of this document wait in the journal

        def create(context: JobContext) -> WorkingCopy:
            return WorkingCopy.create(sessions, empty, target=target)

        def not_made(error: GeoloupeError) -> None:
            journal.is_being_made = False  # the next edit or save tries again
            journal.then.clear()

        def done(work: WorkingCopy) -> None:
            self._end_work()
            if journal is not self._journal:
                work.close(keep=False)
                return
            self._attach(work)
            for go_on in journal.then:
                go_on()
            journal.then.clear()

        self._run(create, done, "working copy", "", not_made)

    def _attach(self, work: WorkingCopy) -> None:
        self._messages.clear("working copy")
        work.on_failure(lambda sentence: self._jobs.mailbox.post(self._say_not_durable, sentence))
        self._journal.attach(work)

    def _say_not_durable(self, sentence: str) -> None:
        self._messages.show("working copy", sentence, "error")

    def _remember(self, path: Path) -> None:
        if self._sessions is not None:
            self._settings.add_recent(path)

    def _run[T](
        self,
        work: Callable[[JobContext], T],
        done: Callable[[T], None],
        key: str,
        title: str,
        also: Callable[[GeoloupeError], None] | None = None,
    ) -> None:
        def failed(error: GeoloupeError) -> None:
            self._end_work()
            self._messages.show(key, error.sentence, "error")
            if isinstance(error, CaseChangedOnDisk):
                self.changed_on_disk.emit()
            if also is not None:
                also(error)

        self._work_under_way += 1
        self._jobs.run(work, done, failed, title)

    def _end_work(self) -> None:
        self._work_under_way -= 1


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
