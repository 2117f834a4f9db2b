"""The journal of the open case: passes edits on to its working copy, and holds them while that is being made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, Thread

from msgspec.structs import replace

from layers.disk.patience import in_a_thread_of_its_own
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.errors import GeoloupeError
from layers.project.saving.working_copy import WorkingCopy
from viewer.app.case.file_work import FileWork

KEY = "working copy"
LARGE_BYTES = 8 << 20
"""Size of a working copy from which it takes the system longer than a frame to delete it."""
LONGEST_DELETING_S = 10.0
"""Seconds for which the end of the program waits until a working copy is deleted; the next start deletes the rest."""
LONGEST_MAKING_S = 30.0
"""Seconds for which who keeps bytes waits until a working copy is made."""

type Then = Callable[[], None]


class CaseJournal:
    """Holds edits until there is a working copy, then passes each on at once. Used on the window's thread only.

    A missing working copy is made at the first edit, so that an untouched case leaves nothing behind. With `sessions`
    None, for pictures, none is ever made. `target` is the file of the case, `project_uuid` its identifier, and
    `begun_with` holds the rows that it had before the first edit.
    """

    def __init__(
        self,
        files: FileWork,
        sessions: Path | None,
        target: Path | None,
        project_uuid: str,
        begun_with: Document | None = None,
    ) -> None:
        self._files, self._sessions, self._target, self._project_uuid = files, sessions, target, project_uuid
        self._begun_with = begun_with or Document()
        self._waiting: list[tuple[Edit, str]] = []
        self._then: list[tuple[Then, Then]] = []
        self._work: WorkingCopy | None = None
        self._is_being_made = self._is_closed = False
        self._is_there = Event()
        self._saves = 0
        self._leaving: WorkingCopy | None = None
        self._going: Thread | None = None
        """The thread that deletes a working copy that was given up."""

    @property
    def work(self) -> WorkingCopy | None:
        return self._work

    def awaited(self) -> WorkingCopy | None:
        """The working copy, once it is made; None where it is not there in time. For any thread but the window's."""
        if self._is_being_made:
            self._is_there.wait(LONGEST_MAKING_S)
        return self._work

    def append(self, edit: Edit, actor: str) -> None:
        if self._work is not None:
            self._work.append(edit, actor)
            return
        self._waiting.append((edit, actor))
        self.make()

    def give_reason(self, row_uuid: str, columns: Sequence[str], reason: str) -> None:
        """Keep the reason of the newest change of a row that touched one of these columns."""
        if self._work is not None:
            self._work.give_reason(row_uuid, columns, reason)
            return
        for place in reversed(range(len(self._waiting))):
            edit, actor = self._waiting[place]
            if any(change.uuid == row_uuid and _touches(change, columns) for change in edit.changes):
                self._waiting[place] = replace(edit, reason=reason), actor
                return

    def make(self, then: Then | None = None, otherwise: Then = lambda: None) -> None:
        """Make the working copy unless it exists or is being made.

        `then` is called once it is there, `otherwise` where it cannot be made.
        """
        sessions, target, project_uuid = self._sessions, self._target, self._project_uuid
        if sessions is None:
            return
        if then is not None:
            self._then.append((then, otherwise))
        if self._is_being_made:
            return
        self._is_being_made = True
        self._is_there.clear()
        begun_with = self._begun_with  # all edits since wait here

        def create() -> WorkingCopy:
            return WorkingCopy.create(sessions, begun_with, target=target, project_uuid=project_uuid)

        self._files.run(KEY, create, self._made, self._not_made)

    def attach(self, work: WorkingCopy) -> None:
        """Send the waiting edits to `work`, then all later ones as they come."""
        self._files.is_well(KEY)
        work.on_failure(self._failed, self._well)
        waiting, self._waiting = self._waiting, []
        for edit, actor in waiting:
            work.append(edit, actor)
        self._work = work  # last, as other threads take it for one that has all edits
        self._is_there.set()

    def save_begins(self) -> None:
        """Keep the working copy until `save_ended`: a save is reading it."""
        self._saves += 1

    def save_ended(self) -> None:
        self._saves -= 1
        leaving = self._leaving
        if leaving is not None and not self._saves:
            self._leaving = None
            self._give_up(leaving)

    def close(self, *, keep: bool, at_once: bool = False) -> None:
        """Make all edits durable and close the working copy; `keep` leaves it for recovery.

        A large one goes in a thread of its own, as the system takes long to delete it; while a save reads it, after
        that. `at_once` closes it now, at the end of the program.
        """
        self._is_closed = True
        work, self._work = self._work, None
        if work is None:
            return
        if self._saves and not at_once:
            self._leaving = work
        elif at_once or keep:
            work.close(keep=keep)
        else:
            self._give_up(work)

    def wait_closed(self) -> None:
        """Wait until a working copy that was given up is deleted, at the end of the program."""
        if self._going is not None:
            self._going.join(LONGEST_DELETING_S)

    def _give_up(self, work: WorkingCopy) -> None:
        if work.disk_bytes() < LARGE_BYTES:
            work.close(keep=False)
        else:
            self._going = in_a_thread_of_its_own(work.close, "working copy leaves")

    def _failed(self, sentence: str) -> None:
        """Report that an edit could not be written, unless the case was given up. Runs on the writer's thread."""
        if not self._is_closed:
            self._files.say(KEY, sentence)

    def _well(self) -> None:
        """Withdraw the failure's message, as the edits have been written after all. Runs on the writer's thread."""
        if not self._is_closed:
            self._files.post(self._files.is_well, KEY)

    def _made(self, work: WorkingCopy) -> None:
        if self._is_closed:
            self._give_up(work)
            return
        self.attach(work)
        going_on, self._then = self._then, []
        for then, _ in going_on:
            then()

    def _not_made(self, error: GeoloupeError) -> None:
        self._is_there.set()  # nobody waits any longer
        self._is_being_made = False  # the next edit or save tries again
        going_on, self._then = self._then, []
        for _, otherwise in going_on:
            otherwise()


def _touches(change: Change, columns: Sequence[str]) -> bool:
    """True where a change altered one of these columns; without any, where it deleted the row."""
    if not columns or change.before is None or change.after is None:
        return not columns and change.after is None
    return any(getattr(change.before, column) != getattr(change.after, column) for column in columns)
