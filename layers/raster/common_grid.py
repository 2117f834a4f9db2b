"""A grid of pixels on which two rasters can be compared: along the axes of the first, where both have pixels."""

from __future__ import annotations

import math
from typing import NamedTuple, Self

import numpy as np

from layers.errors import CannotBePlaced
from layers.geo.crs import PIXEL_SPACE, has_way, is_unrolled, transform_points, world_bounds
from layers.geo.ground_offset import ground_offset
from layers.grid.tile_grid import Affine
from layers.raster.info import RasterInfo

MOST_PX = 4096
"""Longest side of a grid; in larger rasters a pixel of the grid stands for several."""
LEAST_PX = 16
"""Shortest side of a grid on which two rasters can be compared."""
_EDGE_POINTS = 33


class PlacedRaster(NamedTuple):
    """A raster where it lies: size in pixels, pixel to world, and the CRS of that world."""

    name: str
    crs: str
    affine: Affine
    width: int
    height: int

    @classmethod
    def of(cls, name: str, info: RasterInfo, given_crs: str = "") -> Self:
        """Place a raster by its file, or by `given_crs`, the analyst's, which counts more. Raises CannotBePlaced
        without a CRS.
        """
        crs = given_crs or info.crs
        if crs in ("", PIXEL_SPACE):
            raise CannotBePlaced("{name} does not say where it lies: it has no CRS. Place it first.", name=name)
        if not info.placed_by:
            raise CannotBePlaced("{name} says nothing about its position: place it first.", name=name)
        return cls(name, crs, Affine(*info.transform), info.width, info.height)


class CommonGrid(NamedTuple):
    """Pixels in the CRS of the moving raster, on its axes; each is `step` of its own pixels wide."""

    crs: str
    affine: Affine
    width: int
    height: int
    step: float

    def shift_px(self, dx: float, dy: float) -> tuple[float, float]:
        """A shift on this grid in pixels of the moving raster."""
        return dx * self.step, dy * self.step

    def ground_m(self, dx: float, dy: float) -> tuple[float, float]:
        """A shift on this grid as metres true east and true north, in its middle."""
        x, y = self.affine.apply(self.width / 2, self.height / 2)
        a, b, _, d, e, _ = self.affine
        return ground_offset(self.crs, x, y, a * dx + b * dy, d * dx + e * dy)

    def along_m(self, dx: float, dy: float) -> tuple[float, float]:
        """A shift on this grid as metres along its own axes: to the right, and down."""
        right, down = math.hypot(*self.ground_m(dx, 0.0)), math.hypot(*self.ground_m(0.0, dy))
        return math.copysign(right, dx), math.copysign(down, dy)


def common_grid(moving: PlacedRaster, fixed: PlacedRaster) -> CommonGrid:
    """The pixels where both lie, as large as the coarser one's. Raises CannotBePlaced where they share no ground."""
    if not has_way(fixed.crs, moving.crs):
        raise CannotBePlaced(
            "{name} and {name_2} do not lie on one body, or not on one grid.", name=moving.name, name_2=fixed.name
        )
    px, py = _seen_from(moving, fixed)
    left, right = max(0.0, float(px.min())), min(float(moving.width), float(px.max()))
    top, bottom = max(0.0, float(py.min())), min(float(moving.height), float(py.max()))
    if not (right - left >= 1 and bottom - top >= 1):
        raise CannotBePlaced(
            "{name} and {name_2} show no common ground: they lie apart.", name=moving.name, name_2=fixed.name
        )
    step = max(1.0, _pixel_of(moving, fixed), max(right - left, bottom - top) / MOST_PX)
    width, height = int((right - left) / step), int((bottom - top) / step)
    if min(width, height) < LEAST_PX:
        raise CannotBePlaced(
            "{name} and {name_2} share too little ground to compare them.", name=moving.name, name_2=fixed.name
        )
    left, top = math.floor(left), math.floor(top)  # its own pixels, where each stands for itself
    a, b, _, d, e, _ = moving.affine
    x, y = moving.affine.apply(left, top)
    return CommonGrid(moving.crs, Affine(a * step, b * step, x, d * step, e * step, y), width, height, step)


def _seen_from(moving: PlacedRaster, fixed: PlacedRaster) -> tuple[np.ndarray, np.ndarray]:
    """Edge of the fixed raster, and some of its inside, in pixels of the moving one."""
    across, down = np.meshgrid(np.linspace(0, fixed.width, _EDGE_POINTS), np.linspace(0, fixed.height, _EDGE_POINTS))
    return _pixels(moving, fixed, across.ravel(), down.ravel())


def _pixel_of(moving: PlacedRaster, fixed: PlacedRaster) -> float:
    """The side of a pixel of the fixed raster in pixels of the moving one, in the middle; 1 where it is not there."""
    x, y = fixed.width / 2, fixed.height / 2
    px, py = _pixels(moving, fixed, np.array([x, x + 1, x]), np.array([y, y, y + 1]))
    sides = np.hypot(px[1:] - px[0], py[1:] - py[0]) if len(px) == 3 else np.ones(1)
    return float(sides.mean())


def _pixels(moving: PlacedRaster, fixed: PlacedRaster, px: np.ndarray, py: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d, e, f = fixed.affine
    x, y = transform_points(fixed.crs, moving.crs, a * px + b * py + c, d * px + e * py + f)
    is_place = np.isfinite(x) & np.isfinite(y)
    if not is_place.any():
        raise CannotBePlaced(
            "{name} and {name_2} show no common ground: they lie apart.", name=moving.name, name_2=fixed.name
        )
    x, y = x[is_place], y[is_place]
    if is_unrolled(moving.crs):  # the same ground lies a turn of the Earth further as well
        turn = world_bounds(moving.crs).width
        middle = moving.affine.apply(moving.width / 2, moving.height / 2)[0]
        x = x + turn * round((middle - float(np.median(x))) / turn)
    a, b, c, d, e, f = moving.affine.inverse()
    return a * x + b * y + c, d * x + e * y + f
