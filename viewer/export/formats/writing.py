"""Writes a product, or other files, in a job: whole or not at all, under names that they get at the end."""

from __future__ import annotations

import logging
import shutil
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QEventLoop, QObject, Signal

from layers.errors import ExportFailed, GeoloupeError, SaveFailed, TooLarge
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Profile, Request
from layers.project.storage.fsops import move_whole, scratch_folder
from layers.project.storage.save_errors import save_error
from layers.requests.question import Question
from viewer.export.page_reader import PageReader, Reply
from viewer.export.printed import Printed
from viewer.support.jobs import JobContext, Jobs

READER_DEADLINE_S = 600.0
HELPERS = 2
"""Threads that pack what is painted; packing lets the interpreter go."""
MOST_HANDED_ON = 3
"""Most pieces of work that wait for the helper threads, or are done by them."""

log = logging.getLogger(__name__)

type Made = Sequence[tuple[Path, Path]]
"""Files in the folder of a workshop, each with its final name."""


class FormatWriter(Protocol):
    """Writes a product into files of `shop.folder`, in a job; returns each with its final name."""

    def __call__(self, printed: Printed, shop: Workshop) -> Made: ...


type FileMaker = Callable[[Workshop], Made]
"""Writes files as `FormatWriter` does, of a product or of something else."""


class Workshop(PageReader):
    """All that a job needs to write files: pages that are read, a folder, helper threads, a reader that may write."""

    def __init__(self, job: JobContext, jobs: Jobs, pool: ReaderPool, folder: Path, target: Path) -> None:
        super().__init__(job, jobs)
        self._pool = pool
        self.folder, self.target = folder, target
        self._helpers = ThreadPoolExecutor(HELPERS, "packing")
        self._in_order = ThreadPoolExecutor(1, "sending")
        self._handed_on: deque[Future[object]] = deque()

    def hand_on(self, work: Callable[[], object], *, in_order: bool = False) -> None:
        """Let a helper thread do some work; waits while the helpers have much to do. Raises errors of earlier work.

        `in_order`: the work is done after all work that was handed on in order before.
        """
        if len(self._handed_on) == MOST_HANDED_ON:
            self.result_of(self._handed_on.popleft())
        helpers = self._in_order if in_order else self._helpers
        self._handed_on.append(helpers.submit(_explain_errors, work, self.target))

    def finish(self) -> None:
        """Wait until all that was handed on is done. Raises its first error."""
        while self._handed_on:
            self.result_of(self._handed_on.popleft())

    def ask(self, question: Question) -> Answer:
        """Ask the reader that may write into the folder. Also for helper threads."""

        def begin(answered: Reply[Answer]) -> None:
            self._pool.submit(Request(question, answered, "", READER_DEADLINE_S, Profile.WRITER))

        return self.answer(begin)

    def close(self) -> None:
        """Wait for the helper threads, and let the maps go on."""
        super().close()
        for helpers in (self._helpers, self._in_order):
            helpers.shutdown(cancel_futures=True)


def write_files(write: FileMaker, target: Path, jobs: Jobs, pool: ReaderPool, job: JobContext) -> list[Path]:
    """Write files in a job, and return their names, which they get one after the other when all of them are whole.

    Until then none gets its name, where the job is cancelled, fails or is killed. Raises what went wrong.
    """
    with scratch_folder() as folder:
        shop = Workshop(job, jobs, pool, folder, target)
        try:
            made = _explain_errors(partial(write, shop), target)
            shop.check()
            for file, final in made:
                _explain_errors(partial(move_whole, file, final), target)
        finally:
            shop.close()
            shutil.rmtree(folder, ignore_errors=True)  # and once more below, where a reader is still writing
    return [final for _, final in made]


class Writing(QObject):
    """Files being written by a job, as `write_files` does. For the window's thread."""

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
        self.is_over = False
        work = partial(write_files, write, target, jobs, pool)
        self._job = jobs.of_window.run(work, self._done, self._failed, title, apart=True, given_up=self._given_up)

    def cancel(self) -> None:
        """Cancel it; no new file appears under the name, unless all files were complete already."""
        self._job.cancel()

    def _done(self, written: list[Path]) -> None:
        self.written = written
        self._end()

    def _failed(self, error: GeoloupeError) -> None:
        self.error = error
        self._end()

    def _given_up(self, written: list[Path] | None) -> None:
        self.written = written or []
        self._end()

    def _end(self) -> None:
        self.is_over = True
        self.ended.emit()


def _explain_errors[T](work: Callable[[], T], target: Path) -> T:
    """Return the result of work on a file. Raises each error as a sentence that names the target."""
    try:
        return work()
    except GeoloupeError:
        raise
    except OSError as error:
        reason = save_error(error, target)
        raise (ExportFailed(reason.sentence) if type(reason) is SaveFailed else reason) from error
    except MemoryError as error:
        raise TooLarge("There is not enough memory for a picture of this size: choose a smaller one.") from error
    except Exception as error:
        log.exception("the writing of a file failed")
        raise ExportFailed("The product stopped by an error in the program: {error}.", error=repr(error)) from error


def finish(writing: Writing) -> Sequence[Path]:
    """Run the event loop until the writing has ended: for the command line. Raises what went wrong."""
    if not writing.is_over:
        loop = QEventLoop()
        writing.ended.connect(loop.quit)
        loop.exec()
    if writing.error is not None:
        raise writing.error
    return writing.written
