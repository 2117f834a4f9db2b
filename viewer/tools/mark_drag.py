"""Drags and nudges of selected marks, as a whole or by a handle. Only the end becomes an edit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
import shapely
from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtCore import Qt

from layers.document.marks.figure import Figure
from layers.document.marks.mark_shape import Callout
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.antimeridian import at_home
from layers.geo.crs import WGS84, is_unrolled, transform_points
from layers.geo.lon_extent import MAX_LON
from layers.geo.longitudes import Place
from layers.geo.measure import destination
from layers.geo.on_earth import why_off_earth
from layers.grid.tile_grid import View
from viewer.canvas.pointer import PointerEvent
from viewer.commands.sites import unfit
from viewer.rendering.world_copies import wrapped_views
from viewer.tools.mark_handles import Handles, MarkHandle
from viewer.tools.sketch import near, pixels_of, shifted, shifted_places

_STEP_M = 1000.0
_FARTHEST_LAT = 89.9
_SHIFT = Qt.KeyboardModifier.ShiftModifier


def moved_figure(figure: Figure, view: View, dx: float, dy: float, anchor: Place | None = None) -> Figure | None:
    """Move a mark by (`dx`, `dy`) pixels of the view; None where it would leave the map.

    It keeps its size on the ground and its direction on the picture; each vertex of a mark that spans much of the Earth
    moves by these pixels. `anchor`: place of the mark that moves by exactly these pixels; its middle by default.
    """
    if why_off_earth(figure.geometry):
        return None
    if not figure.is_mobile:
        geometry = shifted(figure.geometry, view, dx, dy)
        return None if geometry is None else figure.with_geometry(geometry)
    anchor = anchor or figure.middle
    place = shifted(shapely.Point(anchor), view, dx, dy)
    if place is None:
        return None
    return laid_figure(figure, view, anchor, (place.x, place.y))


def laid_figure(figure: Figure, view: View, anchor: Place, to: Place) -> Figure | None:
    """Lay a mark so that its place `anchor` is at `to`, unturned on the picture; None where that is no valid mark."""
    # On polar and local grids north is another way everywhere.
    turn = 0.0 if is_unrolled(view.grid.crs) else _north_deg(view, anchor) - _north_deg(view, to)
    try:
        return figure.laid(anchor, to, turn_deg=turn if math.isfinite(turn) else 0.0)
    except InvalidValue:
        return None


def grip_of(figure: Figure, view: View, px: float, py: float) -> tuple[Place, tuple[float, float]]:
    """Find the vertex of a mark, or the centre of its shape, nearest to a pixel; return its place and its own pixel.

    It is the place that snaps when the mark is dragged.
    """
    places = [figure.middle] if figure.kind in ("rectangle", "circle", "range_ring") else _vertices(figure)
    vertices = [
        (math.hypot(x - px, y - py), i, (x, y))
        for world_view in wrapped_views(view)
        for i, (x, y) in enumerate(pixels_of(world_view, places))
        if math.isfinite(x)
    ]
    if not vertices:
        return places[0], (px, py)
    _, at, pixel = min(vertices)
    return places[at], pixel


class HandleDrag(Struct):
    """Drag of a handle. `figure`: the mark as the drag makes it; None while that is no valid mark."""

    uuid: str
    handles: Handles
    handle: MarkHandle
    start: PointerEvent
    figure: Figure | None = None

    def to(self, event: PointerEvent, *, is_snapped: bool = False) -> None:
        """Move the handle with the pointer, keeping its offset from the press; `is_snapped`: exactly to the pointer."""
        px, py, place = event.px, event.py, (event.lon, event.lat)
        if not event.on_map:
            self.figure = None
            return
        if not is_snapped and math.isfinite(self.start.lon):
            px, py = px + self.handle.px - self.start.px, py + self.handle.py - self.start.py
            place = place_under(self.handles.view, px, py)
            if not all(map(math.isfinite, place)):
                self.figure = None
                return
        place = near(place, self.handles.figure.middle)
        self.figure = self.handles.dragged(self.handle, px, py, place, in_steps=event.has(_SHIFT))


class MoveDrag(Struct):
    """Drag of the selected marks by `grip`, a place of the first one."""

    sites: list[Site]
    grip: Place
    grip_px: tuple[float, float]
    figures: dict[str, Figure] = field(default_factory=dict)

    def to(self, view: View, dx: float, dy: float, onto: Place | None = None, *, most: int | None = None) -> None:
        """Move the marks by (`dx`, `dy`) pixels from their first places.

        `onto`: place for the grip, which snaps there. `most`: number of marks to move, None for all.
        """
        held, *others = self.sites[:most]
        figure = Figure.of(held)
        if onto is not None and figure.is_mobile:
            moved = laid_figure(figure, view, self.grip, near(onto, self.grip))
        else:
            moved = moved_figure(figure, view, dx, dy, self.grip)
        self.figures = ({} if moved is None else {held.uuid: moved}) | moved_figures(others, view, dx, dy)


def moved_figures(sites: Iterable[Site], view: View, dx: float, dy: float) -> dict[str, Figure]:
    """Move marks by pixels; returns the figures by uuid, without marks that would leave the map."""
    figures = {site.uuid: Figure.of(site) for site in sites}
    points = {uuid: figure for uuid, figure in figures.items() if _is_plain_point(figure)}
    moved = _moved_points(points, view, dx, dy)
    for uuid, figure in figures.items():
        if uuid not in points and (new_figure := moved_figure(figure, view, dx, dy)) is not None:
            moved[uuid] = new_figure
    return moved


def rows_under_way(sites: Mapping[str, Site], figures: Mapping[str, Figure]) -> dict[str, Site]:
    """Rows of the marks with their dragged figures, for the map during a drag; invalid ones are left out."""
    rows = {}
    for uuid, figure in figures.items():
        site = sites.get(uuid)
        if site is not None and not unfit(site, figure.geometry):
            rows[uuid] = replace(site, geometry=at_home(figure.geometry), shape_json=figure.shape_json)
    return rows


def _is_plain_point(figure: Figure) -> bool:
    return bool(figure.geometry.geom_type == "Point") and not isinstance(figure.shape, Callout)


def _moved_points(figures: dict[str, Figure], view: View, dx: float, dy: float) -> dict[str, Figure]:
    """Move points by pixels, all at once, as there may be thousands."""
    if not figures:
        return {}
    places = shapely.get_coordinates(np.array([figure.geometry for figure in figures.values()], dtype=object))
    moved = shifted_places(places, view, dx, dy)
    on_map = np.isfinite(moved).all(axis=1) & (np.abs(places) <= (MAX_LON, 90.0)).all(axis=1)
    entries = zip(figures.items(), shapely.points(moved), on_map.tolist(), strict=True)
    return {uuid: replace(figure, geometry=point) for (uuid, figure), point, is_there in entries if is_there}


def place_under(view: View, px: float, py: float) -> Place:
    """Longitude and latitude under a pixel; nan off the Earth."""
    lon, lat = transform_points(view.grid.crs, WGS84, *view.to_world(px, py))
    return float(lon), float(lat)


def _vertices(figure: Figure) -> list[Place]:
    return [(lon, lat) for lon, lat in shapely.get_coordinates(figure.geometry).tolist()]


def _north_deg(view: View, place: Place) -> float:
    """Direction of north on the picture at a place, in degrees clockwise from up."""
    lat = max(-_FARTHEST_LAT, min(_FARTHEST_LAT, place[1]))
    (px, py), (qx, qy) = pixels_of(view, [(place[0], lat), destination(place[0], lat, 0.0, _STEP_M)])
    return math.degrees(math.atan2(qx - px, -(qy - py)))
