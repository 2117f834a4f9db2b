"""Finds the tiles of a service that make up a display tile, and where their pixels fall. No pictures here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_MAX_LAT, WGS84, lonlat_bounds, same_crs, transform_bounds, transform_points
from layers.geo.measure import ground_resolution_m
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey
from layers.services.scales import is_too_coarse, levels_in_scale
from layers.services.tile_matrix import TileMatrix, TileMatrixSet
from layers.services.tile_service import TileService

CELLS = 8
"""Number of cells a side into which a display tile is cut; each is mapped by an affine transform."""
CELL_PX = TILE_PX // CELLS
SHARP_ENOUGH = 4 / 3
"""Factor by which the pixels of the chosen level are at most coarser than the canvas's: of levels that double it is the
nearest one, which other programs choose as well. A finer one takes four times as many tiles.
"""
MAX_SAG_PX = 0.1
"""Greatest distance of a straight cell from the true curve, in display pixels; beyond it cells are made finer."""
MAX_SOURCES = 36
"""Most tiles for one display tile: beyond it the service has no level coarse enough to be shown here."""
_WHOLE = (0.0, 0.0, 1.0, 1.0)
_WHOLE_PX = 1e-3
"""Distance from whole pixels, in pixels, at which a picture is painted as it is."""
_ROUNDING = 1e-6
"""Share of a tile by which an edge may miss another one that it is meant to be."""


class SourceTile(NamedTuple):
    """A tile of a service: the level of its matrix, and column and row from the upper left."""

    level: int
    x: int
    y: int


class PlacedPart(NamedTuple):
    """A part of one tile that lies in another one: in shares of the width and height of the first, and of the other."""

    tile: SourceTile
    of_tile: tuple[float, float, float, float]
    """Left, top, right, bottom."""
    of_other: tuple[float, float, float, float]


def parents_of(tile: SourceTile, matrices: TileMatrixSet, up: int = 1) -> tuple[SourceTile, ...]:
    """The tiles that show the same place, `up` levels coarser: one where levels are nested, else up to four."""
    return tuple(part.tile for part in parent_parts(tile, matrices, up))


def parent_parts(tile: SourceTile, matrices: TileMatrixSet, up: int = 1) -> tuple[PlacedPart, ...]:
    """The tiles `up` levels coarser (0: the tile itself), each with the part of it that shows a part of `tile`."""
    here, there = matrices.matrices[tile.level], matrices.matrices[tile.level - up]
    if up == 0:
        return (PlacedPart(tile, _WHOLE, _WHOLE),)
    # In tiles of the coarser matrix, from its upper left corner.
    across, down = _step(here, there)
    left = (here.left - there.left) / (there.tile_width * there.resolution) + tile.x * across
    top = (there.top - here.top) / (there.tile_height * there.resolution) + tile.y * down
    first_column, last_column, first_row, last_row = there.tile_range
    parts = []
    for column in range(_floor(left), _ceil(left + across)):
        for row in range(_floor(top), _ceil(top + down)):
            if not (first_column <= column <= last_column and first_row <= row <= last_row):
                continue
            # From the corner of the coarser tile, in shares of it.
            near, far = (left - column, top - row), (left + across - column, top + down - row)
            inside = (max(near[0], 0.0), max(near[1], 0.0), min(far[0], 1.0), min(far[1], 1.0))
            of_other = (
                (inside[0] - near[0]) / across,
                (inside[1] - near[1]) / down,
                (inside[2] - near[0]) / across,
                (inside[3] - near[1]) / down,
            )
            parts.append(PlacedPart(SourceTile(tile.level - up, column, row), inside, of_other))
    return tuple(parts)


def bounds_in(crs: str, matrices: TileMatrixSet) -> Bounds | None:
    """Bounds of a grid in another CRS; None where it has no end there, or does not fit into it."""
    bounds = matrices.bounds
    if matrices.turn:
        # Round the world nothing ends at the antimeridian, so only north and south are cut.
        wide = Bounds(bounds.left - 4 * bounds.width, bounds.bottom, bounds.right + 4 * bounds.width, bounds.top)
        return wide if same_crs(crs, matrices.crs) else None
    try:
        return transform_bounds(matrices.crs, crs, bounds)
    except GeoloupeError:
        return None


def lonlat_of(service: TileService) -> Bounds:
    """Bounds of what a service has, in longitude and latitude, as far as they are known."""
    everywhere = Bounds(-180.0, -MERCATOR_MAX_LAT, 180.0, MERCATOR_MAX_LAT)
    if service.bounds is not None:
        return service.bounds
    if service.matrices.turn:
        return everywhere
    try:
        return lonlat_bounds(service.crs, service.matrices.bounds)
    except GeoloupeError:
        return everywhere


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
    enlarged: float
    """Display pixels that a pixel of the level is wide; 0 where nothing is shown."""
    is_too_coarse: bool = False
    """True where nothing is shown as the map is too coarse: by the server's limits, or for want of a coarser level."""

    @property
    def is_empty(self) -> bool:
        return not self.tiles


