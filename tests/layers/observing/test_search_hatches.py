"""The hatches of searches that found nothing: obscured apart from not searched, both within the area."""

from __future__ import annotations

from typing import get_args

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.document.document import Document
from layers.document.search import Search
from layers.document.site import Site
from layers.observing.search_cells import CellState, SearchCell, SearchSheet, shares_of
from layers.observing.search_grid import grid_over
from layers.observing.search_hatches import hatches_in
from tests.support.searched_areas import AREA, GRID

STATES = st.sampled_from(get_args(CellState.__value__))


def case(sheet: SearchSheet, area: shapely.Geometry = AREA, result: str = "none seen") -> Document:
    site = Site(uuid="area", geometry=area, mark_kind="search area")
    search = Search(uuid="search", area_uuid="area", cells_json=sheet.text, result=result)
    return Document({"sites": (site,), "searches": (search,)})


@given(st.lists(STATES, min_size=25, max_size=25))
@settings(max_examples=40, deadline=None)
def test_both_hatches_cover_what_the_shares_say(states: list[CellState]) -> None:
    sheet = SearchSheet(GRID)
    for at, state in enumerate(states):
        sheet = sheet.with_cell(SearchCell(at // 5 + 1, at % 5 + 1, state, shown=1.0))
    (hatch,) = hatches_in(case(sheet), {"area"})
    whole = GRID.on_grid(AREA).area
    shares = shares_of(sheet, AREA)
    assert 100 * GRID.on_grid(hatch.obscured).area / whole == pytest.approx(shares.obscured_pct, abs=0.11)
    assert 100 * GRID.on_grid(hatch.missed).area / whole == pytest.approx(shares.not_searched_pct, abs=0.11)
    assert shapely.intersection(hatch.obscured, hatch.missed).area < 1e-9


def test_hatches_stay_within_the_area() -> None:
    triangle = shapely.Polygon([(169.40, -19.55), (169.45, -19.55), (169.40, -19.50)])
    sheet = SearchSheet(grid_over(triangle, 2, 2)).with_cell(SearchCell(2, 1, "cannot tell", "cloud"))
    (hatch,) = hatches_in(case(sheet, triangle), {"area"})
    assert not hatch.obscured.is_empty
    assert shapely.difference(hatch.missed, triangle.buffer(1e-5)).is_empty
    assert shapely.difference(hatch.obscured, triangle.buffer(1e-5)).is_empty


@pytest.mark.parametrize(
    ("result", "marks"), [("found", {"area"}), ("not assessable", {"area"}), ("none seen", {"other"})]
)
def test_other_searches_are_not_hatched(result: str, marks: set[str]) -> None:
    assert hatches_in(case(SearchSheet(GRID), result=result), marks) == ()


def test_a_search_without_cells_of_ours_is_not_hatched() -> None:
    document = case(SearchSheet(GRID))
    bare = Document(
        {"sites": document.sites.values(), "searches": (Search(uuid="b", area_uuid="area", result="none seen"),)}
    )
    assert hatches_in(bare, {"area"}) == ()
