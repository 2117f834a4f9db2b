"""The tiles of one layer that wait to be fetched, and those that are under way."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable

from layers.services.matrix import SourceTile


class TileQueue:
    """Tiles that a view needs, the best first, and tiles just beside it, which are asked for where nothing else waits
    and are not waited for.
    """

    def __init__(self) -> None:
        self.waiting: list[SourceTile] = []
        self.beside: list[SourceTile] = []
        self.under_way: set[SourceTile] = set()
        self._ahead: set[SourceTile] = set()
        """Tiles under way that the view does not show."""
        self._come = 0
        """Tiles that have come since it began to load."""
        self.loads_since = 0.0

    @property
    def is_under_way(self) -> bool:
        """True while an answer is awaited that the view needs."""
        return len(self.under_way) > len(self._ahead)

    @property
    def awaits_beside(self) -> bool:
        """True while an answer is awaited for a tile beside the view."""
        return bool(self._ahead)

    @property
    def progress(self) -> tuple[int, int]:
        """Tiles that have come since it began to load, and all that it loads; (0, 0) where nothing is under way."""
        waits = len(self.waiting) + len(self.under_way) - len(self._ahead)
        return (self._come, self._come + waits) if waits else (0, 0)

    @property
    def time_left_s(self) -> float:
        """Seconds until all will have come, if it goes on as it has begun; infinite while nothing has come."""
        come, total = self.progress
        return (time.monotonic() - self.loads_since) * (total - come) / come if come else math.inf

    def need(self, tiles: Iterable[SourceTile]) -> None:
        """Note that a view shows these tiles, of which some may be under way."""
        self._ahead.difference_update(tiles)

    def begin(self, tiles: tuple[SourceTile, ...], *, is_ahead: bool) -> None:
        """Note that some tiles are asked for now; with `is_ahead` the view does not show them."""
        if not (is_ahead or self.is_under_way or self._come):
            self.loads_since = time.monotonic()
        self.under_way.update(tiles)
        self.waiting = [tile for tile in self.waiting if tile not in tiles]
        self.beside = [tile for tile in self.beside if tile not in tiles]
        if is_ahead:
            self._ahead.update(tiles)

    def end(self, tile: SourceTile) -> None:
        """Note that an answer has come."""
        is_counted = tile not in self._ahead
        self._drop((tile,))
        self._come = self._come + is_counted if self.waiting or self.is_under_way else 0

    def give_up(self, tiles: Iterable[SourceTile]) -> None:
        """Forget some tiles that were to be asked for, and all that wait."""
        self.want_nothing()
        self._drop(tiles)

    def want_nothing(self) -> None:
        """Forget all that waits."""
        self.waiting, self.beside = [], []

    def clear(self) -> None:
        """Forget all that waits or is under way."""
        self.want_nothing()
        self.under_way.clear()
        self._ahead.clear()
        self._come = 0

    def _drop(self, tiles: Iterable[SourceTile]) -> None:
        gone = list(tiles)
        self.under_way.difference_update(gone)
        self._ahead.difference_update(gone)