def level_for(resolution: float, service: TileService) -> int:
    """The coarsest level that is sharp enough, within what the service has. `resolution` is in its CRS."""
    first, last = levels_in_scale(service)
    if not resolution > 0:
        return first
    enough = resolution * SHARP_ENOUGH * (1 + 1e-9)
    matrices = service.matrices.matrices
    return next((level for level in range(first, last) if matrices[level].resolution <= enough), last)


def level_resolution(level: int, service: TileService) -> float:
    """Units of the service's CRS that a pixel of the level is wide."""
    return service.matrices.matrices[level].resolution


def unit_m(service: TileService, lon: float, lat: float) -> float:
    """Metres on the ground that a unit of the service's CRS is long at a place, along x; nan where it has no place."""
    x, y = transform_points(WGS84, service.crs, lon, lat)
    return ground_resolution_m(service.crs, float(x), float(y), 1.0)


def sources_of(grid: TileGrid, keys: Sequence[TileKey], service: TileService) -> list[Sources]:
    """The sources of several display tiles of a grid at once (one transformation for all of them)."""
    if not keys:
        return []
    edge = np.arange(CELLS + 1) * float(CELL_PX)
    px, py = np.meshgrid(edge, edge)
    affines = np.array([grid.tile_affine(key) for key in keys])[:, :, None, None]
    x = affines[:, 0] * px + affines[:, 1] * py + affines[:, 2]
    y = affines[:, 3] * px + affines[:, 4] * py + affines[:, 5]
    is_affine = same_crs(grid.crs, service.crs)
    if is_affine and not grid.rotation_deg:
        return _upright_sources(x, y, grid.resolution, service)
    if not is_affine:
        x, y = transform_points(grid.crs, service.crs, x, y)
    return [_sources(x[i], y[i], service, is_affine) for i in range(len(keys))]


