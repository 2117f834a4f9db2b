"""The grid on which two rasters are compared: where both lie, in pixels as large as the coarser one's."""

from __future__ import annotations

import pytest

from layers.errors import CannotBePlaced
from layers.geo.crs import WGS84, transform_points
from layers.geo.measure import distance_m
from layers.grid.tile_grid import Affine
from layers.raster.common_grid import MOST_PX, PlacedRaster, common_grid

UTM = "EPSG:32652"


def _placed(name: str, left: float, top: float, pixel: float, width: int, height: int, crs: str = UTM) -> PlacedRaster:
    return PlacedRaster(name, crs, Affine(pixel, 0, left, 0, -pixel, top), width, height)


def test_the_grid_is_the_overlap_on_pixels_of_the_moving_one_or_as_coarse_as_the_other() -> None:
    moving = _placed("a", 500_000, 5_700_000, 10, 1000, 800)
    grid = common_grid(moving, _placed("b", 503_000, 5_698_000, 10, 1000, 1000))
    assert grid.step == pytest.approx(1, abs=1e-9)
    assert (grid.width, grid.height) == (700, 600)
    assert grid.affine.apply(0, 0) == pytest.approx((503_000, 5_698_000))
    assert common_grid(moving, _placed("b", 503_000, 5_698_000, 25, 1000, 1000)).step == pytest.approx(2.5)
    assert common_grid(moving, _placed("b", 500_000, 5_700_000, 2, 5000, 4000)).step == 1.0
    wide = common_grid(
        _placed("a", 500_000, 5_700_000, 1, 20_000, 10_000), _placed("b", 500_000, 5_700_000, 1, 20_000, 10_000)
    )
    assert wide.width <= MOST_PX
    assert wide.shift_px(1.0, 2.0) == pytest.approx((wide.step, 2 * wide.step))


def test_another_crs_and_the_other_side_of_the_date_line_are_found() -> None:
    lon, lat = (v.tolist() for v in transform_points(UTM, WGS84, [500_000, 508_000], [5_700_000, 5_694_000]))
    degrees = PlacedRaster(
        "d", WGS84, Affine((lon[1] - lon[0]) / 800, 0, lon[0], 0, (lat[1] - lat[0]) / 600, lat[0]), 800, 600
    )
    grid = common_grid(_placed("a", 500_000, 5_700_000, 10, 1000, 1000), degrees)
    assert grid.width == pytest.approx(800, abs=10)
    assert grid.height == pytest.approx(600, abs=10)
    east = PlacedRaster("e", WGS84, Affine(0.001, 0, 179.9, 0, -0.001, 10.0), 200, 100)
    west = PlacedRaster("w", WGS84, Affine(0.001, 0, -180.1, 0, -0.001, 10.0), 200, 100)
    assert common_grid(east, west)[2:4] == (200, 100)


def test_metres_are_those_of_the_ground() -> None:
    far_north = _placed("m", 14_000_000, 8_400_000, 10, 500, 500, "EPSG:3857")
    grid = common_grid(far_north, far_north)
    right, down = grid.along_m(10.0, -4.0)
    x, y = grid.affine.apply(250, 250)
    lons, lats = transform_points("EPSG:3857", WGS84, [x, x + 100], [y, y])
    assert right == pytest.approx(distance_m(lons[0], lats[0], lons[1], lats[1]), rel=1e-9)
    assert right < 65  # not the hundred metres of the map
    assert down < 0
    east, north = grid.ground_m(10.0, -4.0)
    assert east == pytest.approx(right, rel=1e-4)
    assert north == pytest.approx(-down, rel=1e-3)


@pytest.mark.parametrize(
    "other",
    [
        _placed("b", 600_000, 5_700_000, 10, 100, 100),
        _placed("b", 508_000, 5_700_000, 10, 12, 12),
        PlacedRaster("b", WGS84, Affine(0.001, 0, -60, 0, -0.001, -10), 100, 100),
    ],
)
def test_what_lies_apart_is_refused_in_a_sentence(other: PlacedRaster) -> None:
    with pytest.raises(CannotBePlaced) as caught:
        common_grid(_placed("a", 500_000, 5_700_000, 10, 1000, 800), other)
    assert caught.value.sentence.startswith("a and b ")
