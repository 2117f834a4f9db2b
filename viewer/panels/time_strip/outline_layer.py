"""Outlines of the strip's scenes above the map on the screen; products do not show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import override

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QTransform
from PySide6.QtWidgets import QWidget

from layers.errors import GeoloupeError
from layers.geo.crs import WGS84, is_off_earth, is_unrolled, transform_points, world_bounds
from layers.grid.tile_grid import View
from layers.scenes.passes import Pass
from viewer.canvas.sites.site_symbology import HALO_COLOR, SELECTED_COLOR
from viewer.canvas.widget import MapCanvas
from viewer.panels.time_strip.scene_desk import SceneDesk
from viewer.rendering.vector.qt_shapes import polygon_of
from viewer.support.painting import painting

MOST_OUTLINES = 400
"""Most outlines: more would be unreadable."""
INK_COLOR = "#ffffff"
_FILL_ALPHA = 40
STRAIGHT = 1e-3

type Floats = NDArray[np.float64]
type _Ring = tuple[tuple[float, float], ...]


class OutlineLayer(QWidget):
    """The widget of outlines, a child of a canvas and transparent for the mouse."""

    def __init__(self, desk: SceneDesk, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self._desk, self._canvas = desk, canvas
        self._every: tuple[list[Pass], str, QPainterPath] | None = None
        """All outlines, with the ticks and the CRS that they were made from."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Outlines of scenes"))
        canvas.installEventFilter(self)
        desk.outlines_changed.connect(self._follow)
        desk.pointed.changed.connect(self._follow)
        self._follow()

    @property
    def count(self) -> int:
        """Scenes of the strip whose outlines are shown."""
        if not (self.isVisible() and self._desk.shows_outlines):
            return 0
        drawn = _rings_of(self._desk.ticks)
        return sum(scene.ring in drawn for tick in self._desk.ticks for scene in tick.scenes)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        self.setGeometry(self._canvas.rect())
        self.setVisible(self._desk.shows_outlines or self._desk.pointed.scene is not None)
        self.update()

    def _made(self, view: View) -> tuple[QPainterPath, QPainterPath]:
        """All outlines, and those that stand out, in units of the canvas's CRS: made once, and moved with the map by
        the painter. The scene that is pointed at stands out, else the current ones.
        """
        crs, pointed = view.grid.crs, self._desk.pointed.scene
        current = self._desk.current if self._desk.shows_outlines else None
        loud = [pointed] if pointed is not None else [] if current is None else list(current.scenes)
        ticks = self._desk.ticks if self._desk.shows_outlines else []
        if not ticks:
            return QPainterPath(), _path_of([scene.ring for scene in loud], crs)
        if self._every is None or self._every[0] is not ticks or self._every[1] != crs:
            self._every = ticks, crs, _path_of(_rings_of(ticks), crs)
        return self._every[2], _path_of([scene.ring for scene in loud], crs)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        view = self._canvas.viewport.view()
        if is_off_earth(view.grid.crs):
            return
        every, current = self._made(view)
        with painting(self) as painter:
            for transform in _transforms(view):
                painter.setTransform(transform)
                # Plain thin lines: hundreds that are smooth, or dashed, take a tenth of a second.
                for color, width in ((HALO_COLOR, 2), (INK_COLOR, 0)):
                    painter.setPen(_pen(color, width))
                    painter.drawPath(every)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                accent = self.palette().color(QPalette.ColorRole.Link)
                accent.setAlpha(_FILL_ALPHA)
                painter.setPen(_pen(HALO_COLOR, 4.4))
                painter.setBrush(accent)
                painter.drawPath(current)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(_pen(SELECTED_COLOR, 2.4))
                painter.drawPath(current)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _pen(color: str, width: float) -> QPen:
    pen = QPen(QColor(color), width)
    pen.setCosmetic(True)
    return pen


def _rings_of(ticks: list[Pass]) -> dict[_Ring, None]:
    """The outlines that are drawn, each once: a satellite takes the same tile again and again."""
    rings = dict.fromkeys(scene.ring for tick in ticks for scene in tick.scenes if scene.ring)
    return dict.fromkeys(list(rings)[:MOST_OUTLINES])


def _path_of(outlines: Iterable[_Ring], crs: str) -> QPainterPath:
    path = QPainterPath()
    rings = [np.array([*ring, ring[0]], dtype=np.float64) for ring in outlines if ring]
    if not rings:
        return path
    lonlat = np.concatenate(rings)
    try:
        x, y = transform_points(WGS84, crs, lonlat[:, 0], lonlat[:, 1])
    except GeoloupeError:
        return path
    points, ends = np.column_stack([x, y]), np.cumsum([len(ring) for ring in rings])
    kept = _bends(points, ends)
    for ring, bends in zip(np.split(points, ends[:-1]), np.split(kept, ends[:-1]), strict=True):
        if np.isfinite(ring).all():
            path.addPolygon(polygon_of(ring[bends]))
    return path


def _bends(points: Floats, ends: NDArray[np.intp]) -> NDArray[np.bool_]:
    """(n,) Mask of the points to keep of closed rings that follow each other: False where a ring goes straight on.

    `points` is (n, 2); `ends` has the index behind each ring. Most sides are straight on most maps.
    """
    before = np.diff(points, axis=0, prepend=points[:1])
    after = np.diff(points, axis=0, append=points[-1:])
    bend = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0])
    is_bend = bend > STRAIGHT * np.hypot(*before.T) * np.hypot(*after.T)
    is_bend[ends - 1] = True
    is_bend[np.concatenate([[0], ends[:-1]])] = True
    return np.asarray(is_bend)


def _transforms(view: View) -> list[QTransform]:
    """Transforms from the canvas's CRS to logical pixels, one for each copy of the world in view."""
    crs = view.grid.crs
    inverse, seen = view.affine.inverse(), view.world_bounds()
    world = world_bounds(crs) if is_unrolled(crs) else None
    transforms = []
    for turn in (0.0,) if world is None else (-world.width, 0.0, world.width):
        # What is cut at no edge of the map reaches over it by half the world at most.
        if world is not None and not (world.left - world.width / 2 < seen.right - turn):
            continue
        if world is not None and not (seen.left - turn < world.right + world.width / 2):
            continue
        a, b, c, d, e, f = inverse
        moved = QTransform(a, d, b, e, c + a * turn, f + d * turn)
        transforms.append(moved * QTransform.fromScale(1 / view.ratio, 1 / view.ratio))
    return transforms
