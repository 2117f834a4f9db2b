"""Tests of what is read first, what together, and what no more."""

from __future__ import annotations

from layers.geo.bounds import Bounds
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.overviews import Lack
from viewer.rendering.raster.raster_reading import Reading, TileAsk
from viewer.rendering.raster.raster_wishes import RasterWishes
from viewer.rendering.tiles.wish_list import Wish

READING = Reading("a.tif", (1,), "nearest", "", 0)
GRID = TileGrid("EPSG:3857", 10.0)
PAIR = {TileKey(0, 0, 0): 1.0, TileKey(0, 1, 0): 2.0}
BOX = Bounds(0, 0, 5120, 5120)
INFO = RasterInfo("a.tif", "GTiff", 512, 512, (BandInfo(1, "uint8"),), "EPSG:3857", (10, 0, 0, 0, -10, 5120), BOX, BOX)


def asks(wishes: list[Wish]) -> list[TileAsk]:
    return [wish.ident for wish in sorted(wishes, key=lambda wish: wish.rank)]


def test_coarse_tiles_come_first_and_neighbours_are_one_read() -> None:
    found = asks(RasterWishes().tiles(READING, GRID, PAIR | {TileKey(3, 0, 0): 7.0}, Lack.NONE))
    assert [(ask.key.level, ask.width) for ask in found] == [(3, TILE_PX), (0, 2 * TILE_PX)]
    alone = asks(RasterWishes().tiles(READING, GRID, PAIR, Lack.LARGE))
    assert [ask.key for ask in alone] == list(PAIR), "each takes long"


def test_what_failed_together_is_wished_one_by_one_and_what_failed_alone_no_more() -> None:
    wishes = RasterWishes()
    (pair,) = asks(wishes.tiles(READING, GRID, PAIR, Lack.NONE))
    wishes.fail(pair)
    first, second = asks(wishes.tiles(READING, GRID, PAIR, Lack.NONE))
    wishes.fail(first)
    assert asks(wishes.tiles(READING, GRID, PAIR, Lack.NONE)) == [second]
    assert wishes.failed([first, second]) == [first]
    wishes.forgive()
    assert asks(wishes.tiles_ahead(READING, GRID, PAIR)) == [pair]


def test_what_a_reader_is_at_is_not_wished_twice() -> None:
    wishes = RasterWishes()
    (pair,) = asks(wishes.tiles(READING, GRID, PAIR, Lack.NONE))
    wishes.begin(pair)
    assert wishes.tiles(READING, GRID, PAIR, Lack.NONE) == []
    wishes.settle(pair)
    assert asks(wishes.tiles(READING, GRID, PAIR, Lack.NONE)) == [pair]


def test_the_whole_comes_last_or_first_where_each_tile_takes_long() -> None:
    wishes = RasterWishes()
    tiles = wishes.tiles(READING, GRID, PAIR, Lack.NONE)
    for lack, place in ((Lack.NONE, -1), (Lack.LARGE, 0)):
        found = wishes.with_whole(tiles, READING, INFO, "EPSG:3857", BOX, sampled=False, lack=lack)
        assert found[place].ident.is_overview
        assert asks(found)[place].is_overview
    wishes.fail(found[0].ident)
    assert wishes.with_whole(tiles, READING, INFO, "EPSG:3857", BOX, sampled=False, lack=Lack.LARGE) == tiles
