"""The sentences of a search."""

from __future__ import annotations

import pytest

from layers.document.image import Image
from layers.document.search import Search
from layers.observing.search_cells import SearchCell, SearchSheet
from layers.observing.search_words import found_sentence, rest_sentence, search_sentence, suggestion, too_coarse
from tests.support.searched_areas import GRID


def test_a_target_under_three_pixels_is_too_coarse_with_both_numbers() -> None:
    sentence = too_coarse(30.0, 300.0)
    assert sentence is not None
    assert "30 m" in sentence
    assert "300 m" in sentence
    assert sentence.count(".") == 1


@pytest.mark.parametrize(("target_m", "pixel_m"), [(30.0, 10.0), (1.8, 0.6), (30.0, None), (None, 300.0), (30.0, 0.0)])
def test_a_target_of_three_pixels_is_seen(target_m: float | None, pixel_m: float | None) -> None:
    assert too_coarse(target_m, pixel_m) is None


def test_the_sentence_says_size_share_and_date() -> None:
    search = Search(uuid="s", target_size_m=30.0, assessed_pct=82.0, result="none seen")
    image = Image(uuid="i", image_key="k", acquired_at="2023-02-12", date_kind="instant")
    whole = "None of 30 m or more seen in the 82 % assessable on 12 February 2023; this does not show absence."
    assert search_sentence(search, image) == whole


def test_the_rest_tells_obscured_from_not_searched() -> None:
    sheet = SearchSheet(GRID).with_cell(SearchCell(2, 3, "cannot tell", "radar shadow"))
    search = Search(uuid="s", cells_json=sheet.text, obscured_pct=8.0, not_searched_pct=4.0)
    assert rest_sentence(search) == "8 % obscured (radar shadow), 4 % not searched."
    assert rest_sentence(Search(uuid="s", obscured_pct=0.0, not_searched_pct=0.0)) == ""


def test_cells_that_may_lie_in_shadow_are_counted_though_nothing_was_seen_in_them() -> None:
    sheet = SearchSheet(GRID)
    for column, dark in ((1, 0.86), (2, 0.72), (3, 0.1)):
        sheet = sheet.with_cell(SearchCell(1, column, "nothing seen", shown=1.0, dark=dark))
    search = Search(uuid="s", cells_json=sheet.text, not_searched_pct=88.0, result="none seen")
    assert rest_sentence(search) == (
        "88 % not searched. Of 3 cells looked at, 2 are largely at the noise floor of the radar image: little can be"
        " told there."
    )
    one = SearchSheet(GRID).with_cell(SearchCell(1, 1, "nothing seen", shown=1.0, dark=0.9))
    assert "Of 1 cell looked at, 1 is largely" in rest_sentence(Search(uuid="s", cells_json=one.text))
    seen = SearchSheet(GRID).with_cell(SearchCell(1, 1, "found", shown=1.0, dark=0.9))
    assert rest_sentence(Search(uuid="s", cells_json=seen.text)) == ""


def test_a_suggestion_says_why() -> None:
    assert "87 %" in str(suggestion(SearchCell(2, 4, dark=0.87)))
    assert "smooth ground or water" in str(suggestion(SearchCell(2, 4, dark=0.87)))
    assert "mask" in str(suggestion(SearchCell(2, 4, cloud=0.9)))
    assert "without data" in str(suggestion(SearchCell(2, 4, no_data=0.9)))
    assert suggestion(SearchCell(2, 4)) is None


def test_a_find_is_counted_in_cells() -> None:
    sheet = SearchSheet(GRID).with_cell(SearchCell(1, 1, "found")).with_cell(SearchCell(1, 2, "found"))
    search = Search(uuid="s", cells_json=sheet.text, target="vehicle", result="found")
    assert found_sentence(search) == "vehicle: found in 2 cells."
    assert found_sentence(Search(uuid="s", cells_json=sheet.text)) == "Found in 2 cells."
