"""Things are dragged on a page: labels with their line, callouts, furniture; numbers that were issued stay."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.marks.mark_shape import Callout, as_json
from layers.document.rows import Product
from layers.document.site import Site
from layers.product.issuing.edition import Edition
from layers.product.numbering import numbers_json
from layers.product.spec import ProductSpec
from tests.viewer.export.conftest import FRAME, pixels
from tests.viewer.export.plates.conftest import faults, picture
from viewer.export.plates.plate_facts import facts_of
from viewer.export.plates.printed_plate import PrintedPlate

SPEC = ProductSpec(title="Title", bounds=FRAME)
MM = 96 / 25.4


def with_sites(document: Document, *more: Site) -> Document:
    rows = {name: list(document.table(name).values()) for name in ("layers", "sites", "claims", "claim_sites")}
    return Document({**rows, "sites": [*rows["sites"], *more]})


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("key", ["label:in", "scale bar:0", "north arrow:0", "legend", "title", "credit:0", "locator"])
def test_a_thing_is_found_where_it_is_and_moves_by_so_much(plate_of, key: str) -> None:
    plate = plate_of(SPEC)
    printed = PrintedPlate(plate, 150)
    box = printed.box_of(key)
    assert box is not None
    assert key in printed.things(0)
    assert printed.thing_at(0, box.center().x(), box.center().y()) == key
    moved = plate.moved(SPEC.with_moved(key, 4.0, -3.0))
    there = PrintedPlate(moved, 150).box_of(key)
    assert there is not None
    ratio = 150 / 25.4
    assert (there.x() - box.x(), there.y() - box.y()) == pytest.approx((4 * ratio, -3 * ratio), abs=1e-6)
    others = [one for one in printed.things(0) if one != key]
    assert all(printed.box_of(one) == PrintedPlate(moved, 150).box_of(one) for one in others)
    assert picture(moved, 60) != picture(plate, 60)
    assert picture(moved.moved(SPEC), 60) == picture(plate, 60)


def test_what_was_moved_onto_something_else_is_told(plate_of) -> None:
    plate = plate_of(SPEC)
    assert list(faults(plate)) == []
    title, legend, corner = plate.box_of("title"), plate.box_of("legend"), plate.maps[0].rect.topLeft()
    assert title is not None
    assert legend is not None
    onto_legend = SPEC.with_moved("title", (legend.x() - title.x()) / MM, (legend.y() - title.y()) / MM)
    found = {(one.one, one.other) for one in facts_of(plate.moved(onto_legend)).overlaps}
    assert found == {("title", "legend")} or found == {("legend", "title")}
    onto_map = SPEC.with_moved("title", (corner.x() - title.x() + 20) / MM, (corner.y() - title.y() + 20) / MM)
    assert ("title", "map:0") in {(one.one, one.other) for one in facts_of(plate.moved(onto_map)).overlaps}
    anchor, label = next(one for one in plate.namings[0].labels if one.uuid == "in"), plate.box_of("label:in2")
    assert label is not None
    way = corner.x() + anchor.px - label.center().x(), corner.y() + anchor.py - label.center().y()
    (one,) = facts_of(plate.moved(SPEC.with_moved("label:in2", way[0] / MM, way[1] / MM))).maps
    assert one.covered == ("In",)


def test_a_label_far_from_its_mark_has_a_line_to_it(plate_of) -> None:
    plate = plate_of(SPEC)
    moved = plate.moved(SPEC.with_moved("label:in", 25.0, 15.0))
    before, after = pixels(picture(plate, 96)), pixels(picture(moved, 96))
    place, corner = plate.namings[0].labels[0], plate.maps[0].rect.topLeft()
    label = moved.box_of("label:in")
    assert label is not None
    assert place.uuid == "in" or place.uuid == "in2"
    anchor = next(one for one in plate.namings[0].labels if one.uuid == "in")
    x1, y1 = corner.x() + anchor.px, corner.y() + anchor.py
    changed = (before != after).any(axis=2)
    for part in (0.4, 0.6, 0.8):
        x, y = x1 + (label.left() - x1) * part, y1 + (label.center().y() - y1) * part
        assert changed[round(y) - 4 : round(y) + 5, round(x) - 4 : round(x) + 5].any()


def test_a_callout_is_moved_with_its_line(plate_of, document) -> None:
    shape, words = Callout("", (10.75, 50.75)), "Words in a box"
    place = Point(10.6, 50.6)
    site = Site(uuid="c", geometry=place, label=words, mark_kind="annotation", shape_json=as_json(shape))
    plate = plate_of(SPEC, with_sites(document, site))
    assert words in facts_of(plate).words_of()
    box = plate.box_of("callout:c")
    assert box is not None
    assert plate.thing_at(0, box.center().x(), box.center().y()) == "callout:c"
    moved = plate.moved(SPEC.with_moved("callout:c", 10.0, 0.0))
    there = moved.box_of("callout:c")
    assert there is not None
    assert there.x() - box.x() == pytest.approx(10 * MM)
    before, after = pixels(picture(plate, 96)), pixels(picture(moved, 96))
    ground = after[round(there.center().y()), round(there.right()) - 3]
    assert np.abs(before[round(there.center().y()), round(there.right()) - 3] - ground).max() > 30


@pytest.mark.bounded
def test_marks_without_room_have_numbers_and_issued_ones_keep_theirs(plate_of, document) -> None:
    crowd = [
        Site(uuid=f"n{at}", geometry=Point(10.5 + at * 1e-5, 50.5), label=f"A rather long name of number {at}")
        for at in range(12)
    ]
    full = with_sites(document, *crowd)
    plate = plate_of(SPEC, full)
    keyed = plate.numbers
    assert keyed
    assert sorted(keyed.values()) == list(range(1, len(keyed) + 1))
    words = facts_of(plate).words_of()
    assert all(f"{number} {full.sites[uuid].label}" in words for uuid, number in keyed.items())
    issued = {uuid: number + 40 for uuid, number in keyed.items()}
    row = Product(uuid="p", name="P", number="G-7", numbers_json=numbers_json(issued))
    again = plate_of(replace(SPEC, title="Another title"), full, edition=Edition(row))
    assert {uuid: again.numbers[uuid] for uuid in issued if uuid in again.numbers} == issued
    assert "G-7" in facts_of(again).words_of()
