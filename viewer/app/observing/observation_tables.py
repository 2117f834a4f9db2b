"""Brings observations home from spreadsheets, and writes them out to one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from viewer.app.case.session import Session
from viewer.app.desktop.questions import Questions
from viewer.panels.context import PanelContext
from viewer.support.jobs import JobContext
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

SUGGESTED = "observations.csv"


class ObservationTables(QObject):
    """Asks for the spreadsheets, and reads and writes them off the window's thread."""

    def __init__(self, session: Session, panels: PanelContext, ask: Callable[[], Questions], window: QWidget) -> None:
        super().__init__(window)
        self._session, self._panels, self._ask, self._window = session, panels, ask, window

    @property
    def _folder(self) -> Path:
        target = self._session.target
        return target.parent if target is not None else Path.home()

    def bring_in(self) -> None:
        """Ask for a spreadsheet, and record its rows as observations."""
        from viewer.panels.observations.import_dialog import import_observations  # for start-up time

        path = self._ask().observations_to_open(self._folder)
        if path is not None:
            import_observations(self._panels, path, self._window)

    def write_out(self) -> None:
        """Write the observations of the selected sites, or of all, as a spreadsheet."""
        # For start-up time: nothing is written yet.
        from viewer.export.data.observation_table import ObservationTable, observation_table, save_observations
        from viewer.rendering.layers.layer_images import LayerImages

        path = self._ask().observations_to_write(self._folder / SUGGESTED)
        panels = self._panels
        access = panels.layers.features
        if path is None or access is None:
            return
        pool, document, sites = access.pool, panels.document.copied(), panels.selection.uuids or None
        scenes = LayerImages(lambda: document, panels.layers.drawing_of).scenes()

        def work(job: JobContext) -> ObservationTable:
            written = observation_table(document, sites, scenes)
            save_observations(written.table, path, pool)
            return written

        def tell(written: ObservationTable) -> None:
            name, gaps = one_line(path.name, 80), len(written.table.rows) - written.observations
            sentence = self.tr("{0} rows of observations are in {1}.").format(written.observations, name)
            more = translate(
                "ObservationTables",
                "{count} dates with an image and no row stand there as gaps.",
                "{count} date with an image and no row stands there as a gap.",
                gaps,
            )
            panels.messages.tell(f"{sentence} {more}" if gaps else sentence)

        access.jobs.run(
            work,
            tell,
            lambda error: panels.report(in_language(error.sentence)),
            self.tr("Writing observations"),
            apart=True,
        )

    @property
    def has_rows(self) -> bool:
        """True while the case holds any observation."""
        return self._session.is_begun and bool(self._panels.document.observations)
