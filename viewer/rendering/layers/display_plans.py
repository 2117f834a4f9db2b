"""The source tiles of which the display tiles of a layer are made, and those that a view shows of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtGui import QImage

from layers.grid.tile_grid import TileGrid, TileKey, View
from layers.services.matrix import Sources, SourceTile
from layers.services.seen_sources import WHOLE_TILE, TilePart, covered_part, seen_part_of, seen_sources
from layers.services.tile_matrix import TileMatrixSet
from layers.services.tile_service import TileService
from viewer.rendering.images import NOTHING
from viewer.rendering.tiles.mosaic import compose_tile

if TYPE_CHECKING:
    from viewer.rendering.layers.service_tiles import ServiceTiles


class Composition(NamedTuple):
    """The pictures of which a display tile is composed, and whether it is final or stands in."""

    key: TileKey
    sources: Sources
    inputs: dict[SourceTile, QImage]
    is_final: bool
    part: TilePart
    """The part of the display tile that is composed."""

    def image(self, matrices: TileMatrixSet) -> QImage:
        """Compose it, in any thread."""
        if self.inputs or not self.part.is_whole:
            return compose_tile(self.sources, self.inputs, matrices, self.part)
        return NOTHING


class DisplayPlans:
    """Plans of display tiles of one grid of the canvas, made when they are first asked for."""

    def __init__(self, tiles: ServiceTiles) -> None:
        self._tiles = tiles
        self._whole: dict[TileKey, Sources] = {}
        self._seen: dict[TileKey, Sources] = {}
        """Sources of what a view shows of display tiles."""
        self._view: View | None = None
        self._moved = 0, 0
        """Pixels to the right and down by which the view has moved on the same grid."""
        self._keys: Sequence[TileKey] = ()
        self._made_for: tuple[TileGrid, TileService] | None = None
        """The canvas's grid and that of the service for which the plans are made."""

    def is_for(self, grid: TileGrid) -> bool:
        """True where plans are for this grid of the canvas, and for the one on which the service is asked now."""
        return self._made_for is not None and self._made_for[0] == grid and self._made_for[1] is self._tiles.drawn

    def plan(self, view: View, keys: Sequence[TileKey]) -> bool:
        """Plan display tiles of a view; True where all plans that there were are of no use."""
        is_anew = not self.is_for(view.grid)
        if is_anew:
            self._made_for = view.grid, self._tiles.drawn
            self.clear()
        if view != self._view:
            before = view if self._view is None or is_anew else self._view
            self._moved = view.left - before.left, view.top - before.top
            self._view, self._seen = view, {}
        self._keys = keys
        new = [key for key in keys if key not in self._whole]
        self._whole.update(zip(new, self._tiles.sources(view.grid, new), strict=True))
        return is_anew

    def clear(self) -> None:
        """Forget all plans."""
        self._whole, self._seen = {}, {}

    def whole(self, key: TileKey) -> Sources:
        """The sources of a planned display tile."""
        return self._whole[key]

    def seen(self, key: TileKey) -> Sources:
        """The sources of what the view last planned shows of a display tile."""
        seen = self._seen.get(key)
        if seen is None:
            assert self._view is not None
            seen = self._seen[key] = self._seen_in(self._view, key)
        return seen

    def composed_part(self, key: TileKey) -> TilePart:
        """The part of a display tile that what the view last planned shows of it is enough for."""
        seen, whole = self.seen(key), self._whole[key]
        if seen is whole or self._view is None:
            return WHOLE_TILE
        return covered_part(seen, whole, seen_part_of(self._view, key), self._tiles.drawn.matrices)

    def beyond_edges(
        self, is_partial: Callable[[TileGrid, TileKey], bool], *, is_done: bool
    ) -> tuple[list[SourceTile], list[TileKey]]:
        """The source tiles that display tiles lack beyond the edges of the view; and the display tiles of which only a
        part is shown though nothing is lacking. Unless the view `is_done`, only those towards which it moves.
        """
        if not is_done:
            return self._towards(), []
        right, down = self._moved
        keys = [key for key in self._reaching_out() if self._view and is_partial(self._view.grid, key)]
        keys.sort(key=lambda key: -(right * key.col + down * key.row))
        needed = {key: self._tiles.needed_for(self._whole[key]) for key in keys}
        lacking = dict.fromkeys(tile for tiles in needed.values() for tile in tiles)
        return list(lacking), [key for key, tiles in needed.items() if not tiles]

    def _towards(self) -> list[SourceTile]:
        """The source tiles that display tiles lack beyond the edges towards which the view moves."""
        right, down = self._moved
        columns, rows = {key.col for key in self._keys}, {key.row for key in self._keys}
        if not columns or not (right or down):
            return []
        column = max(columns) if right > 0 else min(columns) if right else None
        row = max(rows) if down > 0 else min(rows) if down else None
        keys = [key for key in self._reaching_out() if key.col == column or key.row == row]
        return list(dict.fromkeys(tile for key in keys for tile in self._tiles.needed_for(self._whole[key])))

    def _reaching_out(self) -> list[TileKey]:
        """The display tiles of the view that are made of more than it shows."""
        return [key for key in self._keys if self.seen(key) is not self._whole[key]]

    def in_view(self, view: View, keys: Sequence[TileKey]) -> dict[TileKey, Sources]:
        """The sources of what a view shows of display tiles; empty where they are not all planned."""
        if not (self.is_for(view.grid) and all(key in self._whole for key in keys)):
            return {}
        return {key: self.seen(key) if view == self._view else self._seen_in(view, key) for key in keys}

    def made_of(self, tiles: Collection[SourceTile]) -> list[TileKey]:
        """The display tiles that are made of any of some source tiles."""
        return [key for key, sources in self._whole.items() if not set(tiles).isdisjoint(sources.tiles)]

    def __contains__(self, key: TileKey) -> bool:
        return key in self._whole

    def keys(self) -> list[TileKey]:
        """All display tiles that are planned."""
        return list(self._whole)

    def _seen_in(self, view: View, key: TileKey) -> Sources:
        return seen_sources(self._whole[key], seen_part_of(view, key), self._tiles.drawn.matrices)


def coarsest_of(plans: Mapping[TileKey, Sources], shown_levels: Mapping[TileKey, int]) -> tuple[int, float]:
    """The coarsest level that is shown, by the levels of composed display tiles, and its enlargement; 0, 0 where that
    is not known.
    """
    levels = [(shown_levels[key], plan) for key, plan in plans.items() if key in shown_levels and not plan.is_empty]
    enlarged = [(level, sources.enlarged * 2.0 ** (sources.level - level)) for level, sources in levels]
    return max(enlarged, key=lambda pair: pair[1], default=(0, 0.0))


def is_stood_in(plans: Mapping[TileKey, Sources], shown_levels: Mapping[TileKey, int]) -> bool:
    """True where a coarser tile stands in for any of the display tiles."""
    return any(shown_levels.get(key, sources.level) < sources.level for key, sources in plans.items())
