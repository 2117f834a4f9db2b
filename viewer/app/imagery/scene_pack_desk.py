"""Makes offline packs of images on hosts: a part of a COG at full resolution, with its catalogue's item beside it."""

from __future__ import annotations

import os
from functools import cached_property, partial
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shiboken6
from msgspec import Struct

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.raster.band_files import PackLacks, band_files_of, pack_lacks_of
from layers.services.http_request import HttpRequest
from layers.services.offers.kept_item import kept_item
from layers.services.packs.scene_pack_search import ScenePack, scene_packs_in
from layers.services.stac.addresses import unsigned
from viewer.app.imagery.case_packs import CasePacks
from viewer.commands.imagery.layer_packs import use_clip
from viewer.network.answer import HttpAnswer
from viewer.network.consent import host_of
from viewer.panels.one_dialog import show_once
from viewer.rendering.layers.image_chips import pixels_within
from viewer.rendering.raster.remote_drawing import RemoteDrawing
from viewer.support.language.text import one_line

if TYPE_CHECKING:
    from viewer.export.formats.raw_pixels import Pack
    from viewer.export.formats.writing import Writing
    from viewer.panels.packs.scene_pack_dialog import ScenePackDialog


class HeldPack(Struct, frozen=True):
    """A pack that is there: its file, its place, and the numbers of the bands that it lacks."""

    path: Path
    bounds: Bounds
    lacks: tuple[int, ...]


