"""A page that says "none seen" hatches what was hidden and what nobody searched, and its legend tells the two apart."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from PySide6.QtGui import QImage

from layers.document.document import Document
from layers.document.search import Search
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.observing.search_cells import SearchCell, SearchSheet
from layers.observing.search_grid import grid_over
from layers.product.spec import ProductSpec
from tests.viewer.export.plates.conftest import MakePlate, picture, strips_differ
from viewer.canvas.search_painter import OBSCURED_COLOR, OPEN_COLOR
from viewer.export.plates.maps.legend_content import hatch_rows
from viewer.export.plates.plate_facts import facts_of

AREA = shapely.box(10.0, 50.0, 10.2, 50.13)
AROUND = Bounds(9.98, 49.98, 10.22, 50.15)
OBSCURED, MISSED = "Searched, but hidden from view: cannot be told", "Not searched"


def searched(result: str = "none seen", **answers: str) -> Document:
    """A case with one search area: two cells obscured, a column not searched, nothing seen in the rest."""
    sheet = SearchSheet(grid_over(AREA, 5, 5))
    for row in range(1, 6):
        for column in range(1, 5):
            is_dark = (row, column) in ((2, 3), (2, 4))
            answer = "cannot tell" if is_dark else "nothing seen"
            sheet = sheet.with_cell(SearchCell(row, column, answer, "radar shadow" if is_dark else "", shown=1.0))
    search = Search(
        uuid="search",
        area_uuid="area",
        cells_json=sheet.text,
        result=result,
        target="vehicle",
        target_size_m=30.0,
        assessed_pct=72.0,
        obscured_pct=8.0,
        not_searched_pct=20.0,
    )
    site = Site(uuid="area", geometry=AREA, mark_kind="search area", label="Valley")
    return Document({"sites": (site,), "searches": (search,)})


def colored(image: QImage, color: tuple[int, int, int]) -> int:
    """Number of pixels of about a colour."""
    return sum(
        all(abs(a - b) < 40 for a, b in zip(image.pixelColor(x, y).getRgb()[:3], color, strict=True))
        for y in range(0, image.height(), 2)
        for x in range(0, image.width(), 2)
    )


@pytest.mark.bounded
def test_both_kinds_are_hatched_and_in_the_legend(plate_of: MakePlate) -> None:
    plate = plate_of(ProductSpec(title="Valley", bounds=AROUND), searched())
    texts = [row.text for row in plate.legend]
    assert OBSCURED in texts
    assert MISSED in texts
    assert "Frame: an area that was searched" in texts
    facts = facts_of(plate)
    assert facts.maps[0].legend_missing == ()
    words = " ".join(text.words for text in facts.texts)
    assert "none of 30 m or more seen in the 72 % assessable; this does not show absence." in words.casefold()
    assert "8 % obscured (radar shadow), 20 % not searched." in words
    image = picture(plate, 96)
    assert colored(image, OBSCURED_COLOR.getRgb()[:3]) > 200
    assert colored(image, OPEN_COLOR.getRgb()[:3]) > 20


def test_hatches_without_a_legend_are_told_to_the_check(plate_of: MakePlate) -> None:
    plate = plate_of(ProductSpec(title="Valley", bounds=AROUND, left_out=frozenset({"legend"})), searched())
    assert facts_of(plate).maps[0].legend_missing == (OBSCURED, MISSED)


def test_a_search_that_found_something_is_not_hatched(plate_of: MakePlate) -> None:
    plate = plate_of(ProductSpec(title="Valley", bounds=AROUND), searched("found"))
    assert hatch_rows(plate.maps[0].hatches) == []


@pytest.mark.bounded
def test_strips_of_a_hatched_page_fit_each_other(plate_of: MakePlate, tmp_path: Path) -> None:
    assert strips_differ(plate_of(ProductSpec(title="Valley", bounds=AROUND), searched()), 96, 61) == []


@pytest.mark.bounded
def test_a_page_of_another_place_explains_no_hatches(plate_of: MakePlate) -> None:
    pad = Site(uuid="pad", geometry=shapely.Point(20.0, 40.0), label="Pad")
    valley = searched()
    document = Document({"sites": (*valley.sites.values(), pad), "searches": valley.searches.values()})
    plate = plate_of(ProductSpec(title="Pad", bounds=Bounds(19.9, 39.9, 20.1, 40.1)), document)
    assert plate.maps[0].hatches
    assert not [row for row in plate.legend if row.hatch]
    assert facts_of(plate).maps[0].legend_missing == ()
