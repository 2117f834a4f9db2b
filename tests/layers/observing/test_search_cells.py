"""The cells of a search: what counts as looked at, and the shares that follow."""

from __future__ import annotations

import json
from typing import get_args

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.document.search import Search
from layers.document.vocabulary import WHYS
from layers.observing.search_cells import (
    CellState,
    SearchCell,
    SearchSheet,
    next_open,
    result_of,
    shares_of,
    sheet_of,
)
from layers.observing.search_grid import grid_over
from tests.support.searched_areas import AREA, GRID, areas, is_ground

PART = st.floats(0, 1)
CELLS = st.builds(
    SearchCell,
    row=st.integers(1, 5),
    column=st.integers(1, 5),
    answer=st.sampled_from(get_args(CellState.__value__)),
    why=st.sampled_from(("", *WHYS)),
    shown=st.sampled_from([0.0, 0.4, 0.999, 1.0]),
    no_data=PART,
    cloud=PART,
    dark=PART,
)


def sheet(answers: dict[tuple[int, int], str], shown: float = 1.0, **more: float) -> SearchSheet:
    """A sheet with an answer in each cell, "nothing seen" where none is told."""
    made = SearchSheet(GRID)
    for row in range(1, 6):
        for column in range(1, 6):
            answer = answers.get((row, column), "nothing seen")
            made = made.with_cell(SearchCell(row, column, answer, shown=shown, **more))  # type: ignore[arg-type]
    return made


@pytest.mark.bounded
@given(area=areas(), cells=st.lists(CELLS, max_size=30))
@settings(max_examples=120, deadline=None)
def test_the_three_shares_are_all_of_the_area(area: shapely.Polygon, cells: list[SearchCell]) -> None:
    if not is_ground(area):
        return
    made = SearchSheet(grid_over(area, 5, 5))
    for cell in cells:
        made = made.with_cell(cell)
    shares = shares_of(made, area)
    assert round(10 * sum(shares)) == 1000
    assert all(0 <= share <= 100 for share in shares)


@given(cells=st.lists(CELLS, max_size=30))
def test_a_sheet_comes_back_from_its_text(cells: list[SearchCell]) -> None:
    made = SearchSheet(GRID)
    for cell in cells:
        made = made.with_cell(cell)
    assert sheet_of(Search(uuid="s", cells_json=made.text)) == made


def test_radar_shadow_in_two_cells_leaves_at_most_92_per_cent() -> None:
    made = sheet({(2, 3): "cannot tell", (2, 4): "cannot tell"})
    assert shares_of(made, AREA) == (92.0, 8.0, 0.0)
    assert result_of(made) == "none seen"


def test_a_cell_that_was_not_shown_in_full_is_not_searched() -> None:
    assert shares_of(sheet({}, shown=0.9), AREA) == (0.0, 0.0, 100.0)
    assert result_of(sheet({}, shown=0.9)) == ""
    assert result_of(sheet({(1, 1): "found"}, shown=0.9)) == "found"


def test_skipped_is_not_searched_and_cannot_tell_is_obscured() -> None:
    made = sheet({(1, column): "skipped" for column in range(1, 6)} | {(2, 1): "cannot tell"})
    assert shares_of(made, AREA) == (76.0, 4.0, 20.0)


def test_cloud_and_lacking_data_hide_their_part_of_a_cell_that_was_looked_at() -> None:
    assert shares_of(sheet({}, cloud=0.25), AREA) == (75.0, 25.0, 0.0)
    assert shares_of(sheet({}, cloud=0.75, no_data=0.5), AREA) == (0.0, 100.0, 0.0)
    hidden = sheet({(1, 1): "skipped"}, cloud=1.0).cell(1, 1)
    assert hidden.obscured == 0.0


def test_all_cells_that_cannot_be_told_are_not_assessable() -> None:
    made = SearchSheet(GRID).with_cell(SearchCell(1, 1, "cannot tell", "cloud"))
    assert result_of(made) == "not assessable"
    assert result_of(SearchSheet(GRID)) == ""
    assert result_of(sheet({}, cloud=1.0)) == "not assessable"


def test_a_share_is_all_or_nothing_only_where_there_is_no_rest() -> None:
    assert shares_of(sheet({}, cloud=0.0003), AREA) == (99.9, 0.1, 0.0)
    assert shares_of(sheet({}, cloud=0.9997), AREA) == (0.1, 99.9, 0.0)
    assert shares_of(sheet({}), AREA) == (100.0, 0.0, 0.0)


def test_pixels_suggest_a_reason_and_nothing_more() -> None:
    assert SearchCell(1, 1, dark=0.7).suggested == "radar shadow"
    assert SearchCell(1, 1, dark=0.5).suggested == ""
    assert SearchCell(1, 1, cloud=0.6, dark=0.9).suggested == "cloud"
    assert SearchCell(1, 1, no_data=0.6).suggested == "not covered"
    assert shares_of(SearchSheet(GRID).with_cell(SearchCell(1, 1, dark=1.0)), AREA) == (0.0, 0.0, 100.0)


def test_the_next_cell_is_the_next_without_an_answer() -> None:
    places = GRID.cells_of(AREA)
    made = sheet({(1, 2): "", (4, 4): ""})
    assert next_open(made, places)[:2] == (1, 2)  # type: ignore[index]
    assert next_open(made, places, (1, 2))[:2] == (4, 4)  # type: ignore[index]
    assert next_open(made, places, (5, 1))[:2] == (1, 2)  # type: ignore[index]
    assert next_open(sheet({}), places) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        '[{"at": [0, 0], "showed": "none seen"}]',
        '{"grid": {"lon": 1}}',
        SearchSheet(GRID).text.replace('"rows":5', '"rows":0'),
        SearchSheet(GRID).text.replace('"rows":5', '"rows":1e9'),
        SearchSheet(GRID).text.replace('"rows":5', '"rows":400'),
        SearchSheet(GRID).text.replace('"cells":[]', '"cells":[{"row":1,"column":1,"answer":"gone"}]'),
        "[" * 100_000,
        json.dumps({"grid": {"lon": 1e300}}),
    ],
)
def test_cells_of_others_are_no_sheet(text: str) -> None:
    assert sheet_of(Search(uuid="s", cells_json=text)) is None
