"""Tests of what is worth a read: stand-ins only where the file stores pixels for them."""

from __future__ import annotations

import numpy as np
import pytest

from layers.geo.bounds import Bounds
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey
from layers.raster.info import RasterInfo
from viewer.rendering.raster.raster_reading import Reading, TileAsk, coarse_pays, overview_ask, together
from viewer.rendering.tiles.tile_cache import RawTile

BOX = Bounds(0, 0, 8192, 8192)
READING = Reading("/x/a.tif", (1,), "bilinear", "", 0)


def info(*overviews: int) -> RasterInfo:
    return RasterInfo("/x/a.tif", "GTiff", 8192, 8192, (), "EPSG:3857", (1, 0, 0, 0, -1, 0), BOX, None, overviews)


@pytest.mark.parametrize(
    ("overviews", "pixels_across", "pays"),
    [((), 8192, False), ((2, 4, 8), 8192, True), ((2, 4), 8192, False), ((2, 4, 8, 16), 2048, False)],
)
def test_a_coarse_tile_needs_an_overview_of_its_own(overviews, pixels_across, pays):
    assert coarse_pays(info(*overviews), pixels_across) is pays


def test_the_small_picture_of_the_whole_is_not_made_of_all_pixels():
    assert overview_ask(READING, info(), "EPSG:3857", BOX) is None
    ask = overview_ask(READING, info(2, 4, 8), "EPSG:3857", BOX)
    assert ask is not None
    assert (ask.width, ask.height) == (512, 512)


GRID = TileGrid("EPSG:3857", 1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("places", "reads"),
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
def test_neighbours_are_read_together(places, reads):
    asks = together(READING, GRID, [TileKey(0, *place) for place in places])
    assert [(a.key.col, a.key.row, a.width // TILE_PX, a.height // TILE_PX) for a in asks] == reads
    assert {part.key[1:] for ask in asks for part in ask.each()} == set(places)


@pytest.mark.parametrize("margin", [0, 2])
def test_what_was_read_together_is_what_each_tile_would_have_been(margin):
    ask = TileAsk(READING._replace(margin_px=margin), GRID, TileKey(0, 4, 2), 2 * TILE_PX, 2 * TILE_PX)
    side = 2 * TILE_PX + 2 * margin
    bands = np.arange(side * side, dtype=np.int32).reshape(1, side, side)
    mask = np.ones((side, side), bool)
    mask[-1, -1] = False
    tiles = {(part.key.col, part.key.row): raw for part, raw in ask.split(RawTile(bands, mask))}
    assert list(tiles) == [(4, 2), (5, 2), (4, 3), (5, 3)]
    corner = tiles[5, 3]
    assert np.array_equal(corner.bands, bands[:, TILE_PX:, TILE_PX:])
    assert not corner.mask[-1, -1]
    assert tiles[4, 2].mask is None
    assert np.array_equal(tiles[4, 2].bands, bands[:, : TILE_PX + 2 * margin, : TILE_PX + 2 * margin])
    assert not np.shares_memory(tiles[4, 2].bands, bands)  # a tile that stays must not keep its neighbours
