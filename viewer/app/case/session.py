"""The open case: its document, its history, its working copy, and the file they are saved to.

All file work is done by jobs: a call returns at once, and signals, `then` or a message line report its end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from layers.document.document import Document
from layers.document.edit import TABLES, Edit
from layers.errors import CaseChangedOnDisk, CaseDamaged, FileMissing, GeoloupeError, InvalidEdit, NotAllowed
from layers.project.opening.case_paths import CaseHome
from layers.project.opening.case_process import CaseProcess
from layers.project.opening.opening_watch import Glimpse
from layers.project.saving.blobs import read_blobs
from layers.project.saving.kept_bytes import KeptBytes
from layers.project.saving.later_history import RecordedHistory
from layers.project.saving.lock import CaseLock
from layers.project.saving.recovery import RecoverableSession, recoverable, recoverable_of
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.tables import DATA
from viewer.app.case.analyst import Analyst
from viewer.app.case.case_files import (
    OpenedCase,
    ResumedCase,
    SaveRequest,
    publish_and_lock,
    read_and_lock,
    resume_work,
    write_from_memory,
)
from viewer.app.case.case_hold import CaseHold
from viewer.app.case.case_watch import CaseWatch, screen_px
from viewer.app.case.file_work import FileWork
from viewer.app.case.journal import CaseJournal
from viewer.app.case.made_ahead import MadeAhead
from viewer.app.case.undo_offer import UndoOffer
from viewer.commands.history import History
from viewer.commands.shipped_world import case_on_world
from viewer.support.jobs import JobCancelled, JobContext, Jobs
from viewer.support.language.translation import in_language
from viewer.support.messages import MessageAction, Messages
from viewer.support.settings import Settings

type Then = Callable[[], None]


class KeepBlob(Protocol):
    """Stores the bytes of a row of a table, in its usual column or another."""

    def __call__(self, table: str, uuid: str, data: bytes, column: str = ...) -> None: ...


class OpenDocument(Struct, frozen=True, eq=False):
    """A document as it was opened."""

    document: Document
    base_folder: Path | None
    """Folder to which relative paths of its layers refer; None before the first save."""
    ahead: MadeAhead | None
    """Index and lists that the opening job made with it; the map owns the index from then on."""


class Session(QObject):
    """The open case, one at a time. With `sessions` None, for pictures, it has no working copy and no recent cases."""

    opening = Signal(object)
    """Path of a case that is about to be read."""
    glimpsed = Signal(object)
    """Glimpse of a case that is still being opened, to be shown early; None where it was not opened after all."""
    document_replaced = Signal()
    """Another document is open and not shown yet: listeners drop all that belongs to the former case."""
    document_opened = Signal(object)
    """`OpenDocument` that the map and the panels take up now, after `document_replaced`."""
    document_shown = Signal()
    """Map and panels show the document; emitted after `document_opened`."""
    saved = Signal(object)
    """Canonical Path of the file in which the case was saved."""
    recovered = Signal()
    """The open case is a session recovered from a crash; emitted after `document_shown`."""
    state_changed = Signal()
    """Title, unsaved changes, undo steps or work in progress have changed."""
    changed_on_disk = Signal()
    """A save was refused, as the file was saved elsewhere meanwhile: the analyst must choose."""
    save_as_wanted = Signal()
    """The file does not answer while it is being saved, and the analyst asks to save under another name."""

    def __init__(
        self,
        jobs: Jobs,
        messages: Messages,
        settings: Settings,
        sessions: Path | None,
        parent: QObject | None = None,
        ready: CaseProcess | None = None,
    ) -> None:
        super().__init__(parent)
        self._ready = ready
        """Reading process started ahead for the first case that is opened."""
        self._messages, self._settings, self._sessions = messages, settings, sessions
        self._files = FileWork(jobs, messages)
        self.analyst = Analyst(settings, self, asks=sessions is not None)
        self.analyst.changed.connect(self._name_anew)
        self.hold = CaseHold(self._files, messages, lambda: self.actor, self)
        self.hold.changed.connect(self.state_changed)
        self._target: Path | None = None
        self._title, self._project_uuid = "", str(uuid4())
        self.home = CaseHome()
        """Folder from which the case was read, or to which it was saved since."""
        self._is_begun = self._is_recovered = self._keeps_file = False
        self._looked_at = ""
        """Why the open case is read-only for lack of a working copy; empty where it can be edited."""
        self._coming = ""
        """Name of a case that is shown while it is still being opened; empty for none."""
        self._saves_asked = self._saves_done = 0
        self.document = Document()
        self._journal = CaseJournal(self._files, sessions, None, self._project_uuid)
        self._journal_before: CaseJournal | None = None
        self.history = History(self.document, self._journal, self.actor, self)
        self.history.changed.connect(self.state_changed)
        self.undo_offer = UndoOffer(self.history, self.undo, messages, self)

    # -- what stands -------------------------------------------------------------------------------------------

    @property
    def actor(self) -> str:
        """Name of the person who edits, as stated; empty for nobody named."""
        return self.analyst.name

    def _name_anew(self) -> None:
        self.history.set_actor(self.actor)

    @property
    def target(self) -> Path | None:
        """File of the case; None before its first save."""
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
    def project_uuid(self) -> str:
        """Identifier of the case, whatever its file is called."""
        return self._journal.work.project_uuid if self._journal.work is not None else self._project_uuid

    @property
    def is_dirty(self) -> bool:
        """True where closing would lose changes that no file holds."""
        return self._is_recovered or not self.history.is_clean()

    @property
    def is_read_only(self) -> bool:
        """True where the file may be read but not replaced: a save asks for another name."""
        return self._keeps_file or bool(self.hold.holder) or bool(self._looked_at)

    @property
    def is_begun(self) -> bool:
        """True once a case was opened or begun, or something was added."""
        return self._is_begun or self.history.stack.count() > 0

    @property
    def is_idle(self) -> bool:
        return self._files.is_idle

    @property
    def base_folder(self) -> Path | None:
        """Folder to which relative paths of layers refer; None before the first save."""
        return self._target.parent if self._target else None

    def kept_bytes(self) -> KeptBytes:
        """Return the bytes of kept copies and chips, for any thread. Raises NotAllowed without a working copy."""
        work = self._journal.work
        if work is None:
            raise NotAllowed(self.tr("There is no working copy yet to keep files in: save the case first."))
        return KeptBytes(work.blobs, work.awaited_base)

    def recorded_history(self) -> RecordedHistory | None:
        """The history with all edits; None without a working copy. It waits for the disk: not for the window."""
        if (work := self._journal.awaited()) is None:
            return None
        work.drain()
        return RecordedHistory(work.path, lambda: work.history_under_way, work.await_history)

    def blob_keeper(self) -> KeepBlob:
        """Return a function that stores the bytes of a row of any table durably, before the row. It waits for a
        working copy that is being made: call it in any thread but the window's.
        """
        journal = self._journal
        if journal.work is None:
            journal.make()

        def keep(table: str, uuid: str, data: bytes, column: str = DATA) -> None:
            work = journal.awaited()
            if work is None:
                raise NotAllowed(self.tr("There is no working copy yet to keep files in: save the case first."))
            work.blobs.put(table, uuid, data, column)

        return keep

    def blob_reader(self) -> Callable[[str, Sequence[str], str], dict[str, bytes]]:
        """Return a function that reads the bytes in one column of a table's rows by uuid. It blocks; for any thread."""
        work = self._journal.work

        def read(table: str, uuids: Sequence[str], column: str) -> dict[str, bytes]:
            if work is None:
                return {}
            try:
                return read_blobs(work.blobs, work.base, table, uuids, column)
            except OSError as error:
                raise FileMissing(
                    "The bytes of the case cannot be read: {strerror}.", strerror=error.strerror or error
                ) from error

        return read

    # -- edits -------------------------------------------------------------------------------------------------

    def push(self, edit: Edit) -> None:
        """Apply an edit as one undo step. Raises InvalidEdit, with nothing changed."""
        self._check_editable()
        self.history.push(edit)

    def complete(self, edit: Edit, uuid: str) -> None:
        """Apply an edit that completes the last one: as part of its undo step where that changed the row `uuid`.

        Raises InvalidEdit, with nothing changed.
        """
        self._check_editable()
        (self.history.amend if self.history.touches(uuid) else self.history.push)(edit)

    def _check_shown(self) -> None:
        """Raise InvalidEdit while the map shows another case than the one that would be edited."""
        if self._coming:
            raise InvalidEdit(self.tr("Nothing was changed: {0} is still being opened.").format(self._coming))

    def _check_editable(self) -> None:
        self._check_shown()
        if self._looked_at:
            raise InvalidEdit(self.tr("Nothing was changed: this case is read only. Save it elsewhere first."))

    def push_or_say(self, edit: Edit) -> bool:
        """Apply an edit as `push` does, but report a refusal in the message line. True where it was applied."""
        return self._or_say(partial(self.push, edit))

    def undo(self) -> None:
        self._or_say(self.history.undo, self._check_shown)

    def redo(self) -> None:
        self._or_say(self.history.redo, self._check_shown)

    def _or_say(self, step: Then, check: Then = lambda: None) -> bool:
        try:
            check()
            step()
        except GeoloupeError as error:
            self._messages.show("edit", error.sentence, "warning")
            return False
        return True

    # -- begin -------------------------------------------------------------------------------------------------

    def begin_case(self) -> None:
        """Begin a new case by the analyst's setting: on the shipped world map, or empty."""
        self.new_case(case_on_world(self.actor) if self._settings.get("new_on_world") else None)

    def new_case(self, begun_with: Document | None = None) -> None:
        """Begin a case without a file: empty, or with the rows of `begun_with`, which undo never removes."""
        begun_with = begun_with or Document()
        rows = {table: begun_with.table(table).values() for table in TABLES}
        self._take_up(Document(rows), None, begun_with=begun_with)
        self._is_begun = True
        self._journal.make()  # now, so that the first edit is as durable as the second
        self._tell_replaced()

    def open_case(
        self,
        path: Path,
        then: Then = lambda: None,
        failed: Callable[[GeoloupeError], None] = lambda error: None,
        *,
        copy_title: str = "",
        accept_damage: bool = False,
    ) -> None:
        """Read a case in a job, and make it the open one.

        `then`: called once it is open; `failed`: called with the error where it is not.
        `copy_title`: title of an unsaved copy; empty to open the file itself.
        `accept_damage`: open what is left of a damaged case; without it, a message offers that.
        """
        target = None if copy_title else path
        was_edited = self._edited_since()
        watch = CaseWatch(path.name, screen_px(), lambda glimpse: self._files.post(self._glimpse, watch, glimpse))
        ended = partial(self._not_opened, watch, failed)

        def done(opened: OpenedCase) -> None:
            if was_edited():
                opened.let_go(but=self.hold.lock_of(path))
                ended(self._keep_edited(path.name))
                return
            watch.is_over = True
            self._install(opened, target, copy_title)
            then()

        def refused(error: GeoloupeError) -> None:
            if isinstance(error, CaseDamaged) and not accept_damage:
                what_is_left = partial(self.open_case, path, then, failed, copy_title=copy_title, accept_damage=True)
                action = MessageAction(self.tr("Open What Is Left"), what_is_left)
                self._messages.show("open", error.sentence, "error", action)
            ended(error)

        def given_up(opened: OpenedCase | None) -> None:
            if opened is not None:
                opened.let_go(but=self.hold.lock_of(path))
            ended(JobCancelled(self.tr("{0} was not opened: that was stopped.").format(path.name)))

        def read(context: JobContext) -> OpenedCase:
            watch.begin(context)
            return read_and_lock(
                *(path, target, self._sessions),
                accept_damage=accept_damage,
                ready=ready,
                watch=watch,
                user=user,
            )

        self.opening.emit(path)
        (ready, self._ready), user = (self._ready, None), self.actor
        title = self.tr("Opening {0}").format(path.name)
        self._files.run_stoppable("open", read, done, refused, title, watch.stop, given_up)

    def _glimpse(self, watch: CaseWatch, glimpse: Glimpse) -> None:
        if not watch.is_over:
            self._coming = watch.name
            self.glimpsed.emit(glimpse)

    def _not_opened(self, watch: CaseWatch, failed: Callable[[GeoloupeError], None], error: GeoloupeError) -> None:
        watch.is_over = True
        if self._coming == watch.name:
            self._coming = ""
            self._messages.clear("edit")
            self.glimpsed.emit(None)
        failed(error)

    def recover(
        self,
        folder: Path,
        then: Then = lambda: None,
        failed: Callable[[GeoloupeError], None] = lambda error: None,
        *,
        case: Path | None = None,
    ) -> None:
        """Recover the crashed session in `folder` as it was, still unsaved.

        `then`, `failed`: as for `open_case`. `case`: the file of the session, where that is known.
        """
        if case is not None:
            self.opening.emit(case)  # it may be what makes the program crash
        was_edited = self._edited_since()

        def done(resumed: ResumedCase) -> None:
            work, target = resumed.work, resumed.work.target
            if was_edited():
                resumed.let_go(but=None if target is None else self.hold.lock_of(target))
                failed(self._keep_edited(target.name if target else self.tr("The session")))
                return
            self._take_up(resumed.document, target, resumed.lock, resumed.holder)
            self.home = resumed.home
            self._journal.attach(work)
            self._is_begun, self._is_recovered, self._keeps_file = True, True, work.is_damaged
            self._tell_replaced(resumed.ahead)
            self.recovered.emit()
            self._messages.show(
                "recovered", self.tr("Recovered, but not saved yet: check it, then save it."), "warning"
            )
            then()

        self._files.run("open", partial(resume_work, folder, self.actor), done, failed, self.tr("Recovering"))

    def find_recoverable(self, done: Callable[[list[RecoverableSession]], None]) -> None:
        """Look for crashed sessions and pass them to `done`."""
        if self._sessions is not None:
            self._files.run("recover", partial(recoverable, self._sessions), done)

    def recoverable_of(self, case: Path) -> RecoverableSession | None:
        """Return the newest crashed session of a case; None for none. It reads files: call it in a job."""
        return None if self._sessions is None else recoverable_of(self._sessions, case)

    def forget_session(self, folder: Path, then: Then) -> None:
        """Discard a crashed session: it is kept for a while as a closed one, and offered no more."""
        self._files.run("recover", lambda: WorkingCopy.resume(folder).close(keep=False), lambda _: then())

    # -- save --------------------------------------------------------------------------------------------------

    def save(self, then: Then = lambda: None, *, overwrite: bool = False, viewport_json: str = "") -> None:
        """Save to `target`; with `overwrite` even where the file was saved elsewhere since.

        Without a target, or where it may not be replaced, use `save_as`. `viewport_json` is the view of the map to
        keep; empty leaves the view that the case has.
        """
        assert self._target is not None, "save needs a target; ask for a name and call save_as"
        self._publish(self._target, then, viewport_json, overwrite)

    def save_as(self, path: Path, then: Then = lambda: None, *, viewport_json: str = "") -> None:
        """Save to another file and continue with that one; `then` and `viewport_json` as for `save`."""
        self._publish(path, then, viewport_json)

    def _publish(self, path: Path, then: Then, viewport_json: str, overwrite: bool = False) -> None:
        work, state = self._journal.work, self.history.state()
        from_memory = partial(self._write_from_memory, path, then)
        if work is None and self._looked_at:
            from_memory()
            return
        if work is None:
            self._journal.make(partial(self._publish, path, then, viewport_json, overwrite), from_memory)
            return
        journal, lock = self._journal, self.hold.lock_of(path)
        request = SaveRequest(path, viewport_json, overwrite, lock, self.actor)
        journal.save_begins()
        self._saves_asked += 1
        number = self._saves_asked

        def done(saved: tuple[CaseLock, Path]) -> None:
            lock, place = saved
            journal.save_ended()
            is_newest, self._saves_done = number > self._saves_done, max(number, self._saves_done)
            if self._journal.work is work and is_newest:
                self._saved(path, state, lock, place)
                then()
                return
            self.hold.let_go(path, lock)
            sentence = self.tr("{0} was saved all the same: saving it was under way when the case was closed.")
            if self._journal.work is work:
                sentence = self.tr("{0} was saved all the same, as it was when it did not answer.")
            self._messages.show("save", sentence.format(path.name), "info")

        def failed(error: GeoloupeError) -> None:
            journal.save_ended()
            if self._journal.work is work and isinstance(error, CaseChangedOnDisk):
                self.changed_on_disk.emit()

        def write(context: JobContext) -> tuple[CaseLock, Path]:
            return publish_and_lock(work, request, context.progress), path.resolve()

        late = partial(self._say_late, path)
        self._files.run_told("save", write, done, failed, self.tr("Saving {0}").format(path.name), late)

    def _say_late(self, path: Path) -> None:
        """Say that the save is late: the edits are safe in the working copy, and another file can be chosen."""
        sentence = self.tr(
            "{0} is not saved yet: its drive does not answer. Nothing is lost; save elsewhere meanwhile."
        )
        action = MessageAction(self.tr("Save As…"), self.save_as_wanted.emit)
        self._messages.show("save", sentence.format(path.name), "warning", action)

    def _write_from_memory(self, path: Path, then: Then) -> None:
        """Save without a working copy, where none can be made: another disk may still have room for the case itself."""
        document, state, user = self.document, self.history.state(), self.actor
        base = self._target if self._looked_at else None
        snapshot = Document({table: document.table(table).values() for table in TABLES})

        def done(saved: tuple[CaseLock, Path]) -> None:
            lock, place = saved
            if self.document is document:
                self._saved(path, state, lock, place)
                then()
            else:
                lock.release()

        def write() -> tuple[CaseLock, Path]:
            return write_from_memory(snapshot, path, base, user), path.resolve()

        self._files.run("save", write, done, title=self.tr("Saving {0}").format(path.name))

    def _saved(self, path: Path, state: int, lock: CaseLock, place: Path) -> None:
        """Record that the case is saved in `path`; `place` is that file with links resolved."""
        self.home = replace(self.home, folder=str(place.parent))
        self._target, self._title = path, ""
        self._is_recovered = self._keeps_file = False
        self.history.mark_saved(state)  # before all that others may see or hinder: the file is there
        self.hold.hold(path, lock)
        for key in ("save", "recovered"):
            self._messages.clear(key)
        self._remember(path)
        self.state_changed.emit()
        self.saved.emit(place)

    # -- end ---------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the case without saving: the window has asked about changes before."""
        self._take_up(Document(), None)
        self._tell_replaced()

    def shutdown(self, *, keep: bool) -> None:
        """Make all edits durable and release the files as the program ends. `keep` leaves a session to recover."""
        self._journal.close(keep=keep, at_once=True)
        if self._journal_before is not None:
            self._journal_before.wait_closed()
        self.hold.release()
        if self._ready is not None:
            self._ready.close()

    # ----------------------------------------------------------------------------------------------------------

    def _install(self, opened: OpenedCase, target: Path | None, title: str) -> None:
        self._take_up(opened.intake.document, target, opened.lock, opened.holder)
        self.home, self._project_uuid = opened.home, opened.intake.project_uuid if target is not None else ""
        if opened.work is not None:
            self._journal.attach(opened.work)
        self._title, self._is_begun, self._keeps_file = title, True, opened.intake.read_only
        self._looked_at = opened.looked_at
        if opened.looked_at:
            sentence = self.tr("This case is read only, because no working copy of it can be made. {0}")
            self._messages.show("looked at", sentence.format(in_language(opened.looked_at)), "warning")
        for number, problem in enumerate(opened.intake.problems):
            self._messages.show(f"intake-{number}", problem, "warning")
        if target is not None:
            self._remember(target)
        self._tell_replaced(opened.ahead)
        if opened.work is not None and target is not None:
            self._judge_rest(opened.work, target.name)

    def _judge_rest(self, work: WorkingCopy, name: str) -> None:
        """Have the pictures and kept files of a large case judged and copied, now that it is shown."""
        title = self.tr("Checking chips and files of {0}").format(name)
        self._files.run_beside(lambda context: work.judge_rest(context.progress), self._found_damaged, title)

    def _found_damaged(self, error: GeoloupeError) -> None:
        """Say that bytes in the file of the open case are damaged: from now on it is saved elsewhere only."""
        self._keeps_file = True
        rest = self.tr("Sites and words are whole. What you change is saved under another name; this file is kept.")
        self._messages.show("open", f"{in_language(error.sentence)} {rest}", "error")
        self.state_changed.emit()

    def _take_up(
        self,
        document: Document,
        target: Path | None,
        lock: CaseLock | None = None,
        holder: str = "",
        begun_with: Document | None = None,
    ) -> None:
        """Replace the open document by another, and release the working copy and the file of the one before."""
        self._coming = ""
        self._messages.end_case()
        self._files.begin_case()
        self._journal.close(keep=False)
        self._journal_before = self._journal
        self.hold.hold(target, lock, holder)
        self.document, self._target, self._title = document, target, ""
        self.home, self._project_uuid = CaseHome(), str(uuid4())
        self._is_begun = self._is_recovered = self._keeps_file = False
        self._looked_at = ""
        self._messages.clear("looked at")
        self._journal = CaseJournal(self._files, self._sessions, target, self._project_uuid, begun_with)
        self.history.attach(document, self._journal, self.actor)

    def _edited_since(self) -> Callable[[], bool]:
        """Return a check for edits made from now on, which opening another case would replace without a question."""
        history, state = self.history, self.history.state()
        document = self.document

        def was_edited() -> bool:
            is_the_same = self.document is document and history.state() == state
            return not is_the_same and self.is_dirty

        return was_edited

    def _keep_edited(self, name: str) -> GeoloupeError:
        sentence = self.tr("{0} was not opened: this case was changed meanwhile. Save it, then open the other again.")
        self._messages.show("open", sentence.format(name), "warning")
        return GeoloupeError(sentence.format(name))

    def _tell_replaced(self, ahead: MadeAhead | None = None) -> None:
        self.document_replaced.emit()
        self.document_opened.emit(OpenDocument(self.document, self.base_folder, ahead))
        self.document_shown.emit()
        self.state_changed.emit()

    def _remember(self, path: Path) -> None:
        if self._sessions is not None:
            self._settings.add_recent(path)
