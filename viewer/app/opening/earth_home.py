"""Brings files of Google Earth home: reads one off the window's thread, asks what comes in, and adds it as one step."""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from layers.document.changes import Changes
from layers.document.source import Source
from layers.errors import GeoloupeError, NotReadable
from layers.requests.earth_file import EarthFile, ReadEarthFile
from viewer.app.case.session import Session
from viewer.app.opening.layer_adder import LayerAdder
from viewer.panels.added_sites import show_added
from viewer.panels.context import PanelContext
from viewer.rendering.context import RenderContext
from viewer.support.jobs import JobContext
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate
from viewer.support.messages import MessageAction, Messages
from viewer.support.newest_job import NewestJob

if TYPE_CHECKING:
    from viewer.commands.filing.earth_known import KnownParts
    from viewer.commands.filing.earth_places import EarthChoice, EarthEdit


class EarthHome(QObject):
    """The way of a KML or KMZ into the case, from the menu and from the line that is shown once one is a layer."""

    def __init__(
        self,
        session: Session,
        panels: PanelContext,
        adder: LayerAdder,
        context: RenderContext,
        messages: Messages,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session = session
        self._panels, self._adder, self._messages, self._window = panels, adder, messages, window
        self._pool, self._jobs = context.pool, context.jobs

    def offer(self, path: Path) -> None:
        """Offer the places of a file, which was opened as a layer, as sites."""
        key = f"earth {path}"
        text = self.tr("The placemarks of “{0}” can also be sites, with their folders, notes and dates.")

        def begin() -> None:
            self._messages.clear(key)
            self.read(path)

        action = MessageAction(self.tr("Bring Home…"), begin)
        self._messages.show(key, text.format(one_line(path.name, 60)), "info", action)

    def read(self, path: Path) -> None:
        """Read a file in a reader process, then ask what of it comes in."""
        # For start-up time: few files are of Google Earth, as below.
        from viewer.commands.filing.earth_known import known_parts

        pool, document = self._pool, self._panels.document.copied()

        def read(job: JobContext) -> tuple[EarthFile, list[bytes], KnownParts]:
            answer = pool.ask(ReadEarthFile(str(path.resolve())))
            file: EarthFile = answer.facts
            shapes = _shapes_in(answer.arrays, sum(place.shapes for place in file.places))
            return file, shapes, known_parts(document, file, shapes)

        title = self.tr("Reading {0}").format(one_line(path.name, 60))
        self._jobs.run(read, lambda facts: self._show(path, *facts), self._refuse, title, apart=True, of_case=True)

    def _show(self, path: Path, file: EarthFile, shapes: list[bytes], known: KnownParts) -> None:
        from viewer.commands.filing.earth_known import known_parts  # for start-up time
        from viewer.panels.homecoming.earth_dialog import EarthDialog  # for start-up time

        dialog = EarthDialog(file, path, known, self._panels.document.sites, self._window)
        dialog.chosen.connect(partial(self._bring, path, file, shapes))
        looks = NewestJob(self._jobs)

        def follow(changes: Changes) -> None:
            if changes.touches("sites", "layers", "bookmarks"):
                document = self._panels.document.copied()
                looks.run(lambda: known_parts(document, file, shapes), dialog.show_known)

        following = self._panels.changed.connect(follow)

        def end() -> None:
            looks.drop()
            self._panels.changed.disconnect(following)

        dialog.finished.connect(end)
        self._panels.document_replaced.connect(dialog.close)
        dialog.show()

    def _bring(self, path: Path, file: EarthFile, shapes: list[bytes], choice: EarthChoice) -> None:
        document, actor = self._panels.document.copied(), self._panels.case.actor
        title = self.tr("Bringing home {0}").format(one_line(path.name, 60))
        pool = self._pool
        has_photos = choice.sites and choice.photos and any(place.photos for place in file.places)
        keep = self._session.blob_keeper() if has_photos else None

        def bring(job: JobContext) -> EarthEdit:
            # For start-up time, as above.
            from viewer.app.opening.earth_photo_files import kept_photos, sizes_beside
            from viewer.commands.filing.earth_photos import with_photos
            from viewer.commands.filing.earth_places import bring_home

            sizes = sizes_beside(pool, path.resolve(), file, job) if choice.overlays else {}
            made = bring_home(document, file, shapes, path.resolve(), choice, sizes=sizes, actor=actor)
            if keep is None or not made.photos:
                return made
            chips, left_out = kept_photos(pool, path.resolve(), made.photos, keep, job)
            return with_photos(made, chips, left_out, path.name, actor=actor)

        add = partial(self._add, path)
        self._jobs.run(bring, add, self._refuse, title, apart=True, of_case=True)

    def _add(self, path: Path, made: EarthEdit) -> None:
        """Add what a file brings as one step, select its sites and go there."""
        self._adder.allow(layer.source for layer in made.layers)
        if not self._panels.do(lambda document, actor: made.edit):
            return
        show_added(self._panels, self._jobs, (*made.site_uuids, *made.changed), made.bounds)
        self._tell(path, made)
        if made.left_out:
            more = self.tr(" ({0} in all.)").format(len(made.left_out)) if len(made.left_out) > 1 else ""
            self._panels.report(in_language(made.left_out[0]) + more)

    def _tell(self, path: Path, made: EarthEdit) -> None:
        """Tell what came in; where something stayed in the file, lead to the source, which keeps the account of it."""
        new = Counter(change.table for change in made.edit.changes if change.before is None)
        chips, bookmarks = new["chips"], new["bookmarks"]
        changed = len(made.changed)
        numbers = (
            translate("EarthHome", "{count} sites changed", "{count} site changed", changed) if changed else "",
            translate("EarthHome", "{count} sites", "{count} site", len(made.site_uuids)) if made.site_uuids else "",
            translate("EarthHome", "{count} layers", "{count} layer", len(made.layers)) if made.layers else "",
            translate("EarthHome", "{count} chips", "{count} chip", chips) if chips else "",
            translate("EarthHome", "{count} bookmarks", "{count} bookmark", bookmarks) if bookmarks else "",
        )
        text = self.tr("Brought home of “{0}”: {1}.").format(one_line(path.name, 60), ", ".join(filter(None, numbers)))
        rows = (change.after for change in made.edit.changes if change.table == "sources")
        source = next((row for row in rows if isinstance(row, Source) and "\n" in row.descriptor), None)
        if source is None:
            self._panels.messages.tell(text)
            return
        key, uuid = f"earth home {path}", source.uuid

        def show() -> None:
            self._messages.clear(key)
            if uuid in self._panels.document.sources:
                self._panels.open_row("sources", uuid)

        more = self.tr("Its source tells what stayed in the file.")
        self._messages.show(key, f"{text} {more}", "info", MessageAction(self.tr("Show Source"), show))

    def _refuse(self, error: GeoloupeError) -> None:
        self._panels.report(in_language(error.sentence))


def _shapes_in(arrays: tuple[Any, ...], count: int) -> list[bytes]:
    """The WKB of each geometry. Raises NotReadable where the reader's arrays do not fit together."""
    if len(arrays) != 2 or len(arrays[1]) != count + 1:
        raise NotReadable("The reader sent places that do not fit together: try again.")
    blobs, starts = arrays
    return [blobs[int(first) : int(last)].tobytes() for first, last in pairwise(starts)]
