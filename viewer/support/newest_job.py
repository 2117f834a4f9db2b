"""Work in another thread that may be started again before it ends: only the newest result counts."""

from __future__ import annotations

from collections.abc import Callable

from layers.errors import GeoloupeError
from viewer.support.jobs import Jobs


class NewestJob:
    """One kind of work. For the window's thread only, apart from the work itself."""

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
        """Start work; `done` or `failed` is called in the window's thread, unless other work is started or it is
        dropped.

        Without `failed` an error is reported as that of any job.
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
        """Drop the result of the work under way."""
        self._newest = None
