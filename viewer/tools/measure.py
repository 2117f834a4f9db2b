"""Measures on the ellipsoid: each complete measurement becomes a mark, and the next one can begin."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from msgspec.structs import replace
from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject, QPointF
from PySide6.QtGui import QPainter
from shapely.geometry.base import BaseGeometry

from layers.document.marks.mark_shape import MarkShape, shape_of
from layers.document.marks.measurement import MEASUREMENT, QUANTITIES, Measurement, dimension_of
from layers.errors import GeoloupeError
from layers.geo.cross_track import cross_track
from layers.geo.crs import WGS84, transform_points
from layers.geo.longitudes import Place
from layers.geo.measure import ground_resolution_m
from layers.grid.tile_grid import View
from layers.text.measured_values import AREA, LENGTH, rounded_text
from viewer.canvas.furniture.overlays import CROSSHAIR_PX, crosshair_arms, haloed_text_box, paint_haloed_text
from viewer.canvas.pointer import PointerEvent
from viewer.support.language.translation import translate
from viewer.tools.draw_shape import ShapeTool
from viewer.tools.sketch import MEASURE_SYMBOL, geometry_of, measures, paint_geometry, pixels_of
from viewer.tools.tool import ToolContext

CLOSE_PX = 9.0
READOUT_PX = 13.0
_CLEAR_PX = 3.0
_EDGE_PX = 6.0
"""Distance of the readout from the edges of the picture, in pixels."""
_STEPS: Mapping[str, tuple[Any, ...]] = {
    "length": (QT_TRANSLATE_NOOP("Shapes", "where it begins"), QT_TRANSLATE_NOOP("Shapes", "where it goes next")),
    "area": (QT_TRANSLATE_NOOP("Shapes", "the first corner"), QT_TRANSLATE_NOOP("Shapes", "the next corner")),
    "bearing": (
        QT_TRANSLATE_NOOP("Shapes", "where it is taken from"),
        QT_TRANSLATE_NOOP("Shapes", "where it points to"),
    ),
    "radius": (QT_TRANSLATE_NOOP("Shapes", "the centre"), QT_TRANSLATE_NOOP("Shapes", "a place on the circle")),
    "angle": (
        QT_TRANSLATE_NOOP("Shapes", "a place on one side"),
        QT_TRANSLATE_NOOP("Shapes", "the corner"),
        QT_TRANSLATE_NOOP("Shapes", "a place on the other side"),
    ),
    "cross-track": (
        QT_TRANSLATE_NOOP("Shapes", "a place on the line"),
        QT_TRANSLATE_NOOP("Shapes", "another place on the line"),
        QT_TRANSLATE_NOOP("Shapes", "the place beside it"),
    ),
}
_STEPS = {**_STEPS, "perimeter": _STEPS["area"]}


def tool_id(quantity: str) -> str:
    """The id of the tool, and of its action, that measures a quantity."""
    return "tool_measure" if quantity == "length" else f"tool_measure_{quantity.replace('-', '_')}"


class MeasureTool(ShapeTool):
    """Measures: places are set by clicks, by typed legs, or by Enter at the crosshair.

    A measurement with a fixed number of places is complete with the last one; lines and areas end with Enter or a
    double click. A length whose last place is its first is an area. An unfinished measurement is kept when another tool
    is chosen.
    """

    def __init__(self, context: ToolContext, quantity: str = "length", parent: QObject | None = None) -> None:
        self.id = quantity
        self.places_wanted = QUANTITIES[quantity].places
        self.steps = _STEPS[quantity]
        self.types_radius = quantity == "radius"
        super().__init__(context, parent=parent)
        self.name = f"measure_{quantity}"
        self.quantity = quantity

    # -- what is measured -----------------------------------------------------------------------------------------

    def shape(self, places: Sequence[Place]) -> MarkShape | None:
        shape, geometry = Measurement(self.quantity), self._drawn(places)
        if geometry is None or not shape.is_of(geometry):
            return None
        return shape if geometry.geom_type != "Polygon" or geometry.is_valid else None

    def geometry(self, places: Sequence[Place], shape: MarkShape) -> BaseGeometry:
        drawn = self._drawn(places, is_area=_is_area(shape))
        assert drawn is not None
        return drawn

    def refusal(self) -> str:
        drawn = self._drawn(self._places)
        if drawn is not None and drawn.geom_type == "Polygon" and not drawn.is_valid:
            return self.tr("The outline crosses itself: take vertices back with Backspace and go round it once.")
        if _is_area(Measurement(self.quantity)):
            return self.tr("An area has three corners or more: set the next one.")
        return super().refusal()

    @property
    def lacking(self) -> str:
        return self.refusal() if _is_area(Measurement(self.quantity)) else super().lacking

    @property
    def readout(self) -> str:
        """Text of the present result, and for a line of its last leg, as precise as the picks allow."""
        places = self._places_shown()
        if len(set(places)) < 2:
            return ""
        shape = self.shape(places)
        if _is_area(Measurement(self.quantity)):
            return self._area_readout(places, shape)
        if not isinstance(shape, Measurement) or self.quantity in ("length", "bearing"):
            return self._line_readout(places)
        measurement = self._picked(shape, places[0]).of(self.geometry(places, shape))
        if self.quantity == "radius" and measurement.result is not None:
            error = None if measurement.error is None else math.tau * measurement.result * measurement.error
            return f"{measurement.text}, {rounded_text(AREA, math.pi * measurement.result**2, error)}"
        if self.quantity == "cross-track":
            along = rounded_text(LENGTH, abs(cross_track(*places).along_m), measurement.error, measurement.unit)
            return translate("Shapes", "{0} off, {1} along").format(measurement.text, along)
        return measurement.text

    def _area_readout(self, places: Sequence[Place], shape: MarkShape | None) -> str:
        if len(set(places)) == 2:
            return self._part("length", places).text
        if shape is None:
            return measures(places, closed=True)
        area = self._part("area", places)
        around = translate("sketch", "{area}, perimeter {length}")
        return around.format(area=area.text, length=_rounded(self._part("perimeter", places)))

    def _line_readout(self, places: Sequence[Place]) -> str:
        """Text of the length, then length and azimuth of the last leg; for a bearing, the azimuth comes first."""
        places = [place for at, place in enumerate(places) if at == 0 or place != places[at - 1]]
        length, azimuth = self._part("length", places[-2:]), self._part("bearing", places[-2:])
        if self.quantity == "bearing":
            return f"{azimuth.text}, {_rounded(length)}"
        if len(places) == 2:
            return f"{length.text}, {_rounded(azimuth)}"
        leg = f"{_rounded(length)}, {_rounded(azimuth)}"
        return self.tr("{0} (last leg {1})").format(self._part("length", places).text, leg)

    def _part(self, quantity: str, places: Sequence[Place]) -> Measurement:
        """Measure a quantity over some of the places, by the method and in the unit of the result."""
        geometry = geometry_of(places, closed=QUANTITIES[quantity].geometry == "polygon")
        assert geometry is not None
        return self._picked(Measurement(quantity), places[0]).of(geometry)

    def _measured(self) -> str:
        return self.readout

    # -- verbs ----------------------------------------------------------------------------------------------------

    def click(self, event: PointerEvent) -> None:
        if self.quantity == "length" and len(self._places) >= 3 and event.on_map and self._is_on_first(event):
            self._make_area()
        else:
            super().click(event)

    def deactivate(self) -> None:
        """Keep an unfinished measurement, as another tool was chosen."""
        self._at, self._is_by_keys = None, False
        if self.shape(self._places) is not None:
            self._make(list(self._places))
        super().deactivate()

    def _make_area(self) -> None:
        area = geometry_of(self._places, closed=True)
        if area is None or not area.is_valid:
            self.context.message(
                self.tr("The outline crosses itself: take vertices back with Backspace and go round it once.")
            )
        elif self._add(area, self._picked(Measurement("area"), self._places[0])):
            self.cancel()

    def _make(self, places: Sequence[Place]) -> None:
        shape = self.shape(places)
        if not isinstance(shape, Measurement):
            self.context.message(self.refusal())
        elif self._add(self.geometry(places, shape), self._picked(shape, places[0])):
            self.cancel()

    def _picked(self, shape: Measurement, place: Place) -> Measurement:
        """The measurement with its pick accuracy, one screen pixel on this map, and the chosen unit."""
        shape, view = replace(shape, unit=self._unit(shape.dimension)), self.canvas.viewport.view()
        try:
            x, y = transform_points(WGS84, view.grid.crs, *place)
            metres = ground_resolution_m(view.grid.crs, float(x), float(y), view.grid.resolution)
        except GeoloupeError:
            return shape
        return replace(shape, pick_m=round(metres, 4) or None) if 0 < metres < 1e6 else shape

    def _unit(self, dimension: str) -> str:
        """Unit that was chosen for the selected measurement, which is usually the last one made."""
        uuids = self.canvas.selection.uuids
        site = self.context.document.sites.get(next(iter(uuids))) if len(uuids) == 1 else None
        shape = None if site is None or site.mark_kind != MEASUREMENT else shape_of(site.shape_json)
        return shape.unit if isinstance(shape, Measurement) and shape.dimension == dimension else ""

    # -- painting -------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, view: View) -> None:
        places = self._places_shown()
        if not self.off_earth and places and self.shape(places) is None:
            self._paint_unfinished(painter, view, places)
        super().paint(painter, view)
        if self.off_earth or not places:
            return
        px, py = pixels_of(view, places)[-1]
        if self.readout and px == px:
            at = self.readout_at(view, px, py)
            paint_haloed_text(painter, at, self.readout, READOUT_PX * view.ratio, bold=True)

    def preview(self, painter: QPainter, view: View, shape: MarkShape, geometry: BaseGeometry) -> None:
        assert isinstance(shape, Measurement)
        is_area = geometry.geom_type == "Polygon"
        drawn = geometry if is_area else shapely.MultiLineString(dimension_of(shape, geometry).lines)
        paint_geometry(painter, view, drawn, MEASURE_SYMBOL)

    def _paint_unfinished(self, painter: QPainter, view: View, places: Sequence[Place]) -> None:
        line = geometry_of(places, closed=False)
        if line is not None:
            paint_geometry(painter, view, line, MEASURE_SYMBOL)

    def readout_at(self, view: View, px: float, py: float) -> QPointF:
        """Baseline of the readout: directly above the pointer, moved only to clear edges and crosshair."""
        r, box = view.ratio, haloed_text_box(self.readout, READOUT_PX * view.ratio, bold=True)
        x, edge = px + 12 * r, _EDGE_PX * view.ratio
        if x + box.right() > view.width - edge:
            x = px - 12 * r - box.right()  # on the other side of the pointer, where there is room
        x = max(edge - box.left(), min(x, view.width - edge - box.right()))
        above, far = py - 8 * r, (CROSSHAIR_PX[1] + _CLEAR_PX) * r
        ways = above, view.height / 2 - far - box.bottom(), view.height / 2 + far - box.top()
        places = [QPointF(x, max(edge - box.top(), min(y, view.height - edge - box.bottom()))) for y in ways]
        arms = crosshair_arms(view)
        return next((at for at in places if not any(box.translated(at).intersects(arm) for arm in arms)), places[0])

    def _drawn(self, places: Sequence[Place], *, is_area: bool | None = None) -> BaseGeometry | None:
        closed = _is_area(Measurement(self.quantity)) if is_area is None else is_area
        return geometry_of(places, closed=closed)

    def _is_on_first(self, event: PointerEvent) -> bool:
        view = self.canvas.viewport.view()
        (px, py), *_ = pixels_of(view, self._places[:1])
        return abs(px - event.px) + abs(py - event.py) <= CLOSE_PX * view.ratio


def _is_area(shape: MarkShape) -> bool:
    return isinstance(shape, Measurement) and QUANTITIES[shape.quantity].geometry == "polygon"


def _rounded(measurement: Measurement) -> str:
    """Text of a result, rounded to its error, which is not stated."""
    return (
        ""
        if measurement.result is None
        else rounded_text(measurement.dimension, measurement.result, measurement.error, measurement.unit)
    )
