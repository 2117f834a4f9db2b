"""The real window while system calls on the case and its working copy fail, one after the other.

``python -m tests.support.faults.window_faults FOLDER SEED COUNT edits``, or ``saves``, or names of works, with
failing_calls.so preloaded, makes COUNT edits, undos and saves by mouse and keyboard, each with one call failing, or all
from one on. It prints a line of JSON for each: what was done, which call failed and how, what was said, and what was
wrong.
"""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import sqlite3
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from tests.support.faults.failing_calls import ALL, CHANGES, FOR_EVER, SHORT, SYNCS, WRITES, FailingCalls

DEADLINE_S = 20.0
AT_ONCE = 8
"""So many calls of a work are tried before it is another's turn."""
NONE = 1 << 30
"""Number of a call that never comes."""
TOLD_S = 5.0
"""An edit is on the disk or told of by then, on a busy machine."""


class Kind(Struct, frozen=True):
    """The way in which a call fails."""

    name: str
    error: int
    times: int = 1
    of: int = ALL


KINDS = (
    Kind("EIO", errno.EIO),
    Kind("ENOSPC", errno.ENOSPC, of=CHANGES | SYNCS),
    Kind("short write", SHORT, of=WRITES),
    Kind("EIO of all that follow", errno.EIO, FOR_EVER),
    Kind("ENOSPC of all that follow", errno.ENOSPC, FOR_EVER, CHANGES),
    Kind("EACCES", errno.EACCES, of=CHANGES),
)


def main(words: list[str]) -> int:
    """Try until COUNT calls have failed."""
    folder, seed, count = Path(words[0]), int(words[1]), int(words[2])
    desk = Desk(folder)
    chance, done = random.Random(seed), 0
    works = {"edits": desk.EDITS, "saves": desk.SAVES}.get(words[3], words[3:])
    orders = [(work, kind) for work in works for kind in KINDS]
    chance.shuffle(orders)
    while done < count:
        for work, kind in orders[: count - done]:
            done += desk.try_work(work, kind, chance, count - done)
    return 0


