"""The grid of a search: over polygons of any shape and place."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from layers.errors import InvalidValue
from layers.geo.measure import area_m2, azimuth_deg, distance_m
from layers.observing.search_grid import MOST_CELLS, SearchGrid, grid_over
from tests.support.searched_areas import areas, is_ground

COUNT = st.integers(1, 7)


@pytest.mark.bounded
@given(area=areas(), rows=COUNT, columns=COUNT, bearing=st.floats(0, 360))
@settings(max_examples=120, deadline=None)
def test_the_cells_share_all_of_the_area(area: BaseGeometry, rows: int, columns: int, bearing: float) -> None:
    if not is_ground(area):
        return
    grid = grid_over(area, rows, columns, row_bearing_deg=bearing)
    cells = grid.cells_of(area)
    assert sum(cell.share for cell in cells) == pytest.approx(1.0, abs=1e-4)
    assert all(0 < cell.share <= 1 + 1e-9 for cell in cells)
    assert len({(cell.row, cell.column) for cell in cells}) == len(cells) <= rows * columns


@pytest.mark.bounded
@given(area=areas(), rows=COUNT, columns=COUNT, bearing=st.floats(0, 360))
@settings(max_examples=80, deadline=None)
def test_each_cell_lies_where_it_says(area: BaseGeometry, rows: int, columns: int, bearing: float) -> None:
    if not is_ground(area):
        return
    grid = grid_over(area, rows, columns, row_bearing_deg=bearing)
    for row, column in ((1, 1), (rows, columns)):
        assert grid.cell_at(*grid.middle(row, column)) == (row, column)
        outline = grid.outline(row, column)
        assert outline.contains(shapely.Point(grid.middle(row, column)))
        assert grid.on_grid(outline).symmetric_difference(grid.cell(row, column)).area <= 1e-3 * grid.cell(1, 1).area


def test_a_row_runs_east_and_a_column_south() -> None:
    grid = grid_over(shapely.box(169.4, -19.55, 169.5, -19.5), 4, 8)
    first, beside, below = grid.middle(1, 1), grid.middle(1, 2), grid.middle(2, 1)
    assert azimuth_deg(*first, *beside) == pytest.approx(90, abs=0.1)
    assert azimuth_deg(*first, *below) % 360 == pytest.approx(180, abs=0.1)
    assert distance_m(*first, *beside) == pytest.approx(grid.width_m, rel=1e-4)


def test_rows_follow_a_bearing_as_an_images_do() -> None:
    grid = grid_over(shapely.box(169.4, -19.55, 169.5, -19.5), 5, 5, row_bearing_deg=194.0)
    assert azimuth_deg(*grid.middle(3, 3), *grid.middle(3, 4)) % 360 == pytest.approx(194, abs=0.1)
    assert azimuth_deg(*grid.middle(3, 3), *grid.middle(4, 3)) % 360 == pytest.approx(284, abs=0.1)


def test_cells_have_equal_areas_on_the_ground() -> None:
    grid = grid_over(shapely.box(20, 60, 24, 63), 6, 4)
    sizes = [area_m2(*grid.outline(row, 2).exterior.coords.xy) for row in (1, 3, 6)]
    assert max(sizes) / min(sizes) == pytest.approx(1.0, abs=1e-3)
    assert sizes[0] == pytest.approx(grid.width_m * grid.height_m, rel=1e-3)


def test_cells_beside_the_area_belong_to_no_search() -> None:
    triangle = shapely.Polygon([(0, 0), (1, 0), (0, 1)])
    cells = {(cell.row, cell.column) for cell in grid_over(triangle, 10, 10).cells_of(triangle)}
    assert (1, 10) not in cells
    assert (10, 10) in cells
    assert len(cells) < 70


def test_an_area_over_the_antimeridian_is_one_piece() -> None:
    area = shapely.MultiPolygon([shapely.box(179.9, 10, 180, 10.1), shapely.box(-180, 10, -179.9, 10.1)])
    grid = grid_over(area, 2, 4)
    assert len(grid.cells_of(area)) == 8
    assert grid.cell_at(179.95, 10.05) != grid.cell_at(-179.95, 10.05)


@pytest.mark.parametrize(
    "area",
    [
        shapely.Point(0, 0),
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.Polygon(),
        shapely.box(-170, -80, 170, 80),
        shapely.box(0, 0, 60, 60),
    ],
)
def test_what_cannot_be_gone_through_is_refused(area: BaseGeometry) -> None:
    with pytest.raises(InvalidValue, match="area"):
        grid_over(area, 5, 5)


def test_a_search_without_end_is_refused() -> None:
    area = shapely.box(0, 0, 1, 1)
    with pytest.raises(InvalidValue, match=str(MOST_CELLS)):
        grid_over(area, 21, 20)


def test_no_cell_is_beside_the_grid() -> None:
    grid = grid_over(shapely.box(0, 0, 1, 1), 5, 5)
    assert grid.cell_at(5, 5) is None
    assert grid.cell_at(math.nan, 0) is None
    assert isinstance(grid, SearchGrid)
