"""Images of a whole side of the Earth: their bounds and their pixels reach the limb, as GDAL's do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from rasterio.warp import Resampling, reproject

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from layers.grid.tile_grid import Affine
from layers.pool.pool import ReaderPool
from layers.requests.imagery import ReadTile
from layers.requests.probe import Probe

HALF_M = 5434894.885
"""From the middle of a full disk to its edge."""
SIDE = 240
POOL = ReaderPool(inline=True)


def geostationary(lon: float, sweep: str = "x") -> str:
    return f"+proj=geos +h=35785831 +lon_0={lon} +sweep={sweep} +ellps=GRS80 +units=m +no_defs"


def full_disk(path: Path, crs: str, half_m: float = HALF_M) -> Path:
    rows, cols = np.mgrid[0:SIDE, 0:SIDE]
    values = ((cols // 20 + rows // 20) % 2 * 120 + 60).astype(np.uint8)
    place = {"crs": crs, "transform": from_origin(-half_m, half_m, 2 * half_m / SIDE, 2 * half_m / SIDE)}
    with rasterio.open(path, "w", "GTiff", SIDE, SIDE, 1, dtype="uint8", **place) as file:
        file.write(values, 1)
    return path


@pytest.mark.parametrize(("lon", "sweep"), [(-75.0, "x"), (140.7, "y"), (0.0, "y"), (-137.0, "x")])
def test_bounds_of_a_full_disk_reach_the_limb(lon: float, sweep: str) -> None:
    found = transform_bounds(geostationary(lon, sweep), WGS84, Bounds(-HALF_M, -HALF_M, HALF_M, HALF_M))
    assert found == pytest.approx((lon - 81.3, -81.33, lon + 81.3, 81.33), abs=0.01)


def test_bounds_of_a_quarter_of_a_disk_reach_its_limb() -> None:
    found = transform_bounds(geostationary(0.0), WGS84, Bounds(1e6, 0, HALF_M, HALF_M))
    assert found.top == pytest.approx(76.33, abs=0.05)
    assert found.right == pytest.approx(81.3, abs=0.05)


@pytest.mark.parametrize(
    ("crs", "half_m", "expected"),
    [
        ("+proj=ortho +lat_0=0 +lon_0=20 +ellps=sphere", 6.6e6, (-180, -90, 180, 90)),
        ("+proj=ortho +lat_0=50 +lon_0=20 +ellps=sphere", 6.6e6, (-180, -40, 180, 90)),
        ("+proj=nsper +h=3000000 +lat_0=0 +lon_0=100 +ellps=sphere", 4e6, (100 - 47.1, -47.1, 100 + 47.1, 47.1)),
    ],
)
def test_bounds_in_other_views_of_the_earth_reach_the_limb(
    crs: str, half_m: float, expected: tuple[float, float, float, float]
) -> None:
    found = transform_bounds(crs, WGS84, Bounds(-half_m, -half_m, half_m, half_m))
    assert found == pytest.approx(expected, abs=0.3)


def test_bounds_of_a_disk_on_a_web_map_reach_the_limb() -> None:
    found = transform_bounds(geostationary(0.0), WEB_MERCATOR, Bounds(-HALF_M, -HALF_M, HALF_M, HALF_M))
    assert found.right == pytest.approx(9.05e6, rel=0.001)
    assert found.top == pytest.approx(16.4e6, rel=0.01)


@pytest.mark.parametrize("lon", [-75.0, 140.7])
def test_a_full_disk_is_drawn_to_the_limb_as_gdal_draws_it(tmp_path: Path, lon: float) -> None:
    path = full_disk(tmp_path / "disk.tif", geostationary(lon))
    header = POOL.ask(Probe(str(path))).header["raster"]
    left, bottom, right, top = header["bounds_lonlat"]
    assert (right - left, top - bottom) == pytest.approx((162.6, 162.66), abs=0.05)
    width, height = 340, 340
    step = 170 / 340
    west, north = lon - 85.0, 85.0
    affine = Affine(step, 0.0, west, 0.0, -step, north)
    question = ReadTile(
        str(path), bands=(1,), crs=WGS84, affine=affine, width=width, height=height, resampling="nearest"
    )
    values, mask = POOL.ask(question).arrays
    with rasterio.open(path) as file:
        expected = np.zeros((height, width), np.uint8)
        reproject(
            rasterio.band(file, 1),
            expected,
            dst_crs=WGS84,
            dst_transform=from_origin(west, north, step, step),
            resampling=Resampling.nearest,
            tolerance=0.0,
        )
    is_there = expected > 0
    assert (mask != is_there).sum() <= 4, "pixels whose centre is on the limb itself"
    both = mask & is_there
    assert (values[0][both] != expected[both]).mean() < 0.002
    rows = np.flatnonzero(mask.any(axis=1))
    assert north - rows[0] * step == pytest.approx(81.3, abs=0.6)
