"""Draws arrows and freehand lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt
from PySide6.QtGui import QPainter
from shapely.geometry.base import BaseGeometry

from layers.document.marks.mark_shape import Arrow, Freehand, MarkShape
from layers.document.site import Site
from layers.geo.crs import WGS84, transform_points
from layers.geo.longitudes import Place
from layers.geo.measure import azimuth_deg, ground_resolution_m
from layers.grid.tile_grid import View
from viewer.canvas.pointer import PointerEvent
from viewer.canvas.sites.line_marks import LineMark
from viewer.canvas.sites.mark_painter import paint_arrow_heads
from viewer.canvas.sites.site_shapes import to_pixels
from viewer.tools.draw_shape import ShapeTool
from viewer.tools.sketch import SKETCH_SYMBOL, geometry_of, measures, near, paint_geometry, pixels_of

SMOOTHING_PX = 1.5
"""Tolerance for the hand's tremble, in pixels: the smoothed line stays this close to the drawn one."""
_BETWEEN = 6
"""Number of places on the curve for each drawn leg."""
_FINE_PX = 0.25


class ArrowTool(ShapeTool):
    """Draws an arrow from its tail to its tip."""

    id = "arrow"
    places_wanted: int | None = 2
    steps: tuple[Any, ...] = (QT_TRANSLATE_NOOP("Shapes", "the tail"), QT_TRANSLATE_NOOP("Shapes", "the tip"))

    def shape(self, places: Sequence[Place]) -> MarkShape | None:
        return Arrow() if places[0] != places[-1] else None

    def geometry(self, places: Sequence[Place], shape: MarkShape) -> BaseGeometry:
        return shapely.LineString(places)

    def says(self, shape: MarkShape, geometry: BaseGeometry) -> str:
        (lon1, lat1), (lon2, lat2) = geometry.coords[0], geometry.coords[-1]
        return f"{measures([(lon1, lat1), (lon2, lat2)], closed=False)}, {azimuth_deg(lon1, lat1, lon2, lat2):.1f}°"

    def preview(self, painter: QPainter, view: View, shape: MarkShape, geometry: BaseGeometry) -> None:
        super().preview(painter, view, shape, geometry)
        mark = LineMark.of(Site(uuid="", geometry=geometry), shape)
        assert mark is not None
        tips, tails = (to_pixels(view, ends) for ends in mark.tips(view.grid.crs))
        paint_arrow_heads(painter, zip(tips, tails, strict=True), SKETCH_SYMBOL, view.ratio, selected=False)


class FreehandTool(ShapeTool):
    """Draws a line along a drag, or a smooth line through clicked places."""

    id = "freehand"
    places_wanted: int | None = None
    steps: tuple[Any, ...] = (
        QT_TRANSLATE_NOOP("Shapes", "where the line begins (or drag along it)"),
        QT_TRANSLATE_NOOP("Shapes", "where it goes next"),
    )
    _is_dragged = False

    def shape(self, places: Sequence[Place]) -> MarkShape | None:
        if len(set(places)) < 2:
            return None
        view = self.canvas.viewport.view()
        middle = view.to_world(view.width / 2, view.height / 2)
        metres = ground_resolution_m(view.grid.crs, *middle, view.grid.resolution)
        return Freehand(float(np.float32(SMOOTHING_PX * metres * view.ratio)) if metres == metres else 0.0)

    def geometry(self, places: Sequence[Place], shape: MarkShape) -> BaseGeometry:
        view = self.canvas.viewport.view()
        points = np.array(pixels_of(view, places))
        curve = smoothed(points, SMOOTHING_PX * view.ratio)
        world = np.array([view.to_world(px, py) for px, py in curve.tolist()])
        lons, lats = transform_points(view.grid.crs, WGS84, world[:, 0], world[:, 1])
        course = [near((float(lon), float(lat)), places[0]) for lon, lat in zip(lons, lats, strict=True)]
        line = geometry_of([places[0], *course[1:-1], near(places[-1], places[0])], closed=False)
        assert line is not None
        return line

    def says(self, shape: MarkShape, geometry: BaseGeometry) -> str:
        return measures([(lon, lat) for lon, lat in geometry.coords], closed=False)

    def drag_start(self, event: PointerEvent) -> None:
        if event.on_map and event.button == Qt.MouseButton.LeftButton and not self.off_earth:
            self._is_dragged = not self._places
            self.click(event)

    def drag_move(self, event: PointerEvent) -> None:
        if not self._is_dragged:
            super().drag_move(event)
        elif event.on_map and self._places:
            self._at = None
            self._places.append(near((event.lon, event.lat), self._places[-1]))
            self.changed()

    def drag_end(self, event: PointerEvent) -> None:
        if not self._is_dragged:
            super().drag_end(event)
            return
        self._is_dragged = False
        self.drag_move(event)
        self._make(list(self._places))

    def cancel(self) -> None:
        self._is_dragged = False
        super().cancel()

    def paint(self, painter: QPainter, view: View) -> None:
        if self._is_dragged and len(set(self._places)) > 1:
            line = geometry_of(self._places, closed=False)
            assert line is not None
            paint_geometry(painter, view, line)
            return
        super().paint(painter, view)


def smoothed(points: NDArray[np.float64], within: float) -> NDArray[np.float64]:
    """A smooth line (n, 2) through the points that matter: all others are `within` this distance of straight legs."""
    kept = shapely.get_coordinates(shapely.simplify(shapely.LineString(points), within, preserve_topology=False))
    kept = kept[np.append(True, np.hypot(*np.diff(kept, axis=0).T) > 0)]
    if len(kept) < 3:
        return np.asarray(kept)
    # Catmull and Rom's curve with chords to the half power: it goes through each place and makes no loops.
    ends = np.vstack([2 * kept[0] - kept[1], kept, 2 * kept[-1] - kept[-2]])
    knots = np.concatenate([[0.0], np.cumsum(np.sqrt(np.hypot(*np.diff(ends, axis=0).T)))])
    pieces = [_between(ends[i : i + 4], knots[i : i + 4]) for i in range(len(kept) - 1)]
    curve = np.vstack([*pieces, kept[-1:]])
    fine = shapely.simplify(shapely.LineString(curve), _FINE_PX, preserve_topology=False)
    return np.asarray(shapely.get_coordinates(fine))


def _between(p: NDArray[np.float64], t: NDArray[np.float64]) -> NDArray[np.float64]:
    """The curve from the second to the third of four places, without the last place."""
    at = np.linspace(t[1], t[2], _BETWEEN, endpoint=False)[:, None]

    def mixed(a: NDArray[np.float64], b: NDArray[np.float64], first: float, last: float) -> NDArray[np.float64]:
        return np.asarray(((last - at) * a + (at - first) * b) / (last - first))

    a1, a2, a3 = (mixed(p[i], p[i + 1], t[i], t[i + 1]) for i in range(3))
    b1, b2 = mixed(a1, a2, t[0], t[2]), mixed(a2, a3, t[1], t[3])
    return np.asarray(mixed(b1, b2, t[1], t[2]))
