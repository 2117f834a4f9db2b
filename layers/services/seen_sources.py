"""Narrows the sources of a display tile to those that a view shows of it: a sixth of a view's tiles lies outside."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from layers.grid.tile_grid import TILE_PX, TileKey, View
from layers.services.matrix import CELL_PX, CELLS, Sources, SourceTile, is_of_whole_pixels
from layers.services.tile_matrix import TileMatrixSet

_MARGIN_PX = 1.0
"""Pixels around what is shown that bilinear sampling looks at."""
_HAIR_PX = 1e-3
"""Length in pixels by which whole pixels may miss the edge of a tile."""


class TilePart(NamedTuple):
    """A rectangle of a display tile, in its pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def is_whole(self) -> bool:
        return self == WHOLE_TILE


WHOLE_TILE = TilePart(0, 0, TILE_PX, TILE_PX)
OVERVIEW = SourceTile(0, 0, 0)
"""The tile that shows all of a service, where it has such a one: it stands in while others load."""


def seen_part_of(view: View, key: TileKey) -> TilePart:
    """The part of an exact display tile that a view shows."""
    left, top = view.left - key.col * TILE_PX, view.top - key.row * TILE_PX
    return TilePart(max(left, 0), max(top, 0), min(left + view.width, TILE_PX), min(top + view.height, TILE_PX))


def seen_sources(sources: Sources, part: TilePart, matrices: TileMatrixSet) -> Sources:
    """The sources of a part of a display tile: `sources` themselves where it needs all of them."""
    if part.is_whole or len(sources.tiles) <= 1:
        return sources
    matrix = matrices.matrices[sources.level]
    side = (matrix.tile_width, matrix.tile_height)
    spans = [_span_of(sources, part, side)] if sources.is_affine else _spans_of_cells(sources, part, side)
    if not spans:
        return sources
    cells = {
        (column, row)
        for left, top, right, bottom in spans
        for column in range(max(left, sources.columns.start), min(right, sources.columns.stop - 1) + 1)
        for row in range(max(top, sources.rows.start), min(bottom, sources.rows.stop - 1) + 1)
    }
    needed = {SourceTile(sources.level, column % matrix.columns, row) for column, row in cells}
    tiles = tuple(tile for tile in sources.tiles if tile in needed)
    if len(tiles) == len(sources.tiles):
        return sources
    if not tiles:
        return replace(sources, columns=range(0), rows=range(0), tiles=())
    columns, rows = [cell[0] for cell in cells], [cell[1] for cell in cells]
    across, down = range(min(columns), max(columns) + 1), range(min(rows), max(rows) + 1)
    return replace(sources, columns=across, rows=down, tiles=tiles)


def covered_part(seen: Sources, whole: Sources, part: TilePart, matrices: TileMatrixSet) -> TilePart:
    """The part of a display tile that its `seen` sources show completely: at least the `part` they were chosen for."""
    (left, top), (right, bottom) = whole.points[0, 0].tolist(), whole.points[-1, -1].tolist()
    is_upright = whole.is_affine and whole.points[0, -1, 1] == top and whole.points[-1, 0, 0] == left
    if not (is_upright and right > left and bottom > top) or not seen.tiles:
        return part
    matrix = matrices.matrices[whole.level]
    first, last = _shown(seen.columns, whole.columns, matrix.tile_width, left, right)
    upper, lower = _shown(seen.rows, whole.rows, matrix.tile_height, top, bottom)
    return TilePart(min(first, part.left), min(upper, part.top), max(last, part.right), max(lower, part.bottom))


def _shown(seen: range, whole: range, side: int, begin: float, end: float) -> tuple[int, int]:
    """First and last pixel of a line of a display tile, from `begin` to `end` in the level's, that some tiles show."""
    scale = TILE_PX / (end - begin)
    first, last = 0, TILE_PX
    if seen.start > whole.start:
        first = math.ceil((seen.start * side + _MARGIN_PX - begin) * scale)
    if seen.stop < whole.stop:
        last = math.floor((seen.stop * side - _MARGIN_PX - begin) * scale)
    return max(first, 0), min(last, TILE_PX)


def corners_of(sources: Sources, part: TilePart) -> list[tuple[float, float]]:
    """Corners of what a part of an affine display tile shows, in pixels of the level."""
    (x, y), (right_x, right_y), (down_x, down_y) = sources.points[[0, 0, CELLS], [0, CELLS, 0]].tolist()
    across, along = ((right_x - x) / TILE_PX, (right_y - y) / TILE_PX), ((down_x - x) / TILE_PX, (down_y - y) / TILE_PX)
    return [
        (x + across[0] * px + along[0] * py, y + across[1] * px + along[1] * py)
        for px in (part.left, part.right)
        for py in (part.top, part.bottom)
    ]


def _span_of(sources: Sources, part: TilePart, side: tuple[int, int]) -> tuple[int, int, int, int]:
    """First column and row, and last column and row, of the tiles that a part of an affine display tile shows."""
    xs, ys = zip(*corners_of(sources, part), strict=True)
    margin = -_HAIR_PX if is_of_whole_pixels(sources.points) else _MARGIN_PX
    return (
        math.floor((min(xs) - margin) / side[0]),
        math.floor((min(ys) - margin) / side[1]),
        math.floor((max(xs) + margin) / side[0]),
        math.floor((max(ys) + margin) / side[1]),
    )


def _spans_of_cells(sources: Sources, part: TilePart, side: tuple[int, int]) -> list[tuple[int, int, int, int]]:
    """The same for each cell of the display tile that the part meets; those that are nowhere show none."""
    columns = slice(part.left // CELL_PX, -(-part.right // CELL_PX) + 1)
    rows = slice(part.top // CELL_PX, -(-part.bottom // CELL_PX) + 1)
    box = sources.points[rows, columns]
    corners = np.stack((box[:-1, :-1], box[:-1, 1:], box[1:, :-1], box[1:, 1:])).reshape(4, -1, 2)
    corners = corners[:, np.isfinite(corners).all(axis=(0, 2))]
    low = np.floor((corners.min(axis=0) - _MARGIN_PX) / side) if corners.size else corners[0]
    high = np.floor((corners.max(axis=0) + _MARGIN_PX) / side) if corners.size else corners[0]
    return [tuple(span) for span in np.hstack((low, high)).clip(-(2.0**40), 2.0**40).astype(int).tolist()]
