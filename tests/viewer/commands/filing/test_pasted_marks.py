"""Edits that paste and cut marks."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace
from shapely import Point

from layers.document.document import Document
from layers.document.marks.mark_shape import Numbered, as_json, shape_of
from layers.document.site import Site
from layers.document.source import Source
from layers.errors import InvalidValue
from layers.project.sharing.copied_marks import CopiedMarks, marks_in_text, marks_text
from tests.support.copied_case import IMAGE, PAD, ROAD, SOURCE, case
from viewer.commands.filing.pasted_marks import PASTED, cut_marks, paste_marks


def copied(*uuids: str) -> CopiedMarks:
    document = case()
    return marks_in_text(marks_text(document, [document.sites[uuid] for uuid in uuids]))


def test_into_another_case_with_what_they_cite_once() -> None:
    other = Document()
    edit = paste_marks(other, copied(PAD, ROAD), actor="you", now="2026-01-01T00:00:00Z")
    other.apply(edit)
    assert edit.label == "Paste 2 marks"
    pad, road = other.sites.values()
    assert {pad.uuid, road.uuid}.isdisjoint({PAD, ROAD})
    assert pad.parent_uuid == road.uuid, "a part of what came along stays one"
    assert (pad.status, pad.reviewed_by, pad.created_by, pad.rev) == ("draft", "", "you", 1)
    assert (pad.position_source_uuid, pad.lifecycle_source_uuid, pad.image_uuid) == (SOURCE, SOURCE, IMAGE)
    assert (pad.position_error_m, pad.position_basis) == (12.5, "measured on the image")
    other.apply(paste_marks(other, copied(PAD), actor="you"))
    assert len(other.sites) == 3
    assert list(other.sources) == [SOURCE]
    assert list(other.images) == [IMAGE]
    assert list(other.sites.values())[2].parent_uuid == "", "the site above it is not here"


def test_a_source_of_the_same_link_is_taken_instead() -> None:
    there = Source(uuid="mine", title="The plan", url="http://example.org/plan/")
    other = Document({"sources": [there]})
    other.apply(paste_marks(other, copied(PAD), actor="you"))
    assert list(other.sources) == ["mine"]
    assert next(iter(other.sites.values())).position_source_uuid == "mine"


def test_what_is_cited_and_did_not_come_along_is_not_named() -> None:
    lonely = replace(copied(PAD), sources={}, images={})
    other = Document()
    other.apply(paste_marks(other, lonely, actor="you"))
    (pad,) = other.sites.values()
    assert (pad.position_source_uuid, pad.lifecycle_source_uuid, pad.image_uuid) == ("", "", "")


def test_dates_and_colours_that_are_none_are_left_out_and_a_basis_is_said() -> None:
    feature = {
        "type": "Feature",
        "properties": {"valid_from": "soon", "stroke_color": "url(x)", "observed_at": "2024-04"},
        "geometry": {"type": "Point", "coordinates": [190, 2]},
    }
    other = Document()
    other.apply(paste_marks(other, marks_in_text(json.dumps(feature)), actor="you"))
    (site,) = other.sites.values()
    assert (site.valid_from, site.stroke_color, site.observed_at) == ("", "", "2024-04")
    assert site.position_basis == PASTED
    assert site.geometry == Point(-170, 2)


def test_two_originals_of_one_uuid_have_no_parts() -> None:
    twice = (Site(uuid=PAD, geometry=Point(1, 1)), Site(uuid=PAD, geometry=Point(2, 2)))
    part = Site(uuid=ROAD, geometry=Point(3, 3), parent_uuid=PAD)
    other = Document()
    other.apply(paste_marks(other, CopiedMarks((*twice, part)), actor="you"))
    assert [site.parent_uuid for site in other.sites.values()] == ["", "", ""]


def test_cut_is_one_step_of_its_own_name() -> None:
    document = case()
    edit = cut_marks(document, [PAD], actor="me")
    assert edit.label == "Cut 1 mark"
    document.apply(edit)
    assert list(document.sites) == [ROAD]
    document.apply(edit.inverse())
    assert document.sites[PAD] == case().sites[PAD]
    with pytest.raises(InvalidValue):
        cut_marks(document, ["nobody"], actor="me")


def test_numbered_marks_go_on_with_the_numbers_of_the_case() -> None:
    def numbered(uuid: str, number: int) -> Site:
        return Site(uuid=uuid, geometry=Point(1, 1), shape_json=as_json(Numbered(number, locked=True)), number=number)

    other = Document({"sites": [numbered("n", 7)]})
    other.apply(paste_marks(other, CopiedMarks((numbered(PAD, 7), numbered(ROAD, 1))), actor="you"))
    shapes = [shape_of(site.shape_json) for site in other.sites.values()]
    assert [(site.number, shape) for site, shape in zip(other.sites.values(), shapes, strict=True)] == [
        (7, Numbered(7, locked=True)),
        (8, Numbered(8)),
        (9, Numbered(9)),
    ]
