"""Handles of a selected mark: their places, and the changed mark while one is dragged."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
import shapely
from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from layers.document.marks.figure import Figure
from layers.document.marks.mark_shape import Callout, Circle, RangeRing, Rectangle, rectangle_between
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.crs import WGS84, transform_points
from layers.geo.longitudes import Place, shift_near
from layers.geo.measure import azimuth_deg, destination, distance_m
from layers.grid.tile_grid import View
from viewer.canvas.sites.mark_signs import sign_box, sign_of
from viewer.canvas.sites.site_shapes import to_pixels
from viewer.canvas.sites.site_symbology import HALO_COLOR, SELECTED_COLOR
from viewer.rendering.world_copies import wrapped_views
from viewer.tools.sketch import near, paint_handle, pixels_of

REACH_PX = 9.0
AROUND_PX = 7.0
"""Distance of the handles of lines and areas from their bounding box, so that they cover no vertex."""
STALK_PX = 26.0
"""Distance of the turning handle above the mark."""
SMALLEST_PX = 12.0
"""Size in pixels below which a mark has no handles, as they would cover it; it can still be moved."""
MOST_VERTICES = 5000
_RADIUS_DIRECTION_DEG = 90.0
_SMALLEST_FACTOR = 0.02
_TURN_STEP_DEG = 15.0

type Role = Literal["corner", "turn", "radius", "centre", "box"]


class MarkHandle(NamedTuple):
    """A handle. `number` counts corners clockwise from the top left, and radii from the smallest."""

    role: Role
    px: float
    py: float
    number: int = 0


class Handles(Struct, frozen=True):
    """The handles that a mark has in one view."""

    figure: Figure
    view: View
    each: tuple[MarkHandle, ...] = ()
    stalk: tuple[float, float, float, float] | None = None
    """The line from the mark to its turning handle."""
    tips: tuple[Place, ...] = ()
    """The corners of the mark that corner handles move."""
    beside_px: float = 0.0
    """Distance in pixels from the middle of a callout's box to its handle at the right, which covers no word."""

    @classmethod
    def of(cls, figure: Figure, view: View, label: str = "") -> Handles:
        """Make handles where the mark is nearest to the middle of the picture, perhaps on a wrapped world copy.

        `label` is the row's, which a callout may show.
        """
        return cls._in(figure, min(wrapped_views(view), key=lambda world_view: _from_middle(figure, world_view)), label)

    @classmethod
    def _in(cls, figure: Figure, view: View, label: str) -> Handles:
        shape = figure.shape
        if isinstance(shape, Rectangle):
            return _of_rectangle(figure, shape, view)
        if isinstance(shape, Circle | RangeRing):
            radii = shape.radii_m if isinstance(shape, RangeRing) else (shape.radius_m,)
            places = [destination(*shape.centre, _RADIUS_DIRECTION_DEG, radius_m) for radius_m in radii]
            at = pixels_of(view, places)
            handles = tuple(MarkHandle("radius", px, py, n) for n, (px, py) in enumerate(at) if _is_at(px))
            return cls(figure, view, (*handles, *_centre_handle(shape, handles, view)))
        if isinstance(shape, Callout):
            return _of_callout(figure, shape, view, label)
        if figure.kind in ("line", "polygon", "arrow", "freehand", "measurement") and figure.is_mobile:
            return _of_box(figure, view)
        return cls(figure, view)

    def at(self, px: float, py: float) -> MarkHandle | None:
        """The handle under a place of the picture."""
        near = [(math.hypot(handle.px - px, handle.py - py), handle) for handle in self.each]
        nearest = min(near, default=None, key=lambda pair: pair[0])
        return nearest[1] if nearest is not None and nearest[0] <= REACH_PX * self.view.ratio else None

    def dragged(
        self, handle: MarkHandle, px: float, py: float, place: Place, *, in_steps: bool = False
    ) -> Figure | None:
        """The mark with `handle` dragged; None where that is no valid mark.

        `px`, `py`: pixel of the pointer; `place`: longitude and latitude under it; `in_steps`: the turning handle turns
        by multiples of 15 degrees.
        """
        try:
            if handle.role == "turn":
                return self._turned(place, in_steps)
            if handle.role == "radius":
                return self._with_radius(handle.number, distance_m(*self.figure.middle, *place))
            if handle.role == "centre":
                return self._with_centre(place)
            if handle.role == "box":
                return self._with_box(px, py)
            return self._scaled(handle, px, py, place)
        except InvalidValue:
            return None

    def _turned(self, place: Place, in_steps: bool) -> Figure:
        middle = self.figure.middle
        turn = azimuth_deg(*middle, *place) - azimuth_deg(*middle, *self._top())
        shape = self.figure.shape
        if in_steps:
            before = shape.rotation_deg if isinstance(shape, Rectangle) else 0.0
            turn = round((before + turn) / _TURN_STEP_DEG) * _TURN_STEP_DEG - before
        return self.figure.laid(middle, middle, turn_deg=turn)

    def _top(self) -> Place:
        """The place of the turning handle."""
        (handle,) = (handle for handle in self.each if handle.role == "turn")
        return _place_at(self.view, handle.px, handle.py)

    def _with_box(self, px: float, py: float) -> Figure | None:
        shape = self.figure.shape
        leader = near(_place_at(self.view, px - self.beside_px, py), self.figure.middle)
        return self.figure.with_shape(replace(shape, leader=leader)) if isinstance(shape, Callout) else None

    def _with_centre(self, place: Place) -> Figure | None:
        shape, centre = self.figure.shape, (shift_near(place[0], 0.0), place[1])
        return self.figure.with_shape(replace(shape, centre=centre)) if isinstance(shape, Circle | RangeRing) else None

    def _with_radius(self, number: int, radius_m: float) -> Figure | None:
        shape = self.figure.shape
        if isinstance(shape, Circle):
            return self.figure.with_shape(replace(shape, radius_m=radius_m))
        if not isinstance(shape, RangeRing):
            return None
        radii = list(shape.radii_m)
        radii[number] = radius_m
        return self.figure.with_shape(replace(shape, radii_m=tuple(radii)))

    def _scaled(self, handle: MarkHandle, px: float, py: float, place: Place) -> Figure | None:
        opposite = self.tips[(handle.number + 2) % 4]
        shape = self.figure.shape
        if isinstance(shape, Rectangle):
            rectangle = rectangle_between(opposite, place, shape.rotation_deg)
            return None if rectangle is None else self.figure.with_shape(rectangle)
        far = next(other for other in self.each if other.role == "corner" and other.number == (handle.number + 2) % 4)
        diagonal = np.array([handle.px - far.px, handle.py - far.py])
        factor = float(np.dot([px - far.px, py - far.py], diagonal) / np.dot(diagonal, diagonal))
        if factor < _SMALLEST_FACTOR or not all(map(math.isfinite, opposite)):
            return None
        return self.figure.laid(opposite, opposite, factor=factor)

    def paint(self, painter: QPainter) -> None:
        """Paint squares at corners, and discs elsewhere."""
        ratio = self.view.ratio
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.stalk is not None:
            for color, width in ((HALO_COLOR, 3.0), (SELECTED_COLOR, 1.4)):
                painter.setPen(QPen(QColor(color), width * ratio))
                painter.drawLine(QLineF(*self.stalk))
        self._paint_box(painter)
        for handle in self.each:
            if handle.role == "corner":
                _paint_square(painter, handle.px, handle.py, ratio)
            else:
                paint_handle(painter, handle.px, handle.py, ratio, strong=handle.role == "turn")
        painter.restore()

    def _paint_box(self, painter: QPainter) -> None:
        """Paint the box whose corners are handles; for a rectangle, the rectangle itself."""
        corners = [QPointF(handle.px, handle.py) for handle in self.each if handle.role == "corner"]
        if not corners or isinstance(self.figure.shape, Rectangle):
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width, style in (
            (HALO_COLOR, 2.4, Qt.PenStyle.SolidLine),
            ("#ffffff", 1.0, Qt.PenStyle.DashLine),
        ):
            painter.setPen(QPen(QColor(color), width * self.view.ratio, style))
            painter.drawPolygon(QPolygonF(corners))


