"""Frames and tiles: the pixel grid of a canvas, cut into tiles."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

from layers.geo.bounds import Bounds
from layers.geo.crs import is_geographic

TILE_PX = 256
"""Edge of a display tile in pixels (measured: 256 beats 512 for pans)."""
_POINT_DEGREES = 1e-5


class TileKey(NamedTuple):
    """One tile of a grid. Level 0 is the grid's exact resolution; each level up halves it."""

    level: int
    col: int
    row: int


class Affine(NamedTuple):
    """World = (a*px + b*py + c, d*px + e*py + f), pixel edges at whole numbers, py downwards."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def apply(self, px: float, py: float) -> tuple[float, float]:
        return self.a * px + self.b * py + self.c, self.d * px + self.e * py + self.f

    def inverse(self) -> Affine:
        det = self.a * self.e - self.b * self.d
        a, b, d, e = self.e / det, -self.b / det, -self.d / det, self.a / det
        return Affine(a, b, -a * self.c - b * self.f, d, e, -d * self.c - e * self.f)


class TileGrid(Struct, frozen=True):
    """An endless pixel grid in one CRS. Value object: equal grids share their tiles.

    `origin_x`, `origin_y` is the world position of pixel (0, 0)'s upper left corner, `resolution` the world units a
    pixel, `rotation_deg` the clockwise turn of the picture (0: grid north is up). A canvas keeps its grid while it
    pans by whole pixels, so tiles stay good; a zoom, a turn or another CRS makes a new grid.
    """

    crs: str
    resolution: float
    origin_x: float = 0.0
    origin_y: float = 0.0
    rotation_deg: float = 0.0

    def affine(self, level: int = 0, px: float = 0.0, py: float = 0.0) -> Affine:
        """Pixel to world at `level`, with pixel (px, py) of that level moved to (0, 0)."""
        r = self.resolution * 2.0**level
        turn = math.radians(self.rotation_deg)
        cos, sin = math.cos(turn), math.sin(turn)
        a, b, d, e = r * cos, r * sin, r * sin, -r * cos
        return Affine(a, b, self.origin_x + a * px + b * py, d, e, self.origin_y + d * px + e * py)

    def tile_affine(self, key: TileKey) -> Affine:
        """Pixel to world inside one tile."""
        return self.affine(key.level, key.col * TILE_PX, key.row * TILE_PX)

    def to_pixel(self, x: float, y: float) -> tuple[float, float]:
        """World to pixel at level 0."""
        return self.affine().inverse().apply(x, y)


class View(Struct, frozen=True):
    """A window of whole pixels on a grid: all that a picture of the map is computed from. Sizes in device pixels.

    `ratio` is device pixels a logical pixel (96 to the inch): symbols, lines and text are drawn that much larger on a
    fine screen or a 300 dpi page.
    """

    grid: TileGrid
    left: int
    top: int
    width: int
    height: int
    ratio: float = 1.0

    @property
    def affine(self) -> Affine:
        """Picture pixel to world."""
        return self.grid.affine(0, self.left, self.top)

    def to_world(self, px: float, py: float) -> tuple[float, float]:
        return self.affine.apply(px, py)

    def to_pixel(self, x: float, y: float) -> tuple[float, float]:
        return self.affine.inverse().apply(x, y)

    def world_bounds(self) -> Bounds:
        """World bounds of the (perhaps turned) picture."""
        return _world_bounds(self)

    @classmethod
    def of_bounds(cls, crs: str, bounds: Bounds, width: int, height: int) -> View:
        """The unturned view that shows all of `bounds`, centred, at the resolution the tighter side asks for.

        Of a single place about a metre a pixel.
        """
        resolution = max(bounds.width / width, bounds.height / height) or (
            _POINT_DEGREES if is_geographic(crs) else 1.0
        )
        x, y = bounds.centre
        left, top = x - resolution * width / 2, y + resolution * height / 2
        return cls(TileGrid(crs, resolution, left, top), 0, 0, width, height)


@lru_cache(maxsize=64)
def _world_bounds(view: View) -> Bounds:
    """Compute world bounds, remembered: every layer asks for them, and a map shows few views only."""
    corners = [view.to_world(x, y) for x in (0, view.width) for y in (0, view.height)]
    xs, ys = [c[0] for c in corners], [c[1] for c in corners]
    return Bounds(min(xs), min(ys), max(xs), max(ys))
