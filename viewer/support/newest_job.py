"""Runs work that may be started again before it ends, and delivers only the newest result."""

from __future__ import annotations

from collections.abc import Callable

from layers.errors import GeoloupeError
from viewer.support.jobs import Jobs


class NewestJob:
    """Runs one kind of work in jobs. Call it in the window's thread only."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._newest: object | None = None

    @property
    def is_under_way(self) -> bool:
        return self._newest is not None

    def run[T](
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[GeoloupeError], None] | None = None,
    ) -> None:
        """Start `work` in a job. Its end is ignored once newer work was started, or `drop` was called.

        `done` gets the result and `failed` the error, both in the window's thread; without `failed` the error goes to
        `Jobs.unheard`.
        """
        self._newest = newest = object()

        def ended(answer: T) -> None:
            if self._newest is newest:
                self._newest = None
                done(answer)

        def gave_up(error: GeoloupeError) -> None:
            if self._newest is newest:
                self._newest = None
                (failed or self._jobs.unheard.emit)(error)

        self._jobs.run(lambda _: work(), ended, gave_up)

    def drop(self) -> None:
        """Ignore the result of the work under way."""
        self._newest = None
