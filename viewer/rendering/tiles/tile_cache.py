"""Caches of tiles bounded by bytes, and the room that they leave for reading ahead.

Raw tiles and coloured ones are apart: a new style drops only colours.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey

MIB = 1 << 20
LEAST_BYTES, MOST_BYTES = 8 * MIB, 512 * MIB
VIEWS_KEPT = 2.1
"""Views of raw pixels that are kept: tiles reach up to four fifths beyond a view's edges; the rest was seen before."""
STYLED_BYTES_A_PIXEL = 7
"""Bytes of coloured tiles that are kept for each pixel of the views."""
ROOM_AHEAD = 1.8
"""Factor by which caches grow where tiles around the view are read ahead."""

CROWD = 100
"""Most layers that may keep tiles out of view."""
SHARE = 0.75
"""Share of a cache for what is in view and what is read ahead together; the rest is for what was seen before."""
PICTURE_BYTES = TILE_PX * TILE_PX * 4 + 64


class TileName(NamedTuple):
    """Name of a tile of one layer. `revision` is what its pixels depend on besides the place.

    The grid of a wrapped world copy begins a whole turn of the Earth further, so that its tiles have other names.
    """

    layer_uuid: str
    revision: Hashable
    grid: TileGrid
    key: TileKey


class RawTile(Struct, frozen=True, eq=False):
    """Pixels from a reader: bands (n, h, w) in the file's own type, mask (h, w), True = valid, None = all valid.

    `bands` is None for an empty tile.
    """

    bands: NDArray[Any] | None
    mask: NDArray[np.bool_] | None = None

    @property
    def nbytes(self) -> int:
        return sum(int(part.nbytes) for part in (self.bands, self.mask) if part is not None) + 64


class ByteCache[K: Hashable, V]:
    """Cache of at most `limit_bytes`, filled by one thread; drops the least recently used value first."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.nbytes = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def __contains__(self, key: K) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def get(self, key: K) -> V | None:
        """The value, now the most recently used, or None. For any thread."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        with suppress(KeyError):  # dropped meanwhile by the thread that fills it
            self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: K, value: V, nbytes: int) -> None:
        self.discard(key)
        self._entries[key] = (value, nbytes)
        self.nbytes += nbytes
        while self.nbytes > self.limit_bytes and len(self._entries) > 1:
            self.discard(next(iter(self._entries)))

    def discard(self, key: K) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.nbytes -= entry[1]

    def clear(self) -> None:
        for key in list(self._entries):
            self.discard(key)


class TilesByLayer[V](ByteCache[TileName, V]):
    """Cache that forgets the tiles of one of thousands of layers without looking through the others."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(limit_bytes)
        self._of_layer: dict[str, dict[TileName, None]] = {}

    def put(self, key: TileName, value: V, nbytes: int) -> None:
        super().put(key, value, nbytes)
        self._of_layer.setdefault(key.layer_uuid, {})[key] = None

    def discard(self, key: TileName) -> None:
        super().discard(key)
        held = self._of_layer.get(key.layer_uuid)
        if held is not None:
            held.pop(key, None)
            if not held:
                del self._of_layer[key.layer_uuid]

    def discard_layer(self, layer_uuid: str, condition: Callable[[TileName], bool] = lambda _: True) -> None:
        """Forget the tiles of a layer that meet a condition."""
        for key in [key for key in self._of_layer.get(layer_uuid, ()) if condition(key)]:
            self.discard(key)


class TileCache(Struct, eq=False):
    """The tiles of all layers of one window. A null picture stands for a tile with nothing in it."""

    raw: TilesByLayer[RawTile] = field(default_factory=lambda: TilesByLayer(LEAST_BYTES))
    styled: TilesByLayer[QImage] = field(default_factory=lambda: TilesByLayer(LEAST_BYTES))
    holds_ahead: bool = False
    is_crowded: bool = False
    """True where so many layers are shown that their small pictures, and tiles out of view, take too much memory."""
    _shown_pixels: float = 0.0
    _most_bytes: int = MOST_BYTES

    def fit(self, pixels: int, layers: int) -> None:
        """Make room for `layers` layers in a view of so many pixels, and for some of the views before.

        All that is shown stays, or a stretch would be read again while its handle moves; keeping more costs much
        memory.
        """
        self._shown_pixels = pixels * max(1, layers) * (ROOM_AHEAD if self.holds_ahead else 1.0)
        self.is_crowded = layers > CROWD
        self.styled.limit_bytes = self._within(STYLED_BYTES_A_PIXEL * self._shown_pixels)

    def put_raw(self, name: TileName, raw: RawTile) -> None:
        """Keep a raw tile; the room follows from the bytes of the raw tiles so far."""
        tiles = len(self.raw) + 1
        self.raw.limit_bytes = self._within(
            VIEWS_KEPT * self._shown_pixels * (self.raw.nbytes + raw.nbytes) / tiles / TILE_PX**2
        )
        self.raw.put(name, raw, raw.nbytes)

    def give_back(self) -> None:
        """Forget all tiles, and keep half as many from now on, as memory ran short."""
        self._most_bytes = max(LEAST_BYTES, self._most_bytes // 2)
        for cache in (self.raw, self.styled):
            cache.clear()
            cache.limit_bytes = min(cache.limit_bytes, self._most_bytes)

    def drop_layer(self, layer_uuid: str) -> None:
        """Forget a layer."""
        self.raw.discard_layer(layer_uuid)
        self.styled.discard_layer(layer_uuid)

    def _within(self, nbytes: float) -> int:
        return int(min(max(nbytes, LEAST_BYTES), self._most_bytes))


class AheadBudget:
    """Shares the room for reading ahead among the layers of a window, in its thread."""

    def __init__(self, tiles: TileCache) -> None:
        self._tiles = tiles
        self._in_view: dict[Hashable, tuple[int, int]] = {}
        """Tiles in view and their bytes, by layer."""
        self._count = self._nbytes = 0

    def tiles_for(self, owner: Hashable, in_view: int, nbytes: int) -> int:
        """Number of tiles that a layer may read ahead, given its `in_view` tiles in view of `nbytes` in all."""
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
