"""The file work of a session, run in jobs: read a case with a lock and a working copy, and publish it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

import sample_data
from layers.disk.patience import within
from layers.document.document import Document
from layers.errors import CaseInUse, GeoloupeError, NotAllowed, SaveFailed
from layers.project.opening.case_paths import CaseHome, bring_home
from layers.project.opening.case_process import Asks, CaseInline, CaseProcess
from layers.project.saving.kept_bytes import ShareDone, no_progress
from layers.project.saving.lock import CaseLock
from layers.project.saving.recovery import copy_of_session, may_be_open_elsewhere
from layers.project.saving.working_copy import WorkingCopy
from viewer.app.case.case_watch import CaseWatch
from viewer.app.case.made_ahead import MadeAhead

if TYPE_CHECKING:
    from layers.project.opening.intake import Intake


ANSWER_S = 3.0
"""Longest wait for a drive to answer: after that it may be gone."""


class OpenedCase(Struct, frozen=True):
    """A case as it was read, with absolute paths. `holder`: name of another holder of its lock; empty for none."""

    intake: Intake
    ahead: MadeAhead
    home: CaseHome
    work: WorkingCopy | None
    lock: CaseLock | None
    holder: str
    looked_at: str = ""
    """Sentence on why the case is read-only, as there is no room for a working copy; empty where it can be edited."""

    def let_go(self, but: CaseLock | None) -> None:
        """Release lock and working copy of a case that is not opened after all.

        `but`: a lock on the same file that stays in use.
        """
        if self.work is not None:
            self.work.close(keep=False)
        let_go(self.lock, but)


def let_go(lock: CaseLock | None, but: CaseLock | None) -> None:
    """Release a lock that is not needed after all; where `but` is one on the same file, that stands for it."""
    if lock is not None and but is not None:
        but.stand_for(lock)
    elif lock is not None:
        lock.release()


class SaveRequest(Struct, frozen=True):
    """A save to `path` with a view of the map. `lock` is our lock on `path`, or None where there is none yet."""

    path: Path
    viewport_json: str
    overwrite: bool
    lock: CaseLock | None
    user: str = ""
    """Name by which others see the holder of a new lock."""


def read_and_lock(
    path: Path,
    target: Path | None,
    sessions: Path | None,
    *,
    accept_damage: bool = False,
    ready: CaseProcess | None = None,
    watch: CaseWatch | None = None,
    user: str = "",
) -> OpenedCase:
    """Read a case in a process of its own, set its lock, and make a working copy.

    `target`: the file to lock, to which the case will be saved, in the name `user`; None for an unsaved copy.
    `sessions`: folder of working copies; None for neither lock nor working copy.
    `accept_damage`: read what is left of a damaged case.
    `ready`: a process that was started ahead; None for a new one.
    `watch`: follows the opening.

    Where there is no room for a working copy, the case is opened read-only. Raises what `read_case` raises; nothing
    stays locked then.
    """
    from layers.project.opening.intake import read_case  # for start-up time, as below: most begin without a case
    from layers.project.saving.case_copy import open_for_work

    asks: Asks
    if ready is None and path == sample_data.path("demo.gpkg"):
        asks = CaseInline()  # it came with the code that reads it, which is trusted no more than it is
    else:
        asks = process = ready or CaseProcess()
        if watch is not None:
            watch.may_end(process.interrupt)
    lock, holder = None, ""
    if target is not None and sessions is not None:
        lock = CaseLock(target, user=user)
        held_by = lock.acquire()
        if held_by is not None:
            lock, holder = None, str(held_by)
    try:
        if sessions is None:
            intake = read_case(path, accept_damage=accept_damage, asks=asks, watch=watch)
            home = bring_home(intake.document, path.parent)
            return OpenedCase(intake, MadeAhead.of(intake.document), home, None, None, "")
        try:
            intake, work, home = open_for_work(
                sessions, path, as_copy=target is None, accept_damage=accept_damage, asks=asks, watch=watch
            )
        except (SaveFailed, NotAllowed) as error:
            intake = read_case(path, accept_damage=accept_damage)
            if lock is not None:
                lock.release()
            home = bring_home(intake.document, path.parent)
            ahead = MadeAhead.of(intake.document)
            return OpenedCase(intake, ahead, home, None, None, holder, looked_at=str(error))
    except BaseException as error:
        asks.close()  # else whoever reads with it closes it, once the copy of a large case is made
        if isinstance(error, GeoloupeError) and lock is not None:
            lock.release()
        raise
    return OpenedCase(intake, MadeAhead.of(intake.document), home, work, lock, holder)


class ResumedCase(Struct, frozen=True):
    """A recovered session of a crash. `holder`: name of another holder of its file's lock; empty for none."""

    work: WorkingCopy
    document: Document
    ahead: MadeAhead
    home: CaseHome
    lock: CaseLock | None
    holder: str

    def let_go(self, but: CaseLock | None) -> None:
        """Release the lock and keep the session for a later recovery.

        `but`: a lock on the same file that stays in use.
        """
        self.work.close(keep=True)
        let_go(self.lock, but)


