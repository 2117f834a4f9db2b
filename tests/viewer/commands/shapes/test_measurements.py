"""Commands of measurements: other quantities and units, sites made of them, and what refers to them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from layers.document.document import Document
from layers.document.marks.figure import Figure
from layers.document.marks.mark_shape import Arrow, Circle, as_json, measurement_of, shape_of_site
from layers.document.marks.measurement import QUANTITIES, Measurement
from layers.document.rows import ClaimEvidence
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.measure import distance_m
from viewer.commands.shapes.duplicates import duplicate_sites
from viewer.commands.shapes.exact import change_shape, scale_mark
from viewer.commands.shapes.marks import add_mark
from viewer.commands.shapes.measurements import (
    can_be_measured,
    make_measurements,
    make_sites,
    quantities_of,
    set_quantity,
    set_unit,
)
from viewer.commands.sites import add_site, move_sites, update_site

PLACES = [(9.4, 50.1), (9.6, 50.2), (9.5, 50.3)]
BY: dict[str, Any] = {"actor": "Li", "now": "2024-04-12T08:00:00Z"}


def case(quantity: str) -> Document:
    """A case with one measurement, "m"."""
    wanted, document = QUANTITIES[quantity], Document()
    make = shapely.Polygon if wanted.geometry == "polygon" else shapely.LineString
    shape = Measurement(quantity, pick_m=10.0)
    document.apply(add_mark(document, shape, make(PLACES[: wanted.places]), uuid="m", **BY))
    return document


def label_of(document: Document) -> str:
    return document.sites["m"].label


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_each_unit_is_shown_and_each_edit_has_its_inverse(quantity: str) -> None:
    document = case(quantity)
    for other in quantities_of(document.sites["m"]):
        edit = set_quantity(document, "m", other, **BY)
        before = document.sites["m"]
        document.apply(edit)
        assert measurement_of(document.sites["m"]).quantity == other
        document.apply(edit.inverse())
        assert document.sites["m"] == before
    with pytest.raises(InvalidValue) as refused:
        set_unit(document, "m", "furlong", **BY)
    assert refused.value.sentence.endswith(".")


def test_a_length_of_two_places_is_a_bearing_or_a_radius_too() -> None:
    document = case("bearing")
    assert quantities_of(document.sites["m"]) == ["length", "bearing", "radius"]
    assert quantities_of(case("angle").sites["m"]) == ["length", "angle", "cross-track"]
    assert quantities_of(case("area").sites["m"]) == ["area", "perimeter"]
    with pytest.raises(InvalidValue, match="no angle"):
        set_quantity(document, "m", "angle", **BY)


def test_the_unit_stays_with_the_measurement_while_it_is_moved_scaled_and_copied() -> None:
    document = case("length")
    document.apply(set_unit(document, "m", "nmi", **BY))
    before = measurement_of(document.sites["m"])
    assert label_of(document) == before.text
    assert before.text.endswith(" nmi")
    document.apply(scale_mark(document, "m", 2.0, **BY))
    twice = measurement_of(document.sites["m"])
    assert twice.result == pytest.approx(2 * before.result, rel=1e-4)
    assert label_of(document) == twice.text != before.text
    moved = shapely.transform(document.sites["m"].geometry, lambda places: np.add(places, (0.0, 10.0)))
    document.apply(move_sites(document, {"m": moved}, **BY))
    assert label_of(document) == measurement_of(document.sites["m"]).text != twice.text
    figure = Figure.of(document.sites["m"])
    document.apply(duplicate_sites(document, {"m": ("copy", figure)}, **BY))
    assert measurement_of(document.sites["copy"]) == measurement_of(document.sites["m"])
    document.apply(change_shape(document, "copy", unit="ft", **BY))
    assert document.sites["copy"].label.endswith(" ft")


def test_a_name_is_kept_and_taken_back_shows_the_result() -> None:
    document = case("length")
    document.apply(update_site(document, "m", label="Runway", **BY))
    document.apply(scale_mark(document, "m", 2.0, **BY))
    assert label_of(document) == "Runway"
    document.apply(update_site(document, "m", label="", **BY))
    assert label_of(document) == measurement_of(document.sites["m"]).text


def test_evidence_follows_a_line_that_becomes_an_area_and_back() -> None:
    document = case("radius")
    link = ClaimEvidence(uuid="e", claim_uuid="c", evidence_table="site_line", evidence_uuid="m")
    document = Document({"sites": list(document.sites.values()), "claim_evidence": [link]})
    edit = make_sites(document, ["m"], **BY)
    document.apply(edit)
    site = document.sites["m"]
    assert isinstance(shape_of_site(site), Circle)
    assert document.table("claim_evidence")["e"].evidence_table == "site_polygon"
    document.apply(make_measurements(document, ["m"], **BY))
    assert document.table("claim_evidence")["e"].evidence_table == "site_line"
    assert measurement_of(document.sites["m"]).result == pytest.approx(distance_m(*PLACES[0], *PLACES[1]), abs=1e-5)


def test_only_what_is_a_measurement_becomes_a_site_and_only_what_can_be_measured_a_measurement() -> None:
    document = case("length")
    document.apply(add_site(document, shapely.Point(9, 50), uuid="p", **BY))
    assert not make_sites(document, ["p"], **BY).changes
    assert not make_measurements(document, ["p", "m"], **BY).changes
    assert not can_be_measured(document.sites["p"])
    half_the_earth = shapely.LineString([(0.0, 0.0), (179.0, 0.0)])
    document.apply(add_mark(document, Measurement("radius"), half_the_earth, uuid="far", **BY))
    document.apply(make_sites(document, ["far"], **BY))
    assert document.sites["far"].kind == "line", "no circle is as large as a hemisphere"


def test_what_was_drawn_as_an_arrow_keeps_its_shape_while_it_is_measured() -> None:
    document = Document()
    line = shapely.LineString(PLACES[:2])
    arrow = Site(uuid="a", geometry=line, shape_json=as_json(Arrow()), label="", mark_kind="annotation")
    document = Document({"sites": [arrow]})
    document.apply(update_site(document, "a", mark_kind="measurement", **BY))
    site = document.sites["a"]
    assert site.shape_json == arrow.shape_json
    assert site.label == measurement_of(site).text
    with pytest.raises(InvalidValue):
        set_unit(document, "a", "km", **BY)
    document.apply(update_site(document, "a", mark_kind="annotation", **BY))
    assert document.sites["a"].label == ""
