"""Draws rectangles, circles and range rings, measured on the ellipsoid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import shapely
from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtGui import QPainter
from shapely.geometry.base import BaseGeometry

from layers.document.marks.mark_shape import (
    MOST_RINGS,
    Circle,
    MarkShape,
    RangeRing,
    Rectangle,
    rectangle_between,
    rectangle_on_side,
)
from layers.errors import InvalidValue
from layers.geo.longitudes import Place
from layers.geo.measure import distance_m
from layers.grid.tile_grid import View
from layers.text.measures import area_text, length_text
from viewer.canvas.furniture.overlays import north_angle_deg
from viewer.canvas.sites.site_symbology import ANNOTATION_COLOR, LineSymbol
from viewer.support.language.translation import translate
from viewer.tools.draw_shape import ShapeTool
from viewer.tools.sketch import SKETCH_SYMBOL, paint_geometry

_LEG_SYMBOL = LineSymbol(ANNOTATION_COLOR, 1.4, (5.0, 4.0))


class RectangleTool(ShapeTool):
    """Draws a rectangle from corner to corner, its sides along the picture's, however the map is turned."""

    id = "rectangle"
    places_wanted: int | None = 2
    steps: tuple[Any, ...] = (
        QT_TRANSLATE_NOOP("Shapes", "a corner"),
        QT_TRANSLATE_NOOP("Shapes", "the opposite corner"),
    )

    def shape(self, places: Sequence[Place]) -> MarkShape | None:
        up = north_angle_deg(self.canvas.viewport.view())
        return rectangle_between(places[0], places[1], -up % 360.0 if up == up else 0.0)

    def says(self, shape: MarkShape, geometry: BaseGeometry) -> str:
        assert isinstance(shape, Rectangle)
        sides = f"{length_text(shape.width_m)} × {length_text(shape.height_m)}"
        return f"{sides}, {area_text(shape.area_m2)}"


class TurnedRectangleTool(RectangleTool):
    """Draws a rectangle from two ends of one side, and a third place on the opposite side."""

    id = "turned_rectangle"
    places_wanted: int | None = 3
    steps: tuple[Any, ...] = (
        QT_TRANSLATE_NOOP("Shapes", "one end of a side"),
        QT_TRANSLATE_NOOP("Shapes", "the other end of that side"),
        QT_TRANSLATE_NOOP("Shapes", "the opposite side"),
    )

    def shape(self, places: Sequence[Place]) -> MarkShape | None:
        return rectangle_on_side(*places) if len(places) == 3 else None

    def paint(self, painter: QPainter, view: View) -> None:
        side = self._places_shown()
        if len(side) == 2 and side[0] != side[1]:
            paint_geometry(painter, view, shapely.LineString(side), SKETCH_SYMBOL)
        super().paint(painter, view)


class CircleTool(ShapeTool):
    """Draws a circle from its centre to a place on it."""

    id = "circle"
    types_radius = True
    places_wanted: int | None = 2
    steps: tuple[Any, ...] = (
        QT_TRANSLATE_NOOP("Shapes", "the centre"),
        QT_TRANSLATE_NOOP("Shapes", "a place on the circle"),
    )

    def shape(self, places: Sequence[Place]) -> MarkShape | None:
        try:
            return Circle(places[0], distance_m(*places[0], *places[1]))
        except InvalidValue:
            return None

    def says(self, shape: MarkShape, geometry: BaseGeometry) -> str:
        assert isinstance(shape, Circle)
        radius = translate("Shapes", "radius {0}").format(length_text(shape.radius_m))
        return f"{radius}, {area_text(shape.area_m2)}"

    def preview(self, painter: QPainter, view: View, shape: MarkShape, geometry: BaseGeometry) -> None:
        super().preview(painter, view, shape, geometry)
        places = self._places_shown()
        if len(places) > 1 and places[0] != places[-1]:
            paint_geometry(painter, view, shapely.LineString([places[0], places[-1]]), _LEG_SYMBOL)


class RangeRingTool(CircleTool):
    """Draws range rings from a centre, and a place on each of the rings; Enter or a double click ends."""

    id = "range_ring"
    places_wanted: int | None = None
    steps: tuple[Any, ...] = (
        QT_TRANSLATE_NOOP("Shapes", "the centre"),
        QT_TRANSLATE_NOOP("Shapes", "a place on a ring"),
        QT_TRANSLATE_NOOP("Shapes", "a place on one more ring"),
    )

    def shape(self, places: Sequence[Place]) -> MarkShape | None:
        centre, *on_rings = places
        radii = sorted({round(distance_m(*centre, *place), 3) for place in on_rings} - {0.0})
        try:
            return RangeRing(centre, tuple(radii[:MOST_RINGS]))
        except InvalidValue:
            return None

    def says(self, shape: MarkShape, geometry: BaseGeometry) -> str:
        assert isinstance(shape, RangeRing)
        radii = ", ".join(length_text(radius_m) for radius_m in shape.radii_m[:6])
        words = translate("Shapes", "radii {0}") if len(shape.radii_m) > 1 else translate("Shapes", "radius {0}")
        return words.format(radii)
