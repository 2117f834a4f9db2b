"""Keeps the status bar in step with the map and with the jobs."""

from __future__ import annotations

from PySide6.QtCore import QObject

from layers.geo.coordinates import Notation
from viewer.app.navigation.map_views import MapViews
from viewer.canvas.widget import MapCanvas
from viewer.panels.context import PanelContext
from viewer.panels.shell.status_bar import StatusBar
from viewer.support.jobs import Job, Jobs
from viewer.support.language.text import one_line
from viewer.support.settings import Settings


class StatusUpdates(QObject):
    """Connects the map and the jobs to the status bar, by bound methods only: both may outlive the bar by a moment."""

    def __init__(
        self,
        bar: StatusBar,
        canvas: MapCanvas,
        views: MapViews,
        jobs: Jobs,
        context: PanelContext,
        settings: Settings,
    ) -> None:
        super().__init__(bar)
        self._bar, self._canvas, self._views, self._jobs = bar, canvas, views, jobs
        self._context, self._settings = context, settings
        canvas.view_changed.connect(self._show_view)
        canvas.cursor_moved.connect(self._show_place)
        canvas.hint_changed.connect(self._show_hint)
        context.hint_wanted.connect(self._take_hint)
        self._panel_hint = ""
        """The hint of a panel that has the keyboard; empty while the map's stands."""
        views.crs_changed.connect(self._show_view)
        bar.scale_asked.connect(views.set_metres_per_pixel)
        bar.keyboard_left.connect(canvas.setFocus)
        bar.crs_asked.connect(views.set_crs)
        bar.notation_changed.connect(self._keep_notation)
        bar.cancel_asked.connect(self._cancel)
        for signal in (jobs.started, jobs.progressed, jobs.finished):
            signal.connect(self._show_work)
        context.typing_taken_back.connect(self._show_taken_back)
        context.typing_discarded.connect(self._show_discarded)
        context.set_notation(bar.notation)
        self._crs_shown = ""
        self._job: Job | None = None
        self._show_view()

    def _show_view(self, *_: object) -> None:
        if self._views.is_in_pixels:
            viewport = self._canvas.viewport
            self._bar.show_magnification(1 / (viewport.resolution * viewport.view().ratio))
        else:
            self._bar.show_scale(self._views.metres_per_pixel())
        crs = self._canvas.viewport.crs
        if crs != self._crs_shown:
            self._crs_shown = crs
            self._bar.show_crs(self._views.crs_text(), crs)
            self._show_hint()  # in pixel space tools say that they cannot

    def _show_hint(self, *_: object) -> None:
        self._bar.show_hint(self._panel_hint or self._canvas.hint)

    def _take_hint(self, hint: str) -> None:
        self._panel_hint = hint
        self._show_hint()

    def _show_place(self, lon: float, lat: float) -> None:
        pixel = self._canvas.gestures.cursor_pixel()
        if pixel is not None:
            self._bar.show_pixel(*pixel)
            return
        self._bar.show_place(lon, lat, self._views.metres_per_pixel() / 2)

    def _keep_notation(self, notation: str) -> None:
        self._settings.set("notation", notation)
        self._context.set_notation(Notation(notation))

    def _show_taken_back(self, field: str) -> None:
        sentence = self.tr("Taken back: what was typed in {0}. Undo (Ctrl+Z) brings it again.")
        self._bar.show_done(sentence.format(one_line(field, 60)))

    def _show_discarded(self, field: str, typed: str) -> None:
        sentence = self.tr("Taken back: “{1}” in {0}. It was refused: undo does not bring it.")
        self._bar.show_done(sentence.format(one_line(field, 60), typed))

    def _show_work(self, _job: Job) -> None:
        running = self._jobs.running()
        if not running:
            self._bar.end_work()
            return
        # One stays until it ends, as what is stopped is what is read in the bar; what cannot be stopped may wait.
        stoppable = [job for job in running if job.is_stoppable] or running
        job = self._job = self._job if self._job in stoppable else stoppable[0]
        title = job.text or job.title
        if len(running) > 1:
            title = self.tr("{0} (and {1} more)").format(title, len(running) - 1)
        self._bar.show_work(title, job.fraction if job.fraction > 0 else -1.0, can_stop=job.is_stoppable)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
