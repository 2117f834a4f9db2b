"""The tiles that a raster asks for, in their order: coarse tiles, exact ones, the small picture of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from layers.geo.bounds import Bounds
from layers.grid.tile_grid import TileGrid, TileKey
from layers.raster.info import RasterInfo
from layers.raster.overviews import Lack
from viewer.rendering.raster.raster_reading import Reading, TileAsk, overview_ask, together
from viewer.rendering.tiles.wish_list import Wish

FIRST_RANK, COARSE_RANK, EXACT_RANK, OVERVIEW_RANK = -1.0, 0.0, 1e3, 1e6


class RasterWishes:
    """Of one layer: what failed is wished no more, what a reader is at not twice."""

    def __init__(self) -> None:
        self._failed: set[TileAsk] = set()
        self._under_way: set[TileAsk] = set()
        """Tiles that a reader is at, each by itself; filled on readers' threads."""

    def begin(self, ask: TileAsk) -> None:
        """A reader is at it now. On a reader's thread."""
        self._under_way.update(ask.each())

    def settle(self, ask: TileAsk) -> None:
        """No reader is at it any more."""
        self._under_way.difference_update(ask.each())

    def fail(self, ask: TileAsk) -> None:
        """It cannot be read; of tiles that failed together some may be sound: they are wished one by one."""
        self._failed.add(ask)

    def forgive(self) -> None:
        """The data are other data now."""
        self._failed.clear()

    def failed(self, asks: Iterable[TileAsk]) -> list[TileAsk]:
        """Those of these that have failed."""
        return [ask for ask in asks if ask in self._failed]

    def tiles(self, reading: Reading, grid: TileGrid, ranks: Mapping[TileKey, float], lack: Lack) -> list[Wish]:
        """Coarse tiles first, then exact ones, each in the order of their ranks."""
        wished = {key: rank for key, rank in ranks.items() if self._is_open(TileAsk(reading, grid, key))}
        coarse = [Wish(COARSE_RANK + rank, TileAsk(reading, grid, key)) for key, rank in wished.items() if key.level]
        exact = {key: EXACT_RANK + rank for key, rank in wished.items() if not key.level}
        return coarse + self._exact(reading, grid, exact, lack)

    def tiles_ahead(self, reading: Reading, grid: TileGrid, keys: Iterable[TileKey]) -> list[Wish]:
        """Exact tiles that nobody looks at yet, in this order."""
        ranks = {key: float(rank) for rank, key in enumerate(keys) if self._is_open(TileAsk(reading, grid, key))}
        return self._exact(reading, grid, ranks, Lack.NONE)

    def with_whole(
        self,
        wishes: list[Wish],
        reading: Reading,
        info: RasterInfo,
        crs: str,
        bounds: Bounds,
        *,
        sampled: bool,
        lack: Lack,
    ) -> list[Wish]:
        """And the small picture of all of `bounds`, unless it has failed, after `overview_ask`.

        Last; where each exact tile takes long all of the layer is to be there before the first of them.
        """
        ask = overview_ask(reading, info, crs, bounds, sampled=sampled)
        if ask is None or ask in self._failed:
            return wishes
        return [*wishes, Wish(OVERVIEW_RANK, ask)] if lack is Lack.NONE else [Wish(FIRST_RANK, ask), *wishes]

    def _is_open(self, ask: TileAsk) -> bool:
        return ask not in self._failed and ask not in self._under_way

    def _exact(self, reading: Reading, grid: TileGrid, ranks: dict[TileKey, float], lack: Lack) -> list[Wish]:
        """Neighbours are read together; one by one where that failed, or where each of them takes long."""
        found: list[Wish] = []
        for ask in together(reading, grid, ranks):
            single = ask in self._failed or lack is not Lack.NONE
            for part in ask.each() if single else (ask,):
                found.append(Wish(ranks[part.key], part, (part.key.col, part.key.row)))
        return found
