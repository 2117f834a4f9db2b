from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.errors import InvalidValue, UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M, WEB_MERCATOR, WGS84, transform_points
from layers.services.packs.pack_plan import (
    MOST_AREAS,
    PackPlan,
    PackTile,
    pack_levels,
    plan_pack,
    size_words,
    time_words,
)
from layers.services.tile_matrix import TileMatrix, TileMatrixSet, mercator_quadtree, quadtree
from layers.services.tile_service import TileService

SKY = TileService("Sky", "https://tiles.example.org/{z}/{x}/{y}.jpg", max_level=18)
HALF = MERCATOR_HALF_M


def tiles_of(plan: PackPlan) -> list[PackTile]:
    return [
        PackTile(column.level.zoom, column.column, row)
        for column in plan.columns()
        for row in range(column.first, column.last + 1)
    ]


def test_the_tiles_of_an_area_are_counted_without_a_look_at_each() -> None:
    plan = plan_pack(SKY, [Bounds(128.0, 51.5, 128.6, 52.1)], (0, 12))
    tiles = tiles_of(plan)
    assert len(tiles) == len(set(tiles)) == plan.count()
    assert {tile.zoom for tile in tiles} == set(range(13))
    assert tiles[0] == (0, 0, 0)


@pytest.mark.bounded
@given(
    st.floats(-180, 180),
    st.floats(-85, 85),
    st.floats(0.001, 300),
    st.floats(0.001, 60),
    st.integers(0, 5),
)
def test_each_tile_that_meets_the_area_is_there_and_no_other(
    west: float, south: float, width: float, height: float, zoom: int
) -> None:
    north = min(south + height, 85.05)
    area = Bounds(west, south, west + width, north)
    tiles = set(tiles_of(plan_pack(SKY, [area], (zoom, zoom))))
    side = 2**zoom
    for column in range(side):
        for row in range(side):
            left, right = column / side * 360 - 180, (column + 1) / side * 360 - 180
            _, lats = transform_points(
                WEB_MERCATOR, WGS84, [0, 0], [HALF - row * 2 * HALF / side, HALF - (row + 1) * 2 * HALF / side]
            )
            slack = 1e-4
            meets_lon = any(
                left + turn + slack < area.right and area.left < right + turn - slack for turn in (-360, 0, 360, 720)
            )
            near_lon = any(
                left + turn - slack < area.right and area.left < right + turn + slack for turn in (-360, 0, 360, 720)
            )
            meets_lat = lats[1] + slack < area.top and area.bottom < lats[0] - slack
            near_lat = lats[1] - slack < area.top and area.bottom < lats[0] + slack
            if meets_lon and meets_lat:
                assert (zoom, column, row) in tiles
            if not (near_lon and near_lat):
                assert (zoom, column, row) not in tiles


@pytest.mark.parametrize("area", [Bounds(179.0, 0.1, -179.0, 1.0), Bounds(179.0, 0.1, 181.0, 1.0)])
def test_an_area_across_the_antimeridian_takes_both_edges_of_the_world(area: Bounds) -> None:
    tiles = tiles_of(plan_pack(SKY, [area], (5, 5)))
    assert {tile.column for tile in tiles} == {0, 31}


def test_areas_that_share_tiles_count_them_once() -> None:
    near = [Bounds(10.0, 50.0, 10.5, 50.5), Bounds(10.2, 50.2, 10.7, 50.7), Bounds(100.0, 10.0, 100.1, 10.1)]
    plan = plan_pack(SKY, near, (3, 11))
    tiles = tiles_of(plan)
    apart = {tile for area in near for tile in tiles_of(plan_pack(SKY, [area], (3, 11)))}
    assert set(tiles) == apart
    assert len(tiles) == len(apart) == plan.count()


def test_many_areas_are_taken_as_one() -> None:
    areas = [Bounds(lon, 1.0, lon + 0.01, 1.01) for lon in range(MOST_AREAS + 1)]
    plan = plan_pack(SKY, areas, (3, 3))
    assert plan.areas == (Bounds(0.0, 1.0, 100.01, 1.01),)


def test_the_service_limits_what_is_planned() -> None:
    bounded = TileService("Sky", SKY.template, bounds=Bounds(10.0, 50.0, 11.0, 51.0))
    assert plan_pack(bounded, [Bounds(-180, -80, 180, 80)], (8, 8)).count() < 8
    matrices = mercator_quadtree(256, 0, 6).matrices
    limited = TileMatrix(
        **{f: getattr(matrices[6], f) for f in TileMatrix.__struct_fields__} | {"limits": (3, 4, 5, 6)}
    )
    service = TileService("Sky", SKY.template, max_level=6, grid=TileMatrixSet(WEB_MERCATOR, (*matrices[:6], limited)))
    assert plan_pack(service, [Bounds(-180, -85, 180, 85)], (6, 6)).count() == 4


