"""Measurements of marks: what is measured of a geometry, its error, and rows that hold anything else."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.document.mark_position import with_screen
from layers.document.marks.mark_shape import as_json, measured_fields, measurement_of, shape_of, shape_of_site
from layers.document.marks.measurement import (
    MOST_PLACES,
    QUANTITIES,
    Measurement,
    dimension_of,
    intended,
    measured,
    name_of,
    words_on_map,
)
from layers.document.marks.reading import reading_of
from layers.document.marks.shadow_mark import ShadowMark
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.measure import azimuth_deg, destination, distance_m, geometry_length_m
from layers.text.measured_values import FACTORS, number_texts, unit_for, value_text
from layers.time.shadows import OPTICAL, ShadowImage
from tests.support.cases.spoiled_json import spoiled

HERE = (128.334, 51.884)


def at(east_m: float, north_m: float) -> tuple[float, float]:
    return destination(*HERE, math.degrees(math.atan2(east_m, north_m)), math.hypot(east_m, north_m))


def drawn(quantity: str) -> Any:
    places = [HERE, at(3000, 100), at(1000, 2000)]
    if QUANTITIES[quantity].geometry == "polygon":
        return shapely.Polygon(places)
    return shapely.LineString(places[: QUANTITIES[quantity].places])


def row(quantity: str = "length", geometry: Any = None, **fields: Any) -> Site:
    shape = as_json(Measurement(quantity).of(geometry or drawn(quantity), 10.0))
    geometry = geometry or drawn(quantity)
    return Site(uuid="m", geometry=geometry, **{"mark_kind": "measurement", "shape_json": shape, **fields})


@pytest.mark.parametrize(
    ("quantity", "value"),
    [("bearing", 88.09), ("radius", 3001.67), ("angle", 45.44), ("cross-track", 1965.5), ("area", 2.95e6)],
)
def test_what_is_measured_of_places_laid_out_on_the_ground(quantity: str, value: float) -> None:
    assert measured(quantity, drawn(quantity)).value == pytest.approx(value, rel=3e-4)


@pytest.mark.parametrize("quantity", QUANTITIES)
@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-4000, 4000), st.floats(-4000, 4000)), min_size=3, max_size=6),
    st.floats(0.1, 5.0),
)
def test_the_error_is_that_of_places_each_moved_by_the_pick(
    quantity: str, offsets: list[tuple[float, float]], pick_m: float
) -> None:
    wanted = QUANTITIES[quantity]
    places = [at(*offset) for offset in offsets][: wanted.places]
    if min(distance_m(*a, *b) for i, a in enumerate(places) for b in places[i + 1 :]) < 500:
        return
    make = shapely.Polygon if wanted.geometry == "polygon" else shapely.LineString
    if wanted.geometry == "polygon" and not make(places).is_valid:
        return
    if quantity == "cross-track" and measured(quantity, make(places)).value < 200:
        return
    if quantity == "area" and measured(quantity, make(places)).value < 1e6:
        return  # so thin that a step turns it inside out
    if quantity == "angle" and not 5 < measured(quantity, make(places)).value < 175:
        return
    square, step = 0.0, 1.0
    for i, place in enumerate(places):
        for azimuth in (0.0, 90.0):
            both = []
            for way in (azimuth, azimuth + 180.0):
                moved = [*places[:i], destination(*place, way, step), *places[i + 1 :]]
                both.append(measured(quantity, make(moved)).value)
            change = both[0] - both[1]
            if quantity == "bearing":
                change = (change + 180.0) % 360.0 - 180.0
            square += (change / (2 * step)) ** 2
    error = measured(quantity, make(places), pick_m).error
    assert error == pytest.approx(pick_m * math.sqrt(square), rel=0.02, abs=1e-9)


def test_a_length_is_wrong_by_at_least_one_pixel_of_the_image_at_each_end() -> None:
    line = drawn("bearing")
    assert measured("length", line, 15.0).error == pytest.approx(15.0 * math.sqrt(2))
    seen = replace(row(geometry=line), image_uuid="i", pixel_m=15.0, props_json=with_screen("", 2.0))
    found = measurement_of(seen)
    assert found is not None
    assert found.error == pytest.approx(15.0 * math.sqrt(2), abs=1e-5)
    assert found.text == "3.002 ± 0.021 km"
    zoomed_out = replace(seen, props_json=with_screen("", 40.0))
    assert measurement_of(zoomed_out).error == pytest.approx(40.0 * math.sqrt(2), abs=1e-5)
    unseen = replace(row(geometry=line), shape_json=as_json(Measurement("length", pick_m=3.0)))
    assert measurement_of(unseen).error == pytest.approx(3.0 * math.sqrt(2), abs=1e-5)
    assert measurement_of(replace(unseen, shape_json="")).error is None


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_measurement_is_read_as_it_was_written_and_spoiled_ones_are_sound_or_absent(quantity: str) -> None:
    unit = next(iter(FACTORS[QUANTITIES[quantity].dimension]))
    whole = Measurement(quantity, unit, 2.5).of(drawn(quantity))
    assert shape_of(as_json(whole)) == whole
    for data in spoiled(json.loads(as_json(whole))):
        site = row(quantity, shape_json=json.dumps(data))
        shape = shape_of(site.shape_json)
        assert shape is None or shape_of(as_json(shape)) == shape
        found = measurement_of(site)
        assert found is not None
        assert found.text
        dimension_of(found, site.geometry)


@pytest.mark.parametrize(
    "text",
    [
        '{"kind":"measurement"}',
        '{"kind":"measurement","quantity":["length"]}',
        '{"kind":"measurement","quantity":"weight"}',
        '{"kind":"measurement","quantity":"length","unit":"ha"}',
        '{"kind":"measurement","quantity":"length","pick_m":-1}',
        '{"kind":"measurement","quantity":"length","pick_m":0}',
        '{"kind":"measurement","quantity":"length","result":1e400}',
        '{"kind":"measurement","quantity":"length","result":"5"}',
        '{"kind":"measurement","quantity":"length","error":null}',
    ],
)
def test_no_measurement_in_json_is_one_of_the_line_itself(text: str) -> None:
    assert shape_of(text) is None
    found = measurement_of(row(shape_json=text))
    assert found is not None
    assert (found.quantity, found.unit) == ("length", "")


odd_lines = st.lists(
    st.tuples(
        st.sampled_from([-3600.0, -180.0, 0.0, 1e-13, 179.99, 180.0, 720.0]), st.sampled_from([-90.0, 0.0, 90.0])
    ),
    min_size=2,
    max_size=4,
)


@pytest.mark.bounded
@given(odd_lines, st.sampled_from(sorted(QUANTITIES)), st.sampled_from([None, 1e-9, 1e7]))
def test_no_geometry_raises(places: list[tuple[float, float]], quantity: str, pick_m: float | None) -> None:
    for geometry in (
        shapely.LineString(places),
        shapely.Polygon([*places, places[0]][:5] if len(places) > 2 else [*places, places[0], places[0]]),
        shapely.MultiLineString([places, places]),
        shapely.Point(places[0]),
        shapely.LineString(),
    ):
        shape = as_json(Measurement(quantity, pick_m=pick_m))
        site = Site(uuid="m", geometry=geometry, mark_kind="measurement", shape_json=shape)
        found = measurement_of(site)
        if found is not None:
            assert found.text
            assert shape_of(as_json(found)) == found
            drawing = dimension_of(found, geometry)
            assert all(np.isfinite(line).all() and len(line) > 1 for line in drawing.lines)
        shape_of_site(site)


def test_a_result_follows_the_geometry_and_a_label_that_is_a_result_follows_it() -> None:
    before = row(label="3.002 ± 0.014 km", geometry=drawn("bearing"))
    after = replace(before, geometry=shapely.LineString([HERE, at(500, 0)]))
    fields = measured_fields(before, after)
    assert fields["label"] == "500 m"  # no image is known any more than before, and no pick
    assert shape_of(fields["shape_json"]).result == pytest.approx(500.0, abs=1e-3)
    named = replace(before, label="Runway")
    fields = measured_fields(named, replace(after, label="Runway"))
    assert "label" not in fields
    assert words_on_map("Runway", measurement_of(replace(after, label="Runway"))) == "Runway: 500 m"


def test_turned_into_a_site_a_label_that_is_a_result_goes_and_comes_back() -> None:
    before = row(label=Measurement("length").of(drawn("length")).text, shape_json=as_json(Measurement("length")))
    before = replace(before, **measured_fields(before, before))
    site = replace(before, mark_kind="site")
    site = replace(site, **measured_fields(before, site))
    assert (site.label, measurement_of(site)) == ("", None)
    back = replace(site, mark_kind="measurement")
    assert replace(back, **measured_fields(site, back)) == before
    assert measured_fields(replace(site, label="Runway"), replace(back, label="Runway")).get("label") is None


def test_a_height_from_a_shadow_is_a_reading_and_no_measure_of_its_line() -> None:
    shape = ShadowMark(2.0, 2.0, image=ShadowImage("2024-06-21T03:28:00Z", "instant", OPTICAL))
    tip = destination(*HERE, 0.0, 100.0)  # at local noon
    site = row(geometry=shapely.LineString([HERE, tip]), label="", shape_json=as_json(shape))
    found = reading_of(site)
    assert found is not None
    assert (found.quantity, found.name, found.unit) == ("height", "", "m")
    assert (found.value, found.error) == (shape.of(site.geometry).result, shape.of(site.geometry).error)
    assert reading_of(replace(site, label="Mast")).name == "Mast"
    assert measurement_of(site) is None
    assert intended(site, shape) is None, "on the map it has no length beside its height"
    hidden = replace(site, shape_json=as_json(replace(shape, is_base_hidden=True)))
    assert reading_of(hidden) is None, "refused"
    assert reading_of(replace(site, mark_kind="site")) is None


def test_what_has_too_many_places_is_not_measured_while_one_waits() -> None:
    turns = np.linspace(0.0, 6.0, MOST_PLACES + 1)
    many = shapely.LineString(np.column_stack([10.0 + np.cos(turns), 50.0 + np.sin(turns)]))
    assert measurement_of(row(geometry=many, shape_json="")) is None
    assert measurement_of(row(geometry=shapely.LineString(many.coords[1:]), shape_json="")) is not None


def test_labels_of_earlier_versions_are_results() -> None:
    line = drawn("bearing")
    old = Site(uuid="m", geometry=line, mark_kind="measurement", label="3.002 km")
    assert name_of(old.label, measurement_of(old)) == ""


def test_values_in_words() -> None:
    assert value_text("length", 812.345, 1.41) == "812.3 ± 1.4 m"
    assert value_text("length", 812.345, None) == "812.3 m"
    assert value_text("length", 1852.0, None, "nmi") == "1 nmi"
    assert value_text("length", 1852.0, 18.52, "nmi") == "1.000 ± 0.010 nmi"
    assert value_text("length", 1000.0, 3.048, "ft") == "3281 ± 10 ft"
    assert value_text("area", 12_345.6, 120.0) == "1.235 ± 0.012 ha"
    assert value_text("area", 5e6, None, "km2") == "5 km²"
    assert value_text("angle", 45.04, 0.4) == "45.04 ± 0.40°"
    assert value_text("length", 12_345.0, 1400.0, "m") == "12300 ± 1400 m"


@given(st.floats(0, 4e7), st.floats(1e-6, 1e7), st.sampled_from(["", "m", "km", "nmi", "ft", "ha"]))
def test_a_value_is_written_no_coarser_than_its_error(value: float, error: float, unit: str) -> None:
    unit = unit_for("length", value, unit)
    number, margin = number_texts("length", value, error, unit)
    factor = FACTORS["length"][unit]
    assert abs(float(number) * factor - value) <= 0.06 * error + 1e-9 * factor
    assert float(margin) * factor == pytest.approx(error, rel=0.06, abs=1e-9 * factor)


def test_what_is_drawn_of_each_quantity() -> None:
    for quantity in ("length", "bearing", "radius"):
        geometry = drawn(quantity)
        found = dimension_of(Measurement(quantity), geometry)
        assert np.array_equal(found.lines[0], shapely.get_coordinates(geometry))
        assert found.ticks
    circle = dimension_of(Measurement("radius"), drawn("radius")).lines[1]
    assert np.array_equal(circle[0] % 360, circle[-1] % 360)
    assert all(
        distance_m(*HERE, lon, lat) == pytest.approx(geometry_length_m(drawn("radius")), rel=1e-6)
        for lon, lat in circle.tolist()
    )
    off = dimension_of(Measurement("cross-track"), drawn("cross-track"))
    assert measured("length", shapely.LineString(off.said)).value == pytest.approx(
        measured("cross-track", drawn("cross-track")).value, abs=1e-3
    )
    corner = (azimuth_deg(*off.said[0], *off.said[1]) - azimuth_deg(*off.said[0], *HERE)) % 180.0
    assert corner == pytest.approx(90.0, abs=1e-3)
    far_on = shapely.LineString([HERE, at(100, 0), at(5000, 300)])
    assert len(dimension_of(Measurement("cross-track"), far_on).lines) == 3, "the line runs on to the foot"


def test_what_is_no_measurement_is_refused_in_a_sentence() -> None:
    for make in (
        lambda: Measurement("weight"),
        lambda: Measurement("area", "km"),
        lambda: Measurement("length", pick_m=math.nan),
        lambda: Measurement("length", result=math.inf),
    ):
        with pytest.raises(InvalidValue) as refused:
            make()
        assert refused.value.sentence.endswith(".")
