"""Makes offline packs of layers: opens the dialog, holds the work on each pack, and lets its layer use it."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject

from layers.document.layer import Layer
from layers.errors import BadTemplate
from layers.project.opening.layer_paths import packs_in
from layers.services.tile_service import TileService
from viewer.app.imagery.case_packs import CasePacks
from viewer.commands.imagery.layer_packs import use_pack
from viewer.panels.context import PanelContext
from viewer.panels.one_dialog import show_once
from viewer.rendering.access import is_on_host
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.support.jobs import Job
from viewer.support.language.text import one_line

if TYPE_CHECKING:
    from layers.services.packs.pack_plan import PackPlan
    from viewer.app.imagery.scene_pack_desk import ScenePackDesk
    from viewer.network.pack_download import PackDownload
    from viewer.panels.packs.pack_dialog import PackDialog


class PackDesk(CasePacks):
    """The packs that are being made for the open case, one a layer. For the window's thread."""

    @cached_property
    def _work(self) -> dict[str, PackDownload]:
        """The work on packs of tiles, by layer."""
        return {}

    @cached_property
    def _scenes(self) -> ScenePackDesk:
        from viewer.app.imagery.scene_pack_desk import ScenePackDesk  # for start-up time

        return ScenePackDesk(self._session, self._panels, self._fetcher, self._save, self._window)

    def can_open(self, uuid: str) -> bool:
        """True for a layer of tiles, and an image on a host, where there is a network."""
        layer = self._panels.document.layers.get(uuid)
        is_fetched = layer is not None and (layer.kind == "tiles" or is_on_host(layer))
        return is_fetched and self._fetcher is not None

    def layer_meant(self) -> str:
        """The current layer where a pack can be made of it, else the topmost visible one of those; empty for none."""
        shown = (layer.uuid for layer in reversed(self._panels.document.layers_in_order()) if layer.visible)
        return next(filter(self.can_open, (self._panels.layer_uuid, *shown)), "")

    def open(self, uuid: str) -> None:
        """Show the dialog for a layer, with the work on its pack of tiles where that has begun."""
        from viewer.network.pack_download import PackPhase  # for start-up time: no pack is made yet, as below

        layer = self._panels.document.layers.get(uuid)
        if layer is None or not self.can_open(uuid):
            return
        if layer.kind != "tiles":
            self._scenes.open(layer)
            return
        try:
            service = TileService.from_json(layer.source)
        except BadTemplate as error:
            self._panels.report(error.sentence)
            return
        from viewer.panels.packs.pack_dialog import PackDialog  # for start-up time

        def make() -> PackDialog:
            dialog = PackDialog(self._panels, layer, service, lambda: self._session.base_folder, self._window)
            dialog.begin_wanted.connect(partial(self._begin, dialog))
            dialog.use_wanted.connect(partial(self._use, dialog))
            if uuid in self._work and self._work[uuid].phase is not PackPhase.DONE:
                dialog.follow(self._work[uuid])
            return dialog

        show_once(self._window, PackDialog, make, lambda dialog: dialog.layer_uuid == uuid)

    def close(self) -> None:
        """Pause all work, so that it can go on later; what has come is in the packs."""
        for download in self._work.values():
            download.close()
        self._work.clear()

    def _begin(self, dialog: PackDialog, plan: PackPlan, file_name: str, anew: bool) -> None:
        """Begin a pack beside the case, or go on with it; a case without a place is saved first."""
        folder = self._session.base_folder
        if folder is not None:
            self._begin_in(dialog, plan, folder / file_name, anew)
            return
        document = self._session.document

        def saved() -> None:
            folder = self._session.base_folder
            if folder is not None and self._session.document is document and shiboken6.isValid(dialog):
                dialog.look_at_file()
                self._begin_in(dialog, plan, folder / file_name, anew)
                dialog.activateWindow()  # the question where to save had the keyboard, and gave it to the window

        self._save(saved)

    def _use(self, dialog: PackDialog, path: Path) -> None:
        """Let a layer show from a pack that was made before, which the analyst has chosen."""
        layer, drawing = (
            self._panels.document.layers.get(dialog.layer_uuid),
            self._panels.layers.drawing_of(dialog.layer_uuid),
        )
        if layer is None:
            return
        if str(path) in packs_in(layer.source):
            dialog.say(self.tr("The layer shows from {0} already.").format(path.name))
            return
        if drawing is not None:
            drawing.context.folders.allow_file(str(path))  # chosen by hand, wherever it lies
        if self._take_up(layer, path):
            dialog.close()

    def _take_up(self, layer: Layer, path: Path) -> bool:
        """Let a layer use a pack, say so, and save a case in which nothing else is new; False where it was refused."""
        was_saved = not self._session.is_dirty and not self._session.is_read_only
        if str(path) not in packs_in(layer.source) and not self._panels.do(use_pack, layer.uuid, path):
            return False
        drawing = self._panels.layers.drawing_of(layer.uuid)
        if isinstance(drawing, TilesDrawing):
            drawing.read_packs_again()
        names = one_line(path.name, 60), one_line(layer.name, 60)
        sentence = self.tr("The offline pack {0} is whole: “{1}” shows from it without a network.").format(*names)
        folder = self._session.base_folder
        if folder is None or not path.is_relative_to(folder):
            sentence = self.tr("“{1}” shows from the pack {0}, which lies elsewhere: take it along with the case.")
            sentence = sentence.format(*names)
        if self._session.is_dirty and was_saved:
            # Nothing but the pack's name is new: with it the case is ready to travel.
            self._save(lambda: self._panels.messages.tell(sentence))
        elif self._session.is_dirty:
            self._panels.messages.tell(self.tr("{0} Save the case to keep that.").format(sentence))
        else:
            self._panels.messages.tell(sentence)
        return True

    def _begin_in(self, dialog: PackDialog, plan: PackPlan, path: Path, anew: bool) -> None:
        from viewer.network.pack_download import PackDownload  # for start-up time

        jobs, uuid = self._panels.case.jobs, dialog.layer_uuid
        assert self._fetcher is not None and jobs is not None, "the window has both"  # noqa: PT018
        before = self._work.get(uuid)
        if before is None or anew or (before.plan, before.path) != (plan, path):
            if before is not None:
                before.close()
            self._work[uuid] = PackDownload(self._fetcher, jobs, plan, path, self, anew=anew)
            self._work[uuid].ended.connect(partial(self._ended, uuid))
            dialog.follow(self._work[uuid])
        download = self._work[uuid]
        job = jobs.follow(self.tr("Offline pack {0}").format(one_line(path.name, 40)), download.pause)
        _Follower(download, job, self._panels)
        download.start()

    def _ended(self, uuid: str) -> None:
        """Let the layer use a pack that is whole, or as far as it goes."""
        from viewer.network.pack_download import PackPhase  # for start-up time

        download = self._work.get(uuid)
        layer = self._panels.document.layers.get(uuid)
        if download is None or layer is None:
            return
        if download.phase is PackPhase.DONE:
            self._take_up(layer, download.path)
        elif download.sentence:
            self._panels.report(download.sentence)


class _Follower(QObject):
    """Shows the progress of a pack in the status bar, until it ends or is paused."""

    def __init__(self, download: PackDownload, job: Job, panels: PanelContext) -> None:
        super().__init__(download)
        self._download, self._job, self._panels = download, job, panels
        download.changed.connect(self._tell)
        download.ended.connect(self._end)

    def _tell(self) -> None:
        jobs = self._panels.case.jobs
        if jobs is not None:
            jobs.tell(self._job, self._download.fraction)

    def _end(self) -> None:
        jobs = self._panels.case.jobs
        if jobs is not None:
            jobs.end(self._job)
        self.deleteLater()