def test_a_grid_that_begins_elsewhere_is_numbered_as_the_quadtree() -> None:
    """The identifiers are letters, the first matrix is a part of zoom 3: only places count."""
    span = 2 * HALF / 8
    coarse = TileMatrix("a", -HALF + 5 * span, HALF - 2 * span, span / 256, 2, 2)
    fine = TileMatrix("b", -HALF + 5 * span, HALF - 2 * span, span / 512, 4, 4)
    service = TileService("Sky", SKY.template, max_level=1, grid=TileMatrixSet(WEB_MERCATOR, (coarse, fine)))
    assert [(level.level, level.zoom, level.left, level.top) for level in pack_levels(service)] == [
        (0, 3, 5, 2),
        (1, 4, 10, 4),
    ]
    tiles = tiles_of(plan_pack(service, [Bounds(-180, -85, 180, 85)], (3, 4)))
    assert {tile[1:] for tile in tiles if tile.zoom == 3} == {(5, 2), (5, 3), (6, 2), (6, 3)}
    assert len(tiles) == 4 + 16


@pytest.mark.parametrize(
    "grid",
    [
        quadtree(WGS84, Bounds(-180, -90, 180, 90), 256, 8),
        quadtree(WEB_MERCATOR, Bounds(-HALF + 1000, -HALF, HALF, HALF), 256, 8),
        TileMatrixSet(WEB_MERCATOR, (TileMatrix("0", -HALF, HALF, 2 * HALF / 256 / 1.5, 2, 2),)),
        quadtree(WEB_MERCATOR, Bounds(-HALF, -HALF, HALF, HALF), 640, 8),
    ],
)
def test_a_grid_that_no_mbtiles_can_hold_is_refused_in_a_sentence(grid: TileMatrixSet) -> None:
    service = TileService("Sky", SKY.template, max_level=len(grid.matrices) - 1, grid=grid)
    with pytest.raises(UnsupportedFormat, match=r"^The tiles of Sky lie on a grid .*Web Mercator.*\.$"):
        pack_levels(service)


@pytest.mark.parametrize(
    ("area", "zooms", "words"),
    [
        (Bounds(10, 51, 11, 50), (3, 4), "no area"),
        (Bounds(10, math.nan, 11, 50), (3, 4), "no area"),
        (Bounds(200, 0, 210, 1), (3, 4), "no area"),
        (Bounds(10, 86, 11, 89), (3, 4), "85 degrees"),
        (Bounds(10, 50, 11, 51), (19, 22), "levels 0 to 18"),
    ],
)
def test_what_is_no_area_or_level_is_refused(area: Bounds, zooms: tuple[int, int], words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        plan_pack(SKY, [area], zooms)


def test_a_whole_world_is_too_much_and_nothing_is_too_little() -> None:
    world = plan_pack(SKY, [Bounds(-180, -85, 180, 85)], (0, 18))
    with pytest.raises(InvalidValue, match="smaller area"):
        world.check()
    away = TileService("Sky", SKY.template, bounds=Bounds(0, 0, 1, 1))
    with pytest.raises(InvalidValue, match="no tile in this area"):
        plan_pack(away, [Bounds(50, 50, 51, 51)], (10, 10)).check()


def test_an_estimate_knows_how_many_tiles_may_be_asked_for_at_once() -> None:
    area = [Bounds(128.0, 51.5, 128.6, 52.1)]
    few, many = (plan_pack(replace(SKY, max_connections=count), area, (0, 12)).estimate() for count in (2, 6))
    assert few.seconds == 3 * many.seconds


def test_an_estimate_is_by_the_usual_and_then_by_what_was_measured() -> None:
    plan = plan_pack(SKY, [Bounds(10, 50, 10.5, 50.5)], (0, 12))
    usual = plan.estimate()
    assert usual.tiles == plan.count()
    assert usual.size_bytes == plan.count() * 18_000
    assert "tiles, about" in usual.words
    measured = plan.estimate(have=plan.count() - 10, bytes_a_tile=100.0, tiles_a_second=5.0)
    assert (measured.tiles, measured.size_bytes, measured.seconds) == (10, 1000, 2.0)


def test_sizes_and_times_are_words() -> None:
    assert [size_words(size) for size in (300, 12_000, 3_400_000, 120_000_000, 2_140_000_000)] == [
        "1 kB",
        "12 kB",
        "3.4 MB",
        "120 MB",
        "2.1 GB",
    ]
    words = [str(time_words(seconds)) for seconds in (0.2, 40, 200, 9000, 1e6)]
    assert words == ["1 second", "40 seconds", "4 minutes", "3 hours", "12 days"]
