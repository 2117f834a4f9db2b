"""Footprints: outlines on the Earth, over the antimeridian and round the poles, and what covers what."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.geo.bounds import Bounds
from layers.geo.picture_outline import box_outline, picture_outline
from layers.scenes.footprint import footprint_of_box, footprint_of_ring, in_equal_areas
from layers.scenes.scene_table import Covering, SceneTable
from tests.support.many_scenes import five_thousand, scene

SPHERE = 4 * math.pi * (180 / math.pi) ** 2
"""Square degrees of all the Earth."""


@given(
    st.floats(-540, 540),
    st.floats(-89, 80),
    st.floats(0.01, 359),
    st.floats(0.01, 9),
    st.floats(-180, 180),
    st.floats(-90, 90),
)
@settings(max_examples=150, deadline=None)
def test_a_box_of_any_turn_holds_the_places_in_it(
    left: float, bottom: float, width: float, height: float, lon: float, lat: float
) -> None:
    box = Bounds(left, bottom, left + width, bottom + height)
    area = footprint_of_box(box)
    assert area.bounds[0] >= -180
    assert area.bounds[2] <= 180
    in_lon = (lon - left) % 360 <= width
    margin = min(abs((lon - left) % 360), abs((lon - left) % 360 - width), abs(lat - box.bottom), abs(lat - box.top))
    if margin > 1e-6 and abs(lon) < 179.999:
        assert area.covers(shapely.Point(lon, lat)) == (in_lon and box.bottom <= lat <= box.top)
    assert (
        footprint_of_ring(box_outline(box)).equals_exact(area, 1e-6)
        or footprint_of_ring(box_outline(box)).symmetric_difference(area).area < 1e-3
    )


def test_a_picture_over_the_antimeridian_is_two_parts() -> None:
    # UTM zone 60 and 1 meet there: a picture of 200 km about 180 E in zone 60
    ring = picture_outline("EPSG:32660", (1000.0, 0.0, 610_000.0, 0.0, -1000.0, 5_500_000.0), (200, 100))
    area = footprint_of_ring(ring)
    assert len(shapely.get_parts(area)) == 2
    assert area.bounds[0] == -180
    assert area.bounds[2] == 180
    assert area.area == pytest.approx(in_equal_areas(area).area / math.cos(math.radians(49.2)), rel=0.02)
    table = SceneTable([scene("z", None), scene("a", Bounds(178.0, 48.0, 182.0, 50.0))])
    for lon in (179.5, -178.5):
        assert [one.scene.key for one in table.covering(shapely.Point(lon, 49.0))] == ["a"]
    assert not table.covering(shapely.Point(177.0, 49.0))


def test_a_picture_round_a_pole_holds_the_pole() -> None:
    ring = picture_outline("EPSG:3031", (10_000.0, 0.0, -1_000_000.0, 0.0, -10_000.0, 1_000_000.0), (200, 200))
    area = footprint_of_ring(ring)
    for lon in (-170.0, 0.0, 45.0, 179.0):
        assert area.covers(shapely.Point(lon, -89.5))
    assert not area.covers(shapely.Point(0.0, -75.0))
    # a square of 2000 km a side on a map that is true at 71 S
    assert in_equal_areas(area).area * 111.3**2 == pytest.approx(4.0e6, rel=0.08)


def test_a_picture_of_all_the_earth_covers_it() -> None:
    ring = picture_outline("EPSG:4326", (1.0, 0.0, -180.0, 0.0, -1.0, 90.0), (360, 180))
    assert in_equal_areas(footprint_of_ring(ring)).area == pytest.approx(SPHERE, rel=1e-6)
    ring = picture_outline("EPSG:3857", (1e5, 0.0, -2.0037508e7, 0.0, -1e5, 2.0e7), (401, 400))
    assert footprint_of_ring(ring).covers(shapely.Point(0.0, 0.0))
    assert footprint_of_ring(ring).covers(shapely.Point(179.0, 70.0))


def test_what_is_no_place_has_no_footprint() -> None:
    assert footprint_of_ring([]).is_empty
    assert footprint_of_ring([(math.nan, 0.0), (1.0, 0.0), (1.0, 1.0)]).is_empty
    assert footprint_of_box(Bounds(1.0, 0.0, -1.0, 0.0)).is_empty
    assert footprint_of_box(Bounds(0.0, 0.0, math.inf, 1.0)).is_empty
    assert not picture_outline("EPSG:32660", (1e9, 0.0, 0.0, 0.0, -1e9, 0.0), (100, 100))


def test_how_much_is_covered() -> None:
    table = SceneTable(
        [
            scene("half", Bounds(0.0, 0.0, 5.0, 10.0)),
            scene("all", Bounds(-5.0, -5.0, 15.0, 15.0)),
            scene("beside", Bounds(10.5, 0.0, 12.0, 1.0)),
            scene("nowhere", None),
        ]
    )
    found = {one.scene.key: one.part for one in table.covering(shapely.box(0.0, 0.0, 10.0, 10.0))}
    assert found == {"half": pytest.approx(0.5), "all": 1.0}
    line = {one.scene.key: one.part for one in table.covering(shapely.LineString([(4.0, 1.0), (6.0, 1.0)]))}
    assert line == {"half": pytest.approx(0.5), "all": 1.0}
    assert {one.scene.key for one in table.covering(shapely.Point(10.7, 0.5))} == {"all", "beside"}
    triangle = shapely.Polygon([(0.0, 0.0), (10.0, 0.0), (0.0, 10.0)])
    assert {one.scene.key: round(one.part, 2) for one in table.covering(triangle)} == {"half": 0.75, "all": 1.0}


@pytest.mark.bounded
def test_the_table_agrees_with_looking_at_each() -> None:
    scenes = five_thousand()
    table = SceneTable(scenes)
    random = np.random.default_rng(7)
    for _ in range(20):
        lon, lat = random.uniform(-180, 160), random.uniform(-80, 70)
        area = shapely.box(lon, lat, lon + 15, lat + 8)
        found = {one.scene.key for one in table.covering(area)}
        assert found == {one.key for one in scenes if one.footprint.intersection(area).area > 0}


@pytest.mark.bounded
def test_an_area_query_over_five_thousand_scenes_is_short() -> None:
    table = SceneTable(five_thousand())
    times = []
    for lon in range(-170, 170, 20):
        began = time.perf_counter()
        table.covering(shapely.box(lon, 20.0, lon + 10, 28.0))
        times.append(1000 * (time.perf_counter() - began))
    print(f"median {sorted(times)[len(times) // 2]:.2f} ms, longest {max(times):.2f} ms")
    assert max(times) < 1000, "it answers at all: no duration is held here"


def test_a_box_is_cut_out_of_what_reaches_beyond_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Among thousands that all hit, to ask first which of them do would take as long as the cutting."""
    inside = [scene(f"in {at}", Bounds(1.0 + at, 1.0, 1.5 + at, 2.0)) for at in range(6)]
    beyond = [scene("left", Bounds(-1.0, 4.0, 1.0, 5.0)), scene("touching", Bounds(10.0, 0.0, 11.0, 10.0))]
    table = SceneTable([*inside, *beyond])
    cut: list[int] = []
    clip = shapely.clip_by_rect
    monkeypatch.setattr(shapely, "clip_by_rect", lambda parts, *box: (cut.append(len(parts)), clip(parts, *box))[1])
    monkeypatch.setattr(shapely, "intersects", lambda *_: pytest.fail("each part would be looked at twice"))
    found = table.covering(shapely.box(0.0, 0.0, 10.0, 10.0))
    assert cut == [2]
    assert [one.scene.key for one in found] == [*(one.key for one in inside), "left"]
    assert all(isinstance(one, Covering) for one in found)
