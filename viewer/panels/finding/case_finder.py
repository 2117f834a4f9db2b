"""Searches the case in jobs for one panel, soon after the last key; only the latest question is answered."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from PySide6.QtCore import QObject, QTimer, Signal

from layers.document.document import Document
from layers.errors import GeoloupeError
from layers.finding.case_search import CaseAnswer, search_case
from layers.finding.passing_rows import KeptPassing, offers_of
from layers.finding.row_filter import RowFilter
from layers.geo.bounds import Bounds
from layers.geo.crs import is_off_earth, lonlat_bounds
from viewer.panels.context import PanelContext
from viewer.panels.observer_look import ObserverLook
from viewer.panels.search.kept_index import KeptIndex, kept_index
from viewer.support.jobs import Job

PAUSE_MS = 15
"""Milliseconds after a key in which another one may follow, as of a pasted word."""


class FindAnswer(Struct, frozen=True):
    """A question with its answer."""

    wanted: RowFilter
    answer: CaseAnswer
    is_ready: bool = True
    """False while a large case is read for the first time: the answer comes later."""


class CaseFinder(QObject):
    """Searches. `answered` carries a `FindAnswer`, `offered` the `FilterOffers`, `failed` a sentence."""

    answered = Signal(object)
    offered = Signal(object)
    failed = Signal(str)

    def __init__(self, context: PanelContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._kept = context, kept_index(context)
        self._passing = KeptPassing()
        self._wanted = RowFilter()
        self._job: Job | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._start)
        self._kept.ready.connect(self.ask_again)

    @property
    def is_busy(self) -> bool:
        return self._pause.isActive() or self._job is not None

    def ask(self, wanted: RowFilter) -> None:
        """Search soon, instead of what was asked before."""
        self.cancel()
        self._wanted = wanted
        self._kept.prepare()
        self._pause.start()

    def ask_again(self) -> None:
        """Ask the same, as the case has changed."""
        self.ask(self._wanted)

    def ask_offers(self) -> None:
        """Look what filters of the case can ask for."""
        document, jobs = self._context.document, self._context.case.jobs
        if jobs is None:
            self.offered.emit(offers_of(document))
        else:
            jobs.run(lambda job: offers_of(document), self.offered.emit, of_case=True)

    def cancel(self) -> None:
        """Give up what is asked."""
        self._pause.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _start(self) -> None:
        context, wanted = self._context, self._wanted
        document, look = context.document, context.look
        view = bounds_in_view(context) if wanted.in_view else None
        question = _Question(document, self._kept, self._passing, wanted, view, look)
        if context.case.jobs is None:
            self._done(question.answer(lambda: None))
            return
        self._job = context.case.jobs.run(lambda job: question.answer(job.check), self._done, self._fail)

    def _done(self, answer: FindAnswer) -> None:
        self._job = None
        self.answered.emit(answer)

    def _fail(self, error: GeoloupeError) -> None:
        self._job = None
        self.failed.emit(error.sentence)


class _Question(Struct, frozen=True):
    """One question with all that answers it, in any thread."""

    document: Document
    kept: KeptIndex
    passing: KeptPassing
    wanted: RowFilter
    view: Bounds | None
    look: ObserverLook

    def answer(self, check: Callable[[], None]) -> FindAnswer:
        document, wanted, revision = self.document, self.wanted, self.kept.revision
        index = self.kept.present(document)
        if index is None:
            return FindAnswer(wanted, CaseAnswer(), is_ready=False)
        passing = self.passing.of(document, revision, wanted, self.view, check)
        shows, shows_gone = self.look.shows, self.look.blind is None
        answer = search_case(document, index, wanted, passing, shows=shows, shows_gone=shows_gone, check=check)
        return FindAnswer(wanted, answer)


def bounds_in_view(context: PanelContext) -> Bounds | None:
    """The part of the Earth in the view of the map, in lon, lat; None for a map of no place on the Earth."""
    view = context.view.shown()
    crs = view.grid.crs
    return None if is_off_earth(crs) else lonlat_bounds(crs, view.world_bounds())
