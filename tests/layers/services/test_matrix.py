from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.geo.crs import MERCATOR_HALF_M, WEB_MERCATOR, transform_points
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey
from layers.services.matrix import CELL_PX, fitted, level_for, level_resolution, sources_of
from layers.services.tile_service import TileService

SERVICE = TileService("t", "https://e.org/{z}/{x}/{y}", max_level=12)


@given(st.floats(0.01, 2e5))
def test_the_level_is_the_coarsest_whose_pixels_are_a_third_wider_at_most(resolution: float) -> None:
    level = level_for(resolution, SERVICE)
    if 0 < level < SERVICE.max_level:
        assert level_resolution(level, SERVICE) <= resolution * 4 / 3 * 1.0001
        coarser = level_resolution(level - 1, SERVICE)
        assert coarser > resolution * 4 / 3 * 0.9999
        assert coarser - resolution >= resolution - level_resolution(level, SERVICE) - 1e-6, "it is the nearest one"


def test_at_a_levels_own_resolution_that_level_is_taken() -> None:
    assert [level_for(level_resolution(level, SERVICE), SERVICE) for level in range(13)] == list(range(13))
    assert level_for(0.1, SERVICE) == 12
    assert level_for(0.0, SERVICE) == 0


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326", "EPSG:32652", "EPSG:3995"])
def test_points_fall_where_the_projection_says(crs: str) -> None:
    x, y = (float(v) for v in transform_points("EPSG:4326", crs, 128.3, 51.9))
    resolution = 0.01 if crs == "EPSG:4326" else 900.0
    grid = TileGrid(crs, resolution, x, y, 20.0)
    (sources,) = sources_of(grid, [TileKey(0, 0, 0)], SERVICE)
    step = level_resolution(sources.level, SERVICE)
    world = grid.tile_affine(TileKey(0, 0, 0)).apply(3 * CELL_PX, 5 * CELL_PX)
    mx, my = transform_points(crs, WEB_MERCATOR, *world)
    expected = ((float(mx) + MERCATOR_HALF_M) / step, (MERCATOR_HALF_M - float(my)) / step)
    assert sources.points[5, 3] == pytest.approx(expected)
    seen = {(int(px // TILE_PX), int(py // TILE_PX)) for px, py in sources.points.reshape(-1, 2)}
    assert seen <= {(tile.x, tile.y) for tile in sources.tiles}
    assert len(sources.tiles) <= 16


def test_columns_run_on_past_the_antimeridian_and_name_tiles_that_exist() -> None:
    x, _ = (float(v) for v in transform_points("EPSG:4326", WEB_MERCATOR, 180.0, 0.0))
    grid = TileGrid(WEB_MERCATOR, 1000.0, x - 128_000.0, 128_000.0)
    (sources,) = sources_of(grid, [TileKey(0, 0, 0)], SERVICE)
    count = 2**sources.level
    assert sources.columns.stop > count
    assert all(0 <= tile.x < count for tile in sources.tiles)
    local = TileGrid("EPSG:32601", 1000.0, 100_000.0, 5_500_000.0)
    (sources,) = sources_of(local, [TileKey(0, 0, 0)], SERVICE)
    assert np.ptp(sources.points[..., 0]) < 1000
    assert all(0 <= tile.x < 2**sources.level for tile in sources.tiles)


def test_outside_the_world_there_is_nothing() -> None:
    grid = TileGrid(WEB_MERCATOR, 1000.0, 0.0, 9e7)
    assert sources_of(grid, [TileKey(0, 0, 0)], SERVICE)[0].is_empty
    fine_only = TileService("t", "https://e.org/{z}/{x}/{y}", min_level=10, max_level=12)
    assert sources_of(TileGrid(WEB_MERCATOR, 1e5), [TileKey(0, 0, 0)], fine_only)[0].is_empty
    assert sources_of(grid, [], SERVICE) == []


def test_a_display_tile_of_a_levels_own_pixels_needs_no_neighbours() -> None:
    step = level_resolution(9, SERVICE)
    origin = -MERCATOR_HALF_M + 64 * TILE_PX * step
    keys = [TileKey(0, column, row) for column in range(3) for row in range(3)]
    whole = sources_of(TileGrid(WEB_MERCATOR, step, origin, -origin), keys, SERVICE)
    assert [source.tiles for source in whole] == [((9, 64 + key.col, 64 + key.row),) for key in keys]
    between = sources_of(TileGrid(WEB_MERCATOR, step, origin + 0.5 * step, -origin), keys, SERVICE)
    assert all(len(source.tiles) > 1 for source in between), "what is sampled needs the pixels around"


@pytest.mark.bounded
@given(
    st.floats(0.3, 3e5),
    st.floats(-MERCATOR_HALF_M, MERCATOR_HALF_M),
    st.floats(-MERCATOR_HALF_M, MERCATOR_HALF_M),
    st.integers(0, 4),
)
def test_an_upright_grid_needs_the_tiles_of_one_that_was_turned_all_round(
    resolution: float, x: float, y: float, first: int
) -> None:
    service = TileService("t", "https://e.org/{z}/{x}/{y}", min_level=first, max_level=12)
    keys = [TileKey(0, column, row) for column in range(-2, 3) for row in (-1, 0, 1)]
    upright = sources_of(TileGrid(WEB_MERCATOR, resolution, x, y), keys, service)
    turned = sources_of(TileGrid(WEB_MERCATOR, resolution, x, y, 360.0), keys, service)
    for one, other in zip(upright, turned, strict=True):
        assert one.level == other.level
        assert one.points == pytest.approx(other.points, rel=1e-9, abs=1e-4)
        if not other.is_too_coarse:
            # A turn all round is off by some billionths of a pixel: at an edge that may be a neighbour more or less.
            assert len({tile[1:] for tile in one.tiles} ^ {tile[1:] for tile in other.tiles}) <= 8


def test_tiles_are_planned_without_a_package_that_takes_long_to_import() -> None:
    code = """if True:
        import sys
        from layers.grid.tile_grid import TileGrid, TileKey
        from layers.services.matrix import sources_of
        from layers.services.tile_service import TileService
        service = TileService("t", "https://e.org/{z}/{x}/{y}")
        sources_of(TileGrid("EPSG:3857", 100.0, 1e6, 6e6), [TileKey(0, 0, 0)], service)
        assert "numpy.ma" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32652", "EPSG:3995", "EPSG:3035"])
@pytest.mark.parametrize("resolution_m", [0.5, 30.0, 1000.0, 4000.0])
def test_cells_are_as_few_as_the_curve_allows(crs: str, resolution_m: float) -> None:
    x, y = (float(v) for v in transform_points("EPSG:4326", crs, 20.3, 61.9))
    grid = TileGrid(crs, resolution_m / (111_000.0 if crs == "EPSG:4326" else 1.0), x, y, 20.0)
    (sources,) = sources_of(grid, [TileKey(0, 0, 0)], SERVICE)
    points = fitted(sources.points)
    cells = len(points) - 1
    assert cells == 1 or resolution_m > 1.0, "a map in detail is as good as flat"
    side, matrix = TILE_PX / cells, SERVICE.matrices.matrices[sources.level]
    for px, py in np.random.default_rng(1).uniform(0, TILE_PX, (40, 2)):
        column, row = int(px // side), int(py // side)
        u, v = px / side - column, py / side - row
        corners = points[row : row + 2, column : column + 2]
        straight = (corners[0, 0] * (1 - u) + corners[0, 1] * u) * (1 - v) + (
            corners[1, 0] * (1 - u) + corners[1, 1] * u
        ) * v
        mx, my = transform_points(crs, WEB_MERCATOR, *grid.tile_affine(TileKey(0, 0, 0)).apply(px, py))
        exact = np.array([(float(mx) - matrix.left), (matrix.top - float(my))]) / matrix.resolution
        assert np.hypot(*(straight - exact)) * sources.enlarged < 0.2
