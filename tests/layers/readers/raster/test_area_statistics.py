"""Statistics of pixels inside an area, against counting them one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import convert
from rasterio.transform import from_bounds
from shapely import Point, Polygon

from layers.decoding import encoded
from layers.errors import NotReadable
from layers.geo.bounds import Bounds
from layers.readers.door.ops import run
from layers.readers.raster.area_statistics import band_statistics, pixels_inside
from layers.requests.imagery import AREA_PERCENTILES, BandStatistics, ReadArea
from tests.support.readers.tiny_rasters import SIZE, surface, write_raster

UTM = Bounds(400_000, 5_750_000, 401_280, 5_751_280)
CORNERS = st.tuples(st.floats(-5, 25), st.floats(-5, 25))


@pytest.mark.bounded
@settings(max_examples=60, deadline=None)
@given(st.lists(CORNERS, min_size=3, max_size=3, unique=True))
def test_a_pixel_counts_where_its_centre_is_inside(corners: list[tuple[float, float]]) -> None:
    triangle = Polygon(corners)
    inside = pixels_inside((tuple(corners),), (20, 20))
    for row in range(20):
        for column in range(20):
            centre = Point(column + 0.5, row + 0.5)
            if triangle.exterior.distance(centre) > 1e-6:
                assert inside[row, column] == triangle.contains(centre), (row, column)


def test_a_hole_is_outside_and_a_ring_that_is_none_is_refused() -> None:
    outer = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
    hole = ((2.0, 2.0), (8.0, 2.0), (8.0, 8.0), (2.0, 8.0))
    assert pixels_inside((outer, hole), (12, 12)).sum() == 100 - 36
    with pytest.raises(NotReadable, match="draw it anew"):
        pixels_inside((((0.0, 0.0), (float("nan"), 1.0), (1.0, 1.0)),), (4, 4))


@pytest.mark.parametrize(("dtype", "nodata"), [("uint8", 0), ("uint16", None), ("float32", float("nan"))])
def test_the_statistics_are_those_of_the_files_values(tmp_path: Path, dtype: str, nodata: float | None) -> None:
    values = surface(2, low=20, high=220).astype(dtype)
    if nodata is not None:
        values[:, 30:34, 30:40] = nodata
    path = write_raster(tmp_path / "image.tif", values, "EPSG:32652", UTM, nodata, ())
    a = from_bounds(*UTM, SIZE, SIZE)
    ring = ((4.2, 3.9), (40.7, 6.1), (35.5, 44.4), (8.8, 40.2))
    asked = ReadArea(
        str(path),
        bands=(1, 2),
        crs="EPSG:32652",
        affine=tuple(a)[:6],
        width=SIZE,
        height=SIZE,
        resampling="nearest",
        rings=(ring,),
    )
    header, arrays = run("area", ReadArea.of(asked.params()).params())
    assert arrays == ()
    area = Polygon(ring)
    inside = np.array([[area.contains(Point(x + 0.5, y + 0.5)) for x in range(SIZE)] for y in range(SIZE)])
    assert header["inside"] == inside.sum()
    for band, told in zip(values, header["bands"], strict=True):
        found = convert(told, BandStatistics)
        has_data = inside if nodata is None else inside & ~(np.isnan(band) if nodata != nodata else band == nodata)
        mine = band[has_data].astype(float)
        assert found.valid == mine.size < (inside.sum() + (nodata is None))
        assert (found.least, found.most) == (mine.min(), mine.max())
        assert (found.mean, found.std) == pytest.approx((mine.mean(), mine.std()))
        assert found.percentiles == pytest.approx(tuple(np.percentile(mine, AREA_PERCENTILES)))
        assert sum(found.histogram) == mine.size


def test_without_a_valid_pixel_nothing_is_claimed() -> None:
    found = band_statistics(np.full((3, 3), np.inf, "float32"), np.ones((3, 3), bool))
    assert found == BandStatistics(0)
    assert convert(encoded(found), BandStatistics) == found


def test_a_flat_band_has_one_bin() -> None:
    found = band_statistics(np.full((3, 3), 7, "uint16"), np.ones((3, 3), bool))
    assert (found.histogram, found.least, found.most) == ((9,), 7.0, 7.0)
