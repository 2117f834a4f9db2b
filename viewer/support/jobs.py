"""Runs long work off the window's thread. Each job ends in the window with a result, or with one sentence."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, override

from msgspec import Struct
from PySide6.QtCore import QObject, QThreadPool, Signal

from layers.disk.patience import in_a_thread_of_its_own
from layers.errors import GeoloupeError, TooLarge
from layers.phrase import Phrase
from viewer.support.mailbox import Mailbox

log = logging.getLogger(__name__)


class JobCancelled(GeoloupeError):
    """The work was cancelled."""


class Job:
    """One piece of work as the window sees it. Used on the window's thread only."""

    def __init__(
        self,
        title: str,
        on_cancel: Callable[[], None] = lambda: None,
        case: int | None = None,
        *,
        is_stoppable: bool = True,
        is_awaited: bool = True,
    ) -> None:
        self.title = title
        self.case = case
        """Number of the case that the job concerns, as the program counts them; None for work that outlives it."""
        self._on_cancel = on_cancel
        self.is_stoppable, self.is_awaited = is_stoppable, is_awaited
        self.fraction = 0.0
        self.text = ""
        self.is_finished = False
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Request cancellation; the work stops at its next check. Neither `done` nor `failed` is called afterwards."""
        self._cancelled.set()
        self._on_cancel()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def finish(self) -> None:
        """Mark the job as ended, and drop its callable for cancelling, as the job may be kept elsewhere."""
        self.is_finished = True
        self._on_cancel = _do_nothing


def _do_nothing() -> None:
    """Do nothing: the default for work that needs no notice of its cancellation."""


class JobContext:
    """The job as its work sees it, in any thread: cancellation and progress."""

    def __init__(self, job: Job, report: Callable[[Job, float, str], None]) -> None:
        self._job = job
        self._report = report

    @property
    def cancelled(self) -> bool:
        return self._job.cancelled

    def check(self) -> None:
        """Raise JobCancelled when the job was cancelled."""
        if self._job.cancelled:
            raise JobCancelled("{title}: cancelled.", title=self._job.title)

    def progress(self, fraction: float, text: str = "") -> None:
        """Report the progress of the work, 0 to 1."""
        self._report(self._job, fraction, text)


class _Held(Struct, eq=False):
    """The work of a job, its callbacks and how it ended, in one place so that they can be dropped together.

    A result refers to what it was made from, an error by its traceback to all that its work had in hand.
    """

    work: Callable[[JobContext], Any] | None
    done: Callable[[Any], None] | None
    failed: Callable[[GeoloupeError], None] | None
    given_up: Callable[[Any], None] | None
    result: Any = None
    error: GeoloupeError | None = None

    def handed_over(self) -> _Held:
        """Return all of it in a new one, and drop it here."""
        ending = _Held(self.work, self.done, self.failed, self.given_up, self.result, self.error)
        self.work = self.done = self.failed = self.given_up = self.result = self.error = None
        return ending


class Jobs(QObject):
    """Runs work on a thread pool. `done` and `failed` are called in the window's thread.

    Jobs with a title are announced by the signals (the status bar shows them); the small steps of drawing have none.
    `failed` carries the error of any job, `unheard` that of one whose caller gave no `failed`; `ran_short` is emitted
    where there was not enough memory for one.
    """

    started = Signal(object)
    progressed = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    unheard = Signal(object)
    ran_short = Signal()

    def __init__(self, threads: int = 2, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(threads)
        self._apart: list[threading.Thread] = []
        self._running: set[Job] = set()
        self._followed: list[Job] = []
        self._case = 0
        self.mailbox = Mailbox(self)

    def run[T](
        self,
        work: Callable[[JobContext], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[GeoloupeError], None] | None = None,
        title: str = "",
        *,
        apart: bool = False,
        of_case: bool = False,
        on_cancel: Callable[[], None] = lambda: None,
        given_up: Callable[[T | None], None] | None = None,
        is_stoppable: bool = True,
        is_awaited: bool = True,
    ) -> Job:
        """Start `work(context)` as soon as a thread is free, and return its job.

        `done`, `failed`: called with the result or the error, in the window's thread.
        `title`: announces the job, for example in the status bar; empty for unannounced work.
        `apart`: start at once in a thread of its own, for work on a person's files: a lost drive may never answer.
        `of_case`: the work concerns the open case alone; opening another cancels it, and nothing is called.
        `on_cancel`: called as soon as the job is cancelled.
        `given_up`: called at the end of a cancelled job, in place of `done` and `failed`, with its result or None.
        `is_stoppable`: whether the analyst may cancel it.
        `is_awaited`: whether the window is idle only after it; False for work whose result nothing shows.
        """
        case = self._case if of_case else None
        job = Job(title, on_cancel, case, is_stoppable=is_stoppable, is_awaited=is_awaited)
        self._running.add(job)
        context = JobContext(job, self._report)
        # Emptied in the window's thread: whom only this still held would else be taken apart in the job's.
        held = _Held(work, done, failed, given_up)

        def run_and_post() -> None:
            try:
                assert held.work is not None
                held.result = held.work(context)
            except GeoloupeError as error:
                held.error = error
            except MemoryError:
                self.mailbox.post(self.ran_short.emit)
                work = title or Phrase("background work")
                held.error = TooLarge("There is not enough memory for this: {work}. Try again with less.", work=work)
            except BaseException as error:  # the door for jobs: nothing may be lost in a thread
                log.error("job %r failed", title, exc_info=error)
                work, fault = title or Phrase("Background work"), repr(error)
                held.error = GeoloupeError(
                    "{work} stopped by an error in the program: {fault}.", work=work, fault=fault
                )
            # Here nothing but `held` has the result or the error any more.
            self.mailbox.post(self._conclude, job, held)

        if apart:
            self._apart = [thread for thread in self._apart if thread.is_alive()]
            self._apart.append(in_a_thread_of_its_own(run_and_post, title or "job"))
        else:
            self._pool.start(run_and_post)
        if title:
            self.started.emit(job)
        return job

    def begin_case(self) -> None:
        """Cancel the jobs that concern the previous case, as another one is open now."""
        self._case += 1
        for job in self._running:
            if job.case is not None and job.case < self._case:
                job.cancel()

    def follow(self, title: str, on_cancel: Callable[[], None] | None) -> Job:
        """Announce work that runs elsewhere. Its owner calls `tell` for progress and `end` at the end.

        `on_cancel` None: the work cannot be stopped.
        """
        job = Job(title, on_cancel or (lambda: None))
        job.is_stoppable = on_cancel is not None
        self._followed.append(job)
        self.started.emit(job)
        return job

    def tell(self, job: Job, fraction: float, text: str = "") -> None:
        """Report the progress of followed work, 0 to 1."""
        self._progress(job, fraction, text)

    def end(self, job: Job) -> None:
        """End followed work, whether done or cancelled."""
        if job in self._followed:
            self._followed.remove(job)
            self._end(job)

    def is_idle(self) -> bool:
        """True when no job runs and no result waits to be delivered, but for those that nobody waits for."""
        return not any(job.is_awaited for job in self._running)

    def running(self) -> list[Job]:
        """Announced jobs under way; followed work comes last, the newest at the end."""
        return [job for job in self._running if job.title] + self._followed

    def wait(self, timeout_s: float = 30.0) -> bool:
        """Block until all work, including work that results start, is done and delivered; False after the timeout."""
        while self._running:
            if not self._wait_for_threads(timeout_s):
                return False
            self.mailbox.deliver_all()
        return True

    def _wait_for_threads(self, timeout_s: float) -> bool:
        end = time.monotonic() + timeout_s
        ended = self._pool.waitForDone(int(timeout_s * 1000))
        for thread in self._apart:
            thread.join(max(0.0, end - time.monotonic()))
            ended = ended and not thread.is_alive()
        return ended

    def shutdown(self, timeout_s: float = 5.0) -> bool:
        """Cancel everything and wait for the threads; no result is delivered any more. To be called last."""
        for job in [*self._running, *self._followed]:
            job.cancel()
        self._pool.clear()
        ended = self._wait_for_threads(timeout_s)
        # Freed by the window's own thread, not by whichever drops the last reference.
        self.deleteLater()
        return ended

    @property
    def of_window(self) -> Jobs:
        """The jobs whose results are never held back: these, or for the jobs of a page those of the window."""
        return self

    def _report(self, job: Job, fraction: float, text: str) -> None:
        self.mailbox.post(self._progress, job, fraction, text)

    def _progress(self, job: Job, fraction: float, text: str) -> None:
        job.fraction, job.text = fraction, text
        if job.title and not job.is_finished:
            self.progressed.emit(job)

    def _conclude(self, job: Job, held: _Held) -> None:
        ending = held.handed_over()
        self._end(job)
        if ending.error is None:
            callback = ending.given_up if job.cancelled else ending.done
            if callback is not None:
                callback(ending.result)
        elif job.cancelled or isinstance(ending.error, JobCancelled):
            if ending.given_up is not None:
                ending.given_up(None)
        else:
            self.failed.emit(ending.error)
            if ending.failed is not None:
                ending.failed(ending.error)
            else:
                self.unheard.emit(ending.error)

    def _end(self, job: Job) -> None:
        self._running.discard(job)
        job.finish()
        if job.title:
            self.finished.emit(job)


class PageJobs(Jobs):
    """Runs work for the drawings of a page on the window's threads; results pass through a mailbox that can be held."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(parent=jobs)
        self._jobs = jobs
        self.unheard.connect(jobs.unheard)

    @property
    @override
    def of_window(self) -> Jobs:
        return self._jobs

    @override
    def run[T](
        self,
        work: Callable[[JobContext], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[GeoloupeError], None] | None = None,
        title: str = "",
        *,
        apart: bool = False,
        of_case: bool = False,
        on_cancel: Callable[[], None] = lambda: None,
        given_up: Callable[[T | None], None] | None = None,
        is_stoppable: bool = True,
        is_awaited: bool = True,
    ) -> Job:
        def hand_over(call: Callable[[Any], None] | None, result: Any) -> None:
            call = given_up if job.cancelled else call
            if call is not None:
                call(result)

        def failure(error: GeoloupeError) -> None:
            self.mailbox.post(hand_over, failed, error)

        job = self._jobs.run(
            work,
            lambda result: self.mailbox.post(hand_over, done, result),
            None if failed is None else failure,
            title,
            apart=apart,
            of_case=of_case,
            on_cancel=on_cancel,
            given_up=given_up,
            is_stoppable=is_stoppable,
            is_awaited=is_awaited,
        )
        return job

    @override
    def is_idle(self) -> bool:
        return self._jobs.is_idle() and self.mailbox.is_empty()


