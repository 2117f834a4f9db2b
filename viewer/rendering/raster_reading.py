"""What a raster's drawing asks of the readers: tiles, and the small picture of the whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE
from layers.grid.plan import COARSE_LEVEL
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey
from layers.pool.protocol import Answer, Profile, Request
from layers.raster.info import RasterInfo
from viewer.rendering.tile_cache import RawTile

OVERVIEW_PX = 512
"""Longer edge of the small picture of the whole layer."""
CHEAP_PIXELS = 2_000_000
"""A small picture of the whole that has to be made of more pixels than this costs more than it is worth."""


class Reading(NamedTuple):
    """What the raw pixels of a tile depend on, besides its place."""

    path: str
    bands: tuple[int, ...]
    resampling: str
    source_crs: str
    generation: int
    margin_px: int = 0
    """So many pixels more on each side than the tile shows."""
    overview_path: str = ""
    """What was built for the file, which has too few overviews of its own."""


class TileAsk(NamedTuple):
    """One read: a tile of the grid or, with `is_overview`, the small picture of the whole layer."""

    reading: Reading
    grid: TileGrid
    key: TileKey
    width: int = TILE_PX
    height: int = TILE_PX
    is_overview: bool = False

    def request(
        self, what: dict[str, Any], done: Callable[[Answer | GeoloupeError], None], profile: Profile
    ) -> Request:
        """`what` is path, part and bands as the op "tile" takes them: numbers, or places in files."""
        reading, key, margin = self.reading, self.key, self.reading.margin_px
        affine = self.grid.affine(key.level, key.col * TILE_PX - margin, key.row * TILE_PX - margin)
        params = {
            **what, "crs": reader_crs(self.grid.crs), "affine": list(affine), "width": self.width + 2 * margin,
            "height": self.height + 2 * margin, "resampling": reading.resampling,
            "source_crs": reading.source_crs,
        }  # fmt: skip
        return Request("tile", params, done, strike_key=reading.path, profile=profile)


def reader_crs(canvas_crs: str) -> str:
    """What readers call the canvas's CRS: nothing, where it is the picture's own pixels."""
    return "" if canvas_crs == PIXEL_SPACE else canvas_crs


def coarse_pays(info: RasterInfo, pixels_across: float) -> bool:
    """True where a coarse tile costs about as much as an exact one: the file stores an overview for it.

    Else reading it would unpack all that the exact tiles unpack, once more. The raster is `pixels_across` wide on the
    canvas.
    """
    factors = (1, *info.overviews)
    scale = info.width / pixels_across if pixels_across > 0 else 1.0
    exact = max((factor for factor in factors if factor <= scale), default=1)
    return max(factors) >= exact << COARSE_LEVEL


def overview_ask(reading: Reading, info: RasterInfo, crs: str, bounds: Bounds) -> TileAsk | None:
    """The read of all of `bounds` as one small picture; None where they are empty, or no overview is small enough."""
    coarsest = max((1, *info.overviews))
    if not (bounds.width > 0 and bounds.height > 0) or info.width * info.height > CHEAP_PIXELS * coarsest**2:
        return None
    resolution = max(bounds.width, bounds.height) / OVERVIEW_PX
    grid = TileGrid(crs, resolution, bounds.left, bounds.top)
    width, height = (max(1, round(length / resolution)) for length in (bounds.width, bounds.height))
    return TileAsk(reading, grid, TileKey(0, 0, 0), width, height, is_overview=True)


def raw_tile(answer: Answer) -> RawTile:
    if answer.header.get("empty"):
        return RawTile(None)
    bands, mask = answer.arrays
    mask = mask.astype(bool, copy=False)
    return RawTile(bands, None if bool(mask.all()) else mask)
