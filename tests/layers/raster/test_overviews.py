"""Rasters with too few overviews are told, and the names of those that are built for them."""

from __future__ import annotations

import pytest

from layers.geo.bounds import Bounds
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.overviews import Lack, lack_of, overview_name, overview_stem


def info(width: int, height: int, overviews: tuple[int, ...] = (), driver: str = "GTiff") -> RasterInfo:
    place = Bounds(0, 0, 1, 1)
    bands = (BandInfo(1, "uint8"),)
    return RasterInfo("a.tif", driver, width, height, bands, "", (1, 0, 0, 0, -1, 0), place, None, overviews)


@pytest.mark.parametrize(
    ("raster", "lack"),
    [
        (info(4000, 4000), Lack.NONE),
        (info(4001, 4000), Lack.MODERATE),
        (info(14_000, 14_000), Lack.MODERATE),
        (info(20_000, 20_000), Lack.LARGE),
        (info(20_000, 20_000, (2, 4, 8)), Lack.NONE),
        (info(100_000, 100_000, (2, 4)), Lack.LARGE),
        (info(1_000_000, 1_000_000), Lack.BEYOND),
        (info(1_000_000, 1_000_000, (256,)), Lack.NONE),
        (info(100_000, 100_000, driver="VRT"), Lack.NONE),
    ],
)
def test_what_is_lacking(raster: RasterInfo, lack: Lack) -> None:
    assert lack_of(raster) is lack


def test_names_tell_files_parts_and_states_apart() -> None:
    name = overview_name("/a/b.tif", "", 1, 2)
    assert name == overview_name("/a/../a/b.tif", "", 1, 2)
    others = [("/a/c.tif", "", 1, 2), ("/a/b.tif", "1", 1, 2), ("/a/b.tif", "", 2, 2), ("/a/b.tif", "", 1, 3)]
    assert len({name, *(overview_name(*other) for other in others)}) == 5
    stems = [overview_name(*other).startswith(overview_stem("/a/b.tif")) for other in others]
    assert stems == [False, False, True, True]
    assert name.endswith(".tif")
