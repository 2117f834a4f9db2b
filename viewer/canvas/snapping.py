"""Snaps the pointer, while drawing or dragging, to vertices of other marks and of features in view, else to edges."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

import numpy as np
import shapely
from msgspec import Struct
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from layers.document.marks.mark_shape import Circle, RangeRing, Rectangle, shape_of_site
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, is_off_earth, transform_points
from layers.grid.tile_grid import View
from layers.vector.nearest import nearest
from viewer.canvas.feature_query import passing, vector_layers
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import ShownScene, map_at
from viewer.canvas.sites.outlines import Floats
from viewer.canvas.sites.site_frame import ShapeInView, SiteFrame
from viewer.canvas.sites.site_shapes import to_pixels
from viewer.canvas.sites.site_symbology import HALO_COLOR
from viewer.rendering.nudged import step_of
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.rendering.world_copies import wrapped_views
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

REACH_PX = 12.0
MOST_VERTICES = 5000
"""Most vertices of a mark that are snapped to; marks with more have their edges only."""
SNAP_COLOR = "#ff4fd8"
_SIGN_PX = 7.0


class Snap(Struct, frozen=True):
    """A pixel of the picture and its place in lon, lat; that of a vertex is exact to the last digit."""

    far_px: float
    px: float
    py: float
    lon: float
    lat: float
    is_vertex: bool
    name: str

    @property
    def words(self) -> str:
        """A sentence for the hint of the tool."""
        kind = translate("Snap", "a vertex") if self.is_vertex else translate("Snap", "an edge")
        if not self.name:
            return translate("Snap", "Snaps to {0}.").format(kind)
        return translate("Snap", "Snaps to {0} of “{1}”.").format(kind, one_line(self.name, 40))


def snap_at(shown: ShownScene, view: View, px: float, py: float, in_hand: Collection[str] = ()) -> Snap | None:
    """The nearest vertex within reach of a pixel, else the nearest place on an edge; never of marks `in_hand`.

    Looks only at what is in memory: features as the readers have sent them for the picture.
    """
    if is_off_earth(view.grid.crs):
        return None
    side = map_at(shown, view, px, py)
    snaps = [*_of_sites(side, view, px, py, in_hand), *_of_features(side, view, px, py)]
    return min(snaps, key=lambda snap: (not snap.is_vertex, snap.far_px), default=None)


def paint_snap(painter: QPainter, view: View, snap: Snap) -> None:
    """Paint a square round a vertex, or a cross on an edge, in a colour that no mark and no map has."""
    size = _SIGN_PX * view.ratio
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for color, width in ((HALO_COLOR, 4.4), (SNAP_COLOR, 2.2)):
        painter.setPen(QPen(QColor(color), width * view.ratio))
        if snap.is_vertex:
            painter.drawRect(QRectF(QPointF(snap.px - size, snap.py - size), QPointF(snap.px + size, snap.py + size)))
        else:
            for dx, dy in ((1.0, 1.0), (1.0, -1.0)):
                reach = QPointF(dx * size, dy * size)
                middle = QPointF(snap.px, snap.py)
                painter.drawLine(QLineF(middle - reach, middle + reach))
    painter.restore()


def _of_sites(scene: MapScene, view: View, px: float, py: float, in_hand: Collection[str]) -> Iterator[Snap]:
    if not scene.marks.are_shown:
        return
    for frame in scene.marks.frames(view):
        yield from _of_points(frame, px, py, in_hand)
        reach = REACH_PX * view.ratio
        around = _world_box(frame.view, px, py, reach)
        for shape in frame.shapes:
            bounds = shape.outline.bounds
            if shape.uuid not in in_hand and bounds is not None and bounds.intersects(around):
                yield from _of_shape(shape, frame.view, px, py, around)


def _of_points(frame: SiteFrame, px: float, py: float, in_hand: Collection[str]) -> Iterator[Snap]:
    far = np.hypot(frame.px - px, frame.py - py)
    for position in np.flatnonzero(far <= REACH_PX * frame.scale).tolist():
        row = frame.rows[position]
        uuid = frame.index.uuids[row]
        if uuid not in in_hand:
            place = float(frame.index.lon[row]), float(frame.index.lat[row])
            name = frame.index.sites[uuid].label
            yield Snap(float(far[position]), float(frame.px[position]), float(frame.py[position]), *place, True, name)


def _of_shape(shape: ShapeInView, view: View, px: float, py: float, around: Bounds) -> Iterator[Snap]:
    reach, name = REACH_PX * view.ratio, shape.site.label
    places = _vertices(shape.site)
    if len(places):
        x, y = transform_points(WGS84, view.grid.crs, places[:, 0], places[:, 1])
        pixels = to_pixels(view, np.column_stack([x, y]))
        far = np.hypot(pixels[:, 0] - px, pixels[:, 1] - py)
        far[~np.isfinite(far)] = np.inf
        at = int(np.argmin(far))
        if far[at] <= reach:
            lon, lat = places[at].tolist()
            x_px, y_px = pixels[at].tolist()
            yield Snap(float(far[at]), x_px, y_px, lon, lat, True, name)
    for part in shape.outline.near(around).parts:
        for ring in part.rings:
            yield from _on_line(to_pixels(view, ring), view, px, py, name)


def _on_line(pixels: Floats, view: View, px: float, py: float, name: str) -> Iterator[Snap]:
    start = pixels[:-1] - (px, py)
    step = np.diff(pixels, axis=0)
    length = (step**2).sum(axis=1)
    share = np.clip(-(start * step).sum(axis=1) / np.where(length == 0, 1, length), 0, 1)
    foot = start + step * share[:, None]
    far = np.hypot(foot[:, 0], foot[:, 1])
    at = int(np.argmin(far)) if len(far) else -1
    if at >= 0 and far[at] <= REACH_PX * view.ratio:
        yield from _placed(view, px + float(foot[at, 0]), py + float(foot[at, 1]), float(far[at]), False, name)


def _of_features(scene: MapScene, view: View, px: float, py: float) -> Iterator[Snap]:
    radius = REACH_PX * view.ratio * view.grid.resolution
    for drawing in vector_layers(scene, view):
        tables = [table for table in drawing.tables if table.crs == view.grid.crs]
        step = step_of(drawing.nudge, view.grid.crs)
        for seen in wrapped_views(drawing.seen(view)):
            near = nearest(tables, *seen.to_world(px, py), radius, partial(_shown, scene, drawing))
            for place, is_vertex in zip(near, (True, False), strict=True):
                if place is not None:
                    ((x_px, y_px),) = to_pixels(seen, np.array([[place.x, place.y]])).tolist()
                    far_px = place.far / view.grid.resolution
                    yield from _placed(seen, x_px, y_px, far_px, is_vertex, drawing.layer.name, step)


def _shown(scene: MapScene, drawing: VectorDrawing, fids: np.ndarray) -> np.ndarray:
    """The features among `fids` that are shown."""
    return drawing.symbology.painted(passing(scene, drawing.layer_uuid, fids))


def _placed(
    view: View, px: float, py: float, far_px: float, is_vertex: bool, name: str, step: tuple[float, float] = (0.0, 0.0)
) -> Iterator[Snap]:
    """Snaps at places within reach. `step` is the offset from the layer's own ground to where it is on the map."""
    x, y = view.to_world(px, py)
    lon, lat = (float(coordinate) for coordinate in transform_points(view.grid.crs, WGS84, x + step[0], y + step[1]))
    if np.isfinite(lon) and np.isfinite(lat):
        yield Snap(far_px, px, py, lon, lat, is_vertex, name)


def _vertices(site: Site) -> Floats:
    """(n, 2) Vertices of a site to snap to, in lon, lat; of a circle only the centre, as its rim is computed."""
    if site.shape_json:
        shape = shape_of_site(site)
        if isinstance(shape, Circle | RangeRing):
            return np.array([shape.centre])
        if isinstance(shape, Rectangle):
            return np.array([shape.centre, *shape.corners])
    places: Floats = shapely.get_coordinates(site.geometry)
    return places if len(places) <= MOST_VERTICES else np.zeros((0, 2))


def _world_box(view: View, px: float, py: float, reach: float) -> Bounds:
    corners = [view.to_world(x, y) for x in (px - reach, px + reach) for y in (py - reach, py + reach)]
    return Bounds.of_points(*np.array(corners).T)
