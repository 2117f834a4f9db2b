"""Limits of the size of pictures that a server does not declare: read from its refusal, and kept to from then on."""

from __future__ import annotations

import re

from msgspec.structs import replace

from layers.services.tile_matrix import SMALLEST_TILE_PX, TileMatrix, TileMatrixSet
from layers.services.tile_service import TileService

_OF_SIZE = re.compile(r"width|height|\bsize\b|pixel|too large|too big|exceed|dimension", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])\d{2,5}(?![\w.]*\d)")
_USUAL_LIMIT_PX = 256
"""Largest side that is tried where a server does not say its limit."""


def limit_in_words(words: str, asked_px: int) -> int:
    """The largest side of a picture, in pixels, that a server's refusal of `asked_px` allows; 0 where it is of other
    matters.
    """
    if not _OF_SIZE.search(words):
        return 0
    smaller = [number for number in map(int, _NUMBER.findall(words)) if SMALLEST_TILE_PX <= number < asked_px]
    return max(smaller, default=min(_USUAL_LIMIT_PX, asked_px // 2))


def cut_smaller(service: TileService, largest_px: int) -> tuple[TileService, int]:
    """The same maps in pictures of at most `largest_px` a side, and how many of these a side of the former ones has;
    1 where none can be so small.
    """
    first = service.matrices.matrices[0]
    parts, side = 1, max(first.tile_width, first.tile_height)
    while side // parts > largest_px:
        parts *= 2
    if any(length % parts or length // parts < SMALLEST_TILE_PX for length in (first.tile_width, first.tile_height)):
        return service, 1
    matrices = tuple(_cut(matrix, parts) for matrix in service.matrices.matrices[: service.max_level + 1])
    grid = TileMatrixSet(service.crs, matrices, service.matrices.turn)
    return replace(service, grid=grid, largest_px=largest_px), parts


def _cut(matrix: TileMatrix, parts: int) -> TileMatrix:
    limits = matrix.limits
    if limits is not None:
        limits = limits[0] * parts, (limits[1] + 1) * parts - 1, limits[2] * parts, (limits[3] + 1) * parts - 1
    return replace(
        matrix,
        columns=matrix.columns * parts,
        rows=matrix.rows * parts,
        tile_width=matrix.tile_width // parts,
        tile_height=matrix.tile_height // parts,
        limits=limits,
    )
