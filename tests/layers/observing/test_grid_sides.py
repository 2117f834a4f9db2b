"""Compass words for grids of turned images."""

from __future__ import annotations

import pytest
import shapely

from layers.geo.measure import azimuth_deg
from layers.observing.grid_sides import counted_from, is_turned, side_of_cell
from layers.observing.search_grid import SearchGrid, grid_over

WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


def grid(bearing: float, rows: int = 5, columns: int = 5) -> SearchGrid:
    return grid_over(shapely.box(169.4, -19.55, 169.453, -19.5), rows, columns, row_bearing_deg=bearing)


def test_a_radar_image_whose_rows_run_south_is_counted_from_the_east() -> None:
    turned = grid(194.4)
    assert counted_from(turned) == (
        "The image lies turned: its rows are counted from the east, its columns from the north."
    )
    assert [side_of_cell(turned, *cell) for cell in ((1, 1), (3, 3), (5, 5))] == ["north-east", "middle", "south-west"]


@pytest.mark.parametrize(
    ("bearing", "turned"), [(90, False), (112, False), (68, False), (113, True), (0, True), (270, True)]
)
def test_a_small_turn_needs_no_words(bearing: float, turned: bool) -> None:
    assert is_turned(grid(bearing)) == turned
    assert (counted_from(grid(bearing)) is not None) == turned


@pytest.mark.parametrize("bearing", [0.0, 45.0, 101.0, 194.0, 300.0])
def test_a_cell_lies_where_its_side_says(bearing: float) -> None:
    turned = grid(bearing, 4, 6)
    for row in range(1, 5):
        for column in range(1, 7):
            side = side_of_cell(turned, row, column)
            if side != "middle":
                azimuth = azimuth_deg(turned.lon, turned.lat, *turned.middle(row, column))
                off = (azimuth - 45.0 * WINDS.index(side) + 180.0) % 360.0 - 180.0
                assert abs(off) <= 22.6
