import numpy as np
import pytest

from layers.geo.bounds import Bounds
from layers.geo.crs import transform_bounds, transform_points
from layers.grid.tile_grid import Affine
from layers.readers.mapping import MAX_ERROR_PX, Frame, Target, map_pixels

SCENE = Frame("EPSG:32652", Affine(1, 0, 400_000, 0, -1, 5_760_000), 16_384, 16_384)
WORLD = Frame("EPSG:4326", Affine(1 / 15, 0, -180, 0, -1 / 15, 90), 5400, 2700)
PACIFIC = Frame("EPSG:4326", Affine(1 / 15, 0, 100, 0, -1 / 15, 60), 2700, 1800)


def target(crs: str, bounds: Bounds, width: int = 256, height: int = 256) -> Target:
    affine = Affine(bounds.width / width, 0, bounds.left, 0, -bounds.height / height, bounds.top)
    return Target(crs, affine, width, height)


@pytest.mark.parametrize(
    ("frame", "crs", "bounds"),
    [
        (
            SCENE,
            "EPSG:3857",
            transform_bounds("EPSG:32652", "EPSG:3857", Bounds(400_000, 5_743_616, 416_384, 5_760_000)),
        ),
        (
            SCENE,
            "EPSG:3857",
            transform_bounds("EPSG:32652", "EPSG:3857", Bounds(410_000, 5_750_000, 410_100, 5_750_100)),
        ),
        (SCENE, "EPSG:4326", Bounds(120, 45, 135, 60)),
        (WORLD, "EPSG:3857", Bounds(-2e7, -2e7, 2e7, 2e7)),
        (WORLD, "EPSG:32652", Bounds(-2e6, 1e6, 3e6, 9.9e6)),
        (WORLD, "EPSG:3995", Bounds(1e6, 1e6, 4e6, 4e6)),
        (WORLD, "EPSG:3995", Bounds(-3e6, -3e6, 3e6, 3e6)),
        (WORLD, "EPSG:3995", Bounds(-1e5, 1e6, 1e5, 1.2e6)),
        (PACIFIC, "EPSG:3995", Bounds(-3e6, -3e6, 3e6, 3e6)),
        (PACIFIC, "EPSG:3857", Bounds(1.8e7, 0, 2.2e7, 4e6)),
    ],
)
def test_every_pixel_is_where_proj_says_to_an_eighth(frame, crs, bounds):
    wanted = target(crs, bounds)
    found = map_pixels(wanted, frame)
    px, py = np.meshgrid(np.arange(256) + 0.5, np.arange(256) + 0.5)
    x, y = transform_points(crs, frame.crs, *wanted.affine.apply(px, py))
    x, y = frame.affine.inverse().apply(x, y)
    allowed = MAX_ERROR_PX * found.scale * 1.05
    turn = np.inf if frame is SCENE else 360 / frame.affine.a
    found_x, found_y = found.at_pixels()
    off = np.abs(found_x - x)
    if frame is PACIFIC:  # whichever turn, it must be the one nearest to the raster
        assert np.nanmax(np.abs(found_x - frame.width / 2)) <= turn / 2 + allowed
    off = np.minimum(off, np.abs(off - turn))
    assert np.nanmax(off) < allowed
    assert np.nanmax(np.abs(found_y - y)) < allowed


def test_the_scale_is_source_pixels_a_target_pixel():
    bounds = Bounds(400_000, 5_750_000, 402_560, 5_752_560)
    assert map_pixels(target("EPSG:32652", bounds), SCENE).scale == pytest.approx(10)
    lonlat = transform_bounds("EPSG:32652", "EPSG:3857", bounds)
    assert map_pixels(target("EPSG:3857", lonlat), SCENE).scale == pytest.approx(10, rel=0.05)


def test_what_goes_round_the_world():
    assert WORLD.is_round_the_world
    assert not PACIFIC.is_round_the_world
    assert not SCENE.is_round_the_world
