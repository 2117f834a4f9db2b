"""The position error of marks drawn on images."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from shapely import LineString, Point

from layers.document.mark_position import Pick, pick_of, shown_error_m, stated_placement_m, with_placement, with_screen
from layers.document.site import Site


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("CE90 6.5 m", 6.5),
        ("Geolocation CE90: 12 m, maker", 12.0),
        ("within 8 m CE90", 8.0),
        ("10 m (90 %)", 10.0),
        ("Ground control points misfit 3.2 m RMS", None),
        ("placed by RPC at 120 m", None),
        ("CE90 0 m", None),
        ("CE90 of nothing", None),
        ("", None),
    ],
)
def test_only_a_radius_of_90_percent_is_a_stated_placement(note: str, expected: float | None) -> None:
    assert stated_placement_m(note) == expected


@given(st.text(max_size=300))
def test_any_note_is_judged(note: str) -> None:
    found = stated_placement_m(note)
    assert found is None or found > 0


def test_the_pick_is_at_least_one_pixel_of_image_and_screen() -> None:
    assert Pick(10.0, 2.0).error_m == 10.0
    assert Pick(0.5, 100.0).error_m == 100.0
    assert Pick(8000.0, 1.0).is_finer_than_the_image
    assert not Pick(0.5, 0.5).is_finer_than_the_image


def test_the_error_is_of_pick_and_image_and_not_judged_without_both() -> None:
    assert with_placement(3.0, 4.0) == 5.0
    assert with_placement(3.0, None) is None


def site(**fields) -> Site:
    return Site(uuid="s", geometry=Point(0, 0), **fields)


@pytest.mark.parametrize(
    "props",
    [
        *("", "null", "[1]", "{", '{"screen_m": "x"}', '{"screen_m": -3}', '{"screen_m": 1e999}'),
        *('{"screen_m": true}', '{"screen_m": {"a": 1}}', "[" * 100_000, '{"screen_m": NaN}', "\ud800"),
    ],
)
def test_what_a_hostile_case_holds_shows_as_if_absent(props: str) -> None:
    assert pick_of(site(image_uuid="i", pixel_m=4.0, props_json=props)) == Pick(4.0, 4.0)
    assert pick_of(site(pixel_m=4.0, props_json=props)) is None


@pytest.mark.parametrize("pixel_m", [None, float("nan"), float("inf"), -1.0, 0.0, 1e30])
def test_no_pick_without_a_pixel(pixel_m: float | None) -> None:
    assert pick_of(site(image_uuid="i", pixel_m=pixel_m)) is None
    assert shown_error_m(site(image_uuid="i", pixel_m=pixel_m)) is None


def test_other_properties_stay() -> None:
    kept = json.loads(with_screen('{"diameter_m": 12, "screen_m": 5}', 2.5))
    assert kept == {"diameter_m": 12, "screen_m": 2.5}
    assert with_screen("no JSON", 2.5) == "no JSON"


def test_the_middle_of_a_long_line_has_the_digits_of_a_hundredth_of_it() -> None:
    """A railway drawn between towns was placed to a metre."""
    line = Site(uuid="s", geometry=LineString([(20, 60), (24, 60)]), position_basis="straight legs between towns")
    assert shown_error_m(line) == pytest.approx(2224, abs=1)
    assert shown_error_m(replace(line, position_error_m=50.0)) == 50.0


def test_digits_follow_the_judged_error_else_the_pick() -> None:
    assert shown_error_m(site(image_uuid="i", pixel_m=4.0)) == 4.0
    assert shown_error_m(site(image_uuid="i", pixel_m=4.0, position_error_m=80.0)) == 80.0
