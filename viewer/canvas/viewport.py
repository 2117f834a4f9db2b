"""The viewport: the part of the world that the canvas shows. Free of Qt; every length is in device pixels."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from msgspec.structs import replace

from layers.geo.bounds import Bounds
from layers.geo.crs import (
    PIXEL_SPACE,
    WEB_MERCATOR,
    WGS84,
    is_unrolled,
    same_crs,
    transform_bounds,
    transform_points,
    world_bounds,
)
from layers.geo.measure import ground_resolution_m
from layers.grid.tile_grid import TileGrid, View
from viewer.rendering.world_copies import wrapped_views

COARSEST = 2.0
"""Coarsest resolution in a local CRS, as a multiple of the one that shows its whole world."""
PIXELS_ACROSS_WORLD = 4e9
"""The finest resolution is the world's larger side divided by this: a centimetre a pixel in Web Mercator."""
FINEST_IN_PIXEL_SPACE = 1e-7
"""Finest resolution in pixel space, where numbers may be degrees as well as pixels."""
FIT_MARGIN = 0.06
"""Part of the picture that stays free on each side of what is shown whole."""
COARSEST_EARTH = 1.0 + 2.0 * FIT_MARGIN
"""Coarsest resolution of the whole Earth, as such a multiple: coarser ones would only show more copies of it."""
FINEST_FIT_M = 1.0
"""Finest resolution for a single place, in ground metres a pixel: how much of its surroundings matters is unknown."""
_SAME_PLACE_M = 0.01
"""Largest bounds in metres that count as a single place; larger ones are shown whole, however small they are."""