def _centre_handle(shape: Circle | RangeRing, radii: tuple[MarkHandle, ...], view: View) -> tuple[MarkHandle, ...]:
    """The handle that moves a circle; no handle where it would cover that of the smallest radius."""
    ((px, py),) = pixels_of(view, [shape.centre])
    is_apart = all(math.hypot(handle.px - px, handle.py - py) >= SMALLEST_PX * view.ratio for handle in radii)
    return (MarkHandle("centre", px, py),) if _is_at(px) and radii and is_apart else ()


def _of_rectangle(figure: Figure, shape: Rectangle, view: View) -> Handles:
    corners = shape.corners
    at = pixels_of(view, corners)
    if not all(_is_at(px) for px, _ in at) or _is_small(at, view):
        return Handles(figure, view)
    top = (at[0][0] + at[1][0]) / 2, (at[0][1] + at[1][1]) / 2
    foot = (at[2][0] + at[3][0]) / 2, (at[2][1] + at[3][1]) / 2
    handles = tuple(MarkHandle("corner", px, py, n) for n, (px, py) in enumerate(at))
    return _with_turn(Handles(figure, view, handles, tips=corners), top, (top[0] - foot[0], top[1] - foot[1]))


def _of_callout(figure: Figure, shape: Callout, view: View, label: str) -> Handles:
    (px, py), *_ = pixels_of(view, [shape.leader])
    sign = sign_of(Site(uuid="", geometry=figure.geometry, label=label), shape)
    if sign is None or not _is_at(px):
        return Handles(figure, view)
    beside = sign_box(sign, view.ratio).right
    return Handles(figure, view, (MarkHandle("box", px + beside, py),), beside_px=beside)


