from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from layers.geo.bounds import Bounds
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey, View
from layers.grid.tile_plan import COARSE_LEVEL, PixelBounds, pixel_bounds, plan_tiles, tiles_in

GRID = TileGrid("EPSG:3857", 10.0)
views = st.builds(
    lambda left, top, width, height: View(GRID, left, top, width, height),
    st.integers(-5000, 5000),
    st.integers(-5000, 5000),
    st.integers(1, 2000),
    st.integers(1, 1200),
)
rules = st.integers(0, 2**32)


def some(seed: int):
    """A reproducible half of all tiles."""
    return lambda key: hash((seed, key)) % 2 == 0


def rectangle(key: TileKey) -> tuple[int, int, int, int]:
    size = TILE_PX << key.level
    return key.col * size, key.row * size, (key.col + 1) * size, (key.row + 1) * size


def touches(view: View, key: TileKey) -> bool:
    left, top, right, bottom = rectangle(key)
    return left < view.left + view.width and right > view.left and top < view.top + view.height and bottom > view.top


@given(views, rules)
def test_everything_had_is_shown_and_everything_lacking_is_wanted(view: View, seed: int) -> None:
    have = some(seed)
    plan = plan_tiles(view, have)
    exact = set(tiles_in(view))
    assert {key for key in plan.show if not key.level} == {key for key in exact if have(key)}
    assert {key for key in plan.want if not key.level} == {key for key in exact if not have(key)}
    for key in exact:
        over = TileKey(COARSE_LEVEL, key.col >> COARSE_LEVEL, key.row >> COARSE_LEVEL)
        assert have(key) or not have(over) or over in plan.show
    assert exact <= plan.keep
    assert set(plan.show) | set(plan.want) <= plan.keep


@given(views)
def test_the_exact_tiles_cover_the_view_without_overlap(view: View) -> None:
    tiles = list(tiles_in(view))
    covered = 0
    for key in tiles:
        left, top, right, bottom = rectangle(key)
        width = min(right, view.left + view.width) - max(left, view.left)
        height = min(bottom, view.top + view.height) - max(top, view.top)
        assert width > 0
        assert height > 0
        covered += width * height
    assert covered == view.width * view.height


@given(views, rules, st.tuples(st.floats(-100, 2100), st.floats(-100, 1300)))
def test_wishes_are_in_view_once_each_coarse_first_then_nearest(view, seed, cursor) -> None:
    want = plan_tiles(view, some(seed), cursor).want
    assert len(set(want)) == len(want)
    assert all(touches(view, key) for key in want)
    assert [key.level for key in want] == sorted((key.level for key in want), reverse=True)

    def distance(key: TileKey) -> float:
        return ((key.col + 0.5) * TILE_PX - view.left - cursor[0]) ** 2 + (
            (key.row + 0.5) * TILE_PX - view.top - cursor[1]
        ) ** 2

    exact = [distance(key) for key in want if not key.level]
    assert exact == sorted(exact)


def test_a_coarse_tile_is_wanted_only_where_much_is_missing() -> None:
    view = View(GRID, 0, 0, 8 * TILE_PX, 4 * TILE_PX)
    assert plan_tiles(view, lambda key: False).want[0] == TileKey(COARSE_LEVEL, 0, 0)
    assert all(not key.level for key in plan_tiles(view, lambda key: False, coarse=False).want)
    one_row_lacks = plan_tiles(view, lambda key: key.level == 0 and key.col < 7)
    assert len(one_row_lacks.want) == 4
    assert all(not key.level for key in one_row_lacks.want)


@given(views, st.tuples(st.integers(-6000, 6000), st.integers(-6000, 6000), st.integers(0, 3000), st.integers(0, 3000)))
def test_nothing_is_planned_where_the_layer_is_not(view: View, box: tuple[int, int, int, int]) -> None:
    within = PixelBounds(box[0], box[1], box[0] + box[2], box[1] + box[3])
    plan = plan_tiles(view, lambda key: False, within=within)
    for key in plan.want:
        left, top, right, bottom = rectangle(key)
        assert left < within.right
        assert right > within.left
        assert top < within.bottom
        assert bottom > within.top


def test_pixel_bounds_of_a_turned_grid_hold_all_corners() -> None:
    grid = TileGrid("EPSG:3857", 2.0, 1000.0, 2000.0, 30.0)
    bounds = Bounds(900.0, 1500.0, 1300.0, 1900.0)
    pixels = pixel_bounds(grid, bounds)
    for x in (bounds.left, bounds.right):
        for y in (bounds.bottom, bounds.top):
            px, py = grid.to_pixel(x, y)
            assert pixels.left - 1e-9 <= px <= pixels.right + 1e-9
            assert pixels.top - 1e-9 <= py <= pixels.bottom + 1e-9
