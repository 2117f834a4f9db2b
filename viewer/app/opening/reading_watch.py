"""Says in the status bar that layers are being opened, or that a file takes long to read, and offers to stop that."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer

from layers.grid.tile_grid import View
from viewer.canvas.scene import MapScene
from viewer.canvas.widget import MapCanvas
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.world_copies import wrapped_views
from viewer.support.jobs import Job, Jobs
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate
from viewer.support.paced_look import REST

LOOK_MS = 300
LONGEST_NAME = 60


class ReadingWatch(QObject):
    """Checks the map a few times a second while it is incomplete, else not at all."""

    def __init__(self, canvas: MapCanvas, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas, self._jobs = canvas, jobs
        self._job: Job | None = None
        self._waited_for: RasterDrawing | None = None
        self._opening: Job | None = None
        self._late: list[LayerDrawing] = []
        """Shown layers whose files are still being opened: the map lacks them."""
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        canvas.view_changed.connect(self._begin)
        canvas.scene_updated.connect(self._begin)

    def _begin(self) -> None:
        if not self._timer.isActive():
            self._timer.start()
        elif self._opening is not None and not any(map(_is_late, self._late)):
            self._tell_of_opening(self._names())  # at once: a picture of the complete map would still say it

    def _look(self) -> None:
        began = time.perf_counter()
        waiting, unopened = self._waiting(), self._names()
        self._timer.setInterval(max(LOOK_MS, round(REST * (time.perf_counter() - began) * 1000)))
        if not waiting and not unopened:
            self._timer.stop()
        self._tell_of_opening(unopened)
        if self._job is not None and (not waiting or self._waited_for is not waiting[0]):
            self._jobs.end(self._job)
            self._job = None
        if not waiting:
            return
        drawing = self._waited_for = waiting[0]
        if self._job is None:
            self._job = self._jobs.follow(self.tr("Reading {0}").format(drawing.path.name), self._cancel)
        self._jobs.tell(self._job, drawing.tiles.share(wrapped_views(drawing.seen(self._canvas.viewport.view()))))

    def _tell_of_opening(self, names: list[str]) -> None:
        if self._opening is not None and self._opening.title != self._opening_text(names):
            self._jobs.end(self._opening)
            self._opening = None
        if names and self._opening is None:
            self._opening = self._jobs.follow(self._opening_text(names), None)

    def _opening_text(self, names: list[str]) -> str:
        if len(names) == 1:
            return self.tr("Opening {0}").format(one_line(names[0], LONGEST_NAME))
        return (
            self.tr("Opening {0}").format(translate("ReadingWatch", "{count} layers", "{count} layer", len(names)))
            if names
            else ""
        )

    def _names(self) -> list[str]:
        """Names of the shown layers whose files are still being opened."""
        scenes = [pane.scene for pane in self._canvas.panes.all]
        shown = (scene.drawings[uuid] for scene in scenes for uuid in scene.stack.visible())
        self._late = list(filter(_is_late, shown))
        names = [drawing.layer.name for drawing in self._late]
        return list(dict.fromkeys(names)) if len(scenes) > 1 else names

    def _waiting(self) -> list[RasterDrawing]:
        """Shown images that are still incomplete."""
        return [
            drawing for pane in self._canvas.panes.all for drawing in self._late_in(pane.scene, pane.viewport.view())
        ]

    @staticmethod
    def _late_in(scene: MapScene, view: View) -> list[RasterDrawing]:
        return [
            drawing
            for drawing in scene.drawings.values()
            if isinstance(drawing, RasterDrawing)
            and drawing.layer.visible
            and drawing.info is not None
            and not (
                all(map(drawing.tiles.is_complete, wrapped_views(drawing.seen(view))))
                or drawing.tiles.waits_for_overviews(drawing.seen(view))
            )
        ]

    def _cancel(self) -> None:
        for drawing in self._waiting():
            drawing.tiles.pause()
        self._look()


def _is_late(drawing: LayerDrawing) -> bool:
    return not (drawing.is_open or drawing.remark)