def _of_box(figure: Figure, view: View) -> Handles:
    places = shapely.get_coordinates(figure.geometry)
    if len(places) > MOST_VERTICES:
        return Handles(figure, view)
    pixels = to_pixels(view, np.column_stack(transform_points(WGS84, view.grid.crs, places[:, 0], places[:, 1])))
    if not np.isfinite(pixels).all() or _is_small(pixels, view):
        return Handles(figure, view)
    (left, top), (right, bottom) = pixels.min(axis=0).tolist(), pixels.max(axis=0).tolist()
    tips = tuple(_place_at(view, x, y) for x, y in ((left, top), (right, top), (right, bottom), (left, bottom)))
    out = AROUND_PX * view.ratio
    left, top, right, bottom = left - out, top - out, right + out, bottom + out
    corners = (left, top), (right, top), (right, bottom), (left, bottom)
    handles = tuple(MarkHandle("corner", px, py, n) for n, (px, py) in enumerate(corners))
    return _with_turn(Handles(figure, view, handles, tips=tips), ((left + right) / 2, top), (0.0, -1.0))


def _with_turn(handles: Handles, top: tuple[float, float], up: tuple[float, float]) -> Handles:
    """Add the turning handle, on a stalk from `top` in the direction `up`."""
    view, length = handles.view, math.hypot(*up)
    if not length:
        return handles
    stalk = STALK_PX * view.ratio / length
    px, py = top[0] + up[0] * stalk, top[1] + up[1] * stalk
    if not all(map(math.isfinite, _place_at(view, px, py))):
        return handles
    return replace(handles, each=(*handles.each, MarkHandle("turn", px, py)), stalk=(*top, px, py))


def _place_at(view: View, px: float, py: float) -> Place:
    lon, lat = transform_points(view.grid.crs, WGS84, *view.to_world(px, py))
    return float(lon), float(lat)


def _from_middle(figure: Figure, view: View) -> float:
    (px, py), *_ = pixels_of(view, [figure.middle])
    far = math.hypot(px - view.width / 2, py - view.height / 2)
    return far if math.isfinite(far) else math.inf


def _is_small(pixels: np.ndarray | list[tuple[float, float]], view: View) -> bool:
    return bool(np.ptp(np.array(pixels), axis=0).max() < SMALLEST_PX * view.ratio)


def _is_at(px: float) -> bool:
    return math.isfinite(px)


def _paint_square(painter: QPainter, px: float, py: float, ratio: float) -> None:
    half = 4.0 * ratio
    painter.setPen(QPen(QColor(HALO_COLOR), 1.6 * ratio))
    painter.setBrush(QColor(255, 255, 255))
    painter.drawRect(QRectF(QPointF(px - half, py - half), QPointF(px + half, py + half)))
