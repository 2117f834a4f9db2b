"""Chips of rasters: exact pixels in a GeoTIFF, inline and from a reader process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.io import MemoryFile
from rasterio.transform import from_bounds

from layers.errors import CannotBePlaced
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.readers.door.ops import run
from layers.requests.imagery import ReadChip
from tests.support.readers.tiny_rasters import SIZE, surface, write_raster

UTM = Bounds(400_000, 5_750_000, 401_280, 5_751_280)
LONLAT = Bounds(128.0, 51.0, 128.2, 51.2)
IMAGES = [
    ("uint8", 3, 0, "EPSG:32652", UTM),
    ("uint16", 4, None, "EPSG:32652", UTM),
    ("int16", 1, -9999, "EPSG:4326", LONLAT),
    ("int8", 1, None, "EPSG:4326", LONLAT),
    ("float32", 1, float("nan"), "EPSG:3995", Bounds(500_000, -500_000, 501_280, -498_720)),
    ("float32", 3, -3.4e38, "EPSG:32652", UTM),
    ("float64", 1, None, "EPSG:32652", UTM),
]
LEFT, TOP, WIDTH, HEIGHT = 17, 40, 50, 31


def asked(path: Path, crs: str, bounds: Bounds, bands: int, left: int = LEFT, top: int = TOP) -> ReadChip:
    a = from_bounds(*bounds, SIZE, SIZE)
    affine = [a.a, a.b, a.c + left * a.a, a.d, a.e, a.f + top * a.e]
    numbers = list(range(1, bands + 1))
    params = {"path": str(path), "crs": crs, "affine": affine, "width": WIDTH, "height": HEIGHT, "bands": numbers}
    return ReadChip.of({**params, "resampling": "nearest"})


@pytest.mark.parametrize(("dtype", "bands", "nodata", "crs", "bounds"), IMAGES)
def test_a_chip_holds_the_values_of_the_file(
    tmp_path: Path, dtype: str, bands: int, nodata: float | None, crs: str, bounds: Bounds
) -> None:
    low, high = (-100, 100) if dtype == "int8" else (20, 220)
    values = surface(bands, low=low, high=high).astype(dtype)
    overviews = () if dtype.startswith("float") else (2, 4)  # GDAL never ends averaging with -3.4e38 for no value
    path = write_raster(tmp_path / "image.tif", values, crs, bounds, nodata, overviews)
    question = asked(path, crs, bounds, bands)
    header, (data, read, mask) = run("chip", question.params())
    assert header["content_type"] == "image/tiff"
    part = values[:, TOP : TOP + HEIGHT, LEFT : LEFT + WIDTH]
    assert mask.all()
    with MemoryFile(data.tobytes()) as memory, memory.open() as chip:
        assert chip.read().dtype == values.dtype
        assert np.array_equal(chip.read(), part)
        assert np.array_equal(read, part)
        assert tuple(chip.transform)[:6] == pytest.approx(tuple(question.affine))
        assert chip.crs == rasterio.crs.CRS.from_user_input(crs)


def test_pixels_without_data_stay_without_data(tmp_path: Path) -> None:
    values = surface(1).astype(np.uint8)
    values[:, TOP : TOP + 5, :] = 0
    path = write_raster(tmp_path / "image.tif", values, "EPSG:32652", UTM, 0)
    _, (data, _, mask) = run("chip", asked(path, "EPSG:32652", UTM, 1).params())
    assert not mask[:5].any()
    assert mask[5:].all()
    with MemoryFile(data.tobytes()) as memory, memory.open() as chip:
        assert np.array_equal(chip.read_masks(1) > 0, mask)


def test_where_nothing_is_no_chip_is_made(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "image.tif", surface(1).astype(np.uint8), "EPSG:32652", UTM)
    with pytest.raises(CannotBePlaced, match="no pixels"):
        run("chip", asked(path, "EPSG:32652", UTM, 1, left=5000).params())


@pytest.mark.bounded
def test_a_confined_reader_makes_the_same_chip(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "image.tif", surface(3).astype(np.uint16), "EPSG:32652", UTM)
    question = asked(path, "EPSG:32652", UTM, 3)
    pool = ReaderPool(workers=1)
    pool.start()
    try:
        answer = pool.ask(question)
    finally:
        pool.close()
    _, (data, bands, _) = run("chip", question.params())
    assert answer.arrays[0].tobytes() == data.tobytes()
    assert np.array_equal(answer.arrays[1], bands)
