"""Edits of the sheet: the first row brings its image along, the earliest is the first look, chips are kept."""

from __future__ import annotations

import pytest
import shapely

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.site import Site
from layers.errors import InvalidValue
from viewer.commands.imagery.sheet_rows import record_look, state_view, stated_view


def image(year: str) -> Image:
    return Image(uuid=f"i{year}", image_key=f"k{year}", acquired_at=f"{year}-08-01", date_kind="instant")


def case(*chips: Chip) -> Document:
    return Document(
        {
            "sites": [Site(uuid="a", label="A", geometry=shapely.Point(10.0, 50.0))],
            "images": [image(year) for year in ("1985", "1990", "1995")],
            "chips": chips,
        }
    )


def rows_of(document: Document) -> dict[str, Observation]:
    return {document.images[row.image_uuid].acquired_at[:4]: row for row in document.observations.values()}


def test_the_first_row_brings_its_image_into_the_case_as_one_step() -> None:
    document = case()
    facts = {"image_key": "new", "layer_title": "Scene", "acquired_at": "2000-08-01", "date_kind": "instant"}
    edit = record_look(document, "a", "", facts, actor="me", presence="present")
    document.apply(edit)
    assert rows_of(document)["2000"].presence == "present"
    assert document.sites["a"].valid_from == "2000-08-01"
    document.apply(edit.inverse())
    assert len(document.images) == 3
    assert not document.observations
    assert not document.sites["a"].valid_from


def test_the_earliest_row_is_the_first_look_whatever_the_order() -> None:
    document = case()
    document.apply(record_look(document, "a", "i1990", actor="me", presence="present"))
    assert rows_of(document)["1990"].change == "first look"
    document.apply(record_look(document, "a", "i1985", actor="me", presence="present"))
    document.apply(record_look(document, "a", "i1995", actor="me", presence="present"))
    assert {year: row.change for year, row in rows_of(document).items()} == {
        "1985": "first look",
        "1990": "",
        "1995": "",
    }
    document.apply(record_look(document, "a", "i1985", actor="Ann", observer="Ann", presence="present"))
    assert [row.change for row in document.observations.values() if row.observer == "Ann"] == ["first look"]


def test_a_row_takes_the_chip_of_its_site_and_image() -> None:
    chips = [
        Chip(uuid="view", content_type="image/png", site_uuid="a", image_uuid="i1985", kind="view", created_at="2"),
        Chip(uuid="own", content_type="image/png", site_uuid="a", image_uuid="i1985", kind="pixels", created_at="1"),
        Chip(uuid="other", content_type="image/png", site_uuid="a", image_uuid="i1990", kind="pixels"),
    ]
    document = case(*chips)
    document.apply(record_look(document, "a", "i1985", actor="me", presence="present"))
    assert rows_of(document)["1985"].chip_uuid == "own"
    document.apply(record_look(document, "a", "i1985", actor="me", words="wider"))
    assert (rows_of(document)["1985"].chip_uuid, rows_of(document)["1985"].words) == ("own", "wider")


def test_present_takes_the_reason_away_for_which_it_could_not_be_told() -> None:
    document = case()
    document.apply(record_look(document, "a", "i1985", actor="me", presence="cannot tell", why="cloud"))
    document.apply(record_look(document, "a", "i1985", actor="me", presence="present"))
    assert rows_of(document)["1985"].why == ""


def test_the_clearness_of_an_image_reaches_rows_without_a_value_of_their_own() -> None:
    document = case()
    document.apply(record_look(document, "a", "i1985", actor="me", presence="present"))
    document.apply(record_look(document, "a", "i1985", actor="Ann", observer="Ann", presence="present"))
    document.apply(state_view(document, "k1985", ["i1985"], "clear", observer="me", actor="me"))
    assert {row.observer: row.view_quality for row in document.observations.values()} == {"me": "clear", "Ann": ""}
    document.apply(record_look(document, "a", "i1985", actor="me", view_quality="obscured"))
    document.apply(state_view(document, "k1985", ["i1985"], "partly obscured", "clear", observer="me", actor="me"))
    assert rows_of(case()) == {}
    assert [row.view_quality for row in document.observations.values() if row.observer == "me"] == ["obscured"]


def test_an_image_with_an_absent_row_stays_clear() -> None:
    document = case()
    document.apply(record_look(document, "a", "i1985", actor="me", presence="absent", view_quality="clear"))
    with pytest.raises(InvalidValue, match="needs a clear view"):
        state_view(document, "k1985", ["i1985"], "obscured", "clear", observer="me", actor="me")


def test_a_view_is_stated_before_any_row_and_image_each_observer_for_themselves() -> None:
    document = case()
    edit = state_view(document, "still no row", (), "obscured", observer="me", actor="me")
    document.apply(edit)
    document.apply(state_view(document, "still no row", (), "clear", observer="Ann", actor="Ann"))
    assert stated_view(document, "still no row", "me") == "obscured"
    assert stated_view(document, "still no row", "Ann") == "clear"
    assert stated_view(document, "k1985", "me") == ""
    document.apply(edit.inverse())
    assert stated_view(document, "still no row", "me") == ""
