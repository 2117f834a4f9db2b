"""Finds the tiles of a service that make up a display tile, and where their pixels fall. No pictures here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.geo.crs import MERCATOR_HALF_M, WEB_MERCATOR, same_crs, transform_points
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey
from layers.services.tile_service import TileService

CELLS = 8
"""Number of cells a side into which a display tile is cut; each is mapped by an affine transform."""
CELL_PX = TILE_PX // CELLS
SHARP_ENOUGH = 1.2
"""Factor by which the pixels of the chosen level are at most coarser than the canvas's."""
MAX_SAG_PX = 0.1
"""Greatest distance of a straight cell from the true curve, in display pixels; beyond it cells are made finer."""
MAX_SOURCES = 36
"""Most tiles for one display tile: beyond it the service has no level coarse enough to be shown here."""


class SourceTile(NamedTuple):
    """A tile of a service, rows from the north."""

    level: int
    x: int
    y: int


def parent_of(tile: SourceTile, up: int = 1) -> SourceTile:
    """The tile that shows the same place, `up` levels coarser."""
    return SourceTile(tile.level - up, tile.x >> up, tile.y >> up)


class Sources(Struct, frozen=True, eq=False):
    """Source tiles of which one display tile is made.

    `points` is (9, 9, 2): where the corners of the display tile's cells fall, in pixels of the service's `level`
    (nan: nowhere). `columns` and `rows` are the ranges of tiles around them; columns run on past the antimeridian.
    """

    level: int
    points: NDArray[np.float64]
    columns: range
    rows: range
    tiles: tuple[SourceTile, ...]
    is_affine: bool

    @property
    def is_empty(self) -> bool:
        return not self.tiles

    @property
    def enlarged(self) -> float:
        """Display pixels that a pixel of the level is wide; 0 where nothing is shown."""
        pixels = _side(self.points[..., 0], self.points[..., 1])
        return 1.0 / pixels if pixels > 0 else 0.0


def level_for(resolution_m: float, service: TileService) -> int:
    """The coarsest level that is sharp enough, within what the service has. Resolution in Web Mercator metres."""
    if not resolution_m > 0:
        return service.min_level
    full = 2 * MERCATOR_HALF_M / service.tile_px
    level = math.ceil(math.log2(full / (resolution_m * SHARP_ENOUGH)) - 1e-9)
    return min(max(level, service.min_level), service.max_level)


def level_resolution_m(level: int, service: TileService) -> float:
    return 2 * MERCATOR_HALF_M / (service.tile_px * 2.0**level)


def sources_of(grid: TileGrid, keys: Sequence[TileKey], service: TileService) -> list[Sources]:
    """The sources of several display tiles of a grid at once (one transformation for all of them)."""
    if not keys:
        return []
    edge = np.arange(CELLS + 1) * float(CELL_PX)
    px, py = np.meshgrid(edge, edge)
    affines = np.array([grid.tile_affine(key) for key in keys])[:, :, None, None]
    x = affines[:, 0] * px + affines[:, 1] * py + affines[:, 2]
    y = affines[:, 3] * px + affines[:, 4] * py + affines[:, 5]
    is_affine = same_crs(grid.crs, WEB_MERCATOR)
    if not is_affine:
        x, y = transform_points(grid.crs, WEB_MERCATOR, x, y)
    return [_sources(x[i], y[i], service, is_affine) for i in range(len(keys))]