class Desk:
    """The window with one case, saved in `folder`."""

    def __init__(self, folder: Path) -> None:
        from PySide6.QtCore import QPoint  # late: readers import this module again
        from PySide6.QtWidgets import QApplication

        from layers.pool.pool import ReaderPool
        from layers.project.saving import case_writer
        from tests.support.analyst import Analyst
        from viewer.app.program import Program, StartOptions
        from viewer.support.settings import Settings, sessions_folder

        self._point, self._events = QPoint, QApplication.processEvents
        case_writer.IDLE_CHECKPOINT_S = 0.03  # so that the work that waits for a quiet second is tried too
        self._told: list[str] = []
        settings = Settings.of_user()
        settings.set("new_on_world", False)
        pool = ReaderPool(workers=1, inline=True)
        pool.start()
        self._program = Program(pool, StartOptions(size=(1280, 860)))
        sys.excepthook = lambda kind, error, place: self._heard(kind, error, place)
        threading.excepthook = lambda args: self._heard(args.exc_type, args.exc_value, args.exc_traceback)
        sys.unraisablehook = lambda args: self._heard(args.exc_type, args.exc_value, args.exc_traceback)
        self.window = self._program.window
        self.window.resize(1280, 860)
        self.window.show()
        self._names = file_names(self.window)
        self.window.ask = self._names
        self.analyst = Analyst(self.window, self.wait)
        self.analyst.come_back()
        self._folder = folder / "cases"
        self._folder.mkdir()
        self._case = self._folder / "case.gpkg"
        self.watched = (self._folder, sessions_folder())
        """The folders in which calls fail: of the cases, and of their working copies."""
        self.calls = FailingCalls(*self.watched)
        self._clicks = 0
        self._counts: dict[tuple[str, int], int] = {}
        self._begin()

    def _heard(self, kind: Any, error: Any, place: Any) -> None:
        self._told.append("".join(traceback.format_exception(kind, error, place)))

    def _begin(self) -> None:
        """A new case with a mark, saved."""
        self._case = self._folder / f"case {time.monotonic_ns()}.gpkg"
        self.window.session.close()
        self.settle()
        self.analyst.menu("File", "New Case")
        self.settle()
        self._mark()
        self._names.to_write = self._case
        self._save()
        self.settle()
        assert self._case.is_file(), self._lines()

    # -- works, as a person does them -------------------------------------------------------------------------------

    def _mark(self) -> None:
        """A point by the mouse."""
        self._clicks += 1
        count = len(self.window.session.document.sites)
        self.wait(self.analyst.canvas.isVisible)
        self.analyst.keys("P", self.analyst.canvas)
        size = self.analyst.canvas.size() / 2
        self.analyst.click(
            self._point(
                size.width() // 2 + self._clicks * 37 % size.width(),
                size.height() // 2 + self._clicks * 53 % size.height(),
            )
        )
        self.wait(lambda: len(self.window.session.document.sites) > count)

    def _label(self) -> None:
        """A name typed into the form of the mark that is selected."""
        from viewer.panels.sites.site_form import SiteFormPanel  # late: see above

        self._clicks += 1
        form = self.analyst.panel(SiteFormPanel)
        field = form.fields.fields["label"]
        if not field.isVisible():
            self.window.selection.set(list(self.window.session.document.sites)[:1])
            self.window.docks.show_panel("panel_site")
            self.settle()
        self.analyst.type_into(field, f"name {self._clicks}")

    def _undo(self) -> None:
        self.analyst.keys("Ctrl+Z", self.analyst.canvas)

    def _undo_and_redo(self) -> None:
        self._undo()
        self.settle()
        self.analyst.keys("Ctrl+Shift+Z", self.analyst.canvas)

    def _delete(self) -> None:
        self.window.selection.set(list(self.window.session.document.sites)[-1:])
        self.analyst.keys("Del", self.analyst.canvas)

    def _save(self) -> None:
        self.analyst.keys("Ctrl+S", self.analyst.canvas)

    def _mark_and_save(self) -> None:
        """No waiting in between: the save drains what is on its way."""
        self._mark()
        self._save()

    def _save_as(self) -> None:
        self.analyst.keys("Ctrl+Shift+S", self.analyst.canvas)

    def _new_case_and_mark(self) -> None:
        """The working copy is made while calls fail."""
        self.window.session.close()
        self.window.file_menu.new_case()
        self.settle()
        self._mark()

    EDITS = ("mark", "label", "undo", "undo_and_redo", "delete", "mark_quietly", "new_case_and_mark")
    """Works on the case in memory; `_quietly` is followed by a quiet moment, in which the working copy is tidied up."""
    SAVES = ("save", "mark_and_save", "save_as")

    # -- trials -----------------------------------------------------------------------------------------------------

    def try_work(self, work: str, kind: Kind, chance: random.Random, most: int) -> int:
        """Let calls of a work fail, some of all that there are; how many failed."""
        count = self._counts.get((work, kind.of))
        if count is None:  # once with none failing: nothing may be wrong then
            told = self._try(work, kind, NONE)
            print(json.dumps(told), flush=True)
            count = self._counts[work, kind.of] = told["of"]
        done = 0
        for number in sorted(chance.sample(range(1, count + 1), min(count, most, AT_ONCE))):
            told = self._try(work, kind, number)
            print(json.dumps(told), flush=True)
            done += bool(told["failed"])
        return done

    def _try(self, work: str, kind: Kind, number: int) -> dict[str, Any]:
        start = time.monotonic()
        wrong: list[str] = []
        try:
            self.prepare(work)
            self._told.clear()
            old = self._bytes()
            self.calls.arm(number, kind.error, kind.times, kind.of)
            self.act(work)
            self.settle()
            if work.endswith("_quietly") or kind.times > 1:  # a look at the working copy would fail too
                self._quiet_moment()
            if kind.times == 1:
                wrong += self._written_or_told()
        except TimeoutError as error:
            wrong.append(f"it hangs: {error}")
            old = None
        seen, failed, name = self.calls.seen, self.calls.failed, self.calls.name
        said = self._lines()
        self.calls.disarm()
        if kind.times > 1:
            wrong += self._written_or_told()
        if failed:
            wrong += self._judge(old, said)
        try:
            wrong += self._goes_on()
            wrong += self._left_behind(name, kind)
        except (TimeoutError, AssertionError) as error:
            wrong.append(f"it does not go on: {error}")
        wrong += self._told
        if wrong:
            self._anew()
        return {
            "work": work,
            "kind": kind.name,
            "number": number,
            "of": seen,
            "failed": failed,
            "call": name,
            "said": said,
            "wrong": wrong,
            "seconds": round(time.monotonic() - start, 3),
        }

    def act(self, work: str) -> None:
        """Do a work by mouse and keyboard."""
        act: Callable[[], None] = getattr(self, f"_{work.removesuffix('_quietly')}")
        act()

    def take_told(self) -> list[str]:
        """The exceptions that left the program since the last call."""
        told, self._told = self._told, []
        return told

    def prepare(self, work: str) -> None:
        """Bring the window to where the work begins."""
        if not self.window.session.document.sites:
            self._mark()
            self.settle()
        if work in ("undo", "undo_and_redo", "save", "save_as"):
            self._mark()
            self.settle()
            self.wait(self.is_written)
        if work in ("save_as", "new_case_and_mark"):
            self._case = self._folder / f"{work} {time.monotonic_ns()}.gpkg"
            self._names.to_write = self._case

    def _judge(self, old: bytes | None, said: list[str]) -> list[str]:
        """What is wrong after a failure: with the file, with the working copy, with the words."""
        wrong = [f"no sentence: {line[:300]}" for line in said if "Traceback" in line or "\n" in line]
        session = self.window.session
        now = self._bytes()
        if now is None:
            if old is not None:
                wrong.append("the file is gone")
        elif now != old:
            try:
                if rows_of(self.read(self._case)) != rows_of(session.document):
                    wrong.append("the file is new, and another than the document")
            except Exception as error:  # noqa: BLE001 - whatever it is, the file is no case
                wrong.append(f"the file is neither old nor new: {error!r}")
        is_safe = self.is_written()
        if not is_safe and not said:
            wrong.append("an edit is not on the disk, and nothing is said")
        if (
            old is not None
            and now == old
            and not session.is_dirty
            and rows_of(self.read(self._case)) != rows_of(session.document)
        ):
            wrong.append("the window takes for saved what is not")
        if len(said) > 1:
            wrong.append(f"more than one sentence: {said}")
        if is_safe and not said:  # else what was refused is being written meanwhile
            wrong += self._lost_unsaid()
        return wrong

    def _lost_unsaid(self) -> list[str]:
        """What a crash would lose, and goes on to lose without a word: an undo and a redo lead to what is written
        already, while they are on their way to the disk themselves.
        """
        end = time.monotonic() + TOLD_S
        while (lost := self._recovers()) and not self._lines():
            if time.monotonic() > end:
                return lost
            self._events()
        return []

    def _recovers(self) -> list[str]:
        """What a crash now would lose of what is on the disk."""
        work = self.window.session.working_copy
        if work is None:
            return []
        from layers.project.saving.recovery import recoverable  # late: see above
        from layers.project.saving.working_copy import WorkingCopy
        from tests.support.sessions import as_a_crash_leaves_it

        apart = self._folder.with_name("crash") / "sessions"
        shutil.rmtree(apart, ignore_errors=True)
        apart.mkdir(parents=True)
        try:
            crashed = as_a_crash_leaves_it(work.folder)
        except OSError as error:
            return [f"no session to recover: {error}"]
        crashed = Path(shutil.move(crashed, apart / "crashed"))
        offered = recoverable(apart)
        is_in_file = self._bytes() is not None and rows_of(self.read(self._case)) == rows_of(
            self.window.session.document
        )
        if not offered:
            return [] if is_in_file else ["after a crash nothing is offered"]
        again = WorkingCopy.resume(crashed)
        rows = rows_of(again.read_document())
        again.close(keep=True)
        return [] if rows == rows_of(self.window.session.document) else ["after a crash something is lost"]

    def _goes_on(self) -> list[str]:
        """The next edit and the next save, on a sound disk."""
        self._mark()
        self.settle()
        wrong = self._written_or_told()
        self._case = self.window.session.target or self._case
        self._names.to_write = self._case
        self._save()
        self.settle()
        if self.window.session.is_dirty:
            return [*wrong, f"it cannot be saved afterwards: {self._lines()}"]
        if rows_of(self.read(self._case)) != rows_of(self.window.session.document):
            wrong.append("what was saved afterwards is not the document")
        if lines := self._lines():
            wrong.append(f"said although all is well again: {lines}")
        return wrong

    def _left_behind(self, name: str, kind: Kind) -> list[str]:
        """Unfinished files that are still there. Where they could not be deleted the next start of the program does."""
        left = [path for path in self._folder.iterdir() if path.name.startswith(".")]
        for path in left:
            path.unlink()
        is_excused = kind.times > 1 or name.startswith("unlink")
        return [] if is_excused or not left else [f"left behind: {[path.name for path in left]}"]

    def _anew(self) -> None:
        """Another case, so that one fault is told once."""
        for line in self.window.messages.lines():
            self.window.messages.dismiss(line)
        self._begin()

    # -- looking ----------------------------------------------------------------------------------------------------

    def _written_or_told(self) -> list[str]:
        """Wait until the last edit is on the disk, or it was said that it is not."""
        end = time.monotonic() + TOLD_S
        while time.monotonic() < end:
            self._events()
            if self._lines() or self.is_written():
                return []
            time.sleep(0.002)
        return [f"an edit is neither on the disk nor told of after {TOLD_S:g} s"]

    def is_written(self) -> bool:
        """True where the document is in the working copy, as another process would find it."""
        work = self.window.session.working_copy
        if work is None:
            return False
        try:
            return rows_of(read_work(work.path)) == rows_of(self.window.session.document)
        except (sqlite3.Error, OSError):  # the call that was to fail may be one of this look
            return False

    def _quiet_moment(self) -> None:
        end = time.monotonic() + 0.15
        while time.monotonic() < end:
            self._events()
            time.sleep(0.002)

    def _bytes(self) -> bytes | None:
        try:
            return self._case.read_bytes()
        except OSError:
            return None

    def read(self, path: Path) -> Any:
        from layers.project.opening.case_process import CaseInline  # late: see above
        from layers.project.opening.intake import read_case

        if not path.exists():
            return None
        return read_case(path, asks=CaseInline()).document

    def _lines(self) -> list[str]:
        """What is said about a failure."""
        return [line.text for line in self.window.messages.lines() if line.level != "info"]

    def settle(self) -> None:
        self.wait(self.window.is_idle)

    def wait(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + DEADLINE_S
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"waited {DEADLINE_S:g} s for {holds}")
            self._events()
            time.sleep(0.001)


