"""Pictures that a server of maps draws for one view: in the view's own pixels, several squares in one request.

A server that draws on request draws any box: asked for the pixels of the screen, it draws letters and lines as large as
it means them, nothing is resampled, and a view needs a few requests instead of dozens.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import count, takewhile
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from layers.geo.bounds import Bounds
from layers.geo.crs import same_crs
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey, View
from layers.services.matrix import CELL_PX, CELLS, Sources, SourceTile
from layers.services.scales import levels_in_scale
from layers.services.template import has_numbers, tile_url
from layers.services.tile_matrix import MOST_TILES_A_SIDE, TileMatrix, TileMatrixSet
from layers.services.tile_service import TileService


class PictureBox(NamedTuple):
    """A rectangle in pixels of the matrix of squares; right and bottom lie outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def within(self, other: PictureBox) -> PictureBox:
        """The part that lies in another one, which it meets."""
        return PictureBox(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )


MOST_A_SIDE = 3
"""Most squares of a picture along either side: a view needs some pictures then, which are drawn at the same time.

A large window needs six, as many as a server is asked for at once. What is drawn last is decoded last, alone: with
pictures of four squares a view of 1920 x 1080 pixels took a tenth longer.
"""


def fitted(service: TileService, grid: TileGrid) -> TileService:
    """The service on a grid of squares that are the display tiles of a canvas's; itself where it cannot be asked so.

    That is so for tiles that exist, for another CRS, a turned map, and a resolution that it is not drawn at.
    """
    if service.is_tiled or has_numbers(service.template) or grid.rotation_deg or not same_crs(grid.crs, service.crs):
        return service
    first, last = (service.matrices.matrices[level] for level in levels_in_scale(service))
    if not last.resolution <= grid.resolution <= first.resolution or most_a_side(service) < 1:
        return service
    matrix = _squares(grid, service.matrices.bounds, _drawn_bounds(last))
    if matrix is None:
        return service
    return replace(service, grid=TileMatrixSet(service.crs, (matrix,)), min_level=0, max_level=0)


def looks_beyond(service: TileService, view: View) -> bool:
    """True for a view over the edge of the world, where the service's own columns run on round it."""
    return service.matrices.turn > 0 and not service.matrices.bounds.contains(view.world_bounds())


