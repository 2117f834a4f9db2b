"""The work on a case's files: run in jobs, counted while under way, with a message line for each failure."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer

from layers.errors import GeoloupeError
from viewer.support.jobs import JobContext, Jobs
from viewer.support.messages import Messages

LATE_MS = 5000
"""Time after which `late` is called: the drive of a file that has not answered by then may be gone."""


class FileWork:
    """Runs work on files. Each topic (`key`) has one message line: its newest failure, until that is resolved."""

    def __init__(self, jobs: Jobs, messages: Messages) -> None:
        self._jobs, self._messages = jobs, messages
        self._under_way = 0

    @property
    def is_idle(self) -> bool:
        return self._under_way == 0

    def run[T](
        self,
        key: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[GeoloupeError], None] = lambda error: None,
        title: str = "",
        late: Callable[[], None] = lambda: None,
    ) -> None:
        """Run work as `run_told` does, without its progress."""
        self.run_told(key, lambda _context: work(), done, failed, title, late)

    def run_told[T](
        self,
        key: str,
        work: Callable[[JobContext], T],
        done: Callable[[T], None],
        failed: Callable[[GeoloupeError], None] = lambda error: None,
        title: str = "",
        late: Callable[[], None] = lambda: None,
    ) -> None:
        """Run work, which tells its progress, in a job that cannot be stopped, as half of it would be worth nothing.

        `key`: the topic, whose message line shows a failure.
        `done`, `failed`: called with the result, or with the error after it was shown, in the window's thread.
        `title`: announces the job in the status bar.
        `late`: called meanwhile, where the work takes longer than `LATE_MS`.
        """
        waits = QTimer(self._jobs, singleShot=True, interval=LATE_MS)
        waits.timeout.connect(late)

        def ended(result: T) -> None:
            self._under_way -= 1
            waits.deleteLater()
            done(result)

        def gave_up(error: GeoloupeError) -> None:
            self._under_way -= 1
            waits.deleteLater()
            self._messages.show(key, error.sentence, "error")
            failed(error)

        self._under_way += 1
        waits.start()
        self._jobs.run(work, ended, gave_up, title, apart=True, is_stoppable=False)

    def run_stoppable[T](
        self,
        key: str,
        work: Callable[[JobContext], T],
        done: Callable[[T], None],
        failed: Callable[[GeoloupeError], None],
        title: str,
        on_cancel: Callable[[], None],
        given_up: Callable[[T | None], None],
    ) -> None:
        """Run work in a job that can be stopped; `key`, `done`, `failed` and `title` as in `run`.

        `on_cancel`: called as soon as it is stopped.
        `given_up`: called when stopped work has ended, with its result or None.
        """

        def ended(result: T) -> None:
            self._under_way -= 1
            done(result)

        def gave_up(error: GeoloupeError) -> None:
            self._under_way -= 1
            self._messages.show(key, error.sentence, "error")
            failed(error)

        def stopped(result: T | None) -> None:
            self._under_way -= 1
            given_up(result)

        self._under_way += 1
        self._jobs.run(work, ended, gave_up, title, apart=True, on_cancel=on_cancel, given_up=stopped)

    def run_beside(
        self,
        work: Callable[[JobContext], None],
        failed: Callable[[GeoloupeError], None],
        title: str,
    ) -> None:
        """Run work on the open case that nothing waits for, with its progress in the status bar. It ends with the case:
        `failed` is called with the error of a case that is still open.
        """
        self._jobs.run(work, None, failed, title, apart=True, of_case=True, is_stoppable=False, is_awaited=False)

    def begin_case(self) -> None:
        """Cancel the jobs that were about the case before; work on files goes on."""
        self._jobs.begin_case()

    def look[T](self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Run work that cannot fail, unannounced and uncounted, as nothing waits for it."""
        self._jobs.run(lambda _context: work(), done)

    def post(self, act: Callable[..., None], *args: object) -> None:
        """Call `act` in the window's thread. For any thread."""
        self._jobs.mailbox.post(act, *args)

    def say(self, key: str, sentence: str) -> None:
        """Show a failure in the message line of its topic. For any thread."""
        self._jobs.mailbox.post(self._messages.show, key, sentence, "error")

    def is_well(self, key: str) -> None:
        """Clear the message line of a topic, as its failure is resolved."""
        self._messages.clear(key)
