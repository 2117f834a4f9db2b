"""Paints and measures a line or polygon that is being drawn or changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from shapely.geometry.base import BaseGeometry

from layers.geo.crs import WGS84, transform_points
from layers.geo.longitudes import Place, all_near, shift_near, unwrap_longitudes
from layers.geo.measure import area_m2, azimuth_deg, destination, distance_m, length_m, perimeter_m
from layers.grid.tile_grid import View
from layers.text.measures import area_text, length_text
from viewer.canvas.sites.site_painter import paint_outlines
from viewer.canvas.sites.site_shapes import geodesic_step_m, polygon_in_view, project_geometry, to_pixels
from viewer.canvas.sites.site_symbology import HALO_COLOR, SELECTED_COLOR, LineSymbol
from viewer.rendering.vector.qt_shapes import path_of
from viewer.rendering.world_copies import wrapped_views
from viewer.support.language.translation import translate

SKETCH_SYMBOL = LineSymbol(SELECTED_COLOR, 2.2)
MEASURE_SYMBOL = LineSymbol("#ffffff", 2.0, (6.0, 4.0))
HANDLE_PX = 4.5
_POINTED_PX = 7.0


def paint_sketch(painter: QPainter, view: View, places: Sequence[Place], *, closed: bool) -> None:
    """Paint the geodesic line through `places`, or the polygon around them, and a handle on each."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    geometry = geometry_of(places, closed=closed)
    if geometry is not None:
        paint_geometry(painter, view, geometry)
    for px, py in pixels_of(view, places):
        paint_handle(painter, px, py, view.ratio)
    painter.restore()


def paint_geometry(painter: QPainter, view: View, geometry: BaseGeometry, symbol: LineSymbol = SKETCH_SYMBOL) -> None:
    """Paint a lon, lat line or polygon as a preview."""
    ground_m = 111_000.0 * abs(_degrees_a_pixel(view))
    outline = project_geometry(geometry, view.grid.crs, geodesic_step_m(ground_m))
    fill = QColor(symbol.color)
    fill.setAlpha(40)
    for world_view in wrapped_views(view):
        for part in outline.parts:
            if part.is_polygon:
                for rings in polygon_in_view(part.rings, world_view):
                    painter.fillPath(path_of(rings), fill)
        paint_outlines(painter, world_view, [outline], symbol, selected=False)


def paint_handle(
    painter: QPainter, px: float, py: float, ratio: float, *, strong: bool = False, faint: bool = False
) -> None:
    """Paint a vertex that can be dragged; `strong` while it is in use, `faint` for a place where one can be made."""
    size = HANDLE_PX * ratio * (0.75 if faint else 1.25 if strong else 1.0)
    painter.setPen(QPen(QColor(HALO_COLOR), 1.6 * ratio))
    painter.setBrush(QColor(SELECTED_COLOR) if strong else QColor(255, 255, 255, 150 if faint else 255))
    painter.drawEllipse(QPointF(px, py), size, size)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_pointed_at(painter: QPainter, view: View, px: float, py: float) -> None:
    """Paint a ring with a dot at a place that was pointed at, in colours that no mark has."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for color, width in ((HALO_COLOR, 4.0), (SELECTED_COLOR, 2.0)):
        painter.setPen(QPen(QColor(color), width * view.ratio))
        painter.drawEllipse(QPointF(px, py), _POINTED_PX * view.ratio, _POINTED_PX * view.ratio)
        painter.drawPoint(QPointF(px, py))
    painter.restore()


def geometry_of(places: Sequence[Place], *, closed: bool) -> BaseGeometry | None:
    """The polygon (three places or more) or the line (two or more), with continuous longitudes; else None."""
    distinct = [place for i, place in enumerate(places) if i == 0 or place != places[i - 1]]
    if len(distinct) < 2:
        return None
    lonlat = np.array(distinct)
    lonlat[:, 0] = unwrap_longitudes(lonlat[:, 0])
    if closed and len(distinct) >= 3:
        return shapely.Polygon(lonlat)
    return shapely.LineString(lonlat)


def pixels_of(view: View, places: Sequence[Place]) -> list[tuple[float, float]]:
    """Pixels of places in the picture; (nan, nan) where they are not on the map."""
    if not places:
        return []
    lons, lats = np.array(places).T
    x, y = transform_points(WGS84, view.grid.crs, lons, lats)
    return [(float(px), float(py)) for px, py in to_pixels(view, np.column_stack([x, y]))]


def shifted(geometry: BaseGeometry, view: View, dx: float, dy: float) -> BaseGeometry | None:
    """Move a geometry by pixels of the view; None where part of it would leave the map."""
    moved = shapely.transform(geometry, lambda lonlat: shifted_places(lonlat, view, dx, dy))
    return moved if np.isfinite(shapely.get_coordinates(moved)).all() else None


def shifted_places(lonlat: np.ndarray, view: View, dx: float, dy: float) -> np.ndarray:
    """Move places (n, 2), in lon, lat, by pixels of the view; not finite where they would leave the map."""
    affine = view.affine
    step_x, step_y = affine.a * dx + affine.b * dy, affine.d * dx + affine.e * dy
    x, y = transform_points(WGS84, view.grid.crs, lonlat[:, 0], lonlat[:, 1])
    lon, lat = transform_points(view.grid.crs, WGS84, x + step_x, y + step_y)
    # On polar and local grids the way back gives -180..180: stay on the old side of the antimeridian.
    lon = all_near(lon, lonlat[:, 0])
    return np.column_stack([lon, lat])


def measures(places: Sequence[Place], *, closed: bool) -> str:
    """Geodesic length of a line; area and perimeter of a polygon."""
    if len(places) < 2:
        return ""
    lons, lats = [p[0] for p in places], [p[1] for p in places]
    if not closed or len(places) < 3:
        return length_text(length_m(lons, lats))
    around = translate("sketch", "{area}, perimeter {length}")
    return around.format(area=area_text(area_m2(lons, lats)), length=length_text(perimeter_m(lons, lats)))


def measured(reading: str, hint: str) -> str:
    """The hint with the present measures before it, clearly separated."""
    return f"{reading} · {hint}" if reading else hint


def middle_of(a: Place, b: Place) -> Place:
    """The middle of the geodesic between two places."""
    half = distance_m(*a, *b) / 2
    return destination(*a, azimuth_deg(*a, *b), half) if half else a


def near(place: Place, reference: Place) -> Place:
    """The place with its longitude on the reference's side of the antimeridian."""
    return shift_near(place[0], reference[0]), place[1]


def _degrees_a_pixel(view: View) -> float:
    x, y = view.to_world(view.width / 2, view.height / 2)
    lons, lats = transform_points(view.grid.crs, WGS84, [x, x], [y, y + view.grid.resolution])
    step = float(np.hypot(lons[1] - lons[0], lats[1] - lats[0]))
    return step if np.isfinite(step) else 1.0
