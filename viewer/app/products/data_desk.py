"""Exports the data of the open case: asks what and where, gathers and writes in jobs, paints maps in between."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from layers.document.document import Document
from layers.document.edit import TABLES
from layers.document.rows import Row
from layers.errors import GeoloupeError, NotAllowed
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84
from viewer.app.case.session import Session
from viewer.app.products.data_dialog import PIXELS, SELECTED, SHOWN, WHOLE, DataDialog, DataWish
from viewer.canvas.widget import MapCanvas
from viewer.export.data.data_files import write_data
from viewer.export.data.exported import DataExport, data_export
from viewer.export.data.ground import GroundPictures
from viewer.export.formats.raw_pixels import begin_pixels, topmost_image
from viewer.export.formats.steps import Writing
from viewer.support.jobs import JobContext, Jobs

POLL_MS = 20

type Write = Callable[[Callable[[], object], Path], None]
"""Writes a file in a job, and says so."""


class DataDesk(QObject):
    """One a window. `ask_path` asks for the file, `write` makes it; `failed` and `warn` say why not, and what lacks;
    `told` that a file is there."""

    def __init__(
        self,
        session: Session,
        canvas: MapCanvas,
        jobs: Jobs,
        ask_path: Callable[[str], Path | None],
        bounds: Callable[[], Bounds],
        write: Write,
        failed: Callable[[str], None],
        warn: Callable[[str], None],
        told: Callable[[Path], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._canvas, self._jobs = session, canvas, jobs
        self._ask_path, self._bounds, self._write, self._failed = ask_path, bounds, write, failed
        self._window, self._warn, self._told = window, warn, told
        self._last = DataWish(".kmz")
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._look)
        self._drawn: list[tuple[GroundPictures, Path]] = []
        self._gathered = 0

    @property
    def is_idle(self) -> bool:
        """False while something is gathered or painted; what is written is a job."""
        return not (self._drawn or self._gathered)

    def begin(self) -> None:
        """Ask which data, and for whom."""
        selected = len(self._canvas.selection)
        dialog = DataDialog(len(self._session.document.sites), selected, self._last, self._window)
        dialog.chosen.connect(self._chosen)
        dialog.open()

    def _chosen(self, wish: DataWish) -> None:
        self._last = replace(wish, marking="")
        path = self._ask_path(wish.suffix)
        if path is None:
            return
        if path.suffix.lower() == PIXELS:
            self._write_pixels(wish, path)
        else:
            self._gather(replace(wish, suffix=path.suffix.lower()), path)

    def _gather(self, wish: DataWish, path: Path) -> None:
        """Of the case as it is now: later edits are not in it."""
        rows: Mapping[object, tuple[Row, ...]] = {
            table: tuple(self._session.document.table(table).values()) for table in TABLES
        }
        sites = tuple(self._canvas.selection.uuids) if wish.part == SELECTED else None
        bounds = self._bounds() if wish.part == SHOWN else None
        read = self._session.blob_reader()

        def read_chips(uuids: Iterable[str]) -> Mapping[str, bytes]:
            return read("chips", list(uuids), "data")

        def work(_context: JobContext) -> DataExport:
            return data_export(
                Document(rows),  # type: ignore[arg-type]
                wish.suffix,
                read_chips,
                publish=wish.publish,
                marking=wish.marking,
                sites=sites,
                bounds=bounds,
            )

        def done(told: DataExport) -> None:
            self._gathered -= 1
            self._draw(told, path)

        def failed(error: GeoloupeError) -> None:
            self._gathered -= 1
            self._failed(error.sentence)

        def given_up(_nothing: DataExport | None) -> None:
            self._gathered -= 1

        self._gathered += 1
        title = self.tr("Gathering {0}").format(path.name)
        self._jobs.run(work, done, failed, title, apart=True, given_up=given_up)

    # -- pixels ---------------------------------------------------------------------------------------------------

    def _write_pixels(self, wish: DataWish, path: Path) -> None:
        """Of the image on top of the map: all of it, or what the map shows."""
        scene, title = self._canvas.own_scene, self.tr("Writing {0}").format(path.name)
        try:
            writing = begin_pixels(
                topmost_image(scene, self._canvas.viewport.view()),
                None if wish.part == WHOLE else self._bounds(),
                path,
                scene.context,
                marking=wish.marking or self._session.document.meta("marking"),
                publish=wish.publish,
                title=title,
                parent=self,
            )
        except GeoloupeError as error:
            self._failed(error.sentence)
            return
        self._gathered += 1
        writing.ended.connect(partial(self._pixels_ended, writing, path))

    def _pixels_ended(self, writing: Writing, path: Path) -> None:
        self._gathered -= 1
        if writing.error is not None:
            self._failed(writing.error.sentence)
        elif writing.written:
            self._told(path)
        writing.deleteLater()

    # -- pictures -------------------------------------------------------------------------------------------------

    def _draw(self, told: DataExport, path: Path) -> None:
        """Formats with pictures of the map wait until all that they show has been read."""
        suffix = path.suffix.lower()
        if suffix not in (".kmz", ".html"):
            self._finish(told, path)
            return
        context, folder = self._canvas.own_scene.context.for_pictures(), self._session.base_folder
        pictures = GroundPictures(
            told,
            lambda make, rows: make(rows, context, folder),
            crs=WGS84 if suffix == ".kmz" else "",
            with_map=suffix == ".html",
        )
        self._drawn.append((pictures, path))
        self._timer.start()

    def _look(self) -> None:
        for one in tuple(self._drawn):
            pictures, path = one
            try:
                is_made = pictures.step()
            except GeoloupeError as error:
                self._end(one)
                self._failed(error.sentence)
                continue
            if is_made:
                problems = pictures.problems
                self._end(one)
                if problems:
                    self._warn(self.tr("{0}: {1}").format(path.name, " ".join(problems)))
                self._write(partial(self._made_of, pictures, path), path)

    def _end(self, one: tuple[GroundPictures, Path]) -> None:
        one[0].close()
        self._drawn.remove(one)
        if not self._drawn:
            self._timer.stop()

    def _finish(self, told: DataExport, path: Path) -> None:
        self._write(lambda: self._made(told, path), path)

    def _made_of(self, pictures: GroundPictures, path: Path) -> None:
        self._made(pictures.finished(), path)

    def _made(self, told: DataExport, path: Path) -> None:
        """In a job: what drives hold is not asked in the window's thread."""
        target = self._session.target
        if target is not None and path.exists() and target.exists() and os.path.samefile(target, path):
            raise NotAllowed(f"“{path.name}” is the open case itself: choose another name.")
        write_data(told, path, self._canvas.own_scene.context.pool)
