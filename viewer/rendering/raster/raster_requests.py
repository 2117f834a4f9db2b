"""The reads that a raster requests from readers: its tiles in order, and the small picture of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey
from layers.grid.tile_plan import COARSE_LEVEL
from layers.pool.protocol import Answer
from layers.raster.info import RasterInfo
from layers.raster.overviews import SAMPLED_FROM_PIXELS, Lack
from layers.requests.imagery import ReadTile, TileFacts
from viewer.rendering.tiles.scheduler import TileRequest
from viewer.rendering.tiles.tile_cache import RawTile

OVERVIEW_PX = 512
"""Longer edge of the small picture of the whole layer."""
CHEAP_PIXELS = 2_000_000
"""Most pixels from which a small picture of the whole is made; from more it costs more than it is worth."""
DEAR_BYTES = 1 << 20
"""Bytes of a view of a file on a host above which a small picture of the whole file comes before its exact tiles."""
FIRST_RANK, COARSE_RANK, EXACT_RANK, OVERVIEW_RANK = -1.0, 0.0, 1e3, 1e6
"""Ranks at which kinds of reads begin: the lowest rank is read first."""


class RawReading(NamedTuple):
    """All that the raw pixels of a tile depend on, besides its place."""

    path: str
    bands: tuple[int, ...]
    resampling: str
    source_crs: str
    generation: int
    margin_px: int = 0
    """Pixels on each side beyond those that the tile shows."""
    overview_path: str = ""
    """Path of the overviews that we built for a file with too few of its own; empty without any."""
    control_points_json: str = ""
    """Control points that place the image, as JSON."""


class TileRead(NamedTuple):
    """One read: tiles of the grid from `key` on or, with `is_overview`, the small picture of the whole layer."""

    reading: RawReading
    grid: TileGrid
    key: TileKey
    width: int = TILE_PX
    height: int = TILE_PX
    is_overview: bool = False

    def each(self) -> Iterator[TileRead]:
        """The reads of this read's tiles, one by one."""
        if self.is_overview or (self.width, self.height) == (TILE_PX, TILE_PX):
            yield self
            return
        level, left, top = self.key
        for row in range(top, top + self.height // TILE_PX):
            for col in range(left, left + self.width // TILE_PX):
                yield TileRead(self.reading, self.grid, TileKey(level, col, row))

    def split(self, raw: RawTile) -> Iterator[tuple[TileRead, RawTile]]:
        """Cut the pixels of this read into tiles."""
        margin = self.reading.margin_px
        for read in self.each():
            if read is self or raw.bands is None:
                yield read, raw
                continue
            top, left = (read.key.row - self.key.row) * TILE_PX, (read.key.col - self.key.col) * TILE_PX
            part = slice(top, top + TILE_PX + 2 * margin), slice(left, left + TILE_PX + 2 * margin)
            mask = None if raw.mask is None or raw.mask[part].all() else raw.mask[part].copy()
            yield read, RawTile(raw.bands[:, *part].copy(), mask)

    def question(self, source: ReadTile) -> ReadTile:
        """The question to a reader; `source` names the file and bands, or the places in several files."""
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


def together(reading: RawReading, grid: TileGrid, keys: Iterable[TileKey]) -> list[TileRead]:
    """Reads of exact tiles, two neighbours in one, as a read costs the same half a millisecond at any size.

    Neighbours in a row come before those in a column: low reads touch fewer blocks of the file where two readers meet.
    The order is that of the better tile of each pair.
    """
    lacking = dict.fromkeys(keys)
    reads = []
    for key in list(lacking):
        if key not in lacking:
            continue
        pair = [key]
        for other in (TileKey(0, key.col ^ 1, key.row), TileKey(0, key.col, key.row ^ 1)):
            if other in lacking and (other.row == key.row or TileKey(0, other.col ^ 1, other.row) not in lacking):
                pair.append(other)
                break
        for tile in pair:
            del lacking[tile]
        first = min(pair)
        wide, high = (len({place[axis] for place in pair}) for axis in (1, 2))
        reads.append(TileRead(reading, grid, first, wide * TILE_PX, high * TILE_PX))
    return reads


def reader_crs(canvas_crs: str) -> str:
    """The CRS of the canvas as readers take it: empty for the picture's own pixels."""
    return "" if canvas_crs == PIXEL_SPACE else canvas_crs


def coarse_pays(info: RasterInfo, pixels_across: float) -> bool:
    """True where a coarse tile costs about as much as an exact one, as the file stores an overview for it.

    Else reading it would unpack all that the exact tiles unpack once more. The raster is `pixels_across` wide on the
    canvas.
    """
    factors = (1, *info.overviews)
    scale = info.width / pixels_across if pixels_across > 0 else 1.0
    exact = max((factor for factor in factors if factor <= scale), default=1)
    return max(factors) >= exact << COARSE_LEVEL


def is_dear(info: RasterInfo, file_bytes: int, pixels_across: float, view_pixels: int) -> bool:
    """True where the exact tiles of a view are expected to be more bytes of a file than `DEAR_BYTES`.

    The raster is `pixels_across` wide on the canvas, and `view_pixels` of the view are tiles of it. Bytes are
    counted as if all pixels of the file were packed alike.
    """
    scale = info.width / pixels_across if pixels_across > 0 else 1.0
    exact = max((factor for factor in (1, *info.overviews) if factor <= scale), default=1)
    return file_bytes / (info.width * info.height) * view_pixels * (scale / exact) ** 2 > DEAR_BYTES


def overview_read(
    reading: RawReading, info: RasterInfo, crs: str, bounds: Bounds, sampled: bool = False
) -> TileRead | None:
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
    return TileRead(reading, grid, TileKey(0, 0, 0), width, height, is_overview=True)


def raw_tile(answer: Answer) -> RawTile:
    """The pixels of a reader's answer; without a mask where all of them are valid."""
    facts: TileFacts = answer.facts
    if facts.empty:
        return RawTile(None)
    bands, mask = answer.arrays
    mask = mask.astype(bool, copy=False)
    return RawTile(bands, None if bool(mask.all()) else mask)


class RasterRequests:
    """The tile requests of one layer. Failed reads are not repeated, and reads under way are not requested twice."""

    def __init__(self) -> None:
        self._failed: set[TileRead] = set()
        self._under_way: set[TileRead] = set()
        """Single tiles that readers are reading; added on readers' threads."""

    def begin(self, read: TileRead) -> None:
        """Note that a reader has begun a read. Called on a supervisor's thread."""
        self._under_way.update(read.each())

    def settle(self, read: TileRead) -> None:
        """Note that a reader has ended a read."""
        self._under_way.difference_update(read.each())

    def fail(self, read: TileRead) -> None:
        """Note that a read has failed. Tiles that failed together are requested one by one, as some may be sound."""
        self._failed.add(read)

    @property
    def has_failed(self) -> bool:
        """True where any read has failed since they were forgiven."""
        return bool(self._failed)

    def forgive(self) -> None:
        """Forget which reads have failed, as the data have changed."""
        self._failed.clear()

    def failed(self, reads: Iterable[TileRead]) -> list[TileRead]:
        """The failed ones among these reads."""
        return [read for read in reads if read in self._failed]

    def tiles(
        self, reading: RawReading, grid: TileGrid, ranks: Mapping[TileKey, float], lack: Lack
    ) -> list[TileRequest]:
        """Requests for coarse tiles first, then for exact ones, each in the order of their ranks."""
        reads = ((TileRead(reading, grid, key), rank) for key, rank in ranks.items())
        open_reads = [(read, rank) for read, rank in reads if self._is_open(read)]
        coarse = [TileRequest(COARSE_RANK + rank, read) for read, rank in open_reads if read.key.level]
        exact = {read.key: EXACT_RANK + rank for read, rank in open_reads if not read.key.level}
        return coarse + self._exact(reading, grid, exact, lack)

    def tiles_ahead(self, reading: RawReading, grid: TileGrid, keys: Iterable[TileKey]) -> list[TileRequest]:
        """Requests for exact tiles that are not in view yet, in this order."""
        ranks = {key: float(rank) for rank, key in enumerate(keys) if self._is_open(TileRead(reading, grid, key))}
        return self._exact(reading, grid, ranks, Lack.NONE)

    def with_whole(
        self,
        requests: list[TileRequest],
        reading: RawReading,
        info: RasterInfo,
        crs: str,
        bounds: Bounds,
        *,
        sampled: bool,
        is_first: bool,
    ) -> list[TileRequest]:
        """The requests, and one for the small picture of all of `bounds` unless it has failed (see `overview_read`).

        It comes last; but first where exact tiles take long (`is_first`): all of the layer is there before them.
        """
        read = overview_read(reading, info, crs, bounds, sampled=sampled)
        if read is None or read in self._failed:
            return requests
        if is_first:
            return [TileRequest(FIRST_RANK, read), *requests]
        return [*requests, TileRequest(OVERVIEW_RANK, read)]

    def _is_open(self, read: TileRead) -> bool:
        return read not in self._failed and read not in self._under_way

    def _exact(self, reading: RawReading, grid: TileGrid, ranks: dict[TileKey, float], lack: Lack) -> list[TileRequest]:
        """Requests for exact tiles: neighbours together, or one by one where that failed or each of them takes long."""
        requests: list[TileRequest] = []
        for read in together(reading, grid, ranks):
            single = read in self._failed or lack is not Lack.NONE
            for part in read.each() if single else (read,):
                requests.append(TileRequest(ranks[part.key], part, (part.key.col, part.key.row)))
        return requests