class ScenePackDesk(CasePacks):
    """The packs of images on hosts that are being made for the open case. For the window's thread."""

    @cached_property
    def _writings(self) -> list[Writing]:
        return []

    def open(self, layer: Layer) -> None:
        """Show the dialog for a layer; what cannot be read now is reported."""
        if self._drawing_of(layer.uuid) is None:
            sentence = self.tr("“{0}” cannot be read from its host now: a pack is made while it can.")
            self._panels.report(sentence.format(one_line(layer.name, 60)))
            return
        from viewer.panels.packs.scene_pack_dialog import ScenePackDialog  # for start-up time

        def make() -> ScenePackDialog:
            folder, measure = lambda: self._session.base_folder, partial(self._measured, layer.uuid)

            def held(bounds: Bounds) -> str:
                pack = self._held(layer.uuid, bounds)
                return "" if pack is None else pack.path.name

            dialog = ScenePackDialog(self._panels, layer, measure, held, folder, self._window)
            dialog.begin_wanted.connect(partial(self._begin, dialog))
            dialog.use_wanted.connect(partial(self._use, dialog))
            self._look_beside(dialog, layer)
            return dialog

        show_once(self._window, ScenePackDialog, make, lambda dialog: dialog.layer_uuid == layer.uuid)

    def close(self) -> None:
        """Cancel what is being written: no file appears."""
        for writing in self._writings:
            writing.cancel()

    def _drawing_of(self, uuid: str) -> RemoteDrawing | None:
        drawing = self._panels.layers.drawing_of(uuid)
        return drawing if isinstance(drawing, RemoteDrawing) and drawing.info is not None else None

    def _measured(self, uuid: str, bounds: Bounds) -> tuple[int, int, int]:
        """Columns and rows of the image in an area, and the bytes of a pixel."""
        drawing = self._drawing_of(uuid)
        window = None if drawing is None else pixels_within(drawing, bounds)
        if drawing is None or drawing.info is None or window is None:
            return 0, 0, 0
        widest = max(np.dtype(band.dtype).itemsize for band in drawing.info.bands)
        return window.width, window.height, widest * len(drawing.info.bands)

    def _held(self, uuid: str, bounds: Bounds) -> HeldPack | None:
        """The pack beside the case that has an area of an image, whichever of its layers it was made for."""
        layers = self._panels.document.layers
        address = layers[uuid].source.get("address") if uuid in layers else None
        for layer in layers.values():
            place, path = pack_lacks_of(layer.source), layer.source.get("path")
            if address is None or layer.source.get("address") != address or place is None or not isinstance(path, str):
                continue
            if Path(path).parent == self._session.base_folder and Bounds(*place.bounds).contains(bounds):
                return HeldPack(Path(path), Bounds(*place.bounds), place.bands)
        return None

    def _look_beside(self, dialog: ScenePackDialog, layer: Layer) -> None:
        """Look, in a job, for packs of the image beside the case, which another case or an earlier session has made."""
        folder, jobs, address = self._session.base_folder, self._panels.case.jobs, layer.source.get("address")
        is_told = isinstance(address, str) and "path" not in layer.source and not band_files_of(layer.source)
        if folder is None or jobs is None or not is_told:
            return

        def show(packs: tuple[ScenePack, ...]) -> None:
            if packs and shiboken6.isValid(dialog):
                dialog.show_made(packs[0])

        jobs.run(lambda _: scene_packs_in(folder, unsigned(str(address))), show)

    def _use(self, dialog: ScenePackDialog, pack: ScenePack) -> None:
        """Let the layer show from a pack that was made before."""
        layer = self._panels.document.layers.get(dialog.layer_uuid)
        if layer is None or not self._panels.do(use_clip, layer.uuid, pack.path, PackLacks((), pack.bounds)):
            return
        sentence = self.tr("“{1}” shows from the offline pack {0} without a network.")
        self._panels.messages.tell(sentence.format(one_line(pack.path.name, 60), one_line(layer.name, 60)))
        dialog.close()

    # -- steps -------------------------------------------------------------------------------------------------------

    def _begin(self, dialog: ScenePackDialog, bounds: Bounds, file_name: str) -> None:
        """Save the case where it has no place yet, then begin; the dialog's work is done."""
        document, uuid = self._session.document, dialog.layer_uuid

        def begin() -> None:
            folder = self._session.base_folder
            if folder is None or self._session.document is not document:
                return
            if shiboken6.isValid(dialog):
                dialog.close()
            jobs = self._panels.case.jobs
            assert jobs is not None, "the window has them"
            held = self._held(uuid, bounds)
            if held is not None:  # made again it is the same file, with all that it has
                self._fetch_item(uuid, held.bounds, held.path)
            else:
                jobs.run(lambda _: _free(folder / file_name), partial(self._fetch_item, uuid, bounds))

        if self._session.base_folder is None:
            self._save(begin)
        else:
            begin()

    def _fetch_item(self, uuid: str, bounds: Bounds, path: Path) -> None:
        """Ask the catalogue for the item, which lies beside the pack; without one the pack is made all the same."""
        layer, jobs = self._panels.document.layers.get(uuid), self._panels.case.jobs
        if layer is None or jobs is None:
            return
        catalogue = layer.source.get("catalogue")
        address = str(catalogue.get("address") or "") if isinstance(catalogue, dict) else ""
        fetcher = self._fetcher
        if fetcher is None or not address or not fetcher.consent.permits(host_of(address)):
            self._write(uuid, bounds, path, {})
            return

        def arrived(answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
            if answer is None or error is not None:
                self._write(uuid, bounds, path, {})
                return
            body = answer.body
            picture = "" if band_files_of(layer.source) else str(layer.source.get("address") or "")
            jobs.run(
                lambda _: kept_item(body, path.name, picture, tuple(bounds)),
                lambda item: self._write(uuid, bounds, path, {path.with_suffix(".json"): item}),
                lambda _: self._write(uuid, bounds, path, {}),
            )

        fetcher.fetch_document(HttpRequest(address), arrived)

    def _write(self, uuid: str, bounds: Bounds, path: Path, beside: dict[Path, bytes]) -> None:
        from viewer.export.formats.raw_pixels import Pack, begin_pixels  # for start-up time

        drawing = self._drawing_of(uuid)
        if drawing is None or self._session.base_folder != path.parent:
            return
        title = self.tr("Offline pack {0}").format(one_line(path.name, 40))
        held = self._held(uuid, bounds)
        pack = Pack(beside, str(held.path), held.lacks) if held is not None and held.lacks else Pack(beside)
        try:
            writing = begin_pixels(drawing, bounds, path, drawing.context, title=title, pack=pack, parent=self)
        except GeoloupeError as error:
            self._panels.report(error.sentence)
            return
        self._writings.append(writing)
        writing.ended.connect(partial(self._ended, writing, uuid, path, bounds, pack))

    def _ended(self, writing: Writing, uuid: str, path: Path, bounds: Bounds, pack: Pack) -> None:
        """Let the layer use its pack, and save the case where nothing else has changed."""
        self._writings.remove(writing)
        writing.deleteLater()
        layer = self._panels.document.layers.get(uuid)
        if writing.error is not None:
            self._panels.report(writing.error.sentence)
        if not writing.written or layer is None:
            return
        was_saved = not self._session.is_dirty and not self._session.is_read_only
        self._panels.do(use_clip, uuid, path, PackLacks(tuple(sorted(pack.lacks)), bounds))
        names = one_line(path.name, 60), one_line(layer.name, 60)
        sentence = self.tr("The offline pack {0} is whole: “{1}” shows from it without a network.").format(*names)
        if pack.lacks:
            sentence = self.tr("The offline pack {0} of “{1}” lacks {2}").format(*names, self._lacking(layer, pack))
            sentence += " " + self.tr("Make the pack again to fetch what it lacks: the rest is taken from this one.")
        if not pack.beside and layer.source.get("catalogue"):
            missing = self.tr(
                "The archive did not send its record of the scene, so its dates and licence stand in the case alone."
            )
            sentence = f"{sentence} {missing}"
        if self._session.is_dirty and was_saved:
            self._save(lambda: self._panels.messages.tell(sentence))
        else:
            self._panels.messages.tell(sentence)

    def _lacking(self, layer: Layer, pack: Pack) -> str:
        """The bands that did not come, and why: “B08 nir: the host answers nothing.”"""
        titles, files = dict[str, list[str]](), band_files_of(layer.source)
        for number, why in sorted(pack.lacks.items()):
            titles.setdefault(why, []).append(files[number - 1].title if number <= len(files) else str(number))
        return " ".join(f"{', '.join(names)}: {why}" for why, names in titles.items())


def _free(path: Path) -> Path:
    """The path, or one with a number where something has that name: nothing is written over."""
    beside = (path.with_stem(f"{path.stem} {number}") for number in count(2))
    return next(free for free in chain((path,), beside) if not os.path.lexists(free))
