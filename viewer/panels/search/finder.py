"""Asks the search providers off the window's thread, soon after the last key; only the latest question counts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from layers.errors import GeoloupeError
from viewer.panels.search.hits import FoundHits, KnownSites, SearchProvider, search_all, search_similar
from viewer.support.jobs import Job, Jobs

PAUSE_MS = 10
"""Milliseconds after a key in which another one may follow, as of a pasted word."""
LONGEST = 32_767
"""Longest text that a line takes: a shape in WKT is long."""


class Finder(QObject):
    """Searches. `found` carries the hits, and sentences on failures, for the latest text; once more with names of a
    similar spelling, where none has its letters.

    `known` are the sites of the case, see `search_all`.
    """

    found = Signal(list, list)

    def __init__(
        self,
        providers: Sequence[SearchProvider],
        jobs: Jobs,
        parent: QObject | None = None,
        known: KnownSites | None = None,
    ) -> None:
        super().__init__(parent)
        self._providers, self._jobs, self._known = tuple(providers), jobs, known
        self._text = ""
        self._job: Job | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._start)

    @property
    def is_busy(self) -> bool:
        return self._pause.isActive() or self._job is not None

    def ask(self, text: str) -> None:
        """Search for `text` soon, instead of the text before. Empty text has no hits, at once."""
        self.cancel()
        self._text = text.strip()[:LONGEST]
        if self._text:
            self._pause.start()
        else:
            self.found.emit([], [])

    def ask_again(self) -> None:
        """Search for the same text, as more can be found now."""
        if self._text:
            self.ask(self._text)

    def cancel(self) -> None:
        self._pause.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _start(self) -> None:
        text, providers, known = self._text, self._providers, self._known
        self._job = self._jobs.run(lambda job: search_all(providers, text, known, job.check), self._done, self._failed)

    def _done(self, answer: FoundHits) -> None:
        self._job = None
        if answer.lacks_names:
            text, providers, known = self._text, self._providers, self._known
            self._job = self._jobs.run(
                lambda job: search_similar(providers, text, answer, known, job.check), self._tell, self._failed
            )
            self.found.emit(answer.hits, answer.problems)
        else:
            self._tell(answer)

    def _tell(self, answer: FoundHits) -> None:
        self._job = None
        self.found.emit(answer.hits, answer.problems)

    def _failed(self, error: GeoloupeError) -> None:
        self._job = None
        self.found.emit([], [error.sentence])