def fitted(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, n, 2) of the (9, 9, 2) given points, or more between them: as few as make straight cells that are off by
    `MAX_SAG_PX` at most.

    The mapping is smooth: cubic interpolation stands in for more transformations. Where some points are nowhere the
    given ones are returned.
    """
    scale = np.sqrt(np.abs(_areas(points[..., 0], points[..., 1])).mean()) / CELL_PX
    if not np.isfinite(scale) or not scale > 0:
        return points
    for step in (CELLS, CELLS // 2):
        if _bend(points, step) <= MAX_SAG_PX * scale:
            return points[::step, ::step]
    bends = [np.abs(np.diff(points, n=2, axis=axis)).max(initial=0.0) / 8 for axis in (0, 1)]
    sag_px = max(bends) / scale
    if sag_px <= MAX_SAG_PX:
        return points
    factor = 2 if sag_px <= 4 * MAX_SAG_PX else 4
    weights = _cubic_weights(factor)
    return np.einsum("ij,kl,jlm->ikm", weights, weights, points)


def _bend(points: NDArray[np.float64], step: int) -> float:
    """The greatest distance of the points from straight cells between each `step`th of them."""
    share = np.arange(CELLS + 1) / step
    first = np.minimum(share.astype(int), CELLS // step - 1)
    share = (share - first)[:, None]
    corners = points[::step, ::step]
    rows = corners[first] * (1 - share[:, :, None]) + corners[first + 1] * share[:, :, None]
    straight = rows[:, first] * (1 - share) + rows[:, first + 1] * share
    return float(np.hypot(*np.moveaxis(points - straight, -1, 0)).max())


def _sources(x: NDArray[np.float64], y: NDArray[np.float64], service: TileService, is_affine: bool) -> Sources:
    turn = service.matrices.turn
    if not is_affine and turn:
        x = _unwrapped(x, turn)
    resolution = _side(x, y)
    level = level_for(resolution, service)
    matrix = service.matrices.matrices[level]
    points = np.stack(((x - matrix.left) / matrix.resolution, (matrix.top - y) / matrix.resolution), axis=-1)
    corners = np.stack((points[:-1, :-1], points[:-1, 1:], points[1:, :-1], points[1:, 1:])).reshape(4, -1, 2)
    corners = corners[:, np.isfinite(corners).all(axis=(0, 2))]
    enlarged = matrix.resolution / resolution if resolution > 0 else 0.0
    nothing = Sources(level, points, range(0), range(0), (), is_affine, enlarged)
    too_coarse = replace(nothing, is_too_coarse=True)
    if not corners.size:
        return nothing
    if is_too_coarse(resolution, service):
        return too_coarse
    goes_round = service.matrices.goes_round(level)
    first_column, last_column, first_row, last_row = matrix.tile_range
    side = np.array([matrix.tile_width, matrix.tile_height])
    # One pixel more on each side: what bilinear sampling looks at. Whole pixels are not sampled at all.
    margin = -_WHOLE_PX if is_affine and is_of_whole_pixels(points) else 1.0
    low, high = np.floor((corners.min(axis=0) - margin) / side), np.floor((corners.max(axis=0) + margin) / side)
    spans = np.unique(np.hstack((low, high)).clip(-(2.0**40), 2.0**40).astype(int), axis=0)
    spans[:, 1], spans[:, 3] = np.maximum(spans[:, 1], first_row), np.minimum(spans[:, 3], last_row)
    if not goes_round:
        spans[:, 0], spans[:, 2] = np.maximum(spans[:, 0], first_column), np.minimum(spans[:, 2], last_column)
    cells: set[tuple[int, int]] = set()
    for left, top, right, bottom in spans.tolist():
        if (right - left + 1) * (bottom - top + 1) > MAX_SOURCES:
            return too_coarse
        cells.update((column, row) for column in range(left, right + 1) for row in range(top, bottom + 1))
    if goes_round and matrix.limits is not None:
        cells = {cell for cell in cells if first_column <= cell[0] % matrix.columns <= last_column}
    if not cells:
        return nothing
    if len(cells) > MAX_SOURCES:
        return too_coarse
    columns, rows = [cell[0] for cell in cells], [cell[1] for cell in cells]
    tiles = dict.fromkeys(SourceTile(level, column % matrix.columns, row) for column, row in sorted(cells))
    across, down = range(min(columns), max(columns) + 1), range(min(rows), max(rows) + 1)
    return Sources(level, points, across, down, tuple(tiles), is_affine, enlarged)


def _upright_sources(
    x: NDArray[np.float64], y: NDArray[np.float64], resolution: float, service: TileService
) -> list[Sources]:
    """The sources of all display tiles at once, on a grid that lies as the service's own does: rectangles of tiles."""
    level = level_for(resolution, service)
    matrix = service.matrices.matrices[level]
    points = np.stack(((x - matrix.left) / matrix.resolution, (matrix.top - y) / matrix.resolution), axis=-1)
    enlarged = matrix.resolution / resolution
    is_beyond_scale = is_too_coarse(resolution, service)
    goes_round = service.matrices.goes_round(level)
    first_column, last_column, first_row, last_row = matrix.tile_range
    side = np.array([matrix.tile_width, matrix.tile_height])
    margin = np.where(_are_of_whole_pixels(points), -_WHOLE_PX, 1.0)[:, None]
    low = np.floor((points.min(axis=(1, 2)) - margin) / side)
    high = np.floor((points.max(axis=(1, 2)) + margin) / side)
    edges = np.hstack((low, high)).clip(-(2.0**40), 2.0**40).astype(int).tolist()
    sources = []
    for of_tile, (left, top, right, bottom) in zip(points, edges, strict=True):
        rows = range(max(top, first_row), min(bottom, last_row) + 1)
        columns = range(left, right + 1)
        if not goes_round:
            columns = range(max(left, first_column), min(right, last_column) + 1)
        there = list(columns[: CELLS**2 * MAX_SOURCES])
        if goes_round and matrix.limits is not None:
            there = [column for column in there if first_column <= column % matrix.columns <= last_column]
        is_large = len(there) * len(rows) > MAX_SOURCES
        if is_beyond_scale or is_large or not there or not rows:
            nothing = Sources(level, of_tile, range(0), range(0), (), is_affine=True, enlarged=enlarged)
            sources.append(replace(nothing, is_too_coarse=is_beyond_scale or is_large))
            continue
        columns = range(there[0], there[-1] + 1)
        tiles = dict.fromkeys(SourceTile(level, column % matrix.columns, row) for column in there for row in rows)
        sources.append(Sources(level, of_tile, columns, rows, tuple(tiles), is_affine=True, enlarged=enlarged))
    return sources


