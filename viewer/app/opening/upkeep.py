"""Maintains the files of layers: builds missing overviews, and offers to read changed files again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from layers.raster.overviews import Lack, SourceState, overview_bytes
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.panels.context import PanelContext
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.translation import translate
from viewer.support.messages import MessageAction, Messages
from viewer.support.paced_look import PacedLook

SETTLED_MS = 500
"""Quiet time after which a changed file is checked: a file that is being written changes often."""


class Upkeep(QObject):
    """Builds overviews of moderate size without asking, and offers to build large ones.

    `changed`: `can_build_current` has changed.
    """

    changed = Signal()

    def __init__(self, shown: ComparedScene, context: PanelContext, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._shown, self._scene, self._context, self._messages = shown, shown.map, context, messages
        self._store = shown.context.overviews
        self._seen: set[SourceState] = set()
        self._stale: set[str] = set()
        self._offered = False
        self._watched: set[str] = set()
        self._watch = QFileSystemWatcher(self)
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._check_files)
        self._watch.fileChanged.connect(self._settled.start)
        self._looks = PacedLook(self.look_again, self)
        shown.updated.connect(self._looks.ask)
        shown.map.problem_changed.connect(self._looks.ask)
        context.layer_shown.connect(self._looks.ask)
        context.document_replaced.connect(self._forget)
        self._drives = shown.context.drives
        self._drives.changed.connect(self._mind_drive)
        if self._store is not None:
            self._store.ended.connect(self._ended)

    @property
    def can_build_current(self) -> bool:
        """True while overviews of the current layer are lacking and can be built."""
        drawing = self._current
        return drawing is not None and drawing.can_build

    @property
    def is_due(self) -> bool:
        """True while a check of the files is due."""
        return self._looks.is_due

    def look_again(self, *_: object) -> None:
        """Check all raster files: some may have been read, or have changed."""
        for drawing in self._rasters():
            self._mind_changes(drawing)
            state = drawing.source.state
            if state is not None and state not in self._seen:
                self._mind_overviews(drawing, state)
            elif state is not None and not drawing.can_build:
                self._messages.clear(_key(state))
        self._watch_shown()
        offered = self.can_build_current
        if offered != self._offered:
            self._offered = offered
            self.changed.emit()

    # ----------------------------------------------------------------------------------------------------------

    def _forget(self) -> None:
        """Forget which files of the case before were reported: those of the new case are reported anew."""
        self._seen.clear()
        self._stale.clear()

    def _rasters(self) -> Iterator[RasterDrawing]:
        for drawing in list(self._scene.drawings.values()):
            if isinstance(drawing, RasterDrawing):
                yield drawing

    @property
    def _current(self) -> RasterDrawing | None:
        drawing = self._context.layers.drawing_of(self._context.layer_uuid)
        return drawing if isinstance(drawing, RasterDrawing) else None

    def build_current(self) -> None:
        """Build the overviews that the current layer lacks."""
        if self._current is not None:
            self._build(self._current)

    def _build(self, drawing: RasterDrawing) -> None:
        drawing.build_overviews()
        self.look_again()

    def read_current_again(self) -> None:
        """Read the file of the current layer anew."""
        if self._current is not None:
            self._current.reload()

    def _mind_drive(self, folder: str) -> None:
        """Say once for each drive that it does not answer, and offer to try again; clear the message once it does."""
        key = f"drive {folder}"
        layers = [
            drawing
            for drawing in self._scene.drawings.values()
            if any(str(place) == folder for place in drawing.folders)
        ]
        count = sum(drawing.is_unavailable for drawing in layers)
        if not (count and self._drives.is_gone(Path(folder))):
            self._messages.clear(key)
            return
        text = self.tr("{0} does not answer: {1} not available until it is there again.")
        waiting = translate("Upkeep", "{count} of its layers are", "{count} of its layers is", count)
        action = MessageAction(self.tr("Try Again"), lambda: self._drives.try_again(folder))
        self._messages.show(key, text.format(folder, waiting), "warning", action)

    def _is_complete(self) -> bool:
        view = self._scene.last_view
        return view is None or self._shown.is_complete(view)

    def _mind_overviews(self, drawing: RasterDrawing, state: SourceState) -> None:
        """Build or offer missing overviews, once for each file; building waits for an idle map that shows the layer."""
        if drawing.can_build and drawing.lack is Lack.MODERATE:
            if not (drawing.layer.visible and self._is_complete()):
                return
            self._build(drawing)
        elif drawing.can_build and drawing.info is not None:
            text = self.tr(
                "{0} has no overviews: zoomed out, a sample of its pixels is shown. "
                "Overviews take up to {1} MB in the cache folder; the file stays as it is."
            ).format(drawing.path.name, max(1, overview_bytes(drawing.info) >> 20))
            action = MessageAction(self.tr("Build Overviews"), lambda: self._build_by_uuid(drawing.layer_uuid))
            self._messages.show(_key(state), text, "info", action)
        self._seen.add(state)

    def _watch_shown(self) -> None:
        """Watch the files of the present layers only: others may lie where reading is no longer allowed.

        Watching a file on a drive that is gone would block: those files wait until it is back.
        """
        shown = {state.path for drawing in self._rasters() if (state := drawing.source.state) in self._seen and state}
        gone = [path for path in self._watch.files() if path not in shown] if self._watched - shown else []
        if gone:
            self._watch.removePaths(gone)
        new = {path for path in shown - self._watched if self._drives.answers(Path(path).parent)}
        for path in new:
            self._watch.addPath(path)
        self._watched = (self._watched & shown) | new

    def _build_by_uuid(self, uuid: str) -> None:
        """Build the overviews that were offered, unless the layer has gone since."""
        drawing = self._scene.drawings.get(uuid)
        if isinstance(drawing, RasterDrawing):
            self._build(drawing)

    def _ended(self, state: SourceState, sentence: str) -> None:
        if sentence and any(drawing.source.state == state for drawing in self._rasters()):
            self._messages.show(_key(state), sentence, "error")
        self.look_again()

    def _check_files(self) -> None:
        for drawing in self._rasters():
            drawing.check_file()

    def _mind_changes(self, drawing: RasterDrawing) -> None:
        """Say once that a file has changed, and offer to read it again; clear the message when that is done."""
        uuid, key = drawing.layer_uuid, f"stale {drawing.layer_uuid}"
        if drawing.is_stale == (uuid in self._stale):
            return
        if drawing.is_stale:
            self._stale.add(uuid)
            action = MessageAction(self.tr("Read Again"), lambda: self._reload_by_uuid(uuid))
            self._messages.show(key, drawing.problem, "warning", action)
        else:
            self._stale.discard(uuid)
            self._messages.clear(key)

    def _reload_by_uuid(self, uuid: str) -> None:
        drawing = self._scene.drawings.get(uuid)
        if isinstance(drawing, RasterDrawing):
            drawing.reload()


def _key(state: SourceState) -> str:
    return f"overviews {state.path} {state.part}"
