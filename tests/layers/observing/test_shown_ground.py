"""The ground that was shown: a cell counts when all its parts were on the screen."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.affinity import rotate

from layers.observing.search_cells import SHOWN
from layers.observing.search_grid import SearchGrid, grid_over
from layers.observing.shown_ground import ShownGround
from tests.support.searched_areas import AREA, GRID, is_ground

SLIVER = [(-0.875, 3e-06), (0.0, 0.0), (-1.0, 0.0), (0.0, 1.0)]
"""Corners of an area of which one cell has a needle, some grains of rounding wide."""


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


@pytest.mark.bounded
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


@pytest.mark.bounded
@given(
    st.floats(0.15, 1.6),
    st.floats(0.15, 1.6),
    st.floats(0.0, 360.0),
    st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=3, max_size=7, unique=True),
    st.integers(1, 3),
    st.integers(1, 3),
)
@example(1.0, 1.0, 9.0, SLIVER, 2, 2)
@example(1.0, 1.0, 7.0, SLIVER, 2, 2)
@settings(max_examples=60, deadline=None)
def test_each_cell_can_be_finished_whatever_the_area_and_the_view(
    across: float, down: float, turn: float, corners: list[tuple[float, float]], rows: int, columns: int
) -> None:
    area = shapely.Polygon([(169.42 + 0.02 * x, -19.52 + 0.02 * y) for x, y in corners])
    if not is_ground(area):
        return
    area = shapely.make_valid(area)
    grid = grid_over(area, rows, columns, row_bearing_deg=turn)
    ground, wide, high = ShownGround(grid, area), across * grid.width_m, down * grid.height_m
    for place in grid.cells_of(area):
        steps, most = 0, 3 * (2 + math.ceil(1 / across)) * (2 + math.ceil(1 / down))
        while (middle := ground.next_middle(place.row, place.column, wide, high)) is not None:
            before = ground.part_of(place.row, place.column)
            ((x, y),) = grid.on_grid(shapely.Point(middle)).coords
            ground.add(grid.on_earth(shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)))
            assert ground.part_of(place.row, place.column) > before
            steps += 1
            assert steps <= most
        assert ground.part_of(place.row, place.column) >= SHOWN


def squat_views(grid: SearchGrid, middle: tuple[float, float], side: float) -> shapely.Polygon:
    """The ground of a low and wide view, aslant on the grid, that holds a square of this side."""
    ((x, y),) = grid.on_grid(shapely.Point(middle)).coords
    turned = rotate(shapely.box(x - 3.2 * side, y - 0.613 * side, x + 3.2 * side, y + 0.613 * side), 14.6)
    return grid.on_earth(turned)


@pytest.mark.bounded
def test_views_aslant_leave_no_thread_at_which_the_walk_stands_still() -> None:
    area = rotate(shapely.box(169.440, -19.540, 169.458, -19.522), 14.6)
    grid = grid_over(area, 2, 2, row_bearing_deg=75.4)
    ground = ShownGround(grid, area)
    for place in grid.cells_of(area):
        steps = 0
        while (middle := ground.next_middle(place.row, place.column, 70.0, 70.0)) is not None:
            before = ground.part_of(place.row, place.column)
            ground.add(squat_views(grid, middle, 70.0))
            assert ground.part_of(place.row, place.column) > before
            steps += 1
            assert steps < 400


def test_ground_outside_the_image_need_not_be_shown() -> None:
    left, bottom, right, top = AREA.bounds
    image = shapely.box(left, bottom, left + 0.5 * (right - left), top)
    ground = ShownGround(GRID, AREA, image)
    assert ground.outside(2, 1) == 0.0
    assert 0.4 < ground.outside(2, 3) < 0.6
    assert ground.outside(2, 5) == 1.0
    ground.add(image)
    assert ground.part_of(2, 3) >= SHOWN
    assert ground.part_of(2, 5) == 0.0
    assert ground.next_middle(2, 5, 100.0, 100.0) is None


def test_a_place_of_a_cell_in_a_view_lies_in_both() -> None:
    ground = ShownGround(GRID, AREA)
    view = view_at(GRID.middle(2, 3), GRID.width_m, GRID.height_m / 5)
    place = ground.place_in(2, 3, view)
    assert place is not None
    assert view.contains(shapely.Point(place))
    assert GRID.cell_at(*place) == (2, 3)
    assert ground.place_in(5, 5, view) is None