def finer(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, n, 2) points between the (9, 9, 2) given ones, close enough that straight cells are off by `MAX_SAG_PX` only.

    The mapping is smooth: cubic interpolation stands in for more transformations. Where some points are nowhere the
    given ones are returned.
    """
    bends = [np.abs(np.diff(points, n=2, axis=axis)).max(initial=0.0) / 8 for axis in (0, 1)]
    scale = np.sqrt(np.abs(_areas(points[..., 0], points[..., 1])).mean()) / CELL_PX
    sag_px = max(bends) / scale if scale > 0 else 0.0
    if not np.isfinite(sag_px) or sag_px <= MAX_SAG_PX:
        return points
    factor = 2 if sag_px <= 4 * MAX_SAG_PX else 4
    weights = _cubic_weights(factor)
    return np.einsum("ij,kl,jlm->ikm", weights, weights, points)


def _sources(x: NDArray[np.float64], y: NDArray[np.float64], service: TileService, is_affine: bool) -> Sources:
    if not is_affine:
        x = _unwrapped(x)
    level = level_for(_resolution_m(x, y), service)
    resolution = level_resolution_m(level, service)
    points = np.stack(((x + MERCATOR_HALF_M) / resolution, (MERCATOR_HALF_M - y) / resolution), axis=-1)
    corners = np.stack((points[:-1, :-1], points[:-1, 1:], points[1:, :-1], points[1:, 1:])).reshape(4, -1, 2)
    corners = corners[:, np.isfinite(corners).all(axis=(0, 2))]
    count = 2**level
    # One pixel more on each side: what bilinear sampling looks at.
    low = np.floor((corners.min(axis=0, initial=np.inf) - 1) / service.tile_px) if corners.size else corners[0]
    high = np.floor((corners.max(axis=0, initial=-np.inf) + 1) / service.tile_px) if corners.size else corners[0]
    spans = np.unique(np.hstack((low, high)).astype(int), axis=0) if corners.size else np.empty((0, 4), int)
    spans[:, 1], spans[:, 3] = np.maximum(spans[:, 1], 0), np.minimum(spans[:, 3], count - 1)
    cells: set[tuple[int, int]] = set()
    for left, top, right, bottom in spans.tolist():
        if (right - left + 1) * (bottom - top + 1) > MAX_SOURCES:
            return Sources(level, points, range(0), range(0), (), is_affine)
        cells.update((column, row) for column in range(left, right + 1) for row in range(top, bottom + 1))
    if not cells or len(cells) > MAX_SOURCES:
        return Sources(level, points, range(0), range(0), (), is_affine)
    columns, rows = [cell[0] for cell in cells], [cell[1] for cell in cells]
    tiles = dict.fromkeys(SourceTile(level, column % count, row) for column, row in sorted(cells))
    across, down = range(min(columns), max(columns) + 1), range(min(rows), max(rows) + 1)
    return Sources(level, points, across, down, tuple(tiles), is_affine)


def _resolution_m(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Web Mercator metres a display pixel."""
    return _side(x, y)


def _side(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """The units of x and y that a display pixel is wide: from the median cell's area; 0 where all is nowhere."""
    areas = np.abs(_areas(x, y))
    areas = areas[np.isfinite(areas)]
    return float(np.sqrt(np.median(areas)) / CELL_PX) if areas.size else 0.0


def _areas(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """The signed area of every cell."""
    across = np.stack((x[:-1, 1:] - x[:-1, :-1], y[:-1, 1:] - y[:-1, :-1]))
    down = np.stack((x[1:, :-1] - x[:-1, :-1], y[1:, :-1] - y[:-1, :-1]))
    return np.asarray(across[0] * down[1] - across[1] * down[0])


@cache
def _cubic_weights(factor: int) -> NDArray[np.float64]:
    """(8 * factor + 1, 9): Lagrange interpolation between the four nearest of nine points."""
    weights = np.zeros((CELLS * factor + 1, CELLS + 1))
    for i in range(weights.shape[0]):
        at = i / factor
        first = min(max(int(at) - 1, 0), CELLS - 3)
        nodes = range(first, first + 4)
        for node in nodes:
            weights[i, node] = math.prod((at - other) / (node - other) for other in nodes if other != node)
    return weights


def _unwrapped(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Longitudes that run on past the antimeridian instead of jumping by the width of the world."""
    finite = x[np.isfinite(x)]
    if not finite.size:
        return x
    world, middle = 2 * MERCATOR_HALF_M, x[CELLS // 2, CELLS // 2]
    first = middle if np.isfinite(middle) else finite[0]
    return x - np.round((x - first) / world) * world
