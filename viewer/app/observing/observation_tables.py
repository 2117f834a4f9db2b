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
from viewer.support.language.translation import in_language

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
        from viewer.export.data.observation_table import observation_table, save_observations  # for start-up time

        path = self._ask().observations_to_write(self._folder / SUGGESTED)
        panels = self._panels
        access = panels.layers.features
        if path is None or access is None:
            return
        pool, document, sites = access.pool, panels.document.copied(), panels.selection.uuids or None

        def work(job: JobContext) -> int:
            table = observation_table(document, sites)
            save_observations(table, path, pool)
            return len(table.rows)

        sentence = self.tr("{0} rows of observations are in {1}.")
        access.jobs.run(
            work,
            lambda rows: panels.messages.tell(sentence.format(rows, one_line(path.name, 80))),
            lambda error: panels.report(in_language(error.sentence)),
            self.tr("Writing observations"),
            apart=True,
        )

    @property
    def has_rows(self) -> bool:
        """True while the case holds any observation."""
        return self._session.is_begun and bool(self._panels.document.observations)
