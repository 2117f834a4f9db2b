"""Tests of the reads of a raster: what is worth one, what is read first, what together, and what no more."""

from __future__ import annotations

import numpy as np
import pytest

from layers.geo.bounds import Bounds
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.overviews import Lack
from viewer.rendering.raster.raster_requests import (
    DEAR_BYTES,
    RasterRequests,
    RawReading,
    TileRead,
    coarse_pays,
    is_dear,
    overview_read,
    together,
)
from viewer.rendering.tiles.scheduler import TileRequest
from viewer.rendering.tiles.tile_cache import RawTile

BOX = Bounds(0, 0, 8192, 8192)
READING = RawReading("/x/a.tif", (1,), "bilinear", "", 0)


def info(*overviews: int) -> RasterInfo:
    return RasterInfo("/x/a.tif", "GTiff", 8192, 8192, (), "EPSG:3857", (1, 0, 0, 0, -1, 0), BOX, None, overviews)


@pytest.mark.parametrize(
    ("overviews", "pixels_across", "pays"),
    [((), 8192, False), ((2, 4, 8), 8192, True), ((2, 4), 8192, False), ((2, 4, 8, 16), 2048, False)],
)
def test_a_coarse_tile_needs_an_overview_of_its_own(overviews, pixels_across, pays):
    assert coarse_pays(info(*overviews), pixels_across) is pays


def test_the_small_picture_of_the_whole_is_not_made_of_all_pixels():
    assert overview_read(READING, info(), "EPSG:3857", BOX) is None
    read = overview_read(READING, info(2, 4, 8), "EPSG:3857", BOX)
    assert read is not None
    assert (read.width, read.height) == (512, 512)


GRID = TileGrid("EPSG:3857", 1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([(4, 2), (5, 2), (4, 3), (5, 3)], [(4, 2, 2, 1), (4, 3, 2, 1)]),
        ([(5, 3), (5, 2)], [(5, 2, 1, 2)]),
        ([(5, 3), (4, 3)], [(4, 3, 2, 1)]),
        ([(5, 2), (4, 3)], [(5, 2, 1, 1), (4, 3, 1, 1)]),
        ([(5, 3), (4, 2), (5, 2)], [(5, 3, 1, 1), (4, 2, 2, 1)]),
        ([(3, 2), (4, 2)], [(3, 2, 1, 1), (4, 2, 1, 1)]),
        ([(-1, -1), (-2, -1), (-1, -2), (-2, -2)], [(-2, -1, 2, 1), (-2, -2, 2, 1)]),
    ],
)
def test_neighbours_are_read_together(places, expected):
    reads = together(READING, GRID, [TileKey(0, *place) for place in places])
    assert [(a.key.col, a.key.row, a.width // TILE_PX, a.height // TILE_PX) for a in reads] == expected
    assert {part.key[1:] for read in reads for part in read.each()} == set(places)


@pytest.mark.parametrize("margin", [0, 2])
def test_what_was_read_together_is_what_each_tile_would_have_been(margin):
    read = TileRead(READING._replace(margin_px=margin), GRID, TileKey(0, 4, 2), 2 * TILE_PX, 2 * TILE_PX)
    side = 2 * TILE_PX + 2 * margin
    bands = np.arange(side * side, dtype=np.int32).reshape(1, side, side)
    mask = np.ones((side, side), bool)
    mask[-1, -1] = False
    tiles = {(part.key.col, part.key.row): raw for part, raw in read.split(RawTile(bands, mask))}
    assert list(tiles) == [(4, 2), (5, 2), (4, 3), (5, 3)]
    corner = tiles[5, 3]
    assert np.array_equal(corner.bands, bands[:, TILE_PX:, TILE_PX:])
    assert not corner.mask[-1, -1]
    assert tiles[4, 2].mask is None
    assert np.array_equal(tiles[4, 2].bands, bands[:, : TILE_PX + 2 * margin, : TILE_PX + 2 * margin])
    assert not np.shares_memory(tiles[4, 2].bands, bands)  # a tile that stays must not keep its neighbours


BAND = RawReading("a.tif", (1,), "nearest", "", 0)
COARSE = TileGrid("EPSG:3857", 10.0)
PAIR = {TileKey(0, 0, 0): 1.0, TileKey(0, 1, 0): 2.0}
SQUARE = Bounds(0, 0, 5120, 5120)
SMALL = RasterInfo(
    "a.tif", "GTiff", 512, 512, (BandInfo(1, "uint8"),), "EPSG:3857", (10, 0, 0, 0, -10, 5120), SQUARE, SQUARE
)


def reads(requests: list[TileRequest]) -> list[TileRead]:
    return [request.ident for request in sorted(requests, key=lambda request: request.rank)]


def test_coarse_tiles_come_first_and_neighbours_are_one_read() -> None:
    found = reads(RasterRequests().tiles(BAND, COARSE, PAIR | {TileKey(3, 0, 0): 7.0}, Lack.NONE))
    assert [(read.key.level, read.width) for read in found] == [(3, TILE_PX), (0, 2 * TILE_PX)]
    alone = reads(RasterRequests().tiles(BAND, COARSE, PAIR, Lack.LARGE))
    assert [read.key for read in alone] == list(PAIR), "each takes long"


def test_what_failed_together_is_wished_one_by_one_and_what_failed_alone_no_more() -> None:
    requests = RasterRequests()
    (pair,) = reads(requests.tiles(BAND, COARSE, PAIR, Lack.NONE))
    requests.fail(pair)
    first, second = reads(requests.tiles(BAND, COARSE, PAIR, Lack.NONE))
    requests.fail(first)
    assert reads(requests.tiles(BAND, COARSE, PAIR, Lack.NONE)) == [second]
    assert requests.failed([first, second]) == [first]
    requests.forgive()
    assert reads(requests.tiles_ahead(BAND, COARSE, PAIR)) == [pair]


def test_what_a_reader_is_at_is_not_wished_twice() -> None:
    requests = RasterRequests()
    (pair,) = reads(requests.tiles(BAND, COARSE, PAIR, Lack.NONE))
    requests.begin(pair)
    assert requests.tiles(BAND, COARSE, PAIR, Lack.NONE) == []
    requests.settle(pair)
    assert reads(requests.tiles(BAND, COARSE, PAIR, Lack.NONE)) == [pair]


def test_a_view_is_dear_by_the_bytes_that_it_is_expected_to_fetch() -> None:
    """A file of 8192 pixels, seen 1024 wide from an overview of 2048: four pixels are read for each on the screen."""
    file, view_px = info(2, 4), 1024 * 768
    a_pixel = DEAR_BYTES / (4 * view_px)
    for factor, is_it in ((0.99, False), (1.01, True)):
        assert is_dear(file, round(factor * a_pixel * 8192**2), 1024.0, view_px) is is_it
    assert not is_dear(file, 0, 0.0, view_px)


def test_the_whole_comes_last_or_first_where_each_tile_takes_long() -> None:
    requests = RasterRequests()
    tiles = requests.tiles(BAND, COARSE, PAIR, Lack.NONE)
    for is_first, place in ((False, -1), (True, 0)):
        found = requests.with_whole(tiles, BAND, SMALL, "EPSG:3857", SQUARE, sampled=False, is_first=is_first)
        assert found[place].ident.is_overview
        assert reads(found)[place].is_overview
    requests.fail(found[0].ident)
    assert requests.with_whole(tiles, BAND, SMALL, "EPSG:3857", SQUARE, sampled=False, is_first=True) == tiles
