"""Follows the case for its timeline: reads it in jobs, brings small edits in at once, and says which rows are shown."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from layers.document.changes import Changes
from layers.errors import GeoloupeError
from layers.finding.case_timeline import Timeline, changed_timeline, read_timeline
from layers.raster.acquisition import Acquisition
from viewer.panels.context import PanelContext
from viewer.panels.timeline.placed_marks import Mask
from viewer.support.jobs import Job

AGAIN_MS = 300
"""Milliseconds after an edit in which further ones may follow, before the whole case is read again."""
READ_AT_ONCE = 2_000
"""Rows of which a case is read without a job, where there are no more."""


class TimelineFeed(QObject):
    """The rows of the timeline, for a panel that can be seen. For the window's thread."""

    changed = Signal()
    """Emitted when there are other rows, or others of them are shown."""
    lit_changed = Signal()
    """Emitted when other marks of the map are selected."""

    def __init__(self, context: PanelContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.timeline = Timeline()
        self.shown: Mask | None = None
        """Says of each dated row whether the filter of the marks lets it pass; None without a filter."""
        self.lit: Mask | None = None
        """Says of each dated row whether it is about a selected mark; None where nothing is selected."""
        self._known: dict[str, Acquisition] = {}
        """The dates that files of images stated when the case was last read."""
        self._job: Job | None = None
        self._is_stale, self._is_followed = True, False
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._read)
        self._masks = QTimer(self, singleShot=True, interval=0)
        self._masks.timeout.connect(self._light)
        context.changed.connect(self._follow)
        context.document_replaced.connect(self._begin_anew)
        context.selection.changed.connect(self._selected)
        context.mark_filter.changed.connect(self._filtered)

    @property
    def is_busy(self) -> bool:
        return self._again.isActive() or self._job is not None or self._masks.isActive()

    @property
    def is_read(self) -> bool:
        """False until the rows of the case are known."""
        return not self._is_stale or bool(self.timeline.rows or self.timeline.undated)

    def follow(self, is_seen: bool) -> None:
        """Follow the case while the panel can be seen; what has changed meanwhile is read then."""
        self._is_followed = is_seen
        if is_seen and self._is_stale:
            self._again.start(0)
        elif is_seen:
            self._filtered()
            self._selected()

    def look_again(self) -> None:
        """Read the case anew where the file of an image states another date than before."""
        if self._is_followed and not self._is_stale and self._dates_of_layers() != self._known:
            self._read_again()

    def _read_again(self) -> None:
        self._is_stale = True
        if self._is_followed:
            self._again.start(AGAIN_MS)

    def _follow(self, changes: Changes) -> None:
        if self._is_stale:
            self._read_again()
            return
        timeline = changed_timeline(self.timeline, self._context.document, changes, self._context.look.shows)
        if timeline is None:
            self._read_again()
        elif timeline is not self.timeline:
            self._take(timeline)

    def _begin_anew(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._take(Timeline())
        self._read_again()

    def _read(self) -> None:
        if self._job is not None:
            self._job.cancel()
        context, known = self._context, self._dates_of_layers()
        self._known = known
        document, shows, jobs = context.document, context.look.shows, context.case.jobs
        self._is_stale = False
        rows = sum(len(document.table(table)) for table in ("sites", "claims", "observations", "sources"))
        if jobs is None or rows <= READ_AT_ONCE:
            self._done(read_timeline(document, shows, known))
            return
        self._job = jobs.run(
            lambda job: read_timeline(document, shows, known, job.check), self._done, self._fail, of_case=True
        )

    def _dates_of_layers(self) -> dict[str, Acquisition]:
        """The dates that the files of images state, as far as these have been read."""
        drawing_of = self._context.layers.drawing_of
        dates = {}
        for layer in self._context.document.layers.values():
            drawing = drawing_of(layer.uuid) if layer.kind in ("raster", "tiles") and not layer.acquired_at else None
            if drawing is not None and drawing.acquisition.at:
                dates[layer.uuid] = drawing.acquisition
        return dates

    def _done(self, timeline: Timeline) -> None:
        self._job = None
        self._take(timeline)

    def _fail(self, error: GeoloupeError) -> None:
        self._job, self._is_stale = None, True
        self._context.report(error.sentence)

    def _take(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.shown = self._passing()
        self.lit = self._selected_mask()
        self.changed.emit()

    # -- what is shown and lit ----------------------------------------------------------------------------------

    def _passing(self) -> Mask | None:
        shown = self._context.mark_filter.shown
        return None if shown is None else self.timeline.about(shown)

    def _selected_mask(self) -> Mask | None:
        uuids = self._context.selection.uuids
        return self.timeline.about(uuids) if uuids and self.timeline.rows else None

    def _selected(self) -> None:
        if self._is_followed:
            self._masks.start()

    def _light(self) -> None:
        lit = self._selected_mask()
        if lit is not None or self.lit is not None:
            self.lit = lit
            self.lit_changed.emit()

    def _filtered(self) -> None:
        shown = self._passing() if self._is_followed else None
        before = self.shown
        is_same = shown is before or (shown is not None and before is not None and np.array_equal(shown, before))
        if not is_same:
            self.shown = shown
            self.changed.emit()
