"""Watches a case being opened in a job: hands on what of it can be seen already, tells how far it is, and stops it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from layers.project.opening.opening_watch import Glimpse, OpeningStep
from layers.text.counted import grouped
from viewer.support.jobs import JobContext
from viewer.support.language.translation import translate

_READ_PART = 0.5
"""Share of the opening time that reading takes."""


class CaseWatch:
    """An `OpeningWatch` (`layers/project/opening/opening_watch.py`) of one case."""

    def __init__(self, name: str, size_px: tuple[int, int], seen: Callable[[Glimpse], None]) -> None:
        """`seen` is called on the thread that opens the case."""
        self.size_px = size_px
        self.name, self._seen = name, seen
        self._context: JobContext | None = None
        self._end_reading: Callable[[], None] = lambda: None
        self._is_stopped = threading.Event()
        self.is_over = False
        """The case was opened, or refused: what is seen of it comes too late. The window's thread."""

    def begin(self, context: JobContext) -> None:
        """The job of this context opens the case from now on."""
        self._context = context

    def may_end(self, end: Callable[[], None]) -> None:
        """`end` gives up the reading at once, from any thread."""
        self._end_reading = end
        if self._is_stopped.is_set():
            end()

    def stop(self) -> None:
        """The case is not wanted any more."""
        self._is_stopped.set()
        self._end_reading()

    def show(self, glimpse: Glimpse) -> None:
        self._check()
        self._seen(glimpse)

    def tell(self, step: OpeningStep, done: int, of: int) -> None:
        self._check()
        if self._context is None or not of:
            return
        begun = _READ_PART if step is OpeningStep.COPIED else 0.0
        said = translate("CaseWatch", "Opening {0}: {1} of {2} marks")
        if step is OpeningStep.COPIED:
            said = translate("CaseWatch", "Opening {0}: {1} of {2} marks copied")
        self._context.progress(begun + done / of * _READ_PART, said.format(self.name, grouped(done), grouped(of)))

    def _check(self) -> None:
        """Raises JobCancelled."""
        if self._context is not None:
            self._context.check()
