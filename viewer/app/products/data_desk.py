"""Exports the data of the open case: asks which and where, gathers and writes in jobs, and paints maps in between."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from layers.document.document import Document
from layers.document.edit import TABLES
from layers.document.rows import Row
from layers.errors import GeoloupeError, NotAllowed, ProductStopped
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84
from layers.product.gathering import content_of
from layers.product.issuing.data_spec import DataSpec
from layers.product.issuing.edition import Edition
from layers.product.issuing.printed_rows import PrintedRow, printed_rows
from layers.product.lint.groups import Group
from layers.product.publishing import DRAFT
from viewer.app.case.session import Session
from viewer.app.products.data_dialog import PIXELS, SELECTED, SHOWN, WHOLE, DataDialog, DataWish
from viewer.app.products.data_leaving import DataLeaving, uuids_in
from viewer.app.products.findings.bulk_cures import do_cure
from viewer.app.products.product_file import file_sha256
from viewer.app.products.taken_away import taken_away
from viewer.canvas.widget import MapCanvas
from viewer.export.data.data_files import write_data
from viewer.export.data.exported import WITH_PICTURES, DataExport, data_export
from viewer.export.data.ground import GroundPictures
from viewer.export.data.shown_chips import with_shown_chips
from viewer.export.formats.raw_pixels import begin_pixels, topmost_image
from viewer.export.formats.writing import Writing
from viewer.export.gate import data_through_gate
from viewer.export.held_scenes import make_held
from viewer.export.made_on import today
from viewer.panels.context import PanelContext
from viewer.support.jobs import JobContext
from viewer.support.language.translation import in_language

POLL_MS, MOST_TOLD = 20, 3
"""Interval at which maps being painted are checked, and most findings named in the message about a stopped export."""

type Write = Callable[[Callable[[], object], Path, Callable[[], str]], None]
"""Writes a file in a job, then says so; the last function gives the end of that message."""
type _Drawn = tuple[GroundPictures, Path, DataLeaving, str]
"""The maps of a file, its path, how it is issued, and a sentence on chips that it does not show."""


class DataDesk(QObject):
    """Data exports of one window. `ask_path` asks for the file and `write` makes it.

    `failed` and `warn` show what went wrong and what is missing; `told` says that a file is written.
    """

    def __init__(
        self,
        session: Session,
        canvas: MapCanvas,
        panels: PanelContext,
        ask_path: Callable[[str], Path | None],
        bounds: Callable[[], Bounds],
        write: Write,
        failed: Callable[[str], None],
        warn: Callable[[str], None],
        told: Callable[[Path], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._canvas, self._panels = session, canvas, panels
        self._jobs = canvas.own_scene.context.jobs
        self._ask_path, self._bounds, self._write, self._failed = ask_path, bounds, write, failed
        self._window, self._warn, self._told = window, warn, told
        self._last = DataWish(".kmz")
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._look)
        self._drawn: list[_Drawn] = []
        self._gathered = 0

    @property
    def is_idle(self) -> bool:
        """True while nothing is gathered or painted. Writing is a job and does not count."""
        return not (self._drawn or self._gathered)

    def begin(self) -> None:
        """Ask which data to export, and for whom."""
        selected = len(self._canvas.selection)
        dialog = DataDialog(len(self._session.document.sites), selected, self._last, self._window)
        dialog.chosen.connect(self._chosen)
        dialog.wished.connect(partial(self._look_for_taken_away, dialog))
        dialog.taken_away.reviewed.connect(partial(self._review, dialog))
        self._look_for_taken_away(dialog, dialog.wish())
        dialog.open()

    # -- what publishing takes away -------------------------------------------------------------------------------

    def _look_for_taken_away(self, dialog: DataDialog, wish: DataWish) -> None:
        """Find, in a job, the rows that publishing leaves out, and show them: in a large case it takes a second."""
        if not wish.publish or wish.suffix == PIXELS:
            dialog.taken_away.show_groups(())
            return
        rows, (sites, bounds) = self._rows(), self._part_of(wish)
        marking = wish.marking or self._session.document.meta("marking")

        def work(_context: JobContext) -> list[Group]:
            document = Document(rows)  # type: ignore[arg-type]
            uuids = uuids_in(document, sites, bounds)
            content = content_of(document, uuids, True, marking, whole_case=sites is None and bounds is None)
            return taken_away(document, content, marking)

        self._jobs.run(work, partial(self._show_taken_away, dialog, wish), of_case=True)

    def _show_taken_away(self, dialog: DataDialog, wish: DataWish, groups: list[Group]) -> None:
        if isValid(dialog) and dialog.wish() == wish:
            dialog.taken_away.show_groups(groups)

    def _review(self, dialog: DataDialog, group: Group, name: str) -> None:
        refusal = do_cure(self._panels, group, "", name)
        if refusal:
            self._failed(refusal)
        self._look_for_taken_away(dialog, dialog.wish())

    def _rows(self) -> Mapping[object, tuple[Row, ...]]:
        return {table: tuple(self._session.document.table(table).values()) for table in TABLES}

    def _part_of(self, wish: DataWish) -> tuple[tuple[str, ...] | None, Bounds | None]:
        """Uuids of the marks, or bounds, of the wanted part of the case; None for both: all of it."""
        sites = tuple(self._canvas.selection.uuids) if wish.part == SELECTED else None
        return sites, self._bounds() if wish.part == SHOWN else None

    # -- written --------------------------------------------------------------------------------------------------

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
        """Gather the data of the present case, without later edits. Blocking findings stop data to be issued."""
        rows, spec, read = self._rows(), self._spec_of(wish), self._session.blob_reader()
        pool = self._canvas.own_scene.context.pool

        def read_chips(uuids: Iterable[str]) -> Mapping[str, bytes]:
            return read("chips", list(uuids), "data")

        def work(context: JobContext) -> tuple[DataExport, list[PrintedRow], str]:
            told = data_export(
                Document(rows),  # type: ignore[arg-type]
                wish.suffix,
                read_chips,
                publish=wish.publish,
                marking=wish.marking,
                sites=spec.sites,
                bounds=spec.bounds,
            )
            told = data_through_gate(told, spec, Edition(None, today(), wish.state))
            told, left_out = with_shown_chips(told, pool, context.check) if wish.suffix in WITH_PICTURES else (told, "")
            return told, printed_rows(told.document, told.content), left_out

        def done(found: tuple[DataExport, list[PrintedRow], str]) -> None:
            self._gathered -= 1
            leaving = DataLeaving(spec, wish.state, found[1], self._session.document)
            try:
                self._draw(leaving.named(found[0], self._panels), path, leaving, found[2])
            except GeoloupeError as error:
                self._failed(error.sentence)

        def failed(error: GeoloupeError) -> None:
            self._gathered -= 1
            lines = error.lines[:MOST_TOLD] if isinstance(error, ProductStopped) else ()
            self._failed(" ".join(map(in_language, (error.sentence, *lines))))

        def given_up(_nothing: object) -> None:
            self._gathered -= 1

        self._gathered += 1
        title = self.tr("Gathering {0}").format(path.name)
        self._jobs.run(work, done, failed, title, apart=True, given_up=given_up)

    def _spec_of(self, wish: DataWish) -> DataSpec:
        meta, target = self._session.document.meta, self._session.target
        sites, bounds = self._part_of(wish)
        return DataSpec(
            wish.suffix,
            title=meta("title") or (target.stem if target is not None and not wish.publish else ""),
            author=meta("author"),
            organisation=meta("organisation"),
            marking=wish.marking,
            publish=wish.publish,
            sites=sites,
            bounds=bounds,
        )

    # -- pixels ---------------------------------------------------------------------------------------------------

    def _write_pixels(self, wish: DataWish, path: Path) -> None:
        """Write the pixels of the topmost image: all of them, or the part in view."""
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

    def _draw(self, told: DataExport, path: Path, leaving: DataLeaving, left_out: str) -> None:
        """Write the data. Formats with pictures of the map wait until the maps are read, and then report `left_out`."""
        suffix = path.suffix.lower()
        if suffix not in WITH_PICTURES:
            self._write(lambda: self._made(told, path, leaving), path, partial(leaving.issue, self._panels))
            return
        context, folder = self._canvas.own_scene.context.for_pictures(), self._session.base_folder
        pictures = GroundPictures(
            told,
            lambda make, rows: make_held(make, rows, context, folder),
            crs=WGS84 if suffix == ".kmz" else "",
            with_map=suffix == ".html",
        )
        self._drawn.append((pictures, path, leaving, left_out))
        self._timer.start()

    def _look(self) -> None:
        for one in tuple(self._drawn):
            pictures, path, leaving, left_out = one
            try:
                is_made = pictures.look()
            except GeoloupeError as error:
                self._end(one)
                self._failed(error.sentence)
                continue
            if is_made:
                problems = [*([left_out] if left_out else []), *pictures.problems]
                self._end(one)
                if problems:
                    self._warn(self.tr("{0}: {1}").format(path.name, " ".join(map(in_language, problems))))
                make = partial(self._made_of, pictures, path, leaving)
                self._write(make, path, partial(leaving.issue, self._panels))

    def _end(self, one: _Drawn) -> None:
        one[0].close()
        self._drawn.remove(one)
        if not self._drawn:
            self._timer.stop()

    def _made_of(self, pictures: GroundPictures, path: Path, leaving: DataLeaving) -> None:
        self._made(pictures.finished(), path, leaving)

    def _made(self, told: DataExport, path: Path, leaving: DataLeaving) -> None:
        """Write the file. Runs in a job, as a drive may be slow to answer."""
        target = self._session.target
        if target is not None and path.exists() and target.exists() and os.path.samefile(target, path):
            raise NotAllowed("“{name}” is the open case itself: choose another name.", name=path.name)
        write_data(told, path, self._canvas.own_scene.context.pool)
        leaving.sha256 = file_sha256(path) if leaving.state != DRAFT else ""
