"""Chooses the windows of an image's own pixels for chips, so that evidence is kept without resampling."""

from __future__ import annotations

import math
from typing import NamedTuple

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import (
    PIXEL_SPACE,
    WGS84,
    is_off_earth,
    transform_bounds,
    transform_points,
)
from layers.grid.tile_grid import Affine
from layers.services.matrix import level_for, level_resolution, unit_m
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.nudged import step_of
from viewer.rendering.raster.raster_drawing import RasterDrawing

MOST_PX, LEAST_PX = 1024, 256
"""Longest and shortest edge of a chip, in pixels of the image."""


class Region(NamedTuple):
    """A part of the Earth of which a chip is taken, around a place in longitude and latitude."""

    place: tuple[float, float]
    bounds: Bounds
    """Bounds of the part, in longitudes and latitudes."""


class PixelWindow(NamedTuple):
    """Whole pixels of an image on its own grid: `affine` leads from the window's pixels to `crs`."""

    crs: str
    affine: Affine
    width: int
    height: int
    is_warped: bool
    """True for an image without an even grid of its own, which is read on the nearest even one."""
    level: int = 0
    left: int = 0
    top: int = 0
    step: tuple[float, float] = (0.0, 0.0)
    """Offset from the image's own ground to where it is on the map, in units of `crs`; not zero for a nudged layer."""

    @property
    def placed(self) -> Affine:
        """Transform from the window's pixels to their places on the map."""
        a, b, c, d, e, f = self.affine
        return Affine(a, b, c + self.step[0], d, e, f + self.step[1])

    @property
    def bounds(self) -> Bounds:
        """Bounds of the window on the map, in `crs`."""
        corners = [self.placed.apply(x, y) for x in (0, self.width) for y in (0, self.height)]
        xs, ys = zip(*corners, strict=True)
        return Bounds(min(xs), min(ys), max(xs), max(ys))


def raster_window(drawing: RasterDrawing, region: Region) -> PixelWindow | None:
    """The pixels of a file that cover a region, limited to the largest chip around its place; None where it has none
    there.
    """
    info = drawing.info
    crs = "" if info is None else drawing.layer.crs or info.crs
    if info is None or not crs or crs == PIXEL_SPACE:
        return None
    grid = Affine(*info.transform)
    window = _window(grid, crs, region, step_of(drawing.nudge, crs))
    if window is None:
        return None
    (left, right), (top, bottom) = window
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, info.width), min(bottom, info.height)
    if left >= right or top >= bottom:
        return None
    is_warped = info.placed_by in ("control points", "RPC")
    size = right - left, bottom - top
    return PixelWindow(crs, _shifted(grid, left, top), *size, is_warped, step=step_of(drawing.nudge, crs))


def pixels_within(drawing: RasterDrawing, bounds: Bounds | None) -> PixelWindow | None:
    """All pixels of a file that lie in bounds in lon, lat, or all without bounds; None where it has none there."""
    info = drawing.info
    crs = "" if info is None else drawing.layer.crs or info.crs
    if info is None or not crs or is_off_earth(crs):
        return None
    grid, step = Affine(*info.transform), step_of(drawing.nudge, crs)
    left, top, right, bottom = 0, 0, info.width, info.height
    if bounds is not None:
        placed = Affine(grid.a, grid.b, grid.c + step[0], grid.d, grid.e, grid.f + step[1])
        corners = _corners(placed.inverse(), crs, bounds)
        if not corners:
            return None
        columns, rows = ([corner[axis] for corner in corners] for axis in (0, 1))
        left, right = max(left, math.floor(min(columns))), min(right, math.ceil(max(columns)))
        top, bottom = max(top, math.floor(min(rows))), min(bottom, math.ceil(max(rows)))
    if left >= right or top >= bottom:
        return None
    return PixelWindow(crs, _shifted(grid, left, top), right - left, bottom - top, is_warped=False, step=step)


def service_window(drawing: TilesDrawing, region: Region, screen_m: float) -> PixelWindow | None:
    """The pixels of a service that cover a region, at the level that is shown where a pixel of the screen is `screen_m`
    metres on the ground.
    """
    service = drawing.drawn_service
    metres = unit_m(service, *region.place)
    if not math.isfinite(metres):
        return None
    level = level_for(screen_m / metres, service)
    matrix, step = service.matrices.matrices[level], level_resolution(level, service)
    grid = Affine(step, 0.0, matrix.left, 0.0, -step, matrix.top)
    moved = step_of(drawing.nudge, service.crs)
    window = _window(grid, service.crs, region, moved)
    if window is None:
        return None
    (left, right), (top, bottom) = window
    top, bottom = max(top, 0), min(bottom, matrix.rows * matrix.tile_height)
    if not service.matrices.goes_round(level):
        left, right = max(left, 0), min(right, matrix.columns * matrix.tile_width)
    if top >= bottom or left >= right:
        return None
    size = right - left, bottom - top
    affine = _shifted(grid, left, top)
    return PixelWindow(service.crs, affine, *size, is_warped=False, level=level, left=left, top=top, step=moved)


type _Span = tuple[int, int]


def _window(grid: Affine, crs: str, region: Region, step: tuple[float, float]) -> tuple[_Span, _Span] | None:
    """Columns and rows around a region, on a grid that is shown `step` aside; None where the region is not on it."""
    grid = Affine(grid.a, grid.b, grid.c + step[0], grid.d, grid.e, grid.f + step[1])
    try:
        x, y = (float(coordinate) for coordinate in transform_points(WGS84, crs, *region.place))
    except GeoloupeError:
        return None
    back = grid.inverse()
    px, py = back.apply(x, y)
    if not (math.isfinite(px) and math.isfinite(py)):
        return None
    corners = _corners(back, crs, region.bounds) or [(px, py)]
    columns, rows = ([corner[axis] for corner in corners] for axis in (0, 1))
    return _around(px, min(columns), max(columns)), _around(py, min(rows), max(rows))


def _corners(back: Affine, crs: str, lonlat: Bounds) -> list[tuple[float, float]]:
    """The corners of bounds in pixels; empty where one of them has no place."""
    try:
        box = transform_bounds(WGS84, crs, lonlat)
    except GeoloupeError:
        return []
    corners = [back.apply(x, y) for x in (box.left, box.right) for y in (box.bottom, box.top)]
    return corners if all(math.isfinite(coordinate) for corner in corners for coordinate in corner) else []


def _around(at: float, low: float, high: float) -> _Span:
    """Whole pixels from `low` to `high`; around `at` where these are too few or too many."""
    first, last = math.floor(low), math.ceil(high)
    if LEAST_PX <= last - first <= MOST_PX:
        return first, last
    half = (LEAST_PX if last - first < LEAST_PX else MOST_PX) // 2
    return math.floor(at) - half, math.floor(at) + half


def _shifted(grid: Affine, left: int, top: int) -> Affine:
    x, y = grid.apply(left, top)
    return Affine(grid.a, grid.b, x, grid.d, grid.e, y)
