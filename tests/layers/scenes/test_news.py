"""News over sites: boxes that touch are one question, scenes stand by site, the best first."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.geo.bounds import Bounds
from layers.scenes.asked_areas import boxes_around, merged_boxes, rounded_box
from layers.scenes.news import MOST_OF_SITE, SourceScenes, news_over
from tests.support.many_scenes import scene

SITE = shapely.box(0.0, 0.0, 1.0, 1.0)
WHOLE, HALF = Bounds(-1.0, -1.0, 2.0, 2.0), Bounds(0.5, -1.0, 2.0, 2.0)


def names(*sources: SourceScenes, max_cloud: float | None = None) -> list[str]:
    return [new.scene.key for new in news_over({"s": SITE}, sources, max_cloud).by_site["s"]]


@pytest.mark.bounded
def test_the_newest_day_comes_first_then_the_clearest_then_what_covers_most() -> None:
    clear = replace(scene("clear", HALF, "2026-03-02T09:00:00Z"), cloud_percent=1.0)
    hazy = replace(scene("hazy", WHOLE, "2026-03-02T11:00:00Z"), cloud_percent=9.0)
    unknown = scene("unknown", WHOLE, "2026-03-02T12:00:00Z")
    half = replace(scene("half", HALF, "2026-03-03T09:00:00Z"), cloud_percent=5.0)
    whole = replace(scene("whole", WHOLE, "2026-03-03T08:00:00Z"), cloud_percent=5.0)
    source = SourceScenes("a", (unknown, hazy, clear, half, whole), {})
    assert names(source) == ["whole", "half", "clear", "hazy", "unknown"]


def test_radar_and_unknown_cloud_pass_every_limit() -> None:
    cloudy = replace(scene("cloudy", WHOLE, "2026-03-02"), cloud_percent=30.0)
    assert names(SourceScenes("a", (cloudy, scene("radar", WHOLE, "2026-03-01")), {}), max_cloud=20.0) == ["radar"]


def test_each_site_has_its_own_day_since_which_scenes_are_new() -> None:
    scenes = (scene("early", WHOLE, "2026-03-01"), scene("late", WHOLE, "2026-03-09T10:00:00Z"))
    source = SourceScenes("a", scenes, {"s": "2026-03-05", "t": "2026-03-01"})
    news = news_over({"s": SITE, "t": SITE}, [source])
    assert [[new.scene.key for new in of_site] for of_site in news.by_site.values()] == [["late"], ["late", "early"]]
    assert news.counts == {"a": 2}


def test_of_too_many_scenes_of_a_site_the_best_are_listed_and_all_are_counted() -> None:
    scenes = tuple(scene(f"s{n}", WHOLE, f"2026-03-01T{n // 60:02}:{n % 60:02}:00Z") for n in range(MOST_OF_SITE + 7))
    news = news_over({"s": SITE, "t": SITE}, [SourceScenes("a", scenes, {})])
    assert [len(listed) for listed in news.by_site.values()] == [MOST_OF_SITE] * 2
    assert news.of_site == {"s": MOST_OF_SITE + 7, "t": MOST_OF_SITE + 7}
    assert news.counts == {"a": MOST_OF_SITE + 7}


def test_what_has_no_date_is_not_new_and_is_counted() -> None:
    news = news_over({"s": SITE}, [SourceScenes("a", (scene("undated", WHOLE, ""),), {})])
    assert (news.by_site, news.undated) == ({"s": ()}, 1)


def test_the_same_scene_of_two_sources_is_one() -> None:
    same = scene("same", WHOLE, "2026-03-01")
    assert names(SourceScenes("a", (same,), {}), SourceScenes("b", (same,), {})) == ["same"]


def test_a_site_over_the_antimeridian_has_a_box_on_each_side() -> None:
    shape = shapely.MultiPolygon([shapely.box(179.95, 10.0, 180.0, 10.05), shapely.box(-180.0, 10.0, -179.95, 10.05)])
    assert sorted(boxes_around(shape)) == [Bounds(-180.0, 10.0, -179.9, 10.1), Bounds(179.9, 10.0, 180.0, 10.1)]
    assert boxes_around(shapely.Point()) == ()


def test_boxes_that_touch_are_one_also_by_way_of_others() -> None:
    row = [Bounds(0.1 * at, 0.0, 0.1 * (at + 1), 0.1) for at in (2, 0, 1)]
    far = Bounds(5.0, 5.0, 5.1, 5.1)
    assert merged_boxes([*row, far, far]) == (Bounds(0.0, 0.0, 0.3, 0.1), far)


def test_a_place_on_a_step_is_told_as_a_whole_box() -> None:
    assert rounded_box((10.3, 50.0, 10.3, 50.0), 0.1) == Bounds(10.3, 50.0, 10.4, 50.1)
    assert rounded_box((180.0, 90.0, 180.0, 90.0), 0.1) == Bounds(179.9, 89.9, 180.0, 90.0)
    assert rounded_box((29.9, 50.1, 30.1, 50.2), 0.1) == Bounds(29.9, 50.1, 30.1, 50.2)


PLACES = st.tuples(st.floats(-179.9, 179.9), st.floats(-89.9, 89.9))


@pytest.mark.bounded
@given(st.lists(PLACES, min_size=1, max_size=30))
def test_merged_boxes_hold_every_place_and_keep_apart(places: list[tuple[float, float]]) -> None:
    merged = merged_boxes(rounded_box((x, y, x, y), 0.1) for x, y in places)
    assert all(any(box.expanded(1e-6).contains_point(x, y) for box in merged) for x, y in places)
    assert not any(a.intersects(b) for at, a in enumerate(merged) for b in merged[at + 1 :])
