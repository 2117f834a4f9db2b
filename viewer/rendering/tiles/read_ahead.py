"""The budget for reading ahead: so much that nothing which is in view leaves the caches for it."""

from __future__ import annotations

from collections.abc import Hashable

from layers.grid.tile_grid import TILE_PX
from viewer.rendering.tiles.tile_cache import TileCache

SHARE = 0.75
"""Of a cache: what is in view and what is read ahead together; the rest is what was seen before."""
PICTURE_BYTES = TILE_PX * TILE_PX * 4 + 64


class AheadBudget:
    """Shared by the layers of a window, in its thread."""

    def __init__(self, tiles: TileCache) -> None:
        self._tiles = tiles
        self._in_view: dict[Hashable, tuple[int, int]] = {}
        """By layer: how many tiles of it are in view, and their bytes."""
        self._count = self._nbytes = 0

    def tiles_for(self, owner: Hashable, in_view: int, nbytes: int) -> int:
        """How many tiles a layer may read ahead, that has `in_view` tiles of `nbytes` in all in view."""
        self.forget(owner)
        self._in_view[owner] = in_view, nbytes
        self._count, self._nbytes = self._count + in_view, self._nbytes + nbytes
        if not in_view or not nbytes:
            return 0
        raw = self._tiles.raw.limit_bytes * SHARE - self._nbytes
        styled = self._tiles.styled.limit_bytes * SHARE - PICTURE_BYTES * self._count
        count = min(raw / (nbytes / in_view), styled / PICTURE_BYTES) / len(self._in_view)
        return max(0, int(count))

    def forget(self, owner: Hashable) -> None:
        in_view, nbytes = self._in_view.pop(owner, (0, 0))
        self._count, self._nbytes = self._count - in_view, self._nbytes - nbytes
