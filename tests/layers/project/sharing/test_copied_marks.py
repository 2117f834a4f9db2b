"""Marks as text: everything they say comes back, and nothing hostile gets in."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from shapely import Point, Polygon

from layers.document.site import Site
from layers.errors import InvalidValue
from layers.project.sharing.copied_marks import MOST_MARKS, looks_like_marks, marks_in_text, marks_text
from tests.support.copied_case import IMAGE, ROAD, SOURCE, case, full_site


def test_all_that_a_mark_says_comes_back() -> None:
    document = case()
    text = marks_text(document, list(document.sites.values()))
    assert looks_like_marks(text)
    found = marks_in_text(text)
    site, road = found.sites
    kept = replace(
        full_site(), layer_uuid="", status="draft", reviewed_by="", reviewed_at="", created_at="", created_by="", rev=1
    )
    assert {name for name in Site.__struct_fields__ if getattr(site, name) != getattr(kept, name)} == set()
    assert road.geometry.equals_exact(document.sites[ROAD].geometry, 0)
    assert found.sources[SOURCE].url == "https://example.org/plan"
    assert found.images[IMAGE].gsd_m == 0.5
    assert found.claims == 1
    assert found.is_ours


def test_other_programs_read_it_as_geojson() -> None:
    document = case()
    data = json.loads(marks_text(document, list(document.sites.values())))
    assert data["type"] == "FeatureCollection"
    first = data["features"][0]
    assert first["geometry"] == {"type": "Point", "coordinates": [128.33456789012345, 51.88]}
    assert first["properties"]["label"] == "Pad 1S “п” 垫"
    assert first["properties"]["aliases"] == {"ru": "Восточный", "zh": "东方", "en": "East"}
    assert "created_by" not in first["properties"]


def test_geojson_of_others_makes_marks() -> None:
    feature = {
        "type": "Feature",
        "properties": {
            "name": "Hangar",
            "description": "white roof",
            "height": 30,
            "role": "boss",
            "status": "published",
        },
        "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
    }
    bare = {"type": "Feature", "properties": None, "geometry": {"type": "Point", "coordinates": [5, 6]}}
    broken = {"type": "Feature", "properties": {}, "geometry": None}
    found = marks_in_text(json.dumps({"type": "FeatureCollection", "features": [feature, bare, broken]}))
    assert [(site.label, site.notes, site.role, site.status) for site in found.sites] == [
        ("Hangar", "white roof", "other", "draft"),
        ("", "", "other", "draft"),
    ]
    assert found.sites[0].geometry == Polygon([(0, 0), (1, 0), (1, 1)])
    assert found.not_taken == 1
    assert not found.is_ours
    assert marks_in_text('{"type": "Point", "coordinates": [1, 2]}').sites[0].geometry == Point(1, 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "hello",
        '{"type": "FeatureCollection"}',
        '{"type": "FeatureCollection", "features": 5}',
        '{"type": "Feature", "geometry": 7}',
        "[" * 100_000,
        '{"a":' * 50_000,
        '{"type": "Point", "coordinates": [1, NaN]}',
        '{"type": "FeatureCollection", "features": [null, 1, "x", [], {}]}',
    ],
)
def test_text_without_marks_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        marks_in_text(text)
    assert refused.value.sentence.endswith(".")


def test_too_many_are_refused_both_ways() -> None:
    document = case()
    with pytest.raises(InvalidValue, match="too many"):
        marks_text(document, [full_site()] * (MOST_MARKS + 1))
    with pytest.raises(InvalidValue, match="more than"):
        marks_in_text(json.dumps({"type": "FeatureCollection", "features": [None] * (MOST_MARKS + 1)}))


ODD: list[Any] = [
    None,
    True,
    -5,
    10**400,
    1.5,
    "x" * 1_000_000,
    "nan",
    "\ud800",
    [],
    {},
    [[["a"]]],
    {"a": None},
    "\u202e",
]


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_odd_values_of_every_field_are_as_if_they_were_not_said(value: Any) -> None:
    """Of what hostile text says no field is of another type than a site's."""
    names = [name for name in Site.__struct_fields__ if name != "geometry"]
    properties = [*names, "aliases_json"]
    own = {"version": value, "claims": value, "sources": value, "images": {IMAGE: value, "no uuid": {}}}
    for name in properties:
        feature = {"type": "Feature", "id": value, "properties": {name: value}}
        feature["geometry"] = {"type": "Point", "coordinates": [1, 2]}
        if isinstance(value, str) and len(value) > 1000 and name not in ("label", "marking", "shape_json"):
            continue
        text = json.dumps({"type": "FeatureCollection", "geoloupe": own, "features": [feature]})
        if isinstance(value, str) and "\ud800" in value:
            with pytest.raises(InvalidValue):
                marks_in_text(text)
            continue
        (site,) = marks_in_text(text).sites
        plain = Site(uuid="", geometry=Point(1, 2))
        for other in names:
            told, usual = getattr(site, other), getattr(plain, other)
            optional = other in ("position_error_m", "stroke_width", "number", "pixel_m")
            assert isinstance(told, type(usual) if not optional else (int, float, type(None)))


@given(st.text(max_size=200))
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    looks_like_marks(text)
    with suppress(InvalidValue):
        marks_in_text(text)
