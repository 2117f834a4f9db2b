"""Marks a shadow, from the foot of an object to the shadow's tip, for the object's height."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import shapely
from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtGui import QPainter
from shapely.geometry.base import BaseGeometry

from layers.document.marks.mark_shape import MarkShape
from layers.document.marks.shadow_mark import ShadowMark
from layers.errors import GeoloupeError, InvalidValue
from layers.geo.crs import WGS84, transform_points
from layers.geo.longitudes import Place
from layers.geo.measure import azimuth_deg, destination, geometry_length_m, ground_resolution_m
from layers.grid.tile_grid import View
from layers.time.shadows import ShadowSun, instant_of_image, sun_of_image
from viewer.canvas.image_below import images_below
from viewer.canvas.sites.site_symbology import LineSymbol
from viewer.rendering.layers.shadow_facts import shadow_image
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.tools.draw_shape import ShapeTool
from viewer.tools.sketch import MEASURE_SYMBOL, measures, paint_geometry

GUIDE_PX = 150.0
"""Least length, in screen pixels, of the line that shows the direction of shadows."""
GUIDE_SYMBOL = LineSymbol("#ffd45e", 1.4, (2.0, 4.0))
_COARSEST_M = 1e6


class ShadowTool(ShapeTool):
    """Marks a shadow by two places, each as accurate as one screen pixel at the zoom where it was set."""

    id = "shadow_height"
    places_wanted: int | None = 2
    steps: tuple[Any, ...] = (
        QT_TRANSLATE_NOOP("Shapes", "the foot of the object"),
        QT_TRANSLATE_NOOP("Shapes", "the tip of its shadow"),
    )
    _coarsest_m = 0.0
    _guide: ShadowSun | None = None
    """Sun of the image at the shadow's foot, which gives the direction of shadows; None where unknown."""

    def shape(self, places: Sequence[Place]) -> MarkShape | None:
        try:
            pick_m = max(self._coarsest_m, self._screen_m(places[-1]))
            return ShadowMark(pick_m) if places[0] != places[-1] else None
        except InvalidValue:
            return None

    def geometry(self, places: Sequence[Place], shape: MarkShape) -> BaseGeometry:
        return shapely.LineString([places[0], places[-1]])

    def says(self, shape: MarkShape, geometry: BaseGeometry) -> str:
        (lon1, lat1), (lon2, lat2) = geometry.coords
        text = f"{measures([(lon1, lat1), (lon2, lat2)], closed=False)}, {azimuth_deg(lon1, lat1, lon2, lat2):.1f}°"
        if self._guide is None:
            return text
        return self.tr("{0} (the sun cast shadows to {1})").format(text, f"{self._guide.shadow_deg:.1f}°")

    def preview(self, painter: QPainter, view: View, shape: MarkShape, geometry: BaseGeometry) -> None:
        if self._guide is not None:
            lon, lat = geometry.coords[0]
            far = max(geometry_length_m(geometry), GUIDE_PX * self._screen_m((lon, lat)))
            end = destination(lon, lat, self._guide.shadow_deg, far)
            paint_geometry(painter, view, shapely.LineString([(lon, lat), end]), GUIDE_SYMBOL)
        paint_geometry(painter, view, geometry, MEASURE_SYMBOL)

    def cancel(self) -> None:
        self._coarsest_m, self._guide = 0.0, None
        super().cancel()

    def _set(self, place: Place) -> None:
        if not self._places:
            self._coarsest_m, self._guide = self._screen_m(place), self._sun_at(place)
        super()._set(place)

    def _sun_at(self, place: Place) -> ShadowSun | None:
        """Sun at a place when the topmost image there was taken; None where that time is not known, or not yet."""
        scene, view = self.canvas.scene, self.canvas.viewport.view()
        for uuid in images_below(self.canvas.pane.shown, view, *place).layers[:1]:
            drawing = scene.drawings.get(uuid)
            if isinstance(drawing, RasterDrawing):
                drawing.ask_acquisition()
            image = None if drawing is None else shadow_image(drawing)
            instant = "" if image is None else instant_of_image(image)
            sun = sun_of_image(image, instant, *place) if image is not None and not isinstance(instant, str) else ""
            return None if isinstance(sun, str) else sun
        return None

    def _screen_m(self, place: Place) -> float:
        """Ground metres of a screen pixel at a place; at least a millimetre."""
        view = self.canvas.viewport.view()
        try:
            x, y = (float(coordinate) for coordinate in transform_points(WGS84, view.grid.crs, *place))
            metres = ground_resolution_m(view.grid.crs, x, y, view.grid.resolution)
        except GeoloupeError:
            return _COARSEST_M
        return min(max(metres, 0.001), _COARSEST_M) if math.isfinite(metres) else _COARSEST_M
