"""Writes a product step by step: painting in the window's thread a little at a time, everything else in jobs.

A format is a generator. Each value it yields is waited for, while the event loop runs.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct, field
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal

from layers.errors import ExportFailed, GeoloupeError, SaveFailed, TooLarge
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Profile, Request
from layers.project.storage.fsops import move_whole, scratch_folder
from layers.project.storage.save_errors import save_error
from layers.requests.question import Question
from viewer.export.not_complete import not_complete
from viewer.export.plates.printed import Printed
from viewer.support.jobs import Job, Jobs

PATIENCE_S = 120.0
"""Most seconds that a part of the map may take until it is complete."""
READER_DEADLINE_S = 600.0
LOOK_MS = 2
STEP_S = 0.008
"""Seconds of painting between two turns of the event loop; the step that passes them is finished."""


class Pending(Protocol):
    """Work in progress that a format waits for."""

    @property
    def is_done(self) -> bool:
        """True once it need not be waited for any more. Raises ExportFailed where it takes too long."""
        ...


class Awaited[T](Struct, eq=False):
    """The result of a job or of a reader, once it is there."""

    is_done: bool = False
    _result: T | None = None
    _error: GeoloupeError | None = None

    def arrived(self, result: T) -> None:
        self._result, self.is_done = result, True

    def broke(self, error: GeoloupeError) -> None:
        self._error, self.is_done = error, True

    def answered(self, found: T | GeoloupeError) -> None:
        if isinstance(found, GeoloupeError):
            self.broke(found)
        else:
            self.arrived(found)

    @property
    def result(self) -> T:
        """Return the result. Raises what went wrong."""
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]  # None is a result of work that gives none


class Readiness(Struct, eq=False):
    """Waits for the map in a part of a page to be complete."""

    printed: Printed
    page: int
    is_there: Callable[[], bool]
    begun: float = field(default_factory=time.monotonic)

    @property
    def is_done(self) -> bool:
        if self.is_there():
            return True
        if time.monotonic() - self.begun > PATIENCE_S:
            raise not_complete(self.printed.waits_for(self.page))
        return False


type Steps = Iterator[Pending | None]
"""Steps of a format; None continues at the next turn of the event loop."""


def result_of[T](awaited: Awaited[T]) -> Generator[Pending, None, T]:
    """Wait for a job or a reader and return its result. Raises what went wrong."""
    yield awaited
    return awaited.result


def paced(steps: Iterator[None]) -> Steps:
    """Group small steps so that a turn of the event loop does a few milliseconds of them."""
    end = time.perf_counter() + STEP_S
    for _step in steps:
        if time.perf_counter() > end:
            yield None
            end = time.perf_counter() + STEP_S
    yield None


class _Asked(Struct, eq=False):
    """A question that waits for its turn; None until it is made."""

    question: Question | None = None
    is_under_way: bool = False
    ended: Awaited[None] = field(default_factory=Awaited)


class Workshop:
    """The jobs and readers that a format uses, and the folder in which it makes its files."""

    def __init__(self, jobs: Jobs, pool: ReaderPool, folder: Path, target: Path) -> None:
        self._jobs, self._pool = jobs, pool
        self.folder = folder
        self.target = target
        self._in_order: deque[_Asked] = deque()

    def job[T](self, work: Callable[[], T]) -> Awaited[T]:
        """Run work that touches no widget on another thread."""
        found: Awaited[T] = Awaited()
        self._run(work, found.arrived, found.broke)
        return found

    def ask(self, question: Question) -> Awaited[Answer]:
        """Ask the reader that may write into our folder."""
        found: Awaited[Answer] = Awaited()
        self._ask(question, found.answered)
        return found

    def then_ask(self, prepare: Callable[[], Question]) -> Awaited[None]:
        """Make a question in a job, then ask it; several in the order of the calls."""
        one = _Asked()
        self._in_order.append(one)

        def prepared(question: Question) -> None:
            one.question = question
            self._ask_next()

        self._run(prepare, prepared, one.ended.broke)
        return one.ended

    def _ask_next(self) -> None:
        if self._in_order and self._in_order[0].question is not None and not self._in_order[0].is_under_way:
            one = self._in_order[0]
            one.is_under_way = True

            def answered(result: Answer | GeoloupeError) -> None:
                self._in_order.popleft()
                if isinstance(result, GeoloupeError):
                    one.ended.broke(result)
                else:
                    one.ended.arrived(None)
                    self._ask_next()

            assert one.question is not None
            self._ask(one.question, answered)

    def _run[T](
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[GeoloupeError], None]
    ) -> None:
        def run(_: Any) -> T:
            try:
                return work()
            except OSError as error:
                reason = save_error(error, self.target)
                raise (ExportFailed(reason.sentence) if type(reason) is SaveFailed else reason) from error

        self._jobs.run(run, done, failed)

    def _ask(self, question: Question, answered: Callable[[Answer | GeoloupeError], None]) -> None:
        def done(result: Answer | GeoloupeError) -> None:  # on a supervisor's thread
            self._jobs.mailbox.post(answered, result)

        self._pool.submit(Request(question, done, "", READER_DEADLINE_S, Profile.WRITER))


class FormatWriter(Protocol):
    """Writes a product into files of `shop.folder` and appends them to `made`, each with its final name."""

    def __call__(self, printed: Printed, shop: Workshop, made: list[tuple[Path, Path]]) -> Steps: ...


type FileMaker = Callable[[Workshop, list[tuple[Path, Path]]], Steps]
"""Writes files step by step as `FormatWriter` does, of a product or of something else."""


class Writing(QObject):
    """Writes one product to its files; for the window's thread only. `fraction` of its job is the progress.

    The files get their names when all of them are whole. None does when it is cancelled, fails or is killed.
    """

    ended = Signal()

    def __init__(
        self,
        target: Path,
        write: FileMaker,
        jobs: Jobs,
        pool: ReaderPool,
        *,
        title: str = "",
        parent: QObject | None = None,
    ) -> None:
        """Begin to write. With a `title` the job is announced in the status bar, and can be cancelled there."""
        super().__init__(parent)
        self.written: list[Path] = []
        self.error: GeoloupeError | None = None
        self._jobs = jobs
        self._scratch = contextlib.ExitStack()
        self._shop = Workshop(jobs, pool, self._scratch.enter_context(scratch_folder()), target)
        self._steps = self._all_of(write)
        self._waits_for: Pending | None = None
        self._is_over = False
        self._job: Job | None = jobs.follow(title, self.cancel) if title else None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._step)
        self._timer.start(0)

    @property
    def is_over(self) -> bool:
        return self._is_over

    def cancel(self) -> None:
        """Cancel it; no new file appears under the name, unless all files were complete already."""
        if not self._is_over:
            self._end(None)

    def clear(self) -> None:
        """Remove the temporary files; call it again where work that continued meanwhile has left something."""
        self._scratch.close()
        shutil.rmtree(self._shop.folder, ignore_errors=True)

    def _all_of(self, write: FileMaker) -> Steps:
        made: list[tuple[Path, Path]] = []
        yield from write(self._shop, made)

        def move() -> None:
            for file, target in made:
                move_whole(file, target)

        yield from result_of(self._shop.job(move))
        self.written = [target for _, target in made]

    def _step(self) -> None:
        try:
            if self._waits_for is not None and not self._waits_for.is_done:
                self._timer.setInterval(LOOK_MS)
                return
            self._timer.setInterval(0)
            self._waits_for = next(self._steps)
        except StopIteration:
            self._end(None)
        except GeoloupeError as error:
            self._end(error)
        except MemoryError:
            self._end(TooLarge("There is not enough memory for a picture of this size: choose a smaller one."))
        except BaseException as error:
            self._end(ExportFailed("The product stopped by an error in the program: {error}.", error=repr(error)))
            raise

    def _end(self, error: GeoloupeError | None) -> None:
        self._is_over = True
        self.error = error
        self._timer.stop()
        self._steps, self._waits_for = iter(()), None  # the page and its tiles are held no longer
        self._jobs.run(lambda _: self.clear())
        if self._job is not None:
            self._jobs.end(self._job)
        self.ended.emit()


def finish(writing: Writing) -> Sequence[Path]:
    """Run the event loop until the writing has ended: for the command line. Raises what went wrong."""
    if not writing.is_over:
        loop = QEventLoop()
        writing.ended.connect(loop.quit)
        loop.exec()
    writing.clear()  # a command that ends now ends the jobs too, those in wait unheard
    if writing.error is not None:
        raise writing.error
    return writing.written
