"""The ground that was shown: a cell counts when all its parts were on the screen."""

from __future__ import annotations

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.observing.search_cells import SHOWN
from layers.observing.search_grid import grid_over
from layers.observing.shown_ground import ShownGround
from tests.support.searched_areas import AREA, GRID


def view_at(grid_middle: tuple[float, float], width_m: float, height_m: float) -> shapely.Polygon:
    """The ground of a view whose sides run along the grid."""
    ((along, down),) = GRID.on_grid(shapely.Point(grid_middle)).coords
    box = shapely.box(along - width_m / 2, down - height_m / 2, along + width_m / 2, down + height_m / 2)
    return GRID.on_earth(box)


def test_a_cell_within_the_view_was_shown() -> None:
    ground = ShownGround(GRID, AREA)
    ground.add(view_at(GRID.middle(2, 3), GRID.width_m * 1.1, GRID.height_m * 1.1))
    assert ground.part_of(2, 3) >= SHOWN
    assert 0 < ground.part_of(2, 4) < 0.2
    assert ground.part_of(5, 5) == 0.0
    assert ground.next_middle(2, 3, 100.0, 100.0) is None


@given(st.floats(0.15, 1.5), st.floats(0.15, 1.5))
@settings(max_examples=30, deadline=None)
def test_a_large_cell_is_gone_through_in_parts_until_all_was_shown(across: float, down: float) -> None:
    ground, wide, high = ShownGround(GRID, AREA), across * GRID.width_m, down * GRID.height_m
    steps = 0
    while (middle := ground.next_middle(3, 3, wide, high)) is not None:
        before = ground.part_of(3, 3)
        ground.add(view_at(middle, wide, high))
        assert ground.part_of(3, 3) > before
        steps += 1
        assert steps < 120
    assert ground.part_of(3, 3) >= SHOWN
    assert steps >= 1 / (across * down) - 1


def test_a_cell_at_the_edge_of_the_area_is_shown_when_its_part_of_the_area_is() -> None:
    triangle = shapely.Polygon([(169.40, -19.55), (169.45, -19.55), (169.40, -19.50)])
    grid = grid_over(triangle, 2, 2)
    ground = ShownGround(grid, triangle)
    ground.add(triangle)
    assert ground.part_of(1, 1) >= SHOWN
    assert ground.part_of(1, 2) in (0.0, 1.0)
    assert ground.part_of(2, 2) >= SHOWN


def test_views_of_elsewhere_show_nothing() -> None:
    ground = ShownGround(GRID, AREA)
    for seen in (shapely.Polygon(), shapely.box(0, 0, 1, 1), shapely.box(-180, -90, 180, 90)):
        ground.add(seen)
    assert ground.part_of(1, 1) in (0.0, 1.0)
    assert ground.part_of(9, 9) == 0.0
    assert ground.next_middle(9, 9, 10.0, 10.0) is None
