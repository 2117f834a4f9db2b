"""Marks as text: everything they say comes back, and nothing hostile gets in."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon

from layers.document.document import Document
from layers.document.image import Image
from layers.document.rows import ClaimSite
from layers.document.site import Site
from layers.document.source import Source
from layers.errors import InvalidValue
from layers.project.sharing.copied_marks import MOST_MARKS, looks_like_marks, marks_in_text, marks_text

PAD = "00000000-0000-4000-8000-000000000001"
ROAD = "00000000-0000-4000-8000-000000000002"
SOURCE = "00000000-0000-4000-8000-00000000000a"
IMAGE = "00000000-0000-4000-8000-00000000000b"


def full_site() -> Site:
    """A mark of which every field says something."""
    return Site(
        uuid=PAD, geometry=Point(128.33456789012345, 51.88), layer_uuid="l", class_code="launch_site",
        label="Pad 1S “п” 垫", aliases=(("ru", "Восточный"), ("zh", "东方")), notes="two\nlines", role="setting",
        location_country="RU", operator_country="RU", position_error_m=12.5, position_basis="measured on the image",
        position_source_uuid=SOURCE, status="reviewed", reviewed_by="me", reviewed_at="2024-01-01T00:00:00Z",
        observed_at="2024-04-12", valid_from="2030", valid_to="2040", shape_json='{"kind": "circle"}',
        stroke_color="#ff0000", fill_color="#00ff00", stroke_width=2.5, style_json='{"a": 1}', props_json='{"b": [1]}',
        mark_kind="search area", marking="TLP:AMBER", folder="Pads", number=4, image_uuid=IMAGE, pixel_m=0.5,
        base_or_top="base", parent_uuid=ROAD, lifecycle="planned", lifecycle_as_of="2015-09",
        lifecycle_source_uuid=SOURCE, created_at="2024-01-01T00:00:00Z", created_by="me", rev=7,
    )  # fmt: skip


def case() -> Document:
    return Document(
        {
            "sites": [full_site(), Site(uuid=ROAD, geometry=LineString([(179, 1), (181, 2)]), label="Road")],
            "sources": [Source(uuid=SOURCE, title="Plan", url="https://example.org/plan", reliability="B")],
            "images": [Image(uuid=IMAGE, image_key="product:X", acquired_at="2024-04-12", gsd_m=0.5)],
            "claim_sites": [ClaimSite(uuid="k", claim_uuid="c", site_uuid=PAD)],
        }
    )


def test_all_that_a_mark_says_comes_back() -> None:
    document = case()
    text = marks_text(document, list(document.sites.values()))
    assert looks_like_marks(text)
    found = marks_in_text(text)
    site, road = found.sites
    kept = replace(
        full_site(), layer_uuid="", status="draft", reviewed_by="", reviewed_at="", created_at="", created_by="", rev=1
    )
    assert {item.name for item in fields(Site) if getattr(site, item.name) != getattr(kept, item.name)} == set()
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
    assert first["properties"]["aliases"] == {"ru": "Восточный", "zh": "东方"}
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
    ["", "{}", "[]", "hello", '{"type": "FeatureCollection"}', '{"type": "FeatureCollection", "features": 5}',
     '{"type": "Feature", "geometry": 7}', "[" * 100_000, '{"a":' * 50_000,
     '{"type": "Point", "coordinates": [1, NaN]}',
     '{"type": "FeatureCollection", "features": [null, 1, "x", [], {}]}'],
)  # fmt: skip
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
    names = [item.name for item in fields(Site) if item.name != "geometry"]
    own = {"version": value, "claims": value, "sources": value, "images": {IMAGE: value, "no uuid": {}}}
    for name in names:
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
