"""The part of the Earth that a map of a product shows, and its view at any resolution."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QRect, QRectF

from layers.errors import CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds, world_bounds
from layers.grid.tile_grid import View

MERCATOR_LATITUDE = 85.0
MARK_ROOM = 0.06
"""Least room around marks, as a part of the frame."""
_ROUNDED = 1e-9
"""Tolerance of lengths that were computed from pixels, as a part of the whole."""


class Framing(Struct, frozen=True):
    """A map's frame on its page, in whole logical pixels, and the view in it.

    The view's `ratio` is the size of the layers' signs, lines and lettering, relative to those on the screen.
    """

    rect: QRectF
    view: View

    @classmethod
    def of(
        cls,
        rect: QRectF,
        crs: str,
        bounds: Bounds,
        sign_scale: float,
        marked: Bounds | None = None,
        reach: Bounds | None = None,
    ) -> Framing:
        """Frame `bounds` (lon, lat) in `rect`, centred as far as the data reach (`reach`).

        With `marked` (lon, lat) the frame shows less where all of that stays inside, so that no margin is without an
        image. `sign_scale`: size of signs relative to the screen.
        """
        marked_world = None if marked is None else world_of(crs, marked)
        reach_world = None if reach is None else world_of(crs, reach)
        framing = cls.of_world(rect, crs, world_of(crs, bounds), sign_scale, marked_world, reach_world)
        if crs == WEB_MERCATOR and bounds.left >= -180 and bounds.right <= 180:
            return replace(framing, view=slid_into(framing.view, world_bounds(crs)))
        return framing

    @classmethod
    def of_world(
        cls,
        rect: QRectF,
        crs: str,
        world: Bounds,
        sign_scale: float,
        marked: Bounds | None = None,
        reach: Bounds | None = None,
        marks: Bounds | None = None,
    ) -> Framing:
        """Frame as `of` does, with all bounds in units of `crs`; a frame that the data do not fill is closer, if the
        `marks` stay in it.
        """
        view = View.of_bounds(crs, world, round(rect.width()), round(rect.height()))
        if marked is not None:
            view = _fill(view, world, marked)
        if reach is not None:
            view = slid_into(view, reach)
            view = _fill_if_dark(view, reach, marks)
        return cls(rect, replace(view, ratio=sign_scale))

    def at(self, ratio: float) -> tuple[QRect, View]:
        """The frame in whole pixels of a page enlarged by `ratio`, and its view.

        Frames of one size show the same ground, wherever on the page they are.
        """
        rect, grid = self.rect, self.view.grid
        width, height = max(round(rect.width() * ratio), 1), max(round(rect.height() * ratio), 1)
        view = View(replace(grid, resolution=grid.resolution / ratio), 0, 0, width, height, self.view.ratio * ratio)
        return QRect(round(rect.left() * ratio), round(rect.top() * ratio), width, height), view

    def lonlat(self) -> Bounds | None:
        """Bounds of the frame in lon, lat; None for a map that reaches beyond the Earth."""
        try:
            return transform_bounds(self.view.grid.crs, WGS84, self.view.world_bounds())
        except CannotBePlaced:
            return None

    def box_of(self, lonlat: Bounds) -> QRectF | None:
        """The box on the page around a part of the Earth; None where this map has no place for it."""
        try:
            world = transform_bounds(WGS84, self.view.grid.crs, lonlat)
        except CannotBePlaced:
            return None
        left, top = self.view.to_pixel(world.left, world.top)
        right, bottom = self.view.to_pixel(world.right, world.bottom)
        return QRectF(left, top, right - left, bottom - top).translated(self.rect.topLeft())


def world_of(crs: str, bounds: Bounds) -> Bounds:
    """Bounds of a part of the Earth (lon, lat) in the CRS of a map, up to the map's edges."""
    return transform_bounds(WGS84, crs, _drawable(bounds, crs))


def _fill(view: View, world: Bounds, marked: Bounds) -> View:
    """A closer view that `world` fills to all edges, if all that is `marked` stays in it; else the view unchanged."""
    resolution = min(world.width / view.width, world.height / view.height)
    width, height = resolution * view.width, resolution * view.height
    x = _start_of_part(world.left, world.right, width, marked.left, marked.right)
    y = _start_of_part(world.bottom, world.top, height, marked.bottom, marked.top)
    if not resolution > 0 or x is None or y is None:
        return view
    grid = replace(view.grid, resolution=resolution, origin_x=x, origin_y=y + height)
    return replace(view, grid=grid)


def _start_of_part(low: float, high: float, length: float, first: float, last: float) -> float | None:
    """Start of a part of `length`, in or near the middle of a whole, that holds all from `first` to `last`.

    It leaves some room on both sides, as far as the whole has it; None where there is no such part.
    """
    room = MARK_ROOM * length
    least = max(min(last + room, max(high, last)) - length, low)
    most = min(max(first - room, min(low, first)), high - length)
    if least > most + _ROUNDED * length:
        return None
    return min(max((low + high - length) / 2, least), most)


def _fill_if_dark(view: View, reach: Bounds, marks: Bounds | None) -> View:
    """A closer view that the data fill to all edges, where they do not fill this one and the marks stay in it."""
    frame = view.world_bounds()
    if frame.width <= reach.width * (1 + _ROUNDED) and frame.height <= reach.height * (1 + _ROUNDED):
        return view
    closer = _fill(view, reach, frame.intersection(marks) or _middle_of(frame) if marks else _middle_of(frame))
    return closer


def _middle_of(bounds: Bounds) -> Bounds:
    x, y = bounds.centre
    return Bounds(x, y, x, y)


def slid_into(view: View, whole: Bounds) -> View:
    """The view moved by the least that keeps its edges inside the whole; a larger one stays."""
    frame = view.world_bounds()
    dx = _shift_into(frame.left, frame.right, whole.left, whole.right)
    dy = _shift_into(frame.bottom, frame.top, whole.bottom, whole.top)
    grid = replace(view.grid, origin_x=view.grid.origin_x + dx, origin_y=view.grid.origin_y + dy)
    return replace(view, grid=grid)


def _shift_into(low: float, high: float, least: float, most: float) -> float:
    if high - low >= most - least:
        return 0.0
    return max(least - low, 0.0) + min(most - high, 0.0)


def _drawable(bounds: Bounds, crs: str) -> Bounds:
    if crs == WEB_MERCATOR:
        south, north = max(bounds.bottom, -MERCATOR_LATITUDE), min(bounds.top, MERCATOR_LATITUDE)
        return Bounds(bounds.left, south, bounds.right, north)
    return bounds
