"""Exports the data of the open case: asks for data and file, and gathers, paints and writes them in jobs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from layers.document.document import Document
from layers.document.edit import TABLES
from layers.document.rows import Row
from layers.errors import GeoloupeError, NotAllowed, ProductStopped
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84
from layers.product.case_facts import title_of_sites
from layers.product.gathering import content_of
from layers.product.issuing.data_spec import DataSpec
from layers.product.issuing.edition import Edition
from layers.product.issuing.printed_rows import printed_rows
from layers.product.lint.groups import Group
from layers.product.publishing import DRAFT
from viewer.app.case.session import Session
from viewer.app.opening.written_file import WrittenFiles
from viewer.app.products.data.data_dialog import PIXELS, SELECTED, SHOWN, WHOLE, DataDialog, DataWish, folder_of
from viewer.app.products.data.data_leaving import DataLeaving, uuids_in
from viewer.app.products.data.taken_away import taken_away
from viewer.app.products.findings.bulk_cures import do_cure
from viewer.app.products.product_file import file_sha256
from viewer.canvas.widget import MapCanvas
from viewer.commands.filing.folder_paths import folder_counts, sites_in_folder
from viewer.export.data.data_files import write_data
from viewer.export.data.data_gate import data_through_gate
from viewer.export.data.exported import WITH_PICTURES, DataExport, data_export
from viewer.export.data.ground import GroundPictures
from viewer.export.data.laid_pictures import CasePlace, with_laid_pictures
from viewer.export.data.shown_chips import with_shown_chips
from viewer.export.formats.raw_pixels import begin_pixels, topmost_image
from viewer.export.formats.writing import Writing
from viewer.export.held_scenes import make_held
from viewer.export.made_on import today
from viewer.export.page_reader import PageReader
from viewer.panels.context import PanelContext
from viewer.support.jobs import JobContext
from viewer.support.language.translation import in_language

MOST_TOLD = 3
"""Most findings named in the message about a stopped export."""


class DataDesk(QObject):
    """Data exports of one window. `ask_path` asks for a file by its ending; `bounds` gives those of the view."""

    def __init__(
        self,
        session: Session,
        canvas: MapCanvas,
        panels: PanelContext,
        ask_path: Callable[[str], Path | None],
        bounds: Callable[[], Bounds],
        files: WrittenFiles,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._canvas, self._panels = session, canvas, panels
        self._jobs = canvas.own_scene.context.jobs
        self._ask_path, self._bounds, self._files, self._window = ask_path, bounds, files, window
        self._last = DataWish(".kmz")
        self._running = 0

    @property
    def is_idle(self) -> bool:
        """True while no file is being made."""
        return not self._running

    def begin(self, suffix: str = "") -> None:
        """Ask which data to export, and for whom. `suffix`: the format that is offered; empty for the last one."""
        selected = len(self._canvas.selection)
        self._last = replace(self._last, suffix=suffix or self._last.suffix)
        document = self._session.document
        dialog = DataDialog(len(document.sites), selected, self._last, folder_counts(document), self._window)
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
            self._files.fail(refusal)
        self._look_for_taken_away(dialog, dialog.wish())

    def _rows(self) -> Mapping[object, tuple[Row, ...]]:
        return {table: tuple(self._session.document.table(table).values()) for table in TABLES}

    def _part_of(self, wish: DataWish) -> tuple[tuple[str, ...] | None, Bounds | None]:
        """Uuids of the marks, or bounds, of the wanted part of the case; None for both: all of it."""
        folder = folder_of(wish.part)
        sites = tuple(self._canvas.selection.uuids) if wish.part == SELECTED else None
        sites = sites_in_folder(self._session.document, folder) if folder else sites
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
            self._write_data(replace(wish, suffix=path.suffix.lower()), path)

    def _write_data(self, wish: DataWish, path: Path) -> None:
        """Write the data of the present case, without later edits, in one job.

        Blocking findings stop data that are to be issued.
        """
        rows, spec, read = self._rows(), self._spec_of(wish), self._session.blob_reader()
        document, pool = self._session.document, self._canvas.own_scene.context.pool
        place = CasePlace(self._session.base_folder, self._canvas.own_scene.context.folders)

        def read_chips(uuids: Iterable[str]) -> Mapping[str, bytes]:
            return read("chips", list(uuids), "data")

        def work(job: JobContext) -> tuple[DataLeaving, list[str]]:
            export = data_export(
                Document(rows),  # type: ignore[arg-type]
                wish.suffix,
                read_chips,
                publish=wish.publish,
                marking=wish.marking,
                sites=spec.sites,
                bounds=spec.bounds,
            )
            export, problems = data_through_gate(export, spec, Edition(None, today(), wish.state)), list[str]()
            problems += [export.left_out] if export.left_out else []
            if wish.suffix in WITH_PICTURES:
                export, left_out = with_shown_chips(export, pool, job.check)
                problems += [left_out] if left_out else []
                export, unlaid = with_laid_pictures(export, spec, place, pool, job.check)
                problems += unlaid
            leaving = DataLeaving(spec, wish.state, printed_rows(export.document, export.content), document)
            reader = PageReader(job, self._jobs)
            export = reader.in_window(partial(leaving.named, export, self._panels))
            if wish.suffix in WITH_PICTURES:
                pictures = self._pictures(export, wish.suffix, partial(reader.post, self._files.say))
                export = pictures.make(reader)
                problems += pictures.problems
            self._write(export, path, leaving)
            return leaving, problems

        def done(written: tuple[DataLeaving, list[str]]) -> None:
            self._running -= 1
            leaving, problems = written
            if problems:
                self._files.warn(self.tr("{0}: {1}").format(path.name, " ".join(map(in_language, problems))))
            self._files.note(path, leaving.issue(self._panels))

        def failed(error: GeoloupeError) -> None:
            self._running -= 1
            lines = error.lines[:MOST_TOLD] if isinstance(error, ProductStopped) else ()
            self._files.fail(" ".join(map(in_language, (error.sentence, *lines))))

        def given_up(_nothing: object) -> None:
            self._running -= 1

        self._running += 1
        title = self.tr("Writing {0}").format(path.name)
        self._jobs.run(work, done, failed, title, apart=True, given_up=given_up)

    def _spec_of(self, wish: DataWish) -> DataSpec:
        document = self._session.document
        meta = document.meta
        sites, bounds = self._part_of(wish)
        author, organisation = self._session.analyst.answering(document)
        return DataSpec(
            wish.suffix,
            title=meta("title") or ("" if wish.publish else title_of_sites(document)),
            author=author,
            organisation=organisation,
            marking=wish.marking,
            publish=wish.publish,
            sites=sites,
            bounds=bounds,
            folder=folder_of(wish.part),
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
            self._files.fail(error.sentence)
            return
        self._running += 1
        writing.ended.connect(partial(self._pixels_ended, writing, path))

    def _pixels_ended(self, writing: Writing, path: Path) -> None:
        self._running -= 1
        if writing.error is not None:
            self._files.fail(writing.error.sentence)
        elif writing.written:
            self._files.note(path)
        writing.deleteLater()

    def _pictures(self, export: DataExport, suffix: str, tell: Callable[[str], None]) -> GroundPictures:
        """The pictures of the map in a file of this format. `tell` takes a sentence on their tiles."""
        context, folder = self._canvas.own_scene.context.for_pictures(), self._session.base_folder
        return GroundPictures(
            export,
            lambda make, rows: make_held(make, rows, context, folder),
            crs=WGS84 if suffix == ".kmz" else "",
            with_map=suffix == ".html",
            tell=tell,
        )

    def _write(self, export: DataExport, path: Path, leaving: DataLeaving) -> None:
        """Write the file. Runs in a job, as a drive may be slow to answer."""
        target = self._session.target
        if target is not None and path.exists() and target.exists() and os.path.samefile(target, path):
            raise NotAllowed("“{name}” is the open case itself: choose another name.", name=path.name)
        write_data(export, path, self._canvas.own_scene.context.pool)
        leaving.sha256 = file_sha256(path) if leaving.state != DRAFT else ""