class Viewport:
    """A mutable window on a pixel grid. A pan by whole pixels keeps the grid, so that its tiles stay good.

    A zoom, a turn or another CRS makes a new grid, anchored so that the fixed point of the gesture stays where it is.
    The centre never leaves the world of the CRS, and the resolution stays finite, so that the map cannot be lost.
    """

    def __init__(self, crs: str = WEB_MERCATOR, width: int = 1, height: int = 1, ratio: float = 1.0) -> None:
        view = View.of_bounds(crs, world_bounds(crs), max(width, 1), max(height, 1))
        self._view = replace(view, ratio=ratio)

    # -- what is shown --------------------------------------------------------------------------------------------

    def view(self) -> View:
        return self._view

    @property
    def crs(self) -> str:
        return self._view.grid.crs

    @property
    def resolution(self) -> float:
        """World units a pixel."""
        return self._view.grid.resolution

    @property
    def rotation_deg(self) -> float:
        return self._view.grid.rotation_deg

    @property
    def size(self) -> tuple[int, int]:
        return self._view.width, self._view.height

    @property
    def centre(self) -> tuple[float, float]:
        """World position of the middle of the picture."""
        return self._view.to_world(self._view.width / 2, self._view.height / 2)

    def lonlat(self, px: float, py: float) -> tuple[float, float]:
        """Longitude and latitude under a pixel; (nan, nan) where the map shows no place on Earth.

        Over the edge of the map longitudes run on, 181 for -179: what is drawn across it stays in one piece.
        """
        here, _ = self._view.to_world(px, py)
        for view in wrapped_views(self._view):
            x, y = view.to_world(px, py)
            if not world_limits(self.crs).contains_point(x, y):
                continue
            lon, lat = transform_points(self.crs, WGS84, x, y)
            if np.isfinite(lon) and abs(float(lat)) <= 90.0:
                return float(lon) + 360.0 * round((here - x) / world_bounds(self.crs).width), float(lat)
        return math.nan, math.nan

    def centre_lonlat(self) -> tuple[float, float]:
        return self.lonlat(self._view.width / 2, self._view.height / 2)

    def ground_resolution_m(self) -> float:
        """True metres a pixel at the centre; nan where the centre is no place on Earth."""
        return ground_resolution_m(self.crs, *self.centre, self.resolution)

    # -- gestures -------------------------------------------------------------------------------------------------

    def pan(self, dx: int, dy: int) -> None:
        """Move the window by whole pixels over the same grid."""
        view = self._view
        self._show(View(view.grid, view.left + int(dx), view.top + int(dy), view.width, view.height))

    def zoom_about(self, px: float, py: float, factor: float) -> None:
        """Enlarge the picture by `factor`, with the place under (px, py) staying there."""
        if not (math.isfinite(factor) and factor > 0):
            return
        resolution = self._clamped(self.resolution / factor)
        if resolution != self.resolution:
            self._anchor(self._view.to_world(px, py), px, py, resolution, self.rotation_deg)

    def rotate_about(self, px: float, py: float, by_deg: float) -> None:
        """Turn the picture clockwise, with the place under (px, py) staying there."""
        turned = _normal_turn(self.rotation_deg + by_deg)
        if turned != self.rotation_deg:
            self._anchor(self._view.to_world(px, py), px, py, self.resolution, turned)

    def set_rotation(self, rotation_deg: float) -> None:
        """Turn about the middle of the picture."""
        self.rotate_about(self._view.width / 2, self._view.height / 2, rotation_deg - self.rotation_deg)

    def set_ratio(self, ratio: float) -> None:
        """Set the device pixels of a logical pixel, as for another screen.

        The ground on a length of screen stays the same.
        """
        before, centre = self._view.ratio, self.centre
        if ratio != before:
            self._view = replace(self._view, ratio=ratio)
            middle = self._view.width / 2, self._view.height / 2
            self._anchor(centre, *middle, self._clamped(self.resolution * before / ratio), self.rotation_deg)

    def resize(self, width: int, height: int) -> None:
        """Set the size of the picture; the middle keeps its place to half a pixel, and the grid stays."""
        width, height, view = max(int(width), 1), max(int(height), 1), self._view
        if (width, height) != self.size:
            left, top = view.left - (width - view.width) // 2, view.top - (height - view.height) // 2
            self._show(View(view.grid, left, top, width, height))

    # -- going somewhere ------------------------------------------------------------------------------------------

    def centre_on(self, x: float, y: float, resolution: float | None = None) -> None:
        """Move a world position to the middle; the grid stays where the resolution does."""
        if resolution is None or resolution == self.resolution:
            px, py = self._view.to_pixel(x, y)
            self.pan(round(px - self._view.width / 2), round(py - self._view.height / 2))
        else:
            middle = self._view.width / 2, self._view.height / 2
            self._anchor((x, y), *middle, self._clamped(resolution), self.rotation_deg)

    def fit(self, bounds: Bounds, margin: float = 0.0) -> None:
        """Show all of `bounds` (in the viewport's CRS), with a part `margin` of it left free on each side."""
        width, height = self.size
        bounds = bounds.scaled(1.0 + 2.0 * margin)
        if self.rotation_deg == 0.0:
            wanted = View.of_bounds(self.crs, bounds, width, height) if bounds.width + bounds.height > 0 else None
            if wanted is not None and self._clamped(wanted.grid.resolution) == wanted.grid.resolution:
                self._show(wanted)
                return
        turn = math.radians(self.rotation_deg)
        cos, sin = abs(math.cos(turn)), abs(math.sin(turn))
        across, down = bounds.width * cos + bounds.height * sin, bounds.width * sin + bounds.height * cos
        resolution = max(across / width, down / height)
        self._anchor(bounds.centre, width / 2, height / 2, self._clamped(resolution), self.rotation_deg)

    def fit_lonlat(self, bounds: Bounds, margin: float = 0.0, finest_m: float = 0.0) -> None:
        """Show all of lon, lat `bounds`, at no finer than `finest_m` a pixel; a single place at no finer than a metre.

        Raises CannotBePlaced where no point of them has a place in the viewport's CRS.
        """
        inside = transform_bounds(WGS84, self.crs, bounds)
        one_metre = ground_resolution_m(self.crs, *inside.centre, 1.0)
        if math.isfinite(one_metre) and one_metre > 0:
            is_place = max(inside.width, inside.height) * one_metre < _SAME_PLACE_M
            finest = (max(finest_m, FINEST_FIT_M) if is_place else finest_m) / one_metre
            lack_x, lack_y = finest * self.size[0] - inside.width, finest * self.size[1] - inside.height
            if lack_x > 0 and lack_y > 0:
                inside = inside.expanded(min(lack_x, lack_y) / 2)
        self.fit(inside, margin)

    def fit_world(self) -> None:
        """Show the whole world of the CRS, north up."""
        self._show(View.of_bounds(self.crs, world_bounds(self.crs), *self.size))

    def set_crs(self, crs: str) -> None:
        """Set another CRS, with the same place in the middle at the same ground scale. Raises BadCRS."""
        if same_crs(crs, self.crs):
            return
        lon, lat = self.centre_lonlat()
        metres, rotation, (width, height) = self.ground_resolution_m(), self.rotation_deg, self.size
        x, y = (float(coordinate) for coordinate in transform_points(WGS84, crs, lon, lat))
        world = world_bounds(crs)
        self._show(View.of_bounds(crs, world, width, height))
        a_unit_m = ground_resolution_m(crs, x, y, 1.0)
        if math.isfinite(x) and math.isfinite(metres) and a_unit_m > 0 and world_limits(crs).contains_point(x, y):
            self._anchor((x, y), width / 2, height / 2, self._clamped(metres / a_unit_m), rotation)

    def show(self, view: View) -> None:
        """Return to a remembered view: exactly where the size is the same, else with the same middle."""
        width, height = self.size
        self._view = replace(view, ratio=self._view.ratio)
        self.resize(width, height)

    # -- limits ---------------------------------------------------------------------------------------------------

    def _clamped(self, resolution: float) -> float:
        world = world_bounds(self.crs)
        width, height = self.size
        coarsest = max(world.width / width, world.height / height)
        coarsest *= COARSEST_EARTH if is_unrolled(self.crs) else COARSEST
        finest = (
            FINEST_IN_PIXEL_SPACE if self.crs == PIXEL_SPACE else (max(world.width, world.height) / PIXELS_ACROSS_WORLD)
        )
        return min(max(resolution, finest), coarsest)

    def _anchor(self, world: tuple[float, float], px: float, py: float, resolution: float, rotation: float) -> None:
        """Set a new grid whose pixel (px, py) of the picture is exactly at `world`."""
        corner = TileGrid(self.crs, resolution, 0.0, 0.0, rotation).affine().apply(px, py)
        grid = TileGrid(self.crs, resolution, world[0] - corner[0], world[1] - corner[1], rotation)
        self._show(View(grid, 0, 0, *self.size))

    def _show(self, view: View) -> None:
        """Set the view, moved by whole pixels so that its middle lies in the world."""
        x, y = view.to_world(view.width / 2, view.height / 2)
        world = world_limits(view.grid.crs)
        inside = min(max(x, world.left), world.right), min(max(y, world.bottom), world.top)
        if inside != (x, y):
            px, py = view.to_pixel(*inside)
            dx, dy = round(px - view.width / 2), round(py - view.height / 2)
            view = View(view.grid, view.left + dx, view.top + dy, view.width, view.height)
        self._view = replace(view, ratio=self._view.ratio)


@lru_cache(maxsize=16)
def lonlat_bounds(crs: str, world: Bounds) -> Bounds:
    """World bounds in lon, lat: panes side by side look at the same ground. Raises CannotBePlaced."""
    return transform_bounds(crs, WGS84, world)


def world_limits(crs: str) -> Bounds:
    """Bounds for the middle of a picture: the world, or some way around the area of use of a local CRS."""
    world = world_bounds(crs)
    if is_unrolled(crs):
        return world
    return world.expanded(max(world.width, world.height))


def _normal_turn(degrees: float) -> float:
    """An angle in degrees as -180 < turn <= 180, and exactly 0 for one that is 0 up to rounding."""
    turn = 180.0 - (180.0 - degrees) % 360.0
    return 0.0 if abs(turn) < 1e-9 else turn
