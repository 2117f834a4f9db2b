"""The line beside the export button that tells how many tiles of which host the page needs, before it is exported."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from viewer.app.products.laid_out import LaidOut
from viewer.export.tile_counts import TileCount, needs_of, tile_counts, words_for_page
from viewer.network.fetcher import Fetcher
from viewer.panels.widgets.form_page import muted
from viewer.support.jobs import Job, JobContext, Jobs
from viewer.support.language.text import plain


class PageTiles(QWidget):
    """The line. It counts in a job, and is hidden where the page needs no tiles."""

    def __init__(self, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._next: tuple[LaidOut, float] | None = None
        """The page to be counted once the present count has ended, with its dots an inch."""
        self.line = muted()
        self.line.setAccessibleName(self.tr("Tiles that this page needs"))
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line)
        self.hide()

    @property
    def is_idle(self) -> bool:
        """True when the line is that of the page that was looked at last."""
        return self._job is None

    def look(self, laid: LaidOut | None, dpi: float = 0.0) -> None:
        """Tell of a page as it would be exported now with so many dots an inch; None: of no page."""
        self._next = None if laid is None else (laid, dpi)
        if self._job is not None:
            self._job.cancel()
        elif laid is None:
            self._show("")
        else:
            self._count(laid, dpi)

    def _count(self, laid: LaidOut, dpi: float) -> None:
        self._next = None
        maps = laid.views_at(dpi)
        fetcher = next((shown.context.fetcher for shown, _ in maps), None)
        needs = needs_of(maps)
        if fetcher is None or not needs:
            self._show("")
            return

        def count(job: JobContext) -> list[TileCount]:
            return tile_counts(needs, fetcher, job.check)

        self._job = self._jobs.run(count, partial(self._counted, fetcher), self._go_on, given_up=self._go_on)

    def _counted(self, fetcher: Fetcher, counts: list[TileCount]) -> None:
        if isValid(self) and self._next is None:
            self._show(words_for_page(counts, offline=fetcher.offline))
        self._go_on()

    def _go_on(self, _nothing: object = None) -> None:
        if not isValid(self):
            return
        self._job = None
        if self._next is not None:
            self._count(*self._next)

    def _show(self, words: str) -> None:
        self.line.setText(plain(words))
        self.setVisible(bool(words))
