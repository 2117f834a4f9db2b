from __future__ import annotations

import numpy as np
import pytest

from layers.geo.crs import transform_points
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey, View
from layers.grid.tile_plan import tiles_in
from layers.services.matrix import SourceTile, sources_of
from layers.services.seen_sources import WHOLE_TILE, TilePart, covered_part, seen_part_of, seen_sources
from layers.services.tile_service import TileService

SERVICE = TileService("World", "http://127.0.0.1:1/{z}/{x}/{y}.png", max_level=18)
GRIDS = {
    "upright": TileGrid("EPSG:3857", 173.9, 1_100_000.0, 6_000_000.0),
    "turned": TileGrid("EPSG:3857", 173.9, 1_100_000.0, 6_000_000.0, 33.0),
    "utm": TileGrid("EPSG:32632", 118.0, 600_000.0, 5_300_000.0),
    "lon lat": TileGrid("EPSG:4326", 0.0011, 10.0, 47.0),
    "round the world": TileGrid("EPSG:3857", 30_000.0, -25_000_000.0, 8_000_000.0),
}


def view_of(grid: TileGrid) -> View:
    return View(grid, -130, -70, 700, 410)


def sampled(view: View) -> set[SourceTile]:
    """The tiles in which the middle of any pixel of a view lies, found pixel by pixel."""
    px, py = np.meshgrid(np.arange(view.width) + 0.5, np.arange(view.height) + 0.5)
    affine = view.affine
    x, y = affine.a * px + affine.b * py + affine.c, affine.d * px + affine.e * py + affine.f
    x, y = (np.asarray(axis) for axis in transform_points(view.grid.crs, SERVICE.crs, x, y))
    (level,) = {sources.level for sources in sources_of(view.grid, [TileKey(0, 0, 0)], SERVICE)}
    matrix = SERVICE.matrices.matrices[level]
    columns = np.floor((x - matrix.left) / matrix.resolution / 256).astype(int) % matrix.columns
    rows = np.floor((matrix.top - y) / matrix.resolution / 256).astype(int)
    there = (rows >= 0) & (rows < matrix.rows)
    return {SourceTile(level, int(c), int(r)) for c, r in zip(columns[there], rows[there], strict=True)}


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_a_view_needs_the_tiles_that_its_pixels_lie_in_and_hardly_more(grid: TileGrid) -> None:
    view = view_of(grid)
    keys = list(tiles_in(view))
    whole = sources_of(grid, keys, SERVICE)
    seen = [
        seen_sources(sources, seen_part_of(view, key), SERVICE.matrices)
        for key, sources in zip(keys, whole, strict=True)
    ]
    needed, all_tiles = {tile for each in seen for tile in each.tiles}, {tile for each in whole for tile in each.tiles}
    known = sampled(view)
    assert known <= needed <= all_tiles
    if grid.rotation_deg or grid.crs != SERVICE.crs:
        assert len(needed) <= len(all_tiles)
    else:  # a pixel beside the edge may be looked at, too
        around = sampled(View(grid, view.left - 2, view.top - 2, view.width + 4, view.height + 4))
        assert needed <= around


def test_what_is_seen_is_less_where_display_tiles_reach_beyond_the_view() -> None:
    view = view_of(GRIDS["upright"])
    keys = list(tiles_in(view))
    whole = sources_of(view.grid, keys, SERVICE)
    seen = {
        tile
        for key, sources in zip(keys, whole, strict=True)
        for tile in seen_sources(sources, seen_part_of(view, key), SERVICE.matrices).tiles
    }
    assert len(seen) < len({tile for sources in whole for tile in sources.tiles})


def test_the_sources_of_a_whole_tile_are_its_own() -> None:
    (sources,) = sources_of(GRIDS["upright"], [TileKey(0, 0, 0)], SERVICE)
    assert seen_sources(sources, WHOLE_TILE, SERVICE.matrices) is sources
    assert covered_part(sources, sources, WHOLE_TILE, SERVICE.matrices) == WHOLE_TILE


def test_a_part_that_is_covered_reaches_as_far_as_its_tiles() -> None:
    grid = GRIDS["upright"]
    (whole,) = sources_of(grid, [TileKey(0, 0, 0)], SERVICE)
    sliver = TilePart(TILE_PX - 3, 0, TILE_PX, TILE_PX)
    seen = seen_sources(whole, sliver, SERVICE.matrices)
    assert len(seen.columns) == 1 < len(whole.columns)
    covered = covered_part(seen, whole, sliver, SERVICE.matrices)
    assert covered.left < sliver.left
    assert (covered.top, covered.right, covered.bottom) == (0, TILE_PX, TILE_PX)
    # No pixel of it looks at another tile.
    assert seen_sources(whole, covered, SERVICE.matrices).tiles == seen.tiles
    wider = TilePart(covered.left - 2, *covered[1:])
    assert seen_sources(whole, wider, SERVICE.matrices).tiles != seen.tiles
