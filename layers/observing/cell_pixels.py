"""Reads the pixels of an image cell by cell of a search: where data are lacking, and where a radar saw only noise.

A radar image is dark in radar shadow, and as dark on smooth ground and water: both lie at its noise floor. Pixels alone
cannot tell the two apart, so that a dark cell is pointed out and nobody but the analyst says what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import shapely
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.observing.search_cells import SearchCell
from layers.observing.search_grid import SearchGrid

BLOCK_PX = 25
"""Side of the blocks whose means are compared: the noise of single pixels, as strong as the signal, averages out."""
FLOOR_PERCENT = 1.0
"""Share of the blocks that are darker than the noise floor, in per cent: single ones may be odd."""
AT_FLOOR = 1.3
"""Greatest mean of a block at the noise floor, in means of the floor."""
LEAST_SPREAD = 3.0
"""Least mean of bright blocks (the 90th percentile) in means of the floor: an even image is no darker in one place."""
_LEAST_VALID = 0.5
"""Least part of a block with data for its mean to count."""

_ALL_COVERED = 0.995
"""Part of a cell from which a picture covers all of it, but for rounding."""

type CellsAt = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.int64]]
"""Gives row and column (n, 2) of the cells at pixels, 0 beside the grid; takes columns and rows of the picture."""


class Blocks(Struct, frozen=True, eq=False):
    """A picture in square blocks: for each its mean, its part with data, and its middle in pixels."""

    means: NDArray[np.float64]
    valid: NDArray[np.float64]
    across: NDArray[np.float64]
    down: NDArray[np.float64]
    hidden: NDArray[np.float64]
    """Part under cloud or in its shadow, of what has data; 0 where no mask tells."""


def blocks_of(
    band: NDArray[Any], valid: NDArray[np.bool_], side: int = BLOCK_PX, hidden: NDArray[np.bool_] | None = None
) -> Blocks:
    """The blocks of a band (h, w) with its mask; what is left over at the right and below is a smaller block.

    `hidden` is True (h, w) under cloud and in its shadow.
    """
    height, width = band.shape
    side = max(1, min(side, height, width))
    tops, lefts = np.arange(0, height, side), np.arange(0, width, side)
    data = np.where(valid, np.nan_to_num(band.astype(np.float64)), 0.0)
    total = np.add.reduceat(np.add.reduceat(data, tops, axis=0), lefts, axis=1)
    count = np.add.reduceat(np.add.reduceat(valid.astype(np.float64), tops, axis=0), lefts, axis=1)
    heights, widths = np.diff(np.append(tops, height)), np.diff(np.append(lefts, width))
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    across, down = np.meshgrid(lefts + widths / 2, tops + heights / 2)
    share = count / (heights[:, None] * widths[None, :])
    under = np.zeros_like(count)
    if hidden is not None:
        under = np.add.reduceat(np.add.reduceat((hidden & valid).astype(np.float64), tops, axis=0), lefts, axis=1)
    part = under / np.maximum(count, 1)
    return Blocks(means.ravel(), share.ravel(), across.ravel(), down.ravel(), part.ravel())


def noise_floor(blocks: Blocks) -> float | None:
    """The mean of blocks in which a radar saw only noise; None for an image that is as dark everywhere."""
    means = blocks.means[blocks.valid >= _LEAST_VALID]
    if means.size < 2 / (FLOOR_PERCENT / 100):
        return None
    floor, bright = np.percentile(means, [FLOOR_PERCENT, 90.0]).tolist()
    return float(floor) if bright >= LEAST_SPREAD * floor and bright > 0 else None


def read_cells(blocks: Blocks, cells_at: CellsAt, *, is_radar: bool) -> list[SearchCell]:
    """The cells with their parts without data and, of a radar image, at its noise floor. Cells beside the picture lack
    all of it, and are not among these.
    """
    places = cells_at(blocks.across, blocks.down)
    floor = noise_floor(blocks) if is_radar else None
    has_data = blocks.valid >= _LEAST_VALID
    dark = has_data & (blocks.means <= AT_FLOOR * floor) if floor is not None else np.zeros_like(has_data)
    cells = []
    for row, column in sorted({(int(row), int(column)) for row, column in places if row and column}):
        here = (places[:, 0] == row) & (places[:, 1] == column)
        lacking = 1.0 - float(blocks.valid[here].mean())
        part = float(dark[here].sum() / max(1, has_data[here].sum()))
        seen = float(blocks.valid[here].sum())
        cloud = float((blocks.hidden[here] * blocks.valid[here]).sum() / seen) if seen else 0.0
        kept = _rounded(cloud * (1.0 - lacking)), _rounded(lacking)
        cells.append(SearchCell(row, column, cloud=kept[0], no_data=kept[1], dark=_rounded(part)))
    return cells


def covered_cells(
    cells: Iterable[SearchCell], grid: SearchGrid, area: BaseGeometry, outline: BaseGeometry
) -> list[SearchCell]:
    """All cells of a search of an area, those beside the `outline` of the picture without data there, in whole or in
    part.
    """
    read = {(cell.row, cell.column): cell for cell in cells}
    picture, ground = grid.on_grid(outline), grid.on_grid(area)
    made = []
    for place in grid.cells_of(area):
        cell = read.get(place[:2], SearchCell(place.row, place.column))
        square = shapely.intersection(grid.cell(place.row, place.column), ground)
        covered = float(shapely.intersection(square, picture).area / square.area) if square.area else 0.0
        covered = 1.0 if covered > _ALL_COVERED else covered
        lacking = _rounded(1.0 - covered * (1.0 - cell.no_data))
        made.append(replace(cell, no_data=lacking, cloud=_rounded(covered * cell.cloud)))
    return made


def _rounded(part: float) -> float:
    return round(min(max(part, 0.0), 1.0), 4)
