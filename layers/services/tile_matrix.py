"""Grids of tiles as a service declares them: matrices of any CRS, from coarse to fine."""

from __future__ import annotations

import math
from functools import cached_property

from msgspec import Struct

from layers.errors import BadTemplate
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M, WEB_MERCATOR

MOST_MATRICES = 64
MOST_TILES_A_SIDE = 2**31
SMALLEST_TILE_PX, LARGEST_TILE_PX = 16, 4096
_WHOLE_TURN = 1e-6
"""Largest share of a turn of the Earth by which a matrix round the whole world may miss it."""


class TileMatrix(Struct, frozen=True):
    """One level of a grid of tiles.

    `left` and `top` are the upper left corner in x and y of the set's CRS (always x, y, whatever the CRS's own order);
    `resolution` is CRS units a pixel. `identifier` stands in addresses and is never computed. `limits` are first and
    last column, first and last row of the tiles that exist, both included; None for all.
    """

    identifier: str
    left: float
    top: float
    resolution: float
    columns: int
    rows: int
    tile_width: int = 256
    tile_height: int = 256
    limits: tuple[int, int, int, int] | None = None

    @property
    def bounds(self) -> Bounds:
        width = self.columns * self.tile_width * self.resolution
        height = self.rows * self.tile_height * self.resolution
        return Bounds(self.left, self.top - height, self.left + width, self.top)

    @property
    def tile_range(self) -> tuple[int, int, int, int]:
        """First and last column, first and last row of the tiles that may be asked for."""
        return self.limits or (0, self.columns - 1, 0, self.rows - 1)

    def tile_bounds(self, column: int, row: int) -> Bounds:
        """Bounds of a tile in the set's CRS; rows count from the top."""
        width, height = self.tile_width * self.resolution, self.tile_height * self.resolution
        left, top = self.left + column * width, self.top - row * height
        return Bounds(left, top - height, left + width, top)

    def is_sound(self) -> bool:
        """False where numbers of the matrix can be no grid of tiles."""
        numbers = (self.left, self.top, self.resolution)
        return (
            all(map(math.isfinite, numbers))
            and self.resolution > 0
            and 1 <= self.columns <= MOST_TILES_A_SIDE
            and 1 <= self.rows <= MOST_TILES_A_SIDE
            and SMALLEST_TILE_PX <= self.tile_width <= LARGEST_TILE_PX
            and SMALLEST_TILE_PX <= self.tile_height <= LARGEST_TILE_PX
        )


class TileMatrixSet(Struct, frozen=True, dict=True, cache_hash=True):
    """Matrices of one CRS, the coarsest first; a *level* is an index into them.

    `turn` is the width of the whole world in CRS units where columns run on past the antimeridian, else 0.
    """

    crs: str
    matrices: tuple[TileMatrix, ...]
    turn: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= len(self.matrices) <= MOST_MATRICES or not all(matrix.is_sound() for matrix in self.matrices):
            raise BadTemplate("The service's grid of tiles makes no sense: add the layer again.")
        if any(a.resolution <= b.resolution for a, b in zip(self.matrices, self.matrices[1:], strict=False)):
            raise BadTemplate("The service's grid of tiles makes no sense: add the layer again.")

    @cached_property
    def bounds(self) -> Bounds:
        """Bounds of all matrices together."""
        bounds = self.matrices[0].bounds
        for matrix in self.matrices[1:]:
            bounds = bounds.union(matrix.bounds)
        return bounds

    def goes_round(self, level: int) -> bool:
        """True where the columns of a level fill the world, so that the first one follows the last one."""
        matrix = self.matrices[level]
        width = matrix.columns * matrix.tile_width * matrix.resolution
        return self.turn > 0 and abs(width - self.turn) < _WHOLE_TURN * self.turn


def quadtree(crs: str, bounds: Bounds, tile_px: int, levels: int, first: int = 0, turn: float = 0.0) -> TileMatrixSet:
    """A set whose levels each halve the last one. Its coarsest matrix is the fewest square tiles that cover `bounds`
    from their upper left corner: one tile of the longer side, where the bounds are square.

    `first` is the number of levels that are left out at the coarse end; identifiers are the numbers of the levels.
    """
    resolution = max(bounds.width, bounds.height) / tile_px
    short = min(bounds.width, bounds.height)
    if short > 0 and max(bounds.width, bounds.height) / short >= 1.5:
        resolution = short / tile_px
    matrices = []
    for level in range(first, levels):
        here = resolution / 2**level
        columns = max(1, math.ceil(bounds.width / (here * tile_px) - 1e-9))
        rows = max(1, math.ceil(bounds.height / (here * tile_px) - 1e-9))
        matrices.append(TileMatrix(str(level), bounds.left, bounds.top, here, columns, rows, tile_px, tile_px))
    return TileMatrixSet(crs, tuple(matrices), turn)


def mercator_quadtree(tile_px: int = 256, first: int = 0, last: int = 22) -> TileMatrixSet:
    """The grid of most tile services, levels `first` to `last`, both included."""
    half = MERCATOR_HALF_M
    world = Bounds(-half, -half, half, half)
    return quadtree(WEB_MERCATOR, world, tile_px, last + 1, first, turn=2 * half)
