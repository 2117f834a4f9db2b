"""Narrows a service of tiles to the area that its server states, and finds what of a tile lies beyond it.

A stated box is a claim: what comes at its edges tells whether more is there than it says.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds
from layers.grid.tile_grid import View
from layers.services.matrix import Sources, SourceTile
from layers.services.tile_matrix import TileMatrix
from layers.services.tile_service import TileService

SLACK_PX = 8
"""Pixels by which imagery may reach beyond its box: boxes are rounded, and JPEG smears a picture's edge so far."""
SLACK_SHARE = 1 / 500
"""Share of the longer side of a box by which it is rounded at most."""
LEAST_SEEN_PX = 8
"""Least width of what is looked at beyond the slack."""
LEAST_OVERVIEW_PX = 24
"""Less than that on a side, and an image is a speck in which nothing can be seen."""


class PixelBox(Struct, frozen=True):
    """A rectangle in pixels of a tile; right and bottom lie outside."""

    left: int
    top: int
    right: int
    bottom: int


class StatedArea(Struct, frozen=True):
    """A service with only those tiles that its server's box touches, and the box in the service's CRS."""

    service: TileService
    box: Bounds

    def is_in(self, view: View) -> bool:
        """True where a view shows some of the area."""
        box = box_in(view.grid.crs, self.service.crs, self.box)
        return box is not None and box.intersects(view.world_bounds())

    def cuts(self, sources: Sources) -> bool:
        """True where a display tile may reach beyond the area."""
        points = sources.points.reshape(-1, 2)
        if not np.isfinite(points).all():
            return True
        matrix = self.service.matrices.matrices[sources.level]
        first_column, last_column, first_row, last_row = matrix.tile_range
        (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        wide, high = matrix.tile_width, matrix.tile_height
        across = first_column * wide + 1 <= left and right <= (last_column + 1) * wide - 1
        return not (across and first_row * high + 1 <= top and bottom <= (last_row + 1) * high - 1)

    def beyond(self, tile: SourceTile) -> list[PixelBox]:
        """The parts of a tile in which nothing should be seen: none for a tile that lies within the box."""
        matrix = self.service.matrices.matrices[tile.level]
        wide, high, area = matrix.tile_width, matrix.tile_height, self.box.expanded(_slack(matrix, self.box))
        bounds = matrix.tile_bounds(tile.x, tile.y)
        left = _clipped(math.floor((area.left - bounds.left) / matrix.resolution), wide)
        right = _clipped(math.ceil((area.right - bounds.left) / matrix.resolution), wide)
        top = _clipped(math.floor((bounds.top - area.top) / matrix.resolution), high)
        bottom = _clipped(math.ceil((bounds.top - area.bottom) / matrix.resolution), high)
        if left >= right or top >= bottom:
            return [PixelBox(0, 0, wide, high)]
        parts = (
            PixelBox(0, 0, left, high),
            PixelBox(right, 0, wide, high),
            PixelBox(left, 0, right, top),
            PixelBox(left, bottom, right, high),
        )
        return [part for part in parts if part.left < part.right and part.top < part.bottom]


@lru_cache(maxsize=16)
def area_of(service: TileService) -> StatedArea | None:
    """The area of a service of tiles; None where none is stated, or it is of no use."""
    if service.bounds is None or not service.is_tiled:
        return None
    try:
        box = transform_bounds(WGS84, service.crs, service.bounds)
    except GeoloupeError:
        return None
    world = service.matrices.bounds
    if (
        not box.is_finite()
        or box.is_empty
        or not world.intersects(box)
        or (service.matrices.turn and _turns(box, world))
    ):
        return None
    limits = [_limits(matrix, box) for matrix in service.matrices.matrices]
    if not all(limits) or all(
        matrix.tile_range == limit for matrix, limit in zip(service.matrices.matrices, limits, strict=True)
    ):
        return None
    matrices = [replace(matrix, limits=limit) for matrix, limit in zip(service.matrices.matrices, limits, strict=True)]
    return StatedArea(replace(service, grid=replace(service.matrices, matrices=tuple(matrices))), box)


@lru_cache(maxsize=64)
def box_in(crs: str, own_crs: str, box: Bounds) -> Bounds | None:
    """A box in another CRS; None where it has no place there. It is asked for with each look at a map."""
    try:
        placed = transform_bounds(own_crs, crs, box)
    except GeoloupeError:
        return None
    return placed if placed.is_finite() else None


def shows_in_overview(service: TileService) -> bool:
    """False where all that the service has is a speck in its coarsest level."""
    area = area_of(service)
    if area is None:
        return True
    resolution = service.matrices.matrices[0].resolution
    return max(area.box.width, area.box.height) >= LEAST_OVERVIEW_PX * resolution


def _turns(box: Bounds, world: Bounds) -> bool:
    """True for a box over the edge of the world, whose columns are those of both ends."""
    return box.left < world.left or box.right > world.right


def _limits(matrix: TileMatrix, box: Bounds) -> tuple[int, int, int, int] | None:
    """First and last column, first and last row of the tiles that the box touches; None without any."""
    area = box.expanded(_slack(matrix, box) + LEAST_SEEN_PX * matrix.resolution)
    wide, high = matrix.tile_width * matrix.resolution, matrix.tile_height * matrix.resolution
    first_column, last_column, first_row, last_row = matrix.tile_range
    limits = (
        max(math.floor((area.left - matrix.left) / wide), first_column),
        min(math.floor((area.right - matrix.left) / wide), last_column),
        max(math.floor((matrix.top - area.top) / high), first_row),
        min(math.floor((matrix.top - area.bottom) / high), last_row),
    )
    return limits if limits[0] <= limits[1] and limits[2] <= limits[3] else None


def _slack(matrix: TileMatrix, box: Bounds) -> float:
    return max(SLACK_PX * matrix.resolution, SLACK_SHARE * max(box.width, box.height))


def _clipped(edge: int, side: int) -> int:
    return min(max(edge, 0), side)
