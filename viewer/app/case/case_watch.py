"""Follows a case that is being opened in a job: passes on early glimpses, reports progress, and can stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

from layers.project.opening.opening_watch import Glimpse, OpeningStep
from layers.text.counted import grouped
from viewer.support.jobs import JobContext
from viewer.support.language.translation import translate

_READ_PART = 0.5
"""Share of the opening time that reading takes."""


class CaseWatch:
    """The `OpeningWatch` (`layers/project/opening/opening_watch.py`) of one case."""

    def __init__(self, name: str, size_px: tuple[int, int], show_glimpse: Callable[[Glimpse], None]) -> None:
        """`size_px`: width and height of the map. `show_glimpse` is called on the opening thread."""
        self.size_px = size_px
        self.name, self._show_glimpse = name, show_glimpse
        self._context: JobContext | None = None
        self._end_reading: Callable[[], None] = lambda: None
        self._is_stopped = threading.Event()
        self.is_over = False
        """True once the case was opened or refused: later glimpses are dropped. Used on the window's thread only."""

    def begin(self, context: JobContext) -> None:
        """Take the context of the job that opens the case."""
        self._context = context

    def may_end(self, end: Callable[[], None]) -> None:
        """Register `end`, which ends the reading at once and may be called on any thread."""
        self._end_reading = end
        if self._is_stopped.is_set():
            end()

    def stop(self) -> None:
        """Stop the opening: the case is no longer wanted."""
        self._is_stopped.set()
        self._end_reading()

    def show(self, glimpse: Glimpse) -> None:
        self._check()
        self._show_glimpse(glimpse)

    def tell(self, step: OpeningStep, done: int, of: int) -> None:
        self._check()
        if self._context is None or not of:
            return
        begun = _READ_PART if step is OpeningStep.COPIED else 0.0
        sentence = translate("CaseWatch", "Opening {0}: {1} of {2} marks")
        if step is OpeningStep.COPIED:
            sentence = translate("CaseWatch", "Opening {0}: {1} of {2} marks copied")
        self._context.progress(begun + done / of * _READ_PART, sentence.format(self.name, grouped(done), grouped(of)))

    def _check(self) -> None:
        """Raise JobCancelled where the job was cancelled."""
        if self._context is not None:
            self._context.check()


def screen_px() -> tuple[int, int]:
    """Size of the screen, in pixels: no map is larger."""
    screen = QGuiApplication.primaryScreen()
    return (screen.size().width(), screen.size().height()) if screen is not None else (1920, 1080)
