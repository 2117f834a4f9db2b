"""Reads two rasters on one grid, and finds the shift between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from layers.decoding import encoded
from layers.raster.phase_correlation import Picture, register
from layers.requests.imagery import ReadTile
from layers.requests.registering import Register

type TileReader = Callable[[ReadTile], tuple[dict[str, Any], tuple[Any, ...]]]


def registered(asked: Register, read: TileReader) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """The header that `Register` promises. Raises what reading a tile raises."""
    moving, fixed = (Picture.of_bands(*read(tile)[1]) for tile in (asked.moving, asked.fixed))
    return encoded(register(moving, fixed)), ()
