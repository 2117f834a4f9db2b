"""The addresses that a view asks a service for, told before any of them is asked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import batched
from pathlib import Path

from msgspec import Struct

from layers.grid.tile_grid import View
from layers.grid.tile_plan import PixelBounds, plan_tiles
from layers.services.map_pictures import (
    box_of,
    fitted,
    fitted_sources,
    looks_beyond,
    most_a_side,
    picture_url,
    pictures_of,
    view_box,
)
from layers.services.matrix import SourceTile, sources_of
from layers.services.packs.packed_tiles import packed_bodies
from layers.services.seen_sources import seen_part_of, seen_sources
from layers.services.tile_service import TileService

READ_AT_ONCE = 64
"""Most tiles that are looked for in packs together."""


class TileNeeds(Struct, frozen=True):
    """A view of a layer of tiles. `within`: pixels of its grid where the service has anything; None: everywhere."""

    service: TileService
    view: View
    within: PixelBounds | None = None
    packs: tuple[Path, ...] = ()
    """MBTiles files beside the case, which are looked into before the network is asked."""
    may_fit: bool = True
    """True where maps on request are asked for in the pixels of the view."""
    overview: SourceTile | None = None
    """The tile that stands in for all others while these are fetched."""


def requests_of(needs: TileNeeds) -> tuple[str, ...]:
    """The addresses that the view asks for where nothing of it is at hand, without what its packs have.

    Tiles that the server lacks would be asked for a level coarser: nobody knows that before. Raises BadTemplate where
    a time is missing.
    """
    service, view = needs.service, needs.view
    keys = plan_tiles(view, lambda _: False, None, needs.within, coarse=False).want
    drawn = service
    if needs.may_fit and not needs.packs and not service.is_tiled and not looks_beyond(service, view):
        drawn = fitted(service, view.grid)
    sources = (sources_of if drawn is service else fitted_sources)(view.grid, keys, drawn)
    shown = [
        seen_sources(each, seen_part_of(view, key), drawn.matrices) for key, each in zip(keys, sources, strict=True)
    ]
    tiles = dict.fromkeys(tile for each in shown for tile in each.tiles)
    if drawn is not service:
        seen = view_box(drawn, view)
        return tuple(
            picture_url(drawn, box_of(squares, seen)) for squares in _pictures(list(tiles), most_a_side(service))
        )
    if needs.overview is not None:
        tiles[needs.overview] = None
    return tuple(service.url(*tile) for tile in _unpacked(needs, list(tiles)))


def _pictures(squares: list[SourceTile], most: int) -> Iterator[tuple[SourceTile, ...]]:
    """The pictures in the order in which they are asked for: each is cut out of what is left."""
    while squares:
        picture = pictures_of(squares, most)[0]
        yield picture
        squares = [square for square in squares if square not in picture]


def _unpacked(needs: TileNeeds, tiles: list[SourceTile]) -> Iterator[SourceTile]:
    """The tiles that no pack has."""
    if not needs.packs:
        yield from tiles
        return
    for batch in batched(tiles, READ_AT_ONCE):
        bodies, _ = packed_bodies(needs.packs, needs.service, batch)
        yield from (tile for tile in batch if tile not in bodies)
