"""Searches cell by cell: begun, answered, undone, and refused where the image is too coarse."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.search import Search
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.observing.search_cells import SearchCell, sheet_of
from layers.observing.search_words import rest_sentence, search_sentence
from tests.support.searched_areas import AREA, GRID
from viewer.commands.imagery.cell_searches import answer_cell, begin_search, note_cells
from viewer.commands.imagery.searches import delete_searches, record_search, update_search

IMAGE = {"image_key": "product:x", "acquired_at": "2023-02-12", "date_kind": "instant", "sensor": "Umbra SAR"}
NOW = "2024-04-12T08:00:00Z"


@pytest.fixture
def document() -> Document:
    return Document({"sites": (Site(uuid="area", geometry=AREA, mark_kind="search area"),)})


def begin(document: Document, area: object = "area", size_m: float | None = 30.0, pixel_m: float = 0.6) -> Edit:
    return begin_search(
        document,
        area,  # type: ignore[arg-type]
        GRID,
        image=IMAGE,
        pixel_m=pixel_m,
        target="vehicle",
        target_size_m=size_m,
        actor="ana",
        now=NOW,
        uuid="search",
    )


def answered(document: Document, row: int, column: int, answer: str, why: str = "", shown: float = 1.0) -> None:
    cell = SearchCell(row, column, answer, why, shown=shown)  # type: ignore[arg-type]
    document.apply(answer_cell(document, "search", cell, actor="ana", now=NOW))


def test_a_search_begins_with_nothing_searched(document: Document) -> None:
    document.apply(begin(document))
    search = document.searches["search"]
    assert (search.assessed_pct, search.obscured_pct, search.not_searched_pct) == (0.0, 0.0, 100.0)
    assert (search.result, search.target_size_m, search.gsd_m, search.observer) == ("", 30.0, 0.6, "ana")
    assert document.images[search.image_uuid].sensor == "Umbra SAR"


def test_a_drawn_shape_becomes_a_search_area_in_the_same_step(document: Document) -> None:
    edit = begin(document, AREA)
    document.apply(edit)
    search = document.searches["search"]
    assert document.sites[search.area_uuid].mark_kind == "search area"
    document.apply(edit.inverse())
    assert not document.searches
    assert set(document.sites) == {"area"}


def test_a_target_under_three_pixels_is_refused_in_one_sentence_with_both_numbers(document: Document) -> None:
    with pytest.raises(InvalidValue, match=r"Too coarse: a target of 30 m .* pixels of 300 m") as refusal:
        begin(document, pixel_m=300.04)
    assert str(refusal.value).count(".") == 1
    assert not document.searches


@pytest.mark.parametrize("size_m", [None, 0.0, -3.0])
def test_a_target_without_a_size_is_refused(document: Document, size_m: float | None) -> None:
    with pytest.raises(InvalidValue, match="size"):
        begin(document, size_m=size_m)


def test_radar_shadow_in_two_cells_is_said_in_the_sentence(document: Document) -> None:
    document.apply(begin(document))
    for row in range(1, 6):
        for column in range(1, 6):
            if row == 2 and column in (3, 4):
                answered(document, row, column, "cannot tell", "radar shadow")
            else:
                answered(document, row, column, "nothing seen")
    search = document.searches["search"]
    assert search.result == "none seen"
    assert search.assessed_pct is not None
    assert search.assessed_pct <= 92.0
    image = document.images[search.image_uuid]
    sentence = (
        "vehicle: none of 30 m or more seen in the 92 % assessable on 12 February 2023; this does not show absence."
    )
    assert str(search_sentence(search, image)).lower() == sentence.lower()
    assert rest_sentence(search) == "8 % obscured (radar shadow)."


def test_what_was_found_is_marked_in_the_same_step_and_linked(document: Document) -> None:
    document.apply(begin(document))
    found = SearchCell(1, 2, "found", shown=1.0)
    edit = answer_cell(document, "search", found, place=(169.41, -19.51), actor="ana", now=NOW)
    document.apply(edit)
    sheet = sheet_of(document.searches["search"])
    assert sheet is not None
    (mark,) = sheet.cell(1, 2).marks
    assert document.sites[mark].label == "vehicle"
    assert document.sites[mark].observed_at == "2023-02-12"
    assert document.searches["search"].result == "found"
    document.apply(edit.inverse())
    assert set(document.sites) == {"area"}
    assert document.searches["search"].result == ""


def test_another_answer_no_longer_rests_on_the_mark(document: Document) -> None:
    document.apply(begin(document))
    found = SearchCell(1, 2, "found", shown=1.0)
    document.apply(answer_cell(document, "search", found, place=(169.41, -19.51), actor="ana", now=NOW))
    sheet = sheet_of(document.searches["search"])
    assert sheet is not None
    again = replace(sheet.cell(1, 2), answer="nothing seen")
    document.apply(answer_cell(document, "search", again, actor="ana", now=NOW))
    sheet = sheet_of(document.searches["search"])
    assert sheet is not None
    assert sheet.cell(1, 2).marks == ()
    assert len(document.sites) == 2
    assert document.searches["search"].result == "none seen"


def test_each_cell_is_a_step_of_its_own(document: Document) -> None:
    document.apply(begin(document))
    answered(document, 1, 1, "nothing seen")
    edit = answer_cell(document, "search", SearchCell(1, 2, "cannot tell", "cloud"), actor="ana", now=NOW)
    assert str(edit.label) == "Search row 1, column 2: cannot tell"
    document.apply(edit)
    document.apply(edit.inverse())
    sheet = sheet_of(document.searches["search"])
    assert sheet is not None
    assert [(cell.row, cell.column) for cell in sheet.cells] == [(1, 1)]
    assert sheet.cell(1, 1).by == "ana"


def test_a_reason_belongs_to_what_cannot_be_told(document: Document) -> None:
    document.apply(begin(document))
    answered(document, 1, 1, "nothing seen", "cloud")
    sheet = sheet_of(document.searches["search"])
    assert sheet is not None
    assert sheet.cell(1, 1).why == ""
    with pytest.raises(InvalidValue, match="reason"):
        answered(document, 1, 1, "cannot tell", "bad weather")


def test_pixels_are_noted_beside_answers(document: Document) -> None:
    document.apply(begin(document))
    answered(document, 1, 1, "nothing seen")
    document.apply(note_cells(document, "search", [SearchCell(1, 1, no_data=0.5, dark=0.7)], actor="ana", now=NOW))
    sheet = sheet_of(document.searches["search"])
    assert sheet is not None
    assert (sheet.cell(1, 1).answer, sheet.cell(1, 1).dark) == ("nothing seen", 0.7)
    assert document.searches["search"].assessed_pct == 2.0
    assert document.searches["search"].obscured_pct == 2.0


def test_none_seen_of_what_is_too_small_is_refused_by_hand_too(document: Document) -> None:
    with pytest.raises(InvalidValue, match="Too coarse"):
        record_search(document, actor="ana", result="none seen", target_size_m=30.0, assessed_pct=80.0, gsd_m=300.0)


def test_shares_of_more_than_all_are_refused(document: Document) -> None:
    with pytest.raises(InvalidValue, match="more than all of it"):
        record_search(document, actor="ana", assessed_pct=80.0, obscured_pct=10.0, not_searched_pct=20.0)


def test_a_search_without_cells_of_ours_takes_no_answer(document: Document) -> None:
    document.apply(record_search(document, actor="ana", uuid="search", area_uuid="area"))
    with pytest.raises(InvalidValue, match="grid"):
        answered(document, 1, 1, "nothing seen")
    document.apply(update_search(document, "search", actor="ana", words="none"))
    assert isinstance(document.searches["search"], Search)


def test_a_bare_polygon_becomes_the_search_area_and_one_that_is_used_is_copied(document: Document) -> None:
    drawn = Site(uuid="drawn", geometry=AREA, mark_kind="site", label="Valley")
    document = Document({"sites": (drawn,)})
    edit = begin(document, "drawn")
    document.apply(edit)
    assert (document.searches["search"].area_uuid, document.sites["drawn"].mark_kind) == ("drawn", "search area")
    document.apply(edit.inverse())
    assert document.sites["drawn"] == drawn
    document = Document({"sites": (drawn, Site(uuid="part", geometry=AREA.centroid, parent_uuid="drawn"))})
    document.apply(begin(document, "drawn"))
    area = document.sites[document.searches["search"].area_uuid]
    assert (area.mark_kind, area.label, document.sites["drawn"]) == ("search area", "Valley", drawn)


def test_an_area_that_a_search_made_goes_with_it_unless_something_stands_on_it(document: Document) -> None:
    document = Document()
    document.apply(begin(document, AREA))
    before = dict(document.sites)
    gone = delete_searches(document, ["search"])
    document.apply(gone)
    assert not document.sites
    assert not document.searches
    document.apply(gone.inverse())
    assert dict(document.sites) == before
    (area,) = before
    other = record_search(document, actor="ana", now="2026-06-01T00:00:00Z", area_uuid=area)
    document.apply(other)
    document.apply(delete_searches(document, ["search"]))
    assert area in document.sites
    document.apply(delete_searches(document, [other.changes[0].row.uuid]))
    assert area not in document.sites


def test_a_drawn_area_stays_when_its_search_is_deleted(document: Document) -> None:
    """Also one of the same person and second as its search."""
    stamps = {"created_at": NOW, "created_by": "ana"}
    document = Document({"sites": (replace(document.sites["area"], label="", notes="", **stamps),)})
    document.apply(begin(document))
    document.apply(delete_searches(document, ["search"]))
    assert "area" in document.sites
