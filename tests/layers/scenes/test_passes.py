"""Ticks: tiles of one pass on one day are one; what has no date is never ranked by time."""

from __future__ import annotations

import json

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.geo.bounds import Bounds
from layers.scenes.catalogue import united
from layers.scenes.found_scene import FoundScene, judged, scene_from_json
from layers.scenes.passes import Pass, passes_of
from layers.scenes.scene_table import SceneTable
from layers.time.time_span import TimeSpan, day_of, span_of
from tests.support.many_scenes import scene

VIEW = shapely.box(0.0, 0.0, 10.0, 10.0)
LEFT, RIGHT = Bounds(0.0, 0.0, 5.0, 10.0), Bounds(5.0, 0.0, 10.0, 10.0)


def ticks(*scenes: FoundScene) -> list[Pass]:
    return passes_of(SceneTable(scenes).covering(VIEW), VIEW)


def keys(found: list[Pass]) -> list[list[str]]:
    return [sorted(one.key for one in tick.scenes) for tick in found]


def test_tiles_of_one_pass_are_one_tick_that_covers_what_they_cover_together() -> None:
    found = ticks(
        scene("a", LEFT, "2021-08-20T10:00:00Z", sensor="Sentinel-2A"),
        scene("b", RIGHT, "2021-08-20T10:00:25Z", sensor="Sentinel-2A"),
    )
    assert keys(found) == [["a", "b"]]
    assert found[0].part == 1.0
    assert found[0].title == "Sentinel-2A: 2 tiles"


def test_tiles_that_cover_alike_stand_by_their_keys_and_what_covers_more_stands_first() -> None:
    """The shares of two halves differ by the last bits of a computed area, whichever way the view is turned."""
    alike = [
        scene("a", Bounds(0.0, 0.0, 4.9999, 10.0), "2021-08-20", sensor="S"),
        scene("b", RIGHT, "2021-08-20", sensor="S"),
    ]
    for order in (alike, alike[::-1]):
        assert [one.key for one in ticks(*order)[0].scenes] == ["a", "b"]
    less = scene("a", Bounds(0.0, 0.0, 4.8, 10.0), "2021-08-20", sensor="S")
    assert [one.key for one in ticks(less, alike[1])[0].scenes] == ["b", "a"]


def test_overlapping_tiles_are_not_counted_twice() -> None:
    found = ticks(
        scene("a", LEFT, "2021-08-20", sensor="S"), scene("b", Bounds(2.0, 0.0, 6.0, 10.0), "2021-08-20", sensor="S")
    )
    assert found[0].part == pytest.approx(0.6)


@pytest.mark.parametrize(
    "other",
    [
        scene("b", RIGHT, "2021-08-21T10:00:00Z", sensor="Sentinel-2A"),
        scene("b", RIGHT, "2021-08-20T10:00:00Z", sensor="Sentinel-2B"),
        scene("b", RIGHT, "2021-08-20T11:40:00Z", sensor="Sentinel-2A"),
        scene("b", RIGHT, "2021-08-20T10:00:00Z"),
    ],
    ids=["another day", "another satellite", "an orbit later", "not stated is not same"],
)
def test_what_is_not_one_pass_is_two_ticks(other: FoundScene) -> None:
    assert keys(ticks(scene("a", LEFT, "2021-08-20T10:00:00Z", sensor="Sentinel-2A"), other)) == [["a"], ["b"]]


def test_two_of_unstated_sensors_are_two() -> None:
    assert keys(ticks(scene("a", LEFT, "2021-08-20"), scene("b", RIGHT, "2021-08-20"))) == [["a"], ["b"]]


def test_the_undated_stand_at_the_end_by_name() -> None:
    found = ticks(
        scene("zebra", LEFT),
        scene("late", LEFT, "2022-01-01"),
        scene("apple 1999", LEFT, date_in_name="1999"),
        scene("early", LEFT, "1990-01-01"),
        scene("mosaic", LEFT, "2001", "composite"),
        scene("dated of no kind", LEFT, "1980-01-01", "unknown"),
    )
    titles = [tick.title for tick in found]
    assert titles == ["early", "mosaic", "late", "apple 1999", "dated of no kind", "zebra"]
    assert [tick.is_dated for tick in found] == [True, True, True, False, False, False]
    assert found[1].date_kind == "composite"


def test_a_scene_of_the_case_is_completed_by_the_folder() -> None:
    own = scene("/a.tif", LEFT, layer_uuid="u1")
    found = scene("/a.tif", LEFT, "2021-08-20", sensor="S", has_picture=True)
    (one,) = united([(own,), (found,)])
    assert one.layer_uuid == "u1"
    assert one.when == "2021-08-20, from metadata"
    assert one.sensor == "S"
    assert one.has_picture
    (kept,) = united([(scene("/a.tif", LEFT, "2020-01-01", layer_uuid="u1"),), (found,)])
    assert kept.acquired == "2020-01-01", "what the case says comes first"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2021-08-20", ("2021-08-20", "2021-08-20")),
        ("2021-02", ("2021-02-01", "2021-02-28")),
        ("2024", ("2024-01-01", "2024-12-31")),
        ("1962-03-01/1962-05", ("1962-03-01", "1962-05-31")),
        ("2021-08-20T23:30-05:00", ("2021-08-21", "2021-08-21")),
        ("9999", ("9999-01-01", "9999-12-31")),
    ],
)
def test_the_span_of_a_date(text: str, days: tuple[str, str]) -> None:
    span = span_of(text)
    assert span is not None
    assert (day_of(span.begin), day_of(span.end)) == days


@pytest.mark.parametrize(
    "text", ["", "soon", "2021-13", "2021-02-30", "2021-08-20T99:00", "0000", "2021/", "٢٠٢١", "1" * 999]
)
def test_what_is_no_date_has_no_span(text: str) -> None:
    assert span_of(text) is None


def test_spans_meet() -> None:
    assert TimeSpan(0, 5).meets(TimeSpan(5, 9))
    assert not TimeSpan(0, 5).meets(TimeSpan(6, 9))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("key", "title", "ring", "acquired", "until", "date_kind", "gsd_m", "problems", "has_picture", "sensor")


@pytest.mark.bounded
@given(st.dictionaries(st.sampled_from(FIELDS), JSON) | JSON)
def test_whatever_the_cache_holds_is_a_scene_or_none(value: object) -> None:
    found = scene_from_json(json.dumps(value))
    assert found is None or (found.footprint is not None and found.when and judged(found) == found)


@pytest.mark.bounded
@given(
    st.builds(
        FoundScene,
        key=st.text(min_size=1, max_size=20),
        title=st.text(max_size=20),
        acquired=st.sampled_from(["", "2021-08-20", "2021-08-20T10:00:00Z"]),
        date_kind=st.sampled_from(["instant", "interval", "composite", "unknown"]),
        ring=st.sampled_from([(), ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))]),
        gsd_m=st.none() | st.floats(0.01, 1000),
        has_picture=st.booleans(),
        problems=st.lists(st.text(max_size=9), max_size=2).map(tuple),
    ).map(judged)
)
def test_a_scene_comes_back_from_the_cache_as_it_was(found: FoundScene) -> None:
    assert scene_from_json(found.to_json()) == found