def most_a_side(service: TileService) -> int:
    """Most squares along a side of a picture that the server draws."""
    return min((service.largest_px or TILE_PX * MOST_A_SIDE) // TILE_PX, MOST_A_SIDE)


def _drawn_bounds(matrix: TileMatrix) -> Bounds:
    """Bounds of the tiles of a matrix that exist."""
    first_column, last_column, first_row, last_row = matrix.tile_range
    return matrix.tile_bounds(first_column, first_row).union(matrix.tile_bounds(last_column, last_row))


def _squares(grid: TileGrid, bounds: Bounds, drawn: Bounds) -> TileMatrix | None:
    """Squares as large as display tiles of a grid, and where those lie; None where they would be too many."""
    side = grid.resolution * TILE_PX
    left, right = math.floor((bounds.left - grid.origin_x) / side), math.ceil((bounds.right - grid.origin_x) / side)
    top, bottom = math.floor((grid.origin_y - bounds.top) / side), math.ceil((grid.origin_y - bounds.bottom) / side)
    columns, rows = right - left, bottom - top
    if not (1 <= columns <= MOST_TILES_A_SIDE and 1 <= rows <= MOST_TILES_A_SIDE):
        return None
    limits = (
        max(math.floor((drawn.left - grid.origin_x) / side) - left, 0),
        min(math.ceil((drawn.right - grid.origin_x) / side) - left, columns) - 1,
        max(math.floor((grid.origin_y - drawn.top) / side) - top, 0),
        min(math.ceil((grid.origin_y - drawn.bottom) / side) - top, rows) - 1,
    )
    x, y = grid.origin_x + left * side, grid.origin_y - top * side
    return TileMatrix("0", x, y, grid.resolution, columns, rows, TILE_PX, TILE_PX, limits)


def fitted_sources(grid: TileGrid, keys: Sequence[TileKey], service: TileService) -> list[Sources]:
    """The sources of display tiles of the grid that a service was fitted to: each is one square."""
    (matrix,) = service.matrices.matrices
    left, top = _first_square(matrix, grid)
    first_column, last_column, first_row, last_row = matrix.tile_range
    edge = np.arange(CELLS + 1) * float(CELL_PX)
    within = np.stack(np.meshgrid(edge, edge), axis=-1)
    sources = []
    for key in keys:
        column, row = key.col - left, key.row - top
        is_there = first_column <= column <= last_column and first_row <= row <= last_row
        tiles = (SourceTile(0, column, row),) if is_there else ()
        points = within + np.array([column, row], dtype=float) * TILE_PX
        spans = (range(column, column + 1), range(row, row + 1)) if is_there else (range(0), range(0))
        sources.append(Sources(0, points, *spans, tiles, is_affine=True, enlarged=float(is_there)))
    return sources


def _first_square(matrix: TileMatrix, grid: TileGrid) -> tuple[int, int]:
    """Column and row of the display tile that is the first square."""
    side = grid.resolution * TILE_PX
    return round((matrix.left - grid.origin_x) / side), round((grid.origin_y - matrix.top) / side)


def view_box(service: TileService, view: View) -> PictureBox:
    """The view in pixels of the squares of a service that was fitted to its grid."""
    (matrix,) = service.matrices.matrices
    column, row = _first_square(matrix, view.grid)
    left, top = view.left - column * TILE_PX, view.top - row * TILE_PX
    return PictureBox(left, top, left + view.width, top + view.height)


def box_of(squares: Sequence[SourceTile], seen: PictureBox | None = None) -> PictureBox:
    """The box of a picture of squares, given row by row; of that what lies in `seen`."""
    first, last = squares[0], squares[-1]
    box = PictureBox(first.x * TILE_PX, first.y * TILE_PX, (last.x + 1) * TILE_PX, (last.y + 1) * TILE_PX)
    part = box if seen is None else box.within(seen)
    return part if part.width > 0 and part.height > 0 else box


def pictures_of(squares: Sequence[SourceTile], most: int) -> list[tuple[SourceTile, ...]]:
    """The pictures to ask for, of at most `most` squares a side: the largest first, as a server draws it longest and it
    is decoded while smaller ones are drawn; of those as large, the one with the first square.

    Each is a rectangle, with its squares row by row. They are about equal in size, so that they come together.
    """
    rank = {(square.x, square.y): at for at, square in enumerate(squares)}
    left = dict.fromkeys(sorted(rank, key=lambda cell: (cell[1], cell[0])))
    pictures = []
    while left:
        cells = _rectangle(left, most)
        for cell in cells:
            del left[cell]
        pictures.append(cells)
    pictures.sort(key=lambda cells: (-len(cells), min(rank[cell] for cell in cells)))
    return [tuple(SourceTile(0, *cell) for cell in cells) for cells in pictures]


def _rectangle(cells: Collection[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """A rectangle of cells from the first one on, row by row."""
    x, y = next(iter(cells))
    wide = _share(next(n for n in count(1) if (x + n, y) not in cells), most)
    rows = ([(x + across, y + down) for across in range(wide)] for down in count())
    whole = list(takewhile(lambda row: all(cell in cells for cell in row), rows))
    return [cell for row in whole[: _share(len(whole), most)] for cell in row]


def _share(length: int, most: int) -> int:
    """The length of the first of the fewest parts, about equal, that are no longer than `most`."""
    return math.ceil(length / math.ceil(length / most))


def picture_url(service: TileService, box: PictureBox) -> str:
    """The address of a picture of a box. Raises BadTemplate where a time is missing."""
    (matrix,) = service.matrices.matrices
    left, top = matrix.left + box.left * matrix.resolution, matrix.top - box.top * matrix.resolution
    whole = TileMatrix("0", left, top, matrix.resolution, 1, 1, box.width, box.height)
    return tile_url(service.template, whole, 0, 0, service.time, service.subdomains)
