"""The file work of a session, as it runs in a job: reading with a lock and a working copy, and publishing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from layers.document.document import Document
from layers.errors import CaseInUse, GeoloupeError, NotAllowed
from layers.project.opening.case_paths import CaseHome, bring_home
from layers.project.opening.intake import Intake, read_case
from layers.project.saving.lock import CaseLock
from layers.project.saving.publish import publish
from layers.project.saving.working_copy import WorkingCopy


@dataclass(frozen=True)
class OpenedCase:
    """A case as it was read, with absolute paths. `holder` names who else has it open; empty for nobody."""

    intake: Intake
    home: CaseHome
    work: WorkingCopy | None
    lock: CaseLock | None
    holder: str

    def let_go(self, but: CaseLock | None) -> None:
        """It is not wanted; `but` is a lock on the same file that goes on."""
        if self.work is not None:
            self.work.close(keep=False)
        if self.lock is not None and but is None:
            self.lock.release()


@dataclass(frozen=True)
class SaveWish:
    """Where to, with which map view; `lock` is ours on `path` already, or None."""

    path: Path
    viewport_json: str
    overwrite: bool
    lock: CaseLock | None


def read_and_lock(path: Path, target: Path | None, sessions: Path | None) -> OpenedCase:
    """Read a case. A `target` is locked; without `sessions` there is neither a lock nor a working copy.

    Raises what `read_case` and `WorkingCopy.create` raise; nothing stays locked then.
    """
    lock, holder = None, ""
    if target is not None and sessions is not None:
        lock = CaseLock(target)
        found = lock.acquire()
        if found is not None:
            lock, holder = None, str(found)
    try:
        intake = read_case(path)
        home = bring_home(intake.document, path.parent)
        if sessions is None:
            return OpenedCase(intake, home, None, None, "")
        mark = intake.fingerprint if target is not None else None
        uuid = intake.project_uuid if target is not None else ""
        work = WorkingCopy.create(sessions, intake.document, target=target, fingerprint=mark, project_uuid=uuid)
    except GeoloupeError:
        if lock is not None:
            lock.release()
        raise
    return OpenedCase(intake, home, work, lock, holder)


def resume_work(folder: Path) -> tuple[WorkingCopy, Document, CaseHome]:
    """Take up a session that a crash left. Raises what `WorkingCopy.resume` raises."""
    work = WorkingCopy.resume(folder)
    document = work.read_document()
    return work, document, CaseHome() if work.target is None else bring_home(document, work.target.parent)


def lock_anyway(path: Path) -> CaseLock:
    """The lock of a case, whoever holds it. Raises NotAllowed where no lock can be set."""
    lock = CaseLock(path)
    lock.take_over()
    if not lock.is_mine:
        raise NotAllowed(f"“{path.name}” cannot be taken over: its folder takes no files. Save under another name.")
    return lock


def publish_and_lock(work: WorkingCopy, wish: SaveWish) -> CaseLock:
    """Save and hold the lock of what was saved. Raises what `publish` raises, and `CaseInUse` for another's case."""
    lock = wish.lock
    if lock is None:
        lock = CaseLock(wish.path)
        holder = lock.acquire()
        if holder is not None:
            raise CaseInUse(f"“{wish.path.name}” is open elsewhere ({holder}). Save under another name.")
    if wish.viewport_json:
        work.set_meta("viewport", wish.viewport_json)
    try:
        publish(work, wish.path, overwrite=wish.overwrite)
    except GeoloupeError:
        if lock is not wish.lock:
            lock.release()
        raise
    return lock
