"""Keeps the filter of the marks up with the case: finds in a job which marks pass, and again after edits."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from layers.checkpoint import Checkpoint
from layers.document.changes import Changes
from layers.document.edit import Table
from layers.errors import GeoloupeError
from layers.finding.case_search import shown_rows
from layers.finding.passing_rows import KeptPassing
from layers.finding.row_filter import RowFilter
from viewer.panels.context import PanelContext
from viewer.panels.finding.filter_words import filter_words
from viewer.panels.search.kept_index import kept_index
from viewer.support.jobs import Job
from viewer.support.messages import MessageAction

type _Shown = dict[Table, frozenset[str]]

AGAIN_MS = 300
"""Milliseconds after a key or an edit in which further ones may follow, before the marks are filtered again."""


class MarksFiltering(QObject):
    """Filters the marks of one window, on the map and in lists; one object a window, see `marks_filtering`."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._context, self._kept = context, kept_index(context)
        self._passing = KeptPassing()
        self._wanted = RowFilter()
        self._title = ""
        self._job: Job | None = None
        self._new: set[str] = set()
        """Marks that were made since the filter was last applied."""
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._start)
        self._kept.ready.connect(self._look_again)
        context.changed.connect(self._follow)
        context.mark_filter.cleared.connect(self._stop)

    @property
    def is_busy(self) -> bool:
        return self._again.isActive() or self._job is not None

    def apply(self, wanted: RowFilter, title: str = "") -> None:
        """Show only the marks that pass a filter, whose title is the name that it is saved by.

        What is in view, and the kind of rows that is listed, are not asked of marks. An empty filter shows all.
        """
        self._wanted, self._title = wanted.of_marks, title
        if self._wanted.is_empty:
            self._context.mark_filter.clear()
            self._stop()
        else:
            self._kept.prepare()
            self._again.start()

    def _follow(self, changes: Changes) -> None:
        if self._wanted.is_empty:
            return
        edit = changes.edit
        self._new |= {
            change.uuid
            for change in (edit.changes if edit is not None else ())
            if change.table == "sites" and change.before is None
        }
        self._look_again()

    def _look_again(self) -> None:
        if not self._wanted.is_empty:
            self._again.start()

    def _stop(self) -> None:
        self._wanted, self._new = RowFilter(), set()
        self._again.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _start(self) -> None:
        if self._job is not None:
            self._job.cancel()
        document, wanted, kept, passing = self._context.document, self._wanted, self._kept, self._passing
        revision, jobs = kept.revision, self._context.case.jobs

        def work(check: Checkpoint) -> _Shown | None:
            index = kept.present(document)
            if index is None:
                return None
            rows = passing.of(document, revision, wanted, None, check)
            return shown_rows(document, index, wanted, rows, check)

        if jobs is None:
            self._done(work(lambda: None))
        else:
            self._job = jobs.run(lambda job: work(job.check), self._done, self._fail, of_case=True)

    def _done(self, shown: _Shown | None) -> None:
        self._job = None
        if shown is None:
            return  # a large case is being indexed: it is asked again once that is done
        passing = shown["sites"]
        context, asks = self._context, filter_words(self._context.document, self._wanted)
        context.mark_filter.take(f"{self._title}: {asks}" if self._title else asks, passing, shown)
        hidden = [uuid for uuid in self._new - passing if uuid in context.document.sites]
        self._new.clear()
        if hidden:
            sentence = self.tr("The new mark does not pass the filter: it is hidden once it is not selected any more.")
            context.messages.note(sentence, MessageAction(self.tr("Show All"), context.mark_filter.clear))

    def _fail(self, error: GeoloupeError) -> None:
        self._job = None
        self._context.report(error.sentence)


def marks_filtering(context: PanelContext) -> MarksFiltering:
    """The one filtering of a window, made when it is first needed."""
    return context.findChild(MarksFiltering) or MarksFiltering(context)
