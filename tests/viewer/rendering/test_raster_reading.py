"""What is worth a read: stand-ins only where the file stores pixels for them."""

from __future__ import annotations

import pytest

from layers.geo.bounds import Bounds
from layers.raster.info import RasterInfo
from viewer.rendering.raster_reading import Reading, coarse_pays, overview_ask

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
