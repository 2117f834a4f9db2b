"""Marks on shadows: written and read, measured of their line, and whatever a case may hold judged."""

from __future__ import annotations

import json
import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.document.marks.mark_shape import as_json, measured_fields, shape_of
from layers.document.marks.shadow_mark import IMAGE_KINDS, NO_HEIGHT, ShadowMark, height_text
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.measure import destination
from layers.raster.acquisition import DATE_KINDS
from layers.time.shadows import ShadowImage, instant_of
from tests.support.cases.spoiled_json import spoiled
from tests.support.sun import sun_position

FOOT, AT = (63.34, 45.92), "2024-04-12T08:30:00Z"
SUN = sun_position(instant_of(AT).at, *FOOT)
MARK = ShadowMark(0.5, 0.5, image=ShadowImage(AT, "instant", "optical"))

numbers = st.floats(-360, 360)
images = st.builds(
    ShadowImage,
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(DATE_KINDS),
    st.sampled_from(IMAGE_KINDS),
    st.none() | numbers,
    st.none() | numbers,
)
marks = st.builds(
    ShadowMark,
    st.floats(0.001, 1e5),
    st.floats(0, 1e5),
    st.floats(-89, 89),
    st.floats(0, 89),
    st.booleans(),
    st.sampled_from(IMAGE_KINDS),
    images,
)
lines = st.lists(st.tuples(st.floats(-180, 180), st.floats(-89, 89)), min_size=2, max_size=4, unique=True)


def shadow_line(height_m: float = 60.0) -> shapely.LineString:
    length_m = height_m / math.tan(math.radians(SUN.apparent_elevation_deg))
    return shapely.LineString([FOOT, destination(*FOOT, SUN.azimuth_deg - 180.0, length_m)])


@given(marks, lines)
def test_a_mark_is_read_as_it_was_written_and_always_judged(mark: ShadowMark, places: list) -> None:
    line = shapely.LineString(places)
    measured = mark.of(line)
    assert shape_of(as_json(mark)) == mark
    assert shape_of(as_json(measured)) == measured
    assert (measured.result is None) == (measured.label == NO_HEIGHT)
    assert measured.check(line, instant_of(AT)) is not None


def test_whatever_a_case_holds_is_no_shape_or_one_that_can_be_judged() -> None:
    text = as_json(MARK.of(shadow_line()))
    nested = [{**json.loads(text), "image": image} for image in spoiled(json.loads(text)["image"])]
    for data in (*spoiled(json.loads(text)), *nested):
        found = shape_of(json.dumps(data))
        if found is not None:
            assert isinstance(found, ShadowMark)
            assert shape_of(as_json(found.of(shadow_line()))) is not None


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00", "9999-12-31T23:59:59Z", "1e9", "2024-04-12T08:30+99:99", "-1/-2/-3", "/"]
)
def test_odd_dates_are_refused_in_words(at: str) -> None:
    mark = ShadowMark(0.5, image=ShadowImage(at, "instant"))
    assert mark.of(shadow_line()).label == NO_HEIGHT
    interval = ShadowMark(0.5, image=ShadowImage(f"{at}/{at}", "interval"))
    assert interval.of(shadow_line()).label == NO_HEIGHT


@pytest.mark.parametrize("pick_m", [0.0, -1.0, math.nan, math.inf])
def test_a_pick_is_a_positive_length(pick_m: float) -> None:
    with pytest.raises(InvalidValue):
        ShadowMark(pick_m)


def test_the_result_is_that_of_the_line_and_no_image_says_no_kind_against_its_metadata() -> None:
    measured = MARK.of(shadow_line(60.0))
    assert measured.result == pytest.approx(60.0, abs=0.01)
    assert MARK.of(shadow_line(30.0)).result == pytest.approx(30.0, abs=0.01)
    radar = ShadowMark(0.5, said_kind="optical", image=ShadowImage(AT, "instant", "radar"))
    assert radar.of(shadow_line()).result is None
    said = ShadowMark(0.5, said_kind="radar", image=ShadowImage(AT, "instant"))
    assert said.of(shadow_line()).result is None


def test_a_label_follows_until_somebody_writes_another() -> None:
    before = MARK.of(shadow_line(60.0))
    row = Site(uuid="a", geometry=shadow_line(60.0), label=before.label, shape_json=as_json(before))
    moved = Site(uuid="a", geometry=shadow_line(30.0), label=before.label, shape_json=as_json(before))
    assert measured_fields(row, moved)["label"] == MARK.of(shadow_line(30.0)).label
    named = Site(uuid="a", geometry=shadow_line(30.0), label="The mast", shape_json=as_json(before))
    assert "label" not in measured_fields(row, named)
    assert shape_of(measured_fields(row, named)["shape_json"]) == MARK.of(shadow_line(30.0))


@pytest.mark.parametrize(
    ("height_m", "error_m", "text"),
    [
        (32.44, 1.92, "32 ± 2 m"),
        (32.44, 0.19, "32.4 ± 0.2 m"),
        (330.2, 12.0, "330 ± 12 m"),
        (5.0, 0.04, "5.00 ± 0.04 m"),
    ],
)
def test_a_height_is_written_no_finer_than_its_error(height_m: float, error_m: float, text: str) -> None:
    assert height_text(height_m, error_m) == text