class Loading:
    """Postpones calls until the code that they need is imported, in a job, as that takes too long for the window.

    Used on the window's thread only. `load` imports the code, until it has succeeded once; the calls are dropped where
    `is_wanted()` is False by then; `failed` gets the sentence of an import that fails.
    """

    def __init__(
        self,
        jobs: Jobs,
        load: Callable[[], None],
        is_wanted: Callable[[], bool],
        failed: Callable[[str], None],
    ) -> None:
        self._jobs, self._load, self._is_wanted, self._failed = jobs, load, is_wanted, failed
        self._is_loaded = False
        self._waiting: dict[str, Callable[[], object]] = {}

    @property
    def is_idle(self) -> bool:
        return not self._waiting

    def then(self, key: str, call: Callable[[], object]) -> None:
        """Make `call` now, or once the code is loaded; of several waiting under one `key` only the last."""
        if self._is_loaded:
            call()
            return
        is_loading = bool(self._waiting)
        self._waiting[key] = call
        if not is_loading:
            self._jobs.run(lambda _: self._load(), self._loaded, self._not_loaded)

    def _loaded(self, _nothing: None) -> None:
        waiting, self._waiting, self._is_loaded = self._waiting, {}, True
        if self._is_wanted():
            for call in waiting.values():
                call()

    def _not_loaded(self, error: GeoloupeError) -> None:
        self._waiting = {}
        self._failed(error.sentence)
