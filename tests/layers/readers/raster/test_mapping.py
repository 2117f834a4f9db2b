import numpy as np
import pytest

from layers.geo.bounds import Bounds
from layers.geo.crs import transform_bounds, transform_points
from layers.grid.tile_grid import Affine
from layers.readers.raster.mapping import MAX_ERROR_PX, PLANE_ERROR_PX, PixelFrame, Target, map_pixels

SCENE = PixelFrame("EPSG:32652", Affine(1, 0, 400_000, 0, -1, 5_760_000), 16_384, 16_384)
WORLD = PixelFrame("EPSG:4326", Affine(1 / 15, 0, -180, 0, -1 / 15, 90), 5400, 2700)
PACIFIC = PixelFrame("EPSG:4326", Affine(1 / 15, 0, 100, 0, -1 / 15, 60), 2700, 1800)


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
    found_x, found_y = found.in_window((1, 1), (0, 0))
    off = np.abs(found_x - x)
    if frame is PACIFIC:  # whichever turn, it must be the one nearest to the raster
        assert np.nanmax(np.abs(found_x - frame.width / 2)) <= turn / 2 + allowed
    off = np.minimum(off, np.abs(off - turn))
    assert np.nanmax(off) < allowed
    assert np.nanmax(np.abs(found_y - y)) < allowed


def test_a_small_tile_is_a_plane_and_meets_the_next_one():
    """What stands on a plane is added up, not interpolated; where two of them meet no step may show."""
    both = _mercator(Bounds(408_000, 5_750_000, 410_000, 5_751_000))
    middle = (both.left + both.right) / 2
    sides = [Bounds(both.left, both.bottom, middle, both.top), Bounds(middle, both.bottom, both.right, both.top)]
    found = [map_pixels(target("EPSG:3857", side), SCENE) for side in sides]
    assert all(mapping.x.shape == mapping.y.shape == (2, 2) for mapping in found)
    assert np.abs(found[0].x[:, 1] - found[1].x[:, 0]).max() < 2 * PLANE_ERROR_PX * found[0].scale
    assert np.abs(found[0].y[:, 1] - found[1].y[:, 0]).max() < 2 * PLANE_ERROR_PX * found[0].scale


def test_a_bent_tile_is_no_plane():
    assert map_pixels(target("EPSG:3857", _mercator(Bounds(300_000, 5_650_000, 500_000, 5_850_000))), SCENE).x.size > 4


@pytest.mark.parametrize("shift", [(-0.25, -0.25), (0.25, 0.4), (-0.6, 0.1)])
def test_over_the_edge_only_what_is_there_is_reached(shift):
    """Columns and rows of the source that a tile over its edge needs, and none for a tile beside it."""
    side = SCENE.width  # a pixel is a metre
    left, top = 400_000 + shift[0] * side, 5_760_000 - shift[1] * side
    found = map_pixels(target("EPSG:32652", Bounds(left, top - side, left + side, top)), SCENE)
    assert not found.lies_within(SCENE)
    for (low, high), by in zip(found.reach(SCENE), shift, strict=True):
        assert (low, high) == pytest.approx((max(0, by * side), min(side, (1 + by) * side)), abs=1e-6 * side)
    beside = map_pixels(target("EPSG:32652", Bounds(left + 2 * side, top - side, left + 3 * side, top)), SCENE)
    assert beside.reach(SCENE) is None


def _mercator(utm: Bounds) -> Bounds:
    return transform_bounds("EPSG:32652", "EPSG:3857", utm)


def test_the_scale_is_source_pixels_a_target_pixel():
    bounds = Bounds(400_000, 5_750_000, 402_560, 5_752_560)
    assert map_pixels(target("EPSG:32652", bounds), SCENE).scale == pytest.approx(10)
    lonlat = transform_bounds("EPSG:32652", "EPSG:3857", bounds)
    assert map_pixels(target("EPSG:3857", lonlat), SCENE).scale == pytest.approx(10, rel=0.05)


def test_what_goes_round_the_world():
    assert WORLD.is_round_the_world
    assert not PACIFIC.is_round_the_world
    assert not SCENE.is_round_the_world
