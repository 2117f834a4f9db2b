"""The work on a case's files: in jobs, counted while it is under way, with a message line where it fails."""

from __future__ import annotations

from collections.abc import Callable

from layers.errors import GeoloupeError
from viewer.support.jobs import JobContext, Jobs
from viewer.support.messages import Messages


class FileWork:
    """What belongs to one matter (`key`) has one line: the newest failure, until it is well again."""

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
    ) -> None:
        """`done` or `failed` is called in the window's thread, the latter after the failure was shown."""

        def worked(context: JobContext) -> T:
            return work()

        def ended(found: T) -> None:
            self._under_way -= 1
            done(found)

        def gave_up(error: GeoloupeError) -> None:
            self._under_way -= 1
            self._messages.show(key, error.sentence, "error")
            failed(error)

        self._under_way += 1
        self._jobs.run(worked, ended, gave_up, title)

    def look[T](self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Work that nobody waits for, and that does not fail."""
        self._jobs.run(lambda _context: work(), done)

    def say(self, key: str, sentence: str) -> None:
        """A failure that is found out on any thread."""
        self._jobs.mailbox.post(self._messages.show, key, sentence, "error")

    def is_well(self, key: str) -> None:
        """The matter is well again."""
        self._messages.clear(key)
