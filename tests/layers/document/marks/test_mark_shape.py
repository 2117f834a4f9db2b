"""Shapes of marks: kept as JSON and read again, with geodesic geometry, and absent where a file holds anything else."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.document.marks.mark_shape import (
    ANCHORS,
    HEADS,
    LARGEST_AREA_M,
    MOST_CHARS,
    Arrow,
    Callout,
    Circle,
    Freehand,
    MarkShape,
    Numbered,
    RangeRing,
    Rectangle,
    TextMark,
    as_json,
    is_annotation,
    is_geometry_of,
    rectangle_between,
    rectangle_on_side,
    shape_of,
    shape_of_site,
    words_of,
)
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.measure import distance_m
from layers.geo.on_earth import why_off_earth
from tests.support.cases.spoiled_json import spoiled

PLACE = (128.334, 51.884)
SAMPLES: list[MarkShape] = [
    Rectangle(PLACE, 120.0, 60.0, 30.0),
    Circle(PLACE, 250.0),
    RangeRing(PLACE, (1000.0, 2500.0)),
    Freehand(4.5),
    Arrow("both"),
    TextMark("Pad 1S\nlaunch mount", "north-east", 18.0),
    Callout("Tower, moved back", (128.34, 51.89)),
    Numbered(7, locked=True),
]

lons = st.floats(-180, 180)
lats = st.floats(-89.99, 89.99)
places = st.tuples(lons, lats)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
sizes = st.floats(6, 96)
areas: st.SearchStrategy[Rectangle | Circle] = st.one_of(
    st.builds(Rectangle, places, st.floats(0.1, 4e6), st.floats(0.1, 4e6), st.floats(0, 360)),
    st.builds(Circle, places, st.floats(0.1, 9e6)),
)
rings = st.builds(
    RangeRing, places, st.lists(st.floats(1, 2e7), min_size=1, max_size=5, unique=True).map(sorted).map(tuple)
)
shapes: st.SearchStrategy[MarkShape] = st.one_of(
    areas,
    rings,
    st.builds(Freehand, st.floats(0, 1e5)),
    st.builds(Arrow, st.sampled_from(HEADS)),
    st.builds(TextMark, texts, st.sampled_from(ANCHORS), sizes),
    st.builds(Callout, texts, places, sizes),
    st.builds(Numbered, st.integers(1, 99_999), st.booleans()),
)


@given(shapes)
def test_a_shape_is_read_as_it_was_written(shape: MarkShape) -> None:
    text = as_json(shape)
    assert shape_of(text) == shape
    assert json.loads(text)["kind"] == shape.kind


@example(Rectangle((0.0, 88.0), 446_000.0, 446_000.0))
@example(Rectangle((30.0, 88.0), 2_000_000.0, 446_000.0, 20.0))
@given(st.one_of(areas, rings))
def test_geometry_is_sound_and_is_its_shape_s(shape: Rectangle | Circle | RangeRing) -> None:
    geometry = shape.geometry()
    assert geometry.is_valid
    assert why_off_earth(geometry) == ""
    assert is_geometry_of(shape, geometry)
    assert is_geometry_of(shape, shapely.transform(geometry, lambda places: np.add(places, (360.0, 0.0))))
    assert is_geometry_of(shape, shapely.normalize(geometry))
    assert is_geometry_of(shape, shapely.from_wkb(shapely.to_wkb(geometry)))


@pytest.mark.parametrize("shape", SAMPLES, ids=lambda shape: shape.kind)
def test_spoiled_json_is_no_shape_or_a_sound_one(shape: MarkShape) -> None:
    for data in spoiled(json.loads(as_json(shape))):
        text = json.dumps(data)
        found = shape_of(text)
        if found is not None:
            assert shape_of(as_json(found)) == found
            if isinstance(found, Rectangle | Circle | RangeRing):
                assert found.geometry().is_valid


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_KEYS = (
    "centre width_m height_m rotation_deg radius_m radii_m smoothing_m head text anchor size_px leader number locked"
)


@pytest.mark.bounded
@given(
    st.one_of(
        st.text(),
        st.builds(
            lambda kind, data: json.dumps({**data, "kind": kind}),
            st.sampled_from([shape.kind for shape in SAMPLES]) | json_values,
            st.dictionaries(st.sampled_from(_KEYS.split()), json_values),
        ),
    )
)
def test_whatever_a_file_holds_raises_nothing(text: str) -> None:
    found = shape_of(text)
    assert found is None or shape_of(as_json(found)) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "nonsense",
        "[" * 100_000,
        '{"kind":"circle"}',
        '{"kind":"circle","centre":[1,2],"radius_m":NaN}',
        '{"kind":"circle","centre":[1,2],"radius_m":-5}',
        '{"kind":"circle","centre":[1,95],"radius_m":5}',
        '{"kind":"numbered_marker","number":1e400,"locked":true}',
        '{"kind":["circle"]}',
        '{"kind":"text","anchor":"centre","size_px":12,"text":"' + "x" * 3000 + '"}',
        '{"kind":"range_ring","centre":[1,2],"radii_m":[5,5]}',
        '{"kind":"arrow","head":"' + "x" * 100_000 + '"}',
    ],
)
def test_no_shape(text: str) -> None:
    assert shape_of(text) is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: Circle(PLACE, 0.0),
        lambda: Circle(PLACE, LARGEST_AREA_M * 2),
        lambda: Rectangle(PLACE, 10.0, float("nan")),
        lambda: RangeRing(PLACE, ()),
        lambda: RangeRing(PLACE, (2.0, 1.0)),
        lambda: Arrow("sideways"),
        lambda: TextMark("x" * (MOST_CHARS + 1)),
        lambda: Numbered(0),
    ],
)
def test_what_is_no_shape_is_refused_in_a_sentence(make: Any) -> None:
    with pytest.raises(InvalidValue) as refused:
        make()
    assert refused.value.sentence.endswith(".")


def test_a_geometry_that_was_changed_elsewhere_wins() -> None:
    circle = Circle(PLACE, 250.0)
    site = Site(uuid="s", geometry=circle.geometry(), shape_json=as_json(circle))
    assert shape_of_site(site) == circle
    moved = shapely.transform(site.geometry, lambda at: np.add(at, (0.0001, 0.0)))
    assert shape_of_site(Site(uuid="s", geometry=moved, shape_json=site.shape_json)) is None
    pulled = shapely.get_coordinates(site.geometry).copy()
    pulled[10] += 0.0005
    assert shape_of_site(Site(uuid="s", geometry=shapely.Polygon(pulled), shape_json=site.shape_json)) is None
    for shape in SAMPLES[3:]:
        line = shape.kind in ("freehand", "arrow")
        at = shapely.LineString([PLACE, (128.4, 51.9)]) if line else shapely.Point(PLACE)
        assert is_geometry_of(shape, at)
        assert not is_geometry_of(shape, shapely.Point(PLACE) if line else shapely.LineString([PLACE, (128.4, 51.9)]))


def test_a_label_that_was_changed_elsewhere_is_the_text() -> None:
    shape = TextMark("Pad 1S\nlaunch mount")
    site = Site(uuid="t", geometry=shapely.Point(PLACE), label="Pad 1S launch mount", shape_json=as_json(shape))
    assert words_of(site, shape) == "Pad 1S\nlaunch mount"
    assert words_of(replace(site, label="Pad 2"), shape) == "Pad 2"
    assert words_of(replace(site, label=""), shape) == ""


def test_measures_are_those_of_the_ground() -> None:
    rectangle = Rectangle(PLACE, 120.0, 60.0, 30.0)
    assert rectangle.area_m2 == pytest.approx(7200, rel=1e-4)
    assert rectangle.perimeter_m == pytest.approx(360, rel=1e-4)
    top_left, top_right, bottom_right, _ = rectangle.corners
    assert distance_m(*top_left, *top_right) == pytest.approx(120, rel=1e-5)
    assert distance_m(*top_right, *bottom_right) == pytest.approx(60, rel=1e-5)
    circle = Circle(PLACE, 250.0)
    assert circle.area_m2 == pytest.approx(np.pi * 250**2, rel=2e-3)
    assert circle.perimeter_m == pytest.approx(2 * np.pi * 250, rel=2e-3)
    for lon, lat in shapely.get_coordinates(circle.geometry()):
        assert distance_m(*PLACE, lon, lat) == pytest.approx(250, abs=1e-6)


def test_rings_and_areas_around_a_pole_and_over_the_antimeridian() -> None:
    about_the_pole = Circle((10.0, 89.9), 100_000.0).geometry()
    assert about_the_pole.bounds[0::2] == (-180.0, 180.0)
    assert about_the_pole.bounds[3] == 90.0
    over = Rectangle((179.99, 20.0), 100_000.0, 50_000.0).geometry()
    assert over.geom_type == "Polygon"
    assert np.ptp(shapely.get_coordinates(over)[:, 0]) < 2
    rings = RangeRing((0.0, 60.0), (1e5, 5e6, 1.5e7)).geometry()
    assert rings.geom_type == "MultiLineString"
    assert len(rings.geoms) == 3


@given(lons, st.floats(-80, 80), st.floats(-0.5, 0.5), st.floats(-0.3, 0.3), st.floats(0, 360))
def test_a_rectangle_between_corners_has_them(lon: float, lat: float, dx: float, dy: float, turn: float) -> None:
    rectangle = rectangle_between((lon, lat), (lon + dx, lat + dy), turn)
    if rectangle is not None:
        for place in ((lon, lat), (lon + dx, lat + dy)):
            assert min(distance_m(*place, *corner) for corner in rectangle.corners) < 1e-2


def test_a_rectangle_on_a_side_reaches_the_third_place() -> None:
    rectangle = rectangle_on_side((10, 50), (10.01, 50.01), (9.998, 50.012))
    assert rectangle is not None
    for place in ((10.0, 50.0), (10.01, 50.01)):
        assert min(distance_m(*place, *corner) for corner in rectangle.corners) < 0.05
    assert rectangle.geometry().exterior.distance(shapely.Point(9.998, 50.012)) < 1e-5
    assert rectangle_on_side((10, 50), (10, 50.01), (10, 50.02)) is None
    assert rectangle_on_side((10, 50), (10, 50), (10, 50)) is None
    assert rectangle_between((10, 50), (10, 50)) is None


def test_marks_that_say_something_are_annotations() -> None:
    annotations = [shape.kind for shape in SAMPLES if is_annotation(shape)]
    assert annotations == ["range_ring", "freehand", "arrow", "text", "callout", "numbered_marker"]
    assert not is_annotation(None)
