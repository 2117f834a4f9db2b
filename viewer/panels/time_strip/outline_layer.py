"""The outlines of the scenes on the strip, above the map: they are no part of it, and no product shows them."""

from __future__ import annotations

from typing import override

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QTransform
from PySide6.QtWidgets import QWidget

from layers.errors import GeoloupeError
from layers.geo.crs import WGS84, is_off_earth, is_unrolled, transform_points, world_bounds
from layers.grid.tile_grid import View
from layers.scenes.found_scene import FoundScene
from viewer.canvas.sites.site_symbology import HALO_COLOR, SELECTED_COLOR
from viewer.canvas.widget import MapCanvas
from viewer.panels.time_strip.scene_desk import SceneDesk
from viewer.rendering.vector.qt_shapes import polygon_of
from viewer.support.painting import painting

MOST_OUTLINES = 400
"""More would be a weave that says nothing."""
INK_COLOR = "#ffffff"
_FILL_ALPHA = 40


class OutlineLayer(QWidget):
    """Child of a canvas, transparent for the mouse."""

    def __init__(self, desk: SceneDesk, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self._desk, self._canvas = desk, canvas
        self._paths: tuple[object, QPainterPath, QPainterPath] | None = None
        """Of what they were made, all outlines, and that of the current scene."""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Outlines of scenes"))
        canvas.installEventFilter(self)
        desk.outlines_changed.connect(self._follow)
        self._follow()

    @property
    def count(self) -> int:
        """Outlines that are shown."""
        return min(sum(len(tick.scenes) for tick in self._desk.ticks), MOST_OUTLINES) if self.isVisible() else 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        self.setGeometry(self._canvas.rect())
        self.setVisible(self._desk.shows_outlines)
        self.update()

    def _made(self, view: View) -> tuple[QPainterPath, QPainterPath]:
        """The outlines in units of the canvas's CRS: they are made once, and moved with the map by the painter."""
        current = self._desk.current
        of = (id(self._desk.ticks), view.grid.crs, "" if current is None else current.key)
        if self._paths is None or self._paths[0] != of:
            scenes = [scene for tick in self._desk.ticks for scene in tick.scenes][:MOST_OUTLINES]
            chosen = () if current is None else current.scenes
            crs = view.grid.crs
            self._paths = of, _path_of(scenes, crs), _path_of(list(chosen), crs)
        return self._paths[1], self._paths[2]

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        view = self._canvas.viewport.view()
        if is_off_earth(view.grid.crs):
            return
        every, current = self._made(view)
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for transform in _transforms(view):
                painter.setTransform(transform)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                for color, width, style in (
                    (HALO_COLOR, 3.0, Qt.PenStyle.SolidLine),
                    (INK_COLOR, 1.2, Qt.PenStyle.DashLine),
                ):
                    painter.setPen(_pen(color, width, style))
                    painter.drawPath(every)
                accent = self.palette().color(QPalette.ColorRole.Link)
                accent.setAlpha(_FILL_ALPHA)
                painter.setPen(_pen(HALO_COLOR, 4.4, Qt.PenStyle.SolidLine))
                painter.setBrush(accent)
                painter.drawPath(current)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(_pen(SELECTED_COLOR, 2.4, Qt.PenStyle.SolidLine))
                painter.drawPath(current)


def _pen(color: str, width: float, style: Qt.PenStyle) -> QPen:
    pen = QPen(QColor(color), width, style)
    pen.setCosmetic(True)
    return pen


def _path_of(scenes: list[FoundScene], crs: str) -> QPainterPath:
    path = QPainterPath()
    rings = [np.array([*scene.ring, scene.ring[0]], dtype=np.float64) for scene in scenes if scene.ring]
    if not rings:
        return path
    lonlat = np.concatenate(rings)
    try:
        x, y = transform_points(WGS84, crs, lonlat[:, 0], lonlat[:, 1])
    except GeoloupeError:
        return path
    points, ends = np.column_stack([x, y]), np.cumsum([len(ring) for ring in rings])
    for ring in np.split(points, ends[:-1]):
        if np.isfinite(ring).all():
            path.addPolygon(polygon_of(ring))
    return path


def _transforms(view: View) -> list[QTransform]:
    """From the canvas's CRS to logical pixels, once for each copy of the world that may be in sight."""
    inverse = view.affine.inverse()
    whole = world_bounds(view.grid.crs).width if is_unrolled(view.grid.crs) else 0.0
    found = []
    for turn in (-whole, 0.0, whole) if whole else (0.0,):
        a, b, c, d, e, f = inverse
        moved = QTransform(a, d, b, e, c + a * turn, f + d * turn)
        found.append(moved * QTransform.fromScale(1 / view.ratio, 1 / view.ratio))
    return found