def file_names(window: Any) -> Any:
    """The program's own questions, but for the dialog of file names."""
    from viewer.app.desktop.questions import Questions, Unsaved  # late: see above

    class FileNames(Questions):
        to_write: Path | None = None

        def case_to_write(self, suggestion: Path) -> Path | None:
            return self.to_write

        def unsaved(self, title: str) -> Unsaved:
            return Unsaved.DISCARD

    return FileNames(window)


def read_work(path: Path) -> Any:
    """The document in a working copy that another thread writes."""
    from contextlib import closing  # late: see above

    from layers.project.opening.rows import OwnTables, read_rows

    with closing(sqlite3.connect(path, timeout=1)) as connection:
        return read_rows(OwnTables(connection), None).document


def rows_of(document: Any) -> dict[str, dict[str, dict[str, str]]]:
    """All rows of a document as text, but for those that no edit makes."""
    from layers.document.edit import TABLES  # late: see above

    if document is None:
        return {}
    return {
        table: {
            uuid: {name: str(value) for name, value in asdict(row).items()}
            for uuid, row in document.table(table).items()
        }
        for table in TABLES
        if table != "meta"
    }


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        code = main(sys.argv[1:])
    except BaseException:  # noqa: BLE001 - the door of this script; the hooks are taken
        traceback.print_exc()
        code = 2
    sys.stdout.flush()
    os._exit(code)
