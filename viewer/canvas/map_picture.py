"""Decides when the map on a canvas is painted, and keeps its picture meanwhile."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QImage, QPainter

from layers.grid.tile_grid import View
from viewer.canvas.covered_images import SeenCredits
from viewer.canvas.extent import unplaced_in
from viewer.canvas.graticule_painter import ShownGraticule
from viewer.canvas.selection import Selection
from viewer.canvas.shown_scene import ShownScene, dated_credits
from viewer.canvas.sites.unplaced import Unplaced
from viewer.canvas.viewport import Viewport
from viewer.rendering.service_state import Notice
from viewer.support.paced_look import PacedLook
from viewer.support.painting import painting

LOADING_PAINT_MS = 150
"""Least time in milliseconds between two paintings while tiles of another view arrive.

Painting stand-ins takes the cores, and Python's lock, from the threads that read and paint the tiles: a view of a near
server is complete sooner, and QGIS paints a view that loads four times a second.
"""
REST = 4
"""Rest after a painting while tiles arrive, as a multiple of the time that it took."""
LIVE_PAINT_MS = 12
"""Least time in milliseconds between two paintings while only colours change: nothing else needs the cores."""


class MapPicture(QObject):
    """Paints a map that changes straight to the screen, and keeps it as a picture while only things above it move.

    So a hint or a rubber band repaints nothing of the map. `settled` everywhere: the view rests, and labels and sites
    take their final places.
    """

    outdated = Signal()
    """Emitted when the map has to be painted anew."""
    covered_changed = Signal(object)
    """Emitted, also while it paints, with the images, by uuid, that lie hidden under others in the resting view."""

    def __init__(self, shown: ShownScene, viewport: Viewport, selection: Selection, parent: QObject) -> None:
        super().__init__(parent)
        self._shown, self._viewport, self._selection = shown, viewport, selection
        self.credits: list[str] = []
        """Credits of the map as it was last painted."""
        self.dated: dict[str, str] = {}
        """Layers whose date can be chosen, by their credits."""
        self.unplaced = Unplaced()
        """Counts the layers and sites that could not be shown."""
        self.notices: list[Notice] = []
        """States of services that do not answer, or that are shown enlarged."""
        self.graticule = ShownGraticule(shown, self.outdated.emit, self)
        self._seen_credits, self._covered = SeenCredits(shown), frozenset[str]()
        self._kept = QImage()
        self._whole: View | None = None
        """The last view that was complete."""
        self._is_stale, self._is_settled = True, False
        self._paint_ms = 0.0
        self._painted_at = 0.0
        self._looks = PacedLook(self._follow_scene, self)
        self._soon = QTimer(self, singleShot=True, interval=LOADING_PAINT_MS)
        self._soon.timeout.connect(self.paint_anew)
        shown.updated.connect(self._looks.ask)
        shown.edited.connect(self.paint_anew)
        shown.unfinished.connect(self.paint_anew)
        shown.recomposed.connect(self.paint_anew)
        selection.changed.connect(self.paint_anew)

    def close(self) -> None:
        """Disconnect from the scene, which may live longer."""
        self._soon.stop()
        self._looks.stop()
        for signal in (self._shown.edited, self._shown.unfinished, self._shown.recomposed, self._selection.changed):
            signal.disconnect(self.paint_anew)
        self._shown.updated.disconnect(self._looks.ask)
        self.deleteLater()

    def paint_anew(self) -> None:
        """Mark the picture as outdated, and emit `outdated`."""
        self._soon.stop()
        self._is_stale = True
        self.outdated.emit()

    def is_final(self, view: View) -> bool:
        """True when the last painting is exact."""
        is_late = self._shown.awaits_labels or self._looks.is_due or self.graticule.is_under_way
        return not self._is_stale and self._is_settled and not is_late and self._shown.is_complete(view)

    @property
    def put_off_ms(self) -> int | None:
        """The time by which the next painting is put off; None where none is."""
        return self._soon.interval() if self._soon.isActive() else None

    def show(self, painter: QPainter, view: View, *, settled: bool, whole: bool) -> None:
        """Paint the map onto the widget, in logical pixels; `whole`: the whole widget is to be painted."""
        if view.ratio == 1.0 and whole and self._is_outdated(settled):
            self._kept = QImage()
            self.paint(painter, view, settled=settled)
        else:
            painter.drawImage(0, 0, self._picture(view, settled))
            painter.scale(1 / view.ratio, 1 / view.ratio)

    def paint(self, painter: QPainter, view: View, *, settled: bool) -> None:
        """Paint the map itself; the painter's coordinates are the view's pixels."""
        self._is_stale = False
        self._is_settled = settled
        began = time.perf_counter()
        scene = self._shown.frames[0]
        self.unplaced, self.notices = unplaced_in(scene, view), scene.stack.notices(view)
        painter.save()
        self._shown.paint_map(painter, view, selection=self._selection.uuids, settled=settled, in_haste=True)
        painter.restore()
        self.credits = self._seen_credits.of(view, settled=settled)
        self.dated = dated_credits(self._shown, view)
        if self._covered != self._seen_credits.covered:
            self._covered = self._seen_credits.covered
            self.covered_changed.emit(self._covered)
        self._painted_at = time.perf_counter()
        self._paint_ms = (self._painted_at - began) * 1000

    @property
    def covered(self) -> frozenset[str]:
        """Images, by uuid, that the picture does not show, as others lie over them."""
        return self._covered

    def _follow_scene(self) -> None:
        """Paint anew now that the scene has changed: at once for the last tile, seldom while more arrive."""
        self._seen_credits.look_again()
        view = self._viewport.view()
        rest_ms = REST * self._paint_ms
        if self._shown.is_complete(view):
            self._whole = view
            rested_ms = (time.perf_counter() - self._painted_at) * 1000
            if rest_ms < LOADING_PAINT_MS or rested_ms >= rest_ms:
                self.paint_anew()
            else:
                self._is_stale = True
                self._soon.start(round(rest_ms - rested_ms))
        elif not self._soon.isActive():
            is_loading = view != self._whole or not self._shown.context.scheduler.is_idle()
            self._soon.start(max(LOADING_PAINT_MS, round(rest_ms)) if is_loading else LIVE_PAINT_MS)

    def _is_outdated(self, settled: bool) -> bool:
        """True where a painting made now would differ from the last one."""
        return self._is_stale or self._is_settled < settled

    def _picture(self, view: View, settled: bool) -> QImage:
        fits = self._kept.size() == QSize(view.width, view.height)
        if not fits or self._is_outdated(settled):
            if not fits:
                self._kept = QImage(view.width, view.height, QImage.Format.Format_RGB32)
            self._kept.setDevicePixelRatio(1.0)
            with painting(self._kept) as painter:
                self.paint(painter, view, settled=settled)
        self._kept.setDevicePixelRatio(view.ratio)
        return self._kept
