"""Requests of a raster's drawing to the readers: tiles, and the small picture of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE
from layers.grid.plan import COARSE_LEVEL
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey
from layers.pool.protocol import Answer
from layers.raster.info import RasterInfo
from layers.raster.overviews import SAMPLED_FROM_PIXELS
from layers.requests.imagery import ReadTile
from viewer.rendering.tiles.tile_cache import RawTile

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
    """One read: tiles of the grid from `key` on or, with `is_overview`, the small picture of the whole layer."""

    reading: Reading
    grid: TileGrid
    key: TileKey
    width: int = TILE_PX
    height: int = TILE_PX
    is_overview: bool = False

    def each(self) -> Iterator[TileAsk]:
        """The same, a tile at a time."""
        if self.is_overview or (self.width, self.height) == (TILE_PX, TILE_PX):
            yield self
            return
        level, left, top = self.key
        for row in range(top, top + self.height // TILE_PX):
            for col in range(left, left + self.width // TILE_PX):
                yield TileAsk(self.reading, self.grid, TileKey(level, col, row))

    def split(self, raw: RawTile) -> Iterator[tuple[TileAsk, RawTile]]:
        """What was read, a tile at a time."""
        margin = self.reading.margin_px
        for ask in self.each():
            if ask is self or raw.bands is None:
                yield ask, raw
                continue
            top, left = (ask.key.row - self.key.row) * TILE_PX, (ask.key.col - self.key.col) * TILE_PX
            part = slice(top, top + TILE_PX + 2 * margin), slice(left, left + TILE_PX + 2 * margin)
            mask = None if raw.mask is None or raw.mask[part].all() else raw.mask[part].copy()
            yield ask, RawTile(raw.bands[:, *part].copy(), mask)

    def question(self, source: ReadTile) -> ReadTile:
        """`source` says which bands of which file, or which places in files."""
        reading, key, margin = self.reading, self.key, self.reading.margin_px
        affine = self.grid.affine(key.level, key.col * TILE_PX - margin, key.row * TILE_PX - margin)
        return replace(
            source,
            crs=reader_crs(self.grid.crs),
            affine=affine,
            width=self.width + 2 * margin,
            height=self.height + 2 * margin,
            resampling=reading.resampling,
            source_crs=reading.source_crs,
        )


def together(reading: Reading, grid: TileGrid, keys: Iterable[TileKey]) -> list[TileAsk]:
    """Reads of exact tiles, two neighbours in one: a read costs the same half a millisecond however large it is.

    Neighbours in a row before those in a column: low reads touch fewer blocks of the file where two readers meet. The
    order is that of the better tile of each.
    """
    lacking = dict.fromkeys(keys)
    asks = []
    for key in list(lacking):
        if key not in lacking:
            continue
        found = [key]
        for other in (TileKey(0, key.col ^ 1, key.row), TileKey(0, key.col, key.row ^ 1)):
            if other in lacking and (other.row == key.row or TileKey(0, other.col ^ 1, other.row) not in lacking):
                found.append(other)
                break
        for taken in found:
            del lacking[taken]
        first = min(found)
        wide, high = (len({place[axis] for place in found}) for axis in (1, 2))
        asks.append(TileAsk(reading, grid, first, wide * TILE_PX, high * TILE_PX))
    return asks


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


def overview_ask(reading: Reading, info: RasterInfo, crs: str, bounds: Bounds, sampled: bool = False) -> TileAsk | None:
    """The read of all of `bounds` as one small picture; None where they are empty, or no overview is small enough.

    With `sampled` also where the reader will only look at some of the pixels.
    """
    pixels, coarsest = info.width * info.height, max((1, *info.overviews))
    is_cheap = bool(reading.overview_path) or pixels <= CHEAP_PIXELS * coarsest**2
    is_cheap = is_cheap or (sampled and pixels > SAMPLED_FROM_PIXELS * coarsest**2)
    if not (bounds.width > 0 and bounds.height > 0) or not is_cheap:
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
