"""Brings the rows of tables and vector files into the case as sites: reads a file, then asks what its columns say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from layers.errors import GeoloupeError
from layers.vector.table import VectorInfo
from viewer.app.opening.place_questions import PlaceQuestions
from viewer.panels.context import PanelContext
from viewer.rendering.context import RenderContext
from viewer.support.jobs import JobContext
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language


class SiteTables(QObject):
    """The way of a table into the case as sites, from the menu and from a drop."""

    def __init__(self, panels: PanelContext, context: RenderContext, places: PlaceQuestions, window: QWidget) -> None:
        """`places` asks for the CRS of numbers that are no degrees."""
        super().__init__(window)
        self._panels, self._places, self._window = panels, places, window
        self._pool, self._jobs = context.pool, context.jobs

    def read(self, path: Path) -> None:
        """Read the columns and first rows of a file in a reader process, then ask what they say."""
        pool = self._pool

        def look(job: JobContext) -> list[VectorInfo]:
            from viewer.commands.tables.site_files import layers_of_file  # for start-up time

            return layers_of_file(path, pool)

        def show(layers: list[VectorInfo]) -> None:
            from viewer.panels.homecoming.site_table_dialog import SiteTableDialog  # for start-up time

            ask_crs = self._places.ask_crs
            SiteTableDialog(self._panels, pool, self._jobs, path, layers, ask_crs, self._window).show()

        title = self.tr("Reading {0}").format(one_line(path.name, 60))
        self._jobs.run(look, show, self._refuse, title, apart=True, of_case=True)

    def _refuse(self, error: GeoloupeError) -> Any:
        self._panels.report(in_language(error.sentence))