def _are_of_whole_pixels(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """True for each display tile whose pixels are those of the level."""
    whole = np.stack(np.meshgrid(*2 * [np.arange(CELLS + 1) * CELL_PX]), axis=-1) + np.round(points[:, :1, :1])
    return np.asarray(np.abs(points - whole).max(axis=(1, 2, 3)) < _WHOLE_PX)


def is_of_whole_pixels(points: NDArray[np.float64]) -> bool:
    """True where each pixel of the display tile is one of the level."""
    whole = np.stack(np.meshgrid(*2 * [np.arange(CELLS + 1) * CELL_PX]), axis=-1) + np.round(points[0, 0])
    return bool(np.abs(points - whole).max() < _WHOLE_PX)


def _side(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """The units of x and y that a display pixel is wide: from the median cell's area; 0 where all is nowhere."""
    areas = np.abs(_areas(x, y))
    areas = np.sort(areas[np.isfinite(areas)])
    if not areas.size:
        return 0.0
    # np.median would import a package of numpy's that nothing else needs, in the window's thread.
    median = (areas[(areas.size - 1) // 2] + areas[areas.size // 2]) / 2
    return float(np.sqrt(median) / CELL_PX)


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


def _unwrapped(x: NDArray[np.float64], turn: float) -> NDArray[np.float64]:
    """Longitudes that run on past the antimeridian instead of jumping by the width of the world."""
    finite = x[np.isfinite(x)]
    if not finite.size:
        return x
    middle = x[CELLS // 2, CELLS // 2]
    first = middle if np.isfinite(middle) else finite[0]
    return x - np.round((x - first) / turn) * turn


def _step(here: TileMatrix, there: TileMatrix) -> tuple[float, float]:
    """Width and height of a tile of one matrix, in tiles of another."""
    share = here.resolution / there.resolution
    return share * here.tile_width / there.tile_width, share * here.tile_height / there.tile_height


def _floor(edge: float) -> int:
    return math.floor(edge + _ROUNDING)


def _ceil(edge: float) -> int:
    return math.ceil(edge - _ROUNDING)