def resume_work(folder: Path, user: str = "") -> ResumedCase:
    """Recover a session of a crash and lock its file. One that may be open on another computer is copied first.

    `user`: the name by which others see the holder of the lock.

    Raises what `WorkingCopy.resume` and `copy_of_session` raise.
    """
    work = WorkingCopy.resume(copy_of_session(folder) if may_be_open_elsewhere(folder) else folder)
    document, target = work.read_document(), work.target
    ahead = MadeAhead.of(document)
    if target is None:
        return ResumedCase(work, document, ahead, CaseHome(), None, "")
    home, lock = bring_home(document, target.parent), CaseLock(target, user=user)
    try:
        held_by = within(ANSWER_S, lock.acquire)
    except TimeoutError:
        return ResumedCase(work, document, ahead, home, None, "")  # out of reach: the save will say so
    return (
        ResumedCase(work, document, ahead, home, lock, "")
        if held_by is None
        else ResumedCase(work, document, ahead, home, None, str(held_by))
    )


def lock_anyway(path: Path, user: str = "") -> CaseLock:
    """Take the lock of a case, even from another holder. Raises NotAllowed where no lock can be set."""
    lock = CaseLock(path, user=user)
    lock.take_over()
    if not lock.is_mine:
        raise NotAllowed(
            "“{name}” cannot be taken over: its folder takes no files. Save under another name.", name=path.name
        )
    return lock


def publish_and_lock(work: WorkingCopy, request: SaveRequest, progress: ShareDone = no_progress) -> CaseLock:
    """Save the case and return the lock on its file; `progress` takes the share of its bytes that is done.

    Raises what `publish` raises, and `CaseInUse` where somebody else has that file open.
    """
    from layers.project.saving.publish import publish  # for start-up time

    lock = request.lock
    if lock is None:
        lock = CaseLock(request.path, user=request.user)
        holder = lock.acquire()
        if holder is not None:
            raise CaseInUse(
                "“{name}” is open elsewhere ({holder}). Save under another name.", name=request.path.name, holder=holder
            )
    if request.viewport_json:
        work.set_meta("viewport", request.viewport_json)
    try:
        publish(work, request.path, overwrite=request.overwrite, progress=progress)
    except GeoloupeError:
        if lock is not request.lock:
            lock.release()
        raise
    return lock


def write_from_memory(document: Document, path: Path, base: Path | None, user: str = "") -> CaseLock:
    """Save a document that has no working copy; `base` is the case that it was read from. Raises as `publish`."""
    from layers.project.saving.publish import write_case  # for start-up time

    lock = CaseLock(path, user=user)
    holder = lock.acquire()
    if holder is not None:
        raise CaseInUse(
            "“{name}” is open elsewhere ({holder}). Save under another name.", name=path.name, holder=holder
        )
    try:
        write_case(document, path, base=base)
    except GeoloupeError:
        lock.release()
        raise
    return lock
