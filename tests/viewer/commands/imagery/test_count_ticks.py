"""Counts: ticks with numbers on an image, and the count in the row of what was seen."""

from __future__ import annotations

import pytest
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.image import Image
from layers.document.marks.mark_shape import CountTick, as_json, shape_of
from layers.document.observation import Observation
from layers.document.site import Site
from layers.errors import InvalidValue
from viewer.commands.imagery.count_ticks import add_tick, take_tick_back, ticks_of
from viewer.commands.imagery.sheet_rows import record_look
from viewer.commands.meta import set_meta

NOW = "2026-01-02T03:04:05Z"
FACTS = {"product_id": "A", "layer_title": "April", "acquired_at": "2024-04-12", "date_kind": "instant"}


@pytest.fixture
def document() -> Document:
    return Document(
        {
            "sites": [Site(uuid="apron", geometry=Point(1, 2), label="Apron")],
            "images": [Image(uuid="june", image_key="product:J", acquired_at="2024-06-01", date_kind="instant")],
        }
    )


def tick(document: Document, image: str = "june", observer: str = "Li", **fields: object) -> None:
    facts = None if image else FACTS
    document.apply(
        add_tick(document, "apron", image, facts, (1.5, 2.5), observer=observer, actor="Li", now=NOW, **fields)
    )


def row_of(document: Document, observer: str = "Li") -> Observation:
    (row,) = (row for row in document.observations.values() if row.observer == observer)
    return row


def test_each_tick_has_the_next_number_and_the_row_has_the_count(document: Document) -> None:
    for _ in range(3):
        tick(document, target="aircraft")
    ticks = ticks_of(document, "apron", "product:J", "Li", "aircraft")
    assert [shape_of(mark.shape_json) for mark in ticks] == [
        CountTick(number, "Li", "aircraft", made) for number, made in ((1, row_of(document).uuid), (2, ""), (3, ""))
    ]
    assert {(mark.mark_kind, mark.parent_uuid, mark.image_uuid) for mark in ticks} == {("annotation", "apron", "june")}
    row = row_of(document)
    assert (row.presence, row.count_low, row.count_high, row.target) == ("present", 3, 3, "aircraft")
    document.apply(take_tick_back(document, "apron", "june", observer="Li", actor="Li", now=NOW, target="aircraft"))
    assert len(ticks_of(document, "apron", "product:J", "Li", "aircraft")) == 2
    assert row_of(document).count_high == 2


def test_a_tick_is_one_step_to_undo_and_the_first_brings_the_image(document: Document) -> None:
    edit = add_tick(document, "apron", "", FACTS, (1.5, 2.5), observer="Li", actor="Li", now=NOW)
    document.apply(edit)
    assert edit.label == "Count 1"
    assert len(ticks_of(document, "apron", "product:A", "Li")) == 1
    assert [image.layer_title for image in document.images.values()] == ["", "April"]
    document.apply(edit.inverse())
    assert (len(document.sites), len(document.images), len(document.observations)) == (1, 1, 0)


def test_observers_and_dates_are_counted_apart(document: Document) -> None:
    tick(document)
    tick(document, observer="Wang")
    tick(document, image="")
    assert [shape_of(mark.shape_json).number for mark in document.sites.values() if mark.shape_json] == [1, 1, 1]
    assert (row_of(document, "Wang").count_high, len(document.observations)) == (1, 3)


def test_nothing_is_counted_where_the_row_says_absent(document: Document) -> None:
    row = Observation(
        uuid="o", site_uuid="apron", image_uuid="june", presence="absent", view_quality="clear", observer="Li"
    )
    absent = Document({"sites": document.sites.values(), "images": document.images.values(), "observations": [row]})
    with pytest.raises(InvalidValue, match="The row says “absent”"):
        tick(absent)
    with pytest.raises(InvalidValue, match="no tick to take back"):
        take_tick_back(document, "apron", "june", observer="Li", actor="Li")


def test_the_last_tick_taken_back_leaves_nothing_that_nobody_said(document: Document) -> None:
    tick(document)
    document.apply(take_tick_back(document, "apron", "june", observer="Li", actor="Li", now=NOW))
    assert document.observations == {}


def test_who_states_no_name_counts_under_none_though_the_case_has_an_author(document: Document) -> None:
    """The sheet shows no name, and the count stood under the author's."""
    document.apply(set_meta(document, "author", "A. Author", actor="Li", now=NOW))
    facts, place = None, (10.0, 50.0)
    document.apply(add_tick(document, "apron", "june", facts, place, observer="", actor="", now=NOW))
    assert [row.observer for row in document.observations.values()] == [""]


@pytest.mark.parametrize("when", ["2026-01-01T00:00:00Z", NOW])
def test_a_row_that_stood_before_its_ticks_stays_without_a_count(document: Document, when: str) -> None:
    """Also one that was filled in the same second."""
    seen = {"observer": "Li", "presence": "present", "target": ""}
    document.apply(record_look(document, "apron", "june", actor="Li", now=when, **seen))
    tick(document)
    document.apply(take_tick_back(document, "apron", "june", observer="Li", actor="Li", now=NOW))
    assert (row_of(document).presence, row_of(document).count_low) == ("present", None)


@pytest.mark.parametrize("text", ['{"kind":"count_tick"}', '{"kind":"count_tick","number":0,"observer":""}'])
def test_other_ticks_are_no_shape(text: str) -> None:
    assert shape_of(text) is None
    assert shape_of(as_json(CountTick(7, "Li"))) == CountTick(7, "Li")
    assert shape_of(as_json(CountTick(1, "Li", "", "row"))) == CountTick(1, "Li", "", "row")
    assert shape_of('{"kind":"count_tick","number":1,"observer":"","made_uuid":7}') is None
